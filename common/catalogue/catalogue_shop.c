/* SPDX-License-Identifier: MIT */
/*
 * The tables that samples are made in. Generators that read other columns, a
 * parent row, siblings or children need some to read: a shop with customers,
 * their orders, and the orders' items, whose rows are made by generators too, in
 * memory, without a plan and without a database.
 */
#include "common/catalogue/catalogue_int.h"

#include <jansson.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/genreg.h"
#include "common/io/json_pack.h"
#include "common/io/json_read.h"

/* ---- values without inputs --------------------------------------------------------------- */

/* How many values an ordinal generator that does not say has. */
uint64_t shop_space(const struct gen *g)
{
	if (g->space != 0 || !g->ordinal)
		return g->space;
	return ((uint64_t)g->hi - (uint64_t)g->lo) / (uint64_t)g->step + 1;
}

int shop_draw(const struct gen *g, uint32_t n, struct vec *v, struct gen_heap *h, struct err *e)
{
	uint64_t idx[VEC_BLOCK], space = shop_space(g);

	if (!gen_heap_reserve(h, (size_t)g->max_bytes * n + 1))
		return err_nomem(e);
	v->n = n;
	v->has_null = false;
	for (uint32_t i = 0; i < n; i++)
		idx[i] = g->sibling  ? i % SHOP_ORDERS_OF
			 : g->affine ? i
				     : rng_below(rng_at(g->key, i), space);
	if (!vec_is_ordinal(v->type) || (!g->ordinal && !g->affine)) {
		g->op->value(g, idx, n, v, h);
		return h->nomem ? err_nomem(e) : 0;
	}
	for (uint32_t i = 0; i < n; i++) {
		__int128 x = g->lo + (__int128)g->step * idx[i];

		if (g->affine && (g->step > 0 ? x > g->hi : x < g->hi))
			x = g->hi;
		v->v.i[i] = (int64_t)x;
	}
	return 0;
}

/* ---- types ------------------------------------------------------------------------------- */

enum { NUMERIC_12_2 = (12 << 16 | 2) + 4 };

static const struct {
	unsigned family;
	enum pg_class cls;
	int32_t typmod;
	const char *name, *formatted;
} types[] = {
	{GF_BOOL, PG_BOOL, -1, "bool", "boolean"},
	{GF_INT, PG_INT8, -1, "int8", "bigint"},
	{GF_NUM, PG_NUMERIC, NUMERIC_12_2, "numeric", "numeric(12,2)"},
	{GF_FLOAT, PG_FLOAT8, -1, "float8", "double precision"},
	{GF_TEXT, PG_TEXT, -1, "text", "text"},
	{GF_UUID, PG_UUID, -1, "uuid", "uuid"},
	{GF_DATE, PG_DATE, -1, "date", "date"},
	{GF_TIME, PG_TIME, -1, "time", "time"},
	{GF_TS, PG_TIMESTAMP, -1, "timestamp", "timestamp"},
	{GF_ENUM, PG_ENUM, -1, "size", "an enum"},
	{GF_BYTES, PG_BYTEA, -1, "bytea", "bytea"},
	{GF_RAW, PG_INET, -1, "inet", "inet"},
};

enum { NTYPES = sizeof(types) / sizeof(types[0]) };

const struct pg_type *shop_type(struct shop *s, unsigned family)
{
	for (uint32_t i = 0; i < NTYPES; i++)
		if (types[i].family == family)
			return &s->schema.types[i];
	return NULL;
}

static int make_types(struct shop *s, struct err *e)
{
	static const char *labels[] = {"small", "medium", "large"};

	s->schema.types = arena_array(s->a, NTYPES, sizeof(struct pg_type));
	if (s->schema.types == NULL)
		return err_nomem(e);
	s->schema.ntypes = NTYPES;
	for (uint32_t i = 0; i < NTYPES; i++) {
		struct pg_type *t = &s->schema.types[i];

		*t = (struct pg_type){.schema = types[i].cls == PG_ENUM ? "shop" : "pg_catalog",
			.name = types[i].name,
			.cls = types[i].cls,
			.typmod = -1};
		if (t->cls == PG_ENUM) {
			t->labels = labels;
			t->nlabels = 3;
		}
	}
	return 0;
}

/* ---- tables ------------------------------------------------------------------------------ */

