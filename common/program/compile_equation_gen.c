/* SPDX-License-Identifier: MIT */
/*
 * The generator of a column whose value an equation gives, such as total in CHECK
 * (total = quantity * price). It evaluates the other side for each row and assigns
 * the value to the column. Where the equation has no value, the column's own
 * generator draws one.
 */
#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/program/compile_equation.h"

/* The generator of a column that an equation says the value of. */

struct equation_state {
	const struct sql_expr *value;
	uint32_t ntable;
	struct gen other; /* where the equation says nothing; op NULL: then it is NULL */
};

static int prepare(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	(void)g;
	(void)c;
	(void)params;
	(void)a;
	(void)e;
	return 0;
}

/* Draws values of the column's own for the rows that the equation leaves without
 * one, together, and puts them where they belong. */
static void draw_others(const struct gen *other, uint64_t key, const uint64_t *row, uint32_t n,
	struct vec *out, struct gen_heap *h)
{
	uint32_t at[VEC_BLOCK], m = 0;
	uint64_t idx[VEC_BLOCK];
	struct vec v;

	for (uint32_t i = 0; i < n; i++)
		if (vec_is_null(out, i)) {
			at[m] = i;
			idx[m++] = rng_below(rng_at(key, row[i]), other->space);
		}
	if (m == 0)
		return;
	if (!vec_init(&v, out->type, &h->arena)) {
		h->nomem = true;
		return;
	}
	v.scale = out->scale;
	v.n = m;
	if (other->ordinal && vec_is_ordinal(v.type))
		for (uint32_t i = 0; i < m; i++)
			v.v.i[i] = (int64_t)((uint64_t)other->lo + (uint64_t)other->step * idx[i]);
	else
		other->op->value(other, idx, m, &v, h);
	for (uint32_t i = 0; i < m; i++)
		vec_take(out, at[i], &v, i);
}

/* Computes the block's values. A row that cannot be computed stays NULL and
 * fails its check, and so is drawn again. */
static void derive(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct equation_state *s = g->state;
	const struct vec **v = arena_array(&h->arena, s->ntable + 1UL, sizeof(*v));
	struct err ignored = {.kind = ERR_NONE};
	struct sql_fault
		fault; /* a row without a value fails a check that asks whether it has one */

	for (uint32_t i = 0; v != NULL && i < g->nin; i++)
		v[g->in[i].column] = in[i];
	if (v == NULL ||
		sql_assign(s->value, v, n, h->live, out, &fault, &h->arena, &ignored) == -1) {
		h->nomem = true;
		return;
	}
	if (s->other.op != NULL && out->has_null)
		draw_others(&s->other, g->key, row, n, out, h);
}

const struct gen_op compile_equation_op = {.id = "equation of a check",
	.help = "what a check says that the column is, computed from its other columns",
	.families = GF_ANY,
	.derives = true,
	.prepare = prepare,
	.derive = derive};

static bool draws(const struct gen *g)
{
	return g->op != NULL && !g->op->derives && !g->affine && g->space > 0;
}

/* The column's own generator is kept only where a row can be without a value. */
int compile_equation_generator(struct compiler *k, const struct compile_equation *q,
	const struct gen *other, struct gen *g)
{
	struct gen_column *gc = &k->b->columns[q->q.col].gc;
	struct equation_state *s = arena_alloc(k->a, sizeof(*s));
	uint32_t n;
	const uint32_t *cols = sql_columns(q->q.value, &n);

	if (s == NULL || gen_prepare(g, &compile_equation_op, gc, NULL, k->a, k->e) == -1)
		return s == NULL ? err_nomem(k->e) : -1;
	*s = (struct equation_state){.value = q->q.value, .ntable = compiler_table(k)->ncolumns};
	if ((pg_column_not_null(gc->column) || q->q.partly) && draws(other)) {
		s->other = *other;
		g->max_bytes = other->max_bytes;
	}
	for (uint32_t i = 0; i < n; i++)
		g->in[g->nin++] = (struct gen_input){.from = GEN_ROW, .column = cols[i]};
	g->state = s;
	return 0;
}
