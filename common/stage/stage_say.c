/* SPDX-License-Identifier: MIT */
/*
 * What a stage prints, visible: no name and no message of a server does anything to a terminal.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/base/visible.h"
#include "common/stage/stage.h"

/* Whatever names the text has, it is one line. */
__attribute__((format(printf, 3, 0))) static void print_line(
	FILE *out, const char *prefix, const char *fmt, va_list ap)
{
	struct buf b = BUF_INIT;
	char *text;

	if (vasprintf(&text, fmt, ap) == -1)
		return;
	buf_visible(&b, text, strlen(text), VISIBLE_LINE);
	if (buf_ok(&b))
		(void)fprintf(out, "%s%s\n", prefix, b.n > 0 ? b.p : "");
	buf_free(&b);
	free(text);
}

/* Text that the stage has put together, whole. */
int stage_print(const struct buf *b, struct err *e)
{
	struct buf shown = BUF_INIT;
	int rc = 0;

	if (b->n > 0)
		buf_visible(&shown, b->p, b->n, VISIBLE_TEXT);
	if (b->failed || !buf_ok(&shown))
		rc = err_nomem(e);
	else if (fwrite(shown.p, 1, shown.n, stdout) != shown.n || fflush(stdout) != 0)
		rc = err_sys(e, "write results");
	buf_free(&shown);
	return rc;
}

/* A line on stderr.  On a terminal a line of progress may be there, which is cleared. */
__attribute__((format(printf, 2, 0))) static void complain(
	const char *kind, const char *fmt, va_list ap)
{
	char prefix[128];

	(void)snprintf(prefix, sizeof(prefix), "%s%s: %s", isatty(STDERR_FILENO) ? "\r\033[K" : "",
		program_invocation_short_name, kind);
	print_line(stderr, prefix, fmt, ap);
}

void stage_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain("warning: ", fmt, ap);
	va_end(ap);
}

void stage_waits(const char *what)
{
	stage_warn("waiting %s", what);
}

void stage_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain("", fmt, ap);
	va_end(ap);
}

void stage_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line(stderr, "", fmt, ap);
	va_end(ap);
}

void stage_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line(stdout, "", fmt, ap);
	va_end(ap);
}
