/* SPDX-License-Identifier: MIT */
/*
 * What generators of texts share: the limits of a column, verifying texts
 * against its checks, and lists of texts.
 *
 * Verification is by samples: when a generator is prepared, 256 of its texts,
 * among them the first and the last, are held against the length, the lists and
 * the regular expressions of the checks. If one fails the generator is refused
 * for that column. Checks are verified again for every row; the samples only
 * keep a hopeless generator from being chosen.
 */
#include "common/generators/gen_kit.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/base/str.h"
#include "common/sql/functions/sql_regex.h"

/* The least and most characters that the type and the checks allow. */
struct gen_limits gen_text_limits(const struct gen_column *c)
{
	struct gen_limits l = {0, UINT32_MAX, UINT32_MAX};
	int32_t chars = pg_char_limit(c->base);

	if (c->dom != NULL) {
		l.min = c->dom->min_len;
		l.max = c->dom->max_len;
	}
	if (chars >= 0 && (uint32_t)chars < l.max)
		l.max = (uint32_t)chars;
	if (c->base.type->cls == PG_NAME) /* its limit is of bytes */
		l.bytes = (uint32_t)chars;
	return l;
}

struct gen_limits gen_word_limits(const struct gen_column *c)
{
	struct gen_limits l = gen_text_limits(c);

	if (l.bytes / 2 < l.max)
		l.max = l.bytes / 2;
	return l;
}

bool gen_text_narrowed(const struct gen_column *c)
{
	const struct sql_domain *d = c->dom;

	return d != NULL && (d->texts != NULL || d->not_texts != NULL || d->contains != NULL ||
				    d->no_upper || d->no_lower || d->npatterns > 0 ||
				    d->min_len > 0 || d->max_len != UINT32_MAX);
}

/* ---- holding a text against the narrowing ------------------------------------------ */

struct gen_text_check {
	const struct sql_domain *dom;
	struct gen_limits lim;
	uint32_t npatterns;
	struct matching *m;
	struct sql_regex *patterns[];
};

/* What matching needs from text to text. */
struct matching {
	struct arena tmp;
	void *scratch[];
};

void gen_text_check_free(struct gen_text_check *k)
{
	if (k == NULL)
		return;
	arena_free(&k->m->tmp);
}

/* What a text is held against, with the expressions compiled. */
struct gen_text_check *gen_text_check(
	const struct gen_column *c, struct gen_limits lim, struct arena *a, struct err *e)
{
	const struct sql_domain *d = c->dom;
	uint32_t n = d == NULL ? 0 : d->npatterns;
	struct gen_text_check *k = arena_alloc(a, sizeof(*k) + n * sizeof(k->patterns[0]));

	if (k == NULL) {
		err_nomem(e);
		return NULL;
	}
	k->dom = d;
	k->lim = lim;
	k->m = arena_alloc(a, sizeof(*k->m) + n * sizeof(k->m->scratch[0]));
	if (k->m == NULL) {
		err_nomem(e);
		return NULL;
	}
	k->m->tmp = (struct arena)ARENA_INIT;
	for (uint32_t i = 0; i < n; i++) {
		const struct vtext re = {d->patterns[i], strlen(d->patterns[i])};
		const char *why = NULL;

		if (sql_regex_compile(&k->patterns[i], re, false, false, a, &why) != SQL_RE_OK) {
			err_set(e, ERR_NO, "cannot read the regular expression of a check, %s: %s",
				d->patterns[i], why != NULL ? why : "out of memory");
			return NULL;
		}
		k->npatterns++;
	}
	return k;
}

/* Whether the text is in the list. */
static bool one_of(const char *const *texts, uint32_t count, const char *p, size_t n)
{
	for (uint32_t i = 0; i < count; i++)
		if (strlen(texts[i]) == n && memcmp(texts[i], p, n) == 0)
			return true;
	return false;
}

