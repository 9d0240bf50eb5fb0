/* SPDX-License-Identifier: MIT */
#ifndef COMMON_CONTEXT_INT_H
#define COMMON_CONTEXT_INT_H

#include "common/context/context.h"

/* Inside the context. */

struct parent_index; /* rows of a parent by the values of a key */

struct context {
	const struct table_program *b;
	struct foreign *fc;
	struct engine *g;
	uint64_t row;
	bool made;	       /* the row, and ... */
	struct engine_row how; /* ... how */
	struct keys **again;   /* [b->t->nfks]: rows of parents that were made to be looked up */
	struct parent_index *indexes;
	struct arena *a;
};

/** context_value(v, out): the only value of a vector of one row. */
void context_value(const struct vec *v, struct fvalue *out);

#endif
