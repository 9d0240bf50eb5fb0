/* SPDX-License-Identifier: MIT */
#include "common/schema/schema.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/io/msgpack.h"
#include "common/schema/schema_fields.h"
#include "common/snapshot/snap.h"

/*
 * The way back.  Nothing of the file is believed: each member must be there and of its
 * type, each index in range; what is between members is schema_bind()'s to check.
 */
struct reader {
	struct arena *a;
	bool nomem;
	/* known as soon as their lists are allocated, before their elements are read */
	struct pg_type *types;
	uint32_t ntypes;
	struct pg_table *tables;
	uint32_t ntables;
};

static int read_record(struct reader *r, const struct record *of, const msgpack_object *o,
	char *rec, struct err *e);

/* The error for a member that is missing or of the wrong type. */
static int bad(const struct reader *r, const struct field *f, struct err *e)
{
	if (r->nomem)
		return err_nomem(e);
	return err_set(e, ERR_INPUT, "\"%s\" is missing or not what it should be", f->key);
}

/* Room for ${n} elements; never NULL for none. */
static void *take(struct reader *r, uint32_t n, size_t size)
{
	void *p = arena_array(r->a, (size_t)n + 1, size);

	r->nomem |= p == NULL;
	return p;
}

/* Sets the member at ${f}; pointers of all types are copied by their bytes. */
static void put_pointer(char *rec, const struct field *f, const void *p)
{
	memcpy(rec + f->at, &p, sizeof(p));
}

/* A string or nil; a NUL byte within is an error. */
static int read_str(struct reader *r, const msgpack_object *o, const char **to)
{
	*to = NULL;
	if (o->type == MSGPACK_OBJECT_NIL)
		return 0;
	if (o->type != MSGPACK_OBJECT_STR || memchr(o->via.str.ptr, '\0', o->via.str.size) != NULL)
		return -1;
	*to = arena_strndup(r->a, o->via.str.ptr, o->via.str.size);
	r->nomem |= *to == NULL;
	return *to != NULL ? 0 : -1;
}

/* A name must be there, other texts may be nil. */
static int read_text(struct reader *r, const struct field *f, const msgpack_object *o, char *rec)
{
	const char *s;

	if (read_str(r, o, &s) != 0 || (s == NULL && f->kind == F_NAME))
		return -1;
	put_pointer(rec, f, s);
	return 0;
}

/* true or false, and nothing that could be taken for it. */
static int read_bool(struct reader *r, const struct field *f, const msgpack_object *o, char *rec)
{
	(void)r;
	if (o->type != MSGPACK_OBJECT_BOOLEAN)
		return -1;
	memcpy(rec + f->at, &o->via.boolean, sizeof(bool));
	return 0;
}

/* A text of one byte. */
static int read_char(struct reader *r, const struct field *f, const msgpack_object *o, char *rec)
{
	(void)r;
	if (o->type != MSGPACK_OBJECT_STR || o->via.str.size != 1)
		return -1;
	rec[f->at] = o->via.str.ptr[0];
	return 0;
}

/* An integer from ${min} to ${max}; false for any other value. */
static int get_int(const msgpack_object *o, int64_t min, int64_t max, int64_t *to)
{
	if (o->type == MSGPACK_OBJECT_POSITIVE_INTEGER && o->via.u64 <= INT64_MAX)
		*to = (int64_t)o->via.u64;
	else if (o->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		*to = o->via.i64;
	else
		return -1;
	return *to >= min && *to <= max ? 0 : -1;
}

/* An integer within the range of its field. */
static int read_int(struct reader *r, const struct field *f, const msgpack_object *o, char *rec)
{
	int64_t v;
	int16_t i16;
	int32_t i32;

	(void)r;
	switch (f->kind) {
	case F_I16:
		if (get_int(o, INT16_MIN, INT16_MAX, &v) != 0)
			return -1;
		i16 = (int16_t)v;
		memcpy(rec + f->at, &i16, sizeof(i16));
		return 0;
	case F_I32:
		if (get_int(o, INT32_MIN, INT32_MAX, &v) != 0)
			return -1;
		i32 = (int32_t)v;
		memcpy(rec + f->at, &i32, sizeof(i32));
		return 0;
	default:
		if (get_int(o, INT64_MIN, INT64_MAX, &v) != 0)
			return -1;
		memcpy(rec + f->at, &v, sizeof(v));
		return 0;
	}
}

/* One of the words that the field has names for. */
static int read_enum(struct reader *r, const struct field *f, const msgpack_object *o, char *rec)
{
	(void)r;
	if (o->type != MSGPACK_OBJECT_STR)
		return -1;
	for (unsigned i = 0; i < f->nnames; i++)
		if (strlen(f->names[i]) == o->via.str.size &&
			memcmp(f->names[i], o->via.str.ptr, o->via.str.size) == 0) {
			memcpy(rec + f->at, &i, sizeof(i));
			return 0;
		}
	return -1;
}

/* The position of a type or table in its list, which was allocated before. */
static int read_ref(struct reader *r, const struct field *f, const msgpack_object *o, char *rec)
{
	int64_t n = f->kind == F_TYPE ? r->ntypes : r->ntables, i;

	if (o->type == MSGPACK_OBJECT_NIL) {
		put_pointer(rec, f, NULL);
		return 0;
	}
	if (get_int(o, 0, n - 1, &i) != 0)
		return -1;
	if (f->kind == F_TYPE)
		put_pointer(rec, f, &r->types[i]);
	else
		put_pointer(rec, f, &r->tables[i]);
	return 0;
}

/*
 * The elements of an array and their number; a list that is paired with the one
 * before must be as long.
 */
static int get_array(const struct field *f, const msgpack_object *o, char *rec, uint32_t *n)
{
	uint32_t had;

	if (o->type != MSGPACK_OBJECT_ARRAY)
		return -1;
	*n = o->via.array.size;
	memcpy(&had, rec + f->count_at, sizeof(had));
	if (f->paired && had != *n)
		return -1;
	memcpy(rec + f->count_at, n, sizeof(*n));
	return 0;
}

/* A list of strings. */
static int read_strs(struct reader *r, const struct field *f, const msgpack_object *o, char *rec)
{
	const char **v;
	uint32_t n;

	if (o->type == MSGPACK_OBJECT_NIL && f->kind == F_STRS0)
		return 0;
	if (get_array(f, o, rec, &n) != 0 || (v = take(r, n, sizeof(*v))) == NULL)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		if (read_str(r, &o->via.array.ptr[i], &v[i]) != 0 ||
			(v[i] == NULL && f->kind == F_STRS))
			return -1;
	put_pointer(rec, f, v);
	return 0;
}

/* Indexes of columns, nil for an expression. */
static int read_cols(struct reader *r, const struct field *f, const msgpack_object *o, char *rec)
{
	uint32_t *v, n;

	if (get_array(f, o, rec, &n) != 0 || (v = take(r, n, sizeof(*v))) == NULL)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		const msgpack_object *x = &o->via.array.ptr[i];
		int64_t col = UINT32_MAX;

		if (x->type != MSGPACK_OBJECT_NIL && get_int(x, 0, UINT32_MAX - 1, &col) != 0)
			return -1;
		v[i] = (uint32_t)col;
	}
	put_pointer(rec, f, v);
	return 0;
}

