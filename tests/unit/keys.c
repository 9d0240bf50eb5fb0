/* SPDX-License-Identifier: MIT */
/*
 * keys DIR: key snapshots of a run in DIR, written in shards and read as one table; the
 * ForeignContext over them.
 * keys DIR FILE: the context over FILE, a snapshot another program wrote of shop.customers.
 */
#include "common/keys/keys.h"

#include <stdio.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/context/context.h"
#include "common/io/file.h"
#include "common/relation/foreign.h"
#include "common/relation/foreign_memo.h"
#include "tests/unit/check.h"
#include "tests/unit/how.h"
#include "tests/unit/open_context.h"

enum { ROWS = 200001, CHILDREN = 500003, SHARDS = 3 };
enum { ID, EMAIL, BORN, NUMBER, SCORE, COLUMNS };

static struct pg_type uuid_type = {.name = "uuid", .cls = PG_UUID};
static struct pg_type text_type = {.name = "text", .cls = PG_TEXT};
static struct pg_type date_type = {.name = "date", .cls = PG_DATE};
static struct pg_type int_type = {.name = "int8", .cls = PG_INT8};
static struct pg_type real_type = {.name = "float8", .cls = PG_FLOAT8};

static struct pg_column parent_cols[] = {
	{.name = "id", .type = &uuid_type, .not_null = true},
	{.name = "email", .type = &text_type},
	{.name = "born", .type = &date_type},
	{.name = "number", .type = &int_type},
	{.name = "score", .type = &real_type},
};
static struct pg_table customers = {
	.schema = "shop", .name = "customers", .columns = parent_cols, .ncolumns = COLUMNS};
static uint32_t first_column[] = {0};
static const char *id_name[] = {"id"};
static struct pg_constraint fk = {.kind = PG_CON_FOREIGN,
	.name = "orders_customer_fkey",
	.cols = first_column,
	.ncols = 1,
	.ref_schema = "shop",
	.ref_table = "customers",
	.ref = &customers,
	.ref_names = id_name,
	.ref_cols = first_column};
static struct pg_column child_cols[] = {{.name = "customer_id", .type = &uuid_type}};
static struct pg_table orders = {.schema = "shop",
	.name = "orders",
	.columns = child_cols,
	.ncolumns = 1,
	.cons = &fk,
	.ncons = 1};
static uint32_t keep[] = {ID, EMAIL, BORN, NUMBER, SCORE};
static struct plan_column parent_plan[COLUMNS];
static struct plan_fk child_fk = {.how = {.law = PLAN_LAW_UNIFORM}};
static struct plan_column child_column = {.source = PLAN_FOREIGN};
static struct schema schema;
static struct plan_table tables[] = {
	{.table = &customers,
		.rows = ROWS,
		.shards = SHARDS,
		.columns = parent_plan,
		.kept = keep,
		.nkept = COLUMNS,
		.digest = "the digest of customers"},
	{.table = &orders,
		.rows = CHILDREN,
		.shards = 1,
		.level = 1,
		.columns = &child_column,
		.fks = &child_fk,
		.nfks = 1},
};
static struct plan plan = {.schema = &schema, .seed = 42, .tables = tables, .ntables = 2};

/* ---- what the cells hold --------------------------------------------------------- */

static struct uuid id_of(uint64_t row)
{
	struct uuid u;
	uint64_t a = rng_at(1, row), b = rng_at(2, row);

	memcpy(u.b, &a, 8);
	memcpy(u.b + 8, &b, 8);
	return u;
}

static bool email_null(uint64_t row)
{
	return row % 7 == 3;
}

static struct vtext email_of(uint64_t row, char to[32])
{
	int n = snprintf(to, 32, "user%llu@example.com", (unsigned long long)row);

	return (struct vtext){to, (size_t)n};
}

static int64_t born_of(uint64_t row)
{
	return (int64_t)(row % 20000) - 10000;
}

/* ---- writing --------------------------------------------------------------------------- */

static void fill(struct vec *cols, char (*emails)[32], uint64_t row0, uint32_t n)
{
	for (int c = 0; c < COLUMNS; c++) {
		cols[c].n = n;
		cols[c].has_null = false;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint64_t row = row0 + i;

		cols[ID].v.u[i] = id_of(row);
		cols[EMAIL].v.t[i] = email_of(row, emails[i]);
		cols[BORN].v.i[i] = born_of(row);
		cols[NUMBER].v.i[i] = 100 + 3 * (int64_t)row;
		cols[SCORE].v.f[i] = (double)row / 4;
		if (email_null(row))
			vec_set_null(&cols[EMAIL], i);
	}
}

