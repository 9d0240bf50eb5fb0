/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STAGE_H
#define COMMON_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/version.h"

/*
 * stage: the skeleton every executable shares.  main() is a declaration; this
 * is the only code that parses options, prints messages, and picks a status:
 * 0 done, 1 refused or violations found, 2 usage or bad input, 75 a retry may help.
 */

struct buf;
struct err;

enum opt_kind {
	OPT_FLAG, /* bool */
	OPT_STR,  /* const char * */
	OPT_U32,  /* uint32_t, "1k" and "2.5e4" accepted */
	OPT_U64,  /* uint64_t, the same */
	OPT_LIST, /* struct opt_list: may be given more than once */
};

struct opt_list {
	const char *v[64];
	size_t n;
};

struct opt {
	const char *name; /* long name, without dashes */
	char letter;	  /* short name, or 0 */
	enum opt_kind kind;
	void *to;
	const char *arg;  /* what the argument is called in --help, NULL for flags */
	const char *help; /* one line; "\n" continues it, indented.  NULL: ${name} is an old name of
			     the option called ${arg}: it works, with a warning, and --help does
			     not show it */
};

struct stage {
	const char *name;
	const char *about;	    /* one line */
	const char *usage;	    /* arguments, after the name: "--run DIR [--table S.T]" */
	const char *reads, *writes; /* artefacts, for --help and the manual */
	const char *examples;	    /* lines shown at the end of --help */
	const struct opt *opts;
	size_t nopts;
	const char **args;	   /* positional arguments are stored here ... */
	size_t nargs;		   /* ... up to this many; absent ones stay NULL */
	int (*run)(struct err *e); /* 0 or -1 */
};

/**
 * stage_main(s, argc, argv): parse, run, print "name: message" to stderr, and return the
 * exit status.  Adds --help and --version, which print to stdout and exit 0.
 * SIGPIPE is ignored; SIGINT and SIGTERM end the process, with one line, leaving only *.tmp.*
 * behind. Arguments holding a connection string are overwritten so that ps does not show them.
 */
int stage_main(const struct stage *s, int argc, char **argv);

/** stage_waits(what): one line to stderr, "name: warning: waiting WHAT": for pg_on_wait(). */
void stage_waits(const char *what);

/** stage_warn(fmt, ...): one line to stderr, "name: warning: ...". */
void stage_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** stage_error(fmt, ...): one line to stderr, "name: ...", of several that are wrong; the stage
 *  still fails with an error of its own. */
void stage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** stage_note(fmt, ...): one line to stderr, as it is, where stdout has something else. */
void stage_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** stage_say(fmt, ...): one line of result to stdout. */
void stage_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** stage_print(b, e): text of many lines to stdout; -1 when memory is out, there or in ${b}, or it
 *  cannot be written.
 *
 *  What any of these print is visible (common/base/visible.h), whatever names it has; so is the
 *  error that ends a stage. */
int stage_print(const struct buf *b, struct err *e);

/**
 * progress: a line on stderr while a terminal is there to see it, nothing
 * otherwise.  Counters are in shared memory so that forked workers add to them.
 */
struct progress;

struct progress *progress_start(const char *what, uint64_t total); /* NULL when not a terminal */
void progress_add(struct progress *p, uint64_t done);		   /* cheap; NULL accepted */
void progress_tick(struct progress *p); /* redraw, at most 10 times a second */
void progress_end(struct progress *p);

#define STAGE_VERSION DATALCHEMY_VERSION

#endif
