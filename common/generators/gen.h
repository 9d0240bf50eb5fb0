/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_H
#define COMMON_GEN_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <msgpack.h>

#include "common/base/arena.h"
#include "common/base/vec.h"
#include "common/generators/param.h"
#include "common/schema/schema.h"
#include "common/sql/sql.h"

/*
 * gen: what a generator is.
 *
 * A base generator is a function from an index in [0, space) to a value, and
 * distinct indexes give distinct values; only where the column says that they need not be
 * (gen_distinct()), a generator whose values have weights has more indexes for a
 * value of more weight.  It draws no random number itself: the
 * engine picks the index, at random (rng_below(rng_at(key, row), space)) or, for
 * a unique column, through a bijection of the row number.  So a unique CPF is
 * still a valid CPF, an exact cover works, and any cell can be made alone.
 * Where the values of a generator are more than 2^62 its index covers 2^62 of
 * them, still injectively, the rest of the value being a hash of the index.
 *
 * An ordinal generator (numbers, dates, times) says its range [lo, hi] and step
 * instead; the engine narrows the range row by row where a CHECK ties columns.
 *
 * A derive generator computes from other columns of the row, or of a parent row.
 */

struct err;
struct gen;

/* families a column may have to take the values, a mask */
enum {
	GF_BOOL = 1,
	GF_INT = 2,
	GF_NUM = 4,
	GF_FLOAT = 8,
	GF_TEXT = 16,
	GF_UUID = 32,
	GF_DATE = 64,
	GF_TIME = 128,
	GF_TS = 256,
	GF_ENUM = 512,
	GF_BYTES = 1024,
	GF_RAW = 2048,
	GF_WIDE = 4096, /* numeric of more than 18 digits: pg_widen() */
	GF_ANY = 8191
};

/** gen_family(base): the GF_ bit of a column. */
unsigned gen_family(struct pg_base base);

/** gen_family_names(mask, to): the families in words, "date or timestamp", in ${to}, of
 *  GEN_FAMILY_NAMES bytes, which it returns. */
enum { GEN_FAMILY_NAMES = 192 };
const char *gen_family_names(unsigned mask, char *to);

/* The column a generator works for. */
struct gen_memo;

struct gen_column {
	const struct schema *schema;
	const struct pg_table *table;
	const struct pg_column *column;
	struct pg_base base;
	enum vtype type; /* of the vector to fill */
	uint8_t scale;
	const struct sql_domain *dom; /* narrowing, or NULL */
	uint64_t key;		      /* stream key of the column */
	uint64_t rows;		      /* of the table, or more where a key has to leave some out */
	uint64_t table_rows;	      /* of the table */
	uint64_t table_after;	      /* rows that the database has of it, where rows are added */
	uint64_t table_key;	      /* stream key of what its columns share */
	bool unique;		      /* its index comes from a bijection: space must reach rows */
	bool distinct;		      /* its index may be a digit of a key: see gen_distinct() */
	const char *locale;
	const struct locale_set *data; /* lists that the plan puts over the locale's, or NULL */
	struct gen_memo *memo;	       /* of the plan's columns: gen_memo.h; or NULL */
	int32_t as_of;		       /* "today", days since 2000-01-01 */
	bool disjoint; /* ranges: they are not to overlap, and to be as long as real ones */
	bool by_rule;  /* the plan names the generator; false: the default by type, whose
			  dates end today and whose sequences are the column's own */
};

/** gen_distinct(c): whether different indexes have to give different values, because the column is
 *  unique or a part of a key.  If not, some values may be more frequent than others. */
static inline bool gen_distinct(const struct gen_column *c)
{
	return c->unique || c->distinct;
}

/** gen_declared_limit(c): the most characters a text of the column has where it is written, -1: any
 *  number.  c->base may have none because transforms come between. */
static inline int32_t gen_declared_limit(const struct gen_column *c)
{
	return pg_char_limit(pg_base_of(c->column->type, c->column->typmod));
}

/*
 * Memory for texts made while filling a block: reset by the engine after the block is written.
 * Beside it: what a derive generator whose values may fail is told and tells.
 */
