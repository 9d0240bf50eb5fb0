/* SPDX-License-Identifier: MIT */
/*
 * What is known of one column (struct sql_domain): bounds, sets, exclusions,
 * lengths, patterns; and how two such facts are combined. Each function below
 * intersects one more fact with those that are there, and returns false when
 * memory is out. sql_dom_finish() removes what contradicts the rest, and tells
 * whether any value is left.
 */
#include "common/sql/narrow/sql_narrow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * A new lower bound, if it is tighter; of equal ones the one that comes from
 * the clock wins.
 */
static void raise_lo(struct sql_dom *m, int64_t lo, bool now)
{
	if (m->d.has_lo && (lo < m->d.lo || (lo == m->d.lo && !now)))
		return;
	m->d.has_lo = true;
	m->d.lo = lo;
	m->d.lo_now = now;
}

/* The same for the upper bound. */
static void lower_hi(struct sql_dom *m, int64_t hi, bool now)
{
	if (m->d.has_hi && (hi > m->d.hi || (hi == m->d.hi && !now)))
		return;
	m->d.has_hi = true;
	m->d.hi = hi;
	m->d.hi_now = now;
}

/*
 * A comparison with a constant. A constant that is not exact lies between
 * p.floor and the next unit.
 */
bool sql_dom_bound(struct sql_dom *m, int mask, struct sql_point p, struct arena *a)
{
	const int64_t f = p.floor;

	switch (mask) {
	case SQL_LT:
		if (p.exact && f == INT64_MIN)
			m->contradiction = true;
		else
			lower_hi(m, p.exact ? f - 1 : f, p.now);
		return true;
	case SQL_LT | SQL_EQ:
		lower_hi(m, f, p.now);
		return true;
	case SQL_GT:
	case SQL_GT | SQL_EQ:
		if (mask != SQL_GT && p.exact)
			raise_lo(m, f, p.now);
		else if (f == INT64_MAX)
			m->contradiction = true;
		else
			raise_lo(m, f + 1, p.now);
		return true;
	case SQL_EQ:
		m->contradiction |= !p.exact;
		raise_lo(m, f, p.now);
		lower_hi(m, f, p.now);
		return true;
	default:
		return !p.exact || sql_dom_not(m, f, a);
	}
}

/* A bound of a floating-point column, which may be open. */
bool sql_dom_float(struct sql_dom *m, int mask, double v)
{
	bool lo = (mask & SQL_LT) == 0, hi = (mask & SQL_GT) == 0, open = (mask & SQL_EQ) == 0;

	if (isnan(v) || (!lo && !hi))
		return false;
	if (lo && (!m->d.has_lo || v > m->d.flo || (v == m->d.flo && open))) {
		m->d.has_lo = true;
		m->d.flo = v;
		m->d.flo_open = open;
	}
	if (hi && (!m->d.has_hi || v < m->d.fhi || (v == m->d.fhi && open))) {
		m->d.has_hi = true;
		m->d.fhi = v;
		m->d.fhi_open = open;
	}
	return true;
}

/* ---- sets ------------------------------------------------------------------------- */

static int by_value(const void *l, const void *r)
{
	const int64_t *a = l, *b = r;

	return (*a > *b) - (*a < *b);
}

static int by_text(const void *l, const void *r)
{
	return strcmp(*(const char *const *)l, *(const char *const *)r);
}

/* The column has one of ${n} values; intersected with the set that there is. */
bool sql_dom_set(struct sql_dom *m, int64_t *v, uint32_t n, struct arena *a)
{
	int64_t *to = arena_array(a, n + 1UL, sizeof *to);
	uint32_t k = 0;

	if (to == NULL)
		return false;
	qsort(v, n, sizeof *v, by_value);
	for (uint32_t i = 0; i < n; i++) {
		bool in = m->d.set == NULL ||
			  bsearch(&v[i], m->d.set, m->d.nset, sizeof *v, by_value) != NULL;

		if (in && (k == 0 || to[k - 1] != v[i]))
			to[k++] = v[i];
	}
	m->d.set = to;
	m->d.nset = k;
	m->contradiction |= k == 0;
	return true;
}

/* The column has one of ${n} texts; intersected with the list that there is. */
bool sql_dom_texts(struct sql_dom *m, const char **v, uint32_t n, struct arena *a)
{
	const char **to = arena_array(a, n + 1UL, sizeof *to);
	uint32_t k = 0;

	if (to == NULL)
		return false;
	qsort(v, n, sizeof *v, by_text);
	for (uint32_t i = 0; i < n; i++) {
		bool in = m->d.texts == NULL ||
			  bsearch(&v[i], m->d.texts, m->d.nset, sizeof *v, by_text) != NULL;

		if (in && (k == 0 || strcmp(to[k - 1], v[i]) != 0))
			to[k++] = v[i];
	}
	m->d.texts = to;
	m->d.nset = k;
	m->contradiction |= k == 0;
	return true;
}

