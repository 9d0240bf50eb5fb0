/* SPDX-License-Identifier: MIT */
#include "stages/eval/md.h"

#include <string.h>

#include "common/base/visible.h"

static void summary(const struct report *r, struct buf *b)
{
	const struct plan *p = r->audit->plan;

	buf_adds(b, "# Evaluation\n\n**Verdict: ");
	report_verdict(r, b);
	buf_adds(b, ".** ");
	md_number(b, r->outcome.violations);
	buf_adds(b, r->outcome.violations == 1 ? " violation" : " violations");
	buf_adds(b, " in ");
	md_number(b, report_rows(r));
	buf_addf(b, " rows of %u tables%s.\n\n## Run summary\n\n| | |\n|---|---|\n",
		r->audit->nmade, r->sql != NULL ? ", asked of the files and of the database" : "");
	buf_adds(b, "| run_id | ");
	md_cell(b, r->run_id);
	buf_addf(b, " |\n| schema_version | 0.2 |\n| schema fingerprint | `%.16s` |\n",
		r->audit->schema->fingerprint);
	buf_addf(b, "| plan_version | %s |\n| plan digest | `%.16s` |\n| seed | %llu |\n",
		p->version, p->digest, (unsigned long long)p->seed);
}

static void tables(const struct report *r, struct buf *b)
{
	buf_adds(b, "\n## Targets and row counts\n\n"
		    "| table | rows | expected | level | columns | shards | format | "
		    "attempts a row | at most | violations |\n"
		    "|---|---:|---:|---:|---:|---:|---|---:|---:|---:|\n");
	for (uint32_t i = 0; i < r->audit->nmade; i++) {
		const struct audit_table *t = r->audit->by_name[i];

		buf_adds(b, "| ");
		md_cell(b, t->row_count->path);
		buf_adds(b, " | ");
		md_number(b, t->rows);
		buf_adds(b, " | ");
		md_number(b, t->plan->rows);
		buf_addf(b, " | %u | %u | %u | %s%s | ", t->plan->level, t->plan->table->ncolumns,
			t->plan->shards, data_format_name(t->files[0].format),
			t->files[0].zstd ? ", zstd" : "");
		if (t->most > 0)
			buf_addf(b, "%.3f | %llu | ", report_attempts(t),
				(unsigned long long)t->most);
		else
			buf_adds(b, "- | - | ");
		md_number(b, report_table_violations(r, t->plan));
		buf_adds(b, " |\n");
	}
}

/* What the plan leaves out, or gives fewer rows than its default. */
static void exceptions(const struct report *r, struct buf *b)
{
	const struct plan *p = r->audit->plan;
	struct plan_counts n = plan_counts(p);

	if (!p->skips)
		return;
	buf_addf(b, "\n%u table%s filled, %u skipped, %u clipped.\n", n.filled,
		n.filled == 1 ? "" : "s", n.skipped, n.clipped);
	if (p->nexceptions > 0)
		buf_adds(b,
			"\n| table | rows | asked | constraint | reason | what would fill it |\n"
			"|---|---:|---:|---|---|---|\n");
	for (uint32_t i = 0; i < p->nexceptions; i++) {
		const struct plan_exception *x = &p->exceptions[i];

		buf_adds(b, "| ");
		md_cell(b, x->table->schema);
		buf_addc(b, '.');
		md_cell(b, x->table->name);
		if (x->skipped) {
			buf_adds(b, " | skipped | - | ");
		} else {
			buf_adds(b, " | ");
			md_number(b, x->rows);
			buf_adds(b, " | ");
			md_number(b, x->asked);
			buf_adds(b, " | ");
		}
		md_cell(b, x->constraint != NULL ? x->constraint : "-");
		buf_adds(b, " | ");
		md_cell(b, x->reason);
		buf_adds(b, " | ");
		md_cell(b, x->hint != NULL ? x->hint : "-");
		buf_adds(b, " |\n");
	}
}

static void number_or_dash(struct buf *b, uint64_t n, bool known)
{
	if (known)
		md_number(b, n);
	else
		buf_addc(b, '-');
	buf_adds(b, " | ");
}

static void constraints(const struct report *r, struct buf *b)
{
	buf_addf(b,
		"\n## Constraint summary\n\n"
		"| constraint | checked | violations | not evaluated%s | not enforced |%s\n"
		"|---|---:|---:|---:|---:|%s\n",
		r->sql != NULL ? " in the files" : "", r->sql != NULL ? " by SQL |" : "",
		r->sql != NULL ? "---:|" : "");
	for (enum kind k = 0; k < KINDS; k++) {
		struct tally t = findings_tally(r->audit->findings, k);

		if (t.checked + t.not_evaluated == 0)
			continue;
		buf_addf(b, "| %s | ", kind_title(k));
		number_or_dash(b, t.checked, true);
		number_or_dash(b, t.violations, true);
		number_or_dash(b, t.not_evaluated, k == KIND_CHECK || t.not_evaluated > 0);
		number_or_dash(b, t.aside, t.aside > 0);
		if (r->sql != NULL)
			number_or_dash(b, t.by_sql, t.asked > 0);
		b->n--; /* the blank after the last | */
		buf_addc(b, '\n');
	}
}

/* Every rule whose answer the verdict cannot call "holds" and which is no violation that counts:
 * what is not evaluated is never left unsaid. */
