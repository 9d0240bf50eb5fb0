/* SPDX-License-Identifier: MIT */
#include "common/schema/schema.h"

#include "common/schema/schema_canon.h"
#include "tests/unit/check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void check_types(void)
{
	static const struct {
		enum pg_class cls;
		int32_t typmod;
		enum vtype vtype;
		uint8_t scale;
		int precision, declared_scale; /* numeric */
	} numerics[] = {
		{PG_NUMERIC, -1, VT_DEC, 2, -1, -1},
		{PG_NUMERIC, (12 << 16 | 2) + 4, VT_DEC, 2, 12, 2},
		{PG_NUMERIC, (5 << 16) + 4, VT_DEC, 0, 5, 0},
		{PG_NUMERIC, (3 << 16 | (-2 & 0x7ff)) + 4, VT_DEC, 0, 3, -2},
		{PG_NUMERIC, (30 << 16 | 25) + 4, VT_DEC, 18, 30, 25},
		{PG_INT8, -1, VT_INT, 0, -1, -1},
		{PG_ENUM, -1, VT_ENUM, 0, -1, -1},
		{PG_JSONB, -1, VT_RAW, 0, -1, -1},
	};
	struct pg_type t = {.name = "t", .typmod = -1}, d = {.cls = PG_DOMAIN, .elem = &t};
	struct pg_base b;

	for (size_t i = 0; i < COUNT(numerics); i++) {
		int precision, scale;
		uint8_t s;

		t.cls = numerics[i].cls;
		b = (struct pg_base){&t, numerics[i].typmod};
		CHECK(pg_vtype(b, &s) == numerics[i].vtype && s == numerics[i].scale);
		pg_numeric_limits(b, &precision, &scale);
		CHECK(precision == numerics[i].precision && scale == numerics[i].declared_scale);
	}
	t.cls = PG_VARCHAR;
	d.typmod = 9 + 4;
	b = pg_base_of(&d, -1);
	CHECK(b.type == &t && pg_char_limit(b) == 9);
	CHECK(pg_char_limit((struct pg_base){&t, -1}) == -1);
	t.cls = PG_TIMESTAMPTZ;
	CHECK(pg_time_precision((struct pg_base){&t, 3}) == 3);
	CHECK(pg_time_precision((struct pg_base){&t, -1}) == 6);
	t.cls = PG_INTERVAL;
	CHECK(pg_time_precision((struct pg_base){&t, 0x7fff << 16 | 2}) == 2);
	CHECK(pg_time_precision((struct pg_base){&t, 0x7fff << 16 | 0xffff}) == 6);
	for (int c = 0; c < PG_CLASS_COUNT; c++) {
		enum pg_class back = pg_class_of(pg_class_name((enum pg_class)c));

		CHECK(c < PG_ENUM ? back == (enum pg_class)c : back == PG_OTHER);
	}
	CHECK(pg_class_of("regclass") == PG_OID && pg_class_of("box") == PG_OTHER);
}

static void check_canon(void)
{
	static const struct {
		const char *sql, *canon;
	} cases[] = {
		{"(a > 0)", "(a > 0)"},
		{"", ""},
		{"((v)::text = ANY ((ARRAY['a'::character varying, 'b,]''(c'::character "
		 "varying])::text[]))",
			"((v)::text = ANY (ARRAY[('a'::character varying)::text, "
			"('b,]''(c'::character varying)::text]))"},
		{"x '(ARRAY[1])::text[]' \"(ARRAY[1])::text[]\"",
			"x '(ARRAY[1])::text[]' \"(ARRAY[1])::text[]\""},
		{"(ARRAY[f(1, 2), a[3]])::\"S\".t[]", "ARRAY[(f(1, 2))::\"S\".t, (a[3])::\"S\".t]"},
		{"(ARRAY[1, 2", "(ARRAY[1, 2"},
		{"(ARRAY['open", "(ARRAY['open"},
		{"(ARRAY[1])::text", "(ARRAY[1])::text"},
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_clear(&b);
		schema_canon(cases[i].sql, &b);
		CHECK_STR(b.p ? b.p : "", cases[i].canon);
		buf_clear(&b);
		schema_canon(cases[i].canon, &b); /* once is enough */
		CHECK_STR(b.p ? b.p : "", cases[i].canon);
	}
	buf_free(&b);
}

static void tables_match_globs_over_schema_and_name(void)
{
	static const struct {
		const char *pattern;
		bool crm_leads, odd;
	} cases[] = {
		{"leads", true, false},
		{"crm.leads", true, false},
		{"crm.*", true, false},
		{"*", true, true},
		{"*.*", true, true},
		{"l*s", true, false},
		{"lead?", true, false},
		{"[a-l]*", true, true},
		{"Leads", false, false},
		{"crm", false, false},
		{"c*leads", false, false},
		{"", false, false},
		{"od d.a.b", false, true},
		{"od d.*", false, true},
		{"*.a.?", false, true},
		{"a.b", false, false},
	};
	const struct pg_table leads = {.schema = "crm", .name = "leads"},
			      odd = {.schema = "od d", .name = "a.b"};
	const char *const two[] = {"x", "leads"};
	char longest[1024];

	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK(pg_table_matches(&leads, &cases[i].pattern, 1) == cases[i].crm_leads);
		CHECK(pg_table_matches(&odd, &cases[i].pattern, 1) == cases[i].odd);
	}
	CHECK(pg_table_matches(&leads, two, 2) && !pg_table_matches(&leads, two, 1));
	CHECK(!pg_table_matches(&leads, NULL, 0));
	memset(longest, '*', sizeof(longest) - 1);
	longest[1000] = '.';
	longest[1023] = '\0';
	CHECK(!pg_table_matches(&leads, (const char *const[]){longest}, 1));
}

int main(void)
{
	check_types();
	check_canon();
	tables_match_globs_over_schema_and_name();
	return check_done();
}
