/* SPDX-License-Identifier: MIT */
/*
 * Reading a snapshot: the envelope that all artefacts share (common/FORMATS
 * describes it). The file is mapped, and nothing in it is believed before it
 * was checked.
 *
 * How much is checked is the caller's choice: the header alone, the directory
 * with every offset and length, or the digests of all payloads as well. Every
 * range of bytes goes through one function, at(), which cannot overflow. The
 * directory's chunks have to follow one another without gaps, so that a valid
 * file has only one form.
 */
#include "common/snapshot/snap.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "common/base/digest.h"
#include "common/base/err.h"
#include "common/io/file.h"
#include "common/io/file_memo.h"
#include "common/io/msgpack.h"
#include "common/snapshot/snap_int.h"
#include "common/snapshot/snap_layout.h"

/* What is behind an open snapshot: the mapping, and where its parts are. */
struct snap_priv {
	struct mapfile map;
	struct arena a;
	msgpack_zone zone;
	char *path;
	size_t body_at, body_len, elements_at; /* where the body is, and what follows it */
	uint64_t foot_at, foot_len;
	struct snap_chunk *chunk;
	XXH64_hash_t *xxh; /* of each chunk */
};

/* The one gate for ranges: no sum that can wrap. */
static const uint8_t *at(const struct snap_priv *v, uint64_t off, uint64_t len)
{
	return off <= v->map.n && len <= v->map.n - off ? v->map.p + off : NULL;
}

/*
 * Whether two digests are the same.  A fuzzer (tests/fuzz) that had to find digests as well would
 * never come to what they are of: its build takes any.
 */
static bool is_same(XXH64_hash_t a, XXH64_hash_t b)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	(void)a;
	(void)b;
	return true;
#else
	return a == b;
#endif
}

/* Whether canonical bytes are that hash. */
static bool is_hash(const void *p, XXH64_hash_t h)
{
	XXH64_canonical_t canon;

	memcpy(canon.digest, p, sizeof(canon.digest));
	return is_same(XXH64_hashFromCanonical(&canon), h);
}

/* A member of eight bytes: a digest as the file holds it. */
static bool get_hash(const msgpack_object *map, const char *key, XXH64_hash_t *h)
{
	struct view v = mp_get_view(map, key);
	XXH64_canonical_t canon;

	if (v.n != sizeof(canon.digest))
		return false;
	memcpy(canon.digest, v.p, sizeof(canon.digest));
	*h = XXH64_hashFromCanonical(&canon);
	return true;
}
/* The error for a file that is not what it should be. */
static int damaged(const struct snap_priv *v, const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s: damaged snapshot: %s", v->path, what);
}

/* ---- head and tail ------------------------------------------------------- */

/*
 * The first bytes: a msgpack array whose first element is the magic string with
 * the version of the format.
 */
static int check_magic(struct snap *s, struct snap_priv *v, struct err *e)
{
	const uint8_t *p = at(v, 0, SNAP_HEADER_AT), *t;

	if (p == NULL || p[0] != 0xdd || p[5] != 0xa8 || memcmp(p + 6, SNAP_MAGIC, 6) != 0)
		return err_set(
			e, ERR_INPUT, "%s: not a snapshot: name a msgpack file of a run", v->path);
	if (memcmp(p + 6, SNAP_MAGIC, 8) != 0)
		return err_set(e, ERR_INPUT, "%s: snapshot format %.2s, this program reads %.2s",
			v->path, (const char *)p + 12, &SNAP_MAGIC[6]);
	if (v->map.n < SNAP_HEADER_AT + 2 + SNAP_TAIL)
		return damaged(v, "cut short", e);
	t = v->map.p + v->map.n - SNAP_TAIL;
	if (t[0] != 0xc4 || t[1] != SNAP_TAIL - 2 ||
		memcmp(t + SNAP_TAIL_MAGIC, SNAP_END_MAGIC, 8) != 0)
		return damaged(v, "no tail: cut short", e);
	v->foot_at = snap_get64(t + SNAP_TAIL_OFF);
	v->foot_len = snap_get64(t + SNAP_TAIL_LEN);
	p = at(v, v->foot_at, v->foot_len);
	if (p == NULL || p + v->foot_len != t || v->foot_at <= SNAP_HEADER_AT)
		return damaged(v, "tail: footer offset", e);
	if (!is_hash(t + SNAP_TAIL_XXH, XXH3_64bits(p, v->foot_len)))
		return damaged(v, "footer digest", e);
	for (size_t i = 0; i + 1 < sizeof(s->root); i++)
		s->root[i] = "0123456789abcdef"[t[SNAP_TAIL_XXH + i / 2] >> (i % 2 ? 0 : 4) & 15];
	return 0;
}