static int write_shard(const struct rundir *run, uint32_t shard, struct arena *a, struct err *e)
{
	static const enum vtype types[COLUMNS] = {VT_UUID, VT_TEXT, VT_DATE, VT_INT, VT_F64};
	static char emails[VEC_BLOCK][32];
	struct vec cols[COLUMNS];
	const struct vec *list[COLUMNS];
	uint64_t end = shard_start(ROWS, shard + 1, SHARDS);
	struct keys_writer *w = keys_writer_on(
		outfile_open(
			rundir_shard(run, "keys", "shop", "customers", shard, SHARDS, "msgpack"),
			e),
		&tables[0], shard, e);
	char hex[33];

	if (w == NULL)
		return -1;
	keys_writer_affine(w, NUMBER, 100, 3);
	for (int c = 0; c < COLUMNS; c++) {
		CHECK(vec_init(&cols[c], types[c], a));
		list[c] = &cols[c];
	}
	for (uint64_t row = shard_start(ROWS, shard, SHARDS); row < end; row += VEC_BLOCK) {
		uint32_t n = end - row < VEC_BLOCK ? (uint32_t)(end - row) : VEC_BLOCK;

		fill(cols, emails, row, n);
		if (keys_writer_block(w, list, n, e) == -1) {
			keys_writer_abort(w);
			return -1;
		}
	}
	return keys_writer_commit(w, hex, e);
}

/* ---- reading ------------------------------------------------------------------------------- */

static uint64_t wrong_cells(const struct keys *k, const uint64_t *row, uint32_t n, struct vec *v)
{
	uint64_t bad = 0;

	for (int c = 0; c < COLUMNS; c++)
		keys_gather(k, keys_column(k, parent_cols[c].name), row, n, &v[c]);
	for (uint32_t i = 0; i < n; i++) {
		struct uuid u = id_of(row[i]);
		char text[32];
		struct vtext t = email_of(row[i], text);

		if (row[i] == UINT64_MAX) {
			for (int c = 0; c < COLUMNS; c++)
				bad += !vec_is_null(&v[c], i);
			continue;
		}
		bad += vec_is_null(&v[ID], i) || memcmp(&v[ID].v.u[i], &u, 16) != 0;
		bad += vec_is_null(&v[EMAIL], i) != email_null(row[i]);
		bad += !email_null(row[i]) &&
		       (v[EMAIL].v.t[i].n != t.n || memcmp(v[EMAIL].v.t[i].p, t.p, t.n) != 0);
		bad += vec_is_null(&v[BORN], i) || v[BORN].v.i[i] != born_of(row[i]);
		bad += v[NUMBER].v.i[i] != 100 + 3 * (int64_t)row[i];
		bad += v[SCORE].v.f[i] < (double)row[i] / 4 || v[SCORE].v.f[i] > (double)row[i] / 4;
	}
	return bad;
}

static void gathers(const struct keys *k, struct arena *a)
{
	static const enum vtype types[COLUMNS] = {VT_UUID, VT_TEXT, VT_DATE, VT_INT, VT_F64};
	uint64_t row[VEC_BLOCK], bad = 0;
	struct vec v[COLUMNS];

	for (int c = 0; c < COLUMNS; c++)
		CHECK(vec_init(&v[c], types[c], a));
	for (uint64_t at = 0; at < ROWS; at += VEC_BLOCK) { /* in order */
		uint32_t n = ROWS - at < VEC_BLOCK ? (uint32_t)(ROWS - at) : VEC_BLOCK;

		for (uint32_t i = 0; i < n; i++)
			row[i] = at + i;
		bad += wrong_cells(k, row, n, v);
	}
	for (uint64_t round = 0; round < 50; round++) { /* at random, some without a parent */
		for (uint32_t i = 0; i < VEC_BLOCK; i++)
			row[i] = i % 100 == 99 ? UINT64_MAX : rng_below(rng_at(round, i), ROWS);
		bad += wrong_cells(k, row, VEC_BLOCK, v);
	}
	CHECK(bad == 0);
}

/* ---- relations --------------------------------------------------------------------------------
 */

