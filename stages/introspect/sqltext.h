/* SPDX-License-Identifier: MIT */
#ifndef INTROSPECT_SQLTEXT_H
#define INTROSPECT_SQLTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/str.h"

struct err;

/*
 * sqltext: a script cut into statements, as psql would cut it: quotes, dollar quotes,
 * comments, parentheses, function bodies between BEGIN ATOMIC and END.  The rows after a
 * COPY ... FROM STDIN are passed over.  psql's own commands are not run: those that
 * pg_dump writes (\restrict, \connect ...) are passed over, others are an error, so that a
 * script from elsewhere cannot start a program.
 */
struct sqltext {
	const char *p, *end;
	uint32_t line; /* of p, from 1 */
};

/** sqltext_of(p, n): start at the first byte. */
struct sqltext sqltext_of(const char *p, size_t n);

/**
 * sqltext_next(t, stmt, line, e): the next statement, without its semicolon, and the line
 * it starts in.  1, or 0 at the end, or -1.
 */
int sqltext_next(struct sqltext *t, struct view *stmt, uint32_t *line, struct err *e);

#endif
