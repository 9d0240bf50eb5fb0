/* SPDX-License-Identifier: MIT */
/*
 * CHECKs through functions that are written in SQL or a procedural language.
 *
 * PostgreSQL evaluates a CHECK when a row comes in, and takes it to depend on nothing but the row.
 * A function may read other tables all the same.  So tables whose CHECKs read others are copied
 * after these, where foreign keys let them; and each such CHECK, of tables and of the domains of
 * their columns, is asked again when all rows are there: a dump of what would then be committed
 * could not be restored if one were false.
 */
#include "stages/load/load.h"

#include "common/base/err.h"
#include "common/base/str.h"

/* The relations of each table of the plan: itself and its partitions.  The functions that are
 * code, and the operators of those. */
#define WITH_RELATIONS                                                                             \
	"WITH RECURSIVE rel(i, o) AS ("                                                            \
	" SELECT w.i, w.o::oid FROM unnest($1::bigint[]) WITH ORDINALITY w(o, i)"                  \
	" UNION SELECT w.i, p.relid FROM unnest($1::bigint[]) WITH ORDINALITY w(o, i)"             \
	"  CROSS JOIN LATERAL pg_partition_tree(w.o::oid) p),"                                     \
	" code(class, oid) AS (SELECT 'pg_proc'::regclass, p.oid FROM pg_proc p"                   \
	"  JOIN pg_language g ON g.oid = p.prolang AND g.lanname NOT IN ('c', 'internal')"         \
	" UNION ALL SELECT 'pg_operator'::regclass, o.oid FROM pg_operator o"                      \
	"  JOIN pg_proc p ON p.oid = o.oprcode"                                                    \
	"  JOIN pg_language g ON g.oid = p.prolang AND g.lanname NOT IN ('c', 'internal')),"       \
	" dom(i, o, col, typ) AS ("                                                                \
	" SELECT rel.i, rel.o, a.attname, t.oid FROM rel JOIN pg_attribute a"                      \
	"  ON a.attrelid = rel.o AND a.attnum > 0 AND NOT a.attisdropped"                          \
	"  JOIN pg_type t ON t.oid = a.atttypid AND t.typtype = 'd'"                               \
	" UNION SELECT dom.i, dom.o, dom.col, b.oid FROM dom JOIN pg_type t ON t.oid = dom.typ"    \
	"  JOIN pg_type b ON b.oid = t.typbasetype AND b.typtype = 'd'),"                          \
	" con(i, o, col, typ, oid) AS ("                                                           \
	" SELECT rel.i, rel.o, NULL::name, NULL::oid, k.oid FROM rel JOIN pg_constraint k"         \
	"  ON k.conrelid = rel.o AND k.contype = 'c' AND k.coninhcount = 0"                        \
	" UNION ALL SELECT dom.i, dom.o, dom.col, dom.typ, k.oid FROM dom JOIN pg_constraint k"    \
	"  ON k.contypid = dom.typ AND k.contype = 'c'),"                                          \
	" calls(i, o, col, typ, con, class, fn) AS ("                                              \
	" SELECT con.*, d.refclassid, d.refobjid FROM con JOIN pg_depend d"                        \
	"  ON d.classid = 'pg_constraint'::regclass AND d.objid = con.oid"                         \
	"  JOIN code ON code.class = d.refclassid AND code.oid = d.refobjid)"

static const char sql_checks[] = WITH_RELATIONS
	" SELECT DISTINCT c.i::int, n.nspname::text, r.relname::text, r.relkind = 'p',"
	" k.conname::text, c.col::text, pg_get_expr(k.conbin, k.conrelid),"
	" CASE WHEN c.typ IS NOT NULL THEN format('%I.%I', bn.nspname, b.typname) END"
	" FROM calls c JOIN pg_constraint k ON k.oid = c.con JOIN pg_class r ON r.oid = c.o"
	" JOIN pg_namespace n ON n.oid = r.relnamespace"
	" LEFT JOIN pg_type t ON t.oid = c.typ LEFT JOIN pg_type b ON b.oid = t.typbasetype"
	" LEFT JOIN pg_namespace bn ON bn.oid = b.typnamespace ORDER BY 1, 2, 3, 5, 6";

enum { C_PLACE, C_SCHEMA, C_TABLE, C_PARTITIONED, C_NAME, C_COLUMN, C_EXPR, C_BASE };

/* How many rows of the table it is false for.  The value in a domain's check is of the type that
 * the domain is over. */
static void question(struct pg_rows *r, size_t i, struct buf *b)
{
	const char *column = pg_str0(r, i, C_COLUMN);

	buf_adds(b, "SELECT pg_catalog.count(*) FROM ");
	if (column != NULL) {
		buf_adds(b, "(SELECT ");
		pg_ident(b, column);
		buf_addf(b, "::%s AS value FROM ", pg_str(r, i, C_BASE));
	}
	buf_adds(b, pg_bool(r, i, C_PARTITIONED) ? "" : "ONLY ");
	pg_qname(b, pg_str(r, i, C_SCHEMA), pg_str(r, i, C_TABLE));
	buf_addf(b, "%s WHERE NOT (%s)", column != NULL ? ") d" : "", pg_str(r, i, C_EXPR));
}

