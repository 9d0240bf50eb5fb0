/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_VALUES_H
#define COMMON_GEN_VALUES_H

#include "common/generators/gen_kit.h"

/*
 * gen_values: a list of values, as the plan has it, in the type of a column.
 */

struct gen_values {
	struct gen_choice *v; /* v[i].weight is 1 where the plan gives no weights */
	uint32_t n;
	bool weighted;
};

/**
 * gen_values(s, id, c, params, a, e):
 * The parameters "values" and "weights".  A value is what an INSERT makes of it for the column: a
 * number that is out of range, a text that is too long and a label that the type does not
 * have are errors (ERR_NO) that name the value by its place.
 */
int gen_values(struct gen_values *s, const char *id, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e);

/** gen_values_of(s, id, c, text, n, a, e): the same of ${n} texts, at least one, without weights.
 */
int gen_values_of(struct gen_values *s, const char *id, const struct gen_column *c,
	const struct vtext *text, uint32_t n, struct arena *a, struct err *e);

/** gen_values_put(s, at, v, i): v[i] = value number ${at}; ${v} is of the column's type. */
void gen_values_put(const struct gen_values *s, uint32_t at, struct vec *v, uint32_t i);

/** gen_values_bytes(s, type): the bytes of the longest of them in a vector of texts or bytes, 0 in
 *  any other. */
uint32_t gen_values_bytes(const struct gen_values *s, enum vtype type);

/** gen_values_allow(s, c, a, e): leave out those that the column's checks exclude; how many were
 *  left out, or -1. */
int64_t gen_values_allow(
	struct gen_values *s, const struct gen_column *c, struct arena *a, struct err *e);

/** gen_values_distinct(s, c, a): leave out those that are there before; false when memory is
 *  out. */
bool gen_values_distinct(struct gen_values *s, const struct gen_column *c, struct arena *a);

#endif
