/* SPDX-License-Identifier: MIT */
/*
 * The tables of a plan as a graph: boxes in columns by level, parents left of their children, and
 * a line for each foreign key.
 *
 * The layout is our own and not Graphviz's: levels are known, as plan-check works them out, so that
 * what is left of a layered drawing (Sugiyama, Tagawa, Toda 1981) is the order within a level, for
 * which a few sweeps of barycentres do.  That is some sixty lines; a library would be a
 * dependency of building that brings fonts, and with them other pictures on other machines.
 */
#include <stdlib.h>
#include <string.h>

#include "stages/eval/html.h"

enum {
	BOX = 36,     /* a table's height */
	GAP = 12,     /* between two */
	AISLE = 64,   /* between columns, for the lines */
	COLUMN = 18,  /* boxes of a column at most: a level with more has several */
	LETTERS = 28, /* of a name */
	LETTER = 7,   /* how wide one is, at most, in the font of names */
	SWEEPS = 8,
	TOP = 26, /* the line with the levels' names */
};

struct node {
	const struct plan_table *t;
	uint64_t rows;
	double at; /* what it is ordered by: the mean place of its neighbours */
	uint32_t level, table, place, column;
	int x, y, w;
};

struct drawing {
	const struct plan *p;
	struct node *v; /* by level, then in order */
	uint32_t n;
	uint32_t *of; /* by table of the plan: place in v */
	int width, height;
};

/* ---- order ----------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	if (x->at < y->at || x->at > y->at)
		return x->at < y->at ? -1 : 1;
	return (x->table > y->table) - (x->table < y->table);
}

/* Sort, and number the places within each level, spread over [0, 1), so that levels of unlike
 * sizes can be compared. */
static void settle(struct drawing *d)
{
	qsort(d->v, d->n, sizeof(*d->v), by_place);
	for (uint32_t i = 0, from = 0; i <= d->n; i++) {
		if (i < d->n && d->v[i].level == d->v[from].level)
			continue;
		for (uint32_t k = from; k < i; k++) {
			d->v[k].place = k - from;
			d->v[k].at = (k - from + 0.5) / (i - from);
			d->of[d->v[k].table] = k;
		}
		from = i;
	}
}

static uint32_t parent_at(const struct drawing *d, const struct node *x, uint32_t fk)
{
	uint32_t parent = x->t->fks[fk].parent;

	return parent < d->n && parent != x->table ? d->of[parent] : UINT32_MAX;
}

/* Every node goes to the mean of its neighbours: of its parents, or of its children. */
static void sweep(struct drawing *d, bool by_parents, double *sum, double *have)
{
	memset(sum, 0, d->n * sizeof(*sum));
	memset(have, 0, d->n * sizeof(*have));
	for (uint32_t i = 0; i < d->n; i++)
		for (uint32_t k = 0; k < d->v[i].t->nfks; k++) {
			uint32_t p = parent_at(d, &d->v[i], k);
			uint32_t to = by_parents ? i : p, from = by_parents ? p : i;

			if (p == UINT32_MAX)
				continue;
			sum[to] += d->v[from].at;
			have[to]++;
		}
	for (uint32_t i = 0; i < d->n; i++)
		if (have[i] > 0)
			d->v[i].at = sum[i] / have[i];
	settle(d);
}

/* ---- places ---------------------------------------------------------------------------------- */

static int width_of(const struct plan_table *t)
{
	size_t n = strlen(t->table->name);

	n = n > LETTERS ? LETTERS : n < 8 ? 8 : n;
	return (int)n * LETTER + 24;
}

/* Nodes from[0..n) are one level: in as many columns as it needs, each as wide as its widest. */
static void place_level(struct drawing *d, uint32_t from, uint32_t n, int *x)
{
	uint32_t columns = (n + COLUMN - 1) / COLUMN, each = (n + columns - 1) / columns;

	for (uint32_t c = 0; c < columns; c++) {
		uint32_t first = from + c * each,
			 last = first + each < from + n ? first + each : from + n;
		int w = 0, y = TOP, all = (int)(each * (BOX + GAP)), gap = GAP;

		for (uint32_t i = first; i < last; i++)
			w = width_of(d->v[i].t) > w ? width_of(d->v[i].t) : w;
		/* few boxes spread over the height that the longest column will have */
		if (first < last && all < d->height - TOP)
			gap = (d->height - TOP) / (int)(last - first) - BOX;
		y += (gap - GAP) / 2;
		for (uint32_t i = first; i < last; i++, y += BOX + gap) {
			d->v[i].x = *x;
			d->v[i].y = y;
			d->v[i].w = w;
		}
		*x += w + (c + 1 < columns ? AISLE / 3 : AISLE);
	}
}