static void open_rules(const struct report *r, struct buf *b)
{
	const struct rule *q;

	if (report_open(r, 0) == NULL)
		return;
	buf_adds(b, "\n## Not evaluated, or not enforced and failing\n\n"
		    "| rule | where | answer | why |\n|---|---|---|---|\n");
	for (uint32_t i = 0; (q = report_open(r, i)) != NULL; i++) {
		const char *aside = rule_aside(q);

		buf_addf(b, "| %s ", kind_noun(q->kind));
		md_cell(b, q->name != NULL ? q->name : "");
		buf_adds(b, " | ");
		md_cell(b, q->path);
		buf_addf(b, " | %s | %s%s", report_result(q), aside != NULL ? aside : "",
			aside != NULL && rule_why(q) != NULL ? "; " : "");
		md_cell(b, rule_why(q) != NULL ? rule_why(q) : "");
		buf_adds(b, " |\n");
	}
}

static void warnings(const struct report *r, struct buf *b)
{
	const struct findings *f = r->audit->findings;

	if (f->nwarnings == 0)
		return;
	buf_adds(b, "\n## Warnings\n\n");
	md_number(b, f->nwarnings);
	buf_adds(b, f->nwarnings == 1 ? " warning, which changes" : " warnings, which change");
	buf_adds(b, " no verdict:");
	for (uint32_t i = 0, of; i < f->nwarnings; i++)
		if ((of = findings_warnings_of(f, i)) > 0)
			buf_addf(b, "%s %u %s", i > 0 ? "," : "", of, f->warnings[i].code);
	buf_adds(b, ".\n\n");
	for (uint32_t i = 0; i < f->nwarnings; i++) {
		buf_addf(b, "- **%s** ", f->warnings[i].code);
		md_cell(b, f->warnings[i].path);
		buf_adds(b, ": ");
		md_cell(b, f->warnings[i].message);
		if (f->warnings[i].hint != NULL) {
			buf_adds(b, " (");
			md_cell(b, f->warnings[i].hint);
			buf_addc(b, ')');
		}
		buf_addc(b, '\n');
	}
}

static void violations(const struct report *r, struct buf *b)
{
	const struct findings *f = r->audit->findings;
	uint32_t left = r->max_examples;
	bool any = false;

	for (uint32_t i = 0; i < f->nrules && left > 0; i++) {
		const struct rule *q = f->rules[i];
		uint32_t n = q->kind == KIND_NOT_NULL || q->nexamples == 0 ? 1 : q->nexamples;

		if (!rule_counts(q) || q->violations == 0)
			continue;
		if (!any)
			buf_adds(b, "\n## Top violations\n\n| code | path | row | what |\n"
				    "|---|---|---:|---|\n");
		any = true;
		for (uint32_t k = 0; k < n && left > 0; k++, left--) {
			const struct example *x = q->nexamples > 0 ? &q->examples[k] : NULL;
			struct buf text = BUF_INIT;

			buf_addf(b, "| %s | ", report_code(q));
			md_cell(b, q->path);
			buf_adds(b, " | ");
			if (x != NULL && x->row > 0 && q->kind != KIND_ROW_COUNT)
				md_number(b, x->row);
			else
				buf_addc(b, '-');
			buf_adds(b, " | ");
			report_message(q, x, &text);
			md_cell(b, buf_ok(&text) ? text.p : "violated");
			buf_adds(b, " |\n");
			buf_free(&text);
		}
	}
}

static void sql(const struct report *r, struct buf *b)
{
	if (r->sql == NULL)
		return;
	buf_addf(b, "\n## SQL audit\n\n%u queries, one a rule, in one read-only transaction: ",
		r->sql->n);
	md_number(b, audit_sql_total(r->sql));
	buf_adds(b, " violations. `metrics.json` has every query.\n");
	if (audit_sql_total(r->sql) == 0)
		return;
	buf_adds(b, "\n| constraint | table | violations | query |\n|---|---|---:|---|\n");
	for (uint32_t i = 0; i < r->sql->n; i++) {
		const struct rule *q = r->sql->q[i].rule;

		if (q->sql_violations == 0 || !rule_counts(q))
			continue;
		buf_addf(b, "| %s ", kind_title(q->kind));
		md_cell(b, q->name != NULL ? q->name : "");
		buf_adds(b, " | ");
		md_cell(b, q->table->table->schema);
		buf_addc(b, '.');
		md_cell(b, q->table->table->name);
		buf_adds(b, " | ");
		md_number(b, q->sql_violations);
		buf_adds(b, " | ");
		md_cell(b, r->sql->q[i].sql);
		buf_adds(b, " |\n");
	}
}

static void triggers(const struct report *r, struct buf *b)
{
	if (r->loaded.ntriggers > 0)
		buf_adds(b, "\n## Triggers during the load\n\n");
	for (uint32_t i = 0; i < r->loaded.ntriggers; i++) {
		buf_adds(b, "- ");
		md_cell(b, r->loaded.triggers[i]);
		buf_addc(b, '\n');
	}
}

void report_md(const struct report *r, struct buf *b)
{
	const char *advice;

	summary(r, b);
	tables(r, b);
	exceptions(r, b);
	constraints(r, b);
	open_rules(r, b);
	warnings(r, b);
	violations(r, b);
	sql(r, b);
	triggers(r, b);
	md_columns(r, b);
	md_fans(r, b);
	md_times(r, b);
	buf_adds(b, "\n## Recommendations\n");
	for (uint32_t i = 0; (advice = report_advice(r, i)) != NULL; i++) {
		buf_adds(b, "\n- ");
		buf_visible(b, advice, strlen(advice), VISIBLE_LINE);
	}
	buf_addc(b, '\n');
}
