/* SPDX-License-Identifier: MIT */
/*
 * Checks that narrowing cannot keep, over columns that are drawn: combinations of
 * their values are drawn beforehand and held against the checks, and those that
 * pass become what the rows draw from. A group is all columns that checks tie
 * together. If nearly all samples pass as they are drawn, no set is needed; if
 * hardly any do, constants of the checks suggest values (sample_set_probe.c). The
 * samples depend on the seed and the plan alone, so that every process has the same
 * set.
 */
#include "common/program/sample_set.h"

#include <string.h>

#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/sql/narrow/sql_probe.h"

/* NATURAL blocks tell whether drawing as ever will do; FAIR of 1024 is next to none. */
enum { NATURAL = 2, BLOCKS = 160, GOOD = 1014, FAIR = 20, ENOUGH = 512 };

/* ---- which columns may be drawn from combinations ------------------------------------- */

/* Whether the column bounds another, or is bounded. */
static bool limited(const struct compiler *k, uint32_t c)
{
	for (uint32_t i = 0; i < compiler_table(k)->ncolumns; i++)
		for (uint32_t l = 0; l < k->b->columns[i].nlimits; l++)
			if (i == c || k->b->columns[i].limits[l].other == c)
				return true;
	return false;
}

/* Whether a branch decides the column, or is decided by it. Branches about one
 * text alone (LIKE this OR LIKE that) are not ranges, and are left to sample
 * sets; but those about json are objects to be put together. */
static bool chosen(const struct compiler *k, uint32_t c)
{
	const enum pg_class cls = k->b->columns[c].gc.base.type->cls;
	bool text = !vec_is_ordinal(k->b->columns[c].type) && k->b->columns[c].type >= VT_TEXT &&
		    cls != PG_JSON && cls != PG_JSONB;

	for (uint32_t i = 0; i < k->b->ndisjunctions; i++) {
		const struct program_disjunction *w = &k->b->disjunctions[i];

		for (uint32_t j = 0; j < w->ncols; j++)
			if (w->cols[j] == c && !(text && w->ncols == 1 && w->nfixed == 0))
				return true;
		for (uint32_t j = 0; j < w->nfixed; j++)
			if (w->fixed[j] == c)
				return true;
	}
	return false;
}

/* Whether the column can be drawn from a set: nothing else decides its values. */
static bool drawn(const struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];

	return compile_draws(k, c) && b->pick == DRAW_RANDOM && !k->member[c] && !k->counted[c] &&
	       b->pool == NULL && !limited(k, c) && !chosen(k, c);
}

static bool takeable(const struct compiler *k, const struct sql_expr *x);

/* Whether an equation computes the column from columns that can be. */
static bool computed(const struct compiler *k, uint32_t c)
{
	const struct compile_equation *q = compile_equation_of(k, c);

	return q != NULL && k->b->columns[c].disjunction < 0 && takeable(k, q->q.value);
}

/* Whether a set can be made for all columns of an expression. Equations are in
 * no circle, so that this ends. */
static bool takeable(const struct compiler *k, const struct sql_expr *x)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(x, &n);

	for (uint32_t i = 0; i < n; i++)
		if (!drawn(k, cols[i]) && !computed(k, cols[i]) &&
			k->b->columns[cols[i]].source != PLAN_ALWAYS_NULL)
			return false;
	return n > 0;
}

/* ---- groups ------------------------------------------------------------------------------ */

/* Adds a column to the group, and what it is computed from. */
static struct sample_column *add_column(
	const struct compiler *k, struct sample_group *g, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];
	struct sample_column *p = sample_column_in(g, c);
	uint32_t n;
	const uint32_t *cols;

	if (p != NULL || g->ncols == POOL_COLUMNS)
		return p;
	p = &g->col[g->ncols++];
	*p = (struct sample_column){.column = c,
		.fixed_null = b->source == PLAN_ALWAYS_NULL,
		.null_only = true,
		.transformed = b->ntransforms > 0,
		.computed = computed(k, c)};
	if (!p->computed)
		return p;
	p->null_only = false;
	cols = sql_columns(compile_equation_of(k, c)->q.value, &n);
	for (uint32_t i = 0; i < n; i++) {
		struct sample_column *in = add_column(k, g, cols[i]);

		if (in == NULL)
			return NULL;
		in->null_only = false;
	}
	return p;
}

/* Adds a check and its columns. A column that checks only ask for NULL keeps its
 * own values. */
static bool add_check(const struct compiler *k, struct sample_group *g, struct sql_expr *x, int of)
{
	uint32_t n = 1, one = (uint32_t)of;
	const uint32_t *cols = of >= 0 ? &one : sql_columns(x, &n);

	if (g->nchecks == POOL_CHECKS)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct sample_column *p = add_column(k, g, cols[i]);

		if (p == NULL)
			return false;
		p->null_only = p->null_only && of < 0 && sql_null_only(x, cols[i]);
	}
	g->of[g->nchecks] = of;
	g->check[g->nchecks++] = x;
	return true;
}

