/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_RECORD_INT_H
#define COMMON_GEN_RECORD_INT_H

#include "common/generators/gen_record.h"

/*
 * gen_record_int: what the facets of a record share.
 */

struct record_state {
	struct record r;
	struct record_token token[RECORD_TOKENS];
	uint32_t n;
	const struct record_number *number; /* in place of tokens */
	uint32_t list;			    /* of places, or of given names */
	const int64_t *value;		    /* by entry: a coordinate, or 1 for the names of men */
	uint64_t key;
	struct gen_choice label[2]; /* of women, of men */
	int64_t as_of;
};

/** record_open(s, c, params, a, e): the state of a facet of the record that ${params} name; where
 * they name none, columns of a table speak of one thing all the same. */
int record_open(struct record_state **s, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e);

/** prepare() and derive() of latitudes and longitudes. */
int record_prepare_coordinate(struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e);
void record_derive_coordinate(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h);

/** prepare() and derive() of sizes of files. */
int record_prepare_size(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e);
void record_derive_size(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h);

#endif
