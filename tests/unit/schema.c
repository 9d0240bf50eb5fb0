/* SPDX-License-Identifier: MIT */
#include "common/schema/schema.h"

#include <unistd.h>

#include "common/base/err.h"
#include "common/io/msgpack.h"
#include "common/schema/schema_canon.h"
#include "common/snapshot/snap.h"
#include "tests/unit/check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- a small schema, made by hand -------------------------------------------------- */

enum { T_INT, T_TEXT, T_MOOD, T_CODE, T_TAG, T_TAGS, T_PLACE, NTYPES };

static const char *labels[] = {"sad", "ok", "it's \"fine\""};
static struct pg_check code_checks[] = {{"code_ok", "(VALUE ~ '^[A-Z]+$'::text)", false, false}};

static struct pg_type types[NTYPES] = {
	[T_INT] = {.schema = "pg_catalog", .name = "int4", .cls = PG_INT4, .typmod = -1},
	[T_TEXT] = {.schema = "pg_catalog", .name = "text", .cls = PG_TEXT, .typmod = -1},
	[T_MOOD] = {.schema = "s",
		.name = "mood",
		.cls = PG_ENUM,
		.typmod = -1,
		.labels = labels,
		.nlabels = 3,
		.comment = "how \xc3\xa9\n"},
	[T_CODE] = {.schema = "s",
		.name = "code",
		.cls = PG_DOMAIN,
		.elem = &types[T_TEXT],
		.typmod = -1,
		.not_null = true,
		.deflt = "'A'::text",
		.collation = "C",
		.checks = code_checks,
		.nchecks = 1},
	[T_TAG] = {.schema = "s",
		.name = "tag",
		.cls = PG_DOMAIN,
		.elem = &types[T_CODE],
		.typmod = -1},
	[T_TAGS] = {.schema = "s",
		.name = "_tag",
		.cls = PG_ARRAY,
		.elem = &types[T_TAG],
		.typmod = -1},
};

static struct pg_attr attrs[] = {{"street", &types[T_TEXT], -1}, {"tags", &types[T_TAGS], -1}};

static struct pg_column parent_columns[] = {
	{.name = "id",
		.position = 1,
		.type = &types[T_INT],
		.typmod = -1,
		.formatted = "integer",
		.not_null = true,
		.identity = PG_IDENTITY_ALWAYS,
		.sequence = "s.parent_id_seq",
		.seq_start = 5,
		.seq_step = -2},
	{.name = "odd \"name\"",
		.position = 3,
		.type = &types[T_TAG],
		.typmod = -1,
		.formatted = "s.tag",
		.deflt = "'Z'::text"},
	{.name = "both",
		.position = 4,
		.type = &types[T_INT],
		.typmod = -1,
		.formatted = "integer",
		.generated = "(id + 1)"},
};
static struct pg_column child_columns[] = {
	{.name = "parent",
		.position = 1,
		.type = &types[T_INT],
		.typmod = -1,
		.formatted = "integer"},
	{.name = "away",
		.position = 2,
		.type = &types[T_INT],
		.typmod = -1,
		.formatted = "integer",
		.comment = ""},
};

static uint32_t first[] = {0}, second[] = {1}, keys[] = {UINT32_MAX, 0};
static const char *id[] = {"id"}, *exprs[] = {"lower(x)", NULL}, *bases[] = {"s.base"};