static void place(struct drawing *d)
{
	int x = 1;

	d->height = TOP;
	for (uint32_t i = 0; i < d->n; i++) {
		int y = TOP + (int)(d->v[i].place + 1 < COLUMN ? d->v[i].place + 1 : COLUMN) *
				      (BOX + GAP);

		d->height = y > d->height ? y : d->height;
	}
	for (uint32_t i = 0, from = 0; i <= d->n; i++)
		if (i == d->n || d->v[i].level != d->v[from].level) {
			place_level(d, from, i - from, &x);
			from = i;
		}
	d->width = x - AISLE + 30;
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* A line leaves a parent at its right and comes to a child at its left; one that leads back, in a
 * cycle or within a level, goes around their right sides. */
static void edge(struct buf *b, const struct node *p, const struct node *c)
{
	int x1 = p->x + p->w, y1 = p->y + BOX / 2, x2 = c->x, y2 = c->y + BOX / 2, bend;

	bend = (x2 - x1) / 2;
	bend = bend < 30 ? 30 : bend > 120 ? 120 : bend;
	if (p->x + p->w < c->x)
		buf_addf(b, "<path d=\"M%d %dC%d %d %d %d %d %d\"", x1, y1, x1 + bend, y1,
			x2 - bend, y2, x2, y2);
	else
		buf_addf(b, "<path d=\"M%d %dC%d %d %d %d %d %d\"", x1, y1, x1 + 28, y1,
			c->x + c->w + 28, y2, c->x + c->w, y2);
	buf_addf(b, " class=\"e%u e%u\"/>", p->table, c->table);
}

static bool refers_to_itself(const struct node *x)
{
	for (uint32_t k = 0; k < x->t->nfks; k++)
		if (x->t->fks[k].parent == x->table)
			return true;
	return false;
}

static void name_in_box(struct buf *b, const char *s)
{
	size_t n = strlen(s), cut = n;

	if (n > LETTERS) {
		cut = LETTERS - 1;
		while (cut > 0 && ((unsigned char)s[cut] & 0xc0) == 0x80)
			cut--;
	}
	page_text(b, s, cut);
	if (cut < n)
		buf_adds(b, "&#8230;");
}

static void box(struct buf *b, const struct node *x)
{
	bool made = !x->t->existing;

	buf_addf(b, "<g class=\"g%u%s\">", x->table, made ? "" : " db");
	if (made) {
		buf_adds(b, "<a href=\"#");
		page_anchor(b, x->t->table, NULL);
		buf_adds(b, "\">");
	}
	buf_adds(b, "<title>");
	page_str(b, x->t->table->schema);
	buf_addc(b, '.');
	page_str(b, x->t->table->name);
	buf_addf(b,
		"</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>"
		"<text class=\"nm\" x=\"%d\" y=\"%d\">",
		x->x, x->y, x->w, BOX, x->x + 10, x->y + 15);
	name_in_box(b, x->t->table->name);
	buf_addf(b, "</text><text class=\"nr\" x=\"%d\" y=\"%d\">", x->x + 10, x->y + 29);
	page_count(b, x->rows, "row", "rows");
	buf_addf(b, "%s%s</text>%s</g>\n", made ? "" : ", the database's",
		refers_to_itself(x) ? " &#8635;" : "", made ? "</a>" : "");
}

/* What a table is tied to stands out while the pointer, or the keyboard, is on it. */
void html_graph_style(const struct report *r, struct buf *b)
{
	uint32_t n = r->audit->plan->ntables;

	for (uint32_t i = 0; i < n; i++)
		buf_addf(b, "%s.graph:has(.g%u:hover) .e%u,.graph:has(.g%u a:focus) .e%u",
			i > 0 ? "," : "", i, i, i, i);
	if (n > 0)
		buf_adds(b, "{stroke:var(--link);stroke-width:2;opacity:1}\n");
}

static void draw(struct buf *b, const struct drawing *d)
{
	buf_addf(b,
		"<div class=\"card graph\" role=\"region\" tabindex=\"0\" aria-label=\"Graph of "
		"the tables\">\n<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
		"role=\"group\" aria-label=\"%u tables, parents left of their children\">\n",
		d->width, d->height, d->width, d->height, d->n);
	for (uint32_t i = 0; i < d->n; i++)
		if (d->v[i].place == 0)
			buf_addf(b, "<text class=\"lv\" x=\"%d\" y=\"14\">level %u</text>\n",
				d->v[i].x, d->v[i].level);
	for (uint32_t i = 0; i < d->n; i++)
		for (uint32_t k = 0; k < d->v[i].t->nfks; k++) {
			uint32_t p = parent_at(d, &d->v[i], k);

			if (p != UINT32_MAX)
				edge(b, &d->v[p], &d->v[i]);
		}
	for (uint32_t i = 0; i < d->n; i++)
		box(b, &d->v[i]);
	buf_adds(b, "</svg></div>\n");
}

/* A table whose rows the database has stands at the level that the plan gives it. */
static void nodes(struct drawing *d, const struct report *r)
{
	for (uint32_t i = 0; i < d->n; i++)
		d->v[i] = (struct node){.t = &d->p->tables[i],
			.table = i,
			.level = d->p->tables[i].level,
			.rows = r->audit->tables[i].rows};
	settle(d);
}

void html_graph(const struct report *r, struct buf *b)
{
	struct drawing d = {.p = r->audit->plan, .n = r->audit->plan->ntables};
	double *sum = calloc(d.n + 1, sizeof(*sum)), *have = calloc(d.n + 1, sizeof(*have));

	d.v = calloc(d.n + 1, sizeof(*d.v));
	d.of = calloc(d.n + 1, sizeof(*d.of));
	if (sum == NULL || have == NULL || d.v == NULL || d.of == NULL)
		b->failed = true;
	else if (d.n > 0) {
		nodes(&d, r);
		for (int i = 0; i < SWEEPS; i++)
			sweep(&d, i % 2 == 0, sum, have);
		place(&d);
		page_section(b, "graph", "Graph of tables");
		buf_adds(b,
			"<p class=\"dim\">Parents stand left of their children, and a line is a "
			"foreign key. &#8635; marks a table that refers to itself. The table "
			"below says the same in words.</p>\n");
		draw(b, &d);
		buf_adds(b, "</section>\n");
	}
	free(sum);
	free(have);
	free(d.v);
	free(d.of);
}
