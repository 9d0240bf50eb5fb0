/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_DERIVE_H
#define COMMON_GEN_DERIVE_H

#include "common/generators/gen_kit.h"

/*
 * gen_derive: what derive generators share: finding their inputs, and moving in time.
 */

/** derive_inputs(g, c, params, least, a, e): input_columns as columns of the row, into g->in. */
int derive_inputs(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	uint32_t least, struct arena *a, struct err *e);

/**
 * derive_parent(g, c, params, a, e):
 * input_columns[0] (the FK column) and parent_column, parent_schema and parent_table being
 * optional: the column of the parent row, or of one of its parents', into g->in[0].
 */
int derive_parent(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e);

/** derive_fk(g, c, params, a, fk, e): the foreign key alone: a constraint of the table. */
int derive_fk(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, uint32_t *fk, struct err *e);

/** derive_moment(c, a, fallback, e): what a date or time is drawn from where there is nothing to
 *  derive it from. */
int derive_moment(const struct gen_column *c, struct arena *a, struct gen *fallback, struct err *e);

/**
 * derive_zones(in, out, before):
 * A moment of type ${out} goes from one of type ${in}, after it or before it, and one of the two
 * types has a time zone: how many microseconds away it has to be at least, so that the order holds
 * in the time zone of any session, UTC-12 to UTC+14.  Else 0.
 */
int64_t derive_zones(enum vtype in, enum vtype out, bool before);

/** derive_input(g, c, i): the column that input ${i} is. */
const struct pg_column *derive_input(const struct gen *g, const struct gen_column *c, uint32_t i);

/** derive_input_type(g, c, i, scale): its vector's type. */
enum vtype derive_input_type(
	const struct gen *g, const struct gen_column *c, uint32_t i, uint8_t *scale);

/** derive_copies(g): whether it gives the column a value of the parent, its only input, and does
 *  nothing to it but what an assignment does. */
bool derive_copies(const struct gen *g);

/* Texts of values, where a derive generator or a transform turns one into text. */
enum { DERIVE_TEXT = 64 }; /* bytes of any value that is not text already */

/** derive_text(v, i, base, to): value ${i} of ${v}, of a column of type ${base}, as text: in
 *  ${to} (DERIVE_TEXT bytes) or where it lives. */
struct vtext derive_text(const struct vec *v, uint32_t i, struct pg_base base, char *to);

#endif
