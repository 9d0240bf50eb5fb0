/* SPDX-License-Identifier: MIT */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

/*
 * err: an error is a value the caller owns.  A function that can fail takes a
 * struct err as its last argument, fills it once where the failure is first
 * seen, and returns -1 (or NULL).  Each level above may say what it was doing
 * with err_wrap().  Only a stage's main prints one.
 *
 * Messages: lower case, no full stop, one line, no value of any row and no
 * connection string; they name schema.table.column and say what to do.
 */

enum err_kind {
	ERR_NONE = 0,
	ERR_NO = 1,    /* the tool worked and the answer is no: exit status 1 */
	ERR_INPUT = 2, /* usage or bad input, retrying is useless: exit status 2 */
	ERR_TEMP = 75, /* disk full, server away, out of memory: retrying may help */
};

struct err {
	enum err_kind kind;
	const char *code; /* err_no(): what plan-check calls it; else NULL */
	char msg[1024];
};

/** err_set(e, kind, fmt, ...): set the error.  Always returns -1. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** err_no(e, code, fmt, ...): the answer is no, for a reason that has a name, a literal:
 *  "where_matches_none".  Always returns -1. */
int err_no(struct err *e, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * err_sys(e, fmt, ...):
 * Set the error from errno: "WHAT: No space left on device".  The kind follows
 * errno: what a retry may cure (ENOSPC, EDQUOT, EIO, ENOMEM, EMFILE, EAGAIN,
 * EINTR ...) is ERR_TEMP, the rest ERR_INPUT.  Always returns -1.
 */
int err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** err_nomem(e): out of memory, an ordinary temporary error.  Returns -1. */
int err_nomem(struct err *e);

/** err_wrap(e, fmt, ...): put "WHAT: " before the message there.  Returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
