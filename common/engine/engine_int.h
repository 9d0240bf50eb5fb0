/* SPDX-License-Identifier: MIT */
#ifndef COMMON_ENGINE_INT_H
#define COMMON_ENGINE_INT_H

#include "common/engine/engine.h"

/*
 * Inside the engine.  A block holds the vectors of some rows, which need not be
 * neighbours: the rows of a block that failed a check are made again in a second one.
 */
struct engine_recomputed;
struct engine_climb;
struct engine_children;
struct engine_ranks;

/*
 * Engines of other programs that an engine runs: those that make its parents, and those that make
 * the rows which its aggregates fold.  What a block calls of them it calls through this, so that
 * no file includes or calls what stands above it; engine.c says what the functions are.
 */
struct engine_nested {
	int (*open)(struct engine **g, struct foreign **fc, const struct table_program *slice,
		const struct rundir *run, struct arena *a, struct err *e);
	int (*open_alone)(struct engine **g, const struct table_program *b, struct foreign *fc,
		struct arena *a, struct err *e); /* as engine_open() */
	void (*close)(struct engine *g);
	struct engine_block *(*rows)(struct engine *g); /* as engine_rows() */
	int (*make)(struct engine *g, struct err *e);	/* as engine_make() */
	void (*expect)(const struct engine *g, uint64_t rows);
};

struct engine_block {
	const struct engine_nested *nested;
	const struct table_program *b;
	const struct foreign *fc;
	struct arena *a;
	uint64_t *row; /* [VEC_BLOCK] */
	uint64_t *
		sample; /* [VEC_BLOCK]: the rows whose values sampled columns have; NULL: none is */
	struct engine_ranks **ranks; /* by column: of its texts, where it has a suffix by rank */
	uint32_t n;
	bool neighbours;	    /* row[i] is row[0] + i */
	struct vec *columns;	    /* by table column */
	const struct vec **cols;    /* the same as what is handed out; NULL: not made; and
				       after them what the table carries */
	struct vec *gathers;	    /* by bound gather */
	int *handles;		    /* of each in its parent's keys */
	struct relation *relations; /* by FK: as the attempt draws it */
	uint64_t **parent, **k;	    /* by FK */
	uint64_t **other;	    /* by FK, of one that may be NULL in part; else NULL */
	uint32_t **nulls;	    /* the same: as relation_others() */
	struct engine_recomputed *
		*recomputed_parents; /* by FK: whose parents' keys are computed; else NULL */
	struct engine_climb *climbs; /* by FK: to the table itself; else without a slice */
	struct engine_children *
		*children;		  /* by table column: what it is aggregated from; or NULL */
	const struct engine_block *first; /* rows made again: what they were at first, where ... */
	const uint32_t *first_at;	  /* ... aggregates stay what they are; each row's place */
	uint64_t **digits;		  /* by bound key: the bijection's value */
	bool **beyond; /* by bound key, a partial one: it has no room for the row */
	const struct program_key *keys;
	uint64_t *idx;		/* [VEC_BLOCK] */
	uint8_t **branch;	/* by bound choice: which one each row takes */
	struct vec *some;	/* by type: values of the rows of one branch */
	uint64_t attempt, mask; /* of the fill under way */
	struct gen_heap heap;
	struct arena texts; /* of rows that were made again */
	size_t heap_need;   /* of a full block */
};

/** engine_block_init(k, a, e): room for a block.  Of ${k} these are set: b; nested; fc; keys, which
 *  are b->keys with the parents' real sizes; and first, the block whose rows it makes again, or
 *  NULL. */
int engine_block_init(struct engine_block *k, struct arena *a, struct err *e);

/** engine_block_rows(k, row0, n): the rows to be made are [row0, row0 + n). */
static inline void engine_block_rows(struct engine_block *k, uint64_t row0, uint32_t n)
{
	k->n = n;
	for (uint32_t i = 0; i < n; i++)
		k->row[i] = row0 + i;
	k->neighbours = true;
}

/** engine_attempt_stream(k, key, tied): the stream of the attempt under way. */
uint64_t engine_attempt_stream(const struct engine_block *k, uint64_t key, uint64_t tied);

/** engine_branches_init(k, a, e): room for what the choices of k->b need. */
int engine_branches_init(struct engine_block *k, struct arena *a, struct err *e);

/** engine_take_branch(k, choice): every row's branch. */
void engine_take_branch(struct engine_block *k, uint32_t disjunction);

/** engine_draw_branches(k, b, v): draw again into ${v} the rows whose branch has a generator of its
 * own. */
void engine_draw_branches(struct engine_block *k, const struct program_column *b, struct vec *v);