/* Whether the check is in the group already. */
static bool in_group(const struct sample_group *g, const struct sql_expr *x)
{
	for (uint32_t i = 0; i < g->nchecks; i++)
		if (g->check[i] == x)
			return true;
	return false;
}

/* Whether the check reads a column of the group. */
static bool touches(struct sample_group *g, const struct sql_expr *x)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(x, &n);

	for (uint32_t i = 0; i < n; i++)
		if (sample_column_in(g, cols[i]) != NULL)
			return true;
	return false;
}

/* Adds every check that has to do with a column of the group, until there is
 * none left. */
static bool close_group(const struct compiler *k, struct sample_group *g)
{
	for (bool more = true; more;) {
		more = false;
		for (uint32_t i = 0; i < k->ncompiled; i++) {
			struct sql_expr *x = k->compiled[i].expr;

			if (in_group(g, x) || !touches(g, x) || !takeable(k, x))
				continue;
			if (!add_check(k, g, x, -1))
				return false;
			more = true;
		}
	}
	return true;
}

/* Adds the checks of a column's domain. */
static bool domain_checks(const struct compiler *k, struct sample_group *g, uint32_t c)
{
	const struct pg_type *t = compiler_column(k, c)->type;

	for (; t->cls == PG_DOMAIN; t = t->elem)
		for (uint32_t i = 0; i < t->nchecks; i++) {
			struct sql_scope scope = k->scope;
			struct err ignored = {.kind = ERR_NONE};
			struct sql_expr *x = NULL;

			scope.table = NULL;
			scope.domain = t;
			if (sql_compile(&x, &scope, t->checks[i].expr, k->a, &ignored) == SQL_OK &&
				!add_check(k, g, x, (int)c))
				return false;
		}
	return true;
}

/* ---- what passes ------------------------------------------------------------------------- */

/* Copies one value of a sample to the set. */
static bool keep_value(
	struct vec *kept, const struct vec *v, uint32_t n, uint32_t i, struct arena *a)
{
	struct vec *to = &kept[n / VEC_BLOCK];
	uint32_t at = n % VEC_BLOCK;

	return (at > 0 || vec_init(to, to->type, a)) && vec_keep(to, at, v, i, a);
}

/* Keeps a column's value of a combination that passed, and what its transforms
 * made of it. */
static bool keep_combination(struct sample_column *p, uint32_t n, uint32_t i, struct arena *a)
{
	return keep_value(p->kept, &p->v, n, i, a) &&
	       (!p->transformed || keep_value(p->written, &p->w, n, i, a));
}

/* As many vectors as a set may have; each has memory when its first value is kept. */
static struct vec *kept_new(enum vtype type, struct arena *a)
{
	struct vec *to = arena_array(a, POOL_MOST / VEC_BLOCK, sizeof(*to));

	for (uint32_t i = 0; to != NULL && i < POOL_MOST / VEC_BLOCK; i++)
		to[i].type = type;
	return to;
}

/* Memory for a block of samples, in ${tmp}, and for the set. */
static int prepare(
	struct compiler *k, struct sample_group *g, struct gen_heap *h, struct arena *tmp)
{
	size_t need = 1;

	for (uint32_t i = 0; i < g->ncols; i++) {
		struct sample_column *p = &g->col[i];
		const struct program_column *b = &k->b->columns[p->column];

		p->gc = &b->gc;
		p->kept = kept_new(b->type, k->a);
		if (p->kept == NULL || !vec_init(&p->v, b->type, tmp))
			return err_nomem(k->e);
		p->v.scale = b->scale;
		if (!p->fixed_null)
			need += (size_t)b->gen.max_bytes * VEC_BLOCK;
		if (!p->transformed)
			continue;
		p->written = kept_new(b->out_type, k->a);
		if (p->written == NULL || !vec_init(&p->w, VT_TEXT, tmp)) /* of any type */
			return err_nomem(k->e);
		need += (size_t)b->max_bytes * VEC_BLOCK;
	}
	return gen_heap_reserve(h, need) ? 0 : err_nomem(k->e);
}

/* Draws combinations block by block. If nearly all of the first block pass, no
 * set is needed. If hardly any of the first two pass, further blocks are probed
 * with constants of the checks. It stops when the set is full, or, when probing,
 * at a smaller number. */
