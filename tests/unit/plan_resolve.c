/* SPDX-License-Identifier: MIT */
/*
 * plan_resolve DIR: plans held against a small schema that is made by hand: which tables they have,
 *in which order and of how many rows, how foreign keys choose, what snapshots keep, what is
 *refused, and that what is packed is read back as it was.
 *
 *	customers <- orders <- lines -> products     badges -> customers, one to one
 *	staff -> staff                               left <-> right
 */
#include <unistd.h>

#include "common/base/err.h"
#include "common/io/msgpack.h"
#include "common/io/rundir.h"
#include "common/schema/keyset.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/document.h"
#include "stages/plan-check/dry_run.h"
#include "stages/plan-check/matches.h"
#include "stages/plan-check/resolve.h"
#include "stages/plan-check/shape.h"
#include "tests/unit/check.h"

/* ---- the schema ------------------------------------------------------------------------------
 */

static struct pg_type types[] = {
	{.schema = "pg_catalog", .name = "int4", .cls = PG_INT4, .typmod = -1},
	{.schema = "pg_catalog", .name = "text", .cls = PG_TEXT, .typmod = -1},
};

enum { BADGES, CUSTOMERS, LEFT, LINES, ORDERS, PRODUCTS, RIGHT, STAFF, NTABLES };

#define INT(n, nn)                                                                                 \
	{                                                                                          \
		.name = n, .type = &types[0], .typmod = -1, .formatted = "integer", .not_null = nn \
	}
#define TEXT(n)                                                                                    \
	{                                                                                          \
		.name = n, .type = &types[1], .typmod = -1, .formatted = "text"                    \
	}

/* every table has its id first, and what it refers to next */
static struct pg_column badges[] = {INT("id", true), INT("customer_id", true)};
static struct pg_column customers[] = {INT("id", true), TEXT("name"), TEXT("state")};
static struct pg_column lefts[] = {INT("id", true), INT("right_id", false)};
static struct pg_column lines[] = {
	INT("id", true), INT("order_id", true), INT("product_id", false), TEXT("note")};
static struct pg_column orders[] = {INT("id", true), INT("customer_id", true), TEXT("note")};
static struct pg_column products[] = {INT("id", true)};
static struct pg_column rights[] = {INT("id", true), INT("left_id", true)};
static struct pg_column staff[] = {INT("id", true), INT("boss_id", false)};

static uint32_t first[] = {0}, second[] = {1}, third[] = {2};
static const char *id_name[] = {"id"};

#define PRIMARY(n)                                                                                 \
	{                                                                                          \
		.kind = PG_CON_PRIMARY, .name = n, .cols = first, .ncols = 1, .validated = true,   \
		.definition = "PRIMARY KEY (id)"                                                   \
	}
#define REFERS(n, c, to)                                                                           \
	{                                                                                          \
		.kind = PG_CON_FOREIGN, .name = n, .cols = c, .ncols = 1, .validated = true,       \
		.ref_schema = "s", .ref_table = to, .ref_names = id_name,                          \
		.on_update = "no_action", .on_delete = "no_action",                                \
		.definition = "FOREIGN KEY (" n ") REFERENCES " to "(id)"                          \
	}

static struct pg_constraint badges_cons[] = {PRIMARY("badges_pkey"),
	{.kind = PG_CON_UNIQUE,
		.name = "badges_key",
		.cols = second,
		.ncols = 1,
		.validated = true,
		.definition = "UNIQUE (customer_id)"},
	REFERS("badges_fkey", second, "customers")};
static struct pg_constraint customers_cons[] = {PRIMARY("customers_pkey")};
static struct pg_constraint lefts_cons[] = {
	PRIMARY("left_pkey"), REFERS("left_fkey", second, "right")};
static struct pg_constraint lines_cons[] = {PRIMARY("lines_pkey"),
	REFERS("order_fkey", second, "orders"), REFERS("product_fkey", third, "products")};
static struct pg_constraint orders_cons[] = {
	PRIMARY("orders_pkey"), REFERS("orders_fkey", second, "customers")};
static struct pg_constraint products_cons[] = {PRIMARY("products_pkey")};
static struct pg_constraint rights_cons[] = {
	PRIMARY("right_pkey"), REFERS("right_fkey", second, "left")};
static struct pg_constraint staff_cons[] = {
	PRIMARY("staff_pkey"), REFERS("staff_fkey", second, "staff")};

