/* SPDX-License-Identifier: MIT */
/* A section for each table: what its columns hold, its first rows, its foreign keys. */
#include <stdio.h>

#include "stages/eval/html.h"

/* ---- columns --------------------------------------------------------------------------------- */

/* The heading of a row: the column's name, and its type below it. */
static void name_cell(const struct pg_column *c, struct buf *b)
{
	buf_adds(b, "<th scope=\"row\" class=\"nw\">");
	page_str(b, c->name);
	buf_adds(b, "<br><code class=\"dim\">");
	page_str(b, c->formatted);
	buf_addf(b, "%s</code></th>", c->not_null ? " NOT NULL" : "");
}

/* The role that a guess gave the column, or what makes it. */
static void role_cell(const struct profile_column *p, struct buf *b)
{
	buf_adds(b, "<td class=\"w8 nw\">");
	if (p->role != NULL) {
		page_str(b, p->role);
		buf_addf(b, "<br><span class=\"dim\">guessed, %u&#8239;%%: ",
			(unsigned)(p->confidence * 100 + 0.5));
		page_str(b, p->why);
		buf_adds(b, "</span><br>");
	}
	buf_adds(b, "<code>");
	page_str(b, p->source);
	buf_adds(b, "</code></td>");
}

static void distinct_cell(const struct profile_column *p, struct buf *b)
{
	buf_adds(b, "<td class=\"n\">");
	figure_distinct(b, p, &page_style);
	buf_adds(b, "</td>");
}

static void range_cell(const struct profile_column *p, struct buf *b)
{
	buf_adds(b, "<td class=\"w8\">");
	if (!p->read || p->values == 0) {
		buf_adds(b, "-");
	} else if (p->sized) {
		figure_lengths(b, p, &page_style);
	} else if (p->least != NULL) {
		buf_adds(b, "<span class=\"nb\">");
		page_str(b, p->least);
		buf_adds(b, "</span> to <span class=\"nb\">");
		page_str(b, p->most);
		buf_adds(b, "</span>");
	} else {
		buf_adds(b, p->shown ? "-" : "<span class=\"dim\">not shown</span>");
	}
	buf_adds(b, "</td>");
}

/* How the numbers of keys are spread tells nobody anything. */
static bool is_key(const struct plan_table *t, uint32_t col)
{
	const struct pg_constraint *primary = pg_primary(t->table);

	return t->columns[col].source == PLAN_FOREIGN ||
	       (primary != NULL && pg_has_column(primary->cols, primary->ncols, col));
}

static void column(const struct audit_table *t, uint32_t col, struct buf *b)
{
	const struct pg_column *c = &t->plan->table->columns[col];
	const struct profile_column *p = &t->profile.columns[col];

	buf_adds(b, "<tr id=\"");
	page_anchor(b, t->plan->table, c->name);
	buf_adds(b, "\">");
	name_cell(c, b);
	buf_adds(b, "<td>");
	if (p->read && p->shown && !is_key(t->plan, col))
		html_column_plot(p, b);
	else
		buf_adds(b, "<span class=\"dim\">-</span>");
	buf_adds(b, "</td>");
	range_cell(p, b);
	distinct_cell(p, b);
	buf_adds(b, "<td class=\"n\">");
	if (data_written(t->plan, col))
		page_share(b, t->nulls[col], t->rows);
	else
		buf_addc(b, '-');
	buf_adds(b, "</td>");
	role_cell(p, b);
	buf_adds(b, "</tr>\n");
}

