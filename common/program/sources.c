/* SPDX-License-Identifier: MIT */
/*
 * Where the rows come from that a table needs of others: a snapshot, a scratch file
 * that is written first, rows that are recomputed, or children that are aggregated.
 * plan-check and explain-row ask this instead of the plan, so that they name what
 * the engine really does.
 */
#include "common/program/sources.h"

#include "common/base/err.h"

/* Where the rows of a foreign key's parents come from: read from a snapshot,
 * written to a scratch file first if they are chosen by their values, or
 * recomputed. s->slice is NULL if nothing is read of parents that would be
 * recomputed. */
static int source_of_parents(
	struct program_source *s, const struct table_program *b, struct arena *a, struct err *e)
{
	const struct plan_fk *f = &b->t->fks[s->at];

	s->table = f->parent;
	s->slice = NULL;
	if (!f->computed) {
		s->how = SOURCE_SNAPSHOT;
		return 0;
	}
	if (program_needs_values(b, s->at)) {
		s->how = SOURCE_WRITTEN;
		return slice_written_before(&s->slice, b, s->at, a, e);
	}
	s->how = SOURCE_RECOMPUTED;
	return slice_of_parent(&s->slice, b, s->at, a, e);
}

/* The ancestors of rows by a key to their own table. A slice of ancestors is
 * its own source, and needs nothing more. */
static int source_of_ancestors(
	struct program_source *s, const struct table_program *b, struct arena *a, struct err *e)
{
	s->slice = NULL;
	if (b->ancestors != NULL || !b->t->fks[s->at].computed)
		return 0;
	s->how = SOURCE_RECOMPUTED;
	return slice_of_ancestors(&s->slice, b, s->at, a, e);
}

static uint32_t place_of(const struct table_program *b, const struct pg_table *table)
{
	uint32_t i = 0;

	while (i < b->plan->ntables && b->plan->tables[i].table != table)
		i++;
	return i;
}

/* The child's slice whose rows an aggregate adds up. */
static int source_of_aggregate(
	struct program_source *s, const struct table_program *b, struct arena *a, struct err *e)
{
	struct program_children child;

	if (slice_of_children(&child, b, s->at, a, e) == -1)
		return -1;
	s->how = SOURCE_AGGREGATED;
	s->slice = child.slice;
	s->table = place_of(b, child.slice->t->table);
	return 0;
}

/* Visits the sources in the order in which the engine needs them: parents first,
 * then children. */
int program_sources(const struct table_program *b,
	int (*visit)(void *ctx, const struct program_source *s), void *ctx, struct arena *a,
	struct err *e)
{
	struct program_source s;

	for (uint32_t f = 0; f < b->t->nfks; f++) {
		if (!how_picks(b->fks[f].how))
			continue;
		s.at = f;
		if (source_of_parents(&s, b, a, e) == -1)
			return -1;
		if ((s.how == SOURCE_SNAPSHOT || s.slice != NULL) && visit(ctx, &s) == -1)
			return -1;
		if (source_of_ancestors(&s, b, a, e) == -1 ||
			(s.slice != NULL && visit(ctx, &s) == -1))
			return -1;
	}
	for (uint32_t i = 0; i < b->nmake; i++) {
		if (b->ops[i].code != OP_AGGREGATE)
			continue;
		s.at = b->ops[i].at;
		if (source_of_aggregate(&s, b, a, e) == -1 || visit(ctx, &s) == -1)
			return -1;
	}
	return 0;
}
