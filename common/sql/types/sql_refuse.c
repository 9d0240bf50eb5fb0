/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_comp.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/base/err.h"

/* What the compiler of expressions says when it cannot go on. */

__attribute__((format(printf, 3, 0))) static void say(
	struct sql_comp *c, const char *tail, const char *fmt, va_list ap)
{
	char msg[512];

	vsnprintf(msg, sizeof msg, fmt, ap);
	err_set(c->e, ERR_INPUT, "%s%s", msg, tail);
}

/* For what PostgreSQL refuses too. */
void *sql_fail(struct sql_comp *c, enum sql_status *st, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(c, "", fmt, ap);
	va_end(ap);
	*st = SQL_FAILED;
	return NULL;
}

/* For what only this compiler refuses; the message says so. */
void *sql_refuse(struct sql_comp *c, enum sql_status *st, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(c, " is not supported in an expression", fmt, ap);
	va_end(ap);
	*st = SQL_UNSUPPORTED;
	return NULL;
}

void *sql_oom(struct sql_comp *c, enum sql_status *st)
{
	err_nomem(c->e);
	*st = SQL_FAILED;
	return NULL;
}
