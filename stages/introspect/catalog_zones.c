/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/pg/pg.h"
#include "stages/introspect/catalog.h"

/*
 * The time zones that expressions of the schema name.
 *
 * What AT TIME ZONE makes of a moment is the server's to say: its rules change with the version of
 * its time zone data.  So it is asked for the offsets of the zones in question, and the answer
 * becomes a part of the catalogue.
 *
 * Names are looked for in the texts of checks, defaults, generated columns, indexes and functions;
 * literals that are none are unknown to the server.
 */

/* ---- names ---------------------------------------------------------------------- */

/* Texts: a list that grows. */
struct names {
	const char **v;
	size_t n, room;
	struct catalog *c;
};

static void add_name(struct names *to, const char *p, size_t n)
{
	const char **more;

	for (size_t i = 0; i < to->n; i++)
		if (strlen(to->v[i]) == n && memcmp(to->v[i], p, n) == 0)
			return;
	if (to->n == to->room) {
		if ((more = catalog_room(to->c, 2 * to->room + 8, sizeof(*more))) == NULL)
			return;
		if (to->n > 0)
			memcpy(more, to->v, to->n * sizeof(*more));
		to->v = more;
		to->room = 2 * to->room + 8;
	}
	to->v[to->n] = arena_strndup(to->c->a, p, n);
	to->c->nomem |= to->v[to->n] == NULL;
	to->n += to->v[to->n] != NULL;
}

/* The literals of a text that calls for a time zone: its name is one of them. */
static void names_in(struct names *to, const char *text)
{
	static const char *const calls[] = {"at time zone", "timezone(", "date_trunc("};
	const char *p = NULL, *end;

	for (size_t i = 0; text != NULL && p == NULL && i < sizeof(calls) / sizeof(calls[0]); i++)
		p = strcasestr(text, calls[i]) != NULL ? text : NULL;
	while (p != NULL && (p = strchr(p, '\'')) != NULL && (end = strchr(p + 1, '\'')) != NULL) {
		add_name(to, p + 1, (size_t)(end - p - 1));
		p = end + 1;
	}
}

static void names_of_table(struct names *to, const struct pg_table *t)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		names_in(to, t->cons[i].expr);
	for (uint32_t i = 0; i < t->ncolumns; i++) {
		names_in(to, t->columns[i].deflt);
		names_in(to, t->columns[i].generated);
	}
	for (uint32_t i = 0; i < t->nindexes; i++)
		names_in(to, t->indexes[i].definition);
}

static void names_of_schema(struct names *to, const struct schema *s)
{
	for (uint32_t i = 0; i < s->ntables; i++)
		names_of_table(to, &s->tables[i]);
	for (uint32_t i = 0; i < s->ntypes; i++)
		for (uint32_t k = 0; k < s->types[i].nchecks; k++)
			names_in(to, s->types[i].checks[k].expr);
	for (uint32_t i = 0; i < s->nfunctions; i++)
		names_in(to, s->functions[i].body);
}

/* ---- offsets -------------------------------------------------------------------- */

/*
 * The offset is compared day by day, and where two days differ the second is found at which it
 * changed, by halving: 17 steps for a day.  The connection's own time zone is UTC.
 */
static const char zones_sql[] =
	"WITH RECURSIVE zone(name) AS (SELECT n FROM unnest($1::text[]) n WHERE lower(n) IN"
	"  (SELECT lower(name) FROM pg_timezone_names UNION SELECT lower(abbrev)"
	"   FROM pg_timezone_abbrevs)),"
	" day(name, at, was, becomes) AS (SELECT name, at, lag(o) OVER (PARTITION BY name ORDER BY "
	"at), o"
	"  FROM (SELECT name, at, extract(epoch FROM (to_timestamp(at) AT TIME ZONE name)"
	"   - (to_timestamp(at) AT TIME ZONE 'UTC'))::integer AS o"
	"   FROM zone, generate_series($2::bigint, $3::bigint, 86400) at) x),"
	" change(name, lo, hi, was, becomes) AS (SELECT name, at - 86400, at, was, becomes FROM day"
	"  WHERE was IS DISTINCT FROM becomes"
	" UNION ALL SELECT name, CASE WHEN same THEN mid ELSE lo END,"
	"  CASE WHEN same THEN hi ELSE mid END, was, becomes FROM change CROSS JOIN LATERAL"
	"  (SELECT (lo + hi) / 2 AS mid, extract(epoch FROM"
	"    (to_timestamp((lo + hi) / 2) AT TIME ZONE name)"
	"    - (to_timestamp((lo + hi) / 2) AT TIME ZONE 'UTC'))::integer = was AS same) m"
	"  WHERE hi - lo > 1 AND was IS NOT NULL)"
	" SELECT name, hi - 946684800, becomes FROM change WHERE hi - lo = 1 OR was IS NULL"
	" ORDER BY name COLLATE \"C\", hi";

static void fill_zones(struct catalog *c, struct pg_rows *r)
{
	enum { NAME, FROM, OFFSET };
	size_t n = pg_count(r);
	struct schema *s = c->s;
	struct pg_zone_change *all = catalog_room(c, n, sizeof(*all));

	s->zones = catalog_room(c, n, sizeof(*s->zones));
	for (size_t i = 0; all != NULL && s->zones != NULL && i < n; i++) {
		const char *name = pg_str(r, i, NAME);

		if (s->nzones == 0 || strcmp(s->zones[s->nzones - 1].name, name) != 0)
			s->zones[s->nzones++] = (struct pg_zone){
				.name = catalog_str(c, r, i, NAME), .changes = &all[i]};
		s->zones[s->nzones - 1].nchanges++;
		all[i] = (struct pg_zone_change){
			.from = pg_int(r, i, FROM), .offset = (int32_t)pg_int(r, i, OFFSET)};
	}
}

int catalog_zones(struct catalog *c, struct err *e)
{
	struct names names = {.c = c};
	struct buf list = BUF_INIT;
	struct pg_rows *r = NULL;
	int rc = -1;

	names_of_schema(&names, c->s);
	if (c->nomem)
		return err_nomem(e);
	if (names.n == 0)
		return 0;
	pg_array(&list, names.v, names.n);
	if (!buf_ok(&list)) {
		err_nomem(e);
		goto out;
	}
	/* the years 1900 to 2099 */
	r = catalog_ask(
		c, zones_sql, 3, (const char *const[]){list.p, "-2208988800", "4102444800"}, e);
	if (r == NULL)
		goto out;
	fill_zones(c, r);
	rc = catalog_end(c, r, e);
out:
	buf_free(&list);
	return rc;
}
