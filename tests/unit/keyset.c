/* SPDX-License-Identifier: MIT */
#include "common/schema/keyset.h"
#include "common/base/err.h"
#include "common/schema/keyset_exclude.h"
#include "tests/unit/check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct arena a = ARENA_INIT;

/* "text op|text op ? predicate", or "no" */
static const char *told(const char *definition)
{
	struct pg_key k = {.nparts = 0};
	struct err e;
	const char *to = "";

	if (keyset_exclude(definition, &k, &a, &e) == -1)
		return "no memory";
	if (k.nparts == 0)
		return "no";
	for (uint32_t i = 0; i < k.nparts; i++)
		to = arena_printf(
			&a, "%s%s%s %s", to, i > 0 ? "|" : "", k.parts[i].text, k.parts[i].op);
	return k.where != NULL ? arena_printf(&a, "%s ? %s", to, k.where) : to;
}

/* What pg_get_constraintdef() prints of exclusion constraints, read back. */
static void test_exclusions(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"EXCLUDE USING gist (during WITH &&)", "during &&"},
		{"EXCLUDE USING btree (c WITH =)", "c ="},
		{"EXCLUDE USING gist (room_id WITH =, tsrange(a, b) WITH &&) WHERE ((NOT "
		 "cancelled))",
			"room_id =|tsrange(a, b) && ? ((NOT cancelled))"},
		{"EXCLUDE USING gist (r WITH =, daterange(a, b, '[]'::text) WITH &&) INCLUDE (n) "
		 "WITH "
		 "(fillfactor='70') DEFERRABLE INITIALLY DEFERRED",
			"r =|daterange(a, b, '[]'::text) &&"},
		{"EXCLUDE USING gist (public.f(a, 'x) WITH =') WITH =) WHERE ((k <> ' WHERE "
		 "(y'::text))",
			"public.f(a, 'x) WITH =') = ? ((k <> ' WHERE (y'::text))"},
		{"EXCLUDE USING gist (\"a, b) WITH &&\" WITH =, \"Q\"\"q\" range_ops WITH &&)",
			"\"a, b) WITH &&\" =|\"Q\"\"q\" &&"},
		{"EXCLUDE USING gist (((a)::text || E'\\\\\\',') COLLATE \"C\" DESC WITH =)",
			"((a)::text || E'\\\\\\',') ="},
		{"EXCLUDE USING gist (t WITH OPERATOR(public.=), r WITH OPERATOR(pg_catalog.&&))",
			"t =|r &&"},
		{"EXCLUDE USING gist (a WITH =, b WITH <>)", "a =|b <>"},
		{"UNIQUE (a)", "no"},
		{"EXCLUDE USING gist", "no"},
		{"EXCLUDE USING gist (", "no"},
		{"EXCLUDE USING gist (a", "no"},
		{"EXCLUDE USING gist (a WITH", "no"},
		{"EXCLUDE USING gist ('a WITH =", "no"},
		{"EXCLUDE USING gist (f(a WITH =", "no"},
		{"EXCLUDE USING gist (a WITH =", "no"},
		{"EXCLUDE USING gist (a WITH =,", "no"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_STR(told(cases[i].in), cases[i].out);
}

/* ---- a table with every kind of key ------------------------------------------------------ */

static struct pg_type int4 = {.schema = "pg_catalog", .name = "int4", .cls = PG_INT4, .typmod = -1};
static struct pg_type text = {.schema = "pg_catalog", .name = "text", .cls = PG_TEXT, .typmod = -1};
static struct pg_type citext = {
	.schema = "public", .name = "citext", .cls = PG_TEXT, .typmod = -1, .extension = "citext"};
static struct pg_type inet = {.schema = "pg_catalog", .name = "inet", .cls = PG_INET, .typmod = -1};
static struct pg_type bits = {.schema = "pg_catalog", .name = "bit", .cls = PG_BIT, .typmod = -1};
static struct pg_type email = {
	.schema = "s", .name = "email", .cls = PG_DOMAIN, .elem = &citext, .typmod = -1};

enum { ID, CODE, MAIL, ADDRESS, FLAGS, ODD, NCOLUMNS };

static struct pg_column columns[NCOLUMNS] = {
	[ID] = {.name = "id", .type = &int4, .typmod = -1, .not_null = true},
	[CODE] = {.name = "code", .type = &text, .typmod = -1, .collation = "s.ignore_case"},
	[MAIL] = {.name = "mail", .type = &email, .typmod = -1},
	[ADDRESS] = {.name = "address", .type = &inet, .typmod = -1},
	[FLAGS] = {.name = "flags", .type = &bits, .typmod = -1, .not_null = true},
	[ODD] = {.name = "Odd \"one\"", .type = &int4, .typmod = -1},
};