/* A list of records. */
static int read_list(
	struct reader *r, const struct field *f, const msgpack_object *o, char *rec, struct err *e)
{
	char *v;
	uint32_t n;

	if (get_array(f, o, rec, &n) != 0)
		return bad(r, f, e);
	v = take(r, n, f->of->size);
	if (v == NULL)
		return err_nomem(e);
	put_pointer(rec, f, v);
	if (f->of == &schema_type_record) {
		r->types = (struct pg_type *)(void *)v;
		r->ntypes = n;
	} else if (f->of == &schema_table_record) {
		r->tables = (struct pg_table *)(void *)v;
		r->ntables = n;
	}
	for (uint32_t i = 0; i < n; i++)
		if (read_record(r, f->of, &o->via.array.ptr[i], v + i * f->of->size, e) != 0)
			return err_wrap(e, "%s[%u]", f->key, i);
	return 0;
}

typedef int read_fn(struct reader *r, const struct field *f, const msgpack_object *o, char *rec);

static read_fn *const readers[] = {
	[F_NAME] = read_text,
	[F_STR] = read_text,
	[F_SQL] = read_text,
	[F_BOOL] = read_bool,
	[F_CHAR] = read_char,
	[F_I16] = read_int,
	[F_I32] = read_int,
	[F_I64] = read_int,
	[F_ENUM] = read_enum,
	[F_TYPE] = read_ref,
	[F_TABLE] = read_ref,
	[F_STRS] = read_strs,
	[F_STRS0] = read_strs,
	[F_COLS] = read_cols,
};

/* A record, by the table of its fields. */
static int read_record(struct reader *r, const struct record *of, const msgpack_object *o,
	char *rec, struct err *e)
{
	if (o->type != MSGPACK_OBJECT_MAP)
		return err_set(e, ERR_INPUT, "not a map");
	for (size_t i = 0; i < of->n; i++) {
		const struct field *f = &of->fields[i];
		const msgpack_object *m = mp_get(o, f->key);

		if (m == NULL && f->optional)
			continue;
		if (m == NULL)
			return bad(r, f, e);
		if (f->kind == F_LIST) {
			if (read_list(r, f, m, rec, e) != 0)
				return -1;
		} else if (readers[f->kind](r, f, m, rec) != 0) {
			return bad(r, f, e);
		}
	}
	return 0;
}

/*
 * Reads, checks and fingerprints a document; ${doc} must outlive the call only.
 */
int schema_from_doc(struct schema *s, const msgpack_object *doc, struct arena *a, struct err *e)
{
	struct reader r = {.a = a};

	memset(s, 0, sizeof(*s));
	if (read_record(&r, &schema_record, doc, (char *)s, e) != 0 || schema_bind(s, a, e) != 0)
		return -1;
	return schema_fingerprint(s, e);
}

/* Opens a schema snapshot and reads it; everything is copied to ${a}. */
int schema_read(struct schema *s, const char *path, struct arena *a, struct err *e)
{
	struct snap file;
	struct view said;
	int rc;

	if (access(path, F_OK) == -1 && errno == ENOENT)
		return err_set(
			e, ERR_INPUT, "%s is missing: run introspect first, which makes it", path);
	if (snap_open(&file, path, "schema", SNAP_FULL, e) != 0)
		return -1;
	rc = schema_from_doc(s, &file.body, a, e);
	said = mp_get_view(&file.header, "fingerprint");
	if (rc == 0 && !view_eq(said, view_of(s->fingerprint)))
		rc = err_set(e, ERR_INPUT,
			"its fingerprint is not that of its content: run introspect again");
	if (rc == 0)
		rc = schema_partitions(s, a, e);
	if (rc != 0)
		err_wrap(e, "%s", path);
	snap_close(&file);
	return rc;
}
