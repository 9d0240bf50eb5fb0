/* SPDX-License-Identifier: MIT */
/* report.html: one static page that needs nothing else, and no script. */
#include "stages/eval/report.h"

#include <string.h>

#include "stages/eval/html.h"

/* ---- head ------------------------------------------------------------------------------------ */

static void tile(struct buf *b, uint64_t n, const char *what, const char *class)
{
	buf_addf(b, "<li class=\"tile\"><b class=\"%s\">", class);
	page_number(b, n);
	buf_addf(b, "</b><span class=\"dim\">%s</span></li>\n", what);
}

static void verdict(const struct report *r, struct buf *b)
{
	static const char *const look[ANSWERS] = {[ANSWER_HOLDS] = "good\">&#10003;",
		[ANSWER_FAILS] = "bad\">&#10007;",
		[ANSWER_NOT_EVALUATED] = "warn\">?"};
	enum answer a = outcome_answer(&r->outcome);
	struct buf text = BUF_INIT;

	report_verdict(r, &text);
	buf_addf(b, "<p class=\"verdict %s ", look[a]);
	page_str(b, buf_ok(&text) ? text.p : answer_title(a));
	buf_adds(b, "</p>\n");
	buf_free(&text);
}

static void top(const struct report *r, struct buf *b)
{
	const struct findings *f = r->audit->findings;
	const struct plan *p = r->audit->plan;
	const struct outcome *o = &r->outcome;
	uint64_t checked = 0;

	for (enum kind k = 0; k < KINDS; k++)
		checked += findings_tally(f, k).checked;
	buf_adds(b, "<header>\n<h1>Evaluation</h1>\n<p class=\"dim\">run ");
	page_str(b, r->run_id);
	buf_addf(b,
		" &middot; seed %llu &middot; plan %s <code>%.12s</code> &middot; schema "
		"<code>%.12s</code></p>\n",
		(unsigned long long)p->seed, p->version, p->digest, r->audit->schema->fingerprint);
	verdict(r, b);
	buf_adds(b, "<ul class=\"tiles\">\n");
	tile(b, report_rows(r), "rows read", "");
	tile(b, r->audit->nmade, "tables", "");
	tile(b, checked, "rules asked of the files", "");
	if (r->sql != NULL)
		tile(b, r->sql->n, "queries asked of the database", "");
	tile(b, o->violations, "violations", o->violations == 0 ? "good" : "bad");
	tile(b, o->counted[ANSWER_NOT_EVALUATED] + o->aside[ANSWER_NOT_EVALUATED],
		"rules not evaluated", "");
	tile(b, f->nwarnings, "warnings", f->nwarnings == 0 ? "" : "warn");
	buf_adds(b, "</ul>\n</header>\n");
}

static bool any_violation(const struct report *r)
{
	const struct findings *f = r->audit->findings;

	for (uint32_t i = 0; i < f->nrules; i++)
		if (rule_counts(f->rules[i]) && f->rules[i]->violations > 0)
			return true;
	return false;
}

/* The sections that there are, and every table. */
static void contents(const struct report *r, struct buf *b)
{
	const struct {
		bool there;
		const char *id, *title;
	} all[] = {
		{any_violation(r), "violations", "Violations"},
		{r->audit->findings->nwarnings > 0, "warnings", "Warnings"},
		{r->audit->plan->ntables > 0, "graph", "Graph of tables"},
		{true, "tables", "Tables"},
		{r->audit->nmade > 0, "columns", "What the tables hold"},
		{true, "constraints", "Constraints"},
		{r->sql != NULL, "sql", "Asked of the database"},
		{r->loaded.ntriggers > 0, "triggers", "Triggers during the load"},
		{true, "rules", "Every rule"},
		{r->times.n > 0, "time", "Time and rows by stage"},
		{true, "advice", "Recommendations"},
	};

	buf_adds(b, "<nav aria-label=\"Contents\">\n<ul class=\"toc\">\n");
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].there)
			buf_addf(b, "<li><a href=\"#%s\">%s</a></li>\n", all[i].id, all[i].title);
	buf_adds(b, "</ul>\n<ul class=\"all\" aria-label=\"Tables\">\n");
	for (uint32_t i = 0; i < r->audit->nmade; i++) {
		buf_adds(b, "<li>");
		page_table_link(b, r->audit->by_name[i]->plan->table);
		buf_adds(b, "</li>\n");
	}
	buf_adds(b, "</ul>\n</nav>\n");
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void table(const struct report *r, const struct audit_table *t, uint64_t most, struct buf *b)
{
	uint64_t n = report_table_violations(r, t->plan);

	buf_adds(b, "<tr><th scope=\"row\">");
	page_table_link(b, t->plan->table);
	if (t->plan->auto_added)
		buf_adds(b, " <span class=\"dim\">added for its children</span>");
	buf_adds(b, "</th>");
	page_number_cell(b, t->plan->level, false);
	buf_adds(b, "<td>");
	html_bar(b, t->rows, most, n > 0);
	buf_adds(b, "</td>");
	page_number_cell(b, t->rows, t->rows != t->plan->rows);
	page_number_cell(b, t->plan->rows, false);
	page_number_cell(b, t->plan->table->ncolumns, false);
	page_number_cell(b, t->plan->shards, false);
	buf_addf(b, "<td>%s%s</td>", data_format_name(t->files[0].format),
		t->files[0].zstd ? ", zstd" : "");
	if (t->most > 0)
		buf_addf(b, "<td class=\"n\">%.3f</td><td class=\"n\">%llu</td>",
			report_attempts(t), (unsigned long long)t->most);
	else
		buf_adds(b, "<td class=\"n dim\">-</td><td class=\"n dim\">-</td>");
	page_number_cell(b, n, true);
	buf_adds(b, "</tr>\n");
}

