/* SPDX-License-Identifier: MIT */
#ifndef EVAL_EVENTS_H
#define EVAL_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/vec.h"
#include "common/schema/schema.h"

/*
 * events: what the dates and timestamps of a row are about, by their columns' names, in English
 * and Portuguese, and which of them cannot come before which: a delivery not before the order.
 * It knows nothing of what the plan took the columns for, so that it can judge it.
 */

enum event {
	EVENT_NONE, /* or one of the future, or of another row */
	EVENT_BORN,
	EVENT_CREATED,
	EVENT_ORDERED, /* issued, opened, requested: the row's own beginning */
	EVENT_STARTED,
	EVENT_PAID,
	EVENT_SHIPPED,
	EVENT_DELIVERED,
	EVENT_ENDED,
	EVENT_UPDATED,
	EVENT_CANCELLED,
	EVENT_DELETED,
	EVENTS
};

#define EVENT_NO_TIME INT64_MIN

/** event_of(c): what a column tells the time of: EVENT_NONE of any that has no date. */
enum event event_of(const struct pg_column *c);

/** event_words(name, to): "_created_at_" of created_at, createdAt and "Created At", cut where it is
 *  too long. */
enum { EVENT_WORDS = 160 };
void event_words(const char *name, char to[static EVENT_WORDS]);

/** event_is_removal(c): whether the column is a date or a flag that says that the row is deleted.
 */
bool event_is_removal(const struct pg_column *c);

/** event_birth(t): the column that tells when a row of the table came to be, or -1. */
int event_birth(const struct pg_table *t);

/** event_time(v, i): microseconds since 2000-01-01, the day's first of a date; EVENT_NO_TIME where
 *  it is NULL or infinite, or ${v} is no vector of dates. */
int64_t event_time(const struct vec *v, uint32_t i);

/** event_after(v, day): how many values of ${v} lie on a later day than ${day}, which counts from
 *  2000-01-01; 0 where ${v} is NULL. */
uint64_t event_after(const struct vec *v, int64_t day);

/** event_before(x, y, days): whether moment ${x} lies before ${y}, or its day does where one of
 * them is a date alone. */
bool event_before(int64_t x, int64_t y, bool days);

/* Two columns of a table that have an order. */
struct event_pair {
	uint32_t first, then;
	bool days;
	uint64_t both, wrong; /* rows that have both; that have them in the other order */
};

/** event_pairs(t, n, a): all of them, *n; NULL when memory is out. */
struct event_pair *event_pairs(const struct pg_table *t, uint32_t *n, struct arena *a);

/** event_see(p, n, cols, rows): count rows of a block; ${cols} by the table's columns. */
void event_see(struct event_pair *p, uint32_t n, const struct vec *const *cols, uint32_t rows);

#endif
