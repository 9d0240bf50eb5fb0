/* SPDX-License-Identifier: MIT */
/*
 * How many children each parent has. The parents are put into classes of
 * consecutive ranks; within a class the children are shared evenly, so that a few
 * hundred classes describe any number of parents. rank0 and row0 are the first rank
 * and the first row of each class, and a keyed permutation maps ranks to parents so
 * that parents with many children are not neighbours. Parent of row and rows of
 * parent are both found by a search in these tables, without any memory per parent.
 */
#include "common/relation/foreign_fan.h"

#include <assert.h>

#include "common/base/fixed_point.h"
#include "common/base/rng.h"
#include "common/base/search.h"

typedef unsigned __int128 u128;

/* A fan-out while it is made: class by class, with the number of children that
 * each class would like to have. */
struct making {
	const struct plan_fan *spec;
	uint64_t rows, parents, cap; /* cap: what a parent may have beyond min */
	uint64_t ranks[FAN_CLASSES], children[FAN_CLASSES];
	uint32_t n;
};

static void add_class(struct making *m, uint64_t ranks, uint64_t children)
{
	if (ranks == 0)
		return;
	m->ranks[m->n] = ranks;
	m->children[m->n++] = children;
}

/* ---- shapes ----------------------------------------------------------------------- */

/* Numbers of children between min and max, each equally frequent. If their mean
 * does not give the number of rows the range is narrowed from above or from
 * below until it does. */
static void uniform(struct making *m)
{
	uint64_t p = m->parents, lo = m->spec->min, hi = m->spec->min + m->cap, n, last = 0;
	u128 twice = (u128)m->rows * 2;

	if (twice <= (u128)p * ((u128)lo + hi)) {
		u128 top = (twice + p - 1) / p - lo;

		hi = top < hi ? (uint64_t)top : hi;
	} else {
		u128 bottom = twice / p - hi;

		lo = bottom > lo ? (uint64_t)bottom : lo;
	}
	n = hi - lo < FAN_CLASSES ? hi - lo + 1 : FAN_CLASSES;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t count = n == 1 ? lo : lo + multiply_divide(hi - lo, i, n - 1);
		uint64_t end = multiply_divide(p, i + 1, n);

		add_class(m, end - last, count * (end - last));
		last = end;
	}
}

/* Number i of children (beyond min) has the frequency weights[i]. If the rows
 * are fewer than the mean asks for, some parents get only min children; if they
 * are more, some get the maximum. The others keep the proportions asked for. */
static void weighted(struct making *m)
{
	const struct plan_fan *s = m->spec;
	uint64_t p = m->parents, with = p, seen = 0, last = 0, sum = 0;
	u128 mean = 0, lack = 0, over, under;

	for (uint32_t i = 0; i < s->nweights; i++) {
		sum += s->weights[i];
		mean += (u128)s->weights[i] * i;
		lack += (u128)s->weights[i] * (m->cap - i);
	}
	over = (u128)(m->rows - s->min * p) * sum; /* against mean * p */
	under = ((u128)m->cap * p - (m->rows - s->min * p)) * sum;
	if (over < mean * p)
		with = (uint64_t)(over / mean);
	else if (lack > 0 && under < lack * p)
		with = (uint64_t)(under / lack);
	for (uint32_t i = 0; i < s->nweights; i++) {
		seen += s->weights[i];
		add_class(m, multiply_divide(with, seen, sum) - last,
			(s->min + i) * (multiply_divide(with, seen, sum) - last));
		last = multiply_divide(with, seen, sum);
	}
	add_class(m, p - with, (over < mean * p ? s->min : s->min + m->cap) * (p - with));
}

enum {
	GEOMETRIC_FIRST = 30,
	GEOMETRIC_ONE = 32 /* bits of the first weight; after the point of q */
};

/* Numbers of children beyond min, from 0 to span, in n classes; mirrored, from span to 0. */
struct geometric {
	uint64_t span, n, mean; /* mean: the rows beyond min of all parents together */
	bool mirrored;
};

static uint64_t geometric_count(const struct geometric *g, uint64_t i)
{
	uint64_t count = g->n == 1 ? 0 : multiply_divide(g->span, i, g->n - 1);

	return g->mirrored ? g->span - count : count;
}