#define TABLE(n, c, k)                                                                             \
	{                                                                                          \
		.schema = "s", .name = n, .kind = 'r', .columns = c,                               \
		.ncolumns = sizeof(c) / sizeof((c)[0]), .cons = k,                                 \
		.ncons = sizeof(k) / sizeof((k)[0]), .row_estimate = -1                            \
	}

static struct pg_table tables[NTABLES] = {
	[BADGES] = TABLE("badges", badges, badges_cons),
	[CUSTOMERS] = TABLE("customers", customers, customers_cons),
	[LEFT] = TABLE("left", lefts, lefts_cons),
	[LINES] = TABLE("lines", lines, lines_cons),
	[ORDERS] = TABLE("orders", orders, orders_cons),
	[PRODUCTS] = TABLE("products", products, products_cons),
	[RIGHT] = TABLE("right", rights, rights_cons),
	[STAFF] = TABLE("staff", staff, staff_cons),
};
static const char *namespaces[] = {"s"};
static struct schema schema = {.database = "d",
	.server_version = 150000,
	.namespaces = namespaces,
	.nnamespaces = 1,
	.types = types,
	.ntypes = 2,
	.tables = tables,
	.ntables = NTABLES};

/* ---- a plan held against it ---------------------------------------------------------------- */

struct held {
	struct arena a;
	struct check c;
	struct plan p;
	struct rundir run;
	json_t *json;
	bool readable;
};

/* Targets as "orders": 10, and rules, both as JSON without the brackets. */
static void hold(struct held *h, const char *targets, const char *rules)
{
	struct options o = {.null_rate = -1, .run = &h->run, .seed = 42};
	struct err e = {.kind = ERR_NONE};
	struct dry_run_left left = {0, NULL};
	char *text;

	*h = (struct held){.a = ARENA_INIT};
	h->run = (struct rundir){.path = ".", .a = &h->a};
	text = arena_printf(&h->a,
		"{\"plan_version\": \"0.3\", \"seed\": 42, \"schema_ref\": {\"schema_version\": "
		"\"0.2\", \"engine\": \"postgres\", \"schema_fingerprint\": \"%s\"}, \"global\": "
		"{\"as_of\": \"2026-01-01\"}, \"targets\": [%s], \"rules\": [%s]}",
		schema.fingerprint, targets, rules);
	h->json = json_loads(text, 0, NULL);
	CHECK(h->json != NULL && check_open(&h->c, h->json, &schema, &h->a) == 0);
	h->readable = shape_check(h->json, &h->c.is);
	if (!h->readable)
		return;
	check_document(&h->c);
	CHECK(resolve(&h->c, &o, &h->p, &e) == 0);
	CHECK(try_tables(&h->c, &h->run, &h->p, &left, &e) == 0 && left.left == 0);
}

static void let_go(struct held *h)
{
	json_decref(h->json);
	arena_free(&h->a);
}

/* The issues: "error code path" each, "; " between them. */
static const char *issues(struct held *h)
{
	const char *all = "";

	for (size_t i = 0; i < h->c.is.n; i++)
		all = arena_printf(&h->a, "%s%s%s %s %s", all, i > 0 ? "; " : "",
			h->c.is.v[i].severity == ISSUE_ERROR ? "error" : "warning",
			h->c.is.v[i].code, h->c.is.v[i].path);
	return all;
}

/* The tables in their order: "name rows level". */
static const char *order(struct held *h)
{
	const char *all = "";

	for (uint32_t i = 0; i < h->p.ntables; i++)
		all = arena_printf(&h->a, "%s%s%s %llu %u", all, i > 0 ? ", " : "",
			h->p.tables[i].table->name, (unsigned long long)h->p.tables[i].rows,
			h->p.tables[i].level);
	return all;
}

static const struct plan_table *table(struct held *h, const char *name)
{
	const struct plan_table *t = plan_table(&h->p, "s", name);

	if (t == NULL)
		fprintf(stderr, "no table %s\n", name);
	return t;
}

#define T(name, rows) "{\"schema\": \"s\", \"table\": \"" name "\", \"rows\": " rows "}"
#define REL(t, c, more)                                                                            \
	"{\"type\": \"relationship\", \"schema\": \"s\", \"table\": \"" t "\", \"columns\": [\"" c \
	"\"], " more "}"
