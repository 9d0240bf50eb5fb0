/* SPDX-License-Identifier: MIT */
#include "stages/load/load.h"

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/stage/stage.h"

/*
 * Statistics are a service, and their failure is no reason to call a load failed: PostgreSQL 17 and
 * later evaluate indexed expressions under a search_path of pg_catalog alone when they ANALYZE.
 */
static void analyze(struct load *l, const struct load_table *t)
{
	const struct pg_table *p = t->plan->table;
	struct buf b = BUF_INIT;
	struct err why;
	int rc;

	buf_adds(&b, "ANALYZE ");
	pg_qname(&b, p->schema, p->name);
	rc = buf_ok(&b) ? pg_exec(l->pg, b.p, &why) : err_nomem(&why);
	buf_free(&b);
	if (rc == -1)
		stage_warn("%s.%s: ANALYZE failed, so the planner has no statistics of it: %s",
			p->schema, p->name, why.msg);
}

void finish_analyze(struct load *l)
{
	for (uint32_t i = 0; i < l->ntables; i++)
		if (l->tables[i].owned)
			analyze(l, &l->tables[i]);
}