/* A column, and the generator of it: the first of these that there is. */
static const struct shop_member {
	uint32_t table;
	const char *name;
	unsigned family;
	const char *gens[2], *params;
} members[] = {
	{SHOP_CUSTOMERS, "id", GF_INT, {"primitive.int.sequence_hint"}, NULL},
	{SHOP_CUSTOMERS, "name", GF_TEXT, {"semantic.person.name", "semantic.br.name"}, NULL},
	{SHOP_CUSTOMERS, "since", GF_TS, {"primitive.timestamp"},
		"{\"min\": \"2023-01-01T00:00:00\", \"max\": \"2023-12-31T23:59:59\"}"},
	{SHOP_ITEMS, "id", GF_INT, {"primitive.int.sequence_hint"}, NULL},
	{SHOP_ITEMS, "order_id", GF_INT, {NULL}, NULL},
	{SHOP_ITEMS, "quantity", GF_INT, {"primitive.int"}, "{\"min\": 1, \"max\": 5}"},
	{SHOP_ITEMS, "price", GF_NUM, {"primitive.decimal.numeric"}, "{\"min\": 5, \"max\": 200}"},
	{SHOP_ORDERS, "id", GF_INT, {"primitive.int.sequence_hint"}, NULL},
	{SHOP_ORDERS, "customer_id", GF_INT, {NULL}, NULL},
	{SHOP_ORDERS, "first_name", GF_TEXT, {"semantic.person.first_name", "semantic.br.name"},
		NULL},
	{SHOP_ORDERS, "last_name", GF_TEXT, {"semantic.person.last_name", "semantic.br.name"},
		NULL},
	{SHOP_ORDERS, "price", GF_NUM, {"primitive.decimal.numeric"}, "{\"min\": 5, \"max\": 200}"},
	{SHOP_ORDERS, "quantity", GF_INT, {"primitive.int"}, "{\"min\": 1, \"max\": 9}"},
	{SHOP_ORDERS, "follows_id", GF_INT, {NULL}, NULL},
	{SHOP_ORDERS, "placed", GF_TS, {"primitive.timestamp"}, NULL},
	{SHOP_ORDERS, "value", GF_TEXT, {NULL}, NULL},
};

enum { NMEMBERS = sizeof(members) / sizeof(members[0]) };

static const struct shop_member *member_of(uint32_t table, uint32_t at)
{
	uint32_t i = 0;

	while (members[i].table != table)
		i++;
	return &members[i + at];
}

static int make_columns(struct shop *s, struct err *e)
{
	static const char *const names[] = {"customers", "items", "orders"};

	s->schema.tables = arena_array(s->a, SHOP_TABLES, sizeof(struct pg_table));
	if (s->schema.tables == NULL)
		return err_nomem(e);
	s->schema.ntables = SHOP_TABLES;
	for (uint32_t i = 0; i < SHOP_TABLES; i++) {
		s->schema.tables[i] = (struct pg_table){
			.schema = "shop", .name = names[i], .kind = 'r', .row_estimate = -1};
		s->schema.tables[i].columns =
			arena_array(s->a, SHOP_COLUMNS, sizeof(struct pg_column));
		if (s->schema.tables[i].columns == NULL)
			return err_nomem(e);
	}
	for (uint32_t i = 0; i < NMEMBERS; i++) {
		struct pg_table *t = &s->schema.tables[members[i].table];
		uint32_t k = t->ncolumns++;

		t->columns[k] = (struct pg_column){.name = members[i].name,
			.position = (int16_t)(k + 1),
			.type = shop_type(s, members[i].family),
			.typmod = members[i].family == GF_NUM ? NUMERIC_12_2 : -1,
			.formatted = "",
			.not_null = strcmp(members[i].name, "follows_id") != 0};
		s->made[members[i].table][k].type = VT_COUNT;
	}
	return 0;
}

/* A foreign key of one column to the first column of ${ref}. */
static int make_reference(
	struct shop *s, struct pg_table *t, uint32_t col, const char *name, const char *ref)
{
	uint32_t *cols = arena_array(s->a, 1, sizeof(*cols));
	const char **names = arena_array(s->a, 1, sizeof(*names));

	if (cols == NULL || names == NULL)
		return -1;
	cols[0] = col;
	names[0] = "id";
	t->cons[t->ncons++] = (struct pg_constraint){.kind = PG_CON_FOREIGN,
		.name = name,
		.cols = cols,
		.ncols = 1,
		.validated = true,
		.ref_schema = "shop",
		.ref_table = ref,
		.ref_names = names,
		.on_update = "no_action",
		.on_delete = "no_action"};
	return 0;
}

