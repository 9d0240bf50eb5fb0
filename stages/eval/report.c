/* SPDX-License-Identifier: MIT */
#include "stages/eval/report.h"

#include <string.h>

#include "common/io/json.h"
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
		buf_addf(b, ": %s", r->not_evaluated != NULL ? r->not_evaluated : "violated");
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

const char *report_advice(const struct report *r, uint32_t i)
{
	const struct findings *f = r->audit->findings;
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
		{findings_tally(f, KIND_CHECK).not_evaluated > 0,
			"Some checks could not be evaluated: load the run and use eval --conn, "
			"which "
			"asks PostgreSQL itself."},
		{r->sql != NULL && audit_sql_total(r->sql) > 0,
			"The database disagrees: see the section on SQL for the queries that found "
			"rows."},
		{r->total == 0, "No violations: the rows are ready to be loaded and used."},
	};

	for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
		if (all[k].applies && i-- == 0)
			return all[k].text;
	return NULL;
}

/* ---- stdout --------------------------------------------------------------------------- */

static bool kind_is_shown(const struct report *r, enum kind k)
{
	struct tally t = findings_tally(r->audit->findings, k);

	return t.checked + t.not_evaluated + t.off > 0;
}

void report_summary(const struct report *r)
{
	stage_say("%-14s %8s %12s %14s%s", "kind", "checked", "violations", "not evaluated",
		r->sql != NULL ? "   by SQL" : "");
	for (enum kind k = 0; k < KINDS; k++) {
		struct tally t = findings_tally(r->audit->findings, k), s = {0};

		if (!kind_is_shown(r, k))
			continue;
		if (r->sql == NULL) {
			stage_say("%-14s %8llu %12llu %14llu", kind_title(k),
				(unsigned long long)t.checked, (unsigned long long)t.violations,
				(unsigned long long)t.not_evaluated);
			continue;
		}
		s = audit_sql_tally(r->sql, k);
		if (s.checked == 0)
			stage_say("%-14s %8llu %12llu %14llu %8s", kind_title(k),
				(unsigned long long)t.checked, (unsigned long long)t.violations,
				(unsigned long long)t.not_evaluated, "-");
		else
			stage_say("%-14s %8llu %12llu %14llu %8llu", kind_title(k),
				(unsigned long long)t.checked, (unsigned long long)t.violations,
				(unsigned long long)t.not_evaluated,
				(unsigned long long)s.violations);
	}
}

/* ---- violations.json --------------------------------------------------------------------- */

static void violation(struct jsonw *j, const struct rule *r, const struct example *x)
{
	struct buf b = BUF_INIT;

	report_message(r, x, &b);
	jw_object(j);
	jw_kstr(j, "code", report_code(r));
	jw_kstr(j, "path", r->path);
	jw_kstr(j, "message", buf_ok(&b) ? b.p : "violated");
	if (x != NULL && x->row > 0 && r->kind != KIND_ROW_COUNT)
		jw_kuint(j, "row_index", x->row);
	if (r->name != NULL)
		jw_kstr(j, "constraint", r->name);
	jw_end(j);
	buf_free(&b);
}

void report_violations(const struct report *r, struct buf *b)
{
	const struct findings *f = r->audit->findings;
	struct jsonw j;

	jw_begin(&j, b, true);
	jw_array(&j);
	for (uint32_t i = 0; i < f->nrules; i++) {
		const struct rule *q = f->rules[i];

		if (!rule_counts(q) || q->violations == 0)
			continue;
		if (q->nexamples == 0)
			violation(&j, q, NULL);
		for (uint32_t k = 0; k < (q->kind == KIND_NOT_NULL ? 1 : q->nexamples); k++)
			violation(&j, q, &q->examples[k]);
	}
	jw_end(&j);
	buf_addc(b, '\n');
}

/* ---- metrics.json -------------------------------------------------------------------------- */

static void refs(struct jsonw *j, const struct report *r)
{
	const struct plan *p = r->audit->plan;

	jw_kstr(j, "metrics_version", "0.1");
	jw_kstr(j, "run_id", r->run_id);
	jw_key(j, "schema_ref");
	jw_object(j);
	jw_kstr(j, "schema_version", "0.2");
	jw_kstr(j, "schema_fingerprint", r->audit->schema->fingerprint);
	jw_end(j);
	jw_key(j, "plan_ref");
	jw_object(j);
	jw_kstr(j, "plan_version", p->version);
	jw_kuint(j, "seed", p->seed);
	jw_kstr(j, "plan_hash", p->digest);
	jw_end(j);
}

static void tables(struct jsonw *j, const struct report *r)
{
	const struct audit *u = r->audit;

	jw_key(j, "tables");
	jw_array(j);
	for (uint32_t i = 0; i < u->nmade; i++) {
		const struct audit_table *t = u->by_name[i];

		jw_object(j);
		jw_kstr(j, "schema", t->plan->table->schema);
		jw_kstr(j, "table", t->plan->table->name);
		jw_kuint(j, "rows_found", t->rows);
		jw_kuint(j, "rows_expected", t->plan->rows);
		jw_kbool(j, "auto_added", t->plan->auto_added);
		jw_kuint(j, "shards", t->plan->shards);
		jw_kstr(j, "format", data_format_name(t->files[0].format));
		if (t->most > 0) {
			jw_kdouble(j, "attempts_average", report_attempts(t));
			jw_kuint(j, "attempts_most", t->most);
		}
		jw_kuint(j, "violations", report_table_violations(r, t->plan));
		jw_end(j);
	}
	jw_end(j);
	jw_key(j, "column_stats");
	jw_array(j);
	for (uint32_t i = 0; i < u->nmade; i++) {
		const struct audit_table *t = u->by_name[i];

		for (uint32_t k = 0; k < t->nwritten; k++) {
			jw_object(j);
			jw_kstr(j, "schema", t->plan->table->schema);
			jw_kstr(j, "table", t->plan->table->name);
			jw_kstr(j, "column", t->plan->table->columns[t->written[k]].name);
			jw_kuint(j, "null_count", t->nulls[t->written[k]]);
			jw_end(j);
		}
	}
	jw_end(j);
}

