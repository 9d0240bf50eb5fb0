/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_REGEX_PG_H
#define COMMON_SQL_REGEX_PG_H

#include <stdbool.h>

#include "common/base/str.h"
#include "common/base/vec.h"

/* sql_regex_pg: PostgreSQL's pattern as one of PCRE2's, atom by atom. */

struct sql_re_trans {
	struct buf out; /* the translation; the caller frees it */
	bool icase, ascii;
	unsigned groups;
	bool simple;	  /* see sql_regex_simple() */
	bool unsupported; /* after false: valid, but not translated */
	const char *why;
};

/** sql_regex_translate(t, pattern): icase and ascii are set before. */
bool sql_regex_translate(struct sql_re_trans *t, struct vtext pattern);

#endif
