/* SPDX-License-Identifier: MIT */
/*
 * Sequences go on after the rows that were loaded.
 *
 * A column's sequence is the one that it owns (identity, serial) or one that its default takes
 * values from, which nobody has to own, and which may serve several columns, also of a table that
 * inherits its default.  The next value lies behind those of all columns of the plan.  A sequence
 * that serves a column outside the plan never goes back.
 *
 * The owner restarts a sequence.  A role that may only UPDATE it calls setval(), which obeys no
 * transaction: so it never goes back, and a dry run leaves it out.  What a role may do neither with
 * is told once for all sequences.
 */
#include "stages/load/load.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/stage/stage.h"

/*
 * A row for each column that uses a sequence of the plan's tables.  A default that names its
 * sequence in a text, as dumps of old servers do, depends on nothing; its text is read instead.
 */
static const char sql_uses[] =
	"WITH used(seq, rel, col) AS ("
	" SELECT d.objid, d.refobjid, d.refobjsubid FROM pg_depend d"
	"  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
	"  AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0"
	" UNION SELECT d.refobjid, a.adrelid, a.adnum FROM pg_attrdef a"
	"  JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid"
	"   AND d.refclassid = 'pg_class'::regclass"
	" UNION SELECT to_regclass((regexp_match(pg_get_expr(a.adbin, a.adrelid),"
	"   'nextval[(]+''([^'']+)''::text'))[1])::oid, a.adrelid, a.adnum FROM pg_attrdef a"
	"  WHERE a.adrelid = ANY ($1::bigint[]::oid[])),"
	" ours AS (SELECT DISTINCT seq FROM used WHERE rel = ANY ($1::bigint[]::oid[]))"
	" SELECT sc.oid::bigint, sn.nspname::text, sc.relname::text, s.seqincrement, s.seqmin,"
	" s.seqmax, s.seqstart, pg_has_role(sc.relowner, 'USAGE'), n.nspname::text,"
	" c.relname::text, a.attname::text, t.typcategory = 'N',"
	" c.oid = ANY ($1::bigint[]::oid[]), has_sequence_privilege(sc.oid, 'UPDATE'),"
	" has_sequence_privilege(sc.oid, 'SELECT')"
	" FROM ours JOIN used u USING (seq)"
	" JOIN pg_class sc ON sc.oid = u.seq AND sc.relkind = 'S'"
	" JOIN pg_namespace sn ON sn.oid = sc.relnamespace"
	" JOIN pg_sequence s ON s.seqrelid = sc.oid"
	" JOIN pg_class c ON c.oid = u.rel"
	" JOIN pg_namespace n ON n.oid = c.relnamespace"
	" JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.col AND NOT a.attisdropped"
	" JOIN pg_type t ON t.oid = a.atttypid"
	" ORDER BY sn.nspname, sc.relname, n.nspname, c.relname, a.attnum";

enum {
	S_OID,
	S_SCHEMA,
	S_NAME,
	S_STEP,
	S_MIN,
	S_MAX,
	S_START,
	S_OWNED,
	S_TABLE_SCHEMA,
	S_TABLE,
	S_COLUMN,
	S_NUMBER,
	S_IN_PLAN,
	S_UPDATE,
	S_SELECT,
};

/* Sequences that the role may not set. */
struct left_behind {
	uint32_t n;
	const char *first; /* its name, in the arena */
};

/* The furthest value that a sequence has given, if it has given any. */
struct reach {
	bool any;
	int64_t step, last;
};

static void further(struct reach *r, int64_t value)
{
	if (!r->any || (r->step > 0 ? value > r->last : value < r->last))
		r->last = value;
	r->any = true;
}

/* Runs a query whose one row is a number or NULL. */
static int ask_number(struct load *l, struct buf *b, struct reach *to, struct err *e)
{
	struct pg_rows *r = NULL;

	if (buf_ok(b))
		r = pg_query(l->pg, b->p, 0, NULL, e);
	else
		err_nomem(e);
	buf_free(b);
	if (r == NULL)
		return -1;
	if (pg_count(r) == 1 && !pg_is_null(r, 0, 0))
		further(to, pg_int(r, 0, 0));
	return pg_done(r, e);
}

/*
 * What the rows of a column have taken.  Where the value is not a number but made from one, there
 * was one for each row.
 */
static int column_reach(
	struct load *l, struct pg_rows *r, size_t i, struct reach *to, struct err *e)
{
	struct buf b = BUF_INIT;

