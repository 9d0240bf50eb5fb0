/* SPDX-License-Identifier: MIT */
#ifndef EVAL_AUDIT_SQL_H
#define EVAL_AUDIT_SQL_H

#include <stdint.h>

#include "common/base/arena.h"
#include "common/plan/plan.h"
#include "stages/eval/findings.h"

/*
 * audit_sql: the rules, asked of the database the run was loaded into.  One query a rule,
 * which counts violations; the texts are kept for the report.  What the files could not tell
 * is known then.
 */

struct err;

struct question {
	struct rule *rule;
	const char *sql;
};

struct audit_sql {
	struct question *q;
	uint32_t n;
	const char *const *set; /* custom parameters of the session: pg_set() */
	size_t nset;
	int server_version;
	double seconds;
};

/** audit_sql_from(b, t): " FROM t", the rows that are its own. */
void audit_sql_from(struct buf *b, const struct pg_table *t);

/* Whose rules are asked. */
struct audit_subject {
	const struct schema *schema;
	const struct findings *findings;
	struct arena *a;
};

/** audit_sql_ask(s, of, conn, e): write a query for every rule that one can answer, and ask them
 * all in one read-only transaction, of one snapshot; each rule has its answer then.  Of the
 * schema's expressions only those are asked that the database has in its own catalogue, as it
 * prints them; any other rule says in not_asked why there was no question.  Of types and lengths
 * nothing is asked: what a column of the database holds is of its type. */
int audit_sql_ask(
	struct audit_sql *s, const struct audit_subject *of, const char *conn, struct err *e);

/** audit_sql_total(s): violations that count. */
uint64_t audit_sql_total(const struct audit_sql *s);

#endif
