/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_ISSUE_H
#define PLAN_CHECK_ISSUE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "common/base/str.h"

struct pg_table;

/*
 * issue: what is wrong with a plan.  All of it is collected and told at once:
 * errors first, then warnings, each in the order of discovery.
 */

enum severity { ISSUE_ERROR, ISSUE_WARNING };

struct issue {
	enum severity severity;
	const char *code;
	const char *path; /* JSON pointer, "/" for the whole plan */
	const char *at;	  /* pointer whose place in the text is shown, often a finer one */
	const char *message;
	const char *hint; /* or NULL */
	unsigned line, col;
	const struct pg_table *table; /* that it keeps from being filled, or NULL */
	const char *constraint;	      /* names of those in the way, or NULL */
};

struct issues {
	struct arena *a;
	struct issue *v;
	size_t n, cap;
	size_t count[2];	      /* by severity */
	struct issue spare;	      /* what issue_add() returns then */
	bool failed;		      /* out of memory somewhere: see issues_failed() */
	const struct pg_table *about; /* what is being judged: issue_add() notes it */
};

/* What was reported so far. */
struct issue_mark {
	size_t n, count[2];
};

/** issues_failed(is): memory was out somewhere: what was collected is not all, and what was said
 * may not be so. */
static inline bool issues_failed(const struct issues *is)
{
	return is->failed || arena_failed(is->a);
}

/** issue_path(is, fmt, ...): a pointer made in the arena; "" when memory is out. */
const char *issue_path(struct issues *is, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** issue_member(is, path, key): ${path}/${key}, the key escaped as RFC 6901 says. */
const char *issue_member(struct issues *is, const char *path, const char *key);

/** issue_add(is, severity, code, path, hint, fmt, ...): one more; ${at} is ${path}. */
struct issue *issue_add(struct issues *is, enum severity severity, const char *code,
	const char *path, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/** issues_mark(is), issues_rewind(is, mark): forget what was added since the mark was set. */
struct issue_mark issues_mark(const struct issues *is);
void issues_rewind(struct issues *is, struct issue_mark mark);

/** issue_known(is, severity, path): whether one of that severity at exactly ${path} was reported
 * already. */
bool issue_known(const struct issues *is, enum severity severity, const char *path);

/** issues_place(is, text): find line and column of each in the plan's text. */
void issues_place(struct issues *is, struct view text);

/**
 * issues_text(is, b): "<error|warning> <code> <path> (LINE:COL): <message>" lines, with an
 * indented "hint:" line below where there is one.
 */
void issues_text(const struct issues *is, struct buf *b);

/** issues_json(is, b): {"accepted", "errors", "warnings", "issues": [...]}, one document. */
void issues_json(const struct issues *is, struct buf *b);

#endif