	if (pg_bool(r, i, S_NUMBER)) {
		buf_addf(&b, "SELECT pg_catalog.%s(", to->step > 0 ? "max" : "min");
		pg_ident(&b, pg_str(r, i, S_COLUMN));
		buf_adds(&b, ")::bigint FROM ");
	} else {
		buf_addf(&b, "SELECT %lld + %lld * (nullif(pg_catalog.count(*), 0) - 1) FROM ",
			(long long)pg_int(r, i, S_START), (long long)to->step);
	}
	pg_qname(&b, pg_str(r, i, S_TABLE_SCHEMA), pg_str(r, i, S_TABLE));
	return ask_number(l, &b, to, e);
}

/* Where the sequence is now. */
static int own_reach(struct load *l, struct pg_rows *r, size_t i, struct reach *to, struct err *e)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, "SELECT last_value FROM ");
	pg_qname(&b, pg_str(r, i, S_SCHEMA), pg_str(r, i, S_NAME));
	buf_adds(&b, " WHERE is_called");
	return ask_number(l, &b, to, e);
}

/*
 * ALTER SEQUENCE ... RESTART obeys the transaction, setval() does not: what is rolled back must
 * leave the sequence where it was.
 */
static int restart(
	struct load *l, struct pg_rows *r, size_t i, const struct reach *at, struct err *e)
{
	struct buf b = BUF_INIT;
	int64_t next;
	int rc;

	if (__builtin_add_overflow(at->last, at->step, &next) || next < pg_int(r, i, S_MIN) ||
		next > pg_int(r, i, S_MAX)) {
		stage_warn("%s.%s.%s: the sequence %s.%s has no value left after the rows loaded",
			pg_str(r, i, S_TABLE_SCHEMA), pg_str(r, i, S_TABLE), pg_str(r, i, S_COLUMN),
			pg_str(r, i, S_SCHEMA), pg_str(r, i, S_NAME));
		return 0;
	}
	if (pg_bool(r, i, S_OWNED)) {
		buf_adds(&b, "ALTER SEQUENCE ");
		pg_qname(&b, pg_str(r, i, S_SCHEMA), pg_str(r, i, S_NAME));
		buf_addf(&b, " RESTART WITH %lld", (long long)next);
	} else {
		buf_addf(&b, "SELECT pg_catalog.setval(%lld::oid::regclass, %lld)",
			(long long)pg_int(r, i, S_OID), (long long)at->last);
	}
	rc = buf_ok(&b) ? pg_exec(l->pg, b.p, e) : err_nomem(e);
	buf_free(&b);
	return rc;
}

/* One sequence, whose columns are the rows [from, to). */
static int one_sequence(struct load *l, struct pg_rows *r, size_t from, size_t to,
	struct left_behind *left, struct err *e)
{
	struct reach at = {.step = pg_int(r, from, S_STEP)};
	size_t column = to;
	bool others = false;

	for (size_t i = from; i < to; i++) {
		if (!pg_bool(r, i, S_IN_PLAN))
			others = true;
		else if (column_reach(l, r, i, &at, e) == -1)
			return -1;
		else if (column == to)
			column = i;
	}
	if (!at.any)
		return 0;
	if (!pg_bool(r, from, S_OWNED) &&
		!(pg_bool(r, from, S_UPDATE) && pg_bool(r, from, S_SELECT))) {
		if (left->n++ == 0)
			left->first = arena_printf(
				l->a, "%s.%s", pg_str(r, from, S_SCHEMA), pg_str(r, from, S_NAME));
		return left->first != NULL ? 0 : err_nomem(e);
	}
	if (!pg_bool(r, from, S_OWNED) && l->opt.dry_run)
		return 0;
	if ((!pg_bool(r, from, S_OWNED) || others) && own_reach(l, r, from, &at, e) == -1)
		return -1;
	return restart(l, r, column, &at, e);
}

/* " and 30 more sequences" */
static const char *and_more(struct load *l, uint32_t n)
{
	const char *text = arena_printf(l->a, " and %u more sequence%s", n, n == 1 ? "" : "s");

	return n > 0 && text != NULL ? text : "";
}

int finish_sequences(struct load *l, struct err *e)
{
	struct pg_rows *r = pg_ask(l->pg, sql_uses, 1, &l->oids, e);
	struct left_behind left = {0};
	size_t n, to;

	if (r == NULL)
		return -1;
	n = pg_count(r);
	for (size_t from = 0; from < n; from = to) {
		for (to = from + 1; to < n && pg_int(r, to, S_OID) == pg_int(r, from, S_OID);)
			to++;
		if (one_sequence(l, r, from, to, &left, e) == -1) {
			pg_free(r);
			return -1;
		}
	}
	if (left.n > 0)
		stage_warn(
			"the role may not set %s%s: an application's next INSERT may repeat a key: "
			"GRANT SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ... to it, or load as the "
			"owner",
			left.first, and_more(l, left.n - 1));
	return pg_done(r, e);
}
