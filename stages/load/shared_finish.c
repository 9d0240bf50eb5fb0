/* SPDX-License-Identifier: MIT */
/* The end of a load by several loaders: its last transaction, or the one that undoes it. */
#include "stages/load/shared.h"

#include <inttypes.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"

/* "crm.leads 3, 5 and 7, crm.notes 0 and 12 more" */
static int say_missing(struct pg_rows *r, struct err *e)
{
	enum { NAMED = 8 };
	struct buf b = BUF_INIT;
	size_t n = pg_count(r);

	for (size_t i = 0; i < n && i < NAMED; i++)
		buf_addf(&b, "%s%s.%s %" PRId64, i == 0 ? "" : ", ", pg_str(r, i, 0),
			pg_str(r, i, 1), pg_int(r, i, 2));
	if (n > NAMED)
		buf_addf(&b, " and %zu more", n - NAMED);
	(void)(buf_ok(&b) ? err_set(e, ERR_TEMP,
				    "%zu shard%s not copied yet: %s: call load --shared where "
				    "their files are, then --finish again",
				    n, n == 1 ? " is" : "s are", b.p)
			  : err_nomem(e));
	buf_free(&b);
	return -1;
}

static int all_copied(struct load *l, struct err *e)
{
	struct pg_rows *r = shared_ask(l,
		"SELECT schema, rel, shard FROM @s WHERE rows IS NULL ORDER BY place, shard", 0,
		NULL, e);

	if (r == NULL)
		return -1;
	if (pg_count(r) > 0) {
		(void)say_missing(r, e);
		pg_free(r);
		return -1;
	}
	return pg_done(r, e);
}

/* What the loaders have copied, by table. */
static int read_sums(struct load *l, struct err *e)
{
	struct pg_rows *r = shared_ask(l,
		"SELECT place, sum(rows)::bigint, (sum(seconds) * 1000)::bigint FROM @s"
		" GROUP BY place",
		0, NULL, e);

	if (r == NULL)
		return -1;
	for (size_t i = 0; i < pg_count(r); i++) {
		struct load_table *t = &l->tables[pg_int(r, i, 0)];

		t->rows = (uint64_t)pg_int(r, i, 1);
		t->seconds = (double)pg_int(r, i, 2) / 1000;
	}
	return pg_done(r, e);
}

/* Whether a shared table has the rows that were copied, and no others: between the transactions it
 * was open to all. */
static int rows_kept(struct load *l, const struct load_table *t, struct err *e)
{
	const struct pg_table *p = t->plan->table;
	struct buf b = BUF_INIT;
	struct pg_rows *r = NULL;
	int64_t n;

	buf_adds(&b, "SELECT pg_catalog.count(*) FROM ");
	pg_own_rows(&b, p->kind, p->schema, p->name);
	if (buf_ok(&b))
		r = pg_query(l->pg, b.p, 0, NULL, e);
	else
		err_nomem(e);
	buf_free(&b);
	if (r == NULL)
		return -1;
	n = pg_int(r, 0, 0);
	if (pg_done(r, e) == -1)
		return -1;
	if (n == (int64_t)t->plan->rows && t->rows == t->plan->rows)
		return 0;
	return err_set(e, ERR_INPUT,
		"%s.%s has %" PRId64 " rows, and %" PRIu64
		" were copied: somebody else has written to it meanwhile: undo the load with "
		"--abandon",
		p->schema, p->name, n, t->rows);
}

static int all_kept(struct load *l, struct err *e)
{
	for (uint32_t i = 0; i < l->ntables; i++)
		if (l->tables[i].shared && rows_kept(l, &l->tables[i], e) == -1)
			return -1;
	return 0;
}

/* The catalogue before it began. */
static const char *was(struct load *l, struct err *e)
{
	return load_text(l, shared_ask(l, "SELECT catalogue FROM @l", 0, NULL, e), e);
}

/* Nobody else is at it, and every table is ours until the commit. */
static int hold(struct load *l, const char **before, struct dropped **keys, struct err *e)
{
	const char *stored = shared_name(l, 'k');
	int there;

	if (stored == NULL)
		return err_nomem(e);
	if (shared_lock(l, e) == -1 || (there = shared_state(l, e)) == -1)
		return -1;
	if (there == 0)
		return 0;
	/* rows that were to be emptied first were when it began */
	if (l->opt.existing == LOAD_TRUNCATE)
		l->opt.existing = LOAD_REFUSE;
	if (target_find(l, e) == -1 || (*before = was(l, e)) == NULL ||
		(*keys = keys_stored(l, stored, e)) == NULL)
		return -1;
	return 1;
}

int shared_finish(struct load *l, struct err *e)
{
	const char *before;
	struct dropped *keys;
	int there;

	/* before anybody is made to wait for locks */
	if (all_copied(l, e) == -1 || (there = hold(l, &before, &keys, e)) == -1)
		return -1;
	if (there == 0)
		return err_set(e, ERR_TEMP, "another call has ended the load by several loaders");
	if (all_copied(l, e) == -1 || read_sums(l, e) == -1 || all_kept(l, e) == -1 ||
		triggers_begin(l, e) == -1 || checks_order(l, e) == -1 || rows_copy(l, e) == -1 ||
		rows_leave(l, before, keys, e) == -1)
		return -1;
	return shared_drop(l, e);
}

/* Under a savepoint: a table that is not emptied may refer to one of them. */
static int empty(struct load *l, struct err *e)
{
	struct err why;

	for (uint32_t i = 0; i < l->ntables; i++)
		l->tables[i].truncate = l->tables[i].shared;
	if (pg_exec(l->pg, "SAVEPOINT empty", e) == -1)
		return -1;
	if (target_truncate(l, &why) == 0)
		return pg_exec(l->pg, "RELEASE empty", e);
	if (pg_exec(l->pg, "ROLLBACK TO empty; RELEASE empty", e) == -1)
		return -1;
	for (uint32_t i = l->ntables; i-- > 0;) {
		const struct pg_table *p = l->tables[i].plan->table;
		struct buf b = BUF_INIT;
		int rc = 0;

		buf_adds(&b, "DELETE FROM ");
		pg_own_rows(&b, p->kind, p->schema, p->name);
		if (l->tables[i].shared)
			rc = buf_ok(&b) ? pg_exec(l->pg, b.p, e) : err_nomem(e);
		buf_free(&b);
		if (rc == -1)
			return -1;
	}
	return 0;
}

int shared_abandon(struct load *l, struct err *e)
{
	const char *before, *after;
	struct dropped *keys;
	int there;

	l->opt.existing = LOAD_APPEND; /* tables that are not shared may have rows by now */
	if (pg_exec(l->pg, "BEGIN", e) == -1 || (there = hold(l, &before, &keys, e)) == -1)
		return -1;
	if (there == 0)
		return pg_exec(l->pg, "ROLLBACK", e);
	if (empty(l, e) == -1 || keys_restore(l, keys, e) == -1 ||
		(after = catalog_text(l, e)) == NULL || shared_drop(l, e) == -1)
		return -1;
	if (strcmp(before, after) != 0)
		return err_set(e, ERR_INPUT,
			"a key or index would not come back exactly as it was: compare the tables "
			"with %s, then drop that table and the two beside it",
			shared_name(l, 'l'));
	return pg_commit(l->pg, e) == -1 ? -1 : 1;
}