struct gen_heap {
	char *p;
	size_t n, cap;
	struct arena arena;  /* of expressions: it lives and ends as the texts do */
	const uint8_t *live; /* the rows that count, NULL: all; the others' values are not used */
	const char *why;     /* a row that counts has no value, and why */
	uint32_t row;	     /* its place in the block */
	bool nomem;
};

#define GEN_HEAP_INIT ((struct gen_heap){NULL, 0, 0, ARENA_INIT, NULL, NULL, 0, false})

/** gen_fail(h, i, why): row ${i} of the block has no value; the first is kept. */
static inline void gen_fail(struct gen_heap *h, uint32_t i, const char *why)
{
	if (h->why != NULL)
		return;
	h->why = why;
	h->row = i;
}

/** gen_heap_reserve(h, n): room for ${n} bytes in all; false when memory is out.  To be called
 *  while nothing is taken: pointers given out before do not survive. */
bool gen_heap_reserve(struct gen_heap *h, size_t n);
void gen_heap_free(struct gen_heap *h);

static inline void gen_heap_reset(struct gen_heap *h)
{
	h->n = 0;
	h->why = NULL;
	arena_reset(&h->arena);
}

/** gen_heap_take(h, n): ${n} bytes that live until the block is written; never NULL (the engine
 *  reserves enough: a generator says the most bytes a value may take in gen.max_bytes, and takes
 *  no more than that a row). */
static inline char *gen_heap_take(struct gen_heap *h, uint32_t n)
{
	char *p = h->p + h->n;

	assert(n <= h->cap - h->n);
	h->n += n;
	return p;
}

/** gen_heap_give(h, n): the last ${n} bytes taken are not needed after all. */
static inline void gen_heap_give(struct gen_heap *h, uint32_t n)
{
	assert(n <= h->n);
	h->n -= n;
}

/* inputs of a derive generator */
enum { GEN_INPUTS = 16, GEN_HOPS = 6 };

enum gen_from {
	GEN_ROW,
	GEN_PARENT,
	GEN_NUMBER,   /* the row's place among its parent's children, from 1; NULL without one */
	GEN_SIBLINGS, /* how many they are, itself among them; NULL without a parent */
};

struct gen_input {
	enum gen_from from;
	uint32_t column; /* GEN_ROW: index in the table; GEN_PARENT: in the last parent's table */
	uint32_t fk;	 /* all but GEN_ROW: constraint index in table->cons */
	/* GEN_PARENT: foreign keys that lead on from there, each a constraint of the table that
	 * the one before it refers to */
	uint32_t hops[GEN_HOPS], nhops;
};

/* What a value is made from, beside the row's number and a draw: a mask. */
enum gen_reads {
	GR_ROW = 1,	 /* columns of the row: input_columns, or names in an expression */
	GR_PARENT = 2,	 /* a column of the parent row, through a foreign key of the row */
	GR_SIBLINGS = 4, /* its place among the children of its parent, or the one before it */
	GR_CHILDREN = 8, /* the rows of another table that refer to this one */
};

/* How values of different indexes differ. */
enum gen_distinct {
	GEN_DISTINCT_VALUE, /* they are different values */
	/* They differ in letters or digits, whatever the case, and begin and end with none but
	 * these: lower() and btrim() of them are different too. */
	GEN_DISTINCT_LETTERS,
};

/* gen_op.locale of a generator whose values are of the plan's locale */
#define GEN_LOCALES "*"

/*
 * A generator: a row of the one table that plan-check's validation, plan.schema.json, `datalchemy
 * generators`, the catalogue page and the manual are made of.  Rows are written with designated
 * initialisers; what is left out is 0.  What prepare() finds for a column (how many different
 * values there are, how long they are) is not written here.
 */
