/* SPDX-License-Identifier: MIT */
/*
 * When things happen. A table has a birth column where it has one (draft_life.c). It comes after
 * the births of all parents, so that no order is older than its customer. What happens to a row
 * comes after its birth, in the order of the roles' numbers, and only where its status says that it
 * has come so far; where there is no status, only where what comes before has happened. All of it
 * is at or before today, but for what is about the future. What is changed is changed last.
 *
 * Births follow the foreign keys from table to table. Where these go round in a circle, the one
 * that would close it is left out.
 */
#include "stages/plan-check/draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stages/plan-check/draft_life.h"
#include "stages/plan-check/draft_span.h"
#include "stages/plan-check/draft_time.h"
#include "stages/plan-check/draft_tree.h"

enum { UNSURE = 40 };

/* ---- births ------------------------------------------------------------------------------------
 */

/* How long after its parents a row is made: lines at once, papers in days, others in months. */
static void set_distance(const struct draft_table *dt, json_t *params)
{
	static const char papers[] =
		"payment invoice shipment receipt delivery bill pagamento fatura "
		"nota entrega recibo parcela refund installment endereco address ";
	const char *typical = "150d", *most = "1500d";

	if (role_among(draft_line_words, dt->words) != NULL) {
		typical = "2m";
		most = "1h";
	} else if (role_among(papers, dt->words) != NULL) {
		typical = "1d";
		most = "20d";
	}
	json_object_set_new(params, "typical", json_string(typical));
	json_object_set_new(params, "most", json_string(most));
}

/* Whether rows of other tables refer to the table's. */
static bool is_parent(const struct draft *d, const struct pg_table *t)
{
	for (uint32_t i = 0; i < d->s->ntables; i++)
		for (uint32_t k = 0; d->tables[i].target && k < d->s->tables[i].ncons; k++)
			if (d->s->tables[i].cons[k].kind == PG_CON_FOREIGN &&
				d->s->tables[i].cons[k].ref == t && &d->s->tables[i] != t)
				return true;
	return false;
}

/* A birth without a role is one only because it is the first moment that the row has. */
static void say_first(const struct draft_table *dt, uint32_t c, struct draft_rule *r)
{
	if (dt->columns[c].m.role == NULL)
		draft_says(r, "other.moment", "it is the first moment of the row", UNSURE);
}

/* The first moment of a row's life. */
static void put_birth(struct times *x, struct draft_table *dt, uint32_t c)
{
	json_t *after = json_array(), *params;
	uint32_t parents = time_count_births(x, dt);
	struct draft_rule *r;

	if (!draft_free(dt, c) || dt->columns[c].in_key) {
		json_decref(after);
		return;
	}
	if (time_add_parents(x, dt, after) > 0) {
		params = json_pack("{s:o}", "after", after);
		set_distance(dt, params);
		span_set(dt, c, params);
		r = draft_rule(x->d, dt, c, "derive.moment", params);
		say_first(dt, c, r);
		if (parents > ROOM)
			r->why = draft_textf(x->d,
				"%s; it is after %d of its %u parents, as many as a "
				"rule reads",
				r->why, ROOM, parents);
		return;
	}
	json_decref(after);
	params = is_parent(x->d, dt->t) ? json_pack("{s:s, s:s}", "from", "4y", "to", "30d")
					: json_pack("{s:s}", "from", "2y");
	span_set(dt, c, params);
	say_first(dt, c, draft_rule(x->d, dt, c, "primitive.moment", params));
}

/* ---- the rest of a life ------------------------------------------------------------------------
 */

/* Columns of one kind, each after those. */
static void put_kind(struct times *x, struct draft_table *dt, const char *kind, const int *cols,
	size_t n, bool rarely)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const struct role *role = dt->columns[c].m.role;

		if (role_is(role, kind) && draft_free(dt, c) && !dt->columns[c].in_key)
			time_after(x, dt, c, cols, n,
				rarely && role->nulls > 0 ? time_by_chance(x->d, role->nulls)
							  : NULL);
	}
}

/* The end of what began at ${cols}[0], which may have been agreed for whole periods. */
static void put_end(struct times *x, struct draft_table *dt, uint32_t c, const int *cols, size_t n)
{
	const struct role *role = dt->columns[c].m.role;
	const char *when =
		role_is(role, "end") && role->nulls > 0 ? time_by_chance(x->d, role->nulls) : NULL;
	const char *expr =
		role == NULL || role_is(role, "lasting") ? span_terms(x->d, dt, c, cols[0]) : NULL;

	if (cols[0] >= 0 && dt->columns[cols[0]].nullable && role_is(role, "end")) {
		const char *begun = draft_textf(
			x->d, "%s IS NOT NULL", draft_sql(x->d, dt->t, (uint32_t)cols[0]));

		when = when != NULL ? draft_textf(x->d, "%s AND %s", when, begun) : begun;
	}

	if (expr != NULL)
		life_only_if(x->d, dt, c, "derive.expr", json_pack("{s:s}", "expr", expr), when);
	else
		time_after(x, dt, c, cols, n, when);
}

/* Ends, each after the beginning that is called as it is, or else after ${since}. */
static void put_ends(struct times *x, struct draft_table *dt, const int *since, size_t n)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		bool end = role_is(dt->columns[c].m.role, "end");
		int start = role_of_kind("moment ", dt->columns[c].kind) ? span_start(dt, c) : -1;

		if (!draft_free(dt, c) || dt->columns[c].in_key || (int)c == dt->birth)
			continue;
		if (start >= 0)
			put_end(x, dt, c, &start, 1);
		else if (end)
			put_end(x, dt, c, since, n);
	}
}