/* The weights of the classes with ratio ${q}; the sum of them, and of them times their counts. */
static u128 geometric_sum(const struct geometric *g, uint64_t q, u128 *children)
{
	uint64_t w = (uint64_t)1 << GEOMETRIC_FIRST;
	u128 sum = 0;

	*children = 0;
	for (uint64_t i = 0; i < g->n && w > 0; i++) {
		sum += w;
		*children += (u128)w * geometric_count(g, i);
		w = (uint64_t)(((u128)w * q) >> GEOMETRIC_ONE);
	}
	return sum;
}

/* The ratio by which the classes have the mean asked for, by halving: the mean grows with the
 * ratio, or, mirrored, falls. */
static uint64_t geometric_ratio(const struct geometric *g, uint64_t parents)
{
	uint64_t q = 0;

	for (uint64_t bit = (uint64_t)1 << GEOMETRIC_ONE; bit > 0; bit >>= 1) {
		u128 children, sum;

		if ((q | bit) > (uint64_t)1 << GEOMETRIC_ONE)
			continue;
		sum = geometric_sum(g, q | bit, &children) * g->mean;
		if (g->mirrored ? children * parents >= sum : children * parents <= sum)
			q |= bit;
	}
	return q;
}

/* The frequencies fall by one factor from each number of children to the next. Beyond forty times
 * the mean nobody would have any. */
static void geometric(struct making *m)
{
	enum { TAIL = 40 };
	uint64_t more = m->rows - m->spec->min * m->parents, p = m->parents, last = 0;
	uint64_t most = (more / p + 1) * TAIL;
	struct geometric g = {.span = most < m->cap ? most : m->cap, .mean = more};
	uint64_t q, w = (uint64_t)1 << GEOMETRIC_FIRST;
	u128 children, sum, seen = 0;

	g.n = g.span < FAN_CLASSES ? g.span + 1 : FAN_CLASSES;
	g.mirrored = (u128)more * 2 > (u128)g.span * p;
	q = geometric_ratio(&g, p);
	sum = geometric_sum(&g, q, &children);
	for (uint64_t i = 0; i < g.n; i++) {
		uint64_t end;

		seen += w;
		end = i + 1 == g.n ? p : (uint64_t)((seen * p + sum / 2) / sum);
		add_class(m, end - last, (m->spec->min + geometric_count(&g, i)) * (end - last));
		last = end;
		w = (uint64_t)(((u128)w * q) >> GEOMETRIC_ONE);
	}
}

/* How many ranks a class has: one each among the first, where Zipf's law is
 * steep, then ever more, a 64th of the rank. */
static uint64_t zipf_width(uint64_t rank, uint64_t parents)
{
	enum { SINGLE = 512, SHARE = 64 };
	uint64_t w = rank < SINGLE ? 1 : rank / SHARE;

	return w < parents - rank ? w : parents - rank;
}

/* The weight of the ranks [rank, rank + n) together, by Simpson's rule between
 * the ends. A class is so narrow beside its rank that this is close to the sum. */
static u128 zipf_weight(uint64_t rank, uint64_t n, uint32_t s)
{
	u128 first = fix_power_minus(rank + 1, s);

	if (n == 1)
		return first;
	return (first + 4 * (u128)fix_power_minus(rank + 1 + n / 2, s) +
		       fix_power_minus(rank + n, s)) *
	       n / 6;
}

/* The weights of all classes, shifted right until their sum fits in 63 bits. The sum that is
 * returned is that of the shifted weights, because each rounds down by itself. A weight takes up
 * to three powers, so that each is computed only once. */
static uint64_t zipf_weights(u128 weight[FAN_CLASSES], uint64_t parents, uint32_t s)
{
	u128 all = 0;
	unsigned shift = 0;
	uint64_t sum = 0;
	uint32_t c = 0;

	for (uint64_t r = 0, n; r < parents; r += n) {
		n = zipf_width(r, parents);
		weight[c] = zipf_weight(r, n, s);
		all += weight[c++];
	}
	while (all >> shift >> 63 != 0)
		shift++;
	for (uint32_t i = 0; i < c; i++) {
		weight[i] >>= shift;
		sum += (uint64_t)weight[i];
	}
	return sum;
}

/* What a class gets of the rest: its share of the weight that is left, and no more than its
 * parents can take; what the first cannot take goes to those after them. */
