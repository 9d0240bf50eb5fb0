/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_OPEN_CONTEXT_H
#define TESTS_UNIT_OPEN_CONTEXT_H

#include "common/context/context.h"

/* The context of a table of a plan, with all that it is opened over. */
struct opened {
	struct context *c;
	struct foreign *fc;
	struct engine *g;
};

static inline void close_context(struct opened *o)
{
	context_close(o->c);
	engine_close(o->g);
	foreign_close(o->fc);
}

static inline int open_context(struct opened *o, const struct rundir *run, const struct plan *plan,
	const struct plan_table *child, struct arena *a, struct err *e)
{
	const struct table_program *as;
	struct table_program *b;

	*o = (struct opened){.c = NULL};
	if (program_compile(&b, plan, child, plan->schema, NULL, a, e) == 0 &&
		engine_context(&as, &o->fc, b, run, NULL, a, e) == 0 &&
		engine_open(&o->g, as, o->fc, a, e) == 0 &&
		context_open(&o->c, as, o->fc, o->g, a, e) == 0)
		return 0;
	close_context(o);
	return -1;
}

#endif