/* Whether a moment is one of those that are listed as they happen. */
static bool happens(const struct draft_column *x)
{
	return role_of_kind("moment ", x->kind) && !x->in_key &&
	       (x->m.role == NULL || role_is(x->m.role, "event"));
}

/* Moments of which nothing is known but the row they are in: they come after the one before them in
 * the order in which somebody has listed them, as raised_at, seen_at and cleared_at. */
static void put_others(struct times *x, struct draft_table *dt)
{
	int last = dt->birth;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const struct draft_column *col = &dt->columns[c];
		json_t *after, *params;
		struct draft_rule *r;

		if (!happens(col) || dt->birth == -1)
			continue;
		if (!draft_free(dt, c) || col->m.role != NULL) {
			last = (int)c;
			continue;
		}
		after = time_names(x, dt, (int[]){dt->birth, last}, last != dt->birth ? 2 : 1);
		params = strcmp(col->kind, "date") == 0
				 ? json_pack("{s:o, s:s, s:s}", "after", after, "typical", "5d",
					   "most", "200d")
				 : json_pack("{s:o, s:s, s:s}", "after", after, "typical", "20h",
					   "most", "15d");
		span_set(dt, c, params);
		r = draft_rule(x->d, dt, c, "derive.moment", params);
		draft_says(r, "other.moment", "nothing says what it holds", UNSURE);
		last = (int)c;
	}
}

/* The first of the columns that are born: the row is made, then what it is about begins. */
static int first_birth(const struct draft_table *dt)
{
	int first = -1;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		if (role_is(dt->columns[c].m.role, "birth") &&
			(first == -1 || (role_is(dt->columns[first].m.role, "event") &&
						!role_is(dt->columns[c].m.role, "event"))))
			first = (int)c;
	return first != -1 ? life_beginning(dt, first) : dt->birth;
}

/* What a bill is for has been when the bill is made. */
static void put_period(struct times *x, struct draft_table *dt)
{
	int birth = dt->birth, start = draft_kind_of(dt, "start");

	if (birth < 0 || start < 0 || birth == start || !draft_free(dt, (uint32_t)start) ||
		!role_is(dt->columns[birth].m.role, "event") || !span_is_month(dt, (uint32_t)start))
		return;
	draft_rule(x->d, dt, (uint32_t)start, "derive.expr",
		json_pack("{s:s}", "expr",
			draft_textf(x->d, "%s::date - choice(31, 32, 33)",
				draft_sql(x->d, dt->t, (uint32_t)birth))));
}

/* The first day of the month in which the row was made, or is due. */
static void put_months(struct times *x, struct draft_table *dt)
{
	int of = dt->birth >= 0 ? dt->birth : draft_kind_of(dt, "future");

	for (uint32_t c = 0; of >= 0 && c < dt->t->ncolumns; c++)
		if (role_is(dt->columns[c].m.role, "month") && draft_free(dt, c) &&
			!dt->columns[c].in_key && (int)c != of && !dt->columns[of].nullable)
			draft_rule(x->d, dt, c, "derive.expr",
				json_pack("{s:s}", "expr",
					draft_textf(x->d, "date_trunc('month', %s)::date",
						draft_sql(x->d, dt->t, (uint32_t)of))));
}

static void live(struct times *x, struct draft_table *dt)
{
	int birth = first_birth(dt), start, since[2];
	int *all = arena_array(x->d->a, dt->t->ncolumns + 2UL, sizeof(*all));
	size_t n;

	x->by_status = arena_array(x->d->a, dt->t->ncolumns + 1UL, sizeof(*x->by_status));
	if (all == NULL || x->by_status == NULL) {
		x->d->failed = true;
		return;
	}
	if (birth >= 0)
		put_birth(x, dt, (uint32_t)birth);
	n = time_events(x, dt, birth, all);
	put_kind(x, dt, "delete", all, n, true);
	all[n++] = draft_kind_of(dt, "delete");
	put_kind(x, dt, "update", all, n, false);
	put_period(x, dt);
	put_months(x, dt);
	put_kind(x, dt, "start", &birth, 1, false);
	start = draft_kind_of(dt, "start");
	since[0] = start >= 0 ? start : birth;
	since[1] = draft_kind_of(dt, "hire");
	put_kind(x, dt, "hire", (int[]){draft_kind_of(dt, "birthday")}, 1, false);
	put_ends(x, dt, since, 2);
	put_kind(x, dt, "future", &dt->birth, 1, false);
	put_others(x, dt);
}

/* Parents first. */
static void visit(struct times *x, struct draft_table *dt)
{
	uint8_t *seen = &x->seen[dt->t->index];

	if (*seen != 0)
		return;
	*seen = 1;
	for (uint32_t i = 0; i < dt->t->ncons; i++) {
		struct draft_table *parent = draft_parent(x->d, &dt->t->cons[i]);

		if (parent != NULL)
			visit(x, parent);
	}
	live(x, dt);
	*seen = 2;
}

void draft_time(struct draft *d)
{
	struct times x = {.d = d, .seen = arena_array(d->a, d->s->ntables + 1UL, 1)};

	if (x.seen == NULL) {
		d->failed = true;
		return;
	}
	for (uint32_t i = 0; i < d->s->ntables; i++)
		if (d->tables[i].target)
			visit(&x, &d->tables[i]);
}
