/* SPDX-License-Identifier: MIT */
/*
 * Checks are about what is written, after transforms; generators make what goes
 * into them. This pass takes what the checks say back through the transforms, to
 * what may be drawn. Where that is not exact, samples decide between a narrower and
 * a wider reading.
 */
#include "common/program/compile_written.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/base/str.h"
#include "common/generators/genreg.h"

bool compile_transformed(const struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];

	return k->b->t->columns[c].ntransforms > 0 && b->output && b->source != PLAN_ALWAYS_NULL;
}

/* ---- what checks say, before the transforms ------------------------------------------------- */

/* Letters that a transform makes alike do not make two values distinct. */
static void fold_cases(struct compiler *k, uint32_t c)
{
	const struct plan_column *pc = &k->b->t->columns[c];

	for (uint32_t i = 0; k->member[c] && i < pc->ntransforms; i++) {
		const struct transform_op *op = transformreg_find(pc->transforms[i].id);

		if (op != NULL && op->folds_case)
			k->equiv[c] |= SQL_EQUIV_CASE;
	}
}

/* No value that is written passes: this is reported at once, whatever the
 * generator would do. */
static int impossible(struct compiler *k, uint32_t c, const struct err *why)
{
	return compile_problem(k, "check_unsatisfiable", false, compiler_column(k, c),
		"leave the transform out, or change its parameters",
		"no value passes its checks and fits its type after the transforms: %s", why->msg);
}

/* Without a check there is still the length of the type. */
static int nothing_said(struct compiler *k)
{
	uint32_t n = compiler_table(k)->ncolumns, c = 0;

	while (c < n && !compile_transformed(k, c))
		c++;
	if (c == n)
		return 0;
	if ((k->narrow.dom = arena_array(k->a, n + 1UL, sizeof(k->narrow.dom[0]))) == NULL)
		return err_nomem(k->e);
	for (c = 0; c < n; c++)
		k->narrow.dom[c].max_len = UINT32_MAX;
	return 0;
}

/* Remembers what the checks say of what is written, and replaces the column's
 * narrowing by what they say of what is drawn. Columns that no written value can
 * satisfy are reported, and their narrowing is dropped so that later passes do
 * not report them once more. */
int compile_written(struct compiler *k)
{
	uint32_t n = compiler_table(k)->ncolumns;

	if (k->narrow.dom == NULL && k->ncompiled == 0 && nothing_said(k) == -1)
		return -1;
	if ((k->written = arena_array(k->a, n + 1UL, sizeof(k->written[0]))) == NULL)
		return err_nomem(k->e);
	for (uint32_t c = 0; c < n; c++) {
		struct sql_domain *keep, d = {.max_len = UINT32_MAX};
		struct err why = {.kind = ERR_NONE};
		int rc;

		if (!compile_transformed(k, c))
			continue;
		fold_cases(k, c);
		if (!compile_written_domain(k, c, &d))
			continue;
		if ((keep = arena_alloc(k->a, sizeof(*keep))) == NULL)
			return err_nomem(k->e);
		*keep = k->narrow.dom[c];
		if ((rc = compile_take_back(k, c, 0, XFORM_ALL, &d, &why)) == -1) {
			*k->e = why;
			return -1;
		}
		if (rc == 1 && impossible(k, c, &why) == -1)
			return -1;
		if (rc == 0)
			k->written[c] = keep;
		k->narrow.dom[c] = rc == 1 ? (struct sql_domain){.max_len = UINT32_MAX} : d;
	}
	return 0;
}

/* The same for the branches of disjunctions. A branch that no written value
 * takes is left as one for which no generator has a value. */
int compile_written_ways(struct compiler *k)
{
	const struct sql_narrow *all = &k->narrow;

	for (uint32_t i = 0; all->dom != NULL && i < all->ndisjunctions; i++)
		for (uint32_t j = 0; j < all->disjunctions[i].ncols; j++) {
			uint32_t c = all->disjunctions[i].cols[j];

			for (uint32_t w = 0; k->written[c] != NULL && w < all->disjunctions[i].n;
				w++) {
				struct sql_domain *d = &all->disjunctions[i].dom[w][j];
				int rc = compile_take_back(k, c, 0, XFORM_ALL, d, k->e);

				if (rc == -1)
					return -1;
				if (rc == 1)
					d->min_len = 1, d->max_len = 0;
			}
		}
	return 0;
}

/* ---- samples ----------------------------------------------------------------------------------
 */

