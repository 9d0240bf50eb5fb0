/* SPDX-License-Identifier: MIT */
/*
 * Numbers of a range in wide numerics (pg_widen), whose digits may be 38.
 *
 * It is gen_ordinal.c with integers of 128 bits, in units of the last decimal: checks, parameters
 * and the type are put together to a range, from lo to hi. Indexes have 64 bits. Where the range
 * has more values than there are indexes, it is cut into steps of equal width, and the value of an
 * index lies somewhere within its step, as a hash of the index says. So different indexes are
 * different values, a greater one is greater, and all digits vary.
 */
#include "common/generators/gen_kit.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/sql/sql_num.h"

/* The idx-th value is (lo + step * idx + something below step) * unit, or that of a set. */
struct wide {
	sql_i128 lo, step, unit;
	const sql_i128 *set; /* NULL: a range */
	int32_t scale;
	bool free; /* the column has no scale */
};

/* The ends of a range, and whether something says where they are. */
struct ends {
	sql_i128 lo, hi;
	bool lo_said, hi_said;
};

enum { DOUBLE_DIGITS = 15, MOST_BYTES = 48, TENFOLD = 10 };

/* A number of the plan in units of the column, rounded into the range; most: it is beyond. */
static sql_i128 units_of(double d, unsigned scale, enum sql_round how)
{
	const sql_i128 most = sql_num_pow10(SQL_NUM_DIGITS) - 1;
	struct sql_num n, r;
	const char *why;

	if (!sql_num_from_f64(&n, d, DOUBLE_DIGITS, &why) || n.kind != SQL_NUM_FINITE ||
		!sql_num_round(&r, &n, (int32_t)scale, how, &why))
		return d < 0 ? -most : most;
	return r.v;
}

/* The least and greatest number of the type, in units. */
static struct ends of_type(const struct gen_column *c)
{
	int precision, scale;
	sql_i128 most;

	pg_numeric_limits(c->base, &precision, &scale);
	precision = precision < 0 || precision > SQL_NUM_DIGITS ? SQL_NUM_DIGITS : precision;
	most = sql_num_pow10((unsigned)precision) - 1;
	return (struct ends){.lo = -most, .hi = most};
}

/* Takes in another range. */
static void meet(struct ends *r, const struct ends *with)
{
	if (with->lo_said && (!r->lo_said || with->lo > r->lo))
		r->lo = with->lo;
	if (with->hi_said && (!r->hi_said || with->hi < r->hi))
		r->hi = with->hi;
	r->lo_said |= with->lo_said;
	r->hi_said |= with->hi_said;
}

/* Ten times a number that is above 0, as far as the type goes. */
static sql_i128 tenfold(sql_i128 v, sql_i128 most)
{
	return v > most / TENFOLD ? most : v * TENFOLD;
}

/*
 * Where only one end is said, numbers have as many digits as that end or one more; where none is,
 * or where the one end leaves the default's other one, the default stands. A unique column takes
 * all that the type holds if these are too few.
 */
static void complete(struct ends *r, const struct gen_column *c, const struct gen_number *num,
	const struct ends *type, sql_i128 unit)
{
	enum { ROOM = 4 };
	const unsigned scale = pg_wide_scale(c->base);
	const sql_i128 least = units_of(num->min, scale, SQL_ROUND_UP);
	const sql_i128 most = units_of(num->max, scale, SQL_ROUND_DOWN);
	const sql_i128 want = (sql_i128)c->rows * ROOM * unit;
	const struct ends said = *r;

	if (!said.lo_said)
		r->lo = said.hi_said && said.hi < 0	  ? -tenfold(-said.hi, type->hi)
			: said.hi_said && said.hi < least ? said.hi - (most - least)
							  : least;
	if (!said.hi_said)
		r->hi = r->lo > 0 && said.lo_said ? tenfold(r->lo, type->hi)
			: r->lo > most		  ? r->lo + (most - least)
						  : most;
	if (c->unique && !said.hi_said && r->hi - r->lo < want)
		r->hi = type->hi - r->lo < want ? type->hi : r->lo + want;
	if (c->unique && !said.lo_said && r->hi - r->lo < want)
		r->lo = r->hi - type->lo < want ? type->lo : r->hi - want;
}

