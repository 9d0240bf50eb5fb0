/* SPDX-License-Identifier: MIT */
#include "common/schema/schema.h"

#include <unistd.h>

#include "common/base/err.h"
#include "common/io/msgpack.h"
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

int main(int argc, char **argv)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/schema.msgpack", argc > 1 ? argv[1] : ".");
	check_round_trip(path);
	check_fingerprint();
	check_damage(path);
	check_contradictions();
	return check_done();
}