static void relations(void)
{
	static uint64_t row[VEC_BLOCK], parent[VEC_BLOCK], other[VEC_BLOCK];
	static bool seen[37][29];
	struct relation r, with;
	uint64_t bad = 0;

	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		row[i] = i;
	relation_init(&r, how("one_to_one"), 9, 37 * 29, 37 * 29, 0);
	relation_pick(&r, row, VEC_BLOCK, parent, NULL);
	for (uint32_t i = 0; i < VEC_BLOCK; i++) {
		bad += seen[parent[i] / 29][parent[i] % 29];
		seen[parent[i] / 29][parent[i] % 29] = true;
	}
	CHECK(bad == 0);
	/* a junction: all pairs of 37 and 27 there are, each once */
	memset(seen, 0, sizeof(seen));
	relation_init(&with, how("balanced"), 1, 37 * 27, 37, 0);
	relation_init(&r, how("uniform"), 2, 37 * 27, 27, 0);
	relation_pair(&r, &with, 3, 27, 1);
	relation_pick(&with, row, 37 * 27, parent, NULL);
	relation_pick(&r, row, 37 * 27, other, NULL);
	for (uint32_t i = 0; i < 37 * 27; i++) {
		bad += other[i] >= 27 || seen[parent[i]][other[i]];
		seen[parent[i]][other[i]] = true;
	}
	CHECK(bad == 0);
	/* a share of NULLs, near what was asked */
	relation_init(&r, how("uniform"), 4, VEC_BLOCK, 10, 0.25);
	relation_pick(&r, row, VEC_BLOCK, parent, NULL);
	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		bad += parent[i] == UINT64_MAX;
	CHECK(bad > VEC_BLOCK / 5 && bad < VEC_BLOCK / 3);
	CHECK(rng_share(0) == 0 && rng_share(1) == UINT64_MAX);
}

/* ---- the contract ------------------------------------------------------------------------------
 */

static int lookup(
	struct context *c, const struct context_key *key, const char *column, struct fvalue *v)
{
	struct err e;

	return context_lookup_parent(c, "shop", "customers", key, 1, column, v, &e);
}

static void context(const struct rundir *run, struct arena *a)
{
	struct opened o;
	struct context *c;
	struct fvalue again, value;
	struct context_key key = {.column = "id"};
	uint64_t parent, k;
	const struct engine_row *r;
	struct err e = {.kind = ERR_NONE};
	char text[32];

	CHECK(open_context(&o, run, &plan, &tables[1], a, &e) == 0);
	if ((c = o.c) == NULL)
		return;
	context_seek(c, 12345);
	CHECK(context_pick_fk(c, "shop", "orders", "customer_id", &key.value, &e) == 0);
	CHECK(context_pick_fk(c, "shop", "orders", "customer_id", &again, &e) == 0);
	CHECK(key.value.type == VT_UUID && memcmp(&key.value.v.u, &again.v.u, 16) == 0);
	CHECK((r = context_row(c, &e)) != NULL);
	parent = r != NULL ? engine_row_parent(r, 0, &k) : 0;
	if (tables[0].shards > 1) {
		struct uuid u = id_of(parent);

		CHECK(memcmp(&key.value.v.u, &u, 16) == 0);
		CHECK(lookup(c, &key, "born", &value) == 1);
		CHECK(value.type == VT_DATE && value.v.i == born_of(parent));
	}
	CHECK(lookup(c, &key, "email", &value) == 1);
	CHECK(value.null || value.v.t.n == email_of(parent, text).n);
	CHECK(value.null || memcmp(value.v.t.p, text, value.v.t.n) == 0);
	CHECK(lookup(c, &key, "nothing", &value) == -1);
	key.value.v.u.b[3] ^= 1;
	CHECK(lookup(c, &key, "email", &value) == 0);
	key.value.null = true;
	CHECK(lookup(c, &key, "email", &value) == 0);
	CHECK(context_pick_fk(c, "shop", "orders", "nothing", &key.value, &e) == -1);
	CHECK(context_lookup_parent(c, "shop", "nobody", &key, 1, "email", &value, &e) == -1);
	key.column = "nothing";
	CHECK(lookup(c, &key, "email", &value) == -1);
	close_context(&o);
}

/* ---- what is refused
 * ------------------------------------------------------------------------------ */

static void refusals(const struct rundir *run, struct arena *a)
{
	struct err e = {.kind = ERR_NONE};
	struct foreign *fc = NULL;
	struct keys *k = NULL;
	char was = tables[0].digest[0];

	tables[0].digest[0] = 'T';
	CHECK(keys_open(&k, run, &tables[0], SNAP_VALUES, a, &e) == -1 && e.kind == ERR_INPUT);
	CHECK(strstr(e.msg, "rerun gen-parents --table shop.customers") != NULL);
	tables[0].digest[0] = was;
	parent_cols[BORN].name = "birthday";
	CHECK(keys_open(&k, run, &tables[0], SNAP_VALUES, a, &e) == -1);
	CHECK(strstr(e.msg, "no column birthday") != NULL);
	parent_cols[BORN].name = "born";
	child_fk.how = how("one_to_one");
	CHECK(foreign_open(&fc, run, &plan, &tables[1], NULL, a, &e) == -1 && e.kind == ERR_NO);
	CHECK(strstr(e.msg, "500003 rows need as many rows of shop.customers") != NULL);
	child_fk.how = how("uniform");
	tables[0].shards = SHARDS + 1;
	CHECK(keys_open(&k, run, &tables[0], SNAP_VALUES, a, &e) == -1);
	tables[0].shards = SHARDS;
}

