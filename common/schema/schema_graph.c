/* SPDX-License-Identifier: MIT */
/*
 * The order in which tables are generated: parents before children.
 *
 * Foreign keys are edges from parent to child. Tables that refer to each other
 * in a circle form a strongly connected component, and components are sorted
 * topologically; of those that are ready, the one whose name comes first. The
 * level of a table is the length of the longest path that leads to it, so
 * tables of one level can be generated at the same time.
 */
#include "common/schema/schema.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"

/*
 * Tables are sorted by name, so the order of indexes is the order of names and every
 * choice below is the same on every machine.
 */
struct edge {
	uint32_t from, to; /* parent, child */
};

struct walk {
	struct schema_graph *g;
	struct edge *edges; /* by parent, then child; distinct */
	uint32_t *first;    /* of each table's edges; first[n] is the end */
	uint32_t n;
};

/* The order of qsort(): by parent, then by child. */
static int by_edge(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

/* The distinct edges, sorted, with an index of where each table's begin. */
static int edges_of(const struct schema *s, struct walk *w, struct arena *a, struct err *e)
{
	size_t n = 0, kept = 0;

	for (uint32_t i = 0; i < s->ntables; i++)
		n += s->tables[i].ncons;
	w->edges = arena_array(a, n + 1, sizeof(*w->edges));
	w->first = arena_array(a, w->n + 2u, sizeof(*w->first));
	if (w->edges == NULL || w->first == NULL)
		return err_nomem(e);
	n = 0;
	for (uint32_t i = 0; i < s->ntables; i++)
		for (uint32_t k = 0; k < s->tables[i].ncons; k++) {
			const struct pg_constraint *c = &s->tables[i].cons[k];

			if (c->kind == PG_CON_FOREIGN && c->ref != NULL)
				w->edges[n++] = (struct edge){c->ref->index, i};
		}
	qsort(w->edges, n, sizeof(*w->edges), by_edge);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_edge(&w->edges[kept - 1], &w->edges[i]) != 0)
			w->edges[kept++] = w->edges[i];
	w->g->nedges = (uint32_t)kept;
	for (size_t i = 0; i < kept; i++)
		w->first[w->edges[i].from + 1]++;
	for (uint32_t i = 0; i < w->n; i++)
		w->first[i + 1] += w->first[i];
	return 0;
}

/*
 * Strongly connected components: Tarjan, "Depth-first search and linear graph
 * algorithms", SIAM J. Comput. 1 (1972), with the recursion on a stack of our own.
 */
struct tarjan {
	uint32_t *number, *low; /* 0: not visited */
	uint32_t *next;		/* edge to go on with */
	uint32_t *path, npath;	/* tables being visited */
	uint32_t *open, nopen;	/* tables not yet in a component */
	uint32_t count;
};

/* Begins the visit of a table. */
static void enter(struct tarjan *t, const struct walk *w, uint32_t v)
{
	t->number[v] = t->low[v] = ++t->count;
	t->next[v] = w->first[v];
	t->path[t->npath++] = v;
	t->open[t->nopen++] = v;
}

/* Ends it; a table that is the root of a component closes the component. */
static void leave(struct tarjan *t, struct schema_graph *g, uint32_t v)
{
	uint32_t u;

	t->npath--;
	if (t->npath > 0) {
		uint32_t up = t->path[t->npath - 1];

		if (t->low[v] < t->low[up])
			t->low[up] = t->low[v];
	}
	if (t->low[v] != t->number[v])
		return;
	do {
		u = t->open[--t->nopen];
		g->component[u] = g->ncomponents;
		g->component_size[g->ncomponents]++;
		t->low[u] = UINT32_MAX; /* out of the game */
		t->number[u] = UINT32_MAX;
	} while (u != v);
	g->ncomponents++;
}

/* All tables that can be reached from ${root}. */
static void visit(struct tarjan *t, const struct walk *w, uint32_t root)
{
	enter(t, w, root);
	while (t->npath > 0) {
		uint32_t v = t->path[t->npath - 1], to;

		if (t->next[v] == w->first[v + 1]) {
			leave(t, w->g, v);
			continue;
		}
		to = w->edges[t->next[v]++].to;
		if (t->number[to] == 0)
			enter(t, w, to);
		else if (t->number[to] < t->low[v])
			t->low[v] = t->number[to];
	}
}

/*
 * Numbers the components in the order in which they are closed, which is a
 * reverse topological order.
 */
static int components(const struct walk *w, struct arena *a, struct err *e)
{
	struct tarjan t = {0};

	t.number = arena_array(a, w->n + 1u, sizeof(uint32_t));
	t.low = arena_array(a, w->n + 1u, sizeof(uint32_t));
	t.next = arena_array(a, w->n + 1u, sizeof(uint32_t));
	t.path = arena_array(a, w->n + 1u, sizeof(uint32_t));
	t.open = arena_array(a, w->n + 1u, sizeof(uint32_t));
	if (!t.number || !t.low || !t.next || !t.path || !t.open)
		return err_nomem(e);
	for (uint32_t v = 0; v < w->n; v++)
		if (t.number[v] == 0)
			visit(&t, w, v);
	return 0;
}

