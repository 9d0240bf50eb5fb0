/* SPDX-License-Identifier: MIT */
/*
 * Chooses among the texts of a generator. A length goes to the generator with
 * the column, which leaves out words by it. A pattern does not: only texts that
 * exist can be held against it. So texts are drawn from the generator, as for a
 * column without limits, until there are enough that pass, and these become a
 * list. The draws depend on the column's key alone, so every stage and every
 * shard finds the same list.
 */
#include "common/generators/gen_narrow.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/base/str.h"

enum {
	BLOCK = 256,	 /* texts drawn at once */
	ENOUGH = 16384,	 /* texts of the list, of a column that is not unique */
	DRAWS = 1 << 17, /* texts that are looked at, if these are fewer than it needs */
	DRAWS_EACH = 16, /* for each text that a unique column needs, at most */
	ESCAPED = 2,	 /* bytes of a character of a set within a regular expression */
	FRAME = sizeof("^[]*$")
};

const struct gen_param gen_narrow_params[] = {GEN_NARROW_PARAMS, {0}};

/* A column that is narrowed. */
struct narrowed {
	struct gen_column column;
	struct sql_domain dom;
	bool given;	 /* some parameter is */
	bool by_pattern; /* ... that only texts can be held against */
};

/* Adds a regular expression that the texts have to match. */
static int add_pattern(struct narrowed *n, const char *pattern, struct arena *a, struct err *e)
{
	const char **all = arena_array(a, n->dom.npatterns + 1UL, sizeof(*all));

	if (all == NULL || pattern == NULL)
		return err_nomem(e);
	if (n->dom.npatterns > 0)
		memcpy(all, n->dom.patterns, n->dom.npatterns * sizeof(*all));
	all[n->dom.npatterns++] = pattern;
	n->dom.patterns = all;
	n->by_pattern = true;
	return 0;
}

/* The regular expression of texts of these characters only. */
static const char *set_pattern(const char *set, struct arena *a)
{
	char *re = arena_alloc(a, ESCAPED * strlen(set) + FRAME), *to = re;

	if (re == NULL)
		return NULL;
	to = stpcpy(to, "^[");
	for (const char *s = set; *s != '\0'; s++) {
		if (strchr("\\]^-[", *s) != NULL)
			*to++ = '\\';
		*to++ = *s;
	}
	(void)stpcpy(to, "]*$");
	return re;
}

/* min_len and max_len, within what the column holds. */
static int read_lengths(
	struct narrowed *n, const struct gen *g, const msgpack_object *params, struct err *e)
{
	struct gen_limits lim = gen_text_limits(&n->column);
	int32_t declared = gen_declared_limit(&n->column);
	int64_t min = 0, max = UINT32_MAX;
	bool min_given = gen_arg_int(params, "min_len", &min);
	bool max_given = gen_arg_int(params, "max_len", &max);

	n->given = min_given || max_given;
	if (min < 0 || max < 0 || min > max)
		return err_set(
			e, ERR_NO, "%s: min_len and max_len are not in order from 0 on", g->op->id);
	if (max_given && declared >= 0 && max > declared)
		return err_set(e, ERR_NO,
			"%s: max_len %lld is more than the %d characters the column holds",
			g->op->id, (long long)max, (int)declared);
	if (min > lim.max || max < lim.min)
		return err_set(e, ERR_NO,
			"%s: min_len and max_len leave nothing of the %u to %u characters that the "
			"column and its checks allow",
			g->op->id, lim.min, lim.max);
	n->dom.min_len = min > lim.min ? (uint32_t)min : lim.min;
	n->dom.max_len = max < lim.max ? (uint32_t)max : lim.max;
	return 0;
}

static int read_params(struct narrowed *n, const struct gen *g, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const char *pattern = NULL, *set = NULL;

	if (read_lengths(n, g, params, e) == -1)
		return -1;
	if (gen_arg_string(params, "pattern", a, &pattern) && add_pattern(n, pattern, a, e) == -1)
		return -1;
	if (!gen_arg_string(params, "charset", a, &set))
		return 0;
	if (set == NULL)
		return err_nomem(e);
	if (*set == '\0' || !utf8_valid(set, strlen(set)))
		return err_set(e, ERR_NO, "%s: charset is empty", g->op->id);
	return add_pattern(n, set_pattern(set, a), a, e);
}

/* ---- a list of those that pass ------------------------------------------------------------- */

struct list {
	struct vtext *v;
	uint32_t *weight; /* how often each was drawn */
	uint32_t n, cap;
};

static int keep(struct list *l, struct vtext t, struct arena *a)
{
	char *p;

	if (l->n == l->cap) {
		uint32_t cap = l->cap == 0 ? BLOCK : 2 * l->cap;
		struct vtext *v = arena_array(a, cap, sizeof(*v));

		if (v == NULL)
			return -1;
		if (l->n > 0)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		l->cap = cap;
	}
	if ((p = arena_strndup(a, t.p, t.n)) == NULL)
		return -1;
	l->v[l->n++] = (struct vtext){p, t.n};
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return vtext_compare(a, b);
}

/* Texts that were drawn twice become one of twice the weight. */
static int make_distinct(struct list *l, struct arena *a)
{
	uint32_t m = 0;

	if (l->n == 0)
		return 0;
	if ((l->weight = arena_array(a, l->n, sizeof(*l->weight))) == NULL)
		return -1;
	qsort(l->v, l->n, sizeof(*l->v), by_text);
	for (uint32_t i = 0; i < l->n; i++)
		if (i > 0 && by_text(&l->v[m - 1], &l->v[i]) == 0) {
			l->weight[m - 1]++;
		} else {
			l->weight[m] = 1;
			l->v[m++] = l->v[i];
		}
	l->n = m;
	return 0;
}

