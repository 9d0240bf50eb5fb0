/* SPDX-License-Identifier: MIT */
/*
 * Sample values, made as the engine makes them: a base generator draws indexes
 * from its space, a derived one reads the columns of the shop.
 */
#include "common/catalogue/catalogue_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_children.h"
#include "common/generators/gen_derive.h"
#include "common/generators/genreg.h"

/* ---- values with inputs ------------------------------------------------------------------ */

/* Row ${i} of ${to} = row i / ${children} of ${from}, a column of the parent. */
static void gather(struct vec *to, const struct vec *from, uint32_t children)
{
	for (uint32_t i = 0; i < to->n; i++) {
		uint32_t k = i / children;

		if (vec_is_ordinal(to->type))
			to->v.i[i] = from->v.i[k];
		else if (to->type == VT_F64)
			to->v.f[i] = from->v.f[k];
		else
			to->v.t[i] = from->v.t[k];
	}
}

/* A column of the order that an order follows: there is none. */
static const struct vec *no_parents(struct shop *s, uint32_t at, uint32_t n, struct err *e)
{
	struct gen_column c = shop_gen_column(s, SHOP_ORDERS, at);
	struct vec *v = arena_alloc(s->a, sizeof(*v));

	if (v == NULL || !vec_init(v, c.type, s->a)) {
		(void)err_nomem(e);
		return NULL;
	}
	v->n = n;
	v->scale = c.scale;
	for (uint32_t i = 0; i < n; i++)
		vec_set_null(v, i);
	return v;
}

/* What a derived value reads of orders, of their customers, and of the orders beside it. */
static const struct vec *input(
	struct shop *s, const struct gen_input *in, uint32_t n, struct err *e)
{
	const struct vec *from;
	struct vec *v;

	if (in->from == GEN_ROW)
		return shop_column(s, SHOP_ORDERS, in->column, e);
	if (in->from == GEN_PARENT &&
		s->schema.tables[SHOP_ORDERS].cons[in->fk].ref == &s->schema.tables[SHOP_ORDERS])
		return no_parents(s, in->column, n, e);
	from = shop_column(s, SHOP_CUSTOMERS, in->from == GEN_PARENT ? in->column : 0, e);
	if (from == NULL)
		return NULL;
	v = arena_alloc(s->a, sizeof(*v));
	if (v == NULL || !vec_init(v, from->type, s->a)) {
		(void)err_nomem(e);
		return NULL;
	}
	v->n = n;
	v->scale = from->scale;
	if (in->from == GEN_PARENT)
		gather(v, from, SHOP_ORDERS_OF);
	else
		for (uint32_t i = 0; i < n; i++)
			v->v.i[i] =
				in->from == GEN_NUMBER ? i % SHOP_ORDERS_OF + 1 : SHOP_ORDERS_OF;
	return v;
}

static int derive(struct shop *s, const struct gen *g, uint32_t n, struct vec *v,
	struct gen_heap *h, struct err *e)
{
	const struct vec *in[GEN_INPUTS];
	uint64_t row[VEC_BLOCK];

	if (!gen_heap_reserve(h, (size_t)g->max_bytes * n + 1))
		return err_nomem(e);
	v->n = n;
	for (uint32_t i = 0; i < n; i++)
		row[i] = i;
	for (uint32_t i = 0; i < g->nin; i++)
		if ((in[i] = input(s, &g->in[i], n, e)) == NULL)
			return -1;
	g->op->derive(g, in, row, n, v, h);
	if (h->nomem)
		return err_nomem(e);
	return h->why == NULL ? 0 : err_set(e, ERR_NO, "%s: %s", g->op->id, h->why);
}

/* The items of each order, as often as they fit into a block. */
static int aggregate(struct shop *s, const struct gen *g, uint32_t n, struct vec *v,
	struct gen_heap *h, struct err *e)
{
	const struct vec *cols[SHOP_COLUMNS];
	struct children_sums *sums = arena_alloc(s->a, sizeof(*sums));
	struct arena tmp = ARENA_INIT;
	uint32_t of[VEC_BLOCK], m = n * SHOP_ITEMS_OF < VEC_BLOCK ? n * SHOP_ITEMS_OF : VEC_BLOCK;
	const char *why = NULL;
	int rc;

