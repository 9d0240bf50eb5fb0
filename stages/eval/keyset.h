/* SPDX-License-Identifier: MIT */
#ifndef EVAL_KEYSET_H
#define EVAL_KEYSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * keyset: the keys of a table, as 128-bit hashes with their row numbers, for the two
 * questions a key is asked: which rows repeat one, and which are not among another
 * table's.  Two different keys are taken for equal with a chance of rows^2 / 2^129.
 *
 * Memory does not grow with rows: a set is cut into partitions by the first bits of the
 * hash, what a pool does not want to hold in memory goes to one temporary file, and a
 * question needs the hashes of one partition at a time.
 */

struct err;

struct keyhash {
	uint64_t hi, lo;
};

/* What the sets of a process share: the memory they may fill, and the temporary file. */
struct keypool;

/**
 * keypool_new(dir, budget, e): sets may hold ${budget} bytes, the rest goes to a file in ${dir},
 * made when it is first needed and unlinked at once: no ending of the process leaves it.
 */
struct keypool *keypool_new(const char *dir, size_t budget, struct err *e);
void keypool_free(struct keypool *p); /* after its sets; NULL is accepted */

/** keypool_spilled(p): bytes that went to the file. */
uint64_t keypool_spilled(const struct keypool *p);

struct keyset;

/** keyset_new(p, rows, e): an empty set; about ${rows} keys are expected. */
struct keyset *keyset_new(struct keypool *p, uint64_t rows, struct err *e);
void keyset_free(struct keyset *s); /* NULL is accepted */

/** keyset_add(s, h, row, e): row numbers count from 1 and ascend. */
int keyset_add(struct keyset *s, struct keyhash h, uint64_t row, struct err *e);

/** keyset_seal(s, e): nothing more will be added: gives back what memory it can. */
int keyset_seal(struct keyset *s, struct err *e);

/** called with the row that is wrong and, for a repeated key, the first row that has it, else 0 */
typedef void keyset_fn(void *ctx, uint64_t row, uint64_t first);

/** keyset_repeated(s, fn, ctx, e): every row whose key an earlier row has. */
int keyset_repeated(const struct keyset *s, keyset_fn *fn, void *ctx, struct err *e);

/** keyset_missing(s, parents, fn, ctx, e): every row of ${s} whose key is not in ${parents}. */
int keyset_missing(const struct keyset *s, const struct keyset *parents, keyset_fn *fn, void *ctx,
	struct err *e);

#endif
