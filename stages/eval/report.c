/* SPDX-License-Identifier: MIT */
#include "stages/eval/report.h"

#include <stdio.h>
#include <string.h>

#include "common/stage/stage.h"

const char *report_code(const struct rule *r)
{
	return r->code != NULL ? r->code : kind_code(r->kind);
}

static const char *title_of(const struct rule *r)
{
	return r->name != NULL ? r->name : r->definition;
}

void report_message(const struct rule *r, const struct example *x, struct buf *b)
{
	unsigned long long row = x != NULL ? x->row : 0;

	if (r->kind == KIND_ROW_COUNT) {
		buf_addf(b, "%llu rows found, %llu planned", row,
			(unsigned long long)r->table->rows);
		return;
	}
	buf_adds(b, kind_noun(r->kind));
	if (title_of(r) != NULL && r->kind != KIND_NOT_NULL && r->kind != KIND_FILE)
		buf_addf(b, " %s", title_of(r));
	if (x == NULL) {
		buf_addf(b, ": %s", rule_why(r) != NULL ? rule_why(r) : "violated");
		return;
	}
	if (r->kind == KIND_NOT_NULL) {
		buf_addf(b, ": %llu NULLs, the first in row %llu",
			(unsigned long long)r->violations, row);
		return;
	}
	buf_addf(b, ": %s", x->what != NULL ? x->what : "violated");
	if (x->first > 0)
		buf_addf(b, ", in row %llu", (unsigned long long)x->first);
}

uint64_t report_rows(const struct report *r)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < r->audit->nmade; i++)
		n += r->audit->by_name[i]->rows;
	return n;
}

uint64_t report_table_violations(const struct report *r, const struct plan_table *t)
{
	const struct findings *f = r->audit->findings;
	uint64_t n = 0;

	for (uint32_t i = 0; i < f->nrules; i++)
		if (f->rules[i]->table == t && rule_counts(f->rules[i]))
			n += f->rules[i]->violations;
	return n;
}

double report_attempts(const struct audit_table *t)
{
	if (t->most == 0 || t->rows == 0)
		return 0;
	return (double)(t->rows + t->retries) / (double)t->rows;
}

/* "1 rule", "7 rules" */
static void rules_of(struct buf *b, uint64_t n, const char *what)
{
	buf_addf(b, "%llu rule%s%s", (unsigned long long)n, n == 1 ? "" : "s", what);
}

void report_verdict(const struct report *r, struct buf *b)
{
	const struct outcome *o = &r->outcome;
	const uint64_t n = o->counted[ANSWER_NOT_EVALUATED] + o->aside[ANSWER_NOT_EVALUATED];
	enum answer a = outcome_answer(o);

	buf_addf(b, "%s: ", answer_title(a));
	if (a == ANSWER_HOLDS) {
		buf_adds(b, "every rule was evaluated and holds");
		return;
	}
	if (o->violations > 0) {
		rules_of(b, o->counted[ANSWER_FAILS], " with ");
		buf_addf(b, "%llu violation%s", (unsigned long long)o->violations,
			o->violations == 1 ? "" : "s");
	}
	if (o->aside[ANSWER_FAILS] > 0) {
		buf_adds(b, o->violations > 0 ? ", " : "");
		rules_of(b, o->aside[ANSWER_FAILS], " that the plan does not enforce");
	}
	if (n > 0) {
		buf_adds(b, a == ANSWER_FAILS ? "; not evaluated: " : "");
		rules_of(b, n, a == ANSWER_FAILS ? "" : "; every other one holds");
	}
}

const struct rule *report_open(const struct report *r, uint32_t i)
{
	const struct findings *f = r->audit->findings;

	for (uint32_t k = 0; k < f->nrules; k++) {
		const struct rule *q = f->rules[k];
		bool open = rule_answer(q) == ANSWER_NOT_EVALUATED ||
			    (rule_answer(q) == ANSWER_FAILS && !rule_counts(q));

		if (open && i-- == 0)
			return q;
	}
	return NULL;
}

const char *report_result(const struct rule *r)
{
	switch (rule_answer(r)) {
	case ANSWER_FAILS:
		return r->violations == 0	? "fails, in the database"
		       : r->sql_violations == 0 ? "fails"
						: "fails, in the database too";
	case ANSWER_HOLDS:
		return r->not_evaluated != NULL ? "holds, in the database" : "holds";
	default:
		return "not evaluated";
	}
}