static uint32_t c_id[] = {ID}, c_id_code[] = {ID, CODE}, c_mail[] = {MAIL},
		c_id_mail[] = {ID, MAIL}, c_flags[] = {FLAGS}, c_expr[] = {UINT32_MAX, ID},
		c_mail_flags[] = {MAIL, FLAGS};
static const char *exprs[] = {"lower(code)", NULL};

static struct pg_constraint cons[] = {
	{.kind = PG_CON_PRIMARY,
		.name = "pk",
		.cols = c_id,
		.ncols = 1,
		.definition = "PRIMARY KEY (id)"},
	{.kind = PG_CON_UNIQUE,
		.name = "u_id_code",
		.cols = c_id_code,
		.ncols = 2,
		.nulls_not_distinct = true,
		.definition = "UNIQUE NULLS NOT DISTINCT (id, code)"},
	{.kind = PG_CON_UNIQUE,
		.name = "u_mail",
		.cols = c_mail,
		.ncols = 1,
		.definition = "UNIQUE (mail)"},
	{.kind = PG_CON_UNIQUE,
		.name = "u_temporal",
		.cols = c_id_mail,
		.ncols = 2,
		.definition = "UNIQUE (id, mail WITHOUT OVERLAPS)"},
	{.kind = PG_CON_CHECK, .name = "check", .definition = "CHECK (id > 0)", .expr = "id > 0"},
	{.kind = PG_CON_EXCLUDE,
		.name = "x_odd",
		.definition =
			"EXCLUDE USING gist (\"Odd \"\"one\"\"\" WITH =, int4range(id, 9) WITH &&) "
			"WHERE ((id > 3))"},
	{.kind = PG_CON_EXCLUDE, .name = "x_strange", .definition = "EXCLUDE strangely"},
};

static struct pg_index indexes[] = {
	{.name = "i_broken", .unique = true, .valid = false, .cols = c_flags, .ncols = 1},
	{.name = "i_expr",
		.unique = true,
		.valid = true,
		.cols = c_expr,
		.ncols = 2,
		.exprs = exprs},
	{.name = "i_flags", .unique = true, .valid = true, .cols = c_flags, .ncols = 1},
	{.name = "i_mail_flags", .unique = true, .valid = true, .cols = c_mail_flags, .ncols = 2},
	{.name = "i_partial",
		.unique = true,
		.valid = true,
		.cols = c_flags,
		.ncols = 1,
		.predicate = "(id > 3)"},
	{.name = "i_plain", .valid = true, .cols = c_flags, .ncols = 1},
	{.name = "pk",
		.unique = true,
		.primary = true,
		.of_constraint = true,
		.valid = true,
		.cols = c_id,
		.ncols = 1},
	{.name = "u_mail",
		.unique = true,
		.of_constraint = true,
		.valid = true,
		.cols = c_mail,
		.ncols = 1},
};

static struct pg_table table = {.schema = "s",
	.name = "t",
	.columns = columns,
	.ncolumns = NCOLUMNS,
	.cons = cons,
	.ncons = COUNT(cons),
	.indexes = indexes,
	.nindexes = COUNT(indexes)};

static const struct pg_key *named(const char *name)
{
	for (uint32_t i = 0; i < table.nkeys; i++)
		if (strcmp(table.keys[i].name, name) == 0)
			return &table.keys[i];
	fprintf(stderr, "there is no key %s\n", name);
	exit(1);
}

/* What keeps rows apart, once each, in the promised order; what does not is left out: a CHECK, an
 * index that is not unique, one that is not valid, those behind constraints. */
static void test_list(void)
{
	static const char *const want[] = {"pk", "u_id_code", "u_mail", "u_temporal", "x_odd",
		"x_strange", "i_expr", "i_flags", "i_mail_flags", "i_partial"};
	struct err e;

	CHECK(keyset_fill(&table, &a, &e) == 0);
	CHECK(table.nkeys == COUNT(want));
	for (uint32_t i = 0; i < table.nkeys; i++)
		CHECK_STR(table.keys[i].name, want[i]);
	CHECK(named("pk")->kind == KEY_PRIMARY && named("u_mail")->kind == KEY_UNIQUE);
	CHECK(named("x_odd")->kind == KEY_EXCLUSION && named("i_expr")->kind == KEY_INDEX);
	CHECK(keyset_of(&table, &cons[0]) == named("pk") && keyset_of(&table, &cons[4]) == NULL);
	CHECK(named("pk")->con == &cons[0] && named("pk")->index == NULL);
	CHECK(named("i_flags")->con == NULL && named("i_flags")->index == &indexes[2]);
}

