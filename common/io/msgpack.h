/* SPDX-License-Identifier: MIT */
#ifndef COMMON_MSGPACK_H
#define COMMON_MSGPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <msgpack.h>

#include "common/base/arena.h"
#include "common/base/str.h"

struct err;

/*
 * mpk: documents in msgpack.  Writing goes to a buf; reading gives msgpack-c's
 * object tree, whose strings point into the bytes that were read.
 */

/* writing: integers take their shortest form, so equal documents are equal bytes */
void mp_map(struct buf *b, uint32_t n);
void mp_array(struct buf *b, uint32_t n);
void mp_str(struct buf *b, const char *s); /* NULL writes nil */
void mp_strn(struct buf *b, const char *s, size_t n);
void mp_int(struct buf *b, int64_t i);
void mp_uint(struct buf *b, uint64_t u);
void mp_bool(struct buf *b, bool v);
void mp_nil(struct buf *b);
void mp_double(struct buf *b, double d);
void mp_bin(struct buf *b, const void *p, size_t n);	/* n < 4 GiB */
void mp_object(struct buf *b, const msgpack_object *o); /* a copy of a tree, NULL writes nil */

/* the same with the key of a map entry first */
void mp_kstr(struct buf *b, const char *key, const char *s);
void mp_kint(struct buf *b, const char *key, int64_t i);
void mp_kuint(struct buf *b, const char *key, uint64_t u);
void mp_kbool(struct buf *b, const char *key, bool v);

/**
 * mp_check(p, n, e): that the ${n} bytes are exactly one msgpack value, of depth
 * at most 24, whose arrays and maps are not longer than the bytes left for them.
 * To be called before mp_parse() on bytes that came from a file.
 */
int mp_check(const void *p, size_t n, struct err *e);

/** mp_skip(p, n, len, e): the same for the value that starts at ${p}; ${len} are its bytes. */
int mp_skip(const void *p, size_t n, size_t *len, struct err *e);

/** mp_parse(z, p, n, out, e): parse one value; ${z} owns the tree, ${p} its strings. */
int mp_parse(msgpack_zone *z, const void *p, size_t n, msgpack_object *out, struct err *e);

/* reading: NULL or the default when the member is absent or of another type */
const msgpack_object *mp_get(const msgpack_object *map, const char *key);
const char *mp_get_str(
	const msgpack_object *map, const char *key, struct arena *a); /* copied, NUL-terminated */
struct view mp_get_view(const msgpack_object *map, const char *key);
int64_t mp_get_int(const msgpack_object *map, const char *key, int64_t def);
uint64_t mp_get_uint(const msgpack_object *map, const char *key, uint64_t def);
bool mp_get_bool(const msgpack_object *map, const char *key, bool def);
double mp_get_double(const msgpack_object *map, const char *key, double def);

/** mp_get_array(map, key, n): the elements of an array member; NULL and 0 when absent. */
const msgpack_object *mp_get_array(const msgpack_object *map, const char *key, size_t *n);

/** mp_object_str(s): a text as an object, which refers to ${s}. */
static inline msgpack_object mp_object_str(const char *s)
{
	return (msgpack_object){
		.type = MSGPACK_OBJECT_STR, .via.str = {.size = (uint32_t)strlen(s), .ptr = s}};
}

#endif
