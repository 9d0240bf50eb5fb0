/* SPDX-License-Identifier: MIT */
#ifndef EVAL_REPORT_H
#define EVAL_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/str.h"
#include "stages/eval/audit.h"
#include "stages/eval/audit_sql.h"
#include "stages/eval/loaded.h"
#include "stages/eval/times.h"

/*
 * report: an evaluation, in three forms.  All are the same bytes for the same run, but for
 * the run's name, the "performance" member of metrics.json and the times in the other two.  Values
 * of rows are in report.html alone, and only where they are known to be made (profile.h).  Ranges
 * of numbers and dates, whose ends are such values, are in metrics.json too, under the same
 * condition; report.md has neither.
 */

struct report {
	const struct audit *audit;
	const struct audit_sql *sql; /* NULL: no database was asked */
	struct loaded loaded;	     /* with sql: what the load was like */
	const char *run_id;
	uint32_t max_examples;
	struct outcome outcome;
	struct times times; /* of the stages before */
	double load_ms, validate_ms, total_ms;
};

/** report_metrics(r, b): metrics.json */
void report_metrics(const struct report *r, struct buf *b);

/** report_violations(r, b): violations.json, the examples that were kept */
void report_violations(const struct report *r, struct buf *b);

/** report_md(r, b): report.md */
void report_md(const struct report *r, struct buf *b);

/** report_html(r, b): report.html, one page that needs nothing else */
void report_html(const struct report *r, struct buf *b);

/** report_summary(r): the table on stdout */
void report_summary(const struct report *r);

/* ---- parts of metrics.json: report_stats.c ------------------------------------------------ */

struct jsonw;

/** report_column_json(j, t, col): an entry of column_stats. */
void report_column_json(struct jsonw *j, const struct audit_table *t, uint32_t col);

/** report_fan_json(j, r, t, f): an entry of fan_out, of a foreign key whose fan is known. */
void report_fan_json(struct jsonw *j, const struct report *r, const struct audit_table *t,
	const struct audit_fk *f);

/** report_times_json(j, r): the member "stages" of "performance". */
void report_times_json(struct jsonw *j, const struct report *r);

/* ---- shared by them ----------------------------------------------------------------- */

/** report_code(r): the code of a rule's violations. */
const char *report_code(const struct rule *r);

/** report_message(r, x, b): one violation in words, appended. */
void report_message(const struct rule *r, const struct example *x, struct buf *b);

/** report_rows(r): the rows that were read, of all tables. */
uint64_t report_rows(const struct report *r);

/** report_table_violations(r, t): violations that count among the rules of a table. */
uint64_t report_table_violations(const struct report *r, const struct plan_table *t);

/** report_attempts(t): how often a row of it was drawn on average, the first time among them; 0
 *  where no receipt tells. */
double report_attempts(const struct audit_table *t);

/** report_verdict(r, b): the verdict in a sentence: "holds: ..." "fails: ..." "not evaluated: ...".
 */
void report_verdict(const struct report *r, struct buf *b);

/** report_open(r, i): the i-th rule whose answer is not that it holds and counts: one that was not
 *  evaluated, or one that the plan does not enforce and that fails; NULL after the last. */
const struct rule *report_open(const struct report *r, uint32_t i);

/** report_result(r): what became of a rule: "holds" "fails" "not evaluated", and by whom. */
const char *report_result(const struct rule *r);

/** report_advice(r, i): the i-th recommendation that applies, or NULL. */
const char *report_advice(const struct report *r, uint32_t i);

#endif
