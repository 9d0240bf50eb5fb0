/* SPDX-License-Identifier: MIT */
#include "common/io/json_pack.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A copy of a string; false: no memory. */
static bool put_string(struct arena *a, const char *s, size_t n, msgpack_object *to)
{
	const char *copy = arena_strndup(a, s, n);

	to->type = MSGPACK_OBJECT_STR;
	to->via.str = (msgpack_object_str){.size = (uint32_t)n, .ptr = copy};
	return copy != NULL;
}

static int by_key(const void *a, const void *b)
{
	const msgpack_object_kv *x = a, *y = b;

	return strcmp(x->key.via.str.ptr, y->key.via.str.ptr);
}

static int pack_into(struct arena *a, json_t *v, msgpack_object *to);

static int pack_array(struct arena *a, json_t *v, msgpack_object *to)
{
	size_t n = json_array_size(v);
	msgpack_object *items = arena_array(a, n + 1, sizeof(*items));

	if (items == NULL)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (pack_into(a, json_array_get(v, i), &items[i]) == -1)
			return -1;
	to->type = MSGPACK_OBJECT_ARRAY;
	to->via.array = (msgpack_object_array){.size = (uint32_t)n, .ptr = items};
	return 0;
}

static int pack_map(struct arena *a, json_t *v, msgpack_object *to)
{
	size_t n = json_object_size(v), i = 0;
	msgpack_object_kv *items = arena_array(a, n + 1, sizeof(*items));
	const char *key;
	json_t *value;

	if (items == NULL)
		return -1;
	json_object_foreach(v, key, value)
	{
		if (!put_string(a, key, strlen(key), &items[i].key) ||
			pack_into(a, value, &items[i++].val) == -1)
			return -1;
	}
	qsort(items, n, sizeof(*items), by_key);
	to->type = MSGPACK_OBJECT_MAP;
	to->via.map = (msgpack_object_map){.size = (uint32_t)n, .ptr = items};
	return 0;
}

static int pack_into(struct arena *a, json_t *v, msgpack_object *to)
{
	*to = (msgpack_object){.type = MSGPACK_OBJECT_NIL};
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return pack_map(a, v, to);
	case JSON_ARRAY:
		return pack_array(a, v, to);
	case JSON_STRING:
		return put_string(a, json_string_value(v), json_string_length(v), to) ? 0 : -1;
	case JSON_INTEGER:
		if (json_integer_value(v) < 0) {
			to->type = MSGPACK_OBJECT_NEGATIVE_INTEGER;
			to->via.i64 = json_integer_value(v);
		} else {
			to->type = MSGPACK_OBJECT_POSITIVE_INTEGER;
			to->via.u64 = (uint64_t)json_integer_value(v);
		}
		break;
	case JSON_REAL:
		to->type = MSGPACK_OBJECT_FLOAT64;
		to->via.f64 = json_real_value(v);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		to->type = MSGPACK_OBJECT_BOOLEAN;
		to->via.boolean = json_is_true(v);
		break;
	case JSON_NULL:
		break;
	}
	return 0;
}

const msgpack_object *json_pack_value(json_t *v, struct arena *a)
{
	msgpack_object *o = arena_alloc(a, sizeof(*o));

	return o == NULL || pack_into(a, v, o) == -1 ? NULL : o;
}
