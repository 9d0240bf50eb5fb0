/* SPDX-License-Identifier: MIT */
/* Documents: msgpack and JSON. */
#include "common/io/json.h"
#include "common/io/msgpack.h"

#include <math.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "tests/unit/check.h"

static bool sound(const void *p, size_t n)
{
	struct err e;

	return mp_check(p, n, &e) == 0;
}

static void sample(struct buf *b)
{
	mp_map(b, 9);
	mp_kstr(b, "s", "olá");
	mp_kstr(b, "none", NULL);
	mp_kint(b, "neg", INT64_MIN);
	mp_kuint(b, "big", UINT64_MAX);
	mp_kbool(b, "yes", true);
	mp_str(b, "real");
	mp_double(b, 0.1);
	mp_str(b, "bin");
	mp_bin(b, "\0\xff", 2);
	mp_str(b, "list");
	mp_array(b, 3);
	mp_int(b, 1);
	mp_int(b, -1);
	mp_nil(b);
	mp_str(b, "map");
	mp_map(b, 1);
	mp_int(b, 5);
	mp_strn(b, "five", 4);
}

static void round_trip(void)
{
	struct buf b = BUF_INIT, copy = BUF_INIT, json = BUF_INIT;
	struct arena a = ARENA_INIT;
	const msgpack_object *list;
	msgpack_object o;
	msgpack_zone z;
	struct jsonw j;
	struct err e;
	size_t n;

	sample(&b);
	CHECK(sound(b.p, b.n));
	CHECK(msgpack_zone_init(&z, 1024) && mp_parse(&z, b.p, b.n, &o, &e) == 0);
	CHECK_STR(mp_get_str(&o, "s", &a), "olá");
	CHECK(mp_get_str(&o, "none", &a) == NULL && mp_get_str(&o, "neg", &a) == NULL);
	CHECK(mp_get_int(&o, "neg", 0) == INT64_MIN && mp_get_int(&o, "big", 3) == 3);
	CHECK(mp_get_uint(&o, "big", 0) == UINT64_MAX && mp_get_uint(&o, "neg", 9) == 9);
	CHECK(mp_get_bool(&o, "yes", false) && mp_get_bool(&o, "no", true));
	CHECK(mp_get_double(&o, "real", 0) == 0.1 && mp_get_double(&o, "neg", 0) < -9e18);
	CHECK(mp_get_view(&o, "bin").n == 2 && mp_get_view(&o, "list").p == NULL);
	CHECK((list = mp_get_array(&o, "list", &n)) != NULL && n == 3 && list[1].via.i64 == -1);
	CHECK(mp_get_array(&o, "absent", &n) == NULL && n == 0);
	CHECK(mp_get(NULL, "s") == NULL && mp_get(&list[0], "s") == NULL);
	mp_object(&copy, &o);
	CHECK(copy.n == b.n && memcmp(copy.p, b.p, b.n) == 0);
	jw_begin(&j, &json, false);
	jw_object_of(&j, &o);
	CHECK_STR(json.p, "{\"s\":\"olá\",\"none\":null,\"neg\":-9223372036854775808,"
			  "\"big\":18446744073709551615,\"yes\":true,\"real\":0.1,\"bin\":\"00ff\","
			  "\"list\":[1,-1,null],\"map\":{\"5\":\"five\"}}");
	msgpack_zone_destroy(&z);
	arena_free(&a);
	buf_free(&b);
	buf_free(&copy);
	buf_free(&json);
}

static void integers_are_shortest(void)
{
	static const struct {
		int64_t i;
		size_t bytes;
	} cases[] = {{0, 1}, {127, 1}, {128, 2}, {255, 2}, {256, 3}, {65536, 5},
		{INT64_C(1) << 32, 9}, {-1, 1}, {-32, 1}, {-33, 2}, {-129, 3}, {-40000, 5},
		{INT64_MIN, 9}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = BUF_INIT;

		mp_int(&b, cases[i].i);
		CHECK(b.n == cases[i].bytes);
		buf_free(&b);
	}
}