static void columns(const struct audit_table *t, const char *id, struct buf *b)
{
	static const char *const heads[] = {
		"column", "values", "range", "#distinct", "#NULL", "role", NULL};
	char own[48];

	(void)snprintf(own, sizeof(own), "%s-c", id);
	page_box(b, own);
	page_caption(b, own, "Columns", true);
	page_heads(b, heads);
	for (uint32_t i = 0; i < t->plan->table->ncolumns; i++)
		column(t, i, b);
	page_box_end(b);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void cell(const struct profile_column *c, const char *text, struct buf *b)
{
	if (!c->read) {
		buf_adds(b, "<td class=\"dim\">not read</td>");
	} else if (!c->shown) {
		buf_adds(b, "<td class=\"dim\">not shown</td>");
	} else if (text == NULL) {
		buf_adds(b, "<td class=\"dim\">NULL</td>");
	} else {
		buf_adds(b, "<td>");
		page_str(b, text);
		buf_adds(b, "</td>");
	}
}

static void rows(const struct audit_table *t, const char *id, struct buf *b)
{
	const struct profile *p = &t->profile;
	uint32_t n = t->plan->table->ncolumns;
	char own[48];

	if (!p->made) {
		buf_adds(b,
			"<p class=\"dim\">No receipt says that all of its rows were made by the "
			"generators, so that none of their values is shown.</p>\n");
		return;
	}
	if (p->nrows == 0)
		return;
	(void)snprintf(own, sizeof(own), "%s-r", id);
	page_box(b, own);
	page_caption(b, own,
		p->borrowed ? "The first rows. Their values are made, and tell of nobody; those "
			      "that may come from rows of the database are not shown."
			    : "The first rows. Every value is made, and tells of nobody.",
		false);
	buf_adds(b, "<thead class=\"rows\"><tr>");
	for (uint32_t k = 0; k < t->nwritten; k++) {
		buf_adds(b, "<th scope=\"col\">");
		page_str(b, t->plan->table->columns[t->written[k]].name);
		buf_adds(b, "</th>");
	}
	buf_adds(b, "</tr></thead><tbody class=\"rows\">\n");
	for (uint32_t i = 0; i < p->nrows; i++) {
		buf_adds(b, "<tr>");
		for (uint32_t k = 0; k < t->nwritten; k++)
			cell(&p->columns[t->written[k]], p->cells[i * n + t->written[k]], b);
		buf_adds(b, "</tr>\n");
	}
	page_box_end(b);
}

/* ---- foreign keys -----------------------------------------------------------------------------
 */

static void fan(const struct report *r, const struct audit_fk *k, struct buf *b)
{
	const struct fan *f = &k->fan;

	buf_adds(b, "<figure class=\"fan\"><figcaption>Rows for each of ");
	page_table_link(b, r->audit->plan->tables[k->parent].table);
	if (k->rule->name != NULL) {
		buf_adds(b, " <span class=\"dim\">(");
		page_str(b, k->rule->name);
		buf_adds(b, ")</span>");
	}
	buf_adds(b, ": ");
	page_number(b, f->least);
	if (f->most != f->least) {
		buf_adds(b, " to ");
		page_number(b, f->most);
		buf_adds(b, ", half have at most ");
		page_number(b, f->median);
		buf_adds(b, ", nine in ten at most ");
		page_number(b, f->p90);
	}
	if (f->none > 0) {
		buf_adds(b, "; none for ");
		page_share(b, f->none, f->parents);
	}
	buf_addf(b, ". %s ", f->exact ? "All" : "A sample of");
	page_count(b, f->parents, "parent", "parents");
	buf_adds(b, ".</figcaption>");
	html_fan_plot(f, b);
	buf_adds(b, "</figure>\n");
}

static void fans(const struct report *r, const struct audit_table *t, struct buf *b)
{
	bool any = false;

	for (uint32_t i = 0; i < t->nfks; i++) {
		if (!t->fks[i].fan.known)
			continue;
		if (!any)
			buf_adds(b, "<div class=\"fans\">\n");
		any = true;
		fan(r, &t->fks[i], b);
	}
	if (any)
		buf_adds(b, "</div>\n");
}

static bool is_child_of(const struct plan_table *t, uint32_t parent)
{
	for (uint32_t i = 0; i < t->nfks; i++)
		if (t->fks[i].parent == parent)
			return true;
	return false;
}

/* "Its parents: a, b. Its children: c." */
static void relations(const struct report *r, const struct audit_table *t, struct buf *b)
{
	const struct plan *p = r->audit->plan;
	uint32_t self = (uint32_t)(t->plan - p->tables);
	const char *before = "; parents: ";

	for (uint32_t i = 0; i < p->ntables; i++) {
		if (!is_child_of(t->plan, i))
			continue;
		buf_adds(b, before);
		before = ", ";
		page_table_link(b, p->tables[i].table);
	}
	before = "; children: ";
	for (uint32_t i = 0; i < p->ntables; i++) {
		if (i == self || !is_child_of(&p->tables[i], self))
			continue;
		buf_adds(b, before);
		before = ", ";
		page_table_link(b, p->tables[i].table);
	}
}

/* ---- a table ----------------------------------------------------------------------------------
 */

static void table(const struct report *r, uint32_t at, struct buf *b)
{
	const struct audit_table *t = r->audit->by_name[at];
	char id[32];

	(void)snprintf(id, sizeof(id), "x%u", at);
	buf_adds(b, "<section id=\"");
	page_anchor(b, t->plan->table, NULL);
	buf_addf(b, "\" aria-labelledby=\"%s\">\n<h3 id=\"%s\">", id, id);
	page_str(b, t->plan->table->schema);
	buf_addc(b, '.');
	page_str(b, t->plan->table->name);
	buf_adds(b, "</h3>\n<p class=\"dim\">");
	page_count(b, t->rows, "row", "rows");
	relations(r, t, b);
	if (t->profile.stride > 1) {
		buf_adds(b, "; bars are of one row in ");
		page_number(b, t->profile.stride);
	}
	buf_adds(b, "</p>\n");
	if (t->plan->table->comment != NULL) {
		buf_adds(b, "<p>");
		page_str(b, t->plan->table->comment);
		buf_adds(b, "</p>\n");
	}
	columns(t, id, b);
	rows(t, id, b);
	fans(r, t, b);
	buf_adds(b, "<p class=\"top\"><a href=\"#tables\">All tables</a></p>\n</section>\n");
}

void html_tables(const struct report *r, struct buf *b)
{
	if (r->audit->nmade == 0)
		return;
	page_section(b, "columns", "What the tables hold");
	buf_addf(b,
		"<p class=\"dim\">Distinct values are counted exactly up to %d, and where a key "
		"tells; beyond that they are estimated, within some 2&#8239;%%, from a sample "
		"by hash. NULLs, ranges and lengths are of all rows.</p>\n",
		PROFILE_DISTINCT);
	for (uint32_t i = 0; i < r->audit->nmade; i++)
		table(r, i, b);
	buf_adds(b, "</section>\n");
}
