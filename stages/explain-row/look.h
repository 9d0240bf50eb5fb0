/* SPDX-License-Identifier: MIT */
#ifndef EXPLAIN_ROW_LOOK_H
#define EXPLAIN_ROW_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/str.h"
#include "common/context/context.h"
#include "common/engine/engine.h"
#include "common/run/run.h"

/*
 * look: one row as the engine made it, and the words for how; what both forms, words and JSON,
 * say.  All texts live in the arena; when memory is out, nomem is set and they are "".
 */
struct err;
struct run_issue;

struct look {
	const struct table_program *b;
	struct foreign *fc;
	struct context *c; /* who the row's parents are */
	const struct run_issue *issues;
	const struct vec *const *cols; /* of the row, by table column; NULL: not made here */
	struct engine_row how;
	uint64_t row;
	const char *csv; /* the row as a CSV file of it has it, without its LF */
	struct arena *a;
	bool nomem;
};

/** look_open(x, g, row, e): make the row.  The caller has set b, fc, issues and a, and closes x->c
 *  with context_close(), also after a failure. */
int look_open(struct look *x, struct engine *g, uint64_t row, struct err *e);

/* Where a draw comes from: random numbers are a function of a stream and a counter. */
struct look_stream {
	const char *name, *purpose; /* of the column, key or constraint; what it is for */
};

/** look_stream(x, c): of column ${c}'s draw; look_fk_stream(x, fk): of the choice of a parent. */
struct look_stream look_stream(const struct look *x, uint32_t c);
struct look_stream look_fk_stream(const struct look *x, uint32_t fk);

/** look_printf(x, fmt, ...) */
const char *look_printf(struct look *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** look_value(x, c): the value of column ${c} as CSV would have it, without quotes; NULL for
 *  NULL.  look_made(x, c): whether it has one here. */
const char *look_value(struct look *x, uint32_t c);
bool look_made(const struct look *x, uint32_t c);

/** look_picked(x, c): the key that column ${c} takes from the parent its foreign key picks, as CSV
 *  would have it, without quotes; of a column that no foreign key fills, its value.  NULL for NULL.
 */
const char *look_picked(struct look *x, uint32_t c);

/** look_index(x, c, g, i): the value of index ${i} of an ordinal generator. */
const char *look_index(struct look *x, uint32_t c, const struct gen *g, uint64_t i);

/** look_params(x, c): the generator's parameters as JSON, or NULL. */
const char *look_params(struct look *x, uint32_t c);

/** look_narrowed(x, c): what CHECKs, domains and lengths leave of the column; NULL: all of it. */
const char *look_narrowed(struct look *x, uint32_t c);

/** look_inputs(x, c): what a derived column is computed from: "a, empresa_id.criada". */
const char *look_inputs(struct look *x, uint32_t c);

/* What a derived column reads of a row's parent. */
struct look_read {
	const struct pg_constraint *fk;
	const char *column; /* of the parent */
	const char *value;  /* as CSV would have it, or NULL */
};

/** look_reads(x, c, n): those of column ${c}, of parents that have a key snapshot. */
struct look_read *look_reads(struct look *x, uint32_t c, uint32_t *n);

/* ---- relationships ------------------------------------------------------------------ */

struct siblings {
	bool known;	  /* the relationship lists them */
	uint64_t k, n;	  /* the row is the k-th, from 0, of n */
	uint64_t rows[5]; /* the first of them ... */
	uint32_t nrows;
	uint64_t last; /* ... and the last */
};

struct siblings look_siblings(const struct look *x, uint32_t fk);

/** look_mode(x, fk): how the parent is chosen, a clause. */
const char *look_mode(struct look *x, uint32_t fk);

/* ---- checks ----------------------------------------------------------------------------- */

struct look_check {
	const char *name, *definition;
	const char *status;    /* "by_construction" "verified" "ignored" "not_evaluated" */
	const char *words;     /* the same for people */
	uint32_t failed_draws; /* of the row, before the one that is in it */
};

/** look_checks(x, n): every CHECK of the table and of its columns' domains. */
struct look_check *look_checks(struct look *x, uint32_t *n);

void look_words(struct look *x, struct buf *b);
void look_json(struct look *x, struct buf *b);

#endif
