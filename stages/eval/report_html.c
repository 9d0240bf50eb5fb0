/* SPDX-License-Identifier: MIT */
/* report.html: one static page; bars are SVG, colours follow the reader's light or dark mode. */
#include "stages/eval/report.h"

#include <string.h>

static const char head[] =
	"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<title>Evaluation</title>\n<style>\n"
	":root{color-scheme:light dark;--ink:#1d2733;--dim:#66758a;--line:#dde3ea;--page:#f6f8fa;"
	"--card:#fff;--good:#1a7f4b;--bad:#c0362c;--warn:#a26a00;--bar:#3f7fc1}\n"
	"@media(prefers-color-scheme:dark){:root{--ink:#e4e9ef;--dim:#94a3b5;--line:#2d3846;"
	"--page:#12181f;--card:#1a222c;--good:#4cc38a;--bad:#ff7b72;--warn:#e3b341;--bar:#5b9bd8}}"
	"\n"
	"body{margin:0;background:var(--page);color:var(--ink);"
	"font:15px/1.5 system-ui,-apple-system,\"Segoe UI\",sans-serif}\n"
	"main{max-width:68rem;margin:0 auto;padding:2rem 1.25rem 4rem}\n"
	"h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2.2rem 0 .6rem}\n"
	".dim{color:var(--dim)}.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--"
	"warn)}"
	"\n.verdict{font-size:1.25rem;font-weight:600;margin:0 0 1rem}\n"
	".card{background:var(--card);border:1px solid var(--line);border-radius:10px;"
	"overflow-x:auto}\n"
	"table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.42rem .8rem;"
	"border-top:1px solid var(--line);vertical-align:top}\n"
	"thead th{border-top:0;font-size:.8rem;font-weight:600;color:var(--dim)}\n"
	".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
	".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.8rem}\n"
	".tile{background:var(--card);border:1px solid var(--line);border-radius:10px;"
	"padding:.7rem .9rem}.tile b{display:block;font-size:1.35rem;line-height:1.3}\n"
	"code{font:12.5px/1.45 ui-monospace,SFMono-Regular,Consolas,monospace;"
	"overflow-wrap:anywhere}svg{display:block}details summary{cursor:pointer;"
	"padding:.6rem .8rem}\n</style>\n<main>\n";

static void esc(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '&':
			buf_adds(b, "&amp;");
			break;
		case '<':
			buf_adds(b, "&lt;");
			break;
		case '>':
			buf_adds(b, "&gt;");
			break;
		case '"':
			buf_adds(b, "&quot;");
			break;
		default:
			buf_addc(b, *s);
		}
	}
}