const char *report_advice(const struct report *r, uint32_t i)
{
	const struct findings *f = r->audit->findings;
	const struct outcome *o = &r->outcome;
	uint64_t open = o->counted[ANSWER_NOT_EVALUATED] + o->aside[ANSWER_NOT_EVALUATED];
	const struct {
		bool applies;
		const char *text;
	} all[] = {
		{findings_tally(f, KIND_FILE).violations > 0,
			"Files are damaged or were changed after they were written: generate the "
			"tables named above again."},
		{findings_tally(f, KIND_ROW_COUNT).violations > 0,
			"Some tables do not have the rows the plan says: generate them again, all "
			"shards from one plan."},
		{findings_tally(f, KIND_TYPE).violations +
					findings_tally(f, KIND_LENGTH).violations >
				0,
			"Some values would be refused on load: give their columns a generator that "
			"fits the type and its length."},
		{findings_tally(f, KIND_NOT_NULL).violations > 0,
			"Some NOT NULL columns hold NULLs: look at the null_rate of their rules."},
		{findings_tally(f, KIND_PRIMARY_KEY).violations +
					findings_tally(f, KIND_UNIQUE).violations >
				0,
			"Some keys repeat: use a generator with enough distinct values, or leave "
			"the "
			"column without a rule."},
		{findings_tally(f, KIND_FOREIGN_KEY).violations > 0,
			"Some rows have no parent: remove the rules on their foreign key columns, "
			"and "
			"generate parents and children from the same plan."},
		{o->aside[ANSWER_FAILS] > 0,
			"Some rules fail that the plan does not enforce: PostgreSQL refuses the "
			"rows as long as those constraints are in place. Drop them before the "
			"load, or let the plan enforce them."},
		{open > 0 && r->sql == NULL,
			"Some rules could not be evaluated: load the run and use eval --conn, "
			"which asks PostgreSQL itself."},
		{open > 0 && r->sql != NULL,
			"Some rules could not be evaluated, nor asked of this database: where it "
			"has "
			"another definition, introspect it, or ask the one that was introspected."},
		{r->sql != NULL && audit_sql_total(r->sql) > 0,
			"The database disagrees: see the section on SQL for the queries that found "
			"rows."},
		{outcome_answer(o) == ANSWER_HOLDS && r->sql != NULL,
			"Every rule holds, in the files and in the database."},
		{outcome_answer(o) == ANSWER_HOLDS && r->sql == NULL,
			"Every rule holds: the rows are ready to be loaded and used."},
	};

	for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
		if (all[k].applies && i-- == 0)
			return all[k].text;
	return NULL;
}

/* ---- stdout --------------------------------------------------------------------------- */

static void kind_line(const struct report *r, enum kind k)
{
	struct tally t = findings_tally(r->audit->findings, k);
	char by_sql[24] = "";

	if (t.checked + t.not_evaluated == 0)
		return;
	if (r->sql != NULL && t.asked == 0)
		snprintf(by_sql, sizeof(by_sql), " %8s", "-");
	else if (r->sql != NULL)
		snprintf(by_sql, sizeof(by_sql), " %8llu", (unsigned long long)t.by_sql);
	stage_say("%-14s %8llu %12llu %14llu%s", kind_title(k), (unsigned long long)t.checked,
		(unsigned long long)t.violations, (unsigned long long)t.not_evaluated, by_sql);
}

/* Rules that stay open, one a line, as many as the reports name. */
static void open_lines(const struct report *r)
{
	const struct rule *q;
	uint32_t i = 0, n = 0;

	while (report_open(r, n) != NULL)
		n++;
	for (; i < r->max_examples && (q = report_open(r, i)) != NULL; i++) {
		const char *aside = rule_aside(q);

		stage_say("%s%s%s%s: %s %s%s%s", report_result(q), aside != NULL ? " (" : "",
			aside != NULL ? aside : "", aside != NULL ? ")" : "", q->path, rule_name(q),
			rule_why(q) != NULL ? ": " : "", rule_why(q) != NULL ? rule_why(q) : "");
	}
	if (n > i)
		stage_say("and %u more: see report.md", n - i);
}

void report_summary(const struct report *r)
{
	struct buf b = BUF_INIT;

	stage_say("%-14s %8s %12s %14s%s", "kind", "checked", "violations",
		r->sql != NULL ? "not in files" : "not evaluated",
		r->sql != NULL ? "   by SQL" : "");
	for (enum kind k = 0; k < KINDS; k++)
		kind_line(r, k);
	open_lines(r);
	report_verdict(r, &b);
	if (buf_ok(&b))
		stage_say("verdict: %s", b.p);
	buf_free(&b);
}
