/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PROGRAM_H
#define COMMON_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/generators/gen.h"
#include "common/plan/plan.h"
#include "common/program/operation.h"
#include "common/relation/foreign_partial.h"
#include "common/sql/sql.h"

/*
 * bind: a table of the plan made ready to fill: checks compiled and narrowed,
 * generators prepared, columns ordered, uniqueness planned.  plan-check binds to
 * prove that the plan can be met and reports all that cannot; the generators bind
 * to do it.  The result depends on plan and schema alone, never on parents' files.
 *
 * Problems, by code:
 *	unknown_generator_id, unknown_transform_id
 *	invalid_generator_params, invalid_transform_params	of a rule of the plan
 *	generator_cannot	no generator can fill the column as it is declared
 *	key_space_too_small	more rows than distinct values; the message has the counts
 *	one_to_one_too_few_parents, zero_parents
 *	unsupported_unique	a unique expression, a key whose columns cannot be made distinct,
 *				an exclusion constraint whose ranges cannot be kept apart
 *	unsupported_relationship	numbers of children that a check between foreign keys breaks
 *	check_unsatisfiable	the checks leave no value, or no row with such NULLs in a key
 *	check_unsupported	a check nobody here can evaluate: a warning unless strict
 *	derive_cycle
 */

struct err;

/* Where problems go: plan-check collects, a generator stops at the first that is no warning. */
struct compile_report {
	void (*problem)(void *ctx, const char *code, bool warning, const struct pg_table *t,
		const struct pg_column *c, const char *message, const char *hint);
	void *ctx;
};

/* How a column's index is chosen. */
enum draw_kind {
	DRAW_RANDOM,   /* at random: rng_below(rng_at(key, row), space) */
	DRAW_DIGIT,    /* a digit of the bijection bound.keys[key] */
	DRAW_INTERVAL, /* at random, within the slot of the row */
};

/*
 * A bijection that makes a set of columns distinct.  Its argument is the row number, or,
 * where the set holds an enumerable or counted FK (the anchor), the row's position among the
 * children of its parent, a bijection for each parent.  Its value is read in mixed radix: each
 * column takes (x / div) % space.
 */
struct program_key {
	const char *name;      /* of the constraint or index */
	int ranking_fk;	       /* in table->fks, or -1: the row number */
	uint64_t key;	       /* stream */
	uint64_t size;	       /* of the bijection */
	uint64_t need;	       /* rows, or the most children of a parent */
	const uint64_t *taken; /* row numbers to be passed over: the database has their values */
	uint32_t ntaken;
	bool ranked;  /* no bijection: the position itself, a line number */
	bool partial; /* of a partial index: rows from the size on are outside its predicate */
	bool closed;  /* all are: the database has rows whose places nobody knows */
	/* Foreign keys that share columns with the anchor complete it: the size is what the
	 * parents' values allow, a multiple of the columns' ${times}. */
	bool joint;
	uint64_t times;
	uint64_t slots; /* its only digit are slots: as many as a parent has children, these at
			   most; 0: they are not */
};

/*
 * Ranges that do not overlap: of the points lo, lo + step ... of the ends of a range, every row of
 * a group has an equal slice of its own, its slot: number value / div of its key, of size / div.
 * Where ranges do not hold their end a slot ends where the next begins, and the parts are of
 * steps, not points.  Of a column that is a range they are the values of its generator.
 */
struct program_interval {
	uint32_t key; /* in bound.keys */
	uint64_t div;
	int64_t lo, step;
	uint64_t parts;
	bool meets;		    /* the next begins where it ends */
	int64_t head, tail;	    /* left to the other end, at the slot's */
	uint64_t shortest, longest; /* of a range: steps */
};

/* One value read from a parent, of an FK's member or an input of a derive generator; or a row's
 * place among the parent's children. */
struct program_gather {
	enum gen_from from;
	uint32_t fk;	 /* in table->fks */
	uint32_t column; /* of the parent, or what it inherits: as its kept has it */
	uint32_t member; /* a column of a key that may be NULL in part: its bit; else 0 */
	bool climbs;	 /* what it is made from is read of a parent by a key to the table itself in
			    turn: it is made from the row's root on */
	bool endless;	 /* the same, but a root would be made from itself */
	bool keeps; /* of a key's column that is NOT NULL: it is read also where a branch leaves
		       the row without the parent */
	enum vtype type; /* what the column's declaration says it is */
	uint8_t scale;
};

