/* SPDX-License-Identifier: MIT */
#include "common/program/sample_set.h"

#include <string.h>

#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/sql/narrow/sql_probe.h"

/* NATURAL blocks tell whether drawing as ever will do; FAIR of 1024 is next to none. */
enum { NATURAL = 2, BLOCKS = 160, GOOD = 1014, FAIR = 20, ENOUGH = 512 };

/* ---- which columns may be drawn from combinations ------------------------------------- */

static bool limited(const struct binder *k, uint32_t c)
{
	for (uint32_t i = 0; i < bind_table(k)->ncolumns; i++)
		for (uint32_t l = 0; l < k->b->columns[i].nlimits; l++)
			if (i == c || k->b->columns[i].limits[l].other == c)
				return true;
	return false;
}

/* What a row's way of meeting its checks decides, or is decided by.  The ways of one text
 * alone (LIKE this OR LIKE that) are no ranges: they are left to combinations. */
static bool chosen(const struct binder *k, uint32_t c)
{
	bool text = !vec_is_ordinal(k->b->columns[c].type) && k->b->columns[c].type >= VT_TEXT;

	for (uint32_t i = 0; i < k->b->nchoices; i++) {
		const struct bound_choice *w = &k->b->choices[i];

		for (uint32_t j = 0; j < w->ncols; j++)
			if (w->cols[j] == c && !(text && w->ncols == 1 && w->nfixed == 0))
				return true;
		for (uint32_t j = 0; j < w->nfixed; j++)
			if (w->fixed[j] == c)
				return true;
	}
	return false;
}

static bool drawn(const struct binder *k, uint32_t c)
{
	const struct bound_column *b = &k->b->columns[c];

	return bind_draws(k, c) && b->pick == BIND_DRAW && !k->member[c] && b->pool == NULL &&
	       !limited(k, c) && !chosen(k, c);
}

static bool takeable(const struct binder *k, const struct sql_expr *x)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(x, &n);

	for (uint32_t i = 0; i < n; i++)
		if (!drawn(k, cols[i]) && k->b->columns[cols[i]].source != PLAN_ALWAYS_NULL)
			return false;
	return n > 0;
}

/* ---- groups ------------------------------------------------------------------------------ */

static bool add_check(const struct binder *k, struct pool_group *g, struct sql_expr *x, int of)
{
	uint32_t n = 1, one = (uint32_t)of;
	const uint32_t *cols = of >= 0 ? &one : sql_columns(x, &n);

	if (g->nchecks == POOL_CHECKS)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct pool_column *p = pool_column_in(g, cols[i]);

		if (p == NULL && g->ncols == POOL_COLUMNS)
			return false;
		if (p == NULL) {
			p = &g->col[g->ncols++];
			*p = (struct pool_column){.column = cols[i],
				.fixed_null = k->b->columns[cols[i]].source == PLAN_ALWAYS_NULL,
				.null_only = true,
				.transformed = k->b->columns[cols[i]].nxforms > 0};
		}
		p->null_only = p->null_only && of < 0 && sql_null_only(x, cols[i]);
	}
	g->of[g->nchecks] = of;
	g->check[g->nchecks++] = x;
	return true;
}

static bool in_group(const struct pool_group *g, const struct sql_expr *x)
{
	for (uint32_t i = 0; i < g->nchecks; i++)
		if (g->check[i] == x)
			return true;
	return false;
}

static bool touches(struct pool_group *g, const struct sql_expr *x)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(x, &n);

	for (uint32_t i = 0; i < n; i++)
		if (pool_column_in(g, cols[i]) != NULL)
			return true;
	return false;
}

/* Every check of the table that has to do with a column of the group, and can be. */
static bool close_group(const struct binder *k, struct pool_group *g)
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

