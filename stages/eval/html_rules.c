/* SPDX-License-Identifier: MIT */
/* Sections of report.html about rules: what fails, what is warned of, how every rule came out. */
#include <stdio.h>
#include <string.h>

#include "stages/eval/html.h"

static const char *const look[ANSWERS] = {
	[ANSWER_HOLDS] = "good", [ANSWER_FAILS] = "bad", [ANSWER_NOT_EVALUATED] = "warn"};

void html_violations(const struct report *r, struct buf *b)
{
	static const char *const heads[] = {"rule", "where", "#violations", "first rows", NULL};
	const struct findings *f = r->audit->findings;
	bool any = false;

	for (uint32_t i = 0; i < f->nrules; i++) {
		const struct rule *q = f->rules[i];

		if (!rule_counts(q) || q->violations == 0)
			continue;
		if (!any) {
			page_section(b, "violations", "Violations");
			page_box(b, "v");
			page_caption(b, "v", "Rules that fail", true);
			page_heads(b, heads);
		}
		any = true;
		buf_addf(b, "<tr><th scope=\"row\">%s<br><code>", report_code(q));
		page_str(b, q->definition != NULL ? q->definition : "");
		buf_adds(b, "</code></th><td>");
		page_str(b, q->path);
		if (q->name != NULL) {
			buf_adds(b, "<br><span class=\"dim\">");
			page_str(b, q->name);
			buf_adds(b, "</span>");
		}
		buf_adds(b, "</td>");
		page_number_cell(b, q->violations, true);
		buf_adds(b, "<td>");
		if (rule_why(q) != NULL)
			page_str(b, rule_why(q));
		for (uint32_t k = 0; k < q->nexamples && k < r->max_examples; k++) {
			buf_adds(b, k > 0 ? ", " : "");
			if (q->examples[k].row > 0)
				page_number(b, q->examples[k].row);
			else
				page_str(b, q->examples[k].what);
		}
		buf_adds(b, "</td></tr>\n");
	}
	if (any) {
		page_box_end(b);
		buf_adds(b, "</section>\n");
	}
}

/* ---- warnings -------------------------------------------------------------------------------- */

/* What of ${path} follows "schema.table", or NULL: it is about another table. */
static const char *after_table(const char *path, const struct pg_table *t)
{
	size_t s = strlen(t->schema), n = strlen(t->name);

	if (strncmp(path, t->schema, s) != 0 || path[s] != '.' ||
		strncmp(path + s + 1, t->name, n) != 0)
		return NULL;
	path += s + 1 + n;
	return *path == '\0' || *path == '.' || *path == ' ' ? path : NULL;
}

/* The path of a warning, as a link to the table, or the column, that it is about. */
static void path_link(const struct report *r, const char *path, struct buf *b)
{
	const char *rest = NULL;
	const struct pg_table *t = NULL;

	for (uint32_t i = 0; rest == NULL && i < r->audit->nmade; i++) {
		t = r->audit->by_name[i]->plan->table;
		rest = after_table(path, t);
	}
	if (rest == NULL) {
		page_str(b, path);
		return;
	}
	buf_adds(b, "<a href=\"#");
	page_anchor(b, t, *rest == '.' && pg_column_named(t, rest + 1) >= 0 ? rest + 1 : NULL);
	buf_adds(b, "\">");
	page_str(b, path);
	buf_adds(b, "</a>");
}

static void hint(const struct warning *w, const char *tag, struct buf *b)
{
	buf_addf(b, "<%s class=\"dim in\">", tag);
	page_str(b, w->hint);
	buf_addf(b, "</%s>\n", tag);
}

/* A warning whose hint is not that of the first with its code has its own. */
static void warning(
	const struct report *r, const struct warning *w, const struct warning *first, struct buf *b)
{
	buf_adds(b, "<tr><td>");
	path_link(r, w->path, b);
	buf_adds(b, "</td><td class=\"w8\">");
	page_str(b, w->message);
	if (w->hint != NULL && (first->hint == NULL || strcmp(w->hint, first->hint) != 0))
		hint(w, "div", b);
	buf_adds(b, "</td></tr>\n");
}

/* All warnings with one code, the first of which is number ${at}. */
static void warnings_of(const struct report *r, uint32_t at, struct buf *b)
{
	static const char *const heads[] = {"where", "what", NULL};
	enum { FEW = 12 }; /* warnings that are shown at once */
	const struct findings *f = r->audit->findings;
	const struct warning *w = &f->warnings[at];
	char id[24];

	(void)snprintf(id, sizeof(id), "w%u", at);
	buf_addf(b,
		"<details class=\"card\"%s><summary><span class=\"warn\">%s</span> "
		"<span class=\"dim\">%u</span></summary>\n",
		f->nwarnings <= FEW ? " open" : "", w->code, findings_warnings_of(f, at));
	if (w->hint != NULL)
		hint(w, "p", b);
	page_box(b, id);
	page_caption(b, id, w->code, true);
	page_heads(b, heads);
	for (uint32_t i = at; i < f->nwarnings; i++)
		if (strcmp(f->warnings[i].code, w->code) == 0)
			warning(r, &f->warnings[i], w, b);
	page_box_end(b);
	buf_adds(b, "</details>\n");
}

