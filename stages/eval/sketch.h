/* SPDX-License-Identifier: MIT */
#ifndef EVAL_SKETCH_H
#define EVAL_SKETCH_H

#include <stdbool.h>
#include <stdint.h>

/*
 * sketch: the distinct values of a column, or the distinct keys that rows refer to, in bounded
 * memory: all of them with their counts while there are at most ${max}, and beyond that a sample
 * of them, chosen by hash.
 *
 * This is adaptive sampling (Wegman; Flajolet, "On Adaptive Sampling", Computing 34, 1990).  The
 * sketch holds every value whose hash ends with ${depth} zero bits.  When there are more than
 * ${max}, the depth grows by one and about half of them go.  A value that is held was held from
 * its first row on, so its count is exact; about 2^depth times as many values are distinct as
 * are held, with a standard error of about 1.2 / sqrt(max), which is 2 % of 4,096.  What is held at
 * the end depends on the set of values alone, not on their order: shards and processes change
 * nothing.
 */

struct sketch_entry {
	uint64_t hash;	/* never 0 */
	uint64_t count; /* rows with it; 0 just after it was added */
	int64_t when;	/* the caller's, 0 until it says otherwise; and so is ... */
	uint64_t row;	/* ... this */
};

struct sketch {
	struct sketch_entry *slots; /* open addressing; hash 0: empty */
	uint32_t size, n;	    /* slots, a power of 2; entries */
	uint32_t max;		    /* of entries */
	uint32_t depth;
	bool failed; /* memory was out: it lacks entries */
};

enum { SKETCH_DEPTHS = 64 };

#define SKETCH_INIT(most) ((struct sketch){.max = (most)})

/** sketch_at(s, hash): the entry of this value, added if need be; NULL where it is not one that
 *  the sketch holds, or memory is out.  Valid until the next call. */
struct sketch_entry *sketch_at(struct sketch *s, uint64_t hash);

/** sketch_find(s, hash): the entry, or NULL. */
struct sketch_entry *sketch_find(const struct sketch *s, uint64_t hash);

/** sketch_holds(depth, hash): whether a sketch of that depth holds this value if there is one. */
static inline bool sketch_holds(uint32_t depth, uint64_t hash)
{
	return (hash & ((UINT64_C(1) << depth) - 1)) == 0;
}

/** sketch_last(hash): the greatest depth, below SKETCH_DEPTHS, at which a sketch holds it. */
static inline uint32_t sketch_last(uint64_t hash)
{
	return hash != 0 ? (uint32_t)__builtin_ctzll(hash) : SKETCH_DEPTHS - 1;
}

/** sketch_distinct(s): how many distinct values there are: exactly at depth 0, else an estimate. */
static inline uint64_t sketch_distinct(const struct sketch *s)
{
	return (uint64_t)s->n << s->depth;
}

void sketch_free(struct sketch *s);

#endif