/** engine_branch_null(k, b, key, i): whether row i's branch makes it NULL, or, if it leaves that
 *  open, the draw of ${key}. */
bool engine_branch_null(
	const struct engine_block *k, const struct program_column *b, uint64_t key, uint32_t i);

/** engine_index(k, b, g, i): an index of ${g} for row i, within the column's limits there. */
uint64_t engine_index(const struct engine_block *k, const struct program_column *b,
	const struct gen *g, uint64_t key, uint32_t i);

/** engine_bounds(k, b, g, i, lo, hi): the indexes of ${g} that the columns drawn before leave to
 *  row i. */
void engine_bounds(const struct engine_block *k, const struct program_column *b,
	const struct gen *g, uint32_t i, uint64_t *lo, uint64_t *hi);

/** engine_interval_bounds(k, s, g, i, first, last): the indexes [*first, *last], or what is nearest
 * to them, within row i's slot. */
void engine_interval_bounds(const struct engine_block *k, const struct program_interval *s,
	const struct gen *g, uint32_t i, __int128 *first, __int128 *last);

/** engine_interval_range(k, b, key, i): the index of a range within row i's slot. */
uint64_t engine_interval_range(
	const struct engine_block *k, const struct program_column *b, uint64_t key, uint32_t i);

/** engine_intervals_fit(key, most): give ${key}, if its digit are slots, one for each of ${most}
 *  children; false: there is no room for so many. */
bool engine_intervals_fit(struct program_key *key, uint64_t most);

/** engine_draw_index(k, b): k->idx of all rows, for a column that draws. */
void engine_draw_index(const struct engine_block *k, const struct program_column *b, uint64_t key);

/** engine_sequence(k, g, v): a linear function of the row's number.  engine_draw(k, b, v): a value
 *  that is drawn from an index. */
void engine_sequence(const struct engine_block *k, const struct gen *g, struct vec *v);
void engine_draw(struct engine_block *k, const struct program_column *b, struct vec *v);

/*
 * Operations of parents, values read of them, and keys.
 * climb: as recompute, of ancestors.  pick: parents by a foreign key, k->parent[op->at] and
 * k->k[op->at]; joint: those of the foreign keys that complete a key, and its values; twins: those
 * of two foreign keys that are to differ, or to be in order.  read, recompute, rank: k->gathers[].
 * digits: the value of the bijection of key op->at, row by row: k->digits[op->at].
 */
int engine_pick(struct engine_block *k, const struct operation *op, struct err *e);
int engine_complete(struct engine_block *k, const struct operation *op, struct err *e);
int engine_twins(struct engine_block *k, const struct operation *op, struct err *e);
int engine_read(struct engine_block *k, const struct operation *op, struct err *e);
int engine_recompute(struct engine_block *k, const struct operation *op, struct err *e);
int engine_climb(struct engine_block *k, const struct operation *op, struct err *e);
int engine_rank(struct engine_block *k, const struct operation *op, struct err *e);
int engine_digits(struct engine_block *k, const struct operation *op, struct err *e);

/** engine_values_at(k, fk, columns): the rows of the parent that ${columns} of the key of ${fk}
 *  have their values from, bits as in struct partial; 0: the parents, or the others.  Valid until
 *  k->idx is used. */
const uint64_t *engine_values_at(const struct engine_block *k, uint32_t fk, uint32_t columns);

/** engine_complete_init(fc, b, keys, a, e): have the relations of ${fc} leave room for the joint
 * keys of ${b}; ${keys} are made as large as the parents' values allow. */
int engine_complete_init(struct foreign *fc, const struct table_program *b,
	struct program_key *keys, struct arena *a, struct err *e);

/** engine_block_free(k): what is not in its arena. */
void engine_block_free(struct engine_block *k);

/** engine_rows(g): the block of ${g}, to be filled with any rows.  engine_make(g, e): make the
 *  rows that row[0..n) of it names, as engine_block() does. */
struct engine_block *engine_rows(struct engine *g);
int engine_make(struct engine *g, struct err *e);

/* ---- parents whose keys are computed ---------------------------------------------- */

/** engine_recomputed_open(p, k, fk, a, e): the parent of ${fk}, a computed one, as far as the
 * block's program reads it; NULL when it does not. */
int engine_recomputed_open(struct engine_recomputed **p, const struct engine_block *k, uint32_t fk,
	struct arena *a, struct err *e);
void engine_recomputed_close(struct engine_recomputed *p); /* NULL is accepted */

/** engine_recomputed_make(p, row, n, e): make what is read at these parents; UINT64_MAX for none.
 */
int engine_recomputed_make(
	struct engine_recomputed *p, const uint64_t *row, uint32_t n, struct err *e);

/** engine_recomputed_read(p, column, row, n, out): one column of them, valid until the next make.
 */
