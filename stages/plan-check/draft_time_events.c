/* SPDX-License-Identifier: MIT */
/*
 * What happens to a row: its events come after its birth in the order of the roles' numbers, and
 * only where its status says that it has come so far; where there is no status, only where what
 * comes before has happened.
 */
#include "stages/plan-check/draft_time.h"

#include <string.h>

#include "stages/plan-check/draft_life.h"
#include "stages/plan-check/draft_span.h"

/* Events of a table, in the order of life. */
struct events {
	const struct draft_table *dt;
	int *v;
	size_t n;
};

static int order_of(const struct draft_table *dt, int c)
{
	return span_order(dt, (uint32_t)c);
}

static bool is_free_event(const struct draft_table *dt, uint32_t c, int birth)
{
	return (int)c != birth && draft_free(dt, c) && !dt->columns[c].in_key &&
	       (role_is(dt->columns[c].m.role, "event") || role_is(dt->columns[c].m.role, "birth"));
}

static void find_events(struct events *ev, int birth)
{
	const struct draft_table *dt = ev->dt;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		size_t at = ev->n;

		if (!is_free_event(dt, c, birth))
			continue;
		for (; at > 0 && order_of(dt, ev->v[at - 1]) > order_of(dt, (int)c); at--)
			ev->v[at] = ev->v[at - 1];
		ev->v[at] = (int)c;
		ev->n++;
	}
}

/* Whether event ${k} is among those that later moments cannot all read (time_names()), or the first
 * that they do read: they have the birth beside them, and an end. */
static bool is_crowded(const struct events *ev, size_t k)
{
	return ev->n > ROOM - 2 && k <= ev->n - (ROOM - 2);
}

/* The event before ${k} that some rows do not have, and that is no end; -1: there is none. */
static int before(const struct events *ev, size_t k)
{
	while (k-- > 0) {
		const struct draft_column *x = &ev->dt->columns[ev->v[k]];

		if (!role_is(x->m.role, "of") && x->nullable)
			return ev->v[k];
	}
	return -1;
}

/* Of which rows event ${k} is true: those of a status that has come so far; else some of those that
 * have what comes before it; of a crowd of events all of them. */
static const char *condition(
	struct times *x, struct draft_table *dt, const struct events *ev, size_t k)
{
	enum { BY_ITSELF = 90 };
	struct draft *d = x->d;
	const struct role *role = dt->columns[ev->v[k]].m.role;
	int rank = role_order(role, "event"), last = before(ev, k);
	double nulls = role->nulls >= 0 ? role->nulls : 0.1;
	char class[ROLE_WORDS];
	bool of_class = life_class(dt, (uint32_t)ev->v[k], class), waits;

	if (rank >= 0 && rank < BY_ITSELF)
		x->by_status[ev->v[k]] = life_condition(d, dt, rank, of_class ? class : NULL);
	if (x->by_status[ev->v[k]] != NULL)
		return x->by_status[ev->v[k]];
	waits = last != -1 && ((rank < BY_ITSELF && !of_class) || is_crowded(ev, k));
	if (waits && is_crowded(ev, k))
		return draft_textf(d, "%s IS NOT NULL", draft_sql(d, dt->t, (uint32_t)last));
	if (nulls == 0)
		return NULL;
	return waits ? draft_textf(d, "%s AND %s IS NOT NULL", time_by_chance(d, nulls),
			       draft_sql(d, dt->t, (uint32_t)last))
		     : time_by_chance(d, nulls);
}

/* Where a row is about something short, as an appointment, what comes of it comes after its start.
 */
static int start_of(const struct draft_table *dt, int birth)
{
	int start = span_is_short(dt) ? draft_kind_of(dt, "start") : -1;

	return start != birth ? start : -1;
}

size_t time_events(struct times *x, struct draft_table *dt, int birth, int *all)
{
	enum { BEGUN = 40 };
	struct events ev = {.dt = dt, .v = all + 1};
	int *after = arena_array(x->d->a, dt->t->ncolumns + 2UL, sizeof(*after));
	int start = start_of(dt, birth);

	all[0] = birth;
	find_events(&ev, birth);
	for (size_t k = 0; after != NULL && k < ev.n; k++) {
		size_t n = k + 1;

		memcpy(after, all, n * sizeof(*after));
		if (order_of(dt, ev.v[k]) >= BEGUN && start != -1)
			after[n++] = start;
		time_after(x, dt, (uint32_t)ev.v[k], after, n, condition(x, dt, &ev, k));
	}
	return ev.n + 1;
}