/* Draws from ${g}, all of its texts if these are few, and keeps those that pass. */
static int collect(const struct gen *g, const struct gen_text_check *k, uint64_t wanted,
	uint64_t draws, struct list *l, struct gen_heap *h, struct arena *a)
{
	bool all = g->space <= draws;
	uint64_t idx[BLOCK];
	struct vtext t[BLOCK];
	struct vec v = {.type = VT_TEXT, .v.t = t};

	if (!gen_heap_reserve(h, (size_t)BLOCK * g->max_bytes + 1))
		return -1;
	draws = all ? g->space : draws;
	for (uint64_t i = 0; i < draws && (all || l->n < wanted); i += v.n) {
		v.n = draws - i < BLOCK ? (uint32_t)(draws - i) : BLOCK;
		for (uint32_t j = 0; j < v.n; j++)
			idx[j] = all ? i + j : rng_below(rng_at(g->key, i + j), g->space);
		gen_heap_reset(h);
		g->op->value(g, idx, v.n, &v, h);
		for (uint32_t j = 0; j < v.n; j++)
			if (gen_text_ok(k, t[j].p, t[j].n) && keep(l, t[j], a) == -1)
				return -1;
	}
	return make_distinct(l, a);
}

/* How many texts a column needs, and how many are to be looked at for them. */
static void amounts(const struct gen_column *c, uint64_t *wanted, uint64_t *draws)
{
	*wanted = ENOUGH;
	*draws = DRAWS;
	if (!gen_distinct(c) || c->rows <= ENOUGH / 2)
		return;
	*wanted = 2 * c->rows;
	*draws = DRAWS_EACH * c->rows > DRAWS ? DRAWS_EACH * c->rows : DRAWS;
}

/* A column that takes all texts of the lengths, or all texts. */
static struct gen_column *wider(const struct narrowed *n, bool lengths, struct arena *a)
{
	struct gen_column *c = arena_alloc(a, sizeof(*c));
	struct sql_domain *d = arena_alloc(a, sizeof(*d));
	struct gen_limits lim = gen_text_limits(&n->column);

	if (c == NULL || d == NULL)
		return NULL;
	*c = n->column;
	*d = (struct sql_domain){.min_len = lim.min, .max_len = lim.max, .max_count = UINT32_MAX};
	c->dom = lengths ? d : NULL;
	c->base.typmod = -1;
	c->unique = c->distinct = false;
	return c;
}

/* Fills ${l} with texts of ${make} that the narrowing takes; none is no error. */
static int fill_list(struct list *l, const struct gen *g, const struct narrowed *n, bool lengths,
	const msgpack_object *params, gen_make *make, struct arena *a, struct err *e)
{
	struct gen_column *c = wider(n, lengths, a);
	struct gen_heap h = GEN_HEAP_INIT;
	struct gen_text_check *k;
	struct gen all = *g;
	uint64_t wanted, draws;
	int rc;

	if (c == NULL)
		return err_nomem(e);
	if (make(&all, c, params, a, e) == -1)
		return e->kind == ERR_NO ? 0 : -1;
	if ((k = gen_text_check(&n->column, gen_text_limits(&n->column), a, e)) == NULL)
		return -1;
	amounts(&n->column, &wanted, &draws);
	rc = collect(&all, k, wanted, draws, l, &h, a);
	gen_text_check_free(k);
	gen_heap_free(&h);
	return rc == -1 ? err_nomem(e) : 0;
}

/*
 * Makes ${g} draw from the texts of ${make} that the narrowing takes: first of
 * those that it makes for such lengths, then of any.
 */
static int from_list(struct gen *g, const struct narrowed *n, const msgpack_object *params,
	gen_make *make, struct arena *a, struct err *e)
{
	struct list l = {0};

	if (fill_list(&l, g, n, true, params, make, a, e) == -1)
		return -1;
	if (l.n == 0 && fill_list(&l, g, n, false, params, make, a, e) == -1)
		return -1;
	if (l.n == 0)
		return err_set(e, ERR_NO,
			"%s: none of its texts is what its parameters, the column and its checks "
			"ask for",
			g->op->id);
	return gen_weighted_list(g, &n->column, l.v, l.weight, l.n, a, e);
}

int gen_narrow(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	gen_make *make, struct arena *a, struct err *e)
{
	struct narrowed *n = arena_alloc(a, sizeof(*n));
	struct gen try = *g;
	struct err why = {0};

	if (n == NULL)
		return err_nomem(e);
	n->column = *c;
	n->dom = c->dom != NULL
			 ? *c->dom
			 : (struct sql_domain){.max_len = UINT32_MAX, .max_count = UINT32_MAX};
	if (read_params(n, g, params, a, e) == -1)
		return -1;
	if ((gen_family(c->base) & GF_TEXT) == 0)
		return make(g, c, params, a, e);
	n->column.dom = c->dom != NULL || n->given || n->by_pattern ? &n->dom : NULL;
	if (!n->by_pattern) {
		if (make(&try, &n->column, params, a, &why) == 0) {
			*g = try;
			return 0;
		}
		if (why.kind != ERR_NO) {
			*e = why;
			return -1;
		}
	}
	if (from_list(g, n, params, make, a, e) == 0) {
		*e = (struct err){0}; /* what was tried before it */
		return 0;
	}
	if (e->kind == ERR_NO && why.kind == ERR_NO)
		*e = why; /* it says more of what the column lacks */
	return -1;
}
