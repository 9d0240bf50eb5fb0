/* SPDX-License-Identifier: MIT */
/*
 * Lists of the plan's own, from plan.msgpack. plan-check has verified what stands
 * there; whatever has another shape all the same is refused as a whole.
 *
 * A locale of the set has the plan's lists, and behind them the compiled ones;
 * behind these are the plan's lists of "any", and those that are compiled.
 */
#include <string.h>

#include "common/generators/locale.h"
#include "common/io/msgpack.h"

/* The strings of an array, terminated; NULL where one is none. */
static const struct vtext *texts(const msgpack_object *v, size_t n, struct arena *a)
{
	struct vtext *to = arena_array(a, n + 1, sizeof(*to));

	for (size_t i = 0; to != NULL && i < n; i++) {
		if (v[i].type != MSGPACK_OBJECT_STR)
			return NULL;
		to[i].p = arena_strndup(a, v[i].via.str.ptr, v[i].via.str.size);
		to[i].n = v[i].via.str.size;
		if (to[i].p == NULL)
			return NULL;
	}
	return to;
}

static bool read_columns(struct locale_list *l, const msgpack_object *o, struct arena *a)
{
	size_t n;
	const msgpack_object *v = mp_get_array(o, "columns", &n);
	const struct vtext *names = texts(v, n, a);
	const char **to = arena_array(a, n + 1, sizeof(*to));

	l->ncolumns = n > 0 ? (uint32_t)n : 1;
	if (names == NULL || to == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		to[i] = names[i].p;
	l->columns = n > 0 ? to : NULL;
	return true;
}

static bool read_weights(struct locale_list *l, const msgpack_object *o, struct arena *a)
{
	size_t n;
	const msgpack_object *v = mp_get_array(o, "weights", &n);
	uint32_t *to = arena_array(a, n + 1, sizeof(*to));

	if (to == NULL || (n > 0 && n != l->n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (v[i].type != MSGPACK_OBJECT_POSITIVE_INTEGER || v[i].via.u64 > UINT32_MAX)
			return false;
		to[i] = (uint32_t)v[i].via.u64;
	}
	l->weight = n > 0 ? to : NULL;
	return true;
}

/* The entries may be there twice for all that is known here. */
static bool read_list(struct locale_list *l, const msgpack_object_kv *kv, struct arena *a)
{
	size_t n;
	const msgpack_object *cells = mp_get_array(&kv->val, "cells", &n);

	if (kv->key.type != MSGPACK_OBJECT_STR || n > UINT32_MAX || !read_columns(l, &kv->val, a) ||
		n == 0 || n % l->ncolumns != 0)
		return false;
	l->n = (uint32_t)(n / l->ncolumns);
	l->name = arena_strndup(a, kv->key.via.str.ptr, kv->key.via.str.size);
	l->v = texts(cells, n, a);
	l->distinct = l->columns == NULL;
	return l->name != NULL && l->v != NULL && read_weights(l, &kv->val, a);
}

static bool read_locale(struct locale *l, const msgpack_object_kv *kv, struct arena *a)
{
	struct locale_list *lists;

	if (kv->key.type != MSGPACK_OBJECT_STR || kv->val.type != MSGPACK_OBJECT_MAP ||
		(lists = arena_array(a, kv->val.via.map.size + 1UL, sizeof(*lists))) == NULL)
		return false;
	for (uint32_t i = 0; i < kv->val.via.map.size; i++)
		if (!read_list(&lists[i], &kv->val.via.map.ptr[i], a))
			return false;
	*l = (struct locale){.name = arena_strndup(a, kv->key.via.str.ptr, kv->key.via.str.size),
		.lists = lists,
		.nlists = kv->val.via.map.size};
	return l->name != NULL;
}

/* The lists of the set that have the name, or none. */
static const struct locale *own(const struct locale *v, uint32_t n, const char *name)
{
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return &v[i];
	return NULL;
}

/*
 * A locale's chain: its own lists, the compiled ones, those of "any". Every
 * compiled locale gets one, since "any" may have lists of the plan's own.
 */
static bool chain(struct locale_set *set, const struct locale *v, uint32_t n, struct arena *a)
{
	size_t most = locale_count();
	struct locale *to = arena_array(a, 4 * most + 1, sizeof(*to));

	if (to == NULL)
		return false;
	set->v = to;
	set->n = (uint32_t)most;
	for (size_t i = 0; i < most; i++) {
		const struct locale *l = locale_at(i), *mine = own(v, n, l->name);
		const struct locale *any = own(v, n, l->rest->name);
		struct locale *last = &to[most + 2 * i], *middle = last + 1;

		*last = any != NULL ? *any : (struct locale){.name = l->rest->name};
		last->rest = l->rest;
		*middle = *l;
		middle->rest = last;
		to[i] = mine != NULL ? *mine : (struct locale){.name = l->name};
		to[i].rest = middle;
	}
	return true;
}

const struct locale_set *locale_unpack(const msgpack_object *data, struct arena *a)
{
	struct locale_set *set = arena_alloc(a, sizeof(*set));
	struct locale *v;

	if (set == NULL || data->type != MSGPACK_OBJECT_MAP ||
		(v = arena_array(a, data->via.map.size + 1UL, sizeof(*v))) == NULL)
		return NULL;
	for (uint32_t i = 0; i < data->via.map.size; i++)
		if (!read_locale(&v[i], &data->via.map.ptr[i], a))
			return NULL;
	return chain(set, v, data->via.map.size, a) ? set : NULL;
}