/* v / unit, rounded down. */
static sql_i128 down(sql_i128 v, sql_i128 unit)
{
	return v / unit - (v % unit < 0);
}

/* The values of a check's list that lie within the range. */
static int use_set(struct gen *g, struct wide *w, const struct ends *r, const struct sql_domain *d,
	struct arena *a, struct err *e)
{
	sql_i128 *v = arena_array(a, d->nwide + 1UL, sizeof(*v));

	if (v == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < d->nwide; i++)
		if ((!r->lo_said || d->wide_set[i] >= r->lo) &&
			(!r->hi_said || d->wide_set[i] <= r->hi) &&
			(g->space == 0 || v[g->space - 1] != d->wide_set[i]))
			v[g->space++] = d->wide_set[i];
	w->set = v;
	w->unit = 1;
	return g->space > 0 ? 0
			    : err_set(e, ERR_NO,
				      "%s: none of the %u values the checks allow is in its range",
				      g->op->id, d->nwide);
}

int gen_wide(struct gen *g, const struct gen_column *c, const struct gen_number *num,
	struct arena *a, struct err *e)
{
	const struct sql_domain *d = c->dom;
	const struct ends type = of_type(c);
	const unsigned scale = pg_wide_scale(c->base);
	const int shown = num->whole ? 0 : num->scale;
	struct ends r = {.lo = units_of(num->min, scale, SQL_ROUND_UP),
		.hi = units_of(num->max, scale, SQL_ROUND_DOWN),
		.lo_said = num->min_given,
		.hi_said = num->max_given};
	struct wide *w = arena_alloc(a, sizeof(*w));
	sql_i128 count;

	if (w == NULL)
		return err_nomem(e);
	*w = (struct wide){.scale = (int32_t)scale, .unit = 1, .free = c->base.typmod < 0};
	if (shown >= 0 && (unsigned)shown < scale)
		w->unit = sql_num_pow10(scale - (unsigned)shown);
	g->state = w;
	g->max_bytes = MOST_BYTES;
	if (d != NULL)
		meet(&r, &(struct ends){d->wide_lo, d->wide_hi, d->has_wide_lo, d->has_wide_hi});
	if (d != NULL && d->wide_set != NULL)
		return use_set(g, w, &r, d, a, e);
	complete(&r, c, num, &type, w->unit);
	r.lo = r.lo > type.lo ? r.lo : type.lo;
	r.hi = r.hi < type.hi ? r.hi : type.hi;
	w->lo = -down(-r.lo, w->unit);
	count = down(r.hi, w->unit) - w->lo + 1;
	if (r.lo > r.hi || count < 1)
		return err_set(e, ERR_NO,
			"%s: its parameters min and max leave nothing of what the column's type "
			"and checks allow",
			g->op->id);
	w->step = count > (sql_i128)GEN_SPACE_MAX ? count / (sql_i128)GEN_SPACE_MAX + 1 : 1;
	g->space = (uint64_t)(count / w->step);
	return 0;
}

/* Something below a step, by the index. */
static sql_i128 within(uint64_t key, uint64_t idx, sql_i128 step)
{
	sql_u128 bits = (sql_u128)rng_at(key, idx) << 64 | rng_at(rng_subkey(key, 1), idx);

	return step == 1 ? 0 : (sql_i128)(bits % (sql_u128)step);
}

void gen_wide_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct wide *w = g->state;
	char text[SQL_NUM_TEXT];

	for (uint32_t i = 0; i < n; i++) {
		struct sql_num v = {.scale = w->scale};
		char *p;
		size_t len;

		v.v = w->set != NULL ? w->set[idx[i]]
				     : (w->lo + w->step * (sql_i128)idx[i] +
					       within(g->key, idx[i], w->step)) *
					       w->unit;
		len = sql_num_stored(text, &v, w->free);
		assert(len <= MOST_BYTES);
		p = gen_heap_take(h, (uint32_t)len);
		memcpy(p, text, len);
		out->v.t[i] = (struct vtext){p, len};
	}
}
