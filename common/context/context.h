/* SPDX-License-Identifier: MIT */
#ifndef COMMON_CONTEXT_H
#define COMMON_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/vec.h"
#include "common/engine/engine.h"
#include "common/io/rundir.h"
#include "common/plan/plan.h"
#include "common/relation/foreign.h"

/*
 * context: the ForeignContext, one value at a time.  A child table asks it for the parent of a row
 * and for what that parent has in other columns; no database is asked.
 *
 * Its answers are those of the generators by construction: the parent of a row is what the engine
 * has for a block of that one row.  There is no second way to choose a parent, so junctions,
 * exclusion constraints, checks that have a row drawn again, tables that refer to themselves and
 * cycles of tables need nothing here.
 */

struct err;
struct context;

/* One value.  The text of a parent that is looked up lives as long as the context; that of a key
 * that is picked until the next context_seek(). */
struct fvalue {
	enum vtype type;
	uint8_t scale; /* of VT_DEC */
	bool null;
	union {
		int64_t i;
		double f;
		struct uuid u;
		struct vtext t;
	} v;
};

/** context_open(c, b, fc, g, a, e): the context of one child table: ${b} is its program, ${fc} has
 *  its parents mapped, ${g} makes its rows, as engine_context() and engine_open() have opened them.
 *  They stay the caller's and must outlive the context; ${g} makes no other rows meanwhile. */
int context_open(struct context **c, const struct table_program *b, struct foreign *fc,
	struct engine *g, struct arena *a, struct err *e);
void context_close(struct context *c); /* NULL is accepted */

/** context_seek(c, row): the row of the child, from 0, that the next picks are for. */
void context_seek(struct context *c, uint64_t row);

/** context_row(c, e): how the current row is made: its parents' rows, its places among siblings,
 *  the draws.  Valid until the next context_seek().  NULL: it cannot be made, as engine_row(). */
const struct engine_row *context_row(struct context *c, struct err *e);

/**
 * context_pick_fk(c, schema, table, fk_column, out, e):
 * The next parent's key for the current row: the value that ${fk_column} of the child
 * ${schema}.${table} takes from the parent its foreign key chooses; NULL where the row has none.
 * Every member of a composite key is of the same parent.  An error for a column that no foreign
 * key fills: it is in none, or the plan gives it a generator of its own.
 */
int context_pick_fk(struct context *c, const char *schema, const char *table, const char *fk_column,
	struct fvalue *out, struct err *e);

/* A column of a parent and its value: one member of the parent's key. */
struct context_key {
	const char *column;
	struct fvalue value;
};

/**
 * context_lookup_parent(c, schema, table, key, n, column, out, e):
 * The value of ${column} in the row of parent ${schema}.${table} that has these ${n} values, which
 * together are a key of it: 1 found, 0 none (a NULL is in no key), -1 error.
 *
 * A parent that is made before the child is read in its key snapshot, which holds the columns that
 * the plan's children use.  One that is not (the table itself, a table in a cycle with it) has its
 * rows made once, into a file without a name.  The key of a parent that the current row has picked
 * is found at once; the first lookup by another builds an index in memory of 16 to 32 bytes a row
 * of the parent.
 */
int context_lookup_parent(struct context *c, const char *schema, const char *table,
	const struct context_key *key, uint32_t n, const char *column, struct fvalue *out,
	struct err *e);

#endif
