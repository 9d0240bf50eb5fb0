/* SPDX-License-Identifier: MIT */
#include "stages/load/load.h"

#include <inttypes.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/stage/stage.h"

static const char sql_tables[] =
	"SELECT w.i::int, c.oid::bigint, c.relkind::text, c.relispartition OR c.relhassubclass,"
	" pg_has_role(c.relowner, 'USAGE'), has_table_privilege(c.oid, 'INSERT'),"
	" row_security_active(c.oid), EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'e'"
	"  AND d.classid = 'pg_class'::regclass AND d.objid = c.oid)"
	" FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(s, t, i)"
	" JOIN pg_namespace n ON n.nspname = w.s"
	" JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.t"
	" ORDER BY w.i";

/* One row of sql_tables. */
static int found(struct load_table *t, struct pg_rows *r, size_t i, struct err *e)
{
	const struct pg_table *p = t->plan->table;
	char kind = pg_str(r, i, 2)[0];

	t->oid = pg_int(r, i, 1);
	t->plain = kind == 'r' && !pg_bool(r, i, 3);
	t->owned = pg_bool(r, i, 4);
	if (p->reserved != NULL || pg_bool(r, i, 7))
		return err_set(e, ERR_INPUT,
			"%s.%s %s: no rows are put there: take it out of the plan", p->schema,
			p->name, p->reserved != NULL ? p->reserved : "belongs to an extension");
	if (kind != 'r' && kind != 'p' && kind != 'f')
		return err_set(e, ERR_INPUT, "%s.%s is not a table: rows cannot be copied into it",
			p->schema, p->name);
	if (!pg_bool(r, i, 5))
		return err_set(e, ERR_INPUT,
			"%s.%s: the role may not insert into it: GRANT INSERT, or load as its "
			"owner",
			p->schema, p->name);
	if (pg_bool(r, i, 6))
		return err_set(e, ERR_INPUT,
			"%s.%s has row security, and COPY obeys it for this role: load as the "
			"table's owner or as a role with BYPASSRLS",
			p->schema, p->name);
	return 0;
}

static int find_tables(
	struct load *l, const struct buf *schemas, const struct buf *tables, struct err *e)
{
	struct pg_rows *r =
		pg_ask(l->pg, sql_tables, 2, (const char *const[]){schemas->p, tables->p}, e);

	if (r == NULL)
		return -1;
	for (size_t i = 0; i < pg_count(r); i++)
		if (found(&l->tables[pg_int(r, i, 0) - 1], r, i, e) == -1) {
			pg_free(r);
			return -1;
		}
	if (pg_done(r, e) == -1)
		return -1;
	for (uint32_t i = 0; i < l->ntables; i++)
		if (l->tables[i].oid == 0)
			return err_set(e, ERR_INPUT,
				"%s.%s is not in this database, or not visible to this role: "
				"create the schema first",
				l->tables[i].plan->table->schema, l->tables[i].plan->table->name);
	return 0;
}

static const char sql_columns[] =
	"SELECT w.i::int, a.attname::text, format_type(a.atttypid, a.atttypmod)"
	" FROM unnest($1::bigint[]) WITH ORDINALITY AS w(o, i)"
	" JOIN pg_attribute a ON a.attrelid = w.o::oid AND a.attnum > 0 AND NOT a.attisdropped"
	" ORDER BY w.i, a.attnum";

/* Every column the rows have must be there, of the type they were made for. */
static int compare_columns(struct load *l, struct err *e)
{
	struct pg_rows *r = pg_ask(l->pg, sql_columns, 1, &l->oids, e);
	size_t i = 0;
	int rc = 0;

	if (r == NULL)
		return -1;
	for (uint32_t k = 0; k < l->ntables && rc == 0; k++) {
		const struct plan_table *t = l->tables[k].plan;
		size_t first = i;

		while (i < pg_count(r) && pg_int(r, i, 0) == (int64_t)k + 1)
			i++;
		for (uint32_t c = 0; c < t->table->ncolumns && rc == 0; c++) {
			const struct pg_column *col = &t->table->columns[c];
			size_t at = first;

			while (at < i && strcmp(pg_str(r, at, 1), col->name) != 0)
				at++;
			if (data_written(t, c) &&
				(at == i || strcmp(pg_str(r, at, 2), col->formatted) != 0))
				rc = err_set(e, ERR_INPUT,
					"%s.%s.%s: the rows were made for %s, the database has "
					"%s: run introspect, plan-check and the generators again",
					t->table->schema, t->table->name, col->name, col->formatted,
					at == i ? "no such column" : pg_str(r, at, 2));
		}
	}
	if (rc == -1) {
		pg_free(r);
		return -1;
	}
	return pg_done(r, e);
}

int target_oids(struct load *l, struct err *e)
{
	struct buf b = BUF_INIT;

	buf_addc(&b, '{');
	for (uint32_t i = 0; i < l->ntables; i++)
		buf_addf(&b, "%s%" PRId64, i == 0 ? "" : ",", l->tables[i].oid);
	buf_addc(&b, '}');
	l->oids = buf_ok(&b) ? arena_strdup(l->a, b.p) : NULL;
	buf_free(&b);
	return l->oids != NULL ? 0 : err_nomem(e);
}