/* value >= other + gap (low), or value <= other - gap; compared in units both sides share. */
struct program_limit {
	uint32_t other; /* column, drawn before this one */
	bool low;
	int64_t gap;
	int64_t mul, other_mul; /* to the shared unit */
};

enum branch_null { BRANCH_NULL_DRAWN, BRANCH_NULL_NEVER, BRANCH_NULL_ALWAYS };

/* What one branch of a choice leaves of a column. */
struct program_branch {
	struct gen *gen; /* that draws it then, or NULL: the column's own */
	enum branch_null null;
};

/*
 * Checks that can be met in several ways (branches, NULL patterns): a row draws one, among
 * those that the values of its fixed columns allow, before its other columns are drawn.
 */
enum { BRANCH_WEIGHTS = 1 << 30 };

/* What a branch that wants a fixed column NULL may do where the column is of a foreign key. */
enum branch_leave {
	LEAVE_NEVER,	 /* nothing: the branch is for rows in which it is NULL already */
	LEAVE_IF_NEEDED, /* leave the row without its parent, where no other branch is open to it */
	LEAVE_FREELY,	 /* leave the row without its parent */
};

struct program_disjunction {
	uint64_t key;	/* stream, of the first check's name */
	uint32_t n;	/* ways */
	uint32_t nfree; /* of them; the rest is of rows outside the predicate of a key of keys */
	uint32_t *keys, nkeys;
	uint64_t *below; /* cumulated weights, the last is BRANCH_WEIGHTS */
	bool nulls;	 /* the ways are NULL patterns */
	uint32_t *cols, ncols;
	double *nulls_of;	  /* of cols: a foreign key's rate of NULLs */
	uint32_t *fixed, nfixed;  /* columns that are made before */
	enum branch_leave *leave; /* of fixed */
	struct sql_domain **dom;  /* dom[branch][i]: what it asks of fixed[i] */
	uint64_t tied;
};

/* Columns drawn together: a row takes one of ${n} combinations that meet the checks. */
struct program_sample_set {
	uint64_t key, n;
	uint64_t tied; /* bit of every check that may have it take another */
};

/*
 * A number at the end of the texts of a column that is unique, where what they are made from may
 * make some of them equal.  Its rank among equal ones numbers a text, from the second on: that is
 * counted over the first SUFFIX_SAMPLES rows before any is written, and where a table has more,
 * each further block of so many rows takes the same values in another order, so that its ranks are
 * known too.  Where that cannot be counted, every text has the number of its row.
 */
enum { SUFFIX_SAMPLES = 1 << 18 };

struct program_suffix {
	bool by_rank;	 /* else by the row's number, through a bijection */
	const char *why; /* then: why not by rank */
	uint32_t after;	 /* transforms that come before it */
	unsigned equiv;	 /* what does not tell texts apart, SQL_EQUIV_ */
	uint32_t limit;	 /* characters of a text with its number */
	uint64_t key;	 /* stream of the bijections */
	uint64_t first;	 /* number of the first row */
};

struct program_column {
	enum plan_source source;
	bool made;	 /* has values here: read by checks, children and other columns */
	bool output;	 /* and is in the rows we write */
	enum vtype type; /* before transforms */
	uint8_t scale;
	enum vtype out_type; /* after them */
	struct gen_column gc;
	struct gen gen; /* PLAN_GENERATOR; PLAN_GENERATED where its expression is covered */
	enum draw_kind pick;
	uint32_t key;			   /* DRAW_DIGIT: in bound.keys */
	uint64_t div, size;		   /* DRAW_DIGIT: its digit */
	struct program_interval *interval; /* DRAW_INTERVAL */
	uint32_t gather;		   /* PLAN_FOREIGN: the key's value ... */
	struct sql_expr
		*move; /* ... and its assignment to the column; NULL: it is taken as it is */
	uint64_t null_key, null_below;
	int disjunction; /* in bound.choices, or -1 */
	struct program_branch *branches;
	uint32_t branches_bytes; /* the most bytes of a text of theirs */
	struct program_limit *limits;
	uint32_t nlimits;
	uint32_t in[GEN_INPUTS]; /* derive: column, or gather, as gen.in[].from says */
	struct transform *transforms;
	uint32_t ntransforms;
	uint32_t max_bytes;		 /* of one text on the block's heap: value and transforms */
	struct program_sample_set *pool; /* gen draws from it, or, with null_of ... */
	const bool *null_of;		 /* [pool->n] ... the combination says whether it is NULL */
	const struct vec
		*written; /* [pool->n]: what its transforms make of each; NULL: see xforms */
	struct program_suffix *suffix; /* NULL: its texts get no numbers */
	bool told;		       /* derived, and unique by what it is computed from */
	bool sampled;	 /* of more rows than are counted it takes the values of those */
	uint64_t tied;	 /* bit of every check that may have it redrawn */
	const char *pii; /* of the generator, or NULL */
};

