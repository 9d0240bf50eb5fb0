/* SPDX-License-Identifier: MIT */
#ifndef EVAL_KEYHASHES_H
#define EVAL_KEYHASHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stages/eval/spill.h"

/*
 * keyhashes: the keys of a table's rows, as 128-bit hashes with their row numbers, for the two
 * questions a key is asked: which rows repeat one, and which are not among another
 * table's.  Two different keys are taken for equal with a chance of rows^2 / 2^129.
 *
 * Memory does not grow with rows: a set is cut into partitions by the first bits of the
 * hash, what is beyond the memory that sets may fill goes to a file (spill.h), and a
 * question needs the hashes of one partition at a time.
 */

struct err;

struct keyhash {
	uint64_t hi, lo;
};

struct keyhashes;

/** keyhashes_new(p, rows, e): an empty set; about ${rows} keys are expected. */
struct keyhashes *keyhashes_new(struct spill *p, uint64_t rows, struct err *e);
void keyhashes_free(struct keyhashes *s); /* NULL is accepted */

/** keyhashes_add(s, h, row, e): row numbers count from 1 and ascend. */
int keyhashes_add(struct keyhashes *s, struct keyhash h, uint64_t row, struct err *e);

/** keyhashes_seal(s, e): nothing more will be added: gives back what memory it can. */
int keyhashes_seal(struct keyhashes *s, struct err *e);

/** called with the row that is wrong and, for a repeated key, the first row that has it, else 0 */
typedef void keyhashes_fn(void *ctx, uint64_t row, uint64_t first);

/** keyhashes_repeated(s, fn, ctx, e): every row whose key an earlier row has. */
int keyhashes_repeated(const struct keyhashes *s, keyhashes_fn *fn, void *ctx, struct err *e);

/** keyhashes_missing(s, parents, fn, ctx, e): every row of ${s} whose key is not in ${parents}. */
int keyhashes_missing(const struct keyhashes *s, const struct keyhashes *parents, keyhashes_fn *fn,
	void *ctx, struct err *e);

#endif