static void zipf(struct making *m)
{
	u128 weights[FAN_CLASSES];
	uint64_t left = m->rows - m->spec->min * m->parents;
	uint64_t weight = zipf_weights(weights, m->parents, m->spec->s);
	uint32_t c = 0;

	for (uint64_t r = 0, n; r < m->parents; r += n) {
		uint64_t w = (uint64_t)weights[c++], share;
		u128 room;

		n = zipf_width(r, m->parents);
		room = (u128)m->cap * n;
		share = weight == 0 ? 0 : (uint64_t)(((u128)left * w + weight / 2) / weight);
		share = share < room ? share : (uint64_t)room;
		share = share < left ? share : left;
		add_class(m, n, m->spec->min * n + share);
		left -= share;
		weight -= w;
	}
}

/* ---- making ----------------------------------------------------------------------- */

/* How many children a class can still take, or give back, without leaving min
 * and max. */
static uint64_t room_of(const struct making *m, uint32_t i, bool more)
{
	uint64_t least = m->spec->min * m->ranks[i];
	u128 most = (u128)m->cap * m->ranks[i] + least;

	if (!more)
		return m->children[i] - least;
	most -= m->children[i];
	return most > m->rows ? m->rows : (uint64_t)most; /* no more is ever needed */
}

/* Rounding leaves the total a little beside the number of rows. The difference
 * is spread over the classes in proportion to the room each has, so that no
 * class leaves its bounds. There is always room enough: fan_init() has checked
 * min and max against the rows. */
static void settle(struct making *m)
{
	u128 sum = 0, room = 0, need;
	bool more;

	for (uint32_t i = 0; i < m->n; i++)
		sum += m->children[i];
	more = sum < m->rows;
	need = more ? m->rows - sum : sum - m->rows;
	for (uint32_t i = 0; i < m->n; i++)
		room += room_of(m, i, more);
	for (uint32_t i = 0; i < m->n && need > 0; i++) {
		u128 r = room_of(m, i, more);
		u128 give = room == r ? need : (need * r + room - 1) / room;

		give = give < r ? give : r;
		m->children[i] += more ? (uint64_t)give : -(uint64_t)give;
		need -= give;
		room -= r;
	}
	assert(need == 0);
}

static int tables(struct fan *f, uint32_t n, uint64_t key, uint64_t parents, struct arena *a)
{
	f->rank0 = arena_array(a, n + 1UL, sizeof(f->rank0[0]));
	f->row0 = arena_array(a, n + 1UL, sizeof(f->row0[0]));
	f->n = n;
	f->ranked = n > 1;
	perm_init(&f->perm, key, parents);
	return f->rank0 == NULL || f->row0 == NULL ? -1 : 0;
}

/* Turns the classes into the tables of first ranks and first rows, and notes the
 * most and the least children that any parent has. */
static int finish(struct fan *f, const struct making *m, uint64_t key, struct arena *a)
{
	if (tables(f, m->n, key, m->parents, a) == -1)
		return -1;
	f->most = 0;
	f->least = UINT64_MAX;
	for (uint32_t i = 0; i < m->n; i++) {
		uint64_t low = m->children[i] / m->ranks[i];
		uint64_t high = low + (m->children[i] % m->ranks[i] != 0);

		f->rank0[i + 1] = f->rank0[i] + m->ranks[i];
		f->row0[i + 1] = f->row0[i] + m->children[i];
		f->most = high > f->most ? high : f->most;
		f->least = low < f->least ? low : f->least;
	}
	return 0;
}

/* Returns 0, 1 if the rows cannot be shared within min and max, or -1 if memory
 * is short. Nothing to shape remains if there are no rows or if all parents have
 * min children. */
int fan_init(struct fan *f, const struct plan_fan *spec, uint64_t key, uint64_t rows,
	uint64_t parents, struct arena *a)
{
	static void (*const shapes[])(struct making *) = {
		[PLAN_DIST_UNIFORM] = uniform,
		[PLAN_DIST_ZIPF] = zipf,
		[PLAN_DIST_WEIGHTED] = weighted,
		[PLAN_DIST_GEOMETRIC] = geometric,
	};
	uint64_t max = spec->max == UINT64_MAX ? rows : spec->max;
	struct making *m;

	if ((u128)spec->min * parents > rows || (u128)max * parents < rows)
		return 1;
	if ((m = arena_alloc(a, sizeof(*m))) == NULL)
		return -1;
	m->spec = spec;
	m->rows = rows;
	m->parents = parents;
	m->cap = max - spec->min;
	if (rows == 0 || m->cap == 0)
		add_class(m, parents, rows);
	else
		shapes[spec->dist](m);
	settle(m);
	return finish(f, m, key, a);
}

/* The mean number of children as a fraction, where the specification alone gives
 * it; plan-check works out a table's number of rows with it if the plan does not
 * say it. */
