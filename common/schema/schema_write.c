/* SPDX-License-Identifier: MIT */
/*
 * Writing a schema snapshot, and its fingerprint: the SHA-256 of the server's
 * major version and of the schema in canonical form. Names of databases, dates
 * and comments do not count; a file that would not change is not written again.
 */
#include "common/schema/schema.h"

#include <string.h>

#include "common/base/digest.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/io/msgpack.h"
#include "common/schema/schema_canon.h"
#include "common/schema/schema_fields.h"
#include "common/snapshot/snap.h"

/* What is written to; canonical writes the form for the fingerprint. */
struct packer {
	const struct schema *s;
	struct buf *b;
	bool canonical;
	struct buf text; /* canonical form of one expression */
};

/* The member at ${f}, whatever pointer it is. */
static const void *pointer_of(const char *rec, const struct field *f)
{
	const void *p;

	memcpy(&p, rec + f->at, sizeof(p));
	return p;
}

static uint32_t count_of(const char *rec, const struct field *f)
{
	uint32_t n;

	memcpy(&n, rec + f->count_at, sizeof(n));
	return n;
}

/* An integer member of any width. */
static int64_t number_of(const char *rec, const struct field *f)
{
	int16_t i16;
	int32_t i32;
	int64_t i64;

	switch (f->kind) {
	case F_I16:
		memcpy(&i16, rec + f->at, sizeof(i16));
		return i16;
	case F_I32:
	case F_ENUM:
		memcpy(&i32, rec + f->at, sizeof(i32));
		return i32;
	default:
		memcpy(&i64, rec + f->at, sizeof(i64));
		return i64;
	}
}

static void pack_record(struct packer *k, const struct record *of, const char *rec);

/* An expression; in canonical form for the fingerprint. */
static void pack_sql(struct packer *k, const char *sql)
{
	if (sql == NULL || !k->canonical) {
		mp_str(k->b, sql);
		return;
	}
	buf_clear(&k->text);
	schema_canon(sql, &k->text);
	k->b->failed |= !buf_ok(&k->text);
	mp_strn(k->b, k->text.p ? k->text.p : "", k->text.n);
}

/* A list of strings; a list that is not there is nil. */
static void pack_strs(struct packer *k, const char *const *v, uint32_t n)
{
	if (v == NULL && n > 0) {
		mp_nil(k->b);
		return;
	}
	mp_array(k->b, n);
	for (uint32_t i = 0; i < n; i++)
		mp_str(k->b, v[i]);
}

/* Indexes of columns; nil for an expression. */
static void pack_cols(struct packer *k, const uint32_t *v, uint32_t n)
{
	mp_array(k->b, n);
	for (uint32_t i = 0; i < n; i++)
		if (v[i] == UINT32_MAX)
			mp_nil(k->b);
		else
			mp_uint(k->b, v[i]);
}

/* The records of a list, one after the other. */
static void pack_list(struct packer *k, const struct record *of, const char *v, uint32_t n)
{
	mp_array(k->b, n);
	for (uint32_t i = 0; i < n; i++)
		pack_record(k, of, v + i * of->size);
}

/* A pointer as the position of its record in an array. */
static void pack_ref(struct packer *k, const void *p, const void *base, size_t size)
{
	if (p == NULL)
		mp_nil(k->b);
	else
		mp_uint(k->b, (uint64_t)((const char *)p - (const char *)base) / size);
}

/* One member, by its kind. */
static void pack_field(struct packer *k, const struct field *f, const char *rec)
{
	switch (f->kind) {
	case F_NAME:
	case F_STR:
		mp_str(k->b, pointer_of(rec, f));
		break;
	case F_SQL:
		pack_sql(k, pointer_of(rec, f));
		break;
	case F_BOOL:
		mp_bool(k->b, *(const bool *)(rec + f->at));
		break;
	case F_CHAR:
		mp_strn(k->b, rec + f->at, 1);
		break;
	case F_I16:
	case F_I32:
	case F_I64:
		mp_int(k->b, number_of(rec, f));
		break;
	case F_ENUM:
		mp_str(k->b, f->names[number_of(rec, f)]);
		break;
	case F_TYPE:
		pack_ref(k, pointer_of(rec, f), k->s->types, sizeof(*k->s->types));
		break;
	case F_TABLE:
		pack_ref(k, pointer_of(rec, f), k->s->tables, sizeof(*k->s->tables));
		break;
	case F_STRS:
	case F_STRS0:
		pack_strs(k, pointer_of(rec, f), count_of(rec, f));
		break;
	case F_COLS:
		pack_cols(k, pointer_of(rec, f), count_of(rec, f));
		break;
	case F_LIST:
		pack_list(k, f->of, pointer_of(rec, f), count_of(rec, f));
		break;
	}
}

/* A record as a map, by the table of its fields. */
static void pack_record(struct packer *k, const struct record *of, const char *rec)
{
	uint32_t n = 0;

	for (size_t i = 0; i < of->n; i++)
		n += !(k->canonical && of->fields[i].aside);
	mp_map(k->b, n);
	for (size_t i = 0; i < of->n; i++) {
		const struct field *f = &of->fields[i];

		if (k->canonical && f->aside)
			continue;
		mp_str(k->b, f->key);
		if (k->canonical && f->skip != NULL && f->skip(rec))
			mp_nil(k->b);
		else
			pack_field(k, f, rec);
	}
}

/* The whole schema, with or without what does not count for the fingerprint. */
static int pack_schema(const struct schema *s, bool canonical, struct buf *b, struct err *e)
{
	struct packer k = {.s = s, .b = b, .canonical = canonical, .text = BUF_INIT};

	pack_record(&k, &schema_record, (const char *)s);
	buf_free(&k.text);
	return buf_ok(b) ? 0 : err_nomem(e);
}

/* Computes s->fingerprint. */
int schema_fingerprint(struct schema *s, struct err *e)
{
	enum { MAJOR = 10000 };
	struct buf b = BUF_INIT;
	int rc = -1;

	mp_array(&b, 2);
	mp_int(&b, s->server_version / MAJOR);
	if (pack_schema(s, true, &b, e) != 0)
		goto out;
	digest_sha256_hex(b.p, b.n, s->fingerprint);
	rc = 0;
out:
	buf_free(&b);
	return rc;
}

/* Whether ${path} is a whole schema snapshot with exactly this body. */
static bool same_already(const char *path, const struct buf *body)
{
	struct snap old;
	struct err ignored = {0};
	char was[65], is[65];
	bool same = false;

	if (snap_open(&old, path, "schema", SNAP_FULL, &ignored) != 0)
		return false;
	if (snap_body_digest(&old, was, &ignored) == 0) {
		digest_sha256_hex(body->p, body->n, is);
		same = strcmp(was, is) == 0;
	}
	snap_close(&old);
	return same;
}

/* Writes the snapshot, unless the file has the same body already. */
int schema_write(struct schema *s, const char *path, struct err *e)
{
	struct buf body = BUF_INIT, header = BUF_INIT;
	struct snapw *w;
	int rc = -1;

	if (schema_fingerprint(s, e) != 0 || pack_schema(s, false, &body, e) != 0)
		goto out;
	if (same_already(path, &body)) {
		rc = 0;
		goto out;
	}
	mp_kstr(&header, "fingerprint", s->fingerprint);
	if (!buf_ok(&header)) {
		rc = err_nomem(e);
		goto out;
	}
	w = snapw_open(path, "schema", 1, &header, &body, e);
	if (w != NULL)
		rc = snapw_commit(w, 0, NULL, e);
out:
	buf_free(&header);
	buf_free(&body);
	return rc;
}
