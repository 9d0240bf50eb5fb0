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

static const char sql_triggers[] =
	"SELECT n.nspname::text, c.relname::text, t.tgname::text FROM pg_trigger t"
	" JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE t.tgrelid = ANY ($1::bigint[]::oid[]) AND NOT t.tgisinternal"
	" AND t.tgenabled = 'O' AND (t.tgtype & 4) <> 0 ORDER BY 1, 2, 3";

/* Triggers that fire for a role's own INSERT; those set to REPLICA, ALWAYS or off stay so. */
struct load_trigger {
	struct load_trigger *next;
	const char *sql_on;
};

static int switch_off(struct load *l, struct pg_rows *r, size_t i, struct err *e)
{
	struct load_trigger *t = arena_alloc(l->a, sizeof(*t));
	struct buf b = BUF_INIT;
	size_t head;
	int rc = -1;

	buf_adds(&b, "ALTER TABLE ");
	pg_qname(&b, pg_str(r, i, 0), pg_str(r, i, 1));
	head = b.n;
	buf_adds(&b, " ENABLE TRIGGER ");
	pg_ident(&b, pg_str(r, i, 2));
	if (t == NULL || !buf_ok(&b) || (t->sql_on = arena_strdup(l->a, b.p)) == NULL) {
		err_nomem(e);
		goto out;
	}
	b.n = head;
	buf_adds(&b, " DISABLE TRIGGER ");
	pg_ident(&b, pg_str(r, i, 2));
	if (!buf_ok(&b) || pg_exec(l->pg, b.p, e) == -1)
		goto out;
	t->next = l->switched;
	l->switched = t;
	rc = 0;
out:
	buf_free(&b);
	return rc;
}

int triggers_off(struct load *l, struct err *e)
{
	struct pg_rows *r = pg_ask(l->pg, sql_triggers, 1, &l->oids, e);

	if (r == NULL)
		return -1;
	for (size_t i = 0; i < pg_count(r); i++) {
		if (!l->opt.triggers_off) {
			stage_warn("%s.%s: trigger %s fires for every row and may change or "
				   "reject it; --no-triggers loads with it off",
				pg_str(r, i, 0), pg_str(r, i, 1), pg_str(r, i, 2));
		} else if (switch_off(l, r, i, e) == -1) {
			pg_free(r);
			return -1;
		}
	}
	return pg_done(r, e);
}

int triggers_back(struct load *l, struct err *e)
{
	for (; l->switched != NULL; l->switched = l->switched->next)
		if (pg_exec(l->pg, l->switched->sql_on, e) == -1)
			return -1;
	return 0;
}
