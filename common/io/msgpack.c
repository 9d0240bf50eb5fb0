/* SPDX-License-Identifier: MIT */
/*
 * Writing and reading msgpack
 * (https://github.com/msgpack/msgpack/blob/master/spec.md), on top of
 * msgpack-c.
 *
 * Writing appends to a buffer. Before msgpack-c reads a value, mp_skip() walks
 * over it: it bounds the depth, and checks that every length and count fits the
 * bytes that are there. msgpack-c itself reserves memory for any count that a
 * file claims. The mp_get_* functions take a member of a map, or a default
 * when it is absent or of another type.
 */
#include "common/io/msgpack.h"

#include <assert.h>
#include <string.h>

#include "common/base/err.h"

/* ---- writing ------------------------------------------------------------- */

/* The callback of msgpack-c. */
static int append(void *b, const char *p, size_t n)
{
	buf_add(b, p, n);
	return 0;
}

static msgpack_packer packer(struct buf *b)
{
	msgpack_packer pk;

	msgpack_packer_init(&pk, b, append);
	return pk;
}

void mp_map(struct buf *b, uint32_t n)
{
	msgpack_packer pk = packer(b);

	(void)msgpack_pack_map(&pk, n);
}

void mp_array(struct buf *b, uint32_t n)
{
	msgpack_packer pk = packer(b);

	(void)msgpack_pack_array(&pk, n);
}

void mp_str(struct buf *b, const char *s)
{
	if (s == NULL)
		mp_nil(b);
	else
		mp_strn(b, s, strlen(s));
}

void mp_strn(struct buf *b, const char *s, size_t n)
{
	msgpack_packer pk = packer(b);

	assert(n <= UINT32_MAX);
	(void)msgpack_pack_str(&pk, n);
	(void)msgpack_pack_str_body(&pk, s, n);
}

void mp_int(struct buf *b, int64_t i)
{
	msgpack_packer pk = packer(b);

	(void)msgpack_pack_int64(&pk, i);
}

void mp_uint(struct buf *b, uint64_t u)
{
	msgpack_packer pk = packer(b);

	(void)msgpack_pack_uint64(&pk, u);
}

void mp_bool(struct buf *b, bool v)
{
	msgpack_packer pk = packer(b);

	(void)(v ? msgpack_pack_true(&pk) : msgpack_pack_false(&pk));
}

void mp_nil(struct buf *b)
{
	msgpack_packer pk = packer(b);

	(void)msgpack_pack_nil(&pk);
}

void mp_double(struct buf *b, double d)
{
	msgpack_packer pk = packer(b);

	(void)msgpack_pack_double(&pk, d);
}

void mp_bin(struct buf *b, const void *p, size_t n)
{
	msgpack_packer pk = packer(b);

	assert(n <= UINT32_MAX); /* msgpack-c would cut the length, not the bytes */
	(void)msgpack_pack_bin(&pk, n);
	(void)msgpack_pack_bin_body(&pk, p, n);
}

/* A value that was read, written again. */
void mp_object(struct buf *b, const msgpack_object *o)
{
	msgpack_packer pk = packer(b);

	if (o == NULL)
		mp_nil(b);
	else
		(void)msgpack_pack_object(&pk, *o);
}

void mp_kstr(struct buf *b, const char *key, const char *s)
{
	mp_str(b, key);
	mp_str(b, s);
}

void mp_kint(struct buf *b, const char *key, int64_t i)
{
	mp_str(b, key);
	mp_int(b, i);
}

void mp_kuint(struct buf *b, const char *key, uint64_t u)
{
	mp_str(b, key);
	mp_uint(b, u);
}

void mp_kbool(struct buf *b, const char *key, bool v)
{
	mp_str(b, key);
	mp_bool(b, v);
}

/* ---- reading ------------------------------------------------------------- */

/* msgpack-c takes any count a file claims and reserves room for it: hence this walk. */

enum { DEPTH = 24 };

/* What the first byte of a value means. */
struct head {
	uint8_t length;	  /* bytes of big-endian length after it */
	uint8_t body;	  /* bytes after that */
	uint8_t elements; /* values inside, each length counts: 1 array, 2 map */
	bool bytes;	  /* the length counts bytes */
};

