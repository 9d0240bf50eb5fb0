/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_GROUP_H
#define COMMON_FOREIGN_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "common/io/scratch.h"
#include "common/keys/keys.h"

/*
 * group: the rows of a parent by the values of some of its columns: those it shares with
 * another foreign key of the child.  Rows of a group are in order.  Values are known by 128
 * bits of hash.
 */

enum { GROUP_COLUMNS = 32 };

/* Columns of a parent's keys, as handles. */
struct group_columns {
	const struct keys *keys;
	int col[GROUP_COLUMNS];
	uint32_t n;
};

struct group {
	struct scratch slots, rows;
	uint64_t mask, used;
};

/* What is known of a row's values: two hashes; both 0 when one is NULL. */
struct group_hash {
	uint64_t a, b;
};

/** group_open(g, of, dir, e): index them; scratch files in ${dir}. */
int group_open(struct group *g, const struct group_columns *of, const char *dir, struct err *e);
void group_close(struct group *g);

/** group_hashes(of, row, n, h): of the values at rows; UINT64_MAX is no row. */
void group_hashes(
	const struct group_columns *of, const uint64_t *row, uint32_t n, struct group_hash *h);

/** group_add(v, n, h): the same of any vectors: add the values of the next column to h[], all of
 *  which began as {0, 1}. */
void group_add(const struct vec *v, uint32_t n, struct group_hash *h);

/** group_find(g, h, n): the rows of that group, ${n} of them; NULL: there is none. */
const uint64_t *group_find(const struct group *g, struct group_hash h, uint64_t *n);

#endif