static void own_rows(struct buf *b, const struct load_table *t)
{
	pg_own_rows(b, t->plan->table->kind, t->plan->table->schema, t->plan->table->name);
}

int target_has_rows(struct load *l, const struct load_table *t, struct err *e)
{
	struct buf b = BUF_INIT;
	struct pg_rows *r = NULL;
	int yes = -1;

	buf_adds(&b, "SELECT EXISTS (SELECT 1 FROM ");
	own_rows(&b, t);
	buf_adds(&b, ")");
	if (!buf_ok(&b))
		err_nomem(e);
	else
		r = pg_query(l->pg, b.p, 0, NULL, e);
	buf_free(&b);
	if (r != NULL) {
		yes = pg_bool(r, 0, 0);
		if (pg_done(r, e) == -1)
			yes = -1;
	}
	return yes;
}

/*
 * The lock each table is worked under until the commit, parents first, so that two loads of
 * one plan wait for one another instead of deadlocking.  A role that may only insert cannot
 * take more than the weaker.
 */
static int lock_tables(struct load *l, struct err *e)
{
	bool strong = !l->opt.in_place || l->opt.existing == LOAD_TRUNCATE;
	struct buf b = BUF_INIT;
	int rc;

	for (uint32_t i = 0; i < l->ntables; i++) {
		const struct load_table *t = &l->tables[i];

		buf_adds(&b, "LOCK TABLE ");
		own_rows(&b, t);
		buf_addf(&b, " IN %s MODE; ",
			strong && t->owned && !t->plan->append ? "ACCESS EXCLUSIVE"
							       : "ROW EXCLUSIVE");
	}
	/* a plan that skips every table has none to lock */
	rc = !buf_ok(&b) ? err_nomem(e) : l->ntables > 0 ? pg_exec(l->pg, b.p, e) : 0;
	buf_free(&b);
	return rc;
}

/* Where several loaders have begun, the roads are known, and shared tables have rows. */
static int choose_road(struct load *l, struct load_table *t, bool *filled, struct err *e)
{
	int rows = l->begun && t->shared ? 0 : target_has_rows(l, t, e);

	if (rows == -1)
		return -1;
	if (t->plan->append && l->opt.existing == LOAD_TRUNCATE)
		return err_set(e, ERR_INPUT,
			"%s.%s: the plan adds to its rows, and --truncate would take them away",
			t->plan->table->schema, t->plan->table->name);
	*filled = rows == 1 && l->opt.existing == LOAD_REFUSE && !t->plan->append;
	t->truncate = l->opt.existing == LOAD_TRUNCATE && !l->begun;
	if (l->begun)
		return 0;
	t->bulk = !l->opt.in_place && t->plain && t->owned && !t->plan->append &&
		  (rows == 0 || t->truncate);
	return 0;
}

static int choose_roads(struct load *l, struct err *e)
{
	enum { NAMED = 3 };
	bool *filled = arena_array(l->a, l->ntables + 1UL, sizeof(*filled)), any = false;
	struct buf b = BUF_INIT;

	if (filled == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < l->ntables; i++) {
		if (choose_road(l, &l->tables[i], &filled[i], e) == -1)
			return -1;
		any = any || filled[i];
	}
	if (!any)
		return 0;
	target_filled(l, filled, NAMED, &b);
	(void)(buf_ok(&b) ? err_set(e, ERR_INPUT, "%s", b.p) : err_nomem(e));
	buf_free(&b);
	return -1;
}

/* TRUNCATE them all at once: they refer to one another.  Tables that inherit from one of them and
 * are not in the plan keep their rows. */
int target_truncate(struct load *l, struct err *e)
{
	struct buf b = BUF_INIT;
	bool any = false;
	int rc = 0;

	buf_adds(&b, "TRUNCATE ");
	for (uint32_t i = 0; i < l->ntables; i++)
		if (l->tables[i].truncate) {
			buf_adds(&b, any ? ", " : "");
			own_rows(&b, &l->tables[i]);
			any = true;
		}
	if (any && (rc = outside_add(l, &b, e)) == 0)
		rc = buf_ok(&b) ? pg_exec(l->pg, b.p, e) : err_nomem(e);
	buf_free(&b);
	return rc == 0 ? 0 : err_wrap(e, "emptying the plan's tables");
}

int target_find(struct load *l, struct err *e)
{
	struct buf schemas = BUF_INIT, tables = BUF_INIT;
	struct load_locks locks;
	int rc = -1;

	if (target_names(l, &schemas, &tables, e) == -1 ||
		find_tables(l, &schemas, &tables, e) == -1 || target_oids(l, e) == -1 ||
		locks_count(l, &locks, e) == -1 || lock_tables(l, e) == -1 ||
		compare_columns(l, e) == -1)
		goto out;
	if (choose_roads(l, e) == -1)
		goto out;
	if (!l->begun)
		locks_choose(l, &locks);
	rc = target_truncate(l, e);
out:
	buf_free(&schemas);
	buf_free(&tables);
	return rc;
}
