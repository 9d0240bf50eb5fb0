/* SPDX-License-Identifier: MIT */
/*
 * Uuids and enums. A uuid of version 4 has 122 free bits (RFC 9562, 5.4). The
 * index goes through a keyed bijection of 62-bit numbers into the last 62 of
 * them, so that distinct indexes are distinct uuids; the other 60 are a hash of
 * key and index, which makes them look random.
 */
#include "common/generators/gen_kit.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/host.h"
#include "common/base/rng.h"

#define LOW62 ((UINT64_C(1) << 62) - 1)

/* Each step is invertible modulo 2^62: an addition, a xor-shift, an odd multiplier. */
static inline uint64_t mix62(uint64_t x, uint64_t key)
{
	x = (x + key) & LOW62;
	x = ((x ^ (x >> 31)) * UINT64_C(0xbf58476d1ce4e5b9)) & LOW62;
	x ^= key >> 3 & LOW62;
	x = ((x ^ (x >> 29)) * UINT64_C(0x94d049bb133111eb)) & LOW62;
	return x ^ (x >> 31);
}

/*
 * The idx-th uuid of a stream, with version 4 and variant 10 set (RFC 9562,
 * 5.4), in network byte order.
 */
static inline struct uuid uuid_at(uint64_t key, uint64_t idx)
{
	uint64_t hi = rng_at(key, idx), lo = mix62(idx, key);
	struct uuid u;

	hi = (hi & ~UINT64_C(0xf000)) | 0x4000;
	lo |= UINT64_C(1) << 63;
	hi = __builtin_bswap64(hi);
	lo = __builtin_bswap64(lo);
	memcpy(u.b, &hi, sizeof(hi));
	memcpy(u.b + sizeof(hi), &lo, sizeof(lo));
	return u;
}

struct uuid gen_uuid_at(uint64_t key, uint64_t idx)
{
	return uuid_at(key, idx);
}

enum { UUID_TEXT = 36 };

/* 36 characters, not terminated; returns how many. */
size_t gen_uuid_text(char *to, const struct uuid *u)
{
	static const char hex[] = "0123456789abcdef";

	for (unsigned i = 0; i < sizeof(u->b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = hex[u->b[i] >> 4];
		*to++ = hex[u->b[i] & 15];
	}
	return UUID_TEXT;
}

static int prepare_uuid(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	(void)params;
	g->space = GEN_SPACE_MAX;
	if (c->type != VT_TEXT)
		return 0;
	g->max_bytes = UUID_TEXT;
	return gen_text_verify(g, c, a, e);
}

/* As 16 bytes, or as text where the column is one. */
static void uuid_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	if (out->type == VT_UUID) {
		for (uint32_t i = 0; i < n; i++)
			out->v.u[i] = uuid_at(g->key, idx[i]);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, UUID_TEXT);
		struct uuid u = gen_uuid_at(g->key, idx[i]);

		(void)gen_uuid_text(p, &u);
		out->v.t[i] = (struct vtext){p, UUID_TEXT};
	}
}

static int prepare_enum(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_range r = {.lo = 0, .step = 1, .step_fixed = true};

	(void)params;
	r.hi = (int64_t)c->base.type->nlabels - 1;
	if (r.hi < 0)
		return err_set(e, ERR_NO, "%s: the column's type has no label", g->op->id);
	return gen_ordinal(g, c, r, a, e);
}

#define UUID_OP(name)                                                                              \
	{                                                                                          \
		.id = name, .help = "a random (version 4) uuid", .families = GF_UUID | GF_TEXT,    \
		.output = GF_UUID, .distinct = GEN_DISTINCT_LETTERS, .prepare = prepare_uuid,      \
		.value = uuid_value                                                                \
	}

const struct gen_op gen_prim_id_ops[] = {
	UUID_OP("primitive.uuid"),
	UUID_OP("primitive.uuid.v4"),
	{.id = "primitive.enum",
		.help = "a label of the column's enum type",
		.families = GF_ENUM,
		.prepare = prepare_enum,
		.value = gen_ordinal_value},
	{0},
};
