/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_SOURCE_H
#define PLAN_CHECK_SOURCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/str.h"

struct err;

/* source: the plan file: its text, for places, and what it says */
struct source {
	struct buf text;
	json_t *json;
	uint64_t seed; /* of the plan; jansson's integers end at 2^63 - 1, ours at 2^64 - 1 */
};

/** source_read(s, path, e): a file that is not JSON is an error with line and column. */
int source_read(struct source *s, const char *path, struct err *e);

/** source_of(s, text, e): the same from a copy of ${text}. */
int source_of(struct source *s, const struct buf *text, struct err *e);

void source_close(struct source *s);

#endif