static struct pg_constraint parent_cons[] = {
	{.kind = PG_CON_PRIMARY,
		.name = "pk",
		.cols = first,
		.ncols = 1,
		.validated = true,
		.definition = "PRIMARY KEY (id)"},
	{.kind = PG_CON_CHECK,
		.name = "ck",
		.cols = first,
		.ncols = 1,
		.expr = "(id > 0)",
		.definition = "CHECK (id > 0)",
		.validated = true},
};
static struct pg_constraint child_cons[] = {
	{.kind = PG_CON_FOREIGN,
		.name = "away",
		.cols = second,
		.ncols = 1,
		.ref_schema = "far",
		.ref_table = "off",
		.ref_names = id,
		.on_update = "cascade",
		.on_delete = "set_null",
		.match = PG_MATCH_FULL,
		.definition = "FOREIGN KEY ..."},
	{.kind = PG_CON_FOREIGN,
		.name = "up",
		.cols = first,
		.ncols = 1,
		.ref_schema = "s",
		.ref_table = "parent",
		.ref_names = id,
		.on_update = "no_action",
		.on_delete = "no_action",
		.definition = "FOREIGN KEY ...",
		.validated = true},
};
static struct pg_index parent_indexes[] = {
	{.name = "ix",
		.unique = true,
		.valid = true,
		.method = "btree",
		.definition = "CREATE ...",
		.predicate = "(id > 3)",
		.cols = keys,
		.ncols = 2,
		.exprs = exprs},
};
static struct pg_trigger child_triggers[] = {
	{.name = "tr", .definition = "CREATE TRIGGER ...", .on_insert = true, .enabled = true},
};
static struct pg_table tables[] = {
	{.schema = "s",
		.name = "child",
		.kind = 'r',
		.columns = child_columns,
		.ncolumns = 2,
		.cons = child_cons,
		.ncons = 2,
		.triggers = child_triggers,
		.ntriggers = 1,
		.parent = &tables[1],
		.partition_of = "s.parent",
		.partition_bound = "DEFAULT",
		.row_estimate = -1},
	{.schema = "s",
		.name = "parent",
		.kind = 'p',
		.columns = parent_columns,
		.ncolumns = 3,
		.cons = parent_cons,
		.ncons = 2,
		.indexes = parent_indexes,
		.nindexes = 1,
		.inherits = bases,
		.ninherits = 1,
		.row_estimate = 1000,
		.comment = "all"},
};
static struct pg_function functions[] = {
	{"s", "f", "integer", "sql", "boolean", 'i', true, "SELECT $1 > 0"}};
static const char *namespaces[] = {"empty", "s"};

static struct schema small(void)
{
	types[T_PLACE] = (struct pg_type){.schema = "s",
		.name = "place",
		.cls = PG_COMPOSITE,
		.typmod = -1,
		.attrs = attrs,
		.nattrs = 2};
	return (struct schema){.database = "db",
		.server_version = 150018,
		.introspected_on = 9822,
		.namespaces = namespaces,
		.nnamespaces = 2,
		.types = types,
		.ntypes = NTYPES,
		.tables = tables,
		.ntables = 2,
		.functions = functions,
		.nfunctions = 1};
}

/* ---- there and back ---------------------------------------------------------------- */

static void check_round_trip(const char *path)
{
	struct schema s = small(), back;
	struct arena a = ARENA_INIT;
	struct buf there = BUF_INIT, here = BUF_INIT;
	struct err e = {0};
	const struct pg_table *child;

	CHECK(schema_bind(&s, &a, &e) == 0);
	CHECK(schema_write(&s, path, &e) == 0);
	CHECK(strlen(s.fingerprint) == 64);
	CHECK(schema_read(&back, path, &a, &e) == 0);
	if (e.kind != ERR_NONE) {
		fprintf(stderr, "%s\n", e.msg);
		return;
	}
	schema_json(&s, &there);
	schema_json(&back, &here);
	CHECK_STR(there.p, here.p);
	CHECK_STR(s.fingerprint, back.fingerprint);
	CHECK(back.introspected_on == 9822);

	child = schema_table(&back, "s", "child");
	CHECK(child != NULL && child->parent == schema_table(&back, "s", "parent"));
	CHECK(child->cons[0].ref == NULL && child->cons[0].ref_cols == NULL);
	CHECK(child->cons[1].ref == child->parent && child->cons[1].ref_cols[0] == 0);
	CHECK_STR(child->columns[1].comment, "");
	CHECK(child->columns[0].comment == NULL);
	CHECK(child->row_estimate == -1);
	CHECK(child->parent->indexes[0].cols[0] == UINT32_MAX);
	CHECK_STR(child->parent->indexes[0].exprs[0], "lower(x)");
	CHECK(child->parent->indexes[0].exprs[1] == NULL);
	CHECK(child->parent->columns[0].seq_step == -2);
	CHECK(back.types[T_PLACE].attrs[1].type == &back.types[T_TAGS]);
	CHECK_STR(back.functions[0].body, "SELECT $1 > 0");

	CHECK(schema_table(&back, "s", "none") == NULL);
	CHECK(schema_has_namespace(&back, "empty") && !schema_has_namespace(&back, "far"));
	CHECK(pg_column_named(child->parent, "odd \"name\"") == 1);
	CHECK(pg_column_named(child->parent, "none") == -1);
	CHECK(pg_primary(child->parent) == &child->parent->cons[0] && pg_primary(child) == NULL);
	CHECK(pg_column_not_null(&child->parent->columns[1])); /* by the domain of its domain */
	CHECK(!pg_column_not_null(&child->columns[0]));
	CHECK(pg_base_of(child->parent->columns[1].type, -1).type->cls == PG_TEXT);
	buf_free(&there);
	buf_free(&here);
	arena_free(&a);
}

