/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/lookups.h"

#include "common/base/err.h"
#include "common/generators/gen_children.h"
#include "common/generators/gen_expr.h"
#include "common/generators/genreg.h"

/* The column as its generator sees it; what CHECKs say of it does not change what it reads. */
static struct gen_column column_of(
	const struct resolver *r, const struct plan_table *t, uint32_t col)
{
	const struct pg_column *pc = &t->table->columns[col];
	struct gen_column c = {.schema = r->c->schema,
		.table = t->table,
		.column = pc,
		.base = pg_base_of(pc->type, pc->typmod),
		.rows = t->rows,
		.locale = r->c->locale,
		.data = r->c->locales,
		.as_of = r->p->as_of,
		.by_rule = t->columns[col].by_rule};

	c.type = pg_vtype(c.base, &c.scale);
	return c;
}

static bool prepare(struct resolver *r, const struct gen_op *op, const struct gen_column *c,
	const msgpack_object *params, struct gen *g)
{
	struct err why = {.kind = ERR_NONE};

	if (gen_prepare(g, op, c, params, r->c->a, &why) == 0)
		return true;
	r->c->is.failed = r->c->is.failed || why.kind == ERR_TEMP;
	return false;
}

bool lookups_computable(struct resolver *r, const struct plan_table *t, uint32_t col)
{
	struct gen_column c = column_of(r, t, col);
	struct gen g;

	return t->table->columns[col].generated != NULL && prepare(r, &gen_computed, &c, NULL, &g);
}

void lookups_of(struct resolver *r, const struct plan_table *child, lookup_found *found)
{
	for (uint32_t col = 0; col < child->table->ncolumns; col++) {
		const struct plan_column *pc = &child->columns[col];
		const struct gen_op *op =
			pc->source == PLAN_GENERATOR ? genreg_find(pc->gen) : NULL;
		struct gen_column c = column_of(r, child, col);
		struct gen g;

		/* what cannot be prepared is reported when the table is bound */
		if (op == NULL || !op->derives || !prepare(r, op, &c, pc->params, &g))
			continue;
		for (uint32_t i = 0; i < g.nin; i++)
			if (g.in[i].from == GEN_PARENT)
				found(r, child, col, &g.in[i]);
	}
}

const struct pg_table *lookups_child(struct resolver *r, const struct plan_table *t, uint32_t col)
{
	struct gen_column c = column_of(r, t, col);
	const struct gen_children *x;
	struct gen g;

	if (!prepare(r, genreg_find(t->columns[col].gen), &c, t->columns[col].params, &g))
		return NULL;
	x = gen_children_of(&g);
	return x != NULL ? x->child : NULL;
}