static int fill(struct compiler *k, struct sample_group *g, struct gen_heap *h, struct arena *tmp)
{
	const struct vec **v =
		arena_array(tmp, compiler_table(k)->ncolumns + 1UL, sizeof(struct vec *));
	uint8_t pass[VEC_BLOCK];
	uint32_t natural = 0;

	if (v == NULL || prepare(k, g, h, tmp) == -1)
		return err_nomem(k->e);
	for (uint32_t block = 0; block < BLOCKS && g->n < POOL_MOST; block++) {
		uint64_t key = rng_subkey(g->key, block);
		bool probing = block >= NATURAL && natural < FAIR * NATURAL;
		uint32_t passed = 0;

		if (probing && g->n >= ENOUGH)
			break;
		gen_heap_reset(h);
		pool_sample(k, g, key, probing && (block & 1), h);
		pool_columns(g, v);
		if (probing && sample_probe(k, g, rng_subkey(key, 7), v, &h->arena) == -1)
			return -1;
		if (probing)
			pool_compute(k, g, key, h);
		if (h->nomem)
			return err_nomem(k->e);
		if (pool_hold(g, v, pass, &h->arena, k->e) == -1)
			return -1;
		for (uint32_t i = 0; i < VEC_BLOCK; i++)
			passed += pass[i];
		if ((g->natural = block == 0 && passed >= GOOD))
			return 0;
		if (block < NATURAL)
			natural += passed;
		for (uint32_t i = 0; i < VEC_BLOCK && g->n < POOL_MOST; i++) {
			for (uint32_t c = 0; pass[i] && c < g->ncols; c++)
				if (!keep_combination(&g->col[c], g->n, i, k->a))
					return err_nomem(k->e);
			g->n += pass[i];
		}
	}
	return 0;
}

/* Reports the check of the group that most samples fail, at a column with a rule
 * if there is one, since a rule is what can be changed. */
static int none_passes(struct compiler *k, const struct sample_group *g)
{
	uint32_t worst = 0, ruled = 0;
	char shown[STR_SHOWN];
	const char *name = "of the domain", *definition, *wide = NULL;

	if (k->refused || k->b->t->policy[PLAN_POLICY_CHECK] != PLAN_ENFORCE || k->b->t->rows == 0)
		return 0;
	for (uint32_t i = 1; i < g->nchecks; i++)
		if (g->failed[i] > g->failed[worst])
			worst = i;
	definition = compiler_column(k, g->col[0].column)->formatted;
	for (uint32_t i = 0; i < k->ncompiled; i++)
		if (k->compiled[i].expr == g->check[worst]) {
			name = k->compiled[i].con->name;
			definition = k->compiled[i].con->definition;
		}
	/* it is a rule, if there is one, that can be changed */
	while (ruled < g->ncols && !k->b->columns[g->col[ruled].column].gc.by_rule)
		ruled++;
	ruled = ruled < g->ncols ? g->col[ruled].column : g->col[0].column;
	for (uint32_t i = 0; i < g->ncols && wide == NULL; i++)
		wide = compile_wide_hint(k, &g->col[i].column, 1, definition);
	return compile_problem(k, "check_unsatisfiable", false, compiler_column(k, ruled),
		wide != NULL ? wide
			     : "give the check's columns rules and transforms whose values it "
			       "allows, or set the policy of checks to warn",
		"none of %s rows drawn as the plan says, transforms included, passes check %s, %s",
		num_people(g->tried).s, name, str_shown(shown, definition));
}

/* Makes the set of one group, or reports that there is none. */
static int try_group(struct compiler *k, struct sample_group *g)
{
	struct gen_heap h = GEN_HEAP_INIT;
	struct arena tmp = ARENA_INIT;
	int rc;

	g->key = compile_key_of(k, compiler_column(k, g->col[0].column)->name, "combinations");
	rc = fill(k, g, &h, &tmp);
	gen_heap_free(&h);
	arena_free(&tmp);
	if (rc == -1 || g->natural)
		return rc;
	return g->n > 0 ? pool_apply(k, g) : none_passes(k, g);
}

/* One group for each check that is not proven, then one for each domain. */
int compile_sample_sets(struct compiler *k)
{
	struct sample_group *g = arena_alloc(k->a, sizeof(*g));

	if (g == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < k->ncompiled; i++) {
		*g = (struct sample_group){.n = 0};
		if (compile_proven(k, i) || !takeable(k, k->compiled[i].expr) ||
			!add_check(k, g, k->compiled[i].expr, -1) || !close_group(k, g))
			continue;
		for (uint32_t c = 0, n = g->ncols; c < n; c++)
			if (!domain_checks(k, g, g->col[c].column))
				g->nchecks = 0;
		if (g->nchecks > 0 && try_group(k, g) == -1)
			return -1;
	}
	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++) {
		*g = (struct sample_group){.n = 0};
		if (compiler_column(k, c)->type->cls == PG_DOMAIN && drawn(k, c) &&
			domain_checks(k, g, c) && g->nchecks > 0 && close_group(k, g) &&
			try_group(k, g) == -1)
			return -1;
	}
	return 0;
}

/* What is drawn together is drawn again together. */
void compile_tie_sample_sets(struct compiler *k)
{
	struct table_program *b = k->b;
	uint32_t n = compiler_table(k)->ncolumns;

	for (uint32_t c = 0; c < n; c++)
		if (b->columns[c].pool != NULL)
			b->columns[c].pool->tied |= b->columns[c].tied;
	for (uint32_t c = 0; c < n; c++)
		if (b->columns[c].pool != NULL)
			b->columns[c].tied = b->columns[c].pool->tied;
}
