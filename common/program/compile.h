/* SPDX-License-Identifier: MIT */
#ifndef COMMON_COMPILE_H
#define COMMON_COMPILE_H

#include "common/base/err.h"
#include "common/program/program.h"

/*
 * Inside bind.  The steps, in order: columns, checks, what they say before transforms, generators,
 * choices, orders, keys, inputs and dependencies, transforms, proofs.  Each reports what it finds
 * and goes on, so that all problems of a table are seen at once.
 */

struct compiled_check {
	const struct pg_constraint *con;
	struct sql_expr *expr;
};

/* What an expression of a unique key asks of a column it reads: compile_image.c. */
struct key_image {
	uint32_t col;
	struct sql_expr *x;
	uint32_t letters; /* texts of that many letters, which can be read off it; 0: its images
			     are counted */
	bool null_counts; /* NULLS NOT DISTINCT: a NULL is an image like others */
};

enum {
	IMAGES = 32, /* of a table */
	IMAGES_MOST =
		1 << 20, /* rows of a key that images are counted for: plans/README.md says it */
};

/* A set of columns that must be distinct. */
struct distinct_set {
	const char *name, *definition;
	uint32_t *cols, ncols;
	bool nulls_equal; /* NULLS NOT DISTINCT */
	bool coalesces;	  /* a NULL is a constant in it: coalesce(c, 0) */
	enum plan_policy policy;
	bool partial;		/* only of the rows where ... */
	struct sql_expr *where; /* ... this is TRUE; NULL: it is not understood */
	int null_of;		/* that is, where this column is NULL and NULLs are alike; or -1 */
	const char *why; /* an expression that is not understood is left out of cols; or NULL */
	struct key_image *images; /* columns that it can be met by all the same */
	uint32_t nimages;
	uint32_t pair[2]; /* LEAST and GREATEST of two columns are of the set ... */
	uint8_t pair_has; /* ... 1: the one, 2: the other, 3: both */
};

/* An exclusion constraint: of the rows where its set's columns are alike, no two ranges meet. */
struct range_exclusion {
	struct distinct_set of;
	uint32_t from, to; /* columns of the range's ends; the same: it is one column */
	bool closed;	   /* it holds its last value */
	const char *why;   /* it is not understood; or NULL */
	const char *order; /* of two columns: the check that the range can be made */
	bool merged;	   /* one before it keeps it */
	bool refused;	   /* it has been reported */
};

/* What can take a digit of a key: a column that draws, or a foreign key. */
struct key_unit {
	bool is_fk;
	uint32_t at; /* column, or index in table->fks */
	uint64_t space;
};

struct key_units {
	struct key_unit *v;
	uint32_t n;
};

/* Keys that share columns: what another attempt to plan them all is to do first. */
struct key_search {
	/* For the sake of which key; NULL: of none. */
	const char **alone;  /* [ncolumns]: the column is distinct in all rows */
	const char **single; /* [nfks]: no two rows have a parent in common */
};

/* Rows that key ${key} has no room for: ${not} holds in them. */
struct complement {
	struct sql_expr * not ;
	uint32_t key;
};

#define KEY_SPACE_MAX (UINT64_C(1) << 62)

struct compiler {
	struct table_program *b;
	const struct compile_report *report; /* NULL: stop at the first problem */
	struct arena *a;
	struct err *e;
	bool refused; /* a problem that is no warning was reported */
	struct sql_scope scope;
	struct compiled_check *compiled;
	struct sql_expr **exprs; /* the same, as sql_narrow() takes them */
	uint32_t ncompiled;
	struct sql_narrow narrow;      /* dom NULL: nothing is known */
	bool *order_kept;	       /* of narrow.orders: holds by construction */
	bool *alone;		       /* column: unique by itself */
	bool *member;		       /* column: of some unique key */
	const struct locale_set *data; /* lists that the plan puts over the locales', or NULL */
	bool *not_null;		       /* column: may not be NULL for a key's sake */
	uint64_t *need;		       /* column: distinct values that it alone must have */
	bool *loose;   /* column: of a key, and its values may be alike: compile_suffix.c */
	bool *counted; /* column: texts are counted that are made from it: it is not drawn again */
	unsigned *equiv; /* column: a key does not tell these apart, SQL_EQUIV_ */
	struct distinct_set *sets;
	uint32_t nsets;
	struct range_exclusion *intervals;
	uint32_t nintervals;
	struct complement *complements; /* [nsets + nintervals] */
	uint32_t ncomplements;
	bool *complemented; /* column: of a complement */
	/* column: what checks say of the values that its transforms leave; NULL: it has none.
	 * narrow.dom then says what it asks of those that they get. */
	struct sql_domain **written;
	struct compile_equation *equations; /* columns that are computed: compile_equation.h */
	uint32_t nequations;
	struct compile_candidates *candidates; /* by check that has some */
	uint32_t ncandidates;
	struct key_image images[IMAGES]; /* that columns are to have distinct */
	uint32_t nimages;
	bool *image_not_null;	   /* column: may not be NULL, which has an image too */
	struct key_search *search; /* of a plan for all keys together; NULL: the first attempt */
	uint32_t behind;	   /* how many sets that stand for others are being planned */
	bool quiet;		   /* of an attempt: a problem ends it, and is not reported ... */
	const char *failed;	   /* ... but noted here: a key that could not be planned, or "" */
};

