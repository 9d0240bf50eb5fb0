/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_READ_H
#define COMMON_JSON_READ_H

#include <stddef.h>

#include <jansson.h>

/*
 * json_read: JSON read by jansson, with the failures to read the file told apart from a text that
 * is wrong: only the second is the file's fault, and a pipeline that is told to make a good file
 * again does the wrong thing.  Memory that is out for jansson ends a stage
 * (common/stage/stage_memory.h).
 */

struct err;

/**
 * json_read_text(p, n, flags, je, e):
 * The value of a text, which the caller frees; NULL if it is no JSON: ERR_INPUT "line N: why".
 * ${je} may be NULL, and else has jansson's own account.
 */
json_t *json_read_text(const char *p, size_t n, size_t flags, json_error_t *je, struct err *e);

/**
 * json_read_file(path, flags, out, e):
 * The value that a file of a run directory holds.  1: *${out} is the caller's to free; 0: there is
 * no such file; -1: ERR_INPUT if what it holds is no JSON or it is no regular file, and whatever
 * class the failure to read it has.  The message begins with the path.
 */
int json_read_file(const char *path, size_t flags, json_t **out, struct err *e);

/** json_text(o, key): the text that a member of an object is; "" if there is none, or it is no
 * text. */
const char *json_text(const json_t *o, const char *key);

#endif