/* Applies transforms to a block, in order. */
void compile_apply_chain(const struct transform *x, uint32_t n, const uint64_t *row, uint32_t rows,
	struct vec *v, struct gen_heap *h)
{
	for (uint32_t i = 0; i < n; i++)
		x[i].op->apply(&x[i], row, rows, v, h);
}

/* Whether a text is within the column's declared length, in characters. */
bool compile_fits(const struct gen_column *gc, const struct vec *v, uint32_t i)
{
	int32_t limit = gen_declared_limit(gc);

	return limit < 0 || v->type != VT_TEXT || vec_is_null(v, i) ||
	       v->v.t[i].n <= (size_t)limit || utf8_len(v->v.t[i].p, v->v.t[i].n) <= (size_t)limit;
}

/* A block of samples of one column, and the first check that a sample fails. */
struct trial {
	const struct compiler *k;
	uint32_t c;
	struct vec v;
	uint8_t pass[VEC_BLOCK];
	const char *name, *definition; /* NULL: all passed */
};

/* Notes the first check that fails, and which samples pass all. */
static void fault(struct trial *t, const char *name, const char *definition, const uint8_t *one)
{
	for (uint32_t i = 0; i < VEC_BLOCK; i++) {
		if (!one[i] && t->name == NULL) {
			t->name = name;
			t->definition = definition;
		}
		t->pass[i] &= one[i];
	}
}

/* The checks of the table that read this column and no other. */
static int table_checks(struct trial *t, struct arena *tmp, struct err *e)
{
	const struct compiler *k = t->k;
	const struct vec **v = arena_array(tmp, compiler_table(k)->ncolumns + 1UL, sizeof(*v));
	uint8_t one[VEC_BLOCK];

	if (v == NULL)
		return err_nomem(e);
	v[t->c] = &t->v;
	for (uint32_t i = 0; i < k->ncompiled; i++) {
		const struct compiled_check *x = &k->compiled[i];
		uint32_t n;
		const uint32_t *cols = sql_columns(x->expr, &n);

		if (n != 1 || cols[0] != t->c)
			continue;
		if (sql_check(x->expr, v, VEC_BLOCK, one, tmp, e) == -1)
			return -1;
		fault(t, x->con->name, x->con->definition, one);
	}
	return 0;
}

/* The checks of the column's domain; those that are not covered are skipped here
 * and reported elsewhere. */
static int domain_checks(struct trial *t, struct arena *tmp, struct err *e)
{
	const struct vec *const v[] = {&t->v};
	const struct pg_type *type = compiler_column(t->k, t->c)->type;
	struct sql_scope scope = t->k->scope;
	uint8_t one[VEC_BLOCK];

	scope.table = NULL;
	for (; type->cls == PG_DOMAIN; type = type->elem)
		for (uint32_t i = 0; i < type->nchecks; i++) {
			struct err ignored = {.kind = ERR_NONE};
			struct sql_expr *x = NULL;

			scope.domain = type;
			if (sql_compile(&x, &scope, type->checks[i].expr, tmp, &ignored) !=
				SQL_OK) {
				if (arena_failed(tmp))
					return err_nomem(e);
				continue;
			}
			if (sql_check(x, v, VEC_BLOCK, one, tmp, e) == -1)
				return -1;
			fault(t, type->checks[i].name, type->checks[i].expr, one);
		}
	return 0;
}

/* Holds the samples against the length of the type and all these checks. */
static int hold(struct trial *t, struct arena *tmp, struct err *e)
{
	const struct gen_column *gc = &t->k->b->columns[t->c].gc;
	uint8_t one[VEC_BLOCK];

	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		one[i] = compile_fits(gc, &t->v, i);
	fault(t, "the length of the column's type", gc->column->formatted, one);
	return table_checks(t, tmp, e) == -1 || domain_checks(t, tmp, e) == -1 ? -1 : 0;
}

/* Draws a block of samples and applies the transforms. */
static int draw(struct trial *t, const struct gen *g, const struct compile_chain *chain,
	struct gen_heap *h, struct err *e)
{
	const struct program_column *b = &t->k->b->columns[t->c];
	uint64_t key = rng_subkey(b->gc.key, 1), idx[VEC_BLOCK], row[VEC_BLOCK];

