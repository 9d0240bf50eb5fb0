/* SPDX-License-Identifier: MIT */
/*
 * Results of queries, read with their types checked. Every getter says which
 * types it takes; a column of another type, or a NULL where there must be none,
 * is remembered and reported once by pg_done(), so that a catalogue query can
 * be written without an error check for every value.
 */
#include "common/pg/pgrows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "common/base/err.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A result, and what was wrong first. */
struct pg_rows {
	PGresult *res;
	bool failed, nomem;
	char why[160];
};

/* The type oids a getter takes (pg_type.dat; they never change), ended by 0. */
static const struct family {
	const char *name;
	Oid oid[8];
} text_types = {"text", {25, 19, 1043, 1042, 18}}, int_types = {"integer", {21, 23, 20, 26}},
  bool_types = {"boolean", {16}}, text_arrays = {"text array", {1009, 1003, 1015, 1002}},
  int_arrays = {"integer array", {1005, 1007, 1016, 1028}};

struct pg_rows *pg_rows_of(PGresult *res)
{
	struct pg_rows *r = calloc(1, sizeof(*r));

	if (r == NULL)
		PQclear(res);
	else
		r->res = res;
	return r;
}

size_t pg_count(const struct pg_rows *r)
{
	return (size_t)PQntuples(r->res);
}

static size_t pg_columns(const struct pg_rows *r)
{
	return (size_t)PQnfields(r->res);
}

/* Keeps the first fault. */
static void remember(struct pg_rows *r, size_t col, const char *what, const char *more)
{
	const char *name = col < pg_columns(r) ? PQfname(r->res, (int)col) : "";

	if (!r->failed)
		(void)snprintf(r->why, sizeof(r->why), "column %zu (%.60s) of a result %s%s", col,
			name, what, more);
	r->failed = true;
}

static bool inside(const struct pg_rows *r, size_t i, size_t col)
{
	return i < pg_count(r) && col < pg_columns(r);
}

bool pg_is_null(const struct pg_rows *r, size_t i, size_t col)
{
	return !inside(r, i, col) || PQgetisnull(r->res, (int)i, (int)col);
}

/*
 * The text of a value whose column is of the family; NULL for NULL, or once
 * something failed.
 */
static const char *value(struct pg_rows *r, size_t i, size_t col, const struct family *f)
{
	bool known = f == NULL;

	if (!inside(r, i, col)) {
		remember(r, col, "is not there", "");
		return NULL;
	}
	for (size_t k = 0; !known && k < COUNT(f->oid) && f->oid[k] != 0; k++)
		known = PQftype(r->res, (int)col) == f->oid[k];
	if (!known) {
		remember(r, col, "is not of type ", f->name);
		return NULL;
	}
	return pg_is_null(r, i, col) ? NULL : PQgetvalue(r->res, (int)i, (int)col);
}

/* The same where NULL is a fault; then it is ${other}. */
static const char *value_not_null(
	struct pg_rows *r, size_t i, size_t col, const struct family *f, const char *other)
{
	const char *s = value(r, i, col, f);

	if (s == NULL)
		remember(r, col, "is NULL", "");
	return s ? s : other;
}

const char *pg_str(struct pg_rows *r, size_t i, size_t col)
{
	return value_not_null(r, i, col, &text_types, "");
}

const char *pg_str0(struct pg_rows *r, size_t i, size_t col)
{
	return value(r, i, col, &text_types);
}

int64_t pg_int(struct pg_rows *r, size_t i, size_t col)
{
	return strtoll(value_not_null(r, i, col, &int_types, "0"), NULL, 10);
}

int64_t pg_int0(struct pg_rows *r, size_t i, size_t col, int64_t def)
{
	const char *s = value(r, i, col, &int_types);

	return s ? strtoll(s, NULL, 10) : def;
}

bool pg_bool(struct pg_rows *r, size_t i, size_t col)
{
	return value_not_null(r, i, col, &bool_types, "f")[0] == 't';
}

const char *pg_raw(struct pg_rows *r, size_t i, size_t col, size_t *n)
{
	const char *s = value(r, i, col, NULL);

	*n = s ? (size_t)PQgetlength(r->res, (int)i, (int)col) : 0;
	return s;
}

/*
 * At most so many elements: one more than there are commas, whatever is quoted.
 */
static size_t array_bound(const char *s)
{
	size_t n = 1;

	for (; *s != '\0'; s++)
		n += *s == ',';
	return n;
}

/*
 * The next element of the text of an array, {a,"b \"c\"",d}, into ${out}, which has room
 * for all that is left.  ${s} stands behind the brace or the comma; moves behind the
 * element's own comma.  false at the closing brace, or at anything that is no such text.
 */
static bool array_next(const char **s, char *out)
{
	const char *p = *s;
	bool quoted = *p == '"';

	if (*p == '}' || *p == '\0' || *p == '{')
		return false;
	for (p += quoted; *p != '\0' && (quoted ? *p != '"' : *p != ',' && *p != '}'); p++) {
		p += *p == '\\' && p[1] != '\0';
		*out++ = *p;
	}
	*out = '\0';
	p += quoted && *p == '"';
	p += *p == ',';
	*s = p;
	return true;
}

/* The elements of an array of texts, in ${a}. */
const char *const *pg_strs(struct pg_rows *r, size_t i, size_t col, struct arena *a, size_t *n)
{
	const char *s = value(r, i, col, &text_arrays);
	const char **out;
	char *text;

	*n = 0;
	if (s == NULL)
		return NULL;
	if (*s++ != '{') {
		remember(r, col, "is not an array of one dimension", "");
		return NULL;
	}
	out = arena_array(a, array_bound(s), sizeof(*out));
	text = arena_alloc(a, 2 * strlen(s) + 1);
	if (out == NULL || text == NULL) {
		r->nomem = r->failed = true;
		return NULL;
	}
	for (bool quoted = *s == '"'; array_next(&s, text); quoted = *s == '"') {
		if (!quoted && strcmp(text, "NULL") == 0)
			remember(r, col, "has a NULL in an array", "");
		out[(*n)++] = text;
		text += strlen(text) + 1;
	}
	if (*s != '}')
		remember(r, col, "is not an array of one dimension", "");
	return out;
}

/* The elements of an array of integers, in ${a}. */
const int64_t *pg_ints(struct pg_rows *r, size_t i, size_t col, struct arena *a, size_t *n)
{
	const char *s = value(r, i, col, &int_arrays);
	int64_t *out;

	*n = 0;
	if (s == NULL)
		return NULL;
	out = arena_array(a, array_bound(s), sizeof(*out));
	if (out == NULL) {
		r->nomem = r->failed = true;
		return NULL;
	}
	if (strcmp(s, "{}") == 0)
		return out;
	do {
		char *end;

		out[(*n)++] = strtoll(s + 1, &end, 10);
		if (end == s + 1) {
			remember(r, col, "is not an array of one dimension without NULLs", "");
			*n = 0;
			return out;
		}
		s = end;
	} while (*s == ',');
	return out;
}

int pg_done(struct pg_rows *r, struct err *e)
{
	int rc = 0;

	if (r != NULL && r->nomem)
		rc = err_nomem(e);
	else if (r != NULL && r->failed)
		rc = err_set(e, ERR_INPUT, "the server's answer is not as expected: %s", r->why);
	pg_free(r);
	return rc;
}

void pg_free(struct pg_rows *r)
{
	if (r != NULL)
		PQclear(r->res);
	free(r);
}
