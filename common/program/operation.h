/* SPDX-License-Identifier: MIT */
#ifndef COMMON_OPERATION_H
#define COMMON_OPERATION_H

#include <stdbool.h>
#include <stdint.h>

/*
 * operation: what a table's program is made of.  The engine runs all of a program's operations,
 * one after the other, over a block of rows; each makes one thing of every row of the block.
 */

/* A row has one of each. */
enum thing_kind {
	THING_COLUMN,	 /* the column's value; at: in table->columns */
	THING_INHERITED, /* a parent's value that the key snapshot inherits; at: in t->inherited */
	THING_PARENT,	 /* the parent's row number, and the row's rank there; at: in t->fks */
	THING_DIGITS,	 /* the value of a unique key's bijection; at: in keys */
	THING_BRANCH,	 /* which branch of a disjunction the row takes; at: in choices */
	THING_VALUE,	 /* a value read from a parent; at: in gathers */
};

struct thing {
	enum thing_kind kind;
	uint32_t at;
};

/* In the order in which a program has them; columns' operations stand together by column. */
enum operation_code {
	/* who the parents are; at: in t->fks, ... */
	OP_PICK,     /* by a foreign key that chooses for itself */
	OP_FOLLOW,   /* among the parents that agree with another foreign key's */
	OP_COMPLETE, /* by the keys that complete a unique key together; at: in keys */
	OP_TWINS,    /* by two keys to one table that a check ties; at: in twins */
	/* what is read there */
	OP_RECOMPUTE, /* rows of parents without a snapshot are made; at: in t->fks */
	OP_CLIMB,     /* the same for values that hang on the parents' own parents, up to the
			 roots of a tree; at: in t->fks */
	OP_READ,      /* a value from the parents' snapshot; at: in gathers */
	OP_RANK,      /* the row's rank among its siblings, or their number; at: in gathers */
	/* unique keys */
	OP_DIGITS, /* the value of a bijection; at: in keys */
	/* columns; at: in table->columns, ... */
	OP_BRANCH,	  /* which branch of a disjunction; at: in choices */
	OP_ORPHAN,	  /* a branch may leave the row without a parent after all */
	OP_ASSIGN,	  /* a member of a foreign key whose type is not that of the key */
	OP_ALWAYS_NULL,	  /* every row NULL */
	OP_SEQUENCE,	  /* a linear function of the row number */
	OP_DRAW,	  /* drawn from an index: at random, or a digit of a key */
	OP_DRAW_BRANCHES, /* drawn again where the branch has a generator of its own */
	OP_DERIVE,	  /* computed from the row and its parents */
	OP_AGGREGATE,	  /* computed from the rows that refer to this one */
	OP_SET_NULLS,	  /* some values become NULL */
	OP_SUFFIX,	  /* texts get numbers that keep them distinct */
	OP_TRANSFORM,	  /* after all columns are made */
	OP_LOOK_UP,	  /* what the transforms made of a combination of the sample set */
	/* at: in checks */
	OP_CHECK, /* rows that fail it are drawn again */
	OP_COUNT
};

struct operation {
	enum operation_code code;
	uint32_t at;
	uint32_t transform;	   /* OP_TRANSFORM: in the column's xforms */
	const struct thing *reads; /* made by operations before it */
	uint32_t nreads;
	const struct thing *writes;
	uint32_t nwrites;
	uint64_t again; /* bits of the checks that, when they fail, have it done again ... */
	bool redraws;	/* ... and then it may make another value */
	bool sampled;	/* it is done for the row whose values a suffix was counted over */
};

#endif