/* The msgpack value at ${off}, which has to end before the footer. */
static int read_value(struct snap_priv *v, size_t off, const char *what, msgpack_object *out,
	size_t *len, struct err *e)
{
	const uint8_t *p = v->map.p + off;
	struct err why = {.kind = ERR_NONE};

	if (off >= v->foot_at)
		return damaged(v, what, e);
	if (mp_skip(p, v->foot_at - off, len, &why) == -1 ||
		mp_parse(&v->zone, p, *len, out, &why) == -1) {
		*e = why;
		return err_wrap(e, "%s: %s", v->path, what);
	}
	return 0;
}

/* The header: kind, version, byte order. */
static int read_header(struct snap *s, struct snap_priv *v, const char *kind, struct err *e)
{
	struct view endian;
	size_t len;

	if (read_value(v, SNAP_HEADER_AT, "header", &s->header, &len, e) == -1)
		return -1;
	v->body_at = SNAP_HEADER_AT + len;
	endian = mp_get_view(&s->header, "endian");
	s->kind = mp_get_str(&s->header, "kind", &v->a);
	if (mp_get_uint(&s->header, "v", 0) != SNAP_FORMAT || s->kind == NULL)
		return damaged(v, "header", e);
	if (endian.n != 4 || memcmp(endian.p, "\4\3\2\1", 4) != 0)
		return err_set(e, ERR_INPUT, "%s: header: not little-endian", v->path);
	if (kind != NULL && strcmp(kind, s->kind) != 0)
		return err_set(e, ERR_INPUT, "%s: a %s snapshot, where %s is wanted", v->path,
			s->kind, kind);
	return 0;
}

/* ---- directory ----------------------------------------------------------- */

/* The index of a name, or -1. */
static int named(const char *const *names, size_t n, struct view v)
{
	for (size_t i = 0; i < n; i++)
		if (view_eq(view_of(names[i]), v))
			return (int)i;
	return -1;
}

static enum vtype type_of(struct view v)
{
	for (enum vtype t = 0; t < VT_COUNT; t++)
		if (view_eq(view_of(vtype_name(t)), v))
			return t;
	return VT_COUNT;
}

/* An integer member of any sign; false when it is absent or no int64. */
static bool get_int(const msgpack_object *map, const char *key, int64_t *out)
{
	const msgpack_object *o = mp_get(map, key);

	if (o == NULL ||
		(o->type != MSGPACK_OBJECT_POSITIVE_INTEGER &&
			o->type != MSGPACK_OBJECT_NEGATIVE_INTEGER) ||
		(o->type == MSGPACK_OBJECT_POSITIVE_INTEGER && o->via.u64 > INT64_MAX))
		return false;
	*out = o->via.i64;
	return true;
}

/* An integer from 0 to ${max}; false when it is absent or none. */
static bool get_uint(const msgpack_object *map, const char *key, uint64_t max, uint64_t *out)
{
	const msgpack_object *o = mp_get(map, key);

	if (o == NULL || o->type != MSGPACK_OBJECT_POSITIVE_INTEGER || o->via.u64 > max)
		return false;
	*out = o->via.u64;
	return true;
}

/* Whether the payload is as long as its encoding and its rows make it. */
static bool length_fits(const struct snap_chunk *c)
{
	uint64_t want;

	switch (c->enc) {
	case SNAP_AFFINE:
		return c->len == 0;
	case SNAP_PACKED:
		return c->width > 0 && !__builtin_mul_overflow(c->rows, c->width, &want) &&
		       want == c->len;
	case SNAP_DICT:
		return !__builtin_mul_overflow(c->rows, 4, &want) && want == c->len;
	case SNAP_OFFSETS:
		return c->rows < UINT64_MAX / 8 && (c->rows + 1) * 8 == c->len;
	case SNAP_NULLS:
		return c->rows / 8 + (c->rows % 8 != 0) == c->len;
	case SNAP_BYTES:
		return true;
	}
	return false;
}