struct gen_op {
	const char *id;
	const char *help;		/* one line for the catalogue */
	const struct gen_param *params; /* ends with name == NULL; NULL for none */
	/* Parameters to try it with, as JSON: `{"min": 1, "max": 6}`.  NULL: without any.  A
	 * generator with required parameters has one.  Names of columns are those of the shop in
	 * common/catalogue/README.md.
	 */
	const char *example;
	unsigned families; /* columns it may fill, a mask of GF_ */
	/* What its values are by nature, one of the families; 0: the column's type, or the only one
	 * there is. */
	unsigned output;
	/* "pt_BR": its values are always of this locale; GEN_LOCALES: of the plan's; NULL: the
	 * locale changes nothing. */
	const char *locale;
	/* Of one that has a locale: the one it has where neither its rule nor the plan names one;
	 * NULL: the default of plans. */
	const char *default_locale;
	const char *pii; /* "pii.email", or NULL */
	/* The id that this one is another name of, or NULL. */
	const char *alias_of;
	/* What a family with one prepare() for many ids makes of this one: a key of forms or tokens
	 * in braces (gen_form.h), or the name of a kind of code. */
	const char *makes;
	enum gen_distinct distinct;
	/* GR_.  The index of a base generator that reads siblings is the row's place among them. */
	unsigned reads;
	unsigned parent_families; /* what parent_column may be, a mask of GF_; 0: anything */
	bool lenient;		  /* unknown or mistyped parameters are warnings (plans 0.1, 0.2) */
	bool derives;		  /* has .derive instead of .value */
	bool aggregates; /* has neither: its values aggregate children's rows: gen_children.h */
	bool fills_fk;	 /* it fills a foreign key of its column as a whole, the parents in turn */
	bool filler;	 /* its values mean nothing, so that a key may choose their length */
	bool exact;   /* a value with a number behind it would be none: unique columns get none */
	bool of_tree; /* it has one value in all rows of a tree of a table that refers to itself */

	/**
	 * prepare(g, c, params, a, e): read ${params} (a msgpack map, or NULL), merge the
	 * column's narrowing c->dom, and fill ${g}.  An impossible combination is an error
	 * (kind ERR_NO) that names no value of a row but may name the parameter's.
	 */
	int (*prepare)(struct gen *g, const struct gen_column *c, const msgpack_object *params,
		struct arena *a, struct err *e);

	/** value(g, idx, n, out, h): out[i] = value of index idx[i].  NULL for pure ordinal ops. */
	void (*value)(const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out,
		struct gen_heap *h);

	/**
	 * derive(g, in, row, n, out, h): from the inputs, one vector each, of g->in's columns;
	 * rng_at(g->key, row[i]) is the cell's draw.  gen_fail() tells of a row without a value.
	 */
	void (*derive)(const struct gen *g, const struct vec *const *in, const uint64_t *row,
		uint32_t n, struct vec *out, struct gen_heap *h);

	/** siblings(g, most, e): a parent may have ${most} children: ERR_NO where it has no values
	 *  for so many.  NULL: any number. */
	int (*siblings)(const struct gen *g, uint64_t most, struct err *e);

	/** order(g, column, low, gap, taken, e): a check says that the value is not before (${low})
	 *  that of a column of the row plus ${gap} microseconds, or not after it less these: one
	 *  more input, if *taken.  NULL: it takes none, and the check is verified. */
	int (*order)(
		struct gen *g, uint32_t column, bool low, int64_t gap, bool *taken, struct err *e);

	/** tally(g, at, v, i, rows): v[i] = its value number ${at}, which exactly ${rows} rows of
	 *  the table have; false when there are no more.  NULL: it is not known. */
	bool (*tally)(const struct gen *g, uint32_t at, struct vec *v, uint32_t i, uint64_t *rows);
};

struct gen {
	const struct gen_op *op;
	const struct gen_column *col;
	uint64_t key;
	uint64_t space;	    /* 0 when ordinal and derive generators do not say */
	uint32_t max_bytes; /* of one text value */
	unsigned texts;	    /* what is known of them: TEXT_ROOMY, TEXT_BARE */
	bool own_texts;	    /* derive: texts live in the heap's arena, not in what it reserves */
	bool ordinal;	    /* value = lo + step * index, index in [0, space) */
	int64_t lo, hi, step;
	/* Ranges: index / lengths is where one begins, from it to 1 .. lengths on, index % lengths
	 * + 1, it is; two that do not meet there do not overlap.  0: it makes none */
	uint32_t lengths;
	bool affine;  /* value = lo + step * row, no further than hi: a sequence, no draw */
	bool sibling; /* ordinal, its index being the row's place among the children of a parent, */
	const char *of; /* that of the foreign key of this name or column; NULL: to be found */
	struct gen_input in[GEN_INPUTS]; /* derive */
	uint32_t nin;
	int64_t reach; /* derive: never before its input, nor further on than this; 0: who knows */
	int64_t every; /* derive: so far after the sibling before it, at least; 0: who knows */
	const char *pii; /* derive: of what it is made from, or NULL */
	void *state;
};