/* Splits the first byte; false when it is none of msgpack's. */
static bool head_of(uint8_t c, struct head *h, uint64_t *n)
{
	static const struct head heads[0x20] = {
		[0x04] = {1, 0, 0, true},
		[0x05] = {2, 0, 0, true},
		[0x06] = {4, 0, 0, true},
		[0x07] = {1, 1, 0, true},
		[0x08] = {2, 1, 0, true},
		[0x09] = {4, 1, 0, true},
		[0x0a] = {0, 4, 0, false},
		[0x0b] = {0, 8, 0, false},
		[0x0c] = {0, 1, 0, false},
		[0x0d] = {0, 2, 0, false},
		[0x0e] = {0, 4, 0, false},
		[0x0f] = {0, 8, 0, false},
		[0x10] = {0, 1, 0, false},
		[0x11] = {0, 2, 0, false},
		[0x12] = {0, 4, 0, false},
		[0x13] = {0, 8, 0, false},
		[0x14] = {0, 2, 0, false},
		[0x15] = {0, 3, 0, false},
		[0x16] = {0, 5, 0, false},
		[0x17] = {0, 9, 0, false},
		[0x18] = {0, 17, 0, false},
		[0x19] = {1, 0, 0, true},
		[0x1a] = {2, 0, 0, true},
		[0x1b] = {4, 0, 0, true},
		[0x1c] = {2, 0, 1, false},
		[0x1d] = {4, 0, 1, false},
		[0x1e] = {2, 0, 2, false},
		[0x1f] = {4, 0, 2, false},
	};

	*n = 0;
	*h = (struct head){0};
	if (c < 0x80 || c >= 0xe0) /* small integers */
		return true;
	if (c < 0xa0) { /* fixmap, fixarray */
		h->elements = c < 0x90 ? 2 : 1;
		*n = c & 0x0f;
	} else if (c < 0xc0) { /* fixstr */
		h->bytes = true;
		*n = c & 0x1f;
	} else {
		*h = heads[c - 0xc0];
	}
	return c != 0xc1;
}

/*
 * Steps over the head of one value and its bytes; *inside is how many values it
 * holds. Returns what is wrong, or NULL.
 */
static const char *step(const uint8_t **p, const uint8_t *end, uint64_t *inside)
{
	struct head h;
	uint64_t n;

	if (*p == end)
		return "cut short";
	if (!head_of(*(*p)++, &h, &n))
		return "byte 0xc1";
	if ((size_t)(end - *p) < (size_t)h.length + h.body)
		return "cut short";
	for (unsigned i = 0; i < h.length; i++)
		n = n << 8 | *(*p)++;
	*p += h.body;
	if (h.bytes) {
		if (n > (uint64_t)(end - *p))
			return "a string longer than the bytes left";
		*p += n;
	}
	*inside = n * h.elements;
	if (*inside > (uint64_t)(end - *p))
		return "an array longer than the bytes left";
	return NULL;
}

/*
 * The bytes that one whole value takes. The number of values still to come is
 * kept for each depth.
 */
int mp_skip(const void *p, size_t n, size_t *len, struct err *e)
{
	const uint8_t *from = p, *at = from;
	uint64_t left[DEPTH + 1] = {1}; /* values still to come at each depth */
	unsigned depth = 0;

	for (;;) {
		uint64_t inside;
		const char *wrong;

		while (left[depth] == 0) {
			if (depth-- == 0) {
				*len = (size_t)(at - from);
				return 0;
			}
		}
		left[depth]--;
		if ((wrong = step(&at, from + n, &inside)) != NULL)
			return err_set(e, ERR_INPUT, "msgpack: %s at byte %zu", wrong,
				(size_t)(at - from));
		if (inside > 0) {
			if (depth == DEPTH)
				return err_set(
					e, ERR_INPUT, "msgpack: nested deeper than %d", DEPTH);
			left[++depth] = inside;
		}
	}
}