/* One entry of the directory; the name of the field that is wrong, or NULL. */
static const char *read_entry(struct snap_priv *v, const msgpack_object *o, struct snap_chunk *c,
	uint64_t *off, XXH64_hash_t *xxh)
{
	uint64_t scale = 0, width = 0;
	int enc = named(snap_enc_names, SNAP_NULLS + 1, mp_get_view(o, "enc"));

	*c = (struct snap_chunk){.type = type_of(mp_get_view(o, "type"))};
	if ((c->column = mp_get_str(o, "col", &v->a)) == NULL)
		return "col";
	if (c->type == VT_COUNT)
		return "type";
	if (c->type == VT_DEC && !get_uint(o, "scale", 18, &scale))
		return "scale";
	c->scale = (uint8_t)scale;
	if (enc == -1)
		return "enc";
	c->enc = (enum snap_enc)enc;
	if (!get_uint(o, "row0", INT64_MAX, &c->row0))
		return "row0";
	if (!get_uint(o, "rows", INT64_MAX, &c->rows))
		return "rows";
	if (!get_uint(o, "nulls", c->rows, &c->nulls))
		return "nulls";
	c->has_range = get_int(o, "min", &c->min) && get_int(o, "max", &c->max);
	if (c->enc == SNAP_AFFINE)
		return get_int(o, "start", &c->start) && get_int(o, "step", &c->step) ? NULL
										      : "start";
	if (c->enc == SNAP_PACKED && !get_uint(o, "width", UINT32_MAX, &width))
		return "width";
	c->width = (uint32_t)width;
	if (!get_uint(o, "len", UINT32_MAX, &c->len) || !length_fits(c))
		return "len";
	if (!get_uint(o, "off", UINT64_MAX, off))
		return "off";
	return get_hash(o, "xxh", xxh) ? NULL : "xxh";
}

/*
 * Chunks follow one another with nothing between but a filler of the size their
 * alignment makes, so the layout has one form and no two chunks share a byte.
 */
static const char *place(struct snap_priv *v, struct snap_chunk *c, uint64_t off, uint64_t *end)
{
	uint8_t want[SNAP_ALIGN + SNAP_BIN_HEAD];
	size_t n = snap_filler(want, snap_gap(*end), c->len);
	const uint8_t *p = at(v, *end, n);

	if (off != *end + n || off > v->foot_at || c->len > v->foot_at - off)
		return "off";
	if (p == NULL || memcmp(p, want, n) != 0)
		return "filler";
	c->p = v->map.p + off;
	*end = off + c->len;
	return NULL;
}

/* Reads the directory. */
static int read_chunks(struct snap *s, struct snap_priv *v, const msgpack_object *o, size_t n,
	uint64_t *first, struct err *e)
{
	uint64_t end = v->elements_at, off = 0;
	uint32_t payloads = 0, count;

	v->chunk = arena_array(&v->a, n, sizeof(*v->chunk));
	v->xxh = arena_array(&v->a, n, sizeof(*v->xxh));
	if (v->chunk == NULL || v->xxh == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++) {
		struct snap_chunk *c = &v->chunk[i];
		const char *wrong = read_entry(v, &o[i], c, &off, &v->xxh[i]);

		if (wrong == NULL && c->enc != SNAP_AFFINE) {
			wrong = place(v, c, off, &end);
			if (payloads++ == 0)
				*first = off;
		}
		if (wrong != NULL)
			return err_set(e, ERR_INPUT,
				"%s: damaged snapshot: chunk %zu, column %s: %s", v->path, i,
				c->column == NULL ? "?" : c->column, wrong);
	}
	count = (uint32_t)v->map.p[1] << 24 | (uint32_t)v->map.p[2] << 16 |
		(uint32_t)v->map.p[3] << 8 | v->map.p[4];
	if (end != v->foot_at || count != SNAP_FIXED + 2 * payloads)
		return damaged(v, "element count", e);
	s->chunk = v->chunk;
	s->nchunk = n;
	return 0;
}

/*
 * The footer, found by its length at the end of the file; its digest covers all
 * that is not a payload.
 */
static int read_footer(struct snap *s, struct snap_priv *v, struct err *e)
{
	const uint8_t *p = v->map.p + v->foot_at;
	uint64_t first = v->foot_at;
	const msgpack_object *chunks;
	msgpack_object footer;
	XXH64_hash_t head;
	size_t n;

	if (mp_check(p, v->foot_len, e) == -1 ||
		mp_parse(&v->zone, p, v->foot_len, &footer, e) == -1)
		return err_wrap(e, "%s: footer", v->path);
	chunks = mp_get_array(&footer, "chunks", &n);
	if (!get_uint(&footer, "rows", INT64_MAX, &s->rows) || !get_hash(&footer, "head", &head) ||
		mp_get(&footer, "chunks") == NULL)
		return damaged(v, "footer", e);
	if (read_chunks(s, v, chunks, n, &first, e) == -1)
		return -1;
	if (!is_same(XXH3_64bits(v->map.p, first), head))
		return damaged(v, "header digest", e);
	return 0;
}

