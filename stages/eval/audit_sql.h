/* SPDX-License-Identifier: MIT */
#ifndef EVAL_AUDIT_SQL_H
#define EVAL_AUDIT_SQL_H

#include <stdint.h>

#include "common/base/arena.h"
#include "common/plan/plan.h"
#include "stages/eval/findings.h"

/*
 * audit_sql: the same questions, asked of the database the run was loaded into.  One
 * query a constraint, each of which counts violations; the texts are kept for the report.
 */

struct err;

struct question {
	enum kind kind;
	const struct pg_table *table;
	const char *name; /* of the constraint or the column, or NULL */
	const char *sql;
	uint64_t violations;
};

struct audit_sql {
	struct question *q;
	uint32_t n, cap;
	int server_version;
	double seconds;
};

/** audit_sql_questions(s, plan, a, e): write the queries, for the tables of ${plan}. */
int audit_sql_questions(
	struct audit_sql *s, const struct plan *plan, struct arena *a, struct err *e);

/** audit_sql_ask(s, conn, e): ask them all in one read-only transaction, of one snapshot. */
int audit_sql_ask(struct audit_sql *s, const char *conn, struct err *e);

/** audit_sql_tally(s, k): questions and violations of a kind. */
struct tally audit_sql_tally(const struct audit_sql *s, enum kind k);
uint64_t audit_sql_total(const struct audit_sql *s);

#endif