#define GEN(t, c, more)                                                                            \
	"{\"type\": \"column_generator\", \"schema\": \"s\", \"table\": \"" t                      \
	"\", \"column\": \"" c "\", \"generator\": {" more "}}"

/* ---- tables, order and rows ------------------------------------------------------------------ */

static void parents_that_are_no_targets_are_added_and_come_first(void)
{
	struct held h;

	hold(&h, T("lines", "10"), "");
	CHECK_STR(issues(&h), "");
	CHECK_STR(order(&h), "customers 10 0, orders 10 1, products 10 0, lines 10 2");
	CHECK(table(&h, "orders")->auto_added && !table(&h, "lines")->auto_added);
	let_go(&h);
}

/* A product may be NULL, so that none is needed; a customer for every badge is. */
static void an_added_parent_has_as_many_rows_as_its_children_need(void)
{
	struct held h;

	hold(&h, T("badges", "30") ", " T("orders", "7"), "");
	CHECK_STR(order(&h), "customers 30 0, badges 30 1, orders 7 1");
	let_go(&h);
	hold(&h, T("orders", "30"),
		REL("orders", "customer_id", "\"children_per_parent\": {\"min\": 3, \"max\": 5}"));
	CHECK_STR(issues(&h), "");
	CHECK(table(&h, "customers")->rows >= 6 && table(&h, "customers")->rows <= 10);
	let_go(&h);
}

static void rows_that_the_plan_leaves_out_follow_from_the_parents(void)
{
	struct held h;

	hold(&h, T("customers", "20") ", {\"schema\": \"s\", \"table\": \"orders\"}",
		REL("orders", "customer_id", "\"children_per_parent\": {\"min\": 3, \"max\": 3}"));
	CHECK_STR(issues(&h), "");
	CHECK_STR(order(&h), "customers 20 0, orders 60 1");
	let_go(&h);
	hold(&h, "{\"schema\": \"s\", \"table\": \"customers\"}", "");
	CHECK(strstr(issues(&h), "error ") != NULL && strstr(issues(&h), "/targets/0") != NULL);
	let_go(&h);
}

static void numbers_of_children_that_cannot_be_are_refused(void)
{
	struct held h;

	hold(&h, T("customers", "10") ", " T("orders", "51"),
		REL("orders", "customer_id", "\"children_per_parent\": {\"min\": 1, \"max\": 5}"));
	CHECK(strstr(issues(&h), "error fan_out_impossible /rules/0") != NULL);
	let_go(&h);
	hold(&h, T("customers", "10") ", " T("orders", "50"),
		REL("orders", "customer_id", "\"children_per_parent\": {\"min\": 1, \"max\": 5}"));
	CHECK_STR(issues(&h), "");
	let_go(&h);
	hold(&h, T("customers", "10") ", " T("badges", "11"), "");
	CHECK(strstr(issues(&h), "error one_to_one_too_few_parents") != NULL);
	let_go(&h);
}

/* Of a cycle, the key that may be NULL gives way: its parents are computed, not read. */
static void a_cycle_is_cut_where_a_key_may_be_null(void)
{
	struct held h;

	hold(&h, T("left", "5") ", " T("right", "6"), "");
	CHECK_STR(issues(&h), "");
	CHECK_STR(order(&h), "left 5 0, right 6 1");
	CHECK(table(&h, "left")->fks[0].computed && !table(&h, "right")->fks[0].computed);
	let_go(&h);
}

/* ---- how foreign keys choose ------------------------------------------------------------------
 */