/* ---- what contexts share --------------------------------------------------------------------- */

/* One mapping for all contexts, but for one that has a snapshot of its own. */
static void shared_keys(const struct rundir *run, struct arena *a)
{
	struct err e = {.kind = ERR_NONE};
	struct foreign *one = NULL, *two = NULL;

	CHECK(foreign_open(&one, run, &plan, &tables[1], NULL, a, &e) == 0);
	CHECK(foreign_open(&two, run, &plan, &tables[1], NULL, a, &e) == 0);
	CHECK(foreign_keys(one, 0) == foreign_keys(two, 0));
	foreign_close(one);
	CHECK(keys_rows(foreign_keys(two, 0)) == ROWS &&
		keys_files(foreign_keys(two, 0)) == SHARDS);
	foreign_close(two);
	CHECK(foreign_memo_has(plan.shared, *foreign_memo_keys(plan.shared, 0)));
	tables[0].keys_at = "elsewhere";
	CHECK(!foreign_memo_shares(plan.shared, &tables[0], 0));
	tables[0].keys_at = NULL;
}

/* One group for the same columns, and one list for the same choice. */
static void shared_groups(const struct rundir *run, struct arena *a)
{
	struct foreign_memo *m = plan.shared;
	struct err e = {.kind = ERR_NONE};
	struct keys *k = *foreign_memo_keys(m, 0);
	struct group_columns born = {k, {keys_column(k, "born")}, 1};
	struct group_columns number = {k, {keys_column(k, "number")}, 1};
	struct group g[3];
	const struct group *with = &g[0];
	const struct group_columns *base = &born;
	struct foreign_chosen x = {&fk, k, "number > 3", &with, &base, 1};
	struct scratch list;
	uint64_t n = 0;

	CHECK(foreign_memo_group(&g[0], m, &born, run->path, &e) == 0);
	CHECK(foreign_memo_group(&g[1], m, &born, run->path, &e) == 0);
	CHECK(foreign_memo_group(&g[2], m, &number, run->path, &e) == 0);
	CHECK(g[0].rows.p == g[1].rows.p && g[0].rows.p != g[2].rows.p);
	CHECK(g[0].used == 20000 && g[2].used == ROWS);
	CHECK(foreign_memo_list(m, &x, &n) == NULL);
	CHECK(scratch_open(&list, run->path, 7, sizeof(uint64_t), &e) == 0);
	CHECK(foreign_memo_keep(m, &x, &list, 7));
	x.where = arena_strdup(a, "number > 3");
	with = &g[1];
	CHECK(foreign_memo_list(m, &x, &n)->p == list.p && n == 7);
	with = &g[2];
	CHECK(foreign_memo_list(m, &x, &n) == NULL);
	with = &g[0];
	x.where = NULL;
	CHECK(foreign_memo_list(m, &x, &n) == NULL);
}

static void memo(const struct rundir *run, struct arena *a)
{
	plan.shared = foreign_memo_new(&plan, a);
	CHECK(plan.shared != NULL);
	shared_keys(run, a);
	shared_groups(run, a);
	foreign_memo_free(plan.shared);
	plan.shared = NULL;
}

int main(int argc, char **argv)
{
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	struct rundir run;
	struct keys *k = NULL;
	char path[4096];

	if (argc < 2 || snprintf(path, sizeof(path), "%s/keys", argv[1]) < 0 ||
		dir_make(path, &e) == -1 || rundir_open(&run, argv[1], &a, &e) == -1)
		return 2;
	if (argc > 2) { /* somebody else's snapshot, in place of ours */
		tables[0].shards = 1;
		tables[0].nkept = 2;
		context(&run, &a);
		arena_free(&a);
		return check_done();
	}
	for (uint32_t s = 0; s < SHARDS; s++)
		CHECK(write_shard(&run, s, &a, &e) == 0);
	CHECK(keys_open(&k, &run, &tables[0], SNAP_FULL, &a, &e) == 0);
	if (k != NULL) {
		CHECK(keys_rows(k) == ROWS && keys_column(k, "nothing") == -1);
		keys_populate(k, keys_column(k, "id"));
		gathers(k, &a);
	}
	keys_close(k);
	relations();
	context(&run, &a);
	refusals(&run, &a);
	memo(&run, &a);
	arena_free(&a);
	return check_done();
}
