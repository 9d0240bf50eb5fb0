/* SPDX-License-Identifier: MIT */
#ifndef UNIT_RUN_FIXTURE_H
#define UNIT_RUN_FIXTURE_H

#include <stdio.h>

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/io/rundir.h"
#include "common/plan/plan.h"
#include "common/schema/schema.h"

/* A run directory with a catalogue and a plan, for unit tests that a suite gives one to. */
struct run_fixture {
	struct arena a;
	struct rundir run;
	struct schema schema;
	struct plan plan;
};

/** run_fixture_open(x, path): all of it lives in x->a.  -1: it cannot be read, which is said. */
static inline int run_fixture_open(struct run_fixture *x, const char *path)
{
	struct err e = {.kind = ERR_NONE};

	x->a = ARENA_INIT;
	if (rundir_open(&x->run, path, &x->a, &e) == 0 &&
		schema_read(&x->schema, rundir_file(&x->run, "schema.msgpack"), &x->a, &e) == 0 &&
		plan_read(&x->plan, rundir_file(&x->run, "plan.msgpack"), &x->schema, &x->a, &e) ==
			0)
		return 0;
	fprintf(stderr, "%s\n", e.msg);
	return -1;
}

#endif
