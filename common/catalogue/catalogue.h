/* SPDX-License-Identifier: MIT */
#ifndef COMMON_CATALOGUE_H
#define COMMON_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/str.h"
#include "common/generators/gen.h"

/*
 * catalogue: what the table of generators says, for people and for programs, with sample values
 * that the generators make.
 */

struct err;

/* What a generator and a transform have in common.  One of ${gen} and ${transform} is NULL. */
struct catalogue_entry {
	const char *kind, *id, *help, *example;
	const struct gen_param *params;
	const struct gen_op *gen;
	const struct transform_op *transform;
};

struct catalogue {
	struct catalogue_entry *v; /* generators by id, then transforms by id */
	size_t n;
};

enum { CATALOGUE_SAMPLES = 1000 };

/* What is shown. */
struct catalogue_options {
	const char *prefix; /* entries whose id begins so; NULL: all */
	const char *locale; /* of the samples; NULL: of those of each generator's */
	uint32_t samples;   /* of each generator, at most CATALOGUE_SAMPLES */
	uint64_t seed;
	bool json, brief; /* brief: a line an entry */
};

/* Values of a generator with the parameters of its example. */
struct catalogue_sample {
	struct vtext *v; /* NULLs have no p */
	uint32_t n;
	uint64_t space;	  /* how many different values there are in such a column; 0: not known */
	bool counts;	  /* the values are a sequence */
	const char *type; /* of the column: "text", "numeric(12,2)" */
};

/** catalogue_open(c, a, e): all entries, in ${a}. */
int catalogue_open(struct catalogue *c, struct arena *a, struct err *e);

/**
 * catalogue_sample(x, o, locale, to, a, e): ${o->samples} values of an entry, all in ${a}.  The
 * example's parameters are used where there is one.
 */
int catalogue_sample(const struct catalogue_entry *x, const struct catalogue_options *o,
	const char *locale, struct catalogue_sample *to, struct arena *a, struct err *e);

/** catalogue_print(o, e): onto standard output.  ERR_INPUT: no id begins with the prefix, and which
 *  is the nearest. */
int catalogue_print(const struct catalogue_options *o, struct err *e);

/** catalogue_page(b, e): plans/GENERATORS.md.  catalogue_manual(b, e): the page of section 7. */
int catalogue_page(struct buf *b, struct err *e);
int catalogue_manual(struct buf *b, struct err *e);

#endif