/* 1234567 as 1 234 567, with thin spaces. */
static void number(struct buf *b, uint64_t n)
{
	char digits[24];
	int len = 0;

	do {
		digits[len++] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	while (len-- > 0) {
		buf_addc(b, digits[len]);
		if (len > 0 && len % 3 == 0)
			buf_adds(b, "&#8239;");
	}
}

static void number_cell(struct buf *b, uint64_t n, bool bad)
{
	buf_addf(b, "<td class=\"n%s\">", bad && n > 0 ? " bad" : "");
	number(b, n);
	buf_adds(b, "</td>");
}

static void tile(struct buf *b, uint64_t n, const char *what, const char *class)
{
	buf_addf(b, "<div class=\"tile\"><b class=\"%s\">", class);
	number(b, n);
	buf_addf(b, "</b><span class=\"dim\">%s</span></div>\n", what);
}

static void top(const struct report *r, struct buf *b)
{
	const struct findings *f = r->audit->findings;
	const struct plan *p = r->audit->plan;
	static const char *const look[ANSWERS] = {[ANSWER_HOLDS] = "good\">&#10003;",
		[ANSWER_FAILS] = "bad\">&#10007;",
		[ANSWER_NOT_EVALUATED] = "warn\">?"};
	const struct outcome *o = &r->outcome;
	struct buf verdict = BUF_INIT;
	uint64_t rows = 0, checked = 0;

	for (uint32_t i = 0; i < r->audit->nmade; i++)
		rows += r->audit->by_name[i]->rows;
	for (enum kind k = 0; k < KINDS; k++)
		checked += findings_tally(f, k).checked;
	buf_adds(b, head);
	buf_adds(b, "<h1>Evaluation</h1>\n<p class=\"dim\">run ");
	esc(b, r->run_id);
	buf_addf(b,
		" &middot; seed %llu &middot; plan %s <code>%.12s</code> &middot; schema "
		"<code>%.12s</code></p>\n",
		(unsigned long long)p->seed, p->version, p->digest, r->audit->schema->fingerprint);
	report_verdict(r, &verdict);
	buf_addf(b, "<p class=\"verdict %s ", look[outcome_answer(o)]);
	esc(b, buf_ok(&verdict) ? verdict.p : answer_title(outcome_answer(o)));
	buf_adds(b, "</p>\n");
	buf_free(&verdict);
	buf_adds(b, "<div class=\"tiles\">\n");
	tile(b, rows, "rows read", "");
	tile(b, r->audit->nmade, "tables", "");
	tile(b, checked, "rules asked of the files", "");
	if (r->sql != NULL)
		tile(b, r->sql->n, "queries asked of the database", "");
	tile(b, o->violations, "violations", o->violations == 0 ? "good" : "bad");
	tile(b, o->counted[ANSWER_NOT_EVALUATED] + o->aside[ANSWER_NOT_EVALUATED],
		"rules not evaluated", "");
	tile(b, f->nwarnings, "warnings", f->nwarnings == 0 ? "" : "warn");
	buf_adds(b, "</div>\n");
}

static void constraints(const struct report *r, struct buf *b)
{
	buf_adds(b, "<h2>Constraints</h2>\n<div class=\"card\"><table><thead><tr><th>kind</th>"
		    "<th class=\"n\">checked</th><th class=\"n\">violations</th>"
		    "<th class=\"n\">not evaluated");
	buf_addf(b, "%s</th><th class=\"n\">not enforced</th>",
		r->sql != NULL ? " in the files" : "");
	if (r->sql != NULL)
		buf_adds(b, "<th class=\"n\">queries</th><th class=\"n\">violations by SQL</th>");
	buf_adds(b, "</tr></thead>\n");
	for (enum kind k = 0; k < KINDS; k++) {
		struct tally t = findings_tally(r->audit->findings, k);

		if (t.checked + t.not_evaluated == 0)
			continue;
		buf_addf(b, "<tr><td>%s</td>", kind_title(k));
		number_cell(b, t.checked, false);
		number_cell(b, t.violations, true);
		number_cell(b, t.not_evaluated, false);
		number_cell(b, t.aside, false);
		if (r->sql != NULL) {
			number_cell(b, t.asked, false);
			number_cell(b, t.by_sql, true);
		}
		buf_adds(b, "</tr>\n");
	}
	buf_adds(b, "</table></div>\n");
}

/* A bar of ${n} out of ${most} on a line of 220 units. */
static void bar(struct buf *b, uint64_t n, uint64_t most, bool bad)
{
	enum { WIDTH = 220 };
	uint64_t w = most == 0 ? 0 : (uint64_t)((unsigned __int128)n * WIDTH / most);

	buf_addf(b,
		"<svg width=\"%d\" height=\"14\" role=\"img\" aria-label=\"%llu rows\">"
		"<rect width=\"%d\" height=\"14\" rx=\"3\" fill=\"var(--line)\"/>"
		"<rect width=\"%llu\" height=\"14\" rx=\"3\" fill=\"var(--%s)\"/></svg>",
		WIDTH, (unsigned long long)n, WIDTH, (unsigned long long)(w < 2 && n > 0 ? 2 : w),
		bad ? "bad" : "bar");
}

static void tables(const struct report *r, struct buf *b)
{
	uint64_t most = 0;

	for (uint32_t i = 0; i < r->audit->nmade; i++)
		if (r->audit->by_name[i]->rows > most)
			most = r->audit->by_name[i]->rows;
	buf_adds(b, "<h2>Tables</h2>\n<div class=\"card\"><table><thead><tr><th>table</th>"
		    "<th>rows</th><th class=\"n\">found</th><th class=\"n\">planned</th>"
		    "<th class=\"n\">shards</th><th>format</th><th class=\"n\">attempts a row</th>"
		    "<th class=\"n\">at most</th><th class=\"n\">violations</th>"
		    "</tr></thead>\n");
	for (uint32_t i = 0; i < r->audit->nmade; i++) {
		const struct audit_table *t = r->audit->by_name[i];
		uint64_t n = report_table_violations(r, t->plan);

		buf_adds(b, "<tr><td>");
		esc(b, t->row_count->path);
		if (t->plan->auto_added)
			buf_adds(b, " <span class=\"dim\">added for its children</span>");
		buf_adds(b, "</td><td>");
		bar(b, t->rows, most, n > 0);
		buf_adds(b, "</td>");
		number_cell(b, t->rows, t->rows != t->plan->rows);
		number_cell(b, t->plan->rows, false);
		number_cell(b, t->plan->shards, false);
		buf_addf(b, "<td>%s%s</td>", data_format_name(t->files[0].format),
			t->files[0].zstd ? ", zstd" : "");
		if (t->most > 0)
			buf_addf(b, "<td class=\"n\">%.3f</td><td class=\"n\">%llu</td>",
				report_attempts(t), (unsigned long long)t->most);
		else
			buf_adds(b, "<td class=\"n dim\">-</td><td class=\"n dim\">-</td>");
		number_cell(b, n, true);
		buf_adds(b, "</tr>\n");
	}
	buf_adds(b, "</table></div>\n");
}

static void text_cell(struct buf *b, const char *s)
{
	buf_adds(b, "<td>");
	esc(b, s != NULL ? s : "-");
	buf_adds(b, "</td>");
}

/* What the plan leaves out, or gives fewer rows than its default. */
static void exceptions(const struct report *r, struct buf *b)
{
	const struct plan *p = r->audit->plan;
	struct plan_counts n = plan_counts(p);

	if (!p->skips)
		return;
	buf_addf(b, "<p>%u table%s filled, %u skipped, %u clipped.</p>\n", n.filled,
		n.filled == 1 ? "" : "s", n.skipped, n.clipped);
	if (p->nexceptions == 0)
		return;
	buf_adds(b, "<div class=\"card\"><table><thead><tr><th>table</th><th class=\"n\">rows</th>"
		    "<th class=\"n\">asked</th><th>constraint</th><th>reason</th>"
		    "<th>what would fill it</th></tr></thead>\n");
	for (uint32_t i = 0; i < p->nexceptions; i++) {
		const struct plan_exception *x = &p->exceptions[i];

		buf_adds(b, "<tr><td>");
		esc(b, x->table->schema);
		buf_addc(b, '.');
		esc(b, x->table->name);
		buf_adds(b, "</td>");
		if (x->skipped) {
			buf_adds(b, "<td class=\"n\">skipped</td><td class=\"n dim\">-</td>");
		} else {
			number_cell(b, x->rows, false);
			number_cell(b, x->asked, false);
		}
		text_cell(b, x->constraint);
		text_cell(b, x->reason);
		text_cell(b, x->hint);
		buf_adds(b, "</tr>\n");
	}
	buf_adds(b, "</table></div>\n");
}

static void violations(const struct report *r, struct buf *b)
{
	const struct findings *f = r->audit->findings;
	bool any = false;

	for (uint32_t i = 0; i < f->nrules; i++) {
		const struct rule *q = f->rules[i];

		if (!rule_counts(q) || q->violations == 0)
			continue;
		if (!any)
			buf_adds(b, "<h2>Violations</h2>\n<div class=\"card\"><table><thead><tr>"
				    "<th>rule</th><th>where</th><th class=\"n\">violations</th>"
				    "<th>first rows</th></tr></thead>\n");
		any = true;
		buf_addf(b, "<tr><td>%s<br><code>", report_code(q));
		esc(b, q->definition != NULL ? q->definition : "");
		buf_adds(b, "</code></td><td>");
		esc(b, q->path);
		if (q->name != NULL) {
			buf_adds(b, "<br><span class=\"dim\">");
			esc(b, q->name);
			buf_adds(b, "</span>");
		}
		buf_adds(b, "</td>");
		number_cell(b, q->violations, true);
		buf_adds(b, "<td>");
		if (q->not_evaluated != NULL)
			esc(b, q->not_evaluated);
		for (uint32_t k = 0; k < q->nexamples && k < r->max_examples; k++) {
			buf_adds(b, k > 0 ? ", " : "");
			if (q->examples[k].row > 0)
				number(b, q->examples[k].row);
			else
				esc(b, q->examples[k].what);
		}
		buf_adds(b, "</td></tr>\n");
	}
	if (any)
		buf_adds(b, "</table></div>\n");
}

static void warnings(const struct report *r, struct buf *b)
{
	const struct findings *f = r->audit->findings;

	if (f->nwarnings == 0)
		return;
	buf_adds(b, "<h2>Warnings</h2>\n<div class=\"card\"><table><thead><tr><th>code</th>"
		    "<th>where</th><th>what</th></tr></thead>\n");
	for (uint32_t i = 0; i < f->nwarnings; i++) {
		buf_addf(b, "<tr><td class=\"warn\">%s</td><td>", f->warnings[i].code);
		esc(b, f->warnings[i].path);
		buf_adds(b, "</td><td>");
		esc(b, f->warnings[i].message);
		if (f->warnings[i].hint != NULL) {
			buf_adds(b, "<br><span class=\"dim\">");
			esc(b, f->warnings[i].hint);
			buf_adds(b, "</span>");
		}
		buf_adds(b, "</td></tr>\n");
	}
	buf_adds(b, "</table></div>\n");
}

static void sql(const struct report *r, struct buf *b)
{
	if (r->sql == NULL)
		return;
	buf_adds(b, "<h2>Asked of the database</h2>\n<div class=\"card\"><details><summary>");
	number(b, r->sql->n);
	buf_adds(b, " queries, ");
	number(b, audit_sql_total(r->sql));
	buf_adds(b, " violations</summary><table><thead><tr><th>constraint</th>"
		    "<th>query</th><th class=\"n\">violations</th></tr></thead>\n");
	for (uint32_t i = 0; i < r->sql->n; i++) {
		const struct rule *q = r->sql->q[i].rule;

		buf_addf(b, "<tr><td>%s<br><span class=\"dim\">", kind_title(q->kind));
		esc(b, q->name != NULL ? q->name : q->table->table->name);
		buf_adds(b, "</span></td><td><code>");
		esc(b, r->sql->q[i].sql);
		buf_adds(b, "</code></td>");
		number_cell(b, q->sql_violations, true);
		buf_adds(b, "</tr>\n");
	}
	buf_adds(b, "</table></details></div>\n");
}

static void rules(const struct report *r, struct buf *b)
{
	static const char *const look[ANSWERS] = {
		[ANSWER_HOLDS] = "good", [ANSWER_FAILS] = "bad", [ANSWER_NOT_EVALUATED] = "warn"};
	const struct findings *f = r->audit->findings;

	buf_adds(b, "<h2>Every rule</h2>\n<div class=\"card\"><details><summary>");
	number(b, f->nrules);
	buf_adds(b, " rules and how they came out</summary><table><thead><tr><th>kind</th>"
		    "<th>where</th><th>what must hold</th><th>result</th></tr></thead>\n");
	for (uint32_t i = 0; i < f->nrules; i++) {
		const struct rule *q = f->rules[i];

		buf_addf(b, "<tr><td>%s</td><td>", kind_title(q->kind));
		esc(b, q->path);
		buf_adds(b, "</td><td><code>");
		esc(b, q->definition != NULL ? q->definition : "");
		buf_addf(b, "</code></td><td class=\"%s\">%s", look[rule_answer(q)],
			report_result(q));
		if (rule_aside(q) != NULL)
			buf_addf(b, "<br><span class=\"dim\">%s</span>", rule_aside(q));
		if (q->not_evaluated != NULL) {
			buf_adds(b, "<br><span class=\"dim\">not evaluated in the files: ");
			esc(b, q->not_evaluated);
			buf_adds(b, "</span>");
		}
		buf_adds(b, "</td></tr>\n");
	}
	buf_adds(b, "</table></details></div>\n");
}

static void triggers(const struct report *r, struct buf *b)
{
	if (r->loaded.ntriggers > 0)
		buf_adds(b, "<h2>Triggers during the load</h2>\n<ul>\n");
	for (uint32_t i = 0; i < r->loaded.ntriggers; i++) {
		buf_adds(b, "<li>");
		esc(b, r->loaded.triggers[i]);
		buf_adds(b, "</li>\n");
	}
	if (r->loaded.ntriggers > 0)
		buf_adds(b, "</ul>\n");
}

void report_html(const struct report *r, struct buf *b)
{
	const char *advice;

	top(r, b);
	violations(r, b);
	constraints(r, b);
	tables(r, b);
	exceptions(r, b);
	warnings(r, b);
	sql(r, b);
	triggers(r, b);
	rules(r, b);
	buf_adds(b, "<h2>Recommendations</h2>\n<ul>\n");
	for (uint32_t i = 0; (advice = report_advice(r, i)) != NULL; i++)
		buf_addf(b, "<li>%s</li>\n", advice);
	buf_adds(b, "</ul>\n</main>\n</html>\n");
}
