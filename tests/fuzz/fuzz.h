/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/io/rundir.h"
#include "common/plan/plan.h"
#include "common/schema/schema.h"
#include "common/sql/sql.h"

/*
 * A target of libFuzzer: LLVMFuzzerTestOneInput() gives any bytes to one reader.  $FUZZ_RUN is a
 * run directory with a schema and a plan, which readers hold what they read against; $FUZZ_TMP a
 * directory of the target's own.
 */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct arena fuzz_arena = ARENA_INIT;
static struct schema fuzz_schema;
static struct plan fuzz_plan;
static struct rundir fuzz_run;

static inline _Noreturn void fuzz_die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(2);
}

/* The run's schema and plan, once. */
static inline void fuzz_open(void)
{
	struct err e = {.kind = ERR_NONE};
	const char *path = getenv("FUZZ_RUN");

	if (fuzz_run.path != NULL)
		return;
	if (path == NULL)
		fuzz_die("FUZZ_RUN is not set");
	if (rundir_open(&fuzz_run, path, &fuzz_arena, &e) == -1 ||
		schema_read(&fuzz_schema, rundir_file(&fuzz_run, "schema.msgpack"), &fuzz_arena,
			&e) == -1 ||
		sql_widen(&fuzz_schema, &fuzz_arena, &e) == -1 ||
		plan_read(&fuzz_plan, rundir_file(&fuzz_run, "plan.msgpack"), &fuzz_schema,
			&fuzz_arena, &e) == -1)
		fuzz_die(e.msg);
}

/* The bytes as a file of that name; its path. */
static inline const char *fuzz_file(const char *name, const uint8_t *p, size_t n)
{
	static char path[4096];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", getenv("FUZZ_TMP"), name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd == -1 || write(fd, p, n) != (ssize_t)n || close(fd) == -1)
		fuzz_die(path);
	return path;
}

/* The same as text with an end, in an arena. */
static inline char *fuzz_text(struct arena *a, const uint8_t *p, size_t n)
{
	char *s = arena_strndup(a, (const char *)p, n);

	if (s == NULL)
		fuzz_die("memory");
	return s;
}

#endif