struct program_fk {
	struct plan_how how; /* the plan's, or what a key needs of it */
	int completes;	     /* in bound.keys: the key whose digit chooses the parent; -1.  Of
				one that follows another: the key both complete */
	uint64_t div;
	uint64_t tied;
	double null_rate;
	bool own_roots;	   /* of a forest: a check has no root be NULL */
	bool apart;	   /* of a forest: another one must give its rows other parents */
	uint64_t turn;	   /* of a forest whose roots may not be their own parents: see relation */
	uint32_t excluded; /* 1: it picks among one parent less, that of its twin being left out */
	struct partial partial; /* patterns that the checks allow; without a key */
};

/* Two foreign keys to one parent whose values a check has differ, or has in order. */
struct program_twins {
	uint32_t first, second; /* in table->fks; the second picks after the first */
	bool differ;		/* never the same parent */
	int low;		/* the one with the lower value; -1: any */
	int key; /* unique pairs: the key whose value numbers them; in bound.keys; -1 */
};

/* A check that what the generators draw from does not prove. */
struct program_check {
	const char *name, *definition;
	struct sql_expr *expr;
	int column; /* a check of that column's domain, or -1: of the table */
	enum plan_policy policy;
	uint64_t bit; /* of the columns' tied */
};

struct table_program {
	const struct plan *plan;
	const struct plan_table *t;
	const struct schema *schema;
	struct program_column *columns; /* [t->table->ncolumns] */
	uint32_t *order;		/* the columns we make, in the order they can be made */
	uint32_t norder;
	struct operation *ops; /* those that make the row, then those that check it */
	uint32_t nops, nmake;
	struct program_fk *fks; /* [t->nfks] */
	struct program_gather *gathers;
	uint32_t ngathers;
	uint32_t *inherited; /* [t->ninherited]: the gather that each is; UINT32_MAX: not of the
				slice */
	struct program_key *keys;
	uint32_t nkeys;
	struct program_twins *twins;
	uint32_t ntwins;
	struct program_disjunction *disjunctions;
	uint32_t ndisjunctions;
	struct program_check *checks;
	uint32_t nchecks;
	/* Of a slice of another table: whose rows need it, through a foreign key of theirs, or, for
	 * an aggregate, a column of theirs. */
	const struct table_program *up;
	bool is_child;
	uint32_t via;
	uint32_t *from; /* [ncolumns]: the column that needs each, UINT32_MAX: the one above */
	/* Of a slice of ancestors by ${via}: itself, for it reads values of such rows' parents in
	 * turn; NULL: it is none. */
	const struct table_program *ancestors;
};

/**
 * program_compile(b, plan, t, schema, report, a, e):
 * 0: ready; -1: out of memory or (report NULL) the first problem; 1: problems were reported
 * and ${b} is NULL.  Warnings alone give 0.
 */
int program_compile(struct table_program **b, const struct plan *plan, const struct plan_table *t,
	const struct schema *schema, const struct compile_report *report, struct arena *a,
	struct err *e);

/** program_assemble(b, a): the operations of ${b}, from what it says of columns, foreign keys and
 *  keys: after a change of these, anew.  -1: out of memory. */
int program_assemble(struct table_program *b, struct arena *a);

/* Of a slice: what is asked for, columns or what the table inherits, as its kept has them; and a
 * foreign key, or -1.  Of ancestors: those by foreign key ${climb}. */
struct slice_request {
	const uint32_t *cols;
	uint32_t ncols;
	int fk;
	bool ancestors;
	uint32_t climb;
};