/* Whether the substring's first occurrence is late enough. */
static bool contains(const struct sql_domain *d, const char *p, size_t n)
{
	size_t need = strlen(d->contains);
	const char *at = need == 0 ? p : memmem(p, n, d->contains, need);

	return at != NULL && utf8_len(p, (size_t)(at - p)) + 1 >= d->contains_at;
}

/* Whether a text passes. */
bool gen_text_ok(const struct gen_text_check *k, const char *p, size_t n)
{
	const struct sql_domain *d = k->dom;
	size_t len = utf8_len(p, n);

	if (len < k->lim.min || len > k->lim.max || n > k->lim.bytes)
		return false;
	if (d == NULL)
		return true;
	if ((d->texts != NULL && !one_of(d->texts, d->nset, p, n)) ||
		(d->not_texts != NULL && one_of(d->not_texts, d->nnot, p, n)) ||
		(d->contains != NULL && !contains(d, p, n)))
		return false;
	for (size_t i = 0; (d->no_upper || d->no_lower) && i < n; i++)
		if ((d->no_upper && p[i] >= 'A' && p[i] <= 'Z') ||
			(d->no_lower && p[i] >= 'a' && p[i] <= 'z'))
			return false;
	for (uint32_t i = 0; i < k->npatterns; i++) {
		const char *why = NULL;

		if (sql_regex_match(k->patterns[i], (struct vtext){p, n}, NULL, &k->m->scratch[i],
			    &k->m->tmp, &why) != 1)
			return false;
	}
	return true;
}

/* ---- samples ---------------------------------------------------------------------------- */

enum { SAMPLES = 256 };

/* The error that says what the texts do not fit. */
static int refuse(const struct gen *g, const struct gen_limits *lim, struct err *e)
{
	if (lim->max != UINT32_MAX)
		return err_set(e, ERR_NO,
			"%s: its texts do not fit what the column allows (%u to %u characters, and "
			"its checks): choose another generator, or drop the rule",
			g->op->id, lim->min, lim->max);
	return err_set(e, ERR_NO,
		"%s: its texts do not pass the column's checks: choose another generator, or drop "
		"the rule",
		g->op->id);
}

/*
 * Draws the samples: both ends of the space, and what lies at random between.
 */
static int draw(struct gen *g, struct vec *v, struct gen_heap *h, struct arena *a)
{
	uint64_t *idx = arena_array(a, SAMPLES, sizeof(*idx));
	struct vtext *t = arena_array(a, SAMPLES, sizeof(*t));

	if (idx == NULL || t == NULL || !gen_heap_reserve(h, (size_t)SAMPLES * g->max_bytes + 1))
		return -1;
	for (uint32_t i = 0; i < SAMPLES; i++)
		idx[i] = rng_below(rng_at(g->key, i), g->space);
	idx[0] = 0;
	idx[1] = g->space - 1;
	*v = (struct vec){.type = VT_TEXT, .n = SAMPLES, .v.t = t};
	g->op->value(g, idx, SAMPLES, v, h);
	return 0;
}

/* Refuses the generator if a sample does not pass. */
int gen_text_verify(struct gen *g, const struct gen_column *c, struct arena *a, struct err *e)
{
	struct gen_limits lim = gen_text_limits(c);
	struct gen_heap h = GEN_HEAP_INIT;
	struct gen_text_check *k;
	struct vec v;
	int rc = 0;

	if (g->space == 0)
		return refuse(g, &lim, e);
	if ((k = gen_text_check(c, lim, a, e)) == NULL)
		return -1;
	if (draw(g, &v, &h, a) == -1)
		rc = err_nomem(e);
	for (uint32_t i = 0; rc == 0 && i < SAMPLES; i++)
		if (!gen_text_ok(k, v.v.t[i].p, v.v.t[i].n))
			rc = refuse(g, &lim, e);
	gen_text_check_free(k);
	gen_heap_free(&h);
	return rc;
}

/* ---- lists -------------------------------------------------------------------------------- */

struct list_state {
	struct gen_draw draw;
	const struct vtext *v;
	uint32_t n;
	const struct gen_place *places;
};

static void list_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct list_state *s = g->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++)
		out->v.t[i] = s->v[idx[i]];
}