static int ask(struct load *l, struct pg_rows *r, size_t i, struct err *e)
{
	struct buf b = BUF_INIT;
	struct pg_rows *answer = NULL;
	int64_t n;

	question(r, i, &b);
	if (buf_ok(&b))
		answer = pg_query(l->pg, b.p, 0, NULL, e);
	else
		err_nomem(e);
	buf_free(&b);
	if (answer == NULL)
		return err_wrap(e, "%s.%s: asking check %s when all rows are there",
			pg_str(r, i, C_SCHEMA), pg_str(r, i, C_TABLE), pg_str(r, i, C_NAME));
	n = pg_int(answer, 0, 0);
	if (pg_done(answer, e) == -1)
		return -1;
	if (n == 0)
		return 0;
	return err_set(e, ERR_INPUT,
		"%s.%s: check %s, which calls functions, was true of each row when it came in and "
		"is "
		"false of %lld rows now that all are there: nothing was loaded; it reads other "
		"tables: leave them or this table out of the plan",
		pg_str(r, i, C_SCHEMA), pg_str(r, i, C_TABLE), pg_str(r, i, C_NAME), (long long)n);
}

int checks_ask(struct load *l, struct err *e)
{
	struct pg_rows *r = pg_ask(l->pg, sql_checks, 1, &l->oids, e);

	if (r == NULL)
		return -1;
	for (size_t i = 0; i < pg_count(r); i++) {
		const struct load_table *t = &l->tables[pg_int(r, i, C_PLACE) - 1];

		/* rows that were there before are not this load's to judge */
		if (l->opt.existing == LOAD_APPEND || t->plan->append)
			continue;
		if (ask(l, r, i, e) == -1) {
			pg_free(r);
			return -1;
		}
	}
	return pg_done(r, e);
}

/* ---- the order of tables ---------------------------------------------------------- */

/*
 * Pairs of tables of which the first has a CHECK that may read the second: the second's name is a
 * word of the text of a function that the CHECK calls, or that such a function may call.
 */
static const char sql_reads[] = WITH_RELATIONS
	", reach(i, fn) AS (SELECT c.i, CASE c.class WHEN 'pg_operator'::regclass THEN"
	"  (SELECT oprcode::oid FROM pg_operator WHERE oid = c.fn) ELSE c.fn END FROM calls c"
	" UNION SELECT reach.i, q.oid FROM reach JOIN pg_proc p ON p.oid = reach.fn"
	"  JOIN pg_proc q ON q.pronamespace <> 'pg_catalog'::regnamespace AND q.proname::text"
	"   = ANY (regexp_split_to_array(lower(p.prosrc), '[^[:alnum:]_$]+')))"
	" SELECT DISTINCT reach.i::int, w.i::int FROM reach JOIN pg_proc p ON p.oid = reach.fn"
	" JOIN rel w ON w.i <> reach.i JOIN pg_class c ON c.oid = w.o"
	"  AND lower(c.relname) = ANY (regexp_split_to_array(lower(p.prosrc), '[^[:alnum:]_$]+'))";

struct reads {
	uint32_t table, other;
};

/* Whether all that must come before table ${i} is placed: its parents, which stand before it in
 * the plan's order; and, unless ${hard}, the tables that its CHECKs read. */
static bool may_follow(const struct load *l, const bool *placed, uint32_t i,
	const struct reads *reads, size_t nreads, bool hard)
{
	const struct plan_table *t = l->tables[i].plan;

	for (uint32_t k = 0; k < t->nfks; k++)
		for (uint32_t p = 0; p < i; p++)
			if (how_picks(t->fks[k].how) && !placed[p] &&
				l->tables[p].plan == &l->plan.tables[t->fks[k].parent])
				return false;
	for (size_t k = 0; k < nreads && !hard; k++)
		if (reads[k].table == i && !placed[reads[k].other])
			return false;
	return true;
}

/* The plan's order, but for tables that wait for those that their CHECKs read. */
static int arrange(struct load *l, const struct reads *reads, size_t nreads, struct err *e)
{
	bool *placed = arena_array(l->a, l->ntables + 1UL, sizeof(*placed));
	uint32_t n = 0;

	if (placed == NULL)
		return err_nomem(e);
	while (n < l->ntables) {
		uint32_t next = l->ntables;

		for (int hard = 0; hard < 2 && next == l->ntables; hard++)
			for (uint32_t i = 0; i < l->ntables && next == l->ntables; i++)
				if (!placed[i] &&
					may_follow(l, placed, i, reads, nreads, hard == 1))
					next = i;
		placed[next] = true;
		l->order[n++] = next;
	}
	return 0;
}

int checks_wait(struct load *l, bool *waits, struct err *e)
{
	struct pg_rows *r = pg_ask(l->pg, sql_reads, 1, &l->oids, e);

	if (r == NULL)
		return -1;
	for (size_t i = 0; i < pg_count(r); i++)
		waits[pg_int(r, i, 0) - 1] = true;
	return pg_done(r, e);
}

int checks_order(struct load *l, struct err *e)
{
	struct pg_rows *r = pg_ask(l->pg, sql_reads, 1, &l->oids, e);
	struct reads *reads;
	size_t n;

	if (r == NULL)
		return -1;
	n = pg_count(r);
	reads = arena_array(l->a, n + 1, sizeof(*reads));
	l->order = arena_array(l->a, l->ntables + 1UL, sizeof(*l->order));
	if (reads == NULL || l->order == NULL) {
		pg_free(r);
		return err_nomem(e);
	}
	for (size_t i = 0; i < n; i++)
		reads[i] = (struct reads){
			(uint32_t)pg_int(r, i, 0) - 1, (uint32_t)pg_int(r, i, 1) - 1};
	if (pg_done(r, e) == -1)
		return -1;
	for (uint32_t i = 0; i < l->ntables; i++)
		l->order[i] = i;
	return n > 0 ? arrange(l, reads, n, e) : 0;
}