/* What the fingerprint is blind to, and what it is not. */
static void check_fingerprint(void)
{
	struct schema s = small();
	struct arena a = ARENA_INIT;
	struct err e = {0};
	char was[65];

	CHECK(schema_fingerprint(&s, &e) == 0);
	memcpy(was, s.fingerprint, sizeof(was));
	s.database = "another";
	s.server_version = 150099;
	s.introspected_on++;
	tables[1].row_estimate++;
	parent_columns[1].position = 2;
	CHECK(schema_fingerprint(&s, &e) == 0);
	CHECK_STR(s.fingerprint, was);
	parent_columns[1].position = 3;
	tables[1].row_estimate--;

	s.server_version = 160001;
	CHECK(schema_fingerprint(&s, &e) == 0 && strcmp(s.fingerprint, was) != 0);
	s.server_version = 150018;
	parent_cons[1].expr = "(id > 1)";
	CHECK(schema_fingerprint(&s, &e) == 0 && strcmp(s.fingerprint, was) != 0);
	parent_cons[1].expr = "(id > 0)";
	labels[0] = "SAD";
	CHECK(schema_fingerprint(&s, &e) == 0 && strcmp(s.fingerprint, was) != 0);
	labels[0] = "sad";
	CHECK(schema_fingerprint(&s, &e) == 0);
	CHECK_STR(s.fingerprint, was);
	arena_free(&a);
}

/* ---- damage ------------------------------------------------------------------------ */

static struct buf packed_body(const char *path)
{
	struct buf b = BUF_INIT;
	struct err e = {0};
	struct snap file;

	CHECK(snap_open(&file, path, "schema", SNAP_FULL, &e) == 0);
	mp_object(&b, &file.body);
	snap_close(&file);
	return b;
}

/* Read ${n} bytes as a body: an error or a schema, nothing else. */
static bool try_body(const char *p, size_t n)
{
	struct arena a = ARENA_INIT;
	struct err e = {0};
	struct schema s;
	msgpack_object doc;
	msgpack_zone z;
	bool ok = false;

	if (mp_check(p, n, &e) != 0 || !msgpack_zone_init(&z, 4096))
		return false;
	if (mp_parse(&z, p, n, &doc, &e) == 0) {
		ok = schema_from_doc(&s, &doc, &a, &e) == 0;
		CHECK(ok || e.msg[0] != '\0');
		if (ok) {
			struct schema_graph g;
			struct buf b = BUF_INIT;

			schema_json(&s, &b);
			CHECK(buf_ok(&b) && schema_graph(&g, &s, &a, &e) == 0);
			for (uint32_t i = 0; i < s.ntypes; i++)
				(void)pg_base_of(&s.types[i], -1);
			buf_free(&b);
		}
	}
	msgpack_zone_destroy(&z);
	arena_free(&a);
	return ok;
}

/* Every byte of the body replaced in turn by some others, and the body cut everywhere. */
static void check_damage(const char *path)
{
	static const unsigned char values[] = {
		0x00, 0x01, 0x03, 0x7f, 0x80, 0x90, 0xa0, 0xc0, 0xc2, 0xc3, 0xdd, 0xff};
	struct buf b = packed_body(path);
	size_t refused = 0, tried = 0;

	CHECK(try_body(b.p, b.n));
	for (size_t i = 0; i < b.n; i++) {
		char was = b.p[i];

		CHECK(!try_body(b.p, i));
		for (size_t k = 0; k < COUNT(values); k++) {
			b.p[i] = (char)values[k];
			refused += !try_body(b.p, b.n);
			tried++;
		}
		b.p[i] = was;
	}
	CHECK(refused > tried / 2);
	buf_free(&b);
}