/* ---- order ---------------------------------------------------------------- */

/* The members of each component in a row, ascending: member[start[c]] .. member[start[c + 1] - 1].
 */
struct groups {
	uint32_t *start, *member;
};

/* Sorts tables by component, by counting. */
static int group(const struct schema_graph *g, struct groups *m, struct arena *a, struct err *e)
{
	uint32_t *fill = arena_array(a, g->ncomponents + 1u, sizeof(*fill));

	m->start = arena_array(a, g->ncomponents + 1u, sizeof(*m->start));
	m->member = arena_array(a, g->n + 1u, sizeof(*m->member));
	if (fill == NULL || m->start == NULL || m->member == NULL)
		return err_nomem(e);
	for (uint32_t c = 0; c < g->ncomponents; c++)
		fill[c + 1] = m->start[c + 1] = m->start[c] + g->component_size[c];
	for (uint32_t v = 0; v < g->n; v++)
		m->member[fill[g->component[v]]++] = v;
	return 0;
}

/* A binary heap of components; the one whose first member has the smallest name is on top. */
struct heap {
	uint32_t *v, n;
	const struct groups *m;
};

static uint32_t heap_key(const struct heap *h, uint32_t i)
{
	return h->m->member[h->m->start[h->v[i]]];
}

static void heap_swap(struct heap *h, uint32_t i, uint32_t k)
{
	uint32_t t = h->v[i];

	h->v[i] = h->v[k];
	h->v[k] = t;
}

/* Puts a component at the end and moves it up to its place. */
static void heap_push(struct heap *h, uint32_t c)
{
	uint32_t i = h->n++;

	h->v[i] = c;
	for (; i > 0 && heap_key(h, i) < heap_key(h, (i - 1) / 2); i = (i - 1) / 2)
		heap_swap(h, i, (i - 1) / 2);
}

/* Takes the component on top, and moves the last one down to its place. */
static uint32_t heap_pop(struct heap *h)
{
	uint32_t top = h->v[0], i = 0;

	h->v[0] = h->v[--h->n];
	for (;;) {
		uint32_t least = i;

		for (uint32_t k = 2 * i + 1; k <= 2 * i + 2 && k < h->n; k++)
			if (heap_key(h, k) < heap_key(h, least))
				least = k;
		if (least == i)
			return top;
		heap_swap(h, i, least);
		i = least;
	}
}

/*
 * Kahn's algorithm ("Topological sorting of large networks", Communications of
 * the ACM 5, 1962) over components, with a heap for the order of those that are
 * ready.
 */
static int sort(const struct walk *w, struct arena *a, struct err *e)
{
	struct schema_graph *g = w->g;
	struct groups m;
	struct heap h = {.m = &m};
	uint32_t *wait = arena_array(a, g->ncomponents + 1u, sizeof(*wait));
	uint32_t *level = arena_array(a, g->ncomponents + 1u, sizeof(*level)), n = 0;

	h.v = arena_array(a, g->ncomponents + 1u, sizeof(*h.v));
	if (wait == NULL || level == NULL || h.v == NULL)
		return err_nomem(e);
	if (group(g, &m, a, e) != 0)
		return -1;
	for (uint32_t i = 0; i < g->nedges; i++) {
		uint32_t from = g->component[w->edges[i].from], to = g->component[w->edges[i].to];

		wait[to] += from != to;
		g->has_cycle |= from == to;
	}
	for (uint32_t c = 0; c < g->ncomponents; c++)
		if (wait[c] == 0)
			heap_push(&h, c);
	while (h.n > 0) {
		uint32_t c = heap_pop(&h);

		for (uint32_t k = m.start[c]; k < m.start[c + 1]; k++) {
			uint32_t v = m.member[k];

			g->order[n++] = v;
			g->level[v] = level[c];
			for (uint32_t i = w->first[v]; i < w->first[v + 1]; i++) {
				uint32_t to = g->component[w->edges[i].to];

				if (to == c)
					continue;
				if (level[to] < level[c] + 1)
					level[to] = level[c] + 1;
				if (--wait[to] == 0)
					heap_push(&h, to);
			}
		}
	}
	return 0;
}

/*
 * Everything is allocated in ${a}; the graph refers to tables by their index.
 */
int schema_graph(struct schema_graph *g, const struct schema *s, struct arena *a, struct err *e)
{
	struct walk w = {.g = g, .n = s->ntables};

	memset(g, 0, sizeof(*g));
	g->n = s->ntables;
	g->order = arena_array(a, g->n + 1u, sizeof(*g->order));
	g->level = arena_array(a, g->n + 1u, sizeof(*g->level));
	g->component = arena_array(a, g->n + 1u, sizeof(*g->component));
	g->component_size = arena_array(a, g->n + 1u, sizeof(*g->component_size));
	if (!g->order || !g->level || !g->component || !g->component_size)
		return err_nomem(e);
	if (edges_of(s, &w, a, e) != 0 || components(&w, a, e) != 0)
		return -1;
	return sort(&w, a, e);
}
