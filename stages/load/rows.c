/* SPDX-License-Identifier: MIT */
/* What a transaction does between dropping keys and its commit. */
#include "stages/load/load.h"

#include <string.h>

#include "common/base/err.h"
#include "common/stage/stage.h"

/* The rows of the tables that no other loader copies. */
static int copy_all(struct load *l, struct err *e)
{
	uint64_t total = 0;
	struct progress *p;
	int rc = 0;

	for (uint32_t i = 0; i < l->ntables; i++)
		total += l->tables[i].shared ? 0 : l->tables[i].plan->rows;
	p = progress_start("rows loaded", total);
	for (uint32_t i = 0; i < l->ntables && rc == 0; i++) {
		struct load_table *t = &l->tables[l->order[i]];

		if (t->shared)
			continue;
		rc = trial_copy(l, t, e);
		progress_add(p, t->rows);
		progress_tick(p);
	}
	progress_end(p);
	return rc;
}

int rows_copy(struct load *l, struct err *e)
{
	if (defer_rings(l, e) == -1 || copy_all(l, e) == -1)
		return -1;
	/* what was deferred is checked now: a table with events pending cannot be altered */
	if (pg_exec(l->pg, "SET CONSTRAINTS ALL IMMEDIATE", e) == -1)
		return -1;
	return defer_back(l, e);
}

int rows_leave(struct load *l, const char *before, const struct dropped *keys, struct err *e)
{
	const char *after;

	if (keys_restore(l, keys, e) == -1 || checks_ask(l, e) == -1 || triggers_end(l, e) == -1 ||
		finish_sequences(l, e) == -1 || (after = catalog_text(l, e)) == NULL)
		return -1;
	if (strcmp(before, after) == 0)
		return 0;
	return err_set(e, ERR_INPUT,
		"a key or index would not come back exactly as it was: nothing was loaded; use "
		"--in-place");
}
