/* SPDX-License-Identifier: MIT */
#include "stages/eval/keycode.h"

#include <string.h>

#include <xxhash.h>

enum tag { TAG_NULL, TAG_NUMBER, TAG_ORDINAL, TAG_FLOAT, TAG_UUID, TAG_TEXT, TAG_BYTES };

struct code {
	uint8_t b[KEYCODE_COLUMNS * 18];
	size_t n;
};

static void put(struct code *c, const void *p, size_t n)
{
	memcpy(c->b + c->n, p, n);
	c->n += n;
}

/* A number without the zeros at the end of its decimals: 1.50 is 15 with 1, 2.00 is 2 with 0. */
static void put_number(struct code *c, int64_t v, uint8_t scale)
{
	while (scale > 0 && v % 10 == 0) {
		v /= 10;
		scale--;
	}
	put(c, &scale, 1);
	put(c, &v, sizeof(v));
}

static void put_float(struct code *c, double d)
{
	if (__builtin_isnan(d))
		d = __builtin_nan("");
	else if (d == 0)
		d = 0;
	put(c, &d, sizeof(d));
}

/* The digest of a text in lower case: ASCII only, which is what folds in every locale. */
static XXH128_hash_t folded(const struct vtext *t)
{
	char lower[256];
	XXH3_state_t state;

	XXH3_128bits_reset(&state);
	for (size_t i = 0, n; i < t->n; i += n) {
		n = t->n - i < sizeof(lower) ? t->n - i : sizeof(lower);
		for (size_t k = 0; k < n; k++) {
			char ch = t->p[i + k];

			lower[k] = ch >= 'A' && ch <= 'Z' ? (char)(ch | 0x20) : ch;
		}
		XXH3_128bits_update(&state, lower, n);
	}
	return XXH3_128bits_digest(&state);
}

/* Texts go in as a digest of 16 bytes, so that a key has a bounded length. */
static void put_text(struct code *c, const struct vtext *t, bool fold)
{
	XXH128_hash_t h = fold ? folded(t) : XXH3_128bits(t->p, t->n);

	put(c, &h, sizeof(h));
}

static void put_value(struct code *c, const struct vec *v, uint32_t i, bool fold)
{
	static const uint8_t tags[VT_COUNT] = {
		[VT_BOOL] = TAG_ORDINAL,
		[VT_INT] = TAG_NUMBER,
		[VT_DEC] = TAG_NUMBER,
		[VT_DATE] = TAG_ORDINAL,
		[VT_TIME] = TAG_ORDINAL,
		[VT_TS] = TAG_ORDINAL,
		[VT_TSTZ] = TAG_ORDINAL,
		[VT_ENUM] = TAG_ORDINAL,
		[VT_F64] = TAG_FLOAT,
		[VT_UUID] = TAG_UUID,
		[VT_TEXT] = TAG_TEXT,
		[VT_BYTES] = TAG_BYTES,
		[VT_RAW] = TAG_BYTES,
	};
	uint8_t tag = tags[v->type];

	put(c, &tag, 1);
	switch (tag) {
	case TAG_NUMBER:
		put_number(c, v->v.i[i], v->type == VT_DEC ? v->scale : 0);
		break;
	case TAG_ORDINAL:
		put(c, &v->v.i[i], sizeof(int64_t));
		break;
	case TAG_FLOAT:
		put_float(c, v->v.f[i]);
		break;
	case TAG_UUID:
		put(c, v->v.u[i].b, 16);
		break;
	default:
		put_text(c, &v->v.t[i], fold);
		break;
	}
}

uint32_t keycode_at(
	const struct vec *const *cols, uint32_t n, uint32_t fold, uint32_t i, struct keyhash *h)
{
	static const uint8_t null_tag = TAG_NULL;
	struct code c;
	uint32_t nulls = 0;
	XXH128_hash_t x;

	c.n = 0;
	for (uint32_t k = 0; k < n; k++) {
		if (vec_is_null(cols[k], i)) {
			put(&c, &null_tag, 1);
			nulls++;
		} else {
			put_value(&c, cols[k], i, (fold >> k & 1) != 0);
		}
	}
	x = XXH3_128bits(c.b, c.n);
	*h = (struct keyhash){x.high64, x.low64};
	return nulls;
}

bool keycode_is_ascii(const struct vec *v, uint32_t i)
{
	const struct vtext *t = &v->v.t[i];

	for (size_t k = 0; k < t->n; k++)
		if ((unsigned char)t->p[k] >= 0x80)
			return false;
	return true;
}
