/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PGROWS_H
#define COMMON_PGROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"

struct err;
struct pg_result; /* libpq's */

/*
 * pgrows: what a query gave, read by column number and checked against the type the
 * server says each column has.  Values are text; a caller that wants another type than
 * those below casts in the query.
 */
struct pg_rows;

/** pg_rows_of(res): the rows of ${res}, which they own from now on, also when memory
 *  is out (NULL). */
struct pg_rows *pg_rows_of(struct pg_result *res);

/** pg_count(r): how many rows. */
size_t pg_count(const struct pg_rows *r);

/*
 * The value at row ${i}, column ${col}, both from 0.  A getter does not fail at the
 * call: a NULL where none may be, a column of another type or one that is not there
 * gives "" or 0, is remembered, and is told by pg_done().  Text lives until then.
 */
bool pg_is_null(const struct pg_rows *r, size_t i, size_t col);
const char *pg_str(struct pg_rows *r, size_t i, size_t col); /* text, name, varchar, char, "char" */
const char *pg_str0(struct pg_rows *r, size_t i, size_t col); /* the same, NULL for NULL */
int64_t pg_int(struct pg_rows *r, size_t i, size_t col);      /* smallint, integer, bigint, oid */
int64_t pg_int0(struct pg_rows *r, size_t i, size_t col, int64_t def); /* ${def} for NULL */
bool pg_bool(struct pg_rows *r, size_t i, size_t col);

/** pg_raw(r, i, col, n): the text of a value of any type and its length; NULL for NULL. */
const char *pg_raw(struct pg_rows *r, size_t i, size_t col, size_t *n);

/**
 * pg_strs(r, i, col, a, n), pg_ints(...): the ${n} elements of a one-dimensional
 * text[] or name[] (smallint[], integer[], bigint[], oid[]) without NULLs, copied to
 * arena ${a}.  A NULL array is empty, n = 0; the result is then not to be looked at.
 * Out of memory is remembered like the rest.
 */
const char *const *pg_strs(struct pg_rows *r, size_t i, size_t col, struct arena *a, size_t *n);
const int64_t *pg_ints(struct pg_rows *r, size_t i, size_t col, struct arena *a, size_t *n);

/** pg_done(r, e): free the rows.  -1 if a getter met what it should not have.  NULL is
 *  accepted. */
int pg_done(struct pg_rows *r, struct err *e);

/** pg_free(r): free the rows on a road that has failed already.  NULL is accepted. */
void pg_free(struct pg_rows *r);

#endif
