/* SPDX-License-Identifier: MIT */
/* What the server's errors mean for a run. */
#include "stages/load/load.h"

#include <string.h>

#include "common/base/err.h"

static bool violates(const struct load *l, const struct plan_table *t, const char *constraint,
	const struct err *e)
{
	const char *named = arena_printf(
		l->a, "constraint %s of %s.%s)", constraint, t->table->schema, t->table->name);

	return named != NULL && strstr(e->msg, named) != NULL;
}

static const char again[] =
	"nothing was loaded; run introspect --keys, plan-check and the generators again";

/* rows that children attach to have gone since their keys were read */
static int rows_gone(const struct load *l, const struct plan_table *t, struct err *e)
{
	for (uint32_t k = 0; k < t->nfks; k++) {
		const struct pg_constraint *c = &t->table->cons[t->fks[k].con];

		if (how_picks(t->fks[k].how) && l->plan.tables[t->fks[k].parent].existing &&
			violates(l, t, c->name, e))
			return err_set(e, ERR_INPUT,
				"%s.%s: foreign key %s: rows of %s.%s that were there when "
				"introspect --keys read them are gone: %s",
				t->table->schema, t->table->name, c->name, c->ref_schema,
				c->ref_table, again);
	}
	return -1;
}

/* rows were added meanwhile to a table that we add to */
static int rows_came(const struct load *l, const struct plan_table *t, struct err *e)
{
	for (uint32_t i = 0; t->append && i < t->table->ncons + t->table->nindexes; i++) {
		const char *name = i < t->table->ncons
					   ? t->table->cons[i].name
					   : t->table->indexes[i - t->table->ncons].name;

		if (violates(l, t, name, e))
			return err_set(e, ERR_INPUT,
				"%s.%s: %s: a row has come since introspect --keys read them that "
				"has the same key: %s",
				t->table->schema, t->table->name, name, again);
	}
	return -1;
}

/* The server says what is wrong; what that means for the run is ours to say. */
int load_explain(const struct load *l, struct err *e)
{
	bool gone = strstr(e->msg, "SQLSTATE 23503") != NULL;
	bool came = strstr(e->msg, "SQLSTATE 23505") != NULL;

	if (strstr(e->msg, "SQLSTATE P0") != NULL)
		return triggers_explain(l, e);

	if (strstr(e->msg, "max_locks_per_transaction") != NULL &&
		strstr(e->msg, "--in-place") == NULL) {
		struct err was = *e;

		return err_set(e, was.kind, "%s, or load with --in-place", was.msg);
	}
	for (uint32_t i = 0; i < l->ntables && gone; i++)
		(void)rows_gone(l, l->tables[i].plan, e);
	for (uint32_t i = 0; i < l->ntables && came; i++)
		(void)rows_came(l, l->tables[i].plan, e);
	return -1;
}