	if (!vec_init(&t->v, VT_TEXT, &h->arena) || /* room for a value of any type */
		!gen_heap_reserve(h, ((size_t)g->max_bytes + chain->bytes) * VEC_BLOCK + 1))
		return err_nomem(e);
	t->v.type = b->type;
	t->v.scale = b->scale;
	t->v.n = VEC_BLOCK;
	for (uint32_t i = 0; i < VEC_BLOCK; i++) {
		row[i] = i;
		idx[i] = rng_below(rng_at(key, i), g->space);
	}
	if (g->ordinal && vec_is_ordinal(b->type))
		for (uint32_t i = 0; i < VEC_BLOCK; i++)
			t->v.v.i[i] = (int64_t)((uint64_t)g->lo + (uint64_t)g->step * idx[i]);
	else
		g->op->value(g, idx, VEC_BLOCK, &t->v, h);
	compile_apply_chain(chain->x, chain->n, row, VEC_BLOCK, &t->v, h);
	return 0;
}

/* How many samples of a generator, transformed, pass the checks that read the
 * column alone. */
static int try(struct trial *t, const struct gen *g, uint32_t *passed, struct err *e)
{
	struct gen_heap h = GEN_HEAP_INIT;
	struct compile_chain chain;
	const char *code = NULL;
	int rc = compile_chain(t->k, t->c, g->max_bytes, &chain, &code, e);

	*passed = 0;
	t->name = NULL;
	memset(t->pass, 1, sizeof(t->pass));
	if (rc == 0)
		rc = draw(t, g, &chain, &h, e);
	if (rc == 0)
		rc = hold(t, &h.arena, e);
	for (uint32_t i = 0; rc == 0 && i < VEC_BLOCK; i++)
		*passed += t->pass[i];
	gen_heap_free(&h);
	return rc;
}

/* ---- generators ---------------------------------------------------------------------------------
 */

/* Whether the generator can be drawn from without other columns. */
static bool sampled(const struct gen *g)
{
	return g->op != NULL && !g->op->derives && !g->affine && g->space > 0;
}

/* A unique value has no other to be drawn in its place, so all must pass. */
static int refuse(const struct trial *t, const struct gen *g, uint32_t passed, struct err *e)
{
	char shown[STR_SHOWN];

	return err_no(e, "check_unsatisfiable",
		"the column is unique, so that no value of %s can be drawn again, and of %d of "
		"them, "
		"transformed, %u pass its checks: %s, %s: change the generator or the transforms",
		g->op->id, VEC_BLOCK, passed, t->name, str_shown(shown, t->definition));
}

/* Prepares the generator twice if need be: with the values that are likely to
 * pass after the transforms, and with all that may pass. The one of whose
 * samples more pass is taken. A unique column is refused if some sample fails,
 * because its values cannot be drawn again. */
int compile_written_generator(struct compiler *k, uint32_t c,
	int (*make)(struct compiler *k, uint32_t c, struct gen *g, struct err *e), struct gen *g,
	struct err *e)
{
	static const enum transform_before order[] = {XFORM_LIKELY, XFORM_ALL};
	struct sql_domain all = k->narrow.dom[c], likely, *d = &k->narrow.dom[c];
	struct trial t = {.k = k, .c = c};
	uint32_t passed[2] = {0, 0}, best;
	struct gen made[2];
	bool ok[2] = {false, false};

	if (k->written[c] == NULL)
		return make(k, c, g, e); /* no value is written: that is reported */
	(void)compile_written_domain(k, c, &likely);
	if (compile_take_back(k, c, 0, XFORM_LIKELY, &likely, e) != 0)
		likely = all;
	for (uint32_t i = 0; i < 2 && passed[0] < VEC_BLOCK; i++) {
		*d = order[i] == XFORM_LIKELY ? likely : all;
		*e = (struct err){.kind = ERR_NONE};
		ok[i] = make(k, c, &made[i], e) == 0;
		if (!ok[i] && e->kind != ERR_NO)
			return -1;
		if (!ok[i] || !sampled(&made[i]))
			continue;
		if (try(&t, &made[i], &passed[i], e) == -1 && e->kind != ERR_NO)
			return -1;
	}
	if (!ok[0] && !ok[1])
		return -1;
	best = !ok[0] || (ok[1] && passed[1] > passed[0]);
	*d = order[best] == XFORM_LIKELY ? likely : all;
	*g = made[best];
	*e = (struct err){.kind = ERR_NONE};
	if (!k->member[c] || !sampled(g) || passed[best] == VEC_BLOCK || t.name == NULL ||
		k->b->t->policy[PLAN_POLICY_CHECK] != PLAN_ENFORCE || k->b->t->rows == 0)
		return 0;
	return refuse(&t, g, passed[best], e);
}
