/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_GEN_FIXTURE_H
#define TESTS_UNIT_GEN_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/generators/gen.h"
#include "common/generators/genreg.h"
#include "common/io/msgpack.h"
#include "tests/unit/check.h"

/* A column of a type, made by hand, and blocks of values drawn for it. */
struct gen_fix {
	struct arena a;
	struct pg_type type;
	struct pg_column column;
	struct pg_table table;
	struct gen_column c;
	struct sql_domain dom;
	msgpack_object params, *given;
	msgpack_zone *zone;
	struct buf packed;
	struct gen g;
	struct err e;
};

static inline void fix_column(struct gen_fix *f, enum pg_class cls, int32_t typmod)
{
	memset(f, 0, sizeof(*f));
	f->a = ARENA_INIT;
	f->type = (struct pg_type){
		.schema = "pg_catalog", .name = pg_class_name(cls), .cls = cls, .typmod = -1};
	f->column = (struct pg_column){
		.name = "c", .type = &f->type, .typmod = typmod, .formatted = pg_class_name(cls)};
	f->table =
		(struct pg_table){.schema = "s", .name = "t", .columns = &f->column, .ncolumns = 1};
	f->c = (struct gen_column){.table = &f->table,
		.column = &f->column,
		.base = {&f->type, typmod},
		.key = 0x1234567,
		.rows = 1000,
		.distinct = true,
		.as_of = (int32_t)cal_days(2026, 11, 22),
		.by_rule = true};
	f->c.type = pg_vtype(f->c.base, &f->c.scale);
	f->dom = (struct sql_domain){.max_len = UINT32_MAX};
}

/* Parameters: name, kind letter (i d s b), value ...; NULL ends. */
static inline void fix_str(struct gen_fix *f, const char *name, const char *value)
{
	mp_kstr(&f->packed, name, value);
}

static inline void fix_params(struct gen_fix *f, uint32_t n)
{
	f->packed = BUF_INIT;
	mp_map(&f->packed, n);
}

/* A JSON value as msgpack, as plan-check passes it on. */
static inline void fix_json(struct buf *b, const json_t *v)
{
	const char *key;
	json_t *member;
	size_t i;

	switch (json_typeof(v)) {
	case JSON_OBJECT:
		mp_map(b, (uint32_t)json_object_size(v));
		json_object_foreach((json_t *)(uintptr_t)v, key, member)
		{
			mp_str(b, key);
			fix_json(b, member);
		}
		break;
	case JSON_ARRAY:
		mp_array(b, (uint32_t)json_array_size(v));
		json_array_foreach(v, i, member)
		{
			fix_json(b, member);
		}
		break;
	case JSON_STRING:
		mp_str(b, json_string_value(v));
		break;
	case JSON_INTEGER:
		mp_int(b, json_integer_value(v));
		break;
	case JSON_REAL:
		mp_double(b, json_real_value(v));
		break;
	case JSON_NULL:
		mp_nil(b);
		break;
	default:
		mp_bool(b, json_is_true(v));
	}
}

/* Parameters that are written as a JSON object. */
static inline void fix_given(struct gen_fix *f, const char *params)
{
	json_t *o = json_loads(params, 0, NULL);

	CHECK(json_is_object(o));
	f->packed = BUF_INIT;
	fix_json(&f->packed, o);
	json_decref(o);
}

/* The parameters that a row of the table gives as its example. */
static inline void fix_example(struct gen_fix *f, const struct gen_op *op)
{
	if (op->example != NULL && op->example[0] == '{')
		fix_given(f, op->example);
}

static inline int fix_prepare(struct gen_fix *f, const char *id)
{
	const struct gen_op *op = genreg_find(id);

	f->e = (struct err){0};
	if (op == NULL)
		return err_set(&f->e, ERR_INPUT, "no generator %s", id);
	if (f->packed.n > 0) {
		if (f->zone != NULL)
			msgpack_zone_free(f->zone);
		f->zone = msgpack_zone_new(1024);
		if (mp_parse(f->zone, f->packed.p, f->packed.n, &f->params, &f->e) == -1)
			return -1;
		f->given = &f->params;
	}
	return gen_prepare(&f->g, op, &f->c, f->given, &f->a, &f->e);
}

static inline void fix_free(struct gen_fix *f)
{
	if (f->zone != NULL)
		msgpack_zone_free(f->zone);
	buf_free(&f->packed);
	arena_free(&f->a);
}

/* One block of values for the indexes; the heap holds exactly what was promised. */
static inline void fix_draw(
	struct gen_fix *f, const uint64_t *idx, uint32_t n, struct vec *v, struct gen_heap *h)
{
	if (v->null == NULL) {
		CHECK(vec_init(v, f->c.type, &f->a));
		v->scale = f->c.scale;
		CHECK(gen_heap_reserve(h, (size_t)VEC_BLOCK * f->g.max_bytes + 1));
	}
	gen_heap_reset(h);
	v->n = n;
	f->g.op->value(&f->g, idx, n, v, h);
}

/* The bytes of a value, whatever its type. */
static inline size_t fix_bytes(const struct vec *v, uint32_t i, const void **p)
{
	if (vec_is_ordinal(v->type) || v->type == VT_F64) {
		*p = &v->v.i[i];
		return 8;
	}
	if (v->type == VT_UUID) {
		*p = &v->v.u[i];
		return 16;
	}
	*p = v->v.t[i].p;
	return v->v.t[i].n;
}

static inline uint64_t fix_hash(const struct vec *v, uint32_t i)
{
	const unsigned char *p;
	const void *at;
	size_t n = fix_bytes(v, i, &at);
	uint64_t h = 0xcbf29ce484222325ULL;

	p = at;
	for (size_t k = 0; k < n; k++)
		h = (h ^ p[k]) * 0x100000001b3ULL;
	return rng_subkey(h, n);
}

static inline int fix_by_u64(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, 8);
	memcpy(&y, b, 8);
	return x < y ? -1 : x > y;
}

enum { FIX_VALUES = 10 * VEC_BLOCK };

/* Draw up to 10240 values of distinct indexes; how many are alike. */
static inline uint64_t fix_doubles(struct gen_fix *f, void (*each)(const struct vec *, uint32_t))
{
	static uint64_t hash[FIX_VALUES], idx[VEC_BLOCK];
	struct gen_heap h = GEN_HEAP_INIT;
	struct vec v = {0};
	uint64_t doubles = 0, first = 0, again = 0, space = f->g.space, stride;
	uint32_t n = space < FIX_VALUES ? (uint32_t)space : FIX_VALUES;

	stride = space / n;
	for (uint32_t i = 0; i < n; i += VEC_BLOCK) {
		uint32_t m = n - i < VEC_BLOCK ? n - i : VEC_BLOCK;

		for (uint32_t k = 0; k < m; k++)
			idx[k] = (uint64_t)(i + k) * stride;
		fix_draw(f, idx, m, &v, &h);
		for (uint32_t k = 0; k < m; k++) {
			hash[i + k] = fix_hash(&v, k);
			first = first * 31 + hash[i + k];
			if (each != NULL)
				each(&v, k);
		}
		fix_draw(f, idx, m, &v, &h);
		for (uint32_t k = 0; k < m; k++)
			again = again * 31 + fix_hash(&v, k);
	}
	CHECK(first == again);
	qsort(hash, n, sizeof(hash[0]), fix_by_u64);
	for (uint32_t i = 1; i < n; i++)
		doubles += hash[i] == hash[i - 1];
	gen_heap_free(&h);
	return doubles;
}

#endif
