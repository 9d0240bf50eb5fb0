/* SPDX-License-Identifier: MIT */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct err;
struct jsonw;
struct rundir;

/*
 * log: RUN/logs.ndjson, one JSON object a line, each line one write() to a file
 * opened with O_APPEND, so that any number of processes may share it.  No
 * values, no secrets: an event has names and counts only.
 *
 *	log_event(run, "gen-children", "table_finished",
 *		"schema", LOG_STR, "crm", "rows", LOG_UINT, (uint64_t)7, NULL);
 *
 * A log that cannot be written does not stop a stage.
 */
enum log_kind { LOG_STR, LOG_INT, LOG_UINT, LOG_BOOL };

void log_event(const struct rundir *run, const char *stage, const char *event, ...);

/** log_backwards(run, word, said, ctx): calls said(ctx, target, fields) for each event of the log
 * whose line has ${word} in it, the last first, until said() returns false; "event" is one of the
 * fields.  So what the last call has logged is read, and not what all calls before it have.  Lines
 * that are no event are passed over, and a log that is gone, or is no file of the run's own, has
 * none. */
typedef bool log_said(void *ctx, const char *target, const json_t *fields);

void log_backwards(const struct rundir *run, const char *word, log_said *said, void *ctx);

/** log_time(j, key): member ${key} of the open object ${j}: the time now, RFC 3339, UTC. */
void log_time(struct jsonw *j, const char *key);

#endif
