/* SPDX-License-Identifier: MIT */
/*
 * Rows of a table that has triggers: which of the triggers can be on.
 *
 * What a trigger does is found out by letting it: the first rows of the table are copied under a
 * savepoint, and the server's counters of rows inserted, updated and deleted in this transaction
 * (pg_stat_get_xact_tuples_*) tell which tables it has written to.  Then the savepoint is rolled
 * back.  A trigger is in the way if it raises an error, if it takes rows away, as triggers
 * do that route rows to other tables, or if it writes into tables of the plan, whose rows are made
 * already.  Of several triggers each is tried alone.  All rows are then copied under a savepoint
 * too, because a trigger may raise an error at a later row.
 */
#include "stages/load/load.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"

enum { SAMPLE = 100 }; /* rows that are tried */

struct written {
	int64_t inserted, updated, deleted;
};

static const char sql_written[] =
	"WITH rel(i, o) AS (SELECT w.i, w.o::oid FROM unnest($1::bigint[]) WITH ORDINALITY w(o, i)"
	" UNION SELECT w.i, p.relid FROM unnest($1::bigint[]) WITH ORDINALITY w(o, i)"
	"  CROSS JOIN LATERAL pg_partition_tree(w.o::oid) p)"
	" SELECT i::int, sum(pg_stat_get_xact_tuples_inserted(o))::bigint,"
	" sum(pg_stat_get_xact_tuples_updated(o))::bigint,"
	" sum(pg_stat_get_xact_tuples_deleted(o))::bigint FROM rel GROUP BY i ORDER BY i";

/* What this transaction has written to each table so far; ${w} has room for all. */
static int count_written(struct load *l, struct written *w, struct err *e)
{
	struct pg_rows *r = pg_ask(l->pg, sql_written, 1, &l->oids, e);

	if (r == NULL)
		return -1;
	for (size_t i = 0; i < pg_count(r) && i < l->ntables; i++)
		w[i] = (struct written){pg_int(r, i, 1), pg_int(r, i, 2), pg_int(r, i, 3)};
	return pg_done(r, e);
}

/* A table of the plan that triggers have written to, besides the ${rows} rows of ${t} itself. */
static const struct load_table *written_to(const struct load *l, const struct load_table *t,
	const struct written *before, const struct written *after)
{
	for (uint32_t i = 0; i < l->ntables; i++) {
		int64_t own = &l->tables[i] == t ? (int64_t)t->rows : 0;

		if (after[i].inserted - before[i].inserted > own ||
			after[i].deleted > before[i].deleted ||
			(l->opt.triggers == TRIGGERS_AUTO && after[i].updated > before[i].updated))
			return &l->tables[i];
	}
	return NULL;
}

/* One attempt: its rows, and why it may not stay, or NULL. */
struct attempt {
	uint64_t rows;
	const char *why;
};

/*
 * Whether rows failed for a reason that has nothing to do with triggers, and may be gone the next
 * time: a cancelled query, a lock, memory, a server that stops.  Connections (class 08) and files
 * (58) that the server complains of are what a trigger itself has asked for.
 */
static bool is_passing(const struct err *e)
{
	return e->kind == ERR_TEMP && strstr(e->msg, "SQLSTATE 08") == NULL &&
	       strstr(e->msg, "SQLSTATE 58") == NULL;
}

/*
 * Copies the rows, all of them or the first, and looks what came of it; *a says why the triggers
 * are in the way.  The savepoint "rows" is open afterwards in either case.
 */
static int attempt(struct load *l, struct load_table *t, struct attempt *a, struct err *e)
{
	bool all = a->rows == 0;
	uint64_t most = all || a->rows > t->plan->rows ? t->plan->rows : a->rows;
	struct written *w = arena_array(l->a, 2UL * l->ntables, sizeof(*w));
	const struct load_table *to;
	struct err failed;

	a->why = NULL;
	if (w == NULL)
		return err_nomem(e);
	if (count_written(l, w, e) == -1 || pg_exec(l->pg, "SAVEPOINT rows", e) == -1)
		return -1;
	if ((all ? copy_table(l, t, &failed) : copy_sample(l, t, a->rows, &failed)) == -1) {
		if (is_passing(&failed)) {
			*e = failed;
			return -1;
		}
		a->why = arena_printf(l->a, "with it, rows fail: %s", failed.msg);
		return a->why != NULL ? 0 : err_nomem(e);
	}
	if (count_written(l, w + l->ntables, e) == -1)
		return -1;
	if (t->rows != most)
		a->why = arena_printf(l->a, "it takes rows away: %llu of %llu came in",
			(unsigned long long)t->rows, (unsigned long long)most);
	else if ((to = written_to(l, t, w, w + l->ntables)) != NULL)
		a->why = arena_printf(l->a, "it writes into %s.%s, whose rows the plan makes",
			to->plan->table->schema, to->plan->table->name);
	else
		return 0;
	return a->why != NULL ? 0 : err_nomem(e);
}