/* ---- payloads ------------------------------------------------------------ */

/* Compares every payload with its digest. */
static int check_payloads(const struct snap *s, const struct snap_priv *v, struct err *e)
{
	for (size_t i = 0; i < s->nchunk; i++) {
		const struct snap_chunk *c = &s->chunk[i];

		if (c->enc != SNAP_AFFINE && !is_same(XXH3_64bits(c->p, c->len), v->xxh[i]))
			return err_set(e, ERR_INPUT,
				"%s: damaged snapshot: chunk %zu, column %s: digest", v->path, i,
				c->column);
	}
	return 0;
}

/* ---- open, close --------------------------------------------------------- */

/* Looks at every value, unless that has been done. */
static int check_values(struct snap *s, struct snap_priv *v, struct file_memo *seen, struct err *e)
{
	if (snap_columns_open(s, &v->a, e) == -1)
		return -1;
	if (snap_columns_recall(s, file_memo_get(seen, &v->map.id)))
		return 0;
	if (snap_columns_check(s, e) == -1)
		return -1;
	snap_columns_note(s, file_memo_put(seen, &v->map.id, snap_columns_size(s)));
	return 0;
}

/* Reads and checks as far as ${check} says. */
static int open_checked(struct snap *s, const char *kind, enum snap_check check,
	struct file_memo *seen, struct err *e)
{
	struct snap_priv *v = s->priv;

	if (check_magic(s, v, e) == -1 || read_header(s, v, kind, e) == -1)
		return -1;
	if (check == SNAP_HEAD)
		return 0;
	if (read_value(v, v->body_at, "body", &s->body, &v->body_len, e) == -1)
		return -1;
	v->elements_at = v->body_at + v->body_len;
	if (read_footer(s, v, e) == -1)
		return -1;
	if (check == SNAP_FULL && check_payloads(s, v, e) == -1)
		return -1;
	if (check < SNAP_VALUES)
		return 0;
	return check_values(s, v, seen, e);
}

int snap_open(
	struct snap *s, const char *path, const char *kind, enum snap_check check, struct err *e)
{
	return snap_open_once(s, path, kind, check, NULL, e);
}

/* On failure nothing stays open. */
int snap_open_once(struct snap *s, const char *path, const char *kind, enum snap_check check,
	struct file_memo *seen, struct err *e)
{
	struct snap_priv *v = calloc(1, sizeof(*v));

	*s = (struct snap){.priv = v};
	if (v == NULL)
		return err_nomem(e);
	v->a = ARENA_INIT;
	if (!msgpack_zone_init(&v->zone, MSGPACK_ZONE_CHUNK_SIZE)) {
		free(v);
		s->priv = NULL;
		return err_nomem(e);
	}
	if ((s->path = v->path = arena_strdup(&v->a, path)) == NULL) {
		err_nomem(e);
		goto fail;
	}
	if (mapfile_open(&v->map, path, e) == 0 && open_checked(s, kind, check, seen, e) == 0)
		return 0;
fail:
	snap_close(s);
	return -1;
}

void snap_close(struct snap *s)
{
	struct snap_priv *v = s->priv;

	if (v != NULL) {
		mapfile_close(&v->map);
		msgpack_zone_destroy(&v->zone);
		arena_free(&v->a);
		free(v);
	}
	*s = (struct snap){.priv = NULL};
}

void snap_prefetch(const struct snap *s, const struct snap_chunk *c)
{
	if (c->p != NULL)
		mapfile_prefetch(&s->priv->map, (size_t)(c->p - s->priv->map.p), c->len);
}

/* The SHA-256 of a document's body. */
int snap_body_digest(const struct snap *s, char hex[65], struct err *e)
{
	const struct snap_priv *v = s->priv;

	if (v->body_len == 0)
		return err_set(e, ERR_INPUT, "%s: no body was read", v->path);
	digest_sha256_hex(v->map.p + v->body_at, v->body_len, hex);
	return 0;
}
