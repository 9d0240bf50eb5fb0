/* SPDX-License-Identifier: MIT */
/* Arenas, buffers, views, vectors, UTF-8. */
#include "common/base/arena.h"
#include "common/base/str.h"
#include "common/base/vec.h"

#include <stdint.h>

#include "tests/unit/check.h"

static void arenas(void)
{
	struct arena a = ARENA_INIT;
	uint64_t bad = 0;
	char *last = NULL;

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 3000; i++) {
			size_t n = i % 97 * (i % 13 == 0 ? 1000 : 1);
			bool raw = i % 5 == (size_t)round; /* what it leaves is zeroed again */
			unsigned char *p = raw ? arena_raw(&a, n) : arena_alloc(&a, n);

			bad += p == NULL || (uintptr_t)p % 16 != 0;
			for (size_t k = 0; !raw && k < n; k++)
				bad += p[k] != 0;
			memset(p, 0xff, n);
		}
		arena_reset(&a);
	}
	CHECK(bad == 0);
	CHECK(!arena_failed(&a));
	CHECK(arena_array(&a, SIZE_MAX / 2, 3) == NULL);
	CHECK(arena_failed(&a)); /* whoever asked, and whatever they made of it */
	CHECK(arena_alloc(&a, SIZE_MAX) == NULL && arena_alloc(&a, SIZE_MAX - 40) == NULL);
	CHECK(arena_strndup(&a, "", SIZE_MAX) == NULL);
	CHECK_STR(arena_strdup(&a, "olá"), "olá");
	CHECK_STR(arena_strndup(&a, "abcdef", 3), "abc");
	last = arena_printf(&a, "%s %d", "x", 7);
	CHECK_STR(last, "x 7");
	arena_free(&a);
	CHECK(a.head == NULL);
	arena_reset(&a);
	arena_free(&a);
}

static void buffers(void)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, "");
	CHECK_STR(b.p, "");
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%d,", i);
	buf_addc(&b, '.');
	buf_add(&b, NULL, 0);
	CHECK(b.n == 10 + 180 + 2700 + 1000 + 1 && b.p[b.n] == '\0' && buf_ok(&b));
	CHECK(strncmp(b.p, "0,1,2,", 6) == 0);
	CHECK(!buf_reserve(&b, SIZE_MAX - 10));
	CHECK(!buf_ok(&b));
	buf_adds(&b, "ignored");
	CHECK(b.n == 3891);
	buf_clear(&b);
	CHECK(buf_ok(&b) && b.n == 0);
	buf_free(&b);
	CHECK(b.p == NULL);
	CHECK(view_eq(view_of("ab"), (struct view){"abc", 2}));
	CHECK(!view_eq(view_of("ab"), view_of("abc")));
	CHECK(view_eq((struct view){NULL, 0}, view_of("")));
}

static void utf8(void)
{
	static const struct {
		const char *p;
		size_t n;
		bool valid;
	} cases[] = {
		{"", 0, true},
		{"abc", 3, true},
		{"a\0b", 3, false},
		{"\x7f", 1, true},
		{"\xc2\x80", 2, true},
		{"\xc1\xbf", 2, false},	    /* overlong */
		{"\xe0\x9f\xbf", 3, false}, /* overlong */
		{"\xe0\xa0\x80", 3, true},
		{"\xed\x9f\xbf", 3, true},
		{"\xed\xa0\x80", 3, false}, /* surrogate */
		{"\xef\xbf\xbf", 3, true},
		{"\xf0\x8f\xbf\xbf", 4, false}, /* overlong */
		{"\xf0\x90\x80\x80", 4, true},
		{"\xf4\x8f\xbf\xbf", 4, true},
		{"\xf4\x90\x80\x80", 4, false}, /* above U+10FFFF */
		{"\xf5\x80\x80\x80", 4, false},
		{"\x80", 1, false},
		{"\xc3", 1, false},
		{"\xe2\x82", 2, false},
		{"\xf0\x9f\x98", 3, false},
		{"\xe2\x28\xa1", 3, false},
		{"\xff", 1, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (utf8_valid(cases[i].p, cases[i].n) != cases[i].valid) {
			fprintf(stderr, "case %zu\n", i);
			CHECK(false);
		}
	/* eight ASCII bytes are one step: what is wrong is seen at every place of them */
	for (size_t n = 0; n < 33; n++)
		for (size_t at = 0; at <= n; at++) {
			char text[33];

			memset(text, 'a', sizeof(text));
			text[at] = at == n ? 'a' : '\0';
			CHECK(utf8_valid(text, n) == (at == n));
			text[at] = at == n ? 'a' : '\x80';
			CHECK(utf8_valid(text, n) == (at == n));
		}
	CHECK(utf8_len("São João €😀", strlen("São João €😀")) == 11);
	CHECK(utf8_len("", 0) == 0);
	CHECK(utf8_cut("São", 4, 2) == 3);
	CHECK(utf8_cut("São", 4, 0) == 0);
	CHECK(utf8_cut("São", 4, 3) == 4);
	CHECK(utf8_cut("São", 4, 99) == 4);
	CHECK(utf8_step("€x", 4) == 3 && utf8_step("x", 1) == 1 && utf8_step("\xff", 1) == 0);
	CHECK(utf8_step("", 0) == 0);
}

static void vectors(void)
{
	struct arena a = ARENA_INIT;
	struct vec v;

	for (enum vtype t = 0; t < VT_COUNT; t++) {
		for (enum vtype u = 0; u < t; u++)
			CHECK(strcmp(vtype_name(t), vtype_name(u)) != 0);
		CHECK(vec_init(&v, t, &a) && v.type == t && !v.has_null);
	}
	CHECK_STR(vtype_name(VT_COUNT), "unknown");
	CHECK(!vec_is_null(&v, 3));
	vec_set_null(&v, 3);
	CHECK(vec_is_null(&v, 3) && !vec_is_null(&v, 4) && !vec_is_null(&v, VEC_BLOCK - 1));
	arena_free(&a);
}

int main(void)
{
	arenas();
	buffers();
	utf8();
	vectors();
	return check_done();
}