	if (sums == NULL)
		return err_nomem(e);
	for (uint32_t c = 0; c < s->schema.tables[SHOP_ITEMS].ncolumns; c++)
		if ((cols[c] = shop_column(s, SHOP_ITEMS, c, e)) == NULL)
			return -1;
	for (uint32_t i = 0; i < m; i++)
		of[i] = i / SHOP_ITEMS_OF;
	v->n = n;
	gen_children_begin(sums, n);
	rc = gen_children_add(g, sums, cols, of, m, &tmp, &why);
	arena_free(&tmp);
	if (rc != 0)
		return rc == -1 ? err_nomem(e) : err_set(e, ERR_NO, "%s: %s", g->op->id, why);
	gen_children_end(g, sums, n, v, h);
	return 0;
}

/* ---- a column for it --------------------------------------------------------------------- */

static const char *type_name(const struct gen_column *c)
{
	return c->base.type->cls == PG_NUMERIC	? "numeric(12,2)"
	       : c->base.type->cls == PG_ENUM	? "enum"
	       : c->base.type->cls == PG_INT8	? "bigint"
	       : c->base.type->cls == PG_FLOAT8 ? "double precision"
	       : c->base.type->cls == PG_BOOL	? "boolean"
						: c->base.type->name;
}

/*
 * Prepares a generator for a column of the type that its values are of; where it
 * does not say one, the first that it can be prepared for.
 */
static int prepare(struct shop *s, const struct gen_op *op, const msgpack_object *params,
	struct gen_column *c, struct gen *g, struct err *e)
{
	static const unsigned order[] = {GF_TEXT, GF_INT, GF_NUM, GF_DATE, GF_TS, GF_TIME, GF_BOOL,
		GF_UUID, GF_ENUM, GF_FLOAT, GF_RAW, GF_BYTES};
	uint32_t at = s->schema.tables[SHOP_ORDERS].ncolumns - 1;
	struct err first = {.kind = ERR_NONE};

	if (op->fills_fk) {
		*c = shop_gen_column(s, SHOP_ORDERS, 1);
		return gen_prepare(g, op, c, params, s->a, e);
	}
	for (uint32_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		unsigned family = i == 0 && op->output != 0 ? op->output : order[i];

		if ((op->families & family) == 0)
			continue;
		s->value->type = shop_type(s, family);
		s->value->deflt = family == GF_TEXT ? "'new'::text" : NULL;
		s->value->typmod = family == GF_NUM ? (12 << 16 | 2) + 4 : -1;
		*c = shop_gen_column(s, SHOP_ORDERS, at);
		if (gen_prepare(g, op, c, params, s->a, e) == 0)
			return 0;
		if (first.kind == ERR_NONE)
			first = *e;
	}
	*e = first.kind != ERR_NONE ? first : *e;
	return -1;
}

