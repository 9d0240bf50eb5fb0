/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_READ_H
#define COMMON_JSON_READ_H

#include <stddef.h>

#include <jansson.h>

/*
 * json_read: JSON read by jansson, with its failures told apart.  jansson answers NULL for a text
 * that is no JSON and for memory that is out alike; only the first is the file's fault, and a
 * pipeline that is told to make a good file again, or that bad input is temporary, does the wrong
 * thing.
 */

struct err;

/**
 * json_read_text(p, n, flags, je, e):
 * The value of a text, which the caller frees; NULL on failure: ERR_TEMP where memory was out, and
 * else ERR_INPUT "line N: why".  ${je} may be NULL, and else has jansson's own account.
 */
json_t *json_read_text(const char *p, size_t n, size_t flags, json_error_t *je, struct err *e);

/**
 * json_read_file(path, flags, out, e):
 * The value that a file of a run directory holds.  1: *${out} is the caller's to free; 0: there is
 * no such file; -1: ERR_INPUT if what it holds is no JSON or it is no regular file, and whatever
 * class the failure to read it has.  The message begins with the path.
 */
int json_read_file(const char *path, size_t flags, json_t **out, struct err *e);

#endif
