/* SPDX-License-Identifier: MIT */
/*
 * The order of the tables: each comes after those whose rows it reads. Of the tables
 * that are ready the one with the smallest name comes next, so that the order is a
 * function of the plan and the schema.
 */
#include "stages/plan-check/resolve.h"

#include <assert.h>

/* Whether a table has its place; ${level} is then at least the one after it. */
static bool node_ready(const struct node *parent, uint32_t *level)
{
	if (parent->place == UINT32_MAX)
		return false;
	if (parent->level >= *level)
		*level = parent->level + 1;
	return true;
}

static bool parent_ready(
	const struct resolver *r, const struct pg_table *t, const struct edge *e, uint32_t *level)
{
	return node_ready(&r->nodes[t->cons[e->con].ref->index], level);
}

/* What a computed key may hang on: the parents of its table that do not wait for ${t}. */
static bool computed_ready(
	struct resolver *r, const struct pg_table *t, const struct pg_table *ref, uint32_t *level)
{
	const struct node *n = &r->nodes[ref->index];

	for (uint32_t k = 0; k < n->nedges; k++) {
		const struct edge *e = &n->edges[k];

		if (how_picks(e->how) && !e->computed &&
			!resolve_needs(r, ref->cons[e->con].ref, t) &&
			!parent_ready(r, ref, e, level))
			return false;
	}
	return true;
}

/* Whether a table can come next; ${relaxed}: whatever the keys hang on that it computes. */
static bool ready(struct resolver *r, const struct pg_table *t, bool relaxed, uint32_t *level)
{
	const struct node *n = &r->nodes[t->index];

	*level = 0;
	for (uint32_t k = 0; k < n->nedges; k++) {
		const struct edge *e = &n->edges[k];

		if (!how_picks(e->how))
			continue;
		if (e->computed ? !computed_ready(r, t, t->cons[e->con].ref, level) && !relaxed
				: !parent_ready(r, t, e, level))
			return false;
	}
	for (uint32_t k = 0; k < n->nreads; k++)
		if (!node_ready(&r->nodes[n->reads[k]], level))
			return false;
	return true;
}

/* The first table that can come next and has no place yet, or the number of tables. */
static uint32_t next_ready(struct resolver *r, bool relaxed, uint32_t *level)
{
	const struct schema *s = r->c->schema;
	uint32_t i = 0;

	while (i < s->ntables && (!r->nodes[i].in || r->nodes[i].place != UINT32_MAX ||
					 !ready(r, &s->tables[i], relaxed, level)))
		i++;
	return i;
}

/* parents first, of the ready tables the one with the smallest name; tables of the schema
 * are sorted by name.  Where all that is left waits for what computed keys may hang on, they need
 * not: feasible() finds out whether a key hangs on what comes later. There is always a next one,
 * because no circle is left: resolve_cut() breaks those of foreign keys, children_order() refuses
 * those of aggregates. */
void resolve_order(struct resolver *r)
{
	const struct schema *s = r->c->schema;
	uint32_t n = 0;

	r->p->ntables = 0;
	for (uint32_t i = 0; i < s->ntables; i++) {
		r->nodes[i].place = UINT32_MAX;
		n += r->nodes[i].in;
	}
	r->p->tables = arena_array(r->c->a, n + 1u, sizeof(*r->p->tables));
	if (r->p->tables == NULL) {
		r->c->is.failed = true;
		return;
	}
	while (r->p->ntables < n) {
		uint32_t level = 0, i = next_ready(r, false, &level);

		if (i == s->ntables)
			i = next_ready(r, true, &level);
		assert(i < s->ntables);
		r->nodes[i].level = level;
		r->nodes[i].place = r->p->ntables;
		r->p->tables[r->p->ntables++].table = &s->tables[i];
	}
}