void html_warnings(const struct report *r, struct buf *b)
{
	const struct findings *f = r->audit->findings;

	if (f->nwarnings == 0)
		return;
	page_section(b, "warnings", "Warnings");
	buf_adds(b,
		"<p class=\"dim\">Warnings change no verdict. Many are about what no constraint "
		"forbids and nobody would believe.</p>\n");
	for (uint32_t i = 0; i < f->nwarnings; i++)
		if (findings_warnings_of(f, i) > 0)
			warnings_of(r, i, b);
	buf_adds(b, "</section>\n");
}

/* ---- rules ----------------------------------------------------------------------------------- */

void html_constraints(const struct report *r, struct buf *b)
{
	const char *heads[] = {"kind", "#checked", "#violations",
		r->sql != NULL ? "#not evaluated in the files" : "#not evaluated", "#not enforced",
		r->sql != NULL ? "#queries" : NULL, "#violations by SQL", NULL};

	page_section(b, "constraints", "Constraints");
	page_box(b, "k");
	page_caption(b, "k", "Rules by kind", true);
	page_heads(b, heads);
	for (enum kind k = 0; k < KINDS; k++) {
		struct tally t = findings_tally(r->audit->findings, k);

		if (t.checked + t.not_evaluated == 0)
			continue;
		buf_addf(b, "<tr><th scope=\"row\">%s</th>", kind_title(k));
		page_number_cell(b, t.checked, false);
		page_number_cell(b, t.violations, true);
		page_number_cell(b, t.not_evaluated, false);
		page_number_cell(b, t.aside, false);
		if (r->sql != NULL) {
			page_number_cell(b, t.asked, false);
			page_number_cell(b, t.by_sql, true);
		}
		buf_adds(b, "</tr>\n");
	}
	page_box_end(b);
	buf_adds(b, "</section>\n");
}

void html_sql(const struct report *r, struct buf *b)
{
	static const char *const heads[] = {"constraint", "query", "#violations", NULL};

	if (r->sql == NULL)
		return;
	page_section(b, "sql", "Asked of the database");
	buf_adds(b, "<details class=\"card\"><summary>");
	page_number(b, r->sql->n);
	buf_adds(b, " queries, ");
	page_number(b, audit_sql_total(r->sql));
	buf_adds(b, " violations</summary>");
	page_box(b, "q");
	page_caption(b, "q", "Queries", true);
	page_heads(b, heads);
	for (uint32_t i = 0; i < r->sql->n; i++) {
		const struct rule *q = r->sql->q[i].rule;

		buf_addf(
			b, "<tr><th scope=\"row\">%s<br><span class=\"dim\">", kind_title(q->kind));
		page_str(b, q->name != NULL ? q->name : q->table->table->name);
		buf_adds(b, "</span></th><td class=\"w\"><code>");
		page_str(b, r->sql->q[i].sql);
		buf_adds(b, "</code></td>");
		page_number_cell(b, q->sql_violations, true);
		buf_adds(b, "</tr>\n");
	}
	page_box_end(b);
	buf_adds(b, "</details></section>\n");
}

static void rule(const struct rule *q, struct buf *b)
{
	buf_addf(b, "<tr><td>%s</td><td>", kind_title(q->kind));
	page_str(b, q->path);
	buf_adds(b, "</td><td class=\"w8\"><code>");
	page_str(b, q->definition != NULL ? q->definition : "");
	buf_addf(b, "</code></td><td class=\"%s\">%s", look[rule_answer(q)], report_result(q));
	if (rule_aside(q) != NULL)
		buf_addf(b, "<br><span class=\"dim\">%s</span>", rule_aside(q));
	if (q->not_evaluated != NULL) {
		buf_adds(b, "<br><span class=\"dim\">not evaluated in the files: ");
		page_str(b, q->not_evaluated);
		buf_adds(b, "</span>");
	}
	buf_adds(b, "</td></tr>\n");
}

void html_rules(const struct report *r, struct buf *b)
{
	static const char *const heads[] = {"kind", "where", "what must hold", "result", NULL};
	const struct findings *f = r->audit->findings;

	page_section(b, "rules", "Every rule");
	buf_adds(b, "<details class=\"card\"><summary>");
	page_number(b, f->nrules);
	buf_adds(b, " rules and how they came out</summary>");
	page_box(b, "l");
	page_caption(b, "l", "Rules", true);
	page_heads(b, heads);
	for (uint32_t i = 0; i < f->nrules; i++)
		rule(f->rules[i], b);
	page_box_end(b);
	buf_adds(b, "</details></section>\n");
}
