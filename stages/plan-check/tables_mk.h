/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_TABLES_MK_H
#define PLAN_CHECK_TABLES_MK_H

#include "common/io/rundir.h"
#include "common/plan/plan.h"

struct err;

/**
 * tables_mk_write(run, p, e): RUN/tables.mk, the tables and shards of the plan as Make rules,
 * and RUN/tables/SCHEMA.TABLE.digest, one stamp a table.  Files whose content stays are not
 * touched, so make reruns what changed and nothing else.
 */
int tables_mk_write(const struct rundir *run, const struct plan *p, struct err *e);

#endif
