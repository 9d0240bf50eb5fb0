/* SPDX-License-Identifier: MIT */
#include "stages/load/load.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/base/err.h"
#include "common/base/str.h"

/*
 * Tables that refer to one another in a ring have no order to be loaded in.  Where their foreign
 * keys stay in place, they are checked when all rows are there: they become deferrable for this
 * transaction, and then what they were.
 */

static const char sql_state[] =
	"SELECT condeferrable FROM pg_constraint"
	" WHERE conrelid = $1::bigint::oid AND conname = $2 AND contype = 'f'"
	" AND coninhcount = 0";

/* 1: it is there, and not deferrable; 0: nothing to alter; -1: error */
static int is_rigid(struct load *l, const struct load_table *t, const char *name, struct err *e)
{
	char oid[24];
	struct pg_rows *r;
	int yes;

	(void)snprintf(oid, sizeof(oid), "%" PRId64, t->oid);
	if ((r = pg_ask(l->pg, sql_state, 2, (const char *const[]){oid, name}, e)) == NULL)
		return -1;
	yes = pg_count(r) == 1 && !pg_bool(r, 0, 0);
	return pg_done(r, e) == -1 ? -1 : yes;
}

static int alter(struct load *l, const struct load_table *t, const char *name, const char *how,
	struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	buf_adds(&b, "ALTER TABLE ");
	pg_qname(&b, t->plan->table->schema, t->plan->table->name);
	buf_adds(&b, " ALTER CONSTRAINT ");
	pg_ident(&b, name);
	buf_adds(&b, how);
	rc = buf_ok(&b) ? pg_exec(l->pg, b.p, e) : err_nomem(e);
	buf_free(&b);
	return rc;
}

/* a forest needs none of it: its parents come first */
static bool closes_ring(const struct plan_fk *fk)
{
	return how_picks(fk->how) && fk->computed && !(how_forest(fk->how) && !how_agrees(fk->how));
}

static int each(struct load *l, const char *how, bool back, struct err *e)
{
	for (uint32_t i = 0; i < l->ntables; i++) {
		struct load_table *t = &l->tables[i];

		if (!back && t->plan->nfks > 0 &&
			(t->deferred = arena_array(l->a, t->plan->nfks, sizeof(bool))) == NULL)
			return err_nomem(e);
		for (uint32_t k = 0; k < t->plan->nfks; k++) {
			const char *name = t->plan->table->cons[t->plan->fks[k].con].name;
			int rigid;

			if (!t->owned || !closes_ring(&t->plan->fks[k]))
				continue;
			if (!back && (rigid = is_rigid(l, t, name, e)) != 0) {
				if (rigid == -1)
					return -1;
				t->deferred[k] = true;
			}
			if (t->deferred != NULL && t->deferred[k] &&
				alter(l, t, name, how, e) == -1)
				return -1;
		}
	}
	return 0;
}

int defer_rings(struct load *l, struct err *e)
{
	bool any = false;

	for (uint32_t i = 0; i < l->ntables; i++)
		for (uint32_t k = 0; k < l->tables[i].plan->nfks; k++)
			any = any || closes_ring(&l->tables[i].plan->fks[k]);
	if (!any)
		return 0;
	if (each(l, " DEFERRABLE INITIALLY DEFERRED", false, e) == -1)
		return -1;
	return pg_exec(l->pg, "SET CONSTRAINTS ALL DEFERRED", e);
}

int defer_back(struct load *l, struct err *e)
{
	return each(l, " NOT DEFERRABLE", true, e);
}
