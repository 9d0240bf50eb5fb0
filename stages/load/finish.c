/* SPDX-License-Identifier: MIT */
#include "stages/load/load.h"

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/stage/stage.h"

/*
 * ALTER SEQUENCE ... RESTART obeys the transaction, setval() does not: what is rolled back
 * must leave the sequence where it was.
 */
static const char sql_sequences[] =
	"SELECT n.nspname::text, c.relname::text, a.attname::text, sn.nspname::text,"
	" sc.relname::text, s.seqincrement, s.seqmin, s.seqmax,"
	" pg_has_role(sc.relowner, 'USAGE')"
	" FROM pg_depend d"
	" JOIN pg_class sc ON sc.oid = d.objid AND sc.relkind = 'S'"
	" JOIN pg_namespace sn ON sn.oid = sc.relnamespace"
	" JOIN pg_sequence s ON s.seqrelid = sc.oid"
	" JOIN pg_class c ON c.oid = d.refobjid"
	" JOIN pg_namespace n ON n.oid = c.relnamespace"
	" JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid"
	" WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
	" AND d.deptype IN ('a', 'i') AND d.refobjid = ANY ($1::bigint[]::oid[])"
	" ORDER BY 1, 2, a.attnum, 4, 5";

/* The value furthest along the sequence's way; 1 there is one, 0 no row, -1 error. */
static int furthest(struct load *l, struct pg_rows *seq, size_t i, int64_t *value, struct err *e)
{
	struct buf b = BUF_INIT;
	struct pg_rows *r = NULL;
	int there = -1;

	buf_addf(&b, "SELECT pg_catalog.%s(", pg_int(seq, i, 5) > 0 ? "max" : "min");
	pg_ident(&b, pg_str(seq, i, 2));
	buf_adds(&b, ")::bigint FROM ");
	pg_qname(&b, pg_str(seq, i, 0), pg_str(seq, i, 1));
	if (!buf_ok(&b))
		err_nomem(e);
	else
		r = pg_query(l->pg, b.p, 0, NULL, e);
	buf_free(&b);
	if (r != NULL) {
		there = !pg_is_null(r, 0, 0);
		*value = pg_int0(r, 0, 0, 0);
		if (pg_done(r, e) == -1)
			there = -1;
	}
	return there;
}

static int restart(struct load *l, struct pg_rows *r, size_t i, struct err *e)
{
	int64_t step = pg_int(r, i, 5), last = 0, next;
	struct buf b = BUF_INIT;
	int rc = furthest(l, r, i, &last, e);

	if (rc != 1)
		return rc;
	if (__builtin_add_overflow(last, step, &next) || next < pg_int(r, i, 6) ||
		next > pg_int(r, i, 7)) {
		stage_warn("%s.%s.%s: the sequence %s.%s has no value left after the rows loaded",
			pg_str(r, i, 0), pg_str(r, i, 1), pg_str(r, i, 2), pg_str(r, i, 3),
			pg_str(r, i, 4));
		return 0;
	}
	if (!pg_bool(r, i, 8)) {
		stage_warn("%s.%s: the role does not own the sequence: it stays where it was",
			pg_str(r, i, 3), pg_str(r, i, 4));
		return 0;
	}
	buf_adds(&b, "ALTER SEQUENCE ");
	pg_qname(&b, pg_str(r, i, 3), pg_str(r, i, 4));
	buf_addf(&b, " RESTART WITH %lld", (long long)next);
	rc = buf_ok(&b) ? pg_exec(l->pg, b.p, e) : err_nomem(e);
	buf_free(&b);
	return rc;
}

int finish_sequences(struct load *l, struct err *e)
{
	struct pg_rows *r = pg_ask(l->pg, sql_sequences, 1, &l->oids, e);

	if (r == NULL)
		return -1;
	for (size_t i = 0; i < pg_count(r); i++)
		if (restart(l, r, i, e) == -1) {
			pg_free(r);
			return -1;
		}
	return pg_done(r, e);
}

/* One statement for each table, its name between ${head} and ${tail}. */
static int for_tables(
	struct load *l, const char *head, const char *tail, bool owned_only, struct err *e)
{
	for (uint32_t i = 0; i < l->ntables; i++) {
		struct buf b = BUF_INIT;
		int rc;

		if (owned_only && !l->tables[i].owned)
			continue;
		buf_adds(&b, head);
		pg_qname(&b, l->tables[i].plan->table->schema, l->tables[i].plan->table->name);
		buf_adds(&b, tail);
		rc = buf_ok(&b) ? pg_exec(l->pg, b.p, e) : err_nomem(e);
		buf_free(&b);
		if (rc == -1)
			return -1;
	}
	return 0;
}

int finish_analyze(struct load *l, struct err *e)
{
	return for_tables(l, "ANALYZE ", "", true, e);
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