/* Exclusions are few, so that the array is rebuilt for each. */
bool sql_dom_not(struct sql_dom *m, int64_t v, struct arena *a)
{
	int64_t *to;

	for (uint32_t k = 0; k < m->d.nnot; k++)
		if (m->d.not_set[k] == v)
			return true;
	to = arena_array(a, m->d.nnot + 1UL, sizeof *to);
	if (to == NULL)
		return false;
	if (m->d.nnot > 0)
		memcpy(to, m->d.not_set, m->d.nnot * sizeof *to);
	to[m->d.nnot++] = v;
	m->d.not_set = to;
	return true;
}

/* That a text is not empty is a length; any other exclusion is listed. */
bool sql_dom_not_text(struct sql_dom *m, const char *v, struct arena *a)
{
	const char **to;

	if (v[0] == '\0')
		return sql_dom_length(m, SQL_GT | SQL_EQ, 1);
	for (uint32_t k = 0; k < m->d.nnot; k++)
		if (strcmp(m->d.not_texts[k], v) == 0)
			return true;
	to = arena_array(a, m->d.nnot + 1UL, sizeof *to);
	if (to == NULL)
		return false;
	if (m->d.nnot > 0)
		memcpy(to, m->d.not_texts, m->d.nnot * sizeof *to);
	to[m->d.nnot++] = v;
	m->d.not_texts = to;
	return true;
}

/* A comparison of the number of characters with ${k}. */
bool sql_dom_length(struct sql_dom *m, int mask, int64_t k)
{
	int64_t least = mask == SQL_GT ? k + 1 : (mask & SQL_LT) == 0 ? k : 0;
	int64_t most = mask == SQL_LT ? k - 1 : (mask & SQL_GT) == 0 ? k : UINT32_MAX;

	if (mask == (SQL_LT | SQL_GT)) {
		if (k != 0)
			return k < 0;
		least = 1;
		most = UINT32_MAX;
	}
	if (most < 0 || least > UINT32_MAX) {
		m->contradiction = true;
		return true;
	}
	if (least > m->d.min_len)
		m->d.min_len = (uint32_t)least;
	if (most < m->d.max_len)
		m->d.max_len = (uint32_t)most;
	return true;
}

/* A comparison of the number of elements or bytes with ${k}. */
void sql_dom_count(struct sql_dom *m, int mask, int64_t k)
{
	int64_t least = mask == SQL_GT ? k + 1 : (mask & SQL_LT) == 0 ? k : 0;
	int64_t most = mask == SQL_LT ? k - 1 : (mask & SQL_GT) == 0 ? k : UINT32_MAX;

	if (mask == (SQL_LT | SQL_GT)) {
		least = k == 0;
		most = UINT32_MAX;
	}
	if (!m->d.counted)
		m->d.max_count = UINT32_MAX;
	m->d.counted = true;
	if (most < 0 || least > UINT32_MAX) {
		m->contradiction = true;
		return;
	}
	if (least > m->d.min_count)
		m->d.min_count = (uint32_t)least;
	if (most < m->d.max_count)
		m->d.max_count = (uint32_t)most;
	m->contradiction |= m->d.min_count > m->d.max_count;
}

/* One more regular expression that the text must match, as it is written. */
bool sql_dom_pattern(struct sql_dom *m, const char *re, struct arena *a)
{
	const char **to;

	for (uint32_t k = 0; k < m->d.npatterns; k++)
		if (strcmp(m->d.patterns[k], re) == 0)
			return true;
	to = arena_array(a, m->d.npatterns + 1UL, sizeof *to);
	if (to == NULL)
		return false;
	if (m->d.npatterns > 0)
		memcpy(to, m->d.patterns, m->d.npatterns * sizeof *to);
	to[m->d.npatterns++] = re;
	m->d.patterns = to;
	return true;
}

/* ---- intersection ------------------------------------------------------------------ */

/* Whether other facts exclude the value. */
static bool excluded(const struct sql_domain *d, int64_t v)
{
	if ((d->has_lo && v < d->lo) || (d->has_hi && v > d->hi))
		return true;
	for (uint32_t k = 0; d->not_set != NULL && k < d->nnot; k++)
		if (d->not_set[k] == v)
			return true;
	return false;
}