void engine_recomputed_read(const struct engine_recomputed *p, uint32_t column, const uint64_t *row,
	uint32_t n, struct vec *out);

/** engine_climbs_init(k, a, e): what the block's program reads of ancestors, in k->climbs.  Engines
 *  for them are opened where the first row needs one.  engine_climbs_free(k): closes these. */
int engine_climbs_init(struct engine_block *k, struct arena *a, struct err *e);
void engine_climbs_free(struct engine_block *k);

/* ---- columns that are aggregated from children ----------------------------------------- */

/** engine_children_open(c, k, column, a, e): what ${column} of the block's program is aggregated
 * from.
 */
int engine_children_open(struct engine_children **c, const struct engine_block *k, uint32_t column,
	struct arena *a, struct err *e);
void engine_children_close(struct engine_children *c); /* NULL is accepted */

/** engine_children_make(k, column, v, e): the aggregates of the block's rows; what cannot be
 *  aggregated by gen_fail(). */
int engine_children_make(struct engine_block *k, uint32_t column, struct vec *v, struct err *e);

/** engine_children_expect(k, rows): as engine_expect(), for what they read. */
void engine_children_expect(const struct engine_block *k, uint64_t rows);

/**
 * engine_block_fill(k, attempt, mask, e): make k->row[0..n).  Attempt 0 is the row as it is
 * drawn; a later one draws again what the checks in ${mask} tie, and nothing else.  A value that
 * cannot be computed is ERR_NO.
 */
int engine_block_fill(struct engine_block *k, uint64_t attempt, uint64_t mask, struct err *e);

/** engine_samples_init(k, a, e): room for what columns with suffixes need.  engine_samples(k): the
 *  samples of the block's rows.  engine_suffix: OP_SUFFIX; ERR_NO: a text has no room for it. */
int engine_samples_init(struct engine_block *k, struct arena *a, struct err *e);
void engine_samples(struct engine_block *k);
int engine_suffix(struct engine_block *k, const struct operation *op, struct err *e);

/** engine_ranks(k, column, e): the ranks of a column with a suffix by rank, counted by the first
 * who asks; NULL: failed. */
const struct engine_ranks *engine_ranks(
	const struct engine_block *k, uint32_t column, struct err *e);

/** engine_transform, engine_look_up: OP_TRANSFORM, OP_LOOK_UP.  ERR_NO: a text that is too long for
 *  the column. */
int engine_transform(struct engine_block *k, const struct operation *op, struct err *e);
int engine_look_up(struct engine_block *k, const struct operation *op, struct err *e);

/* ---- engines ------------------------------------------------------------------------- */

struct engine {
	const struct table_program *b;
	struct foreign *fc;
	struct program_key *keys; /* with the parents' real sizes */
	struct engine_block main, redo;
	bool has_redo, unchecked;
	struct arena *a;
	struct arena tmp; /* of the checks */
	struct engine_counts counts;
	uint64_t *failed;	   /* [VEC_BLOCK]: bits of the checks a row has failed so far */
	uint64_t last;		   /* those that the last row to fail failed last */
	uint8_t *pass;		   /* [VEC_BLOCK] */
	struct engine_row *looked; /* NULL: nobody looks into the row */
	struct engine_fault fault;
};

/** engine_relations(g, e): the relations of g->fc as the program wants them, and g->keys in the
 *  sizes that the parents which are really there allow.  ERR_NO names what is too few. */
int engine_relations(struct engine *g, struct err *e);

/** engine_verify(g, e): hold the main block against the checks, and make again the rows that fail
 *  one, until they pass or ENGINE_ATTEMPTS are spent: ERR_NO. */
int engine_verify(struct engine *g, struct err *e);

/**
 * engine_scratch_parents(x, b, run, fd, nested, a, e):
 * Where parents are chosen by their values and their keys are made no earlier than the rows of
 * ${b}: have them written, into files without names, and let ${x} be ${b} with these to be read.
 * fd[] has the files, by foreign key, or -1.  1: so it is; 0: there are none, and ${x} is
 * untouched; -1.  engine_scratch_forget(x, b, fd): the files are mapped, and closed here.
 */
int engine_scratch_parents(struct table_program *x, const struct table_program *b,
	const struct rundir *run, int *fd, const struct engine_nested *nested, struct arena *a,
	struct err *e);
void engine_scratch_forget(struct table_program *x, const struct table_program *b, const int *fd);

/** engine_scratch_keys(slice, run, nested, a, e): as engine_slice_keys(). */
int engine_scratch_keys(const struct table_program *slice, const struct rundir *run,
	const struct engine_nested *nested, struct arena *a, struct err *e);

#endif
