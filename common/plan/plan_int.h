/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PLAN_INT_H
#define COMMON_PLAN_INT_H

#include "common/plan/plan.h"

/* Inside the plan. */

/** plan_read_kept(p, tables, a, e): keep and carry of every table, once each has its columns and
 *  foreign keys. */
int plan_read_kept(struct plan *p, const msgpack_object *tables, struct arena *a, struct err *e);

/** plan_pack_exceptions(b, p): the members "skipped" and "clipped".
 *  plan_read_exceptions(p, resolved, s, a, e): p->exceptions; after the tables. */
void plan_pack_exceptions(struct buf *b, const struct plan *p);
int plan_read_exceptions(struct plan *p, const msgpack_object *resolved, const struct schema *s,
	struct arena *a, struct err *e);

/** plan_read_existing(t, m, a, e): what of its rows is in the database; after its rows, shards and
 *  level.  The error does not name the table. */
int plan_read_existing(
	struct plan_table *t, const msgpack_object *m, struct arena *a, struct err *e);

#endif
