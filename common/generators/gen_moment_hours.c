/* SPDX-License-Identifier: MIT */
/*
 * Hours of the day, and growth over the years.
 */
#include "common/generators/gen_moment.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/rng.h"

/* ---- hours ----------------------------------------------------------------------------------- */

enum { HOURS = 24, SLOT_BITS = 6, HOUR_SECONDS = 3600 };

/*
 * How busy each hour is. Weights add up to MOMENT_SLOTS. An office is busiest before and after
 * lunch; people at home, in the evening.
 */
static const struct {
	const char *name;
	unsigned char weight[HOURS];
} profiles[] = {
	{"business", {[8] = 5, 7, 8, 8, 4, 5, 8, 8, 7, 4}},
	{"day", {[7] = 2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 3}},
};

/* Gives each hour its slots. */
static void fill(struct moment_hours *h, const unsigned char *weight)
{
	uint32_t n = 0;
	int first = HOURS, last = 0;

	for (int hour = 0; hour < HOURS; hour++) {
		for (int i = 0; i < weight[hour]; i++) {
			assert(n < MOMENT_SLOTS);
			h->slot[n++] = (unsigned char)hour;
		}
		if (weight[hour] > 0) {
			first = hour < first ? hour : first;
			last = hour;
		}
	}
	assert(n == MOMENT_SLOTS);
	h->opens = first * CAL_HOUR;
	h->closes = (last + 1) * CAL_HOUR;
}

int moment_hours(const struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, const struct moment_hours **hours, struct err *e)
{
	const char *name = "any";
	struct moment_hours *h;

	*hours = NULL;
	if (gen_arg_string(params, "hours", a, &name) && name == NULL)
		return err_nomem(e);
	if (strcmp(name, "any") == 0)
		return 0;
	if (c->type == VT_DATE)
		return err_set(e, ERR_NO, "%s: a column of type date has no hours", g->op->id);
	if ((h = arena_alloc(a, sizeof(*h))) == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (strcmp(profiles[i].name, name) == 0)
			fill(h, profiles[i].weight);
	*hours = h;
	return 0;
}

int64_t moment_time(const struct moment_hours *h, uint64_t bits)
{
	return h->slot[bits >> (64 - SLOT_BITS)] * CAL_HOUR +
	       (int64_t)rng_below(bits << SLOT_BITS, HOUR_SECONDS) * CAL_SECOND;
}

/* ---- growth ---------------------------------------------------------------------------------- */

/*
 * A density that grows by the same factor in equal times is exponential: seen from its
 * greater end it falls by half with every room / log2(growth). The logarithm is that
 * of a share, so that growths below 1 are those above 1 seen from the other end.
 */
struct quantile_decay moment_rise(double growth, uint64_t room)
{
	bool rises = growth > 1;
	double share = rises ? 1 / growth : growth; /* of the greater density */
	uint64_t bits = share < 1 ? quantile_bits((uint64_t)(share * 0x1p64)) : 0;
	unsigned __int128 half = bits == 0 ? 0 : ((unsigned __int128)room << 48) / bits;

	return quantile_decay(half >> 64 != 0 ? 0 : (uint64_t)half, rises);
}