/* A body that is well-formed and does not hold together. */
static void check_contradictions(void)
{
	struct schema s = small();
	struct arena a = ARENA_INIT;
	struct err e = {0};

	types[T_TEXT].cls = PG_DOMAIN;
	types[T_TEXT].elem = &types[T_TAG]; /* tag -> code -> text -> tag */
	CHECK(schema_bind(&s, &a, &e) == -1 && strstr(e.msg, "part of itself") != NULL);
	types[T_TEXT].cls = PG_TEXT;
	types[T_TEXT].elem = NULL;

	first[0] = 3;
	CHECK(schema_bind(&s, &a, &e) == -1 && strstr(e.msg, "s.child") != NULL);
	first[0] = 0;

	id[0] = "nowhere";
	CHECK(schema_bind(&s, &a, &e) == -1 && strstr(e.msg, "\"up\"") != NULL);
	id[0] = "id";

	tables[0].name = "zebra";
	CHECK(schema_bind(&s, &a, &e) == -1 && strstr(e.msg, "out of order") != NULL);
	tables[0].name = "child";
	CHECK(schema_bind(&s, &a, &e) == 0);
	arena_free(&a);
}

/* ---- graph ------------------------------------------------------------------------- */

/* Tables "a", "b" ... and edges "ab": b refers to a. */
struct graph_case {
	uint32_t n;
	const char *edges, *order, *levels;
	uint32_t ncomponents;
	bool has_cycle;
};

static const struct graph_case graphs[] = {
	{0, "", "", "", 0, false},
	{3, "", "abc", "000", 3, false},
	{3, "cb ba", "cba", "210", 3, false},
	{4, "ad bd cd", "abcd", "0001", 4, false},
	{4, "ad da", "adbc", "0000", 3, true},
	{3, "aa ab ab", "abc", "010", 3, true},
	{6, "ab bc ca cd de ed df", "abcdef", "000112", 3, true},
	{5, "ea ab bc cd da", "eabcd", "11110", 2, true},
	{5, "de eb bd ca", "bdeca", "10000", 3, true},
};

static void check_graph(const struct graph_case *c, struct arena *a)
{
	static const char letters[] = "abcdefgh";
	struct pg_table t[8] = {{0}};
	struct pg_constraint con[8][8] = {{{0}}};
	struct schema s = {.tables = t, .ntables = c->n};
	struct schema_graph g;
	struct err e = {0};
	char order[9] = "", levels[9] = "";

	for (uint32_t i = 0; i < c->n; i++) {
		t[i] = (struct pg_table){.index = i, .cons = con[i], .name = &letters[i]};
	}
	for (const char *p = c->edges; *p != '\0'; p += p[2] == ' ' ? 3 : 2) {
		struct pg_table *child = &t[p[1] - 'a'];

		child->cons[child->ncons++] =
			(struct pg_constraint){.kind = PG_CON_FOREIGN, .ref = &t[p[0] - 'a']};
	}
	CHECK(schema_graph(&g, &s, a, &e) == 0);
	for (uint32_t i = 0; i < c->n; i++) {
		order[i] = letters[g.order[i]];
		levels[i] = (char)('0' + g.level[i]);
	}
	CHECK_STR(order, c->order);
	CHECK_STR(levels, c->levels);
	CHECK(g.ncomponents == c->ncomponents);
	CHECK(g.has_cycle == c->has_cycle);
}

/* A chain so long that recursion would not survive it. */
static void check_long_chain(struct arena *a)
{
	enum { N = 300000 };
	struct pg_table *t = arena_array(a, N, sizeof(*t));
	struct pg_constraint *con = arena_array(a, N, sizeof(*con));
	struct schema s = {.tables = t, .ntables = N};
	struct schema_graph g;
	struct err e = {0};

	CHECK(t != NULL && con != NULL);
	if (t == NULL || con == NULL)
		return;
	for (uint32_t i = 0; i < N; i++) {
		t[i].index = i;
		if (i > 0) {
			con[i] = (struct pg_constraint){.kind = PG_CON_FOREIGN, .ref = &t[i - 1]};
			t[i].cons = &con[i];
			t[i].ncons = 1;
		}
	}
	CHECK(schema_graph(&g, &s, a, &e) == 0);
	CHECK(g.level[N - 1] == N - 1 && g.order[N - 1] == N - 1 && !g.has_cycle);
}

/* ---- types ------------------------------------------------------------------------- */

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

int main(int argc, char **argv)
{
	struct arena a = ARENA_INIT;
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/schema.msgpack", argc > 1 ? argv[1] : ".");
	check_round_trip(path);
	check_fingerprint();
	check_damage(path);
	check_contradictions();
	for (size_t i = 0; i < COUNT(graphs); i++)
		check_graph(&graphs[i], &a);
	check_long_chain(&a);
	check_types();
	check_canon();
	tables_match_globs_over_schema_and_name();
	arena_free(&a);
	return check_done();
}