bool fan_mean(const struct plan_fan *spec, uint64_t *num, uint64_t *den)
{
	u128 sum = 0, mean = 0;

	if (spec->min == spec->max) {
		*num = spec->min;
		*den = 1;
		return true;
	}
	if (spec->dist == PLAN_DIST_GEOMETRIC) {
		*num = spec->s;
		*den = 1000;
		return spec->s > 0;
	}
	if (spec->max == UINT64_MAX || spec->dist == PLAN_DIST_ZIPF)
		return false;
	if (spec->dist == PLAN_DIST_UNIFORM) {
		*num = spec->min + spec->max;
		*den = 2;
		return true;
	}
	for (uint32_t i = 0; i < spec->nweights; i++) {
		sum += spec->weights[i];
		mean += (u128)spec->weights[i] * (spec->min + i);
	}
	*num = (uint64_t)mean;
	*den = (uint64_t)sum;
	return mean >> 64 == 0;
}

/* The same tables used for independent picks: row0 is then the cumulated
 * probability of the classes, scaled to 2^64, and a random number finds its
 * class by the same search. */
int fan_odds(struct fan *f, uint32_t s, uint64_t key, uint64_t parents, struct arena *a)
{
	u128 weights[FAN_CLASSES];
	uint64_t all = zipf_weights(weights, parents, s), sum = 0;
	uint32_t n = 0;

	for (uint64_t r = 0; r < parents; r += zipf_width(r, parents))
		n++;
	if (tables(f, n, key, parents, a) == -1)
		return -1;
	n = 0;
	for (uint64_t r = 0; r < parents; r += zipf_width(r, parents), n++) {
		f->rank0[n] = r;
		f->row0[n] = (uint64_t)(((u128)sum << 64) / ((u128)all + 1));
		sum += (uint64_t)weights[n];
	}
	f->rank0[n] = parents;
	f->row0[n] = UINT64_MAX;
	return 0;
}

/* ---- asking ------------------------------------------------------------------------ */

/* The rows of a class are shared evenly among its ranks: row i belongs to rank
 * ceil((i + 1) ranks / rows) - 1, whose rows begin at floor(rank rows / ranks). */
void fan_run(const struct fan *f, uint64_t row, uint64_t *parent, uint64_t *first, uint64_t *count)
{
	uint64_t c = search_last(f->row0, f->n, row);
	uint64_t ranks = f->rank0[c + 1] - f->rank0[c], rows = f->row0[c + 1] - f->row0[c];
	uint64_t p = divide_wide((u128)(row - f->row0[c] + 1) * ranks - 1, rows), from;

	from = multiply_divide(p, rows, ranks);
	*first = f->row0[c] + from;
	*count = multiply_divide(p + 1, rows, ranks) - from;
	p += f->rank0[c];
	*parent = f->ranked ? perm_at(&f->perm, p) : p;
}

void fan_place(const struct fan *f, uint64_t row, uint64_t *parent, uint64_t *k)
{
	uint64_t first, count;

	fan_run(f, row, parent, &first, &count);
	*k = row - first;
}

/* The rows of a parent are consecutive: its first one and how many there are. */
void fan_children(const struct fan *f, uint64_t parent, uint64_t *first, uint64_t *count)
{
	uint64_t rank = f->ranked ? perm_inv(&f->perm, parent) : parent;
	uint64_t c = search_last(f->rank0, f->n, rank);
	uint64_t ranks = f->rank0[c + 1] - f->rank0[c], rows = f->row0[c + 1] - f->row0[c];
	uint64_t from = multiply_divide(rank - f->rank0[c], rows, ranks);

	*first = f->row0[c] + from;
	*count = multiply_divide(rank - f->rank0[c] + 1, rows, ranks) - from;
}

/* The ranks of all rows first, and then their parents: the ways through the permutation do not wait
 * for each other, if nothing comes between them. */
void fan_pick(const struct fan *f, uint64_t a, uint64_t b, const uint64_t *row, uint32_t n,
	uint64_t *parent)
{
	for (uint32_t i = 0; i < n; i++) {
		uint64_t c = search_last(f->row0, f->n, rng_at(a, row[i]));
		uint64_t ranks = f->rank0[c + 1] - f->rank0[c];

		parent[i] = f->rank0[c] + (ranks == 1 ? 0 : rng_below(rng_at(b, row[i]), ranks));
	}
	if (f->ranked)
		perm_many(&f->perm, parent, n, parent);
}