static inline const struct pg_table *compiler_table(const struct compiler *k)
{
	return k->b->t->table;
}

static inline const struct pg_column *compiler_column(const struct compiler *k, uint32_t c)
{
	return &compiler_table(k)->columns[c];
}

/** compile_problem(k, code, warning, column or NULL, hint or NULL, fmt, ...):
 *  0: noted, go on; -1: it ends here and k->e says why. */
int compile_problem(struct compiler *k, const char *code, bool warning, const struct pg_column *c,
	const char *hint, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/** compile_wide_hint(k, cols, n, definition): the hint for a check that no row passes because it
 * asks a numeric column of ${cols} for more digits than its values are made of; NULL: that is not
 * it. */
const char *compile_wide_hint(
	struct compiler *k, const uint32_t *cols, uint32_t n, const char *definition);

/** compile_key_of(k, column, purpose): stream key of a column. */
uint64_t compile_key_of(const struct compiler *k, const char *name, const char *purpose);

/** compile_generator(k, c, unique, rows, g, e): prepare column ${c}'s generator. */
int compile_generator(const struct compiler *k, uint32_t c, bool unique, uint64_t rows,
	struct gen *g, struct err *e);

/** compile_derives(b): whether the column is computed from others. */
static inline bool compile_derives(const struct program_column *b)
{
	return (b->source == PLAN_GENERATOR || b->source == PLAN_GENERATED) && b->gen.op != NULL &&
	       b->gen.op->derives;
}

/** compile_is_untouched(k, c): whether nothing has been planned with the column that another
 * generator would undo. */
bool compile_is_untouched(const struct compiler *k, uint32_t c);

/** compile_plain_generator(k, ...): the same, whatever expressions of keys ask of the column. */
int compile_plain_generator(const struct compiler *k, uint32_t c, bool unique, uint64_t rows,
	struct gen *g, struct err *e);

/** compile_note_image(k, s, x): expression ${x}, which the set leaves out, may be met by a column.
 *  compile_take_image(k, s): by the next of those that were noted; false: there is none. */
int compile_note_image(struct compiler *k, struct distinct_set *s, struct sql_expr *x);
bool compile_take_image(struct compiler *k, struct distinct_set *s);

/** compile_letters(k, c, dom): 1: texts of an expression's column are to be those of ${dom}; 0; -1:
 *  its checks do not let them. */
int compile_letters(const struct compiler *k, uint32_t c, const struct sql_domain **dom);

/** compile_rank_read(k, c, from, f): column ${c} reads the row's place among its siblings by
 * t->fks[f]: that it has one is certain, or a problem. */
int compile_rank_read(struct compiler *k, uint32_t c, enum gen_from from, uint32_t f);

/** compile_draws(k, c): whether a base generator makes the column from an index. */
bool compile_draws(const struct compiler *k, uint32_t c);

void compile_sort_sets(struct compiler *k);    /* in the order of planning */
int compile_checks(struct compiler *k);	       /* compile and narrow */
int compile_release_nulls(struct compiler *k); /* of keys in which NULLs are alike */
int compile_equations(struct compiler *k);     /* columns that checks say the value of */
int compile_written(struct compiler *k);       /* what checks say before transforms */
int compile_written_ways(struct compiler *k);
int compile_settle_equations(struct compiler *k); /* when generators are prepared */
int compile_disjunctions(struct compiler *k);	  /* ways to meet checks */
int compile_orders(struct compiler *k);		  /* limits between columns, bounds propagated */
int compile_keys(struct compiler *k);		  /* uniqueness, rows outside partial keys */
int compile_inputs(struct compiler *k);		  /* gathers, and the order columns are made in */
int compile_transforms(struct compiler *k);	  /* transforms */
int compile_suffixes(struct compiler *k);	  /* numbers of texts: by what they count */
int compile_sample_sets(struct compiler *k);	  /* columns drawn together */
int compile_verify(struct compiler *k);		  /* checks over columns that are not drawn again */
int compile_proofs(struct compiler *k); /* which checks are left to verify, what they tie */

/** compile_partials(k): which columns of a key may be NULL without the others. */
int compile_partials(struct compiler *k);

/** compile_tie_sample_sets(k): what is drawn together is drawn again together. */
void compile_tie_sample_sets(struct compiler *k);

/** compile_proven(k, i): whether compiled check ${i} holds for all that can be drawn. */
bool compile_proven(const struct compiler *k, uint32_t i);

/**
 * compile_enumerates(k, x, c, place, e):
 * Whether ${x}, which reads nothing but column ${c} of the table, as cols[place], passes for
 * each of the column's few values and for NULL: 1; 0: it does not, or they are too many to be
 * asked one by one; -1: failed.
 */
int compile_enumerates(
	struct compiler *k, const struct sql_expr *x, uint32_t c, uint32_t place, struct err *e);

/** compile_branch_weights(k): how likely each branch is, when all NULL rates are known. */
void compile_branch_weights(struct compiler *k);

/** compile_sets(k): what must be distinct; fill k->alone, k->member, k->not_null and k->equiv. */
int compile_sets(struct compiler *k);

/** compile_where(s, x): a predicate, or what stands for a CASE: either one that is not TRUE will
 * do.
 */
void compile_where(struct distinct_set *s, struct sql_expr *x);

/** compile_predicate(k, s, text): the set is of rows where ${text} is TRUE. */
int compile_predicate(struct compiler *k, struct distinct_set *s, const char *text);

/** compile_may_stand_alone(k, c): whether the column has a value of its own for every row, and
 *  nothing else decides it.  compile_stand_alone(k, c): it gets one, as the digit of a new key. */
bool compile_may_stand_alone(struct compiler *k, uint32_t c);
void compile_stand_alone(struct compiler *k, uint32_t c);

/** compile_key_branches(k): columns of keys about which checks have branches keep to one. */
int compile_key_branches(struct compiler *k);

/** compile_may_be_single(k, f): whether each row can have a parent by FK ${f} that no other row
 * has. compile_be_single(k, f): it has. */
bool compile_may_be_single(const struct compiler *k, uint32_t f);
void compile_be_single(struct compiler *k, uint32_t f);

/** compile_distinct(k, s): whether no two rows are alike in the set, by other keys' doing.
 *  compile_distinct_by(k, s, done, ndone): the same, of these keys. */
bool compile_distinct(const struct compiler *k, const struct distinct_set *s);
bool compile_distinct_by(const struct compiler *k, const struct distinct_set *s,
	const struct distinct_set *done, uint32_t ndone);

/** interval_read(k, c): of key ${c}, whose elements are not all compared by =: one more of
 *  k->spans. */
struct pg_key;
int interval_read(struct compiler *k, const struct pg_key *c);

/** interval_mate(k, c): the column that a range is made of together with ${c}; UINT32_MAX: none,
 *  or ${c} is the range. */
uint32_t interval_mate(const struct compiler *k, uint32_t c);

/** interval_asked(s): whether it is understood, and to be kept. */
bool interval_asked(const struct range_exclusion *s);

/* Of a column's ranges, in the values of its generator: where they may lie, how long they are. */
struct range_room {
	uint64_t first, parts; /* none: no range passes */
	uint64_t shortest, longest;
};

/** compile_range_room(k, c, r): what the checks that read column ${c}, of ranges, alone leave. */
int compile_range_room(struct compiler *k, uint32_t c, struct range_room *r);

/** compile_set_has(s, c): whether column ${c} is one of the set. */
static inline bool compile_set_has(const struct distinct_set *s, uint32_t c)
{
	return pg_has_column(s->cols, s->ncols, c);
}

/** compile_set_holds(s, cols, n): whether all of these columns are. */
static inline bool compile_set_holds(const struct distinct_set *s, const uint32_t *cols, uint32_t n)
{
	return pg_common_columns(cols, n, s->cols, s->ncols) == n;
}

/** compile_only_nulls(c): no transform changes its values. */
bool compile_only_nulls(const struct plan_column *c);

/** compile_quoted(k, c): the column's name as SQL reads it; "": no memory. */
const char *compile_quoted(const struct compiler *k, uint32_t c);

/** interval_need(k, c): values that column ${c} should have for its ranges' sake; 0: it has none.
 */
uint64_t interval_need(const struct compiler *k, uint32_t c);

/** compile_intervals(k): plan them, before keys are. */
int compile_intervals(struct compiler *k);

/** interval_covers(k, s): whether an exclusion constraint makes the set distinct. */
bool interval_covers(const struct compiler *k, const struct distinct_set *s);

/** compile_plan_sets(k): one attempt to make all sets distinct, in their order, and to keep rows
 *  outside the predicates of partial ones.  Where k->search is there, it does first what that says;
 *  where k->quiet is, it ends at the first problem and k->failed says of which key. */
int compile_plan_sets(struct compiler *k);

/** compile_take_key(k, name, anchor, need): a new key; its index. */
int compile_take_key(struct compiler *k, const char *name, int ranking_fk, uint64_t need);

/** compile_take_digit(k, key, u): a column or a foreign key is the next digit of ${key}. */
void compile_take_digit(struct compiler *k, int key, const struct key_unit *u);

/** compile_is_loose(k, f): whether nothing else decides the parents of FK ${f}: a digit, or an
 * order.
 */
bool compile_is_loose(const struct compiler *k, uint32_t f);

/** compile_take_column(k, key, c): column ${c}, of gen.space values, is the next digit of ${key}.
 */
void compile_take_column(struct compiler *k, uint32_t key, uint32_t c);

/** compile_may_rank(k, f): whether rows may know their place among the children of FK ${f}. */
bool compile_may_rank(const struct compiler *k, uint32_t f);

/** compile_most_children(k, f): of an FK that anchors a key, the most children of a parent. */
uint64_t compile_most_children(const struct compiler *k, uint32_t f);

/** compile_lines(k): columns whose rule asks for their place among siblings. */
int compile_lines(struct compiler *k);

/** compile_number_lines(k, key, c): the only digit of ${key}, an integer nobody asked anything of,
 *  is counted from 1, as far as its type and checks allow. */
void compile_number_lines(struct compiler *k, uint32_t key, uint32_t c);

/** compile_ranked(k, s): whether a column of the set is counted among siblings the set names. */
bool compile_ranked(const struct compiler *k, const struct distinct_set *s);

/** compile_twins(k): foreign keys that checks tie, before keys are planned; those in order are not
 *  to be used by keys but as pairs. */
int compile_twins(struct compiler *k);

/** compile_twin_of(k, f): the FK that ${f} may not have the parent of; -1: none. */
int compile_twin_of(const struct compiler *k, uint32_t f);

/** compile_pairs(k, s, pairs): the twins in order that set ${s} holds, and how many pairs there
 * are; NULL: none. */
struct program_twins *compile_pairs(
	struct compiler *k, const struct distinct_set *s, uint64_t *pairs);

/** compile_settle_twins(k): who picks after whom, when keys are planned. */
int compile_settle_twins(struct compiler *k);

/** compile_names(k, s, f): whether every column of FK ${f} is one of the set. */
bool compile_names(const struct compiler *k, const struct distinct_set *s, uint32_t f);

/** compile_tells(k, s, f): whether the set's columns tell the parents of FK f apart. */
bool compile_tells(const struct compiler *k, const struct distinct_set *s, uint32_t f);

/** compile_completes(k, s): a set that foreign keys which share columns make distinct together, if
 * it is one: 1: planned, or a problem reported; 0: it is not; -1. */
int compile_completes(struct compiler *k, const struct distinct_set *s);

/** compile_parents_of(k, f): rows of the FK's parent, as planned. */
uint64_t compile_parents_of(const struct compiler *k, uint32_t f);

/** compile_too_small ...: problems of a set, with the numbers; as compile_problem(). */
int compile_too_small(struct compiler *k, const struct distinct_set *s, const struct key_units *u);
int compile_too_few_pairs(struct compiler *k, const struct distinct_set *s,
	const struct program_twins *t, uint64_t pairs);
int compile_too_few_parents(struct compiler *k, const struct distinct_set *s,
	const struct pg_constraint *c, uint64_t parents);
int compile_zero_parents(struct compiler *k, uint32_t f);

/** compile_pinned(k, where, pinned): columns that have one value, or none, where it is TRUE. */
int compile_pinned(struct compiler *k, struct sql_expr *where, bool *pinned);

/** compile_complement(k, s, key): rows that ${key}, of the partial ${s}, has no room for are to be
 * made so that its predicate is not TRUE: 1; 0: nothing of it can be denied; -1. */
int compile_complement(struct compiler *k, const struct distinct_set *s, uint32_t key);

/** compile_ringed(k, s): whether the set holds what no two rows refer to: all of the columns of a
 *  RING, or some that refer to a key of their own. */
bool compile_ringed(const struct compiler *k, const struct distinct_set *s);

/** compile_partial_ranking_fk(k, s, u): the FK whose parents have room each for some rows of the
 * partial
 *  ${s}, whose units are ${u}; -1: none.  compile_count_children(k, f): that FK counts its
 * children.
 */
int compile_partial_ranking_fk(
	const struct compiler *k, const struct distinct_set *s, const struct key_units *u);
void compile_count_children(struct compiler *k, uint32_t f);

/** compile_complements(k): the ways of such rows, when all keys are planned. */
int compile_complements(struct compiler *k);

/* How a column takes part in a choice. */
enum disjunction_role { ROLE_NONE, ROLE_DRAWN, ROLE_NULLS, ROLE_FIXED, ROLE_LEFT };

/** compile_of_values(d, base): whether ${d} says something of values, beyond what ${base} says. */
bool compile_of_values(const struct sql_domain *d, const struct sql_domain *base);

/** compile_loose_fk(k, c): a member of a foreign key that is NULL in no row but for a rate, so that
 *  branches may decide instead. */
bool compile_loose_fk(const struct compiler *k, uint32_t c);

/** compile_branch(k, c, d, base, part, to, why): what domain ${d} leaves of column ${c}: 0; 1: its
 *  generator has no value for it; -1. */
int compile_branch(struct compiler *k, uint32_t c, const struct sql_domain *d,
	const struct sql_domain *base, enum disjunction_role part, struct program_branch *to,
	struct err *why);

/** compile_may_be_loose(k, c): whether the column's texts, equal or not, would still be what the
 *  plan asks for with numbers at their ends. */
bool compile_may_be_loose(const struct compiler *k, uint32_t c);

/** compile_keeps_distinct(k, c, g): whether the column's transforms leave what ${g} makes, which is
 *  distinct, distinct. */
bool compile_keeps_distinct(const struct compiler *k, uint32_t c, const struct gen *g);

/** compile_set_behind(k, s, to): the set, with what derived columns of it are computed from one to
 *  one in their place: if ${to} is distinct so is ${s}.  false: it has none such. */
bool compile_set_behind(struct compiler *k, const struct distinct_set *s, struct distinct_set *to);

/** compile_suffix_set(k, s): a column of the set gets numbers that make it distinct in the whole
 *  table; false: none can.  compile_suffix_why(k, s, c): which one, that is derived or transformed,
 *  cannot, and why; NULL: there is none. */
bool compile_suffix_set(struct compiler *k, const struct distinct_set *s);
const char *compile_suffix_why(struct compiler *k, const struct distinct_set *s, uint32_t *c);

/** compile_suffix_after(k, c, after): column ${c} has a number, which comes after so many of its
 * transforms: a problem where there is no room for it. */
int compile_suffix_after(struct compiler *k, uint32_t c, uint32_t after);

/**
 * compile_equivalent(k, c, gc, params, g, e):
 * gen_prepare() of a column some key folds: distinct values of ${g} are distinct when what
 * k->equiv[c] says is dropped.  ERR_NO where the generator cannot promise that.
 */
int compile_equivalent(const struct compiler *k, uint32_t c, struct gen_column *gc,
	const msgpack_object *params, struct gen *g, struct err *e);

#endif
