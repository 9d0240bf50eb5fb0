/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_MOMENT_H
#define COMMON_GEN_MOMENT_H

#include "common/base/calendar.h"
#include "common/base/divide.h"
#include "common/base/saturate.h"
#include "common/generators/gen_kit.h"
#include "common/generators/gen_quantile.h"

/*
 * gen_moment: what the moments of an application's rows have in common: how they grow in number
 * towards today, and the hours and days on which people work.  Times of day are in UTC.
 */

enum { MOMENT_SLOTS = 64, MOMENT_YEARS = 3, MOMENT_YEAR = 365 /* days */ };

/* Hours of the day, each in as many slots as its weight says. */
struct moment_hours {
	int64_t opens, closes; /* microseconds of the day; nothing is at closes or later */
	unsigned char slot[MOMENT_SLOTS];
};

/** moment_hours(g, c, params, a, hours, e): the parameter "hours": NULL in ${hours} where any hour
 *  is as good.  A date has no hours: ERR_NO where it is to have some. */
int moment_hours(const struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, const struct moment_hours **hours, struct err *e);

/** moment_time(h, bits): a time of day, in microseconds, whole seconds. */
int64_t moment_time(const struct moment_hours *h, uint64_t bits);

/** moment_rise(growth, room): moments that are ${growth} times as frequent at the end of ${room}
 * units as at its beginning; growth > 0. */
struct quantile_decay moment_rise(double growth, uint64_t room);

/* ---- derive.moment ----------------------------------------------------------------------------
 */

/* What gives way, step by step, where the span is empty. */
enum moment_ease {
	EASE_NOTHING,
	EASE_LEAST, /* the least distance */
	EASE_ZONES, /* and the order in other time zones than UTC */
	EASES
};

/* A moment that the value is not before (low) or not after. */
struct moment_bound {
	enum vtype type;
	bool low;
	int64_t keep[EASES]; /* microseconds to keep from it, by what has given way */
	int64_t gap;	     /* of them, what a check asks for */
};

struct moment_state {
	struct moment_bound in[GEN_INPUTS]; /* by input */
	bool after;			    /* the plan names moments to be after */
	bool future;
	int64_t least;			  /* microseconds */
	int64_t lo, hi;			  /* what the column's type and checks allow */
	int64_t today;			  /* microseconds */
	int64_t align, rem;		  /* values are rem modulo align */
	int64_t grain;			  /* what distances are drawn in: a multiple of align */
	uint64_t most;			  /* how many grains there are from least to most */
	struct quantile_decay gap;	  /* from what it is after */
	uint64_t years;			  /* grains in the years that are drawn from ... */
	struct quantile_decay growth;	  /* ... where there is nothing to be after */
	const struct moment_hours *hours; /* NULL: any */
};

/* Rounds down.  A division by a constant is a multiplication. */
static inline int64_t moment_floor_div(int64_t a, int64_t b)
{
	return b == CAL_DAY	 ? divide_down(a, CAL_DAY)
	       : b == CAL_SECOND ? divide_down(a, CAL_SECOND)
				 : divide_down(a, b);
}

/* The last moment up to ${v} that the column can have; v - rem does not leave the range. */
static inline int64_t moment_align_down(const struct moment_state *s, int64_t v)
{
	return s->align == 1 ? v : moment_floor_div(v - s->rem, s->align) * s->align + s->rem;
}

static inline int64_t moment_align_up(const struct moment_state *s, int64_t v)
{
	int64_t down = moment_align_down(s, v);

	return down == v ? v : saturate_add(down, s->align);
}

/** moment_derive: the derive() of an op whose state is a struct moment_state. */
void moment_derive(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h);

#endif