/**
 * program_slice(out, b, request, a, e):
 * The slice of ${b} that makes what is asked for and what that is made from: for any row, the
 * values the whole table gives it.  Where a check may have one of them drawn again all checks are
 * of the slice.  ERR_NO where they are not known without more: they hang on a parent that is
 * itself made so, or on the aggregate they are for.
 */
int program_slice(struct table_program **out, const struct table_program *b,
	const struct slice_request *request, struct arena *a, struct err *e);

/**
 * slice_of_texts(out, b, column, a, e):
 * The slice that makes the texts of ${column}, which has a suffix by rank, as they are before their
 * numbers.
 */
int slice_of_texts(struct table_program **out, const struct table_program *b, uint32_t column,
	struct arena *a, struct err *e);

/**
 * slice_of_parent(out, b, fk, a, e):
 * What is read through foreign key ${fk} of ${b} whose parent's rows are made, not read
 * (plan_fk.computed), as a slice of the parent; NULL when nothing is.
 */
int slice_of_parent(struct table_program **out, const struct table_program *b, uint32_t fk,
	struct arena *a, struct err *e);

/**
 * slice_of_ancestors(out, b, fk, a, e):
 * What is read through ${fk}, a key of the table of ${b} to itself, and climbs, as a slice of that
 * table.  The slice makes all that it reads of its own parents by that key: run upon the rows'
 * parents, these parents' parents and so on, it ends at the roots.  NULL when nothing climbs;
 * ERR_NO as program_slice().
 */
int slice_of_ancestors(struct table_program **out, const struct table_program *b, uint32_t fk,
	struct arena *a, struct err *e);

/**
 * program_climbs(b, a, e):
 * Find out which values that ${b} reads of parents in its own table climb.  It is asked once, when
 * it is known which checks have rows drawn again.
 */
int program_climbs(struct table_program *b, struct arena *a, struct err *e);

/**
 * bound_on_demand(b, a):
 * Have the parents of ${b} whose tables are on_demand recomputed instead of read, but for those
 * that are chosen by their values, or compared: of these a snapshot is there.  Its
 * operations are as before: it is to be sliced, or assembled.  -1: out of memory.
 */
int bound_on_demand(struct table_program *b, struct arena *a);

/** program_is_base(b, fk): whether other foreign keys follow it, and so limit whom it picks. */
bool program_is_base(const struct table_program *b, uint32_t fk);

/** program_needs_values(b, fk): whether parents by a foreign key are chosen by their values: a
 * where, weights, columns that others share.  Where they are computed too, their keys must be
 * written before rows of ${b} are made. */
bool program_needs_values(const struct table_program *b, uint32_t fk);

/** program_needed_values(b, fk, wanted, a, e): what is asked of parents by such a foreign key, and
 * read of the one that is chosen: set it in wanted[], by place in what their snapshot may hold. */
int program_needed_values(
	const struct table_program *b, uint32_t fk, bool *wanted, struct arena *a, struct err *e);

/**
 * slice_written_before(out, b, fk, a, e):
 * What is to be known of all parents by such a foreign key, and by others of ${b} to the same
 * table, as a slice of that: ${out}->t->kept has the columns.
 */
int slice_written_before(struct table_program **out, const struct table_program *b, uint32_t fk,
	struct arena *a, struct err *e);

/**
 * slice_whole_parent(out, b, fk, a, e):
 * The parent by a foreign key of ${b} whose rows are made, not read, with all columns that are
 * made here: ${out}->t->kept lists them.  It is for those who ask about any row of the parent and
 * any of its columns: engine_slice_keys() writes them all to a file.
 */
int slice_whole_parent(struct table_program **out, const struct table_program *b, uint32_t fk,
	struct arena *a, struct err *e);

/* The rows that an aggregate is made of. */
struct program_children {
	struct table_program
		*slice;	   /* of the child; its parents that are not made before are computed */
	uint32_t fk;	   /* of it: to the aggregate's table */
	uint32_t *members; /* columns of that key, all NULL in a row ... */
	uint32_t nmembers; /* ... that is nobody's child; 0: every row is somebody's */
};

/**
 * slice_of_children(out, b, column, a, e):
 * The slice of the child that ${column} of ${b}, whose generator folds, is made of.  ERR_NO: the
 * child is not in the plan, its foreign key does not list children, or what is folded hangs
 * on the aggregate.
 */
int slice_of_children(struct program_children *out, const struct table_program *b, uint32_t column,
	struct arena *a, struct err *e);

#endif
