/* SPDX-License-Identifier: MIT */
#include "common/program/reads.h"
#include "common/program/slice_int.h"

/*
 * Loops: an aggregate that hangs on itself, through slices of slices.  What is said of one names
 * the columns on the way round.
 */

/* A column's full name, before the rest of the path. */
static const char *name_of(
	const struct table_program *b, uint32_t c, const char *rest, struct arena *a)
{
	const struct pg_table *t = b->t->table;

	return arena_printf(a, "%s.%s.%s%s%s", t->schema, t->name, t->columns[c].name,
		*rest != '\0' ? ", of " : "", rest);
}

/* The columns on the way from c up through those that need it, back to the top. */
static const char *path(const struct table_program *b, uint32_t c, const uint32_t *from,
	const struct table_program *top, uint32_t column, struct arena *a)
{
	const char *text = "";

	while (text != NULL && c != UINT32_MAX) {
		uint32_t root = c;

		for (; text != NULL && c != UINT32_MAX; c = from[c]) {
			root = c;
			if (c >= b->t->table->ncolumns)
				break;
			text = name_of(b, c, text, a);
			if ((b == top && c == column) || from == NULL)
				break;
		}
		if (b == top || b->up == NULL)
			break;
		c = b->is_child ? b->via : program_reader(b->up, b->via, root);
		b = b->up;
		from = b->from;
	}
	return text;
}

/* Goes up from a slice to those that it was made for. If the same column of the
 * same table is being made further up, its value would depend on itself; the
 * text that is returned names the columns on the way round. NULL means that
 * there is no loop. */
const char *slice_loop(
	const struct table_program *b, uint32_t c, const uint32_t *from, struct arena *a)
{
	const struct table_program *x;
	bool within = false;
	const char *text;

	for (x = b; x->up != NULL; x = x->up) {
		within = within || x->is_child;
		if (!x->is_child || x->up->t->table != b->t->table || x->via != c)
			continue;
		text = path(b, c, from, x->up, c, a);
		text = text == NULL ? NULL : arena_printf(a, "a loop of values: %s", text);
		return text != NULL ? text : "a loop of values";
	}
	if (b->up == NULL || within)
		return NULL;
	return arena_printf(a,
		"the keys of %s.%s are not known before its rows: column %s is an aggregate",
		b->t->table->schema, b->t->table->name, b->t->table->columns[c].name);
}
