/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_derive.h"

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/genreg.h"

/*
 * derive.root_value: one value for all rows of a tree, in a table that refers to itself.  The root
 * draws it as the column would without a rule; every other row has its parent's.  So a key such as
 * (tenant, parent_id) to (tenant, id) finds the same tenant in the whole tree, where no table has
 * the tenants.
 */

struct root_state {
	struct gen drawn; /* what a root has */
};

/* The column of the parent is the column itself, unless another is named. */
static int own_column(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const char *name = NULL;
	uint32_t fk;

	if (gen_arg_string(params, "parent_column", a, &name))
		return derive_parent(g, c, params, a, e);
	if (derive_fk(g, c, params, a, &fk, e) == -1)
		return -1;
	g->nin = 1;
	g->in[0] = (struct gen_input){
		.from = GEN_PARENT, .fk = fk, .column = (uint32_t)(c->column - c->table->columns)};
	return 0;
}

static int prepare_root(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct root_state *s = arena_alloc(a, sizeof(*s));
	struct gen_column *own = arena_alloc(a, sizeof(*own));
	const struct gen_op *op;
	const char *id;
	uint8_t scale;

	if (s == NULL || own == NULL)
		return err_nomem(e);
	if (own_column(g, c, params, a, e) == -1)
		return -1;
	if (c->table->cons[g->in[0].fk].ref != c->table)
		return err_set(e, ERR_NO, "%s: %s is no foreign key to the table itself", g->op->id,
			c->table->cons[g->in[0].fk].name);
	if (derive_input_type(g, c, 0, &scale) != c->type || scale != c->scale)
		return err_set(e, ERR_NO, "%s: the parent's column is of another type", g->op->id);
	*own = *c;
	own->by_rule = false;
	own->unique = false;
	id = gen_default_id(own);
	op = id != NULL ? genreg_find_plain(id) : NULL;
	if (op == NULL || op->derives || op->aggregates)
		return err_set(e, ERR_NO, "%s: nothing is drawn for a column of type %s", g->op->id,
			c->column->formatted);
	if (gen_prepare(&s->drawn, op, own, NULL, a, e) == -1)
		return -1;
	g->max_bytes = s->drawn.max_bytes;
	g->state = s;
	return 0;
}

/* The value of one vector at ${i}, as a vector of one. */
static struct vec one_of(const struct vec *v, uint32_t i)
{
	struct vec one = *v;

	if (vec_is_ordinal(v->type))
		one.v.i = v->v.i + i;
	else if (v->type == VT_F64)
		one.v.f = v->v.f + i;
	else if (v->type == VT_UUID)
		one.v.u = v->v.u + i;
	else
		one.v.t = v->v.t + i;
	one.n = 1;
	return one;
}

/* What the root of row ${i} draws: by the row's number, if its generator counts. */
static void draw(const struct gen *g, uint64_t row, uint32_t i, struct vec *out, struct gen_heap *h)
{
	const struct root_state *s = g->state;
	struct vec one = one_of(out, i);
	uint64_t at = s->drawn.affine ? row : rng_below(rng_at(g->key, row), s->drawn.space);

	if (s->drawn.op->value != NULL)
		s->drawn.op->value(&s->drawn, &at, 1, &one, h);
	else
		one.v.i[0] = s->drawn.lo + (int64_t)at * s->drawn.step;
}

/* Texts of parents are shared, not copied. */
static void derive_root(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++) {
		struct vec to = one_of(out, i), from = one_of(in[0], i);

		if (vec_is_null(in[0], i))
			draw(g, row[i], i, out, h);
		else if (vec_is_ordinal(out->type))
			to.v.i[0] = from.v.i[0];
		else if (out->type == VT_F64)
			to.v.f[0] = from.v.f[0];
		else if (out->type == VT_UUID)
			to.v.u[0] = from.v.u[0];
		else
			to.v.t[0] = from.v.t[0];
	}
}

static const struct gen_param root_params[] = {
	{"input_columns", GP_COLUMNS, true, NULL,
		"the column of the foreign key to the table itself", .min = "1"},
	{"parent_column", GP_STRING, false, "the column itself", "the parent's column"},
	{NULL, GP_STRING, false, NULL, NULL},
};

const struct gen_op gen_derive_tree_ops[] = {
	{.id = "derive.root_value",
		.help = "one value for every tree of a table that refers to itself: the root's",
		.params = root_params,
		.example = "{\"input_columns\": [\"follows_id\"]}",
		.families = GF_ANY,
		.reads = GR_PARENT,
		.derives = true,
		.prepare = prepare_root,
		.derive = derive_root},
	{.id = NULL},
};