/* The primary key, which is the first column; and the second refers to the parent. */
static int make_keys(struct shop *s, uint32_t table, const char *parent, struct err *e)
{
	struct pg_table *t = &s->schema.tables[table];
	uint32_t *cols = arena_array(s->a, 1, sizeof(*cols));
	int follows = pg_column_named(t, "follows_id");

	t->cons = arena_array(s->a, 3, sizeof(*t->cons));
	if (cols == NULL || t->cons == NULL)
		return err_nomem(e);
	t->cons[t->ncons++] = (struct pg_constraint){
		.kind = PG_CON_PRIMARY, .name = "key", .cols = cols, .ncols = 1, .validated = true};
	if (parent != NULL && make_reference(s, t, 1, "parent", parent) == -1)
		return err_nomem(e);
	if (follows >= 0 && make_reference(s, t, (uint32_t)follows, "previous", t->name) == -1)
		return err_nomem(e);
	return 0;
}

int shop_open(struct shop *s, const char *locale, uint64_t seed, struct arena *a, struct err *e)
{
	*s = (struct shop){.a = a, .locale = locale, .seed = seed};
	s->schema.server_version = 150000;
	if (make_types(s, e) == -1 || make_columns(s, e) == -1 ||
		make_keys(s, SHOP_CUSTOMERS, NULL, e) == -1 ||
		make_keys(s, SHOP_ITEMS, "orders", e) == -1 ||
		make_keys(s, SHOP_ORDERS, "customers", e) == -1 ||
		schema_bind(&s->schema, a, e) == -1)
		return -1;
	s->value =
		&s->schema.tables[SHOP_ORDERS].columns[s->schema.tables[SHOP_ORDERS].ncolumns - 1];
	return 0;
}

void shop_close(struct shop *s)
{
	for (uint32_t t = 0; t < SHOP_TABLES; t++)
		for (uint32_t c = 0; c < SHOP_COLUMNS; c++)
			gen_heap_free(&s->heap[t][c]);
}

/* ---- rows -------------------------------------------------------------------------------- */

const msgpack_object *catalogue_params(const char *text, struct arena *a, struct err *e)
{
	json_t *v = json_read_text(text, strlen(text), 0, NULL, e);
	const msgpack_object *o;

	if (v == NULL) {
		(void)err_wrap(e, "parameters %s", text);
		return NULL;
	}
	if ((o = json_pack_value(v, a)) == NULL)
		(void)err_nomem(e);
	json_decref(v);
	return o;
}

struct gen_column shop_gen_column(struct shop *s, uint32_t table, uint32_t at)
{
	const struct pg_table *t = &s->schema.tables[table];
	const char *names[] = {t->name, t->columns[at].name};
	struct gen_column c = {.schema = &s->schema,
		.table = t,
		.column = &t->columns[at],
		.base = pg_base_of(t->columns[at].type, t->columns[at].typmod),
		.key = rng_key(s->seed, names, 2, "sample"),
		.rows = VEC_BLOCK,
		.table_rows = VEC_BLOCK,
		.table_key = rng_key(s->seed, names, 1, "record"),
		.locale = s->locale,
		.as_of = (int32_t)cal_days(2025, 1, 1),
		.by_rule = true};

	c.type = pg_vtype(c.base, &c.scale);
	return c;
}

/* The parent that a row has: so many rows after one another have the same one. */
static void make_parents(struct vec *v, uint32_t children)
{
	for (uint32_t i = 0; i < v->n; i++)
		v->v.i[i] = i / children + 1;
}

const struct vec *shop_column(struct shop *s, uint32_t table, uint32_t at, struct err *e)
{
	const struct shop_member *m = member_of(table, at);
	struct gen_column *c = arena_alloc(s->a, sizeof(*c));
	struct vec *v = &s->made[table][at];
	const msgpack_object *params = NULL;
	const struct gen_op *op = NULL;
	struct gen g;

	if (v->type != VT_COUNT)
		return v;
	if (c == NULL || (*c = shop_gen_column(s, table, at), !vec_init(v, c->type, s->a))) {
		(void)err_nomem(e);
		return NULL;
	}
	v->n = VEC_BLOCK;
	v->scale = c->scale;
	for (uint32_t i = 0; i < 2 && op == NULL; i++)
		op = m->gens[i] != NULL ? genreg_find(m->gens[i]) : NULL;
	if (op == NULL) {
		make_parents(v, table == SHOP_ITEMS ? SHOP_ITEMS_OF : SHOP_ORDERS_OF);
		return v;
	}
	if (m->params != NULL && (params = catalogue_params(m->params, s->a, e)) == NULL)
		return NULL;
	if (gen_prepare(&g, op, c, params, s->a, e) == -1 ||
		shop_draw(&g, VEC_BLOCK, v, &s->heap[table][at], e) == -1)
		return NULL;
	return v;
}
