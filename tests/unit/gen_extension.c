/* SPDX-License-Identifier: MIT */
#include <regex.h>

#include "common/generators/gen_kit.h"
#include "tests/unit/gen_fixture.h"

/*
 * Types of extensions that a server seldom has (ip4r, semver, prefix, pgvector): their values are
 * what the input functions of these types are documented to take, distinct, and the greater the
 * greater their index where the leaf says so.  No server is asked, since none has them here.
 */

static const struct {
	const char *type;
	int32_t typmod;
	const char *shape; /* a regular expression that all values match */
} cases[] = {
	{"ip4", -1, "^10[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}$"},
	{"ipaddress", -1, "^10[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}$"},
	{"ip4r", -1, "^10[.][0-9]{1,3}[.][0-9]{1,3}[.]0/24$"},
	{"iprange", -1, "^10[.][0-9]{1,3}[.][0-9]{1,3}[.]0/24$"},
	{"ip6", -1, "^fd00::1[0-9a-f]{3}:1[0-9a-f]{3}$"},
	{"ip6r", -1, "^fd00::1[0-9a-f]{3}:1[0-9a-f]{3}/128$"},
	{"semver", -1, "^(0|[1-9][0-9]*)[.](0|[1-9][0-9]*)[.](0|[1-9][0-9]*)$"},
	{"prefix_range", -1, "^[0-9]{9}$"},
	{"vector", -1, "^[[]0[.][0-9]{1,4}(,0[.][0-9]{1,4}){2}[]]$"},
	{"vector", 8, "^[[]0[.][0-9]{1,4}(,0[.][0-9]{1,4}){7}[]]$"},
	{"vector", 1, "^[[]0[.][0-9]{1,4}[]]$"},
	{"halfvec", 2, "^[[]0[.][0-9]{1,4},0[.][0-9]{1,4}[]]$"},
};

/* Whether all numbers between points are bytes. */
static bool are_bytes(const char *text)
{
	unsigned a, b, c, d;

	return sscanf(text, "%u.%u.%u.%u", &a, &b, &c, &d) == 4 && a < 256 && b < 256 && c < 256 &&
	       d < 256;
}

static int by_bytes(const void *a, const void *b)
{
	return vtext_compare(a, b);
}

static void values_have_their_shape(size_t k)
{
	struct gen_heap h = GEN_HEAP_INIT;
	struct vec v = {0};
	struct gen_fix f;
	uint64_t idx[VEC_BLOCK];
	regex_t shape;

	CHECK(regcomp(&shape, cases[k].shape, REG_EXTENDED | REG_NOSUB) == 0);
	fix_column(&f, PG_OTHER, cases[k].typmod);
	f.type.name = cases[k].type;
	f.column.formatted = cases[k].type;
	CHECK(gen_native_id(&f.c) != NULL && fix_prepare(&f, gen_native_id(&f.c)) == 0);
	CHECK(f.g.space >= VEC_BLOCK);
	/* from the first index to the last one, in even steps */
	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		idx[i] = i + 1 < VEC_BLOCK ? f.g.space / VEC_BLOCK * i : f.g.space - 1;
	fix_draw(&f, idx, VEC_BLOCK, &v, &h);
	for (uint32_t i = 0; i < VEC_BLOCK; i++) {
		char text[256] = {0};

		CHECK(v.v.t[i].n < sizeof(text) && v.v.t[i].n <= f.g.max_bytes);
		memcpy(text, v.v.t[i].p, v.v.t[i].n);
		if (regexec(&shape, text, 0, NULL, 0) != 0 ||
			(cases[k].type[0] == 'i' && strncmp(text, "10.", 3) == 0 &&
				!are_bytes(text))) {
			fprintf(stderr, "%s: %s\n", cases[k].type, text);
			CHECK(!"a value has the shape of its type");
		}
	}
	qsort(v.v.t, VEC_BLOCK, sizeof(v.v.t[0]), by_bytes);
	for (uint32_t i = 1; i < VEC_BLOCK; i++)
		CHECK(by_bytes(&v.v.t[i - 1], &v.v.t[i]) != 0);
	regfree(&shape);
	gen_heap_free(&h);
	fix_free(&f);
}

static void a_type_that_nobody_knows_has_no_generator(void)
{
	struct gen_fix f;

	fix_column(&f, PG_OTHER, -1);
	f.type.name = "nobodys_type";
	CHECK(gen_native_id(&f.c) == NULL);
	CHECK(fix_prepare(&f, "native.other") == -1);
	CHECK(f.e.kind == ERR_NO && strstr(f.e.msg, "nobodys_type") != NULL);
	fix_free(&f);
}

int main(void)
{
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
		values_have_their_shape(k);
	a_type_that_nobody_knows_has_no_generator();
	return check_done();
}
