/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_NARROW_H
#define COMMON_SQL_NARROW_H

#include "common/sql_int.h"

/*
 * sql_narrow: what narrowing collects of one column.  Each call tells one fact and
 * keeps the strongest; sql_dom_finish() makes a struct sql_domain of them.
 */

struct sql_dom {
	struct sql_domain d;
	struct pg_base base;
	enum vtype vt;
	uint8_t scale;
	bool not_null; /* by the column or its type */
	bool contradiction;
	uint32_t *from; /* checks that said something, for the message */
	uint32_t nfrom;
};

/* A constant in the units of an ordinal column: floor, and whether that is the value. */
struct sql_point {
	int64_t floor;
	bool exact;
	bool now;
};

/** sql_dom_bound(m, mask, p): column <mask> constant. */
bool sql_dom_bound(struct sql_dom *m, int mask, struct sql_point p, struct arena *a);

/** sql_dom_float(m, mask, v): the same for VT_F64; false: says nothing. */
bool sql_dom_float(struct sql_dom *m, int mask, double v);

/** sql_dom_set(m, v, n, a): one of these; ${v} is sorted in place. */
bool sql_dom_set(struct sql_dom *m, int64_t *v, uint32_t n, struct arena *a);
bool sql_dom_texts(struct sql_dom *m, const char **v, uint32_t n, struct arena *a);

/** sql_dom_not, sql_dom_not_text: not this one. */
bool sql_dom_not(struct sql_dom *m, int64_t v, struct arena *a);
bool sql_dom_not_text(struct sql_dom *m, const char *v, struct arena *a);

/** sql_dom_length(m, mask, k): the number of characters <mask> k; false: not representable. */
bool sql_dom_length(struct sql_dom *m, int mask, int64_t k);

/** sql_dom_pattern(m, re, a) */
bool sql_dom_pattern(struct sql_dom *m, const char *re, struct arena *a);

/** sql_dom_finish(m): intersect what was said; false: nothing is left. */
bool sql_dom_finish(struct sql_dom *m);

#endif
