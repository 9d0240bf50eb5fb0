/* SPDX-License-Identifier: MIT */
/*
 * Errors as values. A struct err has a kind, which decides the exit status of
 * the program, an optional code for machines, and a message of one line.
 * Functions that fail set it and return -1, so that "return err_set(...)" does
 * both; each level above may put before the message what it was doing
 * (err_wrap()).
 */
#include "common/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * A message is one line, whatever a name or an expression in it holds.  What a terminal would obey
 * stays until the message is shown (visible.h), so that it is seen there.
 */
static void one_line(char *s)
{
	for (; *s != '\0'; s++)
		if (*s == '\n' || *s == '\t')
			*s = ' ';
}

/* What all of them end in. */
__attribute__((format(printf, 4, 0))) static int set(
	struct err *e, enum err_kind kind, const char *code, const char *fmt, va_list ap)
{
	e->kind = kind;
	e->code = code;
	(void)vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	one_line(e->msg);
	return -1;
}

int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)set(e, kind, NULL, fmt, ap);
	va_end(ap);
	return -1;
}

int err_no(struct err *e, const char *code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)set(e, ERR_NO, code, fmt, ap);
	va_end(ap);
	return -1;
}

/*
 * Errors of the system after which the same call may succeed later: a full
 * disk, too many files, no memory, a reader that has ended.
 */
static enum err_kind kind_of(int num)
{
	static const int temporary[] = {ENOSPC, EDQUOT, EIO, ENOMEM, EMFILE, ENFILE, EAGAIN, EINTR,
		EBUSY, ETXTBSY, ESTALE, EFBIG, EPIPE};

	for (size_t i = 0; i < sizeof(temporary) / sizeof(temporary[0]); i++)
		if (num == temporary[i])
			return ERR_TEMP;
	return ERR_INPUT;
}

/*
 * The message ends in what errno says; whether it is temporary follows from
 * errno.
 */
int err_sys(struct err *e, const char *fmt, ...)
{
	int num = errno;
	char what[sizeof(e->msg)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(e, kind_of(num), "%s: %s", what, strerror(num));
}

int err_nomem(struct err *e)
{
	return err_set(e, ERR_TEMP, "out of memory");
}

/* Puts the text and ": " before the message that is there. */
int err_wrap(struct err *e, const char *fmt, ...)
{
	char what[sizeof(e->msg)], was[sizeof(e->msg)];
	va_list ap;

	memcpy(was, e->msg, sizeof(was));
	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return e->code != NULL ? err_no(e, e->code, "%s: %s", what, was)
			       : err_set(e, e->kind, "%s: %s", what, was);
}