static int keep_texts(const struct vec *v, struct pg_base base, struct catalogue_sample *to,
	struct arena *a, struct err *e)
{
	to->n = v->n;
	if ((to->v = arena_array(a, v->n + 1UL, sizeof(*to->v))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < v->n; i++) {
		char text[DERIVE_TEXT];
		struct vtext t;

		if (vec_is_null(v, i))
			continue;
		t = derive_text(v, i, base, text);
		if ((to->v[i].p = arena_strndup(a, t.p, t.n)) == NULL)
			return err_nomem(e);
		to->v[i].n = t.n;
	}
	return 0;
}

/* ---- transforms -------------------------------------------------------------------------- */

/* The names of customers, transformed. */
static int transform(struct shop *s, const struct transform_op *op, const msgpack_object *params,
	uint32_t n, struct catalogue_sample *to, struct arena *a, struct err *e)
{
	struct gen_column c = shop_gen_column(s, SHOP_CUSTOMERS, 1);
	const struct vec *names = shop_column(s, SHOP_CUSTOMERS, 1, e);
	struct transform x = {.key = c.key, .salt = s->seed, .in_type = VT_TEXT, .in_bytes = 256};
	struct gen_heap h = GEN_HEAP_INIT;
	uint64_t row[VEC_BLOCK];
	struct vec v;
	int rc = -1;

	s->schema.tables[SHOP_CUSTOMERS].columns[1].not_null = false;
	if (names == NULL || transform_prepare(&x, op, &c, params, s->a, e) == -1)
		return -1;
	if (!vec_init(&v, VT_TEXT, s->a) ||
		!gen_heap_reserve(&h, (size_t)(x.max_bytes > 256 ? x.max_bytes : 256) * n * 2 + 1))
		return err_nomem(e);
	v.n = n;
	for (uint32_t i = 0; i < n; i++) {
		row[i] = i;
		v.v.t[i] = names->v.t[i];
		if (op->nulls && rng_at(c.key, i) < rng_share(x.null_rate))
			vec_set_null(&v, i);
	}
	if (op->apply != NULL)
		op->apply(&x, row, n, &v, &h);
	rc = h.nomem	     ? err_nomem(e)
	     : h.why != NULL ? err_set(e, ERR_NO, "%s: %s", op->id, h.why)
			     : keep_texts(&v, c.base, to, a, e);
	gen_heap_free(&h);
	to->type = "text";
	return rc;
}

/* ---- any entry --------------------------------------------------------------------------- */

/* How many values a unique column could have, where words are drawn by weight otherwise; ${space}
 * where a unique column can have none; 0: nobody knows. */
static uint64_t distinct_values(const struct gen_column *c, const struct gen_op *op,
	const msgpack_object *params, uint64_t space, struct arena *a)
{
	struct gen_column unique = *c;
	struct err ignored = {.kind = ERR_NONE};
	struct gen g;

	unique.unique = true;
	unique.rows = 1;
	if (gen_prepare(&g, op, &unique, params, a, &ignored) == 0)
		return shop_space(&g);
	return space < GEN_SPACE_MAX / 1024 ? space
					    : 0; /* places of a distribution are no values */
}

static int generate(struct shop *s, const struct gen_op *op, const msgpack_object *params,
	uint32_t n, struct catalogue_sample *to, struct arena *a, struct err *e)
{
	struct gen_column c;
	struct gen_heap h = GEN_HEAP_INIT;
	struct gen g;
	struct vec v;
	int rc;

	if (prepare(s, op, params, &c, &g, e) == -1)
		return -1;
	if (!vec_init(&v, c.type, s->a))
		return err_nomem(e);
	v.scale = c.scale;
	rc = op->aggregates ? aggregate(s, &g, n, &v, &h, e)
	     : op->derives  ? derive(s, &g, n, &v, &h, e)
			    : shop_draw(&g, n, &v, &h, e);
	if (rc == 0)
		rc = keep_texts(&v, c.base, to, a, e);
	gen_heap_free(&h);
	to->space = op->derives ? 0 : distinct_values(&c, op, params, shop_space(&g), a);
	to->counts = g.affine || g.sibling;
	to->type = type_name(&c);
	return rc;
}

int catalogue_sample(const struct catalogue_entry *x, const struct catalogue_options *o,
	const char *locale, struct catalogue_sample *to, struct arena *a, struct err *e)
{
	uint32_t n = o->samples < CATALOGUE_SAMPLES ? o->samples : CATALOGUE_SAMPLES;
	const msgpack_object *params = NULL;
	struct shop *s = arena_alloc(a, sizeof(*s));
	int rc = -1;

	*to = (struct catalogue_sample){0};
	if (s == NULL)
		return err_nomem(e);
	if (shop_open(s, locale, o->seed, a, e) == 0 &&
		(x->example == NULL || (params = catalogue_params(x->example, a, e)) != NULL))
		rc = x->gen != NULL ? generate(s, x->gen, params, n, to, a, e)
				    : transform(s, x->transform, params, n, to, a, e);
	shop_close(s);
	return rc;
}