/* What would make msgpack-c reserve gigabytes, or read past the end. */
static void hostile(void)
{
	unsigned char deep[64];
	struct err e;
	size_t len;

	CHECK(!sound("", 0));
	CHECK(!sound("\xdd\x10\x00\x00\x00", 5));
	CHECK(!sound("\xdf\x10\x00\x00\x00", 5));
	CHECK(!sound("\xdf\xff\xff\xff\xff\x01\x01", 7));
	CHECK(!sound("\xdd\x00\x00\x00\x02\xdd\x10\x00\x00\x00", 10));
	CHECK(!sound("\xc6\xff\xff\xff\xff", 5) && !sound("\xdb\x00\x00\x00\x05"
							  "abcd",
							   9));
	CHECK(!sound("\xd9", 1) && !sound("\xcf\0\0\0", 4) && !sound("\xc7\x05\x01", 3));
	CHECK(!sound("\xc1", 1));
	CHECK(!sound("\x01\x02", 2));
	CHECK(!sound("\x81\x01", 2));
	CHECK(sound("\x81\x01\xc0", 3) && sound("\xdc\0\0", 3) &&
		sound("\xd8"
		      "0123456789abcdef0",
			18));
	memset(deep, 0x91, sizeof(deep));
	deep[24] = 0xc0;
	CHECK(sound(deep, 25));
	deep[24] = 0x91;
	deep[25] = 0xc0;
	CHECK(!sound(deep, 26));
	CHECK(mp_skip("\x92\x01\x02\xff\xff", 5, &len, &e) == 0 && len == 3);
}

/* What the walk lets pass, msgpack-c must read, and in no more objects than bytes. */
static void noise(void)
{
	uint64_t bad = 0, passed = 0;
	struct err e;

	for (uint64_t i = 0; i < 200000; i++) {
		uint64_t word[3] = {rng_at(5, 3 * i), rng_at(5, 3 * i + 1), rng_at(5, 3 * i + 2)};
		unsigned char t[24];
		msgpack_object o;
		msgpack_zone z;
		size_t len;

		memcpy(t, word, sizeof(t));
		t[0] = (unsigned char)(0x80 + (t[0] & 0x5f));
		if (mp_skip(t, sizeof(t), &len, &e) == -1)
			continue;
		passed++;
		bad += !msgpack_zone_init(&z, 1024) || mp_parse(&z, t, len, &o, &e) == -1;
		msgpack_zone_destroy(&z);
	}
	CHECK(bad == 0 && passed > 1000);
}

static void json(void)
{
	struct buf b = BUF_INIT;
	struct jsonw j;

	jw_begin(&j, &b, true);
	jw_object(&j);
	jw_kuint(&j, "rows", 7);
	jw_kstr(&j, "name", NULL);
	jw_key(&j, "empty");
	jw_array(&j);
	jw_end(&j);
	jw_key(&j, "list");
	jw_array(&j);
	jw_int(&j, -1);
	jw_double(&j, (double)NAN);
	jw_object(&j);
	jw_end(&j);
	jw_end(&j);
	jw_kbool(&j, "yes", false);
	jw_kdouble(&j, "x", 1e-7);
	jw_kint(&j, "n", -5);
	jw_end(&j);
	CHECK_STR(b.p,
		"{\n  \"rows\": 7,\n  \"name\": null,\n  \"empty\": [],\n  \"list\": [\n    -1,\n"
		"    null,\n    {}\n  ],\n  \"yes\": false,\n  \"x\": 1e-07,\n  \"n\": -5\n}");
	buf_clear(&b);
	jw_begin(&j, &b, false);
	jw_str(&j, "q\" b\\ \b\f\n\r\t\x01\x1f\x7f \xff\xe2\x82 €");
	CHECK_STR(b.p, "\"q\\\" b\\\\ \\b\\f\\n\\r\\t\\u0001\\u001f\\u007f "
		       "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd €\"");
	buf_clear(&b);
	jw_begin(&j, &b, false);
	jw_strn(&j, "a\0b", 3);
	CHECK_STR(b.p, "\"a\\u0000b\"");
	buf_free(&b);
}

int main(void)
{
	round_trip();
	integers_are_shortest();
	hostile();
	noise();
	json();
	return check_done();
}
