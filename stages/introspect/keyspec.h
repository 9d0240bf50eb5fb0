/* SPDX-License-Identifier: MIT */
#ifndef INTROSPECT_KEYSPEC_H
#define INTROSPECT_KEYSPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"

struct err;

/*
 * keyspec: what --keys asks for: SCHEMA.TABLE[(COLUMN,...)][,...].  A name that has one of
 * . , ( ) " in it is written as in SQL, "like ""this""".  Names are taken as they are: no
 * folding to lower case.
 */
struct keyspec {
	const char *schema, *table;
	const char **cols;
	uint32_t ncols;
	bool listed; /* there were parentheses */
	bool all;    /* with a * in them */
};

/** keyspec_parse(text, v, n, a, e): append the tables of ${text} to (*v)[*n]; a table that is
 *  there already is ERR_INPUT, like what cannot be read. */
int keyspec_parse(
	const char *text, struct keyspec **v, uint32_t *n, struct arena *a, struct err *e);

#endif
