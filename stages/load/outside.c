/* SPDX-License-Identifier: MIT */
/*
 * Tables outside the plan that refer to tables of it, at any distance.  TRUNCATE refuses a table
 * that another one refers to, even when that one is empty, unless both are named.  So the empty
 * ones are named too, which changes nothing in them; one that has rows stops the load, because
 * its rows would lose what they refer to.  A plan that skips tables has such tables often.
 */
#include <inttypes.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "stages/load/load.h"

static const char sql_outside[] =
	"WITH RECURSIVE ours AS (SELECT c.oid FROM unnest($1::text[], $2::text[]) AS w(s, t)"
	" JOIN pg_catalog.pg_namespace n ON n.nspname = w.s"
	" JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.t),"
	" theirs AS (SELECT f.conrelid AS oid FROM pg_catalog.pg_constraint f"
	"  JOIN ours o ON f.confrelid = o.oid WHERE f.contype = 'f' AND f.conparentid = 0"
	" UNION SELECT f.conrelid FROM pg_catalog.pg_constraint f"
	"  JOIN theirs t ON f.confrelid = t.oid WHERE f.contype = 'f' AND f.conparentid = 0)"
	" SELECT n.nspname::text, c.relname::text, c.relkind::text FROM theirs t"
	" JOIN pg_catalog.pg_class c ON c.oid = t.oid"
	" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
	" WHERE t.oid NOT IN (SELECT o.oid FROM ours o)"
	/* a partition goes with its table */
	" AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_partition_ancestors(t.oid) p"
	"  JOIN ours o ON o.oid = p.relid)"
	" ORDER BY 1, 2";

/* The rows of one of them are looked for under a lock, so that it is empty until the commit. */
static int is_empty(struct load *l, char kind, const char *schema, const char *table, struct err *e)
{
	struct buf name = BUF_INIT, b = BUF_INIT;
	struct pg_rows *r = NULL;
	int rc = -1;

	pg_own_rows(&name, kind, schema, table);
	if (buf_ok(&name) && !l->opt.check)
		buf_addf(&b, "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE", name.p);
	if (!buf_ok(&name) || !buf_ok(&b)) {
		err_nomem(e);
		goto out;
	}
	if (!l->opt.check && pg_exec(l->pg, b.p, e) == -1)
		goto out;
	buf_clear(&b);
	buf_addf(&b, "SELECT EXISTS (SELECT 1 FROM %s)", name.p);
	if (!buf_ok(&b)) {
		err_nomem(e);
		goto out;
	}
	if ((r = pg_query(l->pg, b.p, 0, NULL, e)) != NULL) {
		bool any = pg_bool(r, 0, 0);

		rc = pg_done(r, e);
		if (rc == 0 && any)
			rc = err_set(e, ERR_INPUT,
				"%s.%s has rows and refers to tables of the plan, and is not in "
				"it: --truncate would leave its rows without what they refer to: "
				"fill it too (--tables %s.%s), or empty it first",
				schema, table, schema, table);
	}
out:
	buf_free(&name);
	buf_free(&b);
	return rc == 0 ? 0 : err_wrap(e, "tables that refer to those of the plan");
}

int outside_add(struct load *l, struct buf *names, struct err *e)
{
	struct buf schemas = BUF_INIT, tables = BUF_INIT;
	struct pg_rows *r = NULL;
	int rc = -1;

	if (target_names(l, &schemas, &tables, e) == 0)
		r = pg_ask(l->pg, sql_outside, 2, (const char *const[]){schemas.p, tables.p}, e);
	buf_free(&schemas);
	buf_free(&tables);
	if (r == NULL)
		return -1;
	rc = 0;
	for (size_t i = 0; i < pg_count(r) && rc == 0; i++) {
		char kind = pg_str(r, i, 2)[0];

		rc = is_empty(l, kind, pg_str(r, i, 0), pg_str(r, i, 1), e);
		if (rc == 0 && names != NULL) {
			buf_adds(names, ", ");
			pg_own_rows(names, kind, pg_str(r, i, 0), pg_str(r, i, 1));
		}
	}
	if (rc == -1) {
		pg_free(r);
		return -1;
	}
	return pg_done(r, e);
}
