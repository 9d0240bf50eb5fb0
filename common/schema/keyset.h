/* SPDX-License-Identifier: MIT */
#ifndef COMMON_KEYSET_H
#define COMMON_KEYSET_H

#include <stdbool.h>
#include <stdint.h>

#include "common/schema/schema.h"

/*
 * keyset: everything that keeps rows of a table apart, listed once.
 *
 * PRIMARY KEY, UNIQUE and EXCLUDE constraints and unique indexes say the same kind of thing: no
 * two rows are alike in all of some elements.  They differ in what an element is (a column or an
 * expression), in what alike means (equal, equal but for case, overlapping), in what NULLs mean,
 * and in the rows they speak of (all, or those of a predicate).  Here they are one type, and
 * whoever asks what must be distinct reads t->keys: the compiler of a table's program, plan-check,
 * introspect and eval.
 *
 * The list has the primary key, then UNIQUE constraints, then EXCLUDE constraints, then unique
 * indexes that stand behind no constraint, each kind by name.  An index that is not valid is not
 * in it.  schema_bind() makes the list; it is not in the file.
 */

struct err;

enum key_kind { KEY_PRIMARY, KEY_UNIQUE, KEY_EXCLUSION, KEY_INDEX };

/* Why values of an element may be alike though their bytes differ. */
enum key_equality {
	KEY_BYTES,	/* they may not */
	KEY_CASE,	/* citext: equal but for case */
	KEY_COLLATION,	/* a collation that somebody made may take different texts for equal */
	KEY_SPELLING,	/* a type held as text, of which one value may be written in several ways */
	KEY_EXPRESSION, /* what an expression does not tell apart is for its reader to find */
};

struct key_part {
	uint32_t col;	  /* of the table; UINT32_MAX: an expression */
	const char *text; /* the column or expression, as SQL */
	const char *op;	  /* that is TRUE of no two rows: "=", without its schema ... */
	const char *with; /* ... and as it is written: "OPERATOR(public.=)" */
	enum key_equality equality;
};

struct pg_key {
	enum key_kind kind;
	const char *name, *definition;	 /* as PostgreSQL prints it */
	const struct pg_constraint *con; /* it comes from ... */
	const struct pg_index *index;	 /* ... one of the two, the other is NULL */
	struct key_part *parts;
	const uint32_t *cols; /* [nparts], their columns alone */
	uint32_t nparts;      /* 0: the definition is not understood */
	bool nulls_equal;     /* NULLS NOT DISTINCT; otherwise a row with a NULL is like no other */
	const char *where;    /* only rows for which this is TRUE; NULL: all */
};

/** keyset_fill(t, a, e): make the list of a table whose columns, constraints and indexes are. */
int keyset_fill(struct pg_table *t, struct arena *a, struct err *e);

/** key_equality_of(c): when two values of a column are alike in a key. */
enum key_equality key_equality_of(const struct pg_column *c);

/** key_is_unique(k): whether it is of a kind that PostgreSQL keeps by a unique index, and so
 * compares by =.  Exclusion constraints are of another kind, even where all their operators are =.
 */
bool key_is_unique(const struct pg_key *k);

/** key_by_equality(k): whether every element is compared by =; key_is_plain(k): and they are
 *  columns, and it speaks of all rows: then no two rows have the same values in them, NULLs
 *  aside. */
bool key_by_equality(const struct pg_key *k);
bool key_is_plain(const struct pg_key *k);

/**
 * key_implies(t, a, b): whether rows that are distinct by ${a} are distinct by ${b} too, so that
 * ${b} asks nothing more: every element of ${a} is one of ${b}'s, compared in the same way, ${a}
 * covers every row that ${b} covers, and is at least as strict about NULLs.
 */
bool key_implies(const struct pg_table *t, const struct pg_key *a, const struct pg_key *b);

/** keyset_tells_apart(t, cols, n): whether these columns tell its rows apart: a plain key is among
 *  them. */
bool keyset_tells_apart(const struct pg_table *t, const uint32_t *cols, uint32_t n);

/** keyset_of(t, con): the key that a constraint is; NULL: it is another kind of constraint. */
const struct pg_key *keyset_of(const struct pg_table *t, const struct pg_constraint *con);

#endif