static int undo(struct load *l, struct err *e)
{
	return pg_exec(l->pg, "ROLLBACK TO rows; RELEASE rows", e);
}

/* Tries the first rows with the triggers as they are; *why is NULL if they can stay. */
static int try_rows(struct load *l, struct load_table *t, const char **why, struct err *e)
{
	struct attempt a = {.rows = SAMPLE};

	if (attempt(l, t, &a, e) == -1 || undo(l, e) == -1)
		return -1;
	*why = a.why;
	return 0;
}

/* The triggers of a table, in l->triggers, that may be switched off. */
static uint32_t movable(struct load *l, const struct load_table *t, struct load_trigger **to)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < l->ntriggers; i++)
		if (&l->tables[l->triggers[i].table] == t && trigger_may_go(&l->triggers[i]))
			to[n++] = &l->triggers[i];
	return n;
}

/* Tries the first rows with one trigger alone; what is switched for that is undone. */
static int try_alone(struct load *l, struct load_table *t, struct load_trigger **v, uint32_t n,
	uint32_t one, struct err *e)
{
	int rc = pg_exec(l->pg, "SAVEPOINT alone", e);

	for (uint32_t i = 0; i < n && rc == 0; i++)
		if (i != one)
			rc = trigger_switch(l, v[i], false, e);
	if (rc == 0)
		rc = try_rows(l, t, &v[one]->why, e);
	for (uint32_t i = 0; i < n; i++)
		v[i]->off = false;
	return rc == 0 ? pg_exec(l->pg, "ROLLBACK TO alone; RELEASE alone", e) : -1;
}

static int all_off(
	struct load *l, struct load_trigger **v, uint32_t n, const char *why, struct err *e)
{
	for (uint32_t i = 0; i < n; i++) {
		if (v[i]->why == NULL)
			v[i]->why = why;
		if (trigger_switch(l, v[i], false, e) == -1)
			return -1;
	}
	return 0;
}

/* Switches off the triggers that are in the way: those that are alone, else all. */
static int switch_off(struct load *l, struct load_table *t, struct load_trigger **v, uint32_t n,
	const char *why, struct err *e)
{
	const char *still = why;

	for (uint32_t i = 0; i < n && n > 1; i++)
		if (try_alone(l, t, v, n, i, e) == -1)
			return -1;
	for (uint32_t i = 0; i < n; i++)
		if (v[i]->why != NULL && trigger_switch(l, v[i], false, e) == -1)
			return -1;
	if (n > 1 && try_rows(l, t, &still, e) == -1)
		return -1;
	return still == NULL ? 0 : all_off(l, v, n, still, e);
}

/* All rows, with the triggers that are on; if these fail at a later row, without them. */
static int guarded(struct load *l, struct load_table *t, struct load_trigger **v, struct err *e)
{
	uint32_t n = movable(l, t, v);
	struct attempt a = {0};

	if (n == 0)
		return copy_table(l, t, e);
	if (attempt(l, t, &a, e) == -1)
		return -1;
	if (a.why == NULL)
		return pg_exec(l->pg, "RELEASE rows", e);
	if (undo(l, e) == -1 || all_off(l, v, n, a.why, e) == -1)
		return -1;
	return copy_table(l, t, e);
}

int trial_copy(struct load *l, struct load_table *t, struct err *e)
{
	struct load_trigger **v =
		arena_array(l->a, l->ntriggers + 1UL, sizeof(struct load_trigger *));
	bool decides = l->opt.triggers == TRIGGERS_TRY || l->opt.triggers == TRIGGERS_AUTO;
	const char *why = NULL;
	uint32_t n;

	if (v == NULL)
		return err_nomem(e);
	n = movable(l, t, v);
	if (n == 0 || !decides)
		return copy_table(l, t, e) == -1 ? -1 : copy_counted(t, e);
	if (try_rows(l, t, &why, e) == -1)
		return -1;
	if (why != NULL && switch_off(l, t, v, n, why, e) == -1)
		return -1;
	return guarded(l, t, v, e) == -1 ? -1 : copy_counted(t, e);
}
