/* SPDX-License-Identifier: MIT */
/* metrics.json and violations.json. */
#include "stages/eval/report.h"

#include "common/io/json.h"

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

		for (uint32_t k = 0; k < t->nwritten; k++)
			report_column_json(j, t, t->written[k]);
	}
	jw_end(j);
	jw_key(j, "fan_out");
	jw_array(j);
	for (uint32_t i = 0; i < u->nmade; i++)
		for (uint32_t k = 0; k < u->by_name[i]->nfks; k++)
			if (u->by_name[i]->fks[k].fan.known)
				report_fan_json(j, r, u->by_name[i], &u->by_name[i]->fks[k]);
	jw_end(j);
}

static void constraints(struct jsonw *j, const struct report *r)
{
	jw_key(j, "constraints");
	jw_object(j);
	for (size_t i = 0; i < KINDS; i++) {
		struct tally t = findings_tally(r->audit->findings, kind_in_order(i));

		jw_key(j, kind_member(kind_in_order(i)));
		jw_object(j);
		jw_kuint(j, "checked", t.checked);
		jw_kuint(j, "violations", t.violations);
		jw_kuint(j, "not_evaluated", t.not_evaluated);
		jw_kuint(j, "not_enforced", t.aside);
		jw_kuint(j, "not_enforced_violations", t.aside_violations);
		jw_end(j);
	}
	jw_end(j);
	jw_kuint(j, "violations_total", r->outcome.violations);
}

static void answers(struct jsonw *j, const char *key, const uint64_t *n)
{
	jw_key(j, key);
	jw_object(j);
	for (enum answer a = 0; a < ANSWERS; a++)
		jw_kuint(j, answer_name(a), n[a]);
	jw_end(j);
}

static void verdict(struct jsonw *j, const struct report *r)
{
	const struct outcome *o = &r->outcome;

	jw_kstr(j, "verdict", answer_name(outcome_answer(o)));
	answers(j, "enforced_rules", o->counted);
	answers(j, "other_rules", o->aside);
}

/* One word for answer and policy together, as earlier reports had it. */
static const char *status_of(const struct rule *r)
{
	static const char *const words[ANSWERS] = {[ANSWER_HOLDS] = "held",
		[ANSWER_FAILS] = "violated",
		[ANSWER_NOT_EVALUATED] = "not_evaluated"};

	if (r->policy == PLAN_IGNORE)
		return "off";
	return r->policy == PLAN_WARN && rule_answer(r) == ANSWER_FAILS ? "warned"
									: words[rule_answer(r)];
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
		jw_kstr(j, "answer", answer_name(rule_answer(q)));
		jw_kstr(j, "policy", plan_policy_name(q->policy));
		jw_kuint(j, "violations", q->violations);
		if (q->asked)
			jw_kuint(j, "sql_violations", q->sql_violations);
		if (q->not_evaluated != NULL)
			jw_kstr(j, "not_evaluated_in_files", q->not_evaluated);
		if (q->not_asked != NULL)
			jw_kstr(j, "not_asked_of_database", q->not_asked);
		jw_end(j);
	}
	jw_end(j);
}

static void question(struct jsonw *j, const struct question *q)
{
	jw_object(j);
	jw_kstr(j, "code", kind_code(q->rule->kind));
	jw_kstr(j, "schema", q->rule->table->table->schema);
	jw_kstr(j, "table", q->rule->table->table->name);
	if (q->rule->name != NULL)
		jw_kstr(j, "constraint", q->rule->name);
	jw_kuint(j, "violations", q->rule->sql_violations);
	jw_kstr(j, "sql", q->sql);
	jw_end(j);
}

static void sql(struct jsonw *j, const struct report *r)
{
	const struct audit_sql *s = r->sql;

	jw_key(j, "sql_audit");
	jw_object(j);
	jw_kuint(j, "queries", s->n);
	jw_kuint(j, "violations", audit_sql_total(s));
	jw_key(j, "constraints");
	jw_object(j);
	for (size_t i = 0; i < KINDS; i++) {
		struct tally t = findings_tally(r->audit->findings, kind_in_order(i));

		if (t.asked == 0)
			continue;
		jw_key(j, kind_member(kind_in_order(i)));
		jw_object(j);
		jw_kuint(j, "checked", t.asked);
		jw_kuint(j, "violations", t.by_sql);
		jw_end(j);
	}
	jw_end(j);
	jw_key(j, "questions");
	jw_array(j);
	for (uint32_t i = 0; i < s->n; i++)
		question(j, &s->q[i]);
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
	plan_exceptions_json(&j, r->audit->plan);
	constraints(&j, r);
	verdict(&j, r);
	rules(&j, r);
	if (r->sql != NULL)
		sql(&j, r);
	warnings(&j, r->audit->findings);
	jw_key(&j, "performance");
	jw_object(&j);
	jw_kuint(&j, "load_ms", (uint64_t)r->load_ms);
	jw_kuint(&j, "validate_ms", (uint64_t)r->validate_ms);
	jw_kuint(&j, "total_ms", (uint64_t)r->total_ms);
	if (r->sql != NULL)
		jw_kuint(&j, "sql_ms", (uint64_t)(r->sql->seconds * 1000));
	report_times_json(&j, r);
	jw_end(&j);
	jw_end(&j);
	buf_addc(b, '\n');
}