static bool domain_checks(const struct binder *k, struct pool_group *g, uint32_t c)
{
	const struct pg_type *t = bind_column(k, c)->type;

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

/* ---- samples -------------------------------------------------------------------------------- */

/* How often it is NULL; 0 and 1 where it may not be, or has to be. */
static double null_share(const struct binder *k, const struct pool_column *p)
{
	const struct sql_domain *d = k->narrow.dom != NULL ? &k->narrow.dom[p->column] : NULL;

	if (p->fixed_null || (d != NULL && d->must_null))
		return 1;
	if (pg_column_not_null(bind_column(k, p->column)) || k->not_null[p->column] ||
		(d != NULL && d->must_not_null))
		return 0;
	return k->b->t->columns[p->column].null_rate;
}

/* As the column is drawn without any check; with ${more}, NULL as often as not. */
static void sample(
	const struct binder *k, struct pool_column *p, uint64_t key, bool more, struct gen_heap *h)
{
	const struct bound_column *b = &k->b->columns[p->column];
	const struct gen *g = &b->gen;
	double share = null_share(k, p);
	uint64_t idx[VEC_BLOCK];

	key = rng_subkey(key, p->column);
	if (more && share > 0 && share < 0.5)
		share = 0.5;
	p->v.n = VEC_BLOCK;
	p->v.has_null = false;
	for (uint32_t i = 0; i < VEC_BLOCK && !p->fixed_null; i++)
		idx[i] = rng_below(rng_at(key, i), g->space);
	if (p->fixed_null)
		; /* its values are not asked for */
	else if (g->ordinal && vec_is_ordinal(b->type))
		for (uint32_t i = 0; i < VEC_BLOCK; i++)
			p->v.v.i[i] = (int64_t)((uint64_t)g->lo + (uint64_t)g->step * idx[i]);
	else
		g->op->value(g, idx, VEC_BLOCK, &p->v, h);
	key = rng_subkey(key, 1);
	for (uint32_t i = 0; i < VEC_BLOCK && share > 0; i++)
		if ((double)(rng_at(key, i) >> 11) * 0x1p-53 < share)
			vec_set_null(&p->v, i);
}

/* Points v[column] at what the samples are to the checks. */
static void pool_columns(const struct pool_group *g, const struct vec **v)
{
	for (uint32_t i = 0; i < g->ncols; i++)
		v[g->col[i].column] = pool_seen(&g->col[i]);
}

/* What the transforms make of the samples.  Where a transform draws, it does for each sample. */
static void transform(
	const struct binder *k, struct pool_column *p, uint64_t key, struct gen_heap *h)
{
	const struct bound_column *b = &k->b->columns[p->column];
	uint64_t row[VEC_BLOCK];

	p->w.type = b->type;
	p->w.scale = b->scale;
	p->w.n = VEC_BLOCK;
	p->w.has_null = false;
	memcpy(p->w.v.i, p->v.v.i,
		VEC_BLOCK * (b->type == VT_UUID || b->type >= VT_TEXT ? (size_t)16 : 8));
	for (uint32_t i = 0; i < VEC_BLOCK; i++) {
		row[i] = rng_at(key, i) >> 1;
		if (vec_is_null(&p->v, i))
			vec_set_null(&p->w, i);
	}
	bind_apply_chain(b->xforms, b->nxforms, row, VEC_BLOCK, &p->w, h);
}

/* pass[i]: row ${i} meets every check. */
static int hold(struct pool_group *g, const struct vec *const *v, uint8_t *pass, struct arena *tmp,
	struct err *e)
{
	uint8_t one[VEC_BLOCK];

	memset(pass, 1, VEC_BLOCK);
	for (uint32_t c = 0; c < g->ncols; c++)
		for (uint32_t i = 0; g->col[c].transformed && i < VEC_BLOCK; i++)
			pass[i] &= bind_fits(g->col[c].gc, &g->col[c].w, i);
	for (uint32_t c = 0; c < g->nchecks; c++) {
		const struct vec *const value[] = {g->of[c] >= 0 ? v[g->of[c]] : NULL};

		if (sql_check(g->check[c], g->of[c] >= 0 ? value : v, VEC_BLOCK, one, tmp, e) == -1)
			return -1;
		for (uint32_t i = 0; i < VEC_BLOCK; i++) {
			pass[i] &= one[i];
			g->failed[c] += !one[i];
		}
	}
	g->tried += VEC_BLOCK;
	return 0;
}

static bool keep_value(
	struct vec *kept, const struct vec *v, uint32_t n, uint32_t i, struct arena *a)
{
	struct vec *to = &kept[n / VEC_BLOCK];
	uint32_t at = n % VEC_BLOCK;
	struct vtext t;
	char *copy;

	if (vec_is_null(v, i)) {
		vec_set_null(to, at);
	} else if (vec_is_ordinal(to->type)) {
		to->v.i[at] = v->v.i[i];
	} else if (to->type == VT_F64) {
		to->v.f[at] = v->v.f[i];
	} else if (to->type == VT_UUID) {
		to->v.u[at] = v->v.u[i];
	} else {
		t = v->v.t[i];
		if ((copy = arena_alloc(a, t.n + 1)) == NULL)
			return false;
		if (t.n > 0)
			memcpy(copy, t.p, t.n);
		to->v.t[at] = (struct vtext){copy, t.n};
	}
	return true;
}

static bool keep_combination(struct pool_column *p, uint32_t n, uint32_t i, struct arena *a)
{
	return keep_value(p->kept, &p->v, n, i, a) &&
	       (!p->transformed || keep_value(p->written, &p->w, n, i, a));
}

static struct vec *kept_new(enum vtype type, struct arena *a)
{
	struct vec *to = arena_array(a, POOL_MOST / VEC_BLOCK, sizeof(*to));

	for (uint32_t i = 0; to != NULL && i < POOL_MOST / VEC_BLOCK; i++)
		if (!vec_init(&to[i], type, a))
			return NULL;
	return to;
}

static int prepare(struct binder *k, struct pool_group *g, struct gen_heap *h)
{
	size_t need = 1;

	for (uint32_t i = 0; i < g->ncols; i++) {
		struct pool_column *p = &g->col[i];
		const struct bound_column *b = &k->b->columns[p->column];

		p->gc = &b->gc;
		p->kept = kept_new(b->type, k->a);
		if (p->kept == NULL || !vec_init(&p->v, b->type, k->a))
			return err_nomem(k->e);
		p->v.scale = b->scale;
		if (!p->fixed_null)
			need += (size_t)b->gen.max_bytes * VEC_BLOCK;
		if (!p->transformed)
			continue;
		p->written = kept_new(b->out_type, k->a);
		if (p->written == NULL || !vec_init(&p->w, VT_TEXT, k->a)) /* of any type */
			return err_nomem(k->e);
		need += (size_t)b->max_bytes * VEC_BLOCK;
	}
	return gen_heap_reserve(h, need) ? 0 : err_nomem(k->e);
}

/* Draw combinations until there are enough, or next to all pass as they are drawn. */
static int fill(struct binder *k, struct pool_group *g, struct gen_heap *h)
{
	const struct vec **v =
		arena_array(k->a, bind_table(k)->ncolumns + 1UL, sizeof(struct vec *));
	uint8_t pass[VEC_BLOCK];
	uint32_t natural = 0;

	if (v == NULL || prepare(k, g, h) == -1)
		return err_nomem(k->e);
	for (uint32_t block = 0; block < BLOCKS && g->n < POOL_MOST; block++) {
		uint64_t key = rng_subkey(g->key, block);
		bool probing = block >= NATURAL && natural < FAIR * NATURAL;
		uint32_t passed = 0;

		if (probing && g->n >= ENOUGH)
			break;
		gen_heap_reset(h);
		for (uint32_t i = 0; i < g->ncols; i++) {
			sample(k, &g->col[i], key, probing && (block & 1), h);
			if (g->col[i].transformed)
				transform(k, &g->col[i], key, h);
		}
		pool_columns(g, v);
		if (probing && pool_probe(k, g, rng_subkey(key, 7), v, &h->arena) == -1)
			return -1;
		if (hold(g, v, pass, &h->arena, k->e) == -1)
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

/* The check of the group that most samples fail; its columns are drawn for it and no other. */
static int none_passes(struct binder *k, const struct pool_group *g)
{
	uint32_t worst = 0;
	char shown[STR_SHOWN];
	const char *name = "of the domain", *definition;

	if (k->refused || k->b->t->policy[PLAN_POLICY_CHECK] != PLAN_ENFORCE || k->b->t->rows == 0)
		return 0;
	for (uint32_t i = 1; i < g->nchecks; i++)
		if (g->failed[i] > g->failed[worst])
			worst = i;
	definition = bind_column(k, g->col[0].column)->formatted;
	for (uint32_t i = 0; i < k->ncompiled; i++)
		if (k->compiled[i].expr == g->check[worst]) {
			name = k->compiled[i].con->name;
			definition = k->compiled[i].con->definition;
		}
	return bind_problem(k, "check_unsatisfiable", false, bind_column(k, g->col[0].column),
		"give the check's columns rules and transforms whose values it allows, or set the "
		"policy of checks to warn",
		"none of %s rows drawn as the plan says, transforms included, passes check %s, %s",
		num_people(g->tried).s, name, str_shown(shown, definition));
}

static int try_group(struct binder *k, struct pool_group *g)
{
	struct gen_heap h = GEN_HEAP_INIT;
	int rc;

	g->key = bind_key_of(k, bind_column(k, g->col[0].column)->name, "combinations");
	rc = fill(k, g, &h);
	gen_heap_free(&h);
	if (rc == -1 || g->natural)
		return rc;
	return g->n > 0 ? pool_apply(k, g) : none_passes(k, g);
}

int bind_pools(struct binder *k)
{
	struct pool_group *g = arena_alloc(k->a, sizeof(*g));

	if (g == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < k->ncompiled; i++) {
		*g = (struct pool_group){.n = 0};
		if (bind_proven(k, i) || !takeable(k, k->compiled[i].expr) ||
			!add_check(k, g, k->compiled[i].expr, -1) || !close_group(k, g))
			continue;
		for (uint32_t c = 0, n = g->ncols; c < n; c++)
			if (!domain_checks(k, g, g->col[c].column))
				g->nchecks = 0;
		if (g->nchecks > 0 && try_group(k, g) == -1)
			return -1;
	}
	for (uint32_t c = 0; c < bind_table(k)->ncolumns; c++) {
		*g = (struct pool_group){.n = 0};
		if (bind_column(k, c)->type->cls == PG_DOMAIN && drawn(k, c) &&
			domain_checks(k, g, c) && g->nchecks > 0 && close_group(k, g) &&
			try_group(k, g) == -1)
			return -1;
	}
	return 0;
}

/* What is drawn together is drawn again together. */
void bind_tie_pools(struct binder *k)
{
	struct bound *b = k->b;
	uint32_t n = bind_table(k)->ncolumns;

	for (uint32_t c = 0; c < n; c++)
		if (b->columns[c].pool != NULL)
			b->columns[c].pool->tied |= b->columns[c].tied;
	for (uint32_t c = 0; c < n; c++)
		if (b->columns[c].pool != NULL)
			b->columns[c].tied = b->columns[c].pool->tied;
}