/* The same for a text. */
static bool text_excluded(const struct sql_domain *d, const char *t)
{
	size_t n = utf8_len(t, strlen(t));
	const char *at = d->contains != NULL ? strstr(t, d->contains) : NULL;

	if (n < d->min_len || n > d->max_len)
		return true;
	if (d->contains != NULL &&
		(at == NULL || utf8_len(t, (size_t)(at - t)) + 1 < d->contains_at))
		return true;
	for (uint32_t k = 0; d->not_texts != NULL && k < d->nnot; k++)
		if (strcmp(d->not_texts[k], t) == 0)
			return true;
	return false;
}

/*
 * Whether the bounds leave nothing. A type with few values (boolean, enum) is
 * counted through.
 */
static bool range_empty(struct sql_dom *m)
{
	int64_t lo = INT64_MIN, hi = INT64_MAX;

	if (m->vt == VT_BOOL)
		lo = 0, hi = 1;
	else if (m->vt == VT_ENUM)
		lo = 0, hi = (int64_t)m->base.type->nlabels - 1;
	else if (m->base.type->cls == PG_INT2)
		lo = INT16_MIN, hi = INT16_MAX;
	else if (m->base.type->cls == PG_INT4)
		lo = INT32_MIN, hi = INT32_MAX;
	if (m->d.has_lo && m->d.lo > lo)
		lo = m->d.lo;
	if (m->d.has_hi && m->d.hi < hi)
		hi = m->d.hi;
	if (lo > hi)
		return true;
	if ((uint64_t)hi - (uint64_t)lo > m->d.nnot)
		return false;
	for (int64_t v = lo;; v++) {
		if (!excluded(&m->d, v))
			return false;
		if (v == hi)
			return true;
	}
}

/* Whether an integer-like column has a value left. */
static bool ordinal_left(struct sql_dom *m)
{
	uint32_t k = 0;

	if (m->d.set == NULL)
		return !range_empty(m);
	for (uint32_t i = 0; i < m->d.nset; i++)
		if (!excluded(&m->d, m->d.set[i]))
			m->d.set[k++] = m->d.set[i];
	m->d.nset = k;
	m->d.not_set = NULL;
	m->d.nnot = 0;
	return k > 0;
}

/* Removes listed texts that other facts exclude; false when none is left. */
static bool text_left(struct sql_dom *m)
{
	int32_t limit = pg_char_limit(m->base);
	uint32_t k = 0;

	if (limit >= 0 && m->d.min_len > (uint32_t)limit)
		return false;
	if (m->d.min_len > m->d.max_len)
		return false;
	if (m->d.texts == NULL)
		return true;
	for (uint32_t i = 0; i < m->d.nset; i++)
		if (!text_excluded(&m->d, m->d.texts[i]) &&
			(limit < 0 ||
				utf8_len(m->d.texts[i], strlen(m->d.texts[i])) <= (size_t)limit))
			m->d.texts[k++] = m->d.texts[i];
	m->d.nset = k;
	m->d.not_texts = NULL;
	m->d.nnot = 0;
	return k > 0;
}

/* Whether the bounds leave a value. */
static bool float_left(const struct sql_domain *d)
{
	if (!d->has_lo || !d->has_hi)
		return true;
	return d->flo < d->fhi || (d->flo == d->fhi && !d->flo_open && !d->fhi_open);
}

bool sql_dom_finish(struct sql_dom *m)
{
	if (m->d.must_null)
		return !m->d.must_not_null && !m->not_null;
	if (m->contradiction)
		return false;
	if (vec_is_ordinal(m->vt))
		return ordinal_left(m);
	if (m->base.type->wide)
		return sql_dom_wide_left(m);
	return m->vt == VT_F64 ? float_left(&m->d) : text_left(m);
}

bool sql_narrow_left(struct sql_narrowing *w, uint32_t at, struct sql_domain *to)
{
	struct sql_dom m = w->dom[at];
	int64_t *set = arena_array(w->a, m.d.nset + 1UL, sizeof *set);
	const char **texts = arena_array(w->a, m.d.nset + 1UL, sizeof *texts);

	if (set == NULL || texts == NULL) {
		w->nomem = true;
		return false;
	}
	if (m.d.set != NULL)
		m.d.set = memcpy(set, m.d.set, m.d.nset * sizeof *set);
	if (m.d.texts != NULL)
		m.d.texts = memcpy(texts, m.d.texts, m.d.nset * sizeof *texts);
	if (!sql_dom_finish(&m))
		return false;
	*to = m.d;
	return true;
}