/* What the plan leaves out, or gives fewer rows than its default. */
static void exceptions(const struct report *r, struct buf *b)
{
	static const char *const heads[] = {
		"table", "#rows", "#asked", "constraint", "reason", "what would fill it", NULL};
	const struct plan *p = r->audit->plan;
	struct plan_counts n = plan_counts(p);

	if (!p->skips)
		return;
	buf_addf(b, "<p>%u table%s filled, %u skipped, %u clipped.</p>\n", n.filled,
		n.filled == 1 ? "" : "s", n.skipped, n.clipped);
	if (p->nexceptions == 0)
		return;
	page_box(b, "e");
	page_caption(b, "e", "Tables that were skipped or clipped", true);
	page_heads(b, heads);
	for (uint32_t i = 0; i < p->nexceptions; i++) {
		const struct plan_exception *x = &p->exceptions[i];

		buf_adds(b, "<tr><th scope=\"row\">");
		page_str(b, x->table->schema);
		buf_addc(b, '.');
		page_str(b, x->table->name);
		buf_adds(b, "</th>");
		if (x->skipped) {
			buf_adds(b, "<td class=\"n\">skipped</td><td class=\"n dim\">-</td>");
		} else {
			page_number_cell(b, x->rows, false);
			page_number_cell(b, x->asked, false);
		}
		page_text_cell(b, x->constraint);
		page_text_cell(b, x->reason);
		page_text_cell(b, x->hint);
		buf_adds(b, "</tr>\n");
	}
	page_box_end(b);
}

static void tables(const struct report *r, struct buf *b)
{
	static const char *const heads[] = {"table", "#level", "rows", "#found", "#planned",
		"#columns", "#shards", "format", "#attempts a row", "#at most", "#violations",
		NULL};
	uint64_t most = 0;

	for (uint32_t i = 0; i < r->audit->nmade; i++)
		if (r->audit->by_name[i]->rows > most)
			most = r->audit->by_name[i]->rows;
	page_section(b, "tables", "Tables");
	page_box(b, "t");
	page_caption(b, "t", "Tables and their rows", true);
	page_heads(b, heads);
	for (uint32_t i = 0; i < r->audit->nmade; i++)
		table(r, r->audit->by_name[i], most, b);
	page_box_end(b);
	exceptions(r, b);
	buf_adds(b, "</section>\n");
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void triggers(const struct report *r, struct buf *b)
{
	if (r->loaded.ntriggers == 0)
		return;
	page_section(b, "triggers", "Triggers during the load");
	buf_adds(b, "<ul>\n");
	for (uint32_t i = 0; i < r->loaded.ntriggers; i++) {
		buf_adds(b, "<li>");
		page_str(b, r->loaded.triggers[i]);
		buf_adds(b, "</li>\n");
	}
	buf_adds(b, "</ul>\n</section>\n");
}

static void per_second(const struct stage_time *s, struct buf *b)
{
	buf_adds(b, "<td class=\"n\">");
	if (times_per_second(s) > 0)
		page_number(b, times_per_second(s));
	else
		buf_addc(b, '-');
	buf_adds(b, "</td></tr>\n");
}

/* The tables too, by the time of their shards. */
static void times(const struct report *r, struct buf *b)
{
	static const char *const heads[] = {
		"stage or table", "#time", "#rows", "#rows a second", NULL};

	if (r->times.n == 0)
		return;
	page_section(b, "time", "Time and rows by stage");
	buf_addf(b, "<p class=\"dim\">%s</p>\n", times_note);
	page_box(b, "m");
	page_caption(b, "m", "Time and rows by stage", true);
	page_heads(b, heads);
	for (uint32_t i = 0; i < r->times.n; i++) {
		buf_addf(b, "<tr><th scope=\"row\">%s</th><td class=\"n\">",
			r->times.stage[i].stage);
		page_seconds(b, r->times.stage[i].us);
		buf_adds(b, "</td>");
		page_number_cell(b, r->times.stage[i].rows, false);
		per_second(&r->times.stage[i], b);
	}
	for (uint32_t i = 0; i < r->audit->nmade; i++) {
		const struct audit_table *t = r->audit->by_name[i];
		struct stage_time s = times_of_table(&r->times, r->audit, t);

		if (s.us == 0)
			continue;
		buf_adds(b, "<tr><td>");
		page_table_link(b, t->plan->table);
		buf_adds(b, "</td><td class=\"n\">");
		page_seconds(b, s.us);
		buf_adds(b, "</td>");
		page_number_cell(b, s.rows, false);
		per_second(&s, b);
	}
	page_box_end(b);
	buf_adds(b, "</section>\n");
}

static void advice(const struct report *r, struct buf *b)
{
	const char *text;

	page_section(b, "advice", "Recommendations");
	buf_adds(b, "<ul>\n");
	for (uint32_t i = 0; (text = report_advice(r, i)) != NULL; i++)
		buf_addf(b, "<li>%s</li>\n", text);
	buf_adds(b, "</ul>\n</section>\n");
}

void report_html(const struct report *r, struct buf *b)
{
	buf_adds(b, page_head);
	html_graph_style(r, b);
	buf_adds(b, page_body);
	top(r, b);
	contents(r, b);
	buf_adds(b, "<main id=\"main\" tabindex=\"-1\">\n");
	html_violations(r, b);
	html_warnings(r, b);
	html_graph(r, b);
	tables(r, b);
	html_tables(r, b);
	html_constraints(r, b);
	html_sql(r, b);
	triggers(r, b);
	html_rules(r, b);
	times(r, b);
	advice(r, b);
	buf_adds(b, "</main>\n</body>\n</html>\n");
}
