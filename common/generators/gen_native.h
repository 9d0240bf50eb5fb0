/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_NATIVE_H
#define COMMON_GEN_NATIVE_H

#include <stdint.h>

#include "common/generators/gen_kit.h"
#include "common/generators/locale.h"

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

/* What a tree is made for and with. */
struct native_build {
	const struct gen_column *c;
	struct arena *a;
	struct err *e;
};

struct native_op {
	enum pg_class cls;
	const char *name; /* of a type without a class of its own, or NULL */
	uint64_t space;	  /* 0: init says */
	uint32_t max;	  /* bytes of a value, 0: init says */
	bool plain;	  /* never needs quotes inside an array or a composite */
	bool ordered;	  /* a greater index is a greater value, where ascending asks for it */
	void (*init)(struct native *n);
	char *(*put)(const struct native *n, uint64_t idx, char *to);
};

/*
 * A rectangle that lies wholly within a country, in units of 10^-scale of a reference system's own:
 * a row of the locale's list "extent".  ${size} is about a hundred metres.
 */
struct native_extent {
	int64_t west, south, east, north, scale, size;
};

struct native {
	const struct native_op *op;
	struct pg_base base;
	int32_t as_of;
	const struct locale *locale;
	struct native_extent extent; /* of the types of PostGIS */
	bool ascending; /* a bound of a range: a greater index has to be a greater value */
	uint64_t space;
	uint32_t max;
	uint32_t least, most; /* elements of an array, bytes of a bytea; most: steps of a range */
	struct native **kids;
	uint32_t nkids;
	struct vtext *texts; /* of a domain with checks: values that pass them */
	const void *more;    /* of an op of its own */
};

/* All end with put == NULL. */
extern const struct native_op gen_native_leaves[];
extern const struct native_op gen_native_extension_leaves[];
extern const struct native_op gen_native_geo_leaves[];
extern const struct native_op gen_native_containers[];

/**
 * native_domain(n, domain, b): make ${n}, a node of what lies below ${domain}, one of those of its
 * values that pass the checks of the domain and of the domains it is over.  ERR_NO where a check
 * is not understood, or where no value was found.
 */
int native_domain(struct native *n, const struct pg_type *domain, const struct native_build *b);

/** native_narrowed(n, type, dom, b): make ${n} some of the values of a common type that ${dom}
 * leaves, as texts.  ERR_NO where it leaves none that is found. */
int native_narrowed(struct native *n, const struct pg_type *type, const struct sql_domain *dom,
	const struct native_build *b);

/** native_json(n, b): where checks ask about parts of the column's json, make ${n} values that have
 *  them.  ERR_NO where that cannot be done. */
int native_json(struct native *n, const struct native_build *b);

/** native_set_count(n, d, usual): as many elements, or bytes, as ${d} allows, and ${usual} if it
 *  does; native_recount(array): its space and its longest text, after that. */
void native_set_count(struct native *n, const struct sql_domain *d, uint32_t usual);
void native_recount(struct native *array);

/* ---- writers: each returns where its text ends ------------------------------------------ */

/* Words of six letters, and a grid of points from -100.00 to 100.00. */
enum { NATIVE_WORD = 6, NATIVE_LETTERS6 = 308915776, NATIVE_COORDS = 20001 };
#define NATIVE_WORDS (UINT64_C(1) * NATIVE_LETTERS6 * NATIVE_LETTERS6)
#define NATIVE_GRID  (UINT64_C(1) * NATIVE_COORDS * NATIVE_COORDS)

char *native_puts(char *to, const char *s);
char *native_u64(char *to, uint64_t v);

/** native_dec(to, v, scale): ${v} / 10^${scale} with all its decimals. */
char *native_dec(char *to, int64_t v, unsigned scale);

/** native_digits(to, v, n): ${n} digits, with leading zeros. */
char *native_digits(char *to, uint64_t v, unsigned n);

/** native_letters(to, idx, n): ${n} letters, the first the most significant. */
char *native_letters(char *to, uint64_t idx, unsigned n);

/** native_pair(to, x, y): "(x,y)", a point of the grid. */
char *native_pair(char *to, uint64_t x, uint64_t y);

#endif
