/* SPDX-License-Identifier: MIT */
#ifndef INTROSPECT_REPORT_H
#define INTROSPECT_REPORT_H

#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/str.h"
#include "common/schema/schema.h"

struct err;

/*
 * report: what the catalogue amounts to: schema_metrics.json, the summary on stdout, and what a
 * person should know before rows are made for it.
 */
struct report {
	const struct schema *s;
	struct schema_graph graph;
	uint32_t columns, not_null;
	uint32_t cons[5]; /* by enum pg_con_kind */
	uint32_t with_pk, with_fk;
	uint32_t nodes, edges; /* of the FK graph, with the tables outside the selection */
	const char **warnings;
	uint32_t nwarnings, room;
	struct arena *a;
};

/** report_make(r, s, a, e): count and sort; warnings of what the schema itself shows. */
int report_make(struct report *r, const struct schema *s, struct arena *a, struct err *e);

/** report_warn(r, e, fmt, ...): one more warning.  0 or -1. */
int report_warn(struct report *r, struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** report_json(r, b): schema_metrics.json. */
void report_json(const struct report *r, struct buf *b);

/** report_text(r, b): the summary: counts, tables by level, cycles. */
void report_text(const struct report *r, struct buf *b);

/** report_cycle(r, b): the tables of the first cycle, for a message. */
void report_cycle(const struct report *r, struct buf *b);

#endif