static void a_key_chooses_as_its_uniqueness_and_its_rule_ask(void)
{
	static const struct {
		const char *table, *rules, *word;
	} all[] = {
		{"badges", "", "one_to_one"},
		{"staff", "", "forest"},
		{"orders", "", "uniform"},
		{"orders", REL("orders", "customer_id", "\"pick\": \"round_robin\""),
			"round_robin"},
		{"orders", REL("orders", "customer_id", "\"pick\": {\"zipf\": {\"s\": 1.5}}"),
			"zipf"},
		{"orders",
			REL("orders", "customer_id",
				"\"children_per_parent\": {\"min\": 0, \"max\": 90}"),
			"fan_out"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct held h;
		char target[100];

		(void)snprintf(target, sizeof(target),
			"{\"schema\": \"s\", \"table\": \"%s\", \"rows\": 20}, " T(
				"customers", "20"),
			all[i].table);
		hold(&h, target, all[i].rules);
		CHECK_STR(issues(&h), "");
		CHECK_STR(how_word(table(&h, all[i].table)->fks[0].how), all[i].word);
		let_go(&h);
	}
}

static void snapshots_keep_what_children_refer_to_and_look_up(void)
{
	struct held h;

	hold(&h, T("orders", "5"),
		GEN("orders", "note",
			"\"id\": \"derive.parent_value\", \"params\": {\"input_columns\": "
			"[\"customer_id\"], \"parent_schema\": \"s\", \"parent_table\": "
			"\"customers\", \"parent_column\": \"name\"}"));
	CHECK_STR(issues(&h), "");
	CHECK(table(&h, "customers")->nkept == 2 && table(&h, "customers")->kept[1] == 1);
	CHECK(table(&h, "orders")->nkept == 0);
	let_go(&h);
}

/* A condition over one column whose generator says how often it has each value. */
static void parents_that_meet_a_condition_are_counted_where_that_is_known(void)
{
	static const char choices[] = GEN("customers", "state",
		"\"id\": \"primitive.shares\", \"params\": {\"choices\": [{\"value\": \"open\", "
		"\"weight\": 1}, {\"value\": \"shut\", \"weight\": 3}]}");
	struct node nodes[NTABLES] = {{.rows = 0}};
	struct resolver r;
	struct held h;
	uint64_t n;

	hold(&h, T("customers", "100"), choices);
	r = (struct resolver){.c = &h.c, .p = &h.p, .nodes = nodes};
	CHECK(matches_known(&r, &tables[CUSTOMERS], NULL, 100, &n) && n == 100);
	CHECK(matches_known(&r, &tables[CUSTOMERS], "state = 'open'", 100, &n) && n == 25);
	CHECK(matches_known(&r, &tables[CUSTOMERS], "state = 'else'", 100, &n) && n == 0);
	CHECK(!matches_known(&r, &tables[CUSTOMERS], "name = 'x'", 100, &n));
	CHECK(!matches_known(&r, &tables[CUSTOMERS], "state = name", 100, &n));
	CHECK(!matches_known(&r, &tables[CUSTOMERS], "nobody(", 100, &n));
	let_go(&h);
}

/* ---- packed and read back ---------------------------------------------------------------------
 */

/* The document is read as what was resolved: packed again it has the same bytes. */
static void packs_the_same(struct held *h)
{
	struct buf document = BUF_INIT, one = BUF_INIT, two = BUF_INIT;
	msgpack_zone *zone = msgpack_zone_new(8192);
	struct err e = {.kind = ERR_NONE};
	msgpack_object doc;
	struct plan again;

	document_pack(&document, &h->c, &h->p);
	CHECK(mp_check(document.p, document.n, &e) == 0);
	CHECK(mp_parse(zone, document.p, document.n, &doc, &e) == 0);
	CHECK(plan_from_doc(&again, &doc, &schema, &h->a, &e) == 0);
	plan_pack(&one, &h->p);
	plan_pack(&two, &again);
	CHECK(one.n > 100 && one.n == two.n && memcmp(one.p, two.p, one.n) == 0);
	for (uint32_t i = 0; i < h->p.ntables && again.ntables == h->p.ntables; i++) {
		CHECK_STR(again.tables[i].digest, h->p.tables[i].digest);
		CHECK(strlen(again.tables[i].digest) == 64);
	}
	msgpack_zone_free(zone);
	buf_free(&document);
	buf_free(&one);
	buf_free(&two);
}

static void what_is_packed_is_read_back_as_it_was(void)
{
	static const struct {
		const char *targets, *rules;
	} all[] = {
		{T("lines", "10") ", " T("badges", "3") ", " T("left", "5"), ""},
		{T("orders", "50") ", " T("customers", "20"),
			REL("orders", "customer_id",
				"\"children_per_parent\": {\"min\": 1, \"max\": 9, "
				"\"distribution\": {\"zipf\": {\"s\": 1.1}}}, \"order\": "
				"\"shuffled\"")},
		{T("orders", "50") ", " T("customers", "20"),
			REL("orders", "customer_id",
				"\"children_per_parent\": {\"min\": 1, \"max\": 3, "
				"\"distribution\": {\"weighted\": [1, 5, 2]}}")},
		{T("orders", "50") ", " T("customers", "20"),
			REL("orders", "customer_id",
				"\"pick\": {\"weighted\": {\"by\": \"id % 3 + 1\"}}, "
				"\"where\": \"state <> 'shut'\"")},
		{T("lines", "50") ", " T("products", "20"),
			REL("lines", "product_id", "\"cover\": true, \"null_rate\": 0.25")},
		{T("staff", "50"), REL("staff", "boss_id", "\"roots\": 3, \"max_depth\": 4")},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct held h;

		hold(&h, all[i].targets, all[i].rules);
		CHECK_STR(issues(&h), "");
		packs_the_same(&h);
		let_go(&h);
	}
}

/* A rule for one table changes its digest and those of its children, and no other. */
static void a_digest_changes_with_what_decides_the_rows_and_nothing_else(void)
{
	static const char *const names[] = {"customers", "orders", "products", "lines"};
	static const bool changed[] = {false, true, false, true};
	struct held plain, ruled;

	hold(&plain, T("lines", "10"), "");
	hold(&ruled, T("lines", "10"), GEN("orders", "note", "\"id\": \"semantic.br.name\""));
	CHECK_STR(issues(&ruled), "");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK((strcmp(table(&plain, names[i])->digest, table(&ruled, names[i])->digest) !=
			      0) == changed[i]);
	let_go(&plain);
	let_go(&ruled);
}

/* ---- what is refused --------------------------------------------------------------------------
 */

static void what_cannot_be_is_refused_at_its_place(void)
{
	static const struct {
		const char *targets, *rules, *issue;
	} all[] = {
		{T("nobody", "1"), "", "error unknown_table /targets/0/table"},
		{T("orders", "1") ", " T("orders", "2"), "", "error duplicate_target /targets/1"},
		{T("orders", "0"), "", "error rows_zero /targets/0/rows"},
		{T("orders", "1"), GEN("orders", "nothing", "\"id\": \"primitive.text\""),
			"error unknown_column /rules/0/column"},
		{T("orders", "1"), GEN("orders", "note", "\"id\": \"primitive.txt\""),
			"error unknown_generator_id /rules/0/generator"},
		{T("orders", "1"), REL("orders", "note", "\"cover\": true"),
			"error relationship_without_fk /rules/0/columns"},
		{T("orders", "1") ", " T("customers", "2"),
			REL("orders", "customer_id", "\"cover\": true"),
			"error fan_out_impossible /rules/0"},
		{T("orders", "1"), REL("orders", "customer_id", "\"where\": \"nothing = 1\""),
			"error where_unsupported /rules/0"},
		{T("staff", "5"), REL("staff", "boss_id", "\"roots\": -1"),
			"error invalid_relationship /rules/0/roots"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct held h;

		hold(&h, all[i].targets, all[i].rules);
		if (strstr(issues(&h), all[i].issue) == NULL)
			fprintf(stderr, "%s: %s\n", all[i].issue, issues(&h));
		CHECK(strstr(issues(&h), all[i].issue) != NULL);
		let_go(&h);
	}
}

int main(int argc, char **argv)
{
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};

	if (argc != 2 || chdir(argv[1]) == -1)
		return 2;
	for (uint32_t t = 0; t < NTABLES; t++)
		for (uint32_t c = 0; c < tables[t].ncolumns; c++)
			tables[t].columns[c].position = (int16_t)(c + 1);
	if (schema_bind(&schema, &a, &e) == -1 || schema_fingerprint(&schema, &e) == -1) {
		fprintf(stderr, "%s\n", e.msg);
		return 2;
	}
	parents_that_are_no_targets_are_added_and_come_first();
	an_added_parent_has_as_many_rows_as_its_children_need();
	rows_that_the_plan_leaves_out_follow_from_the_parents();
	numbers_of_children_that_cannot_be_are_refused();
	a_cycle_is_cut_where_a_key_may_be_null();
	a_key_chooses_as_its_uniqueness_and_its_rule_ask();
	snapshots_keep_what_children_refer_to_and_look_up();
	parents_that_meet_a_condition_are_counted_where_that_is_known();
	what_is_packed_is_read_back_as_it_was();
	a_digest_changes_with_what_decides_the_rows_and_nothing_else();
	what_cannot_be_is_refused_at_its_place();
	arena_free(&a);
	return check_done();
}
