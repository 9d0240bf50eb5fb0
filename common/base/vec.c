/* SPDX-License-Identifier: MIT */
/*
 * Vectors: a block of values of one type, the unit in which columns are
 * generated, evaluated and written. The values of a vector are an array whose
 * type depends on the kind (enum vtype), beside it an array of null flags,
 * which counts only if has_null is set.
 */
#include "common/base/vec.h"

#include <string.h>

static const struct {
	const char *name;
	size_t size; /* bytes of a value in v */
} types[VT_COUNT] = {
	[VT_BOOL] = {"bool", sizeof(int64_t)},
	[VT_INT] = {"int", sizeof(int64_t)},
	[VT_DEC] = {"dec", sizeof(int64_t)},
	[VT_DATE] = {"date", sizeof(int64_t)},
	[VT_TIME] = {"time", sizeof(int64_t)},
	[VT_TS] = {"ts", sizeof(int64_t)},
	[VT_TSTZ] = {"tstz", sizeof(int64_t)},
	[VT_ENUM] = {"enum", sizeof(int64_t)},
	[VT_F64] = {"f64", sizeof(double)},
	[VT_UUID] = {"uuid", sizeof(struct uuid)},
	[VT_TEXT] = {"text", sizeof(struct vtext)},
	[VT_BYTES] = {"bytes", sizeof(struct vtext)},
	[VT_RAW] = {"raw", sizeof(struct vtext)},
};

bool vtext_is_bare(const struct vtext *t)
{
	for (size_t i = 0; i < t->n; i++) {
		unsigned char c = (unsigned char)t->p[i];

		if (c < 0x20 || c == 0x7f || c == '"' || c == '\'' || c == ',' || c == '\\')
			return false;
	}
	return t->n > 0;
}

bool vec_init(struct vec *v, enum vtype type, struct arena *a)
{
	void *values = arena_array(a, VEC_BLOCK, types[type].size);

	*v = (struct vec){.type = type, .null = arena_array(a, VEC_BLOCK, 1)};
	v->v.i = values;
	return values != NULL && v->null != NULL;
}

/* The first NULL of a block clears the flags. */
void vec_set_null(struct vec *v, uint32_t i)
{
	if (!v->has_null) {
		memset(v->null, 0, VEC_BLOCK);
		v->has_null = true;
	}
	v->null[i] = 1;
}

void vec_take(struct vec *to, uint32_t i, const struct vec *from, uint32_t j)
{
	if (vec_is_null(from, j)) {
		vec_set_null(to, i);
		return;
	}
	if (to->has_null)
		to->null[i] = 0;
	if (vec_is_ordinal(from->type))
		to->v.i[i] = from->v.i[j];
	else if (from->type == VT_F64)
		to->v.f[i] = from->v.f[j];
	else if (from->type == VT_UUID)
		to->v.u[i] = from->v.u[j];
	else
		to->v.t[i] = from->v.t[j];
}

bool vec_keep(struct vec *to, uint32_t i, const struct vec *from, uint32_t j, struct arena *a)
{
	struct vtext *t;
	char *p;

	vec_take(to, i, from, j);
	if (vec_is_null(from, j) || from->type < VT_TEXT)
		return true;
	t = &to->v.t[i];
	if ((p = arena_alloc(a, t->n + TEXT_ROOM)) == NULL)
		return false;
	if (t->n > 0)
		memcpy(p, t->p, t->n);
	t->p = p;
	return true;
}

const char *vtype_name(enum vtype t)
{
	return t < VT_COUNT ? types[t].name : "unknown";
}
