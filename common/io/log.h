/* SPDX-License-Identifier: MIT */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

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

/** log_each(run, said, ctx): calls said(ctx, target, fields) for each event of the log, in its
 * order; "event" is one of the fields.  Lines that are no event are passed over, and a log that is
 * gone, or is no file of the run's own, has none. */
void log_each(const struct rundir *run,
	void (*said)(void *ctx, const char *target, const json_t *fields), void *ctx);

/** log_time(j, key): member ${key} of the open object ${j}: the time now, RFC 3339, UTC. */
void log_time(struct jsonw *j, const char *key);

#endif
