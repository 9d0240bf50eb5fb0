/* SPDX-License-Identifier: MIT */
/*
 * AT TIME ZONE, which calls timezone().
 *
 * A zone's rules are not compiled in: they change several times a year, and the server's are those
 * that count.  introspect asks the server for the offsets of the zones that the schema's
 * expressions name (struct pg_zone), from 1900 to 2099.  A moment outside of these years fails, as
 * a limit of ours.  Names of UTC need no catalogue.
 */
#include "common/sql/sql_comp.h"

#include <string.h>

#include "common/base/calendar.h"

static const char ts_range[] = "timestamp out of range";
static const char unknown_year[] = "the offsets of a time zone are not covered before 1900 or "
				   "after 2099";

/* Seconds, rounded down. */
static int64_t seconds(int64_t ts)
{
	return ts / CAL_SECOND - (ts % CAL_SECOND < 0);
}

/* The number of changes of the zone up to a second of UTC: 0 before the first. */
static uint32_t changes_until(const struct pg_zone *z, int64_t second)
{
	uint32_t lo = 0, hi = z->nchanges;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (z->changes[mid].from <= second)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Whether the offset at a second of UTC is known. */
static bool is_known(const struct pg_zone *z, int64_t second)
{
	/* 2100-01-01 */
	static const int64_t end = INT64_C(36525) * (CAL_DAY / CAL_SECOND);

	return second >= z->changes[0].from && second < end;
}

/*
 * The offset of a local time: DetermineTimeZoneOffset() of datetime.c.  The next change after the
 * day before decides.  A local time that the change leaves out is taken as of before, one that it
 * has twice as of after it.
 */
static int64_t offset_of_local(const struct pg_zone *z, int64_t local)
{
	uint32_t next = changes_until(z, local - CAL_DAY / CAL_SECOND);
	int64_t before, after, at;

	before = z->changes[next > 0 ? next - 1 : 0].offset;
	if (next == 0 || next == z->nchanges)
		return before;
	at = z->changes[next].from;
	after = z->changes[next].offset;
	if (local - before < at && local - after < at)
		return before;
	if (local - before >= at && local - after >= at)
		return after;
	return local - before > local - after ? before : after;
}

/*
 * timezone(zone, t): from timestamptz to the zone's local time (param 1), and from that to
 * timestamptz (param -1).
 */
static void at_zone(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const struct pg_zone *z = x->aux;

	SQL_EACH(i)
	{
		int64_t ts = SQL_I(1, i), offset = 0;

		out->v.i[i] = ts;
		if (!cal_ts_finite(ts))
			continue;
		if (z != NULL && !is_known(z, seconds(ts))) {
			sql_raise(ev, out, i, unknown_year);
			continue;
		}
		if (z != NULL)
			offset = x->fn->param > 0
					 ? z->changes[changes_until(z, seconds(ts)) - 1].offset
					 : offset_of_local(z, seconds(ts));
		out->v.i[i] = ts + offset * CAL_SECOND * x->fn->param;
		if (out->v.i[i] > CAL_TS_MAX)
			sql_raise(ev, out, i, ts_range);
	}
}

/* timezone(interval, t): an offset as such, of whole seconds. */
static void at_offset(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		const struct sql_ivl *iv = &SQL_IV(0, i);
		int64_t ts = SQL_I(1, i), offset = iv->us / CAL_SECOND * CAL_SECOND;

		out->v.i[i] = ts;
		if (iv->months != 0 || iv->days != 0)
			sql_raise(ev, out, i,
				"an interval of a time zone must not have months or days");
		else if (cal_ts_finite(ts) &&
			 (__builtin_add_overflow(ts, offset * x->fn->param, &out->v.i[i]) ||
				 out->v.i[i] > CAL_TS_MAX || out->v.i[i] < CAL_TS_MIN))
			sql_raise(ev, out, i, ts_range);
	}
}

/* Whether a text is ${name}, in any case, as zones' names are compared. */
static bool is_named(struct vtext t, const char *name)
{
	return t.n == strlen(name) && strncasecmp(t.p, name, t.n) == 0;
}

/* The zone that a constant names. */
static struct sql_node *prepare_zone(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	static const char *const utc[] = {"UTC", "GMT", "Etc/UTC", "Z", "Zulu", "UCT"};
	const struct sql_node *z = x->args[0];
	const struct schema *s = c->scope->schema;
	struct vtext name;

	if (z->op != SQL_CONST || sql_null(&z->cval, 0))
		return sql_refuse(c, st, "AT TIME ZONE with a zone that is not a constant");
	name = z->cval.v.t[0];
	for (size_t k = 0; k < sizeof utc / sizeof utc[0]; k++)
		if (is_named(name, utc[k]))
			return x;
	for (uint32_t k = 0; s != NULL && k < s->nzones; k++)
		if (is_named(name, s->zones[k].name)) {
			x->aux = &s->zones[k];
			return x;
		}
	return sql_refuse(c, st, "AT TIME ZONE with a zone that no expression of the schema names");
}

#define TS  PG_TIMESTAMP
#define TZ  PG_TIMESTAMPTZ
#define IV  PG_INTERVAL
#define TXT PG_TEXT

static const struct sql_fn rows[] = {
	{"timezone", {TXT, TS}, 2, TZ, 0, -1, at_zone, prepare_zone},
	{"timezone", {TXT, TZ}, 2, TS, 0, 1, at_zone, prepare_zone},
	{"timezone", {IV, TS}, 2, TZ, 0, -1, at_offset, NULL},
	{"timezone", {IV, TZ}, 2, TS, 0, 1, at_offset, NULL},
};

const struct sql_fn_table sql_fns_zone = {rows, sizeof rows / sizeof rows[0]};