/* An index is random bits, which choose a text by its weight. */
static void weighted_list_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct list_state *s = g->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++)
		out->v.t[i] = s->v[gen_pick(s->places, s->n, gen_mix(idx[i], 0))];
}

/* The texts that pass, at the front of ${keep}, and their weights. */
static uint32_t passing(const struct gen_text_check *k, const struct vtext *v,
	const uint32_t *weight, uint32_t n, struct vtext *keep, uint64_t *kept)
{
	uint32_t m = 0;

	for (uint32_t i = 0; i < n; i++)
		if (gen_text_ok(k, v[i].p, v[i].n)) {
			kept[m] = weight != NULL ? weight[i] : 1;
			keep[m++] = v[i];
		}
	return m;
}

/* Puts the texts one behind the other, with room after the last; false when memory is out. */
static bool pack(struct gen *g, struct vtext *v, uint32_t n, struct arena *a)
{
	size_t all = TEXT_ROOM;
	char *to;

	for (uint32_t i = 0; i < n; i++)
		all += v[i].n;
	if ((to = arena_alloc(a, all)) == NULL)
		return false;
	g->texts = TEXT_ROOMY | TEXT_BARE;
	for (uint32_t i = 0; i < n; i++) {
		if (!vtext_is_bare(&v[i]))
			g->texts = TEXT_ROOMY;
		if (v[i].n > 0)
			memcpy(to, v[i].p, v[i].n);
		v[i].p = to;
		to += v[i].n;
	}
	return true;
}

/* A generator of the texts of a list that pass. */
int gen_weighted_list(struct gen *g, const struct gen_column *c, const struct vtext *v,
	const uint32_t *weight, uint32_t n, struct arena *a, struct err *e)
{
	struct gen_limits lim = gen_text_limits(c);
	struct list_state *s = arena_alloc(a, sizeof(*s));
	struct vtext *keep = arena_array(a, n, sizeof(*keep));
	uint64_t *kept = arena_array(a, n, sizeof(*kept));
	struct gen_text_check *k = gen_text_check(c, lim, a, e);

	if (k == NULL)
		return -1;
	if (s == NULL || keep == NULL || kept == NULL) {
		gen_text_check_free(k);
		return err_nomem(e);
	}
	*s = (struct list_state){{list_value}, keep, passing(k, v, weight, n, keep, kept), NULL};
	gen_text_check_free(k);
	if (s->n == 0)
		return refuse(g, &lim, e);
	for (uint32_t i = 0; i < s->n; i++)
		if (keep[i].n > g->max_bytes)
			g->max_bytes = (uint32_t)keep[i].n;
	g->state = s;
	g->space = s->n;
	if (!pack(g, keep, s->n, a))
		return err_nomem(e);
	if (weight == NULL || gen_distinct(c))
		return 0;
	s->draw.value = weighted_list_value;
	g->space = GEN_SPACE_MAX;
	return (s->places = gen_places(kept, s->n, a)) != NULL ? 0 : err_nomem(e);
}

int gen_list(struct gen *g, const struct gen_column *c, const struct vtext *v, uint32_t n,
	struct arena *a, struct err *e)
{
	return gen_weighted_list(g, c, v, NULL, n, a, e);
}

/*
 * The texts that a check lists, as far as they fit the limits; NULL when it
 * lists none.
 */
struct vtext *gen_allowed(
	const struct gen_column *c, struct gen_limits lim, struct arena *a, uint32_t *n)
{
	const struct sql_domain *d = c->dom;
	struct vtext *v =
		d == NULL || d->texts == NULL ? NULL : arena_array(a, d->nset, sizeof(*v));

	*n = 0;
	for (uint32_t i = 0; v != NULL && i < d->nset; i++) {
		size_t bytes = strlen(d->texts[i]), len = utf8_len(d->texts[i], bytes);

		if (len >= lim.min && len <= lim.max)
			v[(*n)++] = (struct vtext){d->texts[i], bytes};
	}
	return v;
}