static void test_elements(void)
{
	const struct pg_key *k = named("x_odd");

	CHECK(k->nparts == 2 && k->cols[0] == ODD && k->cols[1] == UINT32_MAX);
	CHECK_STR(k->parts[0].text, "\"Odd \"\"one\"\"\"");
	CHECK_STR(k->parts[1].op, "&&");
	CHECK_STR(k->where, "((id > 3))");
	CHECK(named("x_strange")->nparts == 0);
	CHECK_STR(named("u_mail")->parts[0].text, "\"mail\"");
	CHECK_STR(named("u_temporal")->parts[0].op, "=");
	CHECK_STR(named("u_temporal")->parts[1].op, "&&");
	CHECK(named("u_id_code")->nulls_equal && !named("u_mail")->nulls_equal);
	/* bytes, case, collation, spelling, expression: when two values are alike */
	CHECK(named("pk")->parts[0].equality == KEY_BYTES);
	CHECK(named("u_id_code")->parts[1].equality == KEY_COLLATION);
	CHECK(named("u_mail")->parts[0].equality == KEY_CASE);
	CHECK(named("i_flags")->parts[0].equality == KEY_BYTES);
	CHECK(named("i_expr")->parts[0].equality == KEY_EXPRESSION);
	CHECK_STR(named("i_expr")->parts[0].text, "lower(code)");
}

/* An address has several texts: another column in the place of the flags. */
static void test_spelling(void)
{
	static uint32_t address[] = {ADDRESS};
	struct pg_constraint con = {.kind = PG_CON_UNIQUE,
		.name = "u",
		.cols = address,
		.ncols = 1,
		.definition = "UNIQUE (address)"};
	struct pg_table t = {.columns = columns, .ncolumns = NCOLUMNS, .cons = &con, .ncons = 1};
	struct err e;

	CHECK(keyset_fill(&t, &a, &e) == 0 && t.nkeys == 1);
	CHECK(t.keys[0].parts[0].equality == KEY_SPELLING);
}

static void test_plain(void)
{
	CHECK(key_is_plain(named("pk")) && key_is_plain(named("i_flags")));
	CHECK(!key_is_plain(named("i_partial")) && !key_is_plain(named("i_expr")));
	CHECK(!key_is_plain(named("u_temporal")) && !key_is_plain(named("x_odd")));
	CHECK(!key_by_equality(named("x_strange")) && key_by_equality(named("i_partial")));
	CHECK(keyset_tells_apart(&table, c_id_mail, 2));
	CHECK(!keyset_tells_apart(&table, (uint32_t[]){CODE, ADDRESS}, 2));
}

/* A implies B: B asks nothing that A has not asked. */
static void test_implied(void)
{
	static const struct {
		const char *a, *b;
		bool implies;
	} cases[] = {
		{"pk", "u_id_code", true},	  /* id alone, and it is never NULL */
		{"pk", "u_temporal", true},	  /* no two rows have the same id, at any time */
		{"pk", "i_expr", true},		  /* whatever the expression says */
		{"u_id_code", "pk", false},	  /* two codes may have one id */
		{"u_mail", "i_mail_flags", true}, /* a NULL mail is like no other in both */
		{"i_mail_flags", "u_mail", false},
		{"i_flags", "i_partial", true}, /* of all rows, so of some */
		{"i_partial", "i_flags", false},
		{"u_temporal", "pk", false},
		{"x_odd", "pk", false},
		{"x_strange", "pk", false},
		{"pk", "x_strange", false},
	};
	struct pg_key nulls_equal = *named("i_mail_flags");

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK(key_implies(&table, named(cases[i].a), named(cases[i].b)) ==
			cases[i].implies);
	/* many rows may have no mail, which NULLS NOT DISTINCT lets only one row with the flags */
	nulls_equal.nulls_equal = true;
	CHECK(!key_implies(&table, named("u_mail"), &nulls_equal));
	CHECK(key_implies(&table, named("i_flags"), &nulls_equal));
	CHECK(key_implies(&table, &nulls_equal, named("i_mail_flags")));
}

int main(void)
{
	test_exclusions();
	test_list();
	test_elements();
	test_spelling();
	test_plain();
	test_implied();
	arena_free(&a);
	return check_done();
}
