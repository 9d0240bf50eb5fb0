/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_NATIVE_H
#define COMMON_GEN_NATIVE_H

#include <stdint.h>

#include "common/generators/gen_kit.h"

/*
 * gen_native: values of the rarer types, as the text their input functions take.
 *
 * A literal is a tree: a leaf for a scalar type, arrays, composites and ranges
 * above.  Like a generator it is an injective function of an index.
 */

/* The elements of an array, and the steps between the ends of a range, at most, unless the
 * column asks for others. */
enum { NATIVE_ELEMENTS = 3, NATIVE_RANGE_STEPS = 16 };

struct native;

struct native_op {
	enum pg_class cls;
	const char *name; /* of a type without a class of its own, or NULL */
	uint64_t space;	  /* 0: init says */
	uint32_t max;	  /* bytes of a value, 0: init says */
	bool plain;	  /* never needs quotes inside an array or a composite */
	bool ordered;	  /* a greater index is a greater value: bounds of a range */
	void (*init)(struct native *n);
	char *(*put)(const struct native *n, uint64_t idx, char *to);
};

struct native {
	const struct native_op *op;
	struct pg_base base;
	int32_t as_of;
	uint64_t space;
	uint32_t max;
	uint32_t least, most; /* elements of an array, bytes of a bytea; most: steps of a range */
	struct native **kids;
	uint32_t nkids;
};

/* Both end with put == NULL. */
extern const struct native_op gen_native_leaves[];
extern const struct native_op gen_native_containers[];

#endif