/* Exactly one whole value, within the bounds of mp_skip(). */
int mp_check(const void *p, size_t n, struct err *e)
{
	size_t len;

	if (mp_skip(p, n, &len, e) == -1)
		return -1;
	if (len != n)
		return err_set(e, ERR_INPUT, "msgpack: %zu bytes after the value", n - len);
	return 0;
}

/* ${out} points into ${p}, and lives as long as both that and the zone. */
int mp_parse(msgpack_zone *z, const void *p, size_t n, msgpack_object *out, struct err *e)
{
	size_t off = 0;
	msgpack_unpack_return rc = msgpack_unpack(p, n, &off, z, out);

	if (rc == MSGPACK_UNPACK_NOMEM_ERROR)
		return err_nomem(e);
	if (rc != MSGPACK_UNPACK_SUCCESS)
		return err_set(e, ERR_INPUT, "msgpack: cannot be read at byte %zu", off);
	return 0;
}

/* The member of a map, or NULL; the first of that name. */
const msgpack_object *mp_get(const msgpack_object *map, const char *key)
{
	size_t n = strlen(key);

	if (map == NULL || map->type != MSGPACK_OBJECT_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->via.map.size; i++) {
		const msgpack_object *k = &map->via.map.ptr[i].key;

		/* most members differ in the first letter, which costs no call */
		if (k->type == MSGPACK_OBJECT_STR && k->via.str.size == n &&
			(n == 0 ||
				(*k->via.str.ptr == *key && memcmp(k->via.str.ptr, key, n) == 0)))
			return &map->via.map.ptr[i].val;
	}
	return NULL;
}

/* The member, if it is of that type. */
static const msgpack_object *get_typed(
	const msgpack_object *map, const char *key, msgpack_object_type type)
{
	const msgpack_object *o = mp_get(map, key);

	return o != NULL && o->type == type ? o : NULL;
}

/* A string or binary member; an empty view when it is absent. */
struct view mp_get_view(const msgpack_object *map, const char *key)
{
	const msgpack_object *o = mp_get(map, key);

	if (o != NULL && o->type == MSGPACK_OBJECT_STR)
		return (struct view){o->via.str.ptr, o->via.str.size};
	if (o != NULL && o->type == MSGPACK_OBJECT_BIN)
		return (struct view){o->via.bin.ptr, o->via.bin.size};
	return (struct view){NULL, 0};
}

const char *mp_get_str(const msgpack_object *map, const char *key, struct arena *a)
{
	const msgpack_object *o = get_typed(map, key, MSGPACK_OBJECT_STR);

	return o == NULL ? NULL : arena_strndup(a, o->via.str.ptr, o->via.str.size);
}

int64_t mp_get_int(const msgpack_object *map, const char *key, int64_t def)
{
	const msgpack_object *o = mp_get(map, key);

	if (o != NULL && o->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		return o->via.i64;
	if (o != NULL && o->type == MSGPACK_OBJECT_POSITIVE_INTEGER && o->via.u64 <= INT64_MAX)
		return (int64_t)o->via.u64;
	return def;
}

uint64_t mp_get_uint(const msgpack_object *map, const char *key, uint64_t def)
{
	const msgpack_object *o = get_typed(map, key, MSGPACK_OBJECT_POSITIVE_INTEGER);

	return o == NULL ? def : o->via.u64;
}

bool mp_get_bool(const msgpack_object *map, const char *key, bool def)
{
	const msgpack_object *o = get_typed(map, key, MSGPACK_OBJECT_BOOLEAN);

	return o == NULL ? def : o->via.boolean;
}

/* Integers count as numbers too. */
double mp_get_double(const msgpack_object *map, const char *key, double def)
{
	const msgpack_object *o = mp_get(map, key);

	if (o == NULL)
		return def;
	switch (o->type) {
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64:
		return o->via.f64;
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		return (double)o->via.u64;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		return (double)o->via.i64;
	default:
		return def;
	}
}

const msgpack_object *mp_get_array(const msgpack_object *map, const char *key, size_t *n)
{
	const msgpack_object *o = get_typed(map, key, MSGPACK_OBJECT_ARRAY);

	*n = o == NULL ? 0 : o->via.array.size;
	return o == NULL ? NULL : o->via.array.ptr;
}