/** gen_output(op): the GF_ bit of what its values are by nature; 0: of the column's type. */
static inline unsigned gen_output(const struct gen_op *op)
{
	bool only = (op->families & (op->families - 1)) == 0;

	return op->output != 0 ? op->output : only ? op->families : 0;
}

/**
 * gen_prepare(g, op, c, params, a, e):
 * The front door: ${g} is cleared, given ${op} and ${c} (which must live as long as it), and
 * prepared.  A column of a family the generator cannot fill, and a unique column with more
 * rows than the generator has values, are errors of kind ERR_NO.
 */
int gen_prepare(struct gen *g, const struct gen_op *op, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e);

/* transforms: after all columns of the row exist, in the order of the plan */
struct transform;

/* What a transform is told of a column whose values are to stay distinct. */
struct transform_key {
	bool alone; /* each of its values is distinct by itself, not with other columns */
	bool apart; /* its values differ in more than upper and lower case */
};

/* What is said of the values that go into a transform, by what is said of those that come out:
 * all that can become such values, or only those that are likely to. */
enum transform_before { XFORM_ALL, XFORM_LIKELY };

struct transform_op {
	const char *id;
	const char *help;
	const struct gen_param *params;
	const char *example; /* as of struct gen_op */
	unsigned families;   /* of values it takes, a mask of GF_; 0: any */
	bool draws;	     /* the same value does not always become the same */
	bool nulls;	     /* it is part of the column's rate of NULLs, and changes no value */
	bool shortens;	     /* what goes in may be longer than the column's type allows */
	bool folds_case;     /* values that differ in nothing but upper and lower case become one */
	/** few(params): whether all that it leaves is one value, or few.  NULL: it is not so. */
	bool (*few)(const msgpack_object *params);
	/**
	 * distinct(x, params, key, a): whether different values, of a column as ${key} says, are
	 * different after it.  NULL: they may become one.
	 */
	bool (*distinct)(const struct transform *x, const msgpack_object *params,
		const struct transform_key *key, struct arena *a);
	int (*prepare)(struct transform *x, const struct gen_column *c,
		const msgpack_object *params, struct arena *a, struct err *e);
	/** apply(x, row, n, v, h): change ${v} in place; NULLs pass unchanged.  The type may become
	 * text.  NULL, as before is: it is part of the column's rate of NULLs, and no resolved plan
	 * lists it among the transforms. */
	void (*apply)(const struct transform *x, const uint64_t *row, uint32_t n, struct vec *v,
		struct gen_heap *h);
	/**
	 * before(params, d, how, a, e): ${d} says what the value must be after the transform;
	 * change it to what the value must be before it.  With XFORM_ALL nothing that becomes an
	 * allowed value is left out; with XFORM_LIKELY something may be, so that a generator
	 * which draws from ${d} meets it more often.  0; 1: no value becomes such a one; -1.
	 */
	int (*before)(const msgpack_object *params, struct sql_domain *d, enum transform_before how,
		struct arena *a, struct err *e);
};

struct transform {
	const struct transform_op *op;
	const struct gen_column *col;
	uint64_t key;	    /* stream of (column, "transform", position) */
	uint64_t salt;	    /* of masks: from the seed, never stored in an artefact */
	enum vtype in_type; /* what comes in: the column's vector, or text after a transform */
	uint8_t in_scale;   /* of VT_DEC */
	uint32_t in_bytes;  /* the most bytes of a text that comes in */
	uint32_t max_bytes; /* of one value after it, 0: as before */
	bool makes_text;
	double null_rate; /* transform.null_rate: plan-check merges it with the column's own */
	void *state;
};

/**
 * transform_prepare(x, op, c, params, a, e): the front door of transforms: the caller has set key,
 * salt, in_type, in_scale and in_bytes; the rest is cleared.
 */
int transform_prepare(struct transform *x, const struct transform_op *op,
	const struct gen_column *c, const msgpack_object *params, struct arena *a, struct err *e);

#endif