/* The members of the 0.1 format first, in its order. */
static const enum kind in_order[KINDS] = {KIND_NOT_NULL, KIND_PRIMARY_KEY, KIND_UNIQUE,
	KIND_FOREIGN_KEY, KIND_CHECK, KIND_EXCLUDE, KIND_GENERATED, KIND_TYPE, KIND_LENGTH,
	KIND_ROW_COUNT, KIND_FILE};

static void constraints(struct jsonw *j, const struct report *r)
{
	jw_key(j, "constraints");
	jw_object(j);
	for (size_t i = 0; i < KINDS; i++) {
		struct tally t = findings_tally(r->audit->findings, in_order[i]);

		jw_key(j, kind_member(in_order[i]));
		jw_object(j);
		jw_kuint(j, "checked", t.checked);
		jw_kuint(j, "violations", t.violations);
		jw_kuint(j, "not_evaluated", t.not_evaluated);
		jw_end(j);
	}
	jw_end(j);
	jw_kuint(j, "violations_total", r->total);
}

static const char *status_of(const struct rule *r)
{
	if (r->off)
		return "off";
	if (r->not_evaluated != NULL)
		return "not_evaluated";
	if (r->violations == 0)
		return "held";
	return r->policy == PLAN_WARN ? "warned" : "violated";
}

static void rules(struct jsonw *j, const struct report *r)
{
	const struct findings *f = r->audit->findings;

	jw_key(j, "rules");
	jw_array(j);
	for (uint32_t i = 0; i < f->nrules; i++) {
		const struct rule *q = f->rules[i];

		jw_object(j);
		jw_kstr(j, "code", report_code(q));
		jw_kstr(j, "path", q->path);
		if (q->name != NULL)
			jw_kstr(j, "constraint", q->name);
		if (q->definition != NULL)
			jw_kstr(j, "definition", q->definition);
		jw_kstr(j, "status", status_of(q));
		jw_kuint(j, "violations", q->violations);
		if (q->not_evaluated != NULL && !q->off)
			jw_kstr(j, "reason", q->not_evaluated);
		jw_end(j);
	}
	jw_end(j);
}

static void sql(struct jsonw *j, const struct audit_sql *s)
{
	jw_key(j, "sql_audit");
	jw_object(j);
	jw_kuint(j, "queries", s->n);
	jw_kuint(j, "violations", audit_sql_total(s));
	jw_key(j, "constraints");
	jw_object(j);
	for (size_t i = 0; i < KINDS; i++) {
		struct tally t = audit_sql_tally(s, in_order[i]);

		if (t.checked == 0)
			continue;
		jw_key(j, kind_member(in_order[i]));
		jw_object(j);
		jw_kuint(j, "checked", t.checked);
		jw_kuint(j, "violations", t.violations);
		jw_end(j);
	}
	jw_end(j);
	jw_key(j, "questions");
	jw_array(j);
	for (uint32_t i = 0; i < s->n; i++) {
		jw_object(j);
		jw_kstr(j, "code", kind_code(s->q[i].kind));
		jw_kstr(j, "schema", s->q[i].table->schema);
		jw_kstr(j, "table", s->q[i].table->name);
		if (s->q[i].name != NULL)
			jw_kstr(j, "constraint", s->q[i].name);
		jw_kuint(j, "violations", s->q[i].violations);
		jw_kstr(j, "sql", s->q[i].sql);
		jw_end(j);
	}
	jw_end(j);
	jw_end(j);
}

static void warnings(struct jsonw *j, const struct findings *f)
{
	if (f->nwarnings == 0)
		return;
	jw_key(j, "warnings");
	jw_array(j);
	for (uint32_t i = 0; i < f->nwarnings; i++) {
		jw_object(j);
		jw_kstr(j, "code", f->warnings[i].code);
		jw_kstr(j, "path", f->warnings[i].path);
		jw_kstr(j, "message", f->warnings[i].message);
		if (f->warnings[i].hint != NULL)
			jw_kstr(j, "hint", f->warnings[i].hint);
		jw_end(j);
	}
	jw_end(j);
}

void report_metrics(const struct report *r, struct buf *b)
{
	struct jsonw j;

	jw_begin(&j, b, true);
	jw_object(&j);
	refs(&j, r);
	tables(&j, r);
	constraints(&j, r);
	rules(&j, r);
	if (r->sql != NULL)
		sql(&j, r->sql);
	warnings(&j, r->audit->findings);
	jw_key(&j, "performance");
	jw_object(&j);
	jw_kuint(&j, "load_ms", (uint64_t)r->load_ms);
	jw_kuint(&j, "validate_ms", (uint64_t)r->validate_ms);
	jw_kuint(&j, "total_ms", (uint64_t)r->total_ms);
	if (r->sql != NULL)
		jw_kuint(&j, "sql_ms", (uint64_t)(r->sql->seconds * 1000));
	jw_end(&j);
	jw_end(&j);
	buf_addc(b, '\n');
}
