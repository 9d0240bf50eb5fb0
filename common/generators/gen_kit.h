/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_KIT_H
#define COMMON_GEN_KIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/generators/gen.h"

/*
 * gen_kit: what families of generators share: ranges and texts held against what
 * the checks of a column leave, and texts put together from parts.
 */

struct err;

/* ---- families: tables that end with id == NULL ------------------------------------ */

extern const struct gen_op gen_prim_num_ops[];
extern const struct gen_op gen_prim_time_ops[];
extern const struct gen_op gen_prim_text_ops[];
extern const struct gen_op gen_prim_id_ops[];
extern const struct gen_op gen_br_ops[];
extern const struct gen_op gen_domain_ops[];
extern const struct gen_op gen_record_ops[];
extern const struct gen_op gen_derive_ops[];
extern const struct gen_op gen_derive_time_ops[];
extern const struct gen_op gen_moment_derive_ops[];
extern const struct gen_op gen_moment_window_ops[];
extern const struct gen_op gen_derive_sibling_ops[];
extern const struct gen_op gen_derive_slug_ops[];
extern const struct gen_op gen_code_ops[];
extern const struct gen_op gen_json_ops[];
extern const struct gen_op gen_code_number_ops[];
extern const struct gen_op gen_code_secret_ops[];
extern const struct gen_op gen_derive_tree_ops[];
extern const struct gen_op gen_shares_ops[];
extern const struct gen_op gen_choice_ops[];
extern const struct gen_op gen_shape_ops[];
extern const struct gen_op gen_lookup_ops[];
extern const struct gen_op gen_listrow_ops[];
extern const struct gen_op gen_native_ops[];
extern const struct transform_op gen_transform_ops[];
extern const struct transform_op gen_transform_mask_ops[];
extern const struct transform_op gen_transform_choice_ops[];

/** gen_native_id(c): the id of the native generator for a column whose type is held as text or
 * bytes, or NULL: nothing is known of the type, or of a domain within it no value passes the
 * checks. */
const char *gen_native_id(const struct gen_column *c);

/** gen_plain_id(c): the id of the generator of a common type, NULL where there is none;
 *  gen_plain_op(id): that generator. */
const char *gen_plain_id(const struct gen_column *c);
const struct gen_op *gen_plain_op(const char *id);

/* ---- drawing through the state ----------------------------------------------------- */

/* The first member of every state: one id may draw in several ways. */
struct gen_draw {
	void (*value)(const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out,
		struct gen_heap *h);
};

/** gen_draw_value: the value() of ops whose state begins with a struct gen_draw. */
void gen_draw_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h);

/* ---- ranges -------------------------------------------------------------------------- */

/* What a generator would draw from, in the units of the column's vector. */
struct gen_range {
	int64_t lo, hi, step;
	bool lo_given, hi_given; /* by a parameter: not to be moved */
	bool step_fixed;	 /* values are multiples of step and of nothing finer */
	bool fills;		 /* it means nothing: bounds of checks take its place */
	int64_t year;		 /* of a time: what a bound that came from the clock keeps off */
};

/**
 * gen_ordinal(g, c, r, a, e):
 * Merge ${r} with the column's type and narrowing and make ${g} draw from it, flat.  What no
 * parameter gave gives way: a default range moves to where the checks allow values, and grows
 * when a unique column needs more.  An empty intersection is ERR_NO and names both.
 */
int gen_ordinal(struct gen *g, const struct gen_column *c, struct gen_range r, struct arena *a,
	struct err *e);
void gen_ordinal_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h);

/** gen_ordinal_draw(g, c, r, a, e): the same for a generator whose value() is gen_draw_value. */
int gen_ordinal_draw(struct gen *g, const struct gen_column *c, struct gen_range r, struct arena *a,
	struct err *e);

/** gen_type_range(c, lo, hi): what the column's type can hold, of an ordinal vector. */
void gen_type_range(const struct gen_column *c, int64_t *lo, int64_t *hi);

/** gen_bounds(c, year, lo, hi): the same merged with the narrowing's bounds and their margin. */
void gen_bounds(const struct gen_column *c, int64_t year, int64_t *lo, int64_t *hi);

/** gen_unit(t): what a day is in a vector of type ${t}: 1 or CAL_DAY. */
int64_t gen_day(enum vtype t);

/* A default by number: what primitive.int, .decimal and semantic.br.money share. */
struct gen_number {
	double min, max;
	bool min_given, max_given;
	bool fills; /* as of struct gen_range */
	bool whole;
	int scale; /* decimals, -1: the column's */
};

/** gen_scaled(d, pow, up): d * pow as a whole number: exact where d is a decimal of that scale,
 * else rounded ${up} or down, saturated. */
int64_t gen_scaled(double d, int64_t pow, bool up);

/** gen_wide(g, c, n, a, e): the same for a wide numeric (pg_widen); gen_wide_value(): its value().
 */
int gen_wide(struct gen *g, const struct gen_column *c, const struct gen_number *n, struct arena *a,
	struct err *e);
void gen_wide_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h);

/** gen_float_range(g, c, n, a, e): the same for a floating-point column; gen_float_value(): its
 * value(), which needs no heap. */
int gen_float_range(struct gen *g, const struct gen_column *c, const struct gen_number *n,
	struct arena *a, struct err *e);
void gen_float_value(const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out);

int gen_number(struct gen *g, const struct gen_column *c, const struct gen_number *n,
	struct arena *a, struct err *e);
void gen_number_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h);

/* ---- texts --------------------------------------------------------------------------- */

struct gen_limits {
	uint32_t min, max; /* characters */
	uint32_t bytes;	   /* at most, of type name; else UINT32_MAX */
};

/** gen_text_limits(c): by the column's type and its checks. */
struct gen_limits gen_text_limits(const struct gen_column *c);

/** gen_word_limits(c): the same for texts that are put together from words of a locale, which are
 * held against the characters alone: type name has room for half as many, because letters of the
 * locales take up to two bytes. */
struct gen_limits gen_word_limits(const struct gen_column *c);

/** gen_text_narrowed(c): whether the checks say anything of the column's texts. */
bool gen_text_narrowed(const struct gen_column *c);

/** gen_text_ok: whether a text passes all the narrowing says (patterns through PCRE2). */
struct gen_text_check;
struct gen_text_check *gen_text_check(
	const struct gen_column *c, struct gen_limits lim, struct arena *a, struct err *e);
bool gen_text_ok(const struct gen_text_check *k, const char *p, size_t n);
void gen_text_check_free(struct gen_text_check *k);

/** gen_text_verify(g, c, a, e): draw a few hundred texts and hold them against the narrowing;
 *  ERR_NO when one fails: the generator cannot honour it.  For texts made from parts. */
int gen_text_verify(struct gen *g, const struct gen_column *c, struct arena *a, struct err *e);

/** gen_list(g, c, v, n, a, e): draw from those of ${v} that the narrowing allows.  ${v} is
 *  static or lives as long as ${g}; its texts are distinct. */
int gen_list(struct gen *g, const struct gen_column *c, const struct vtext *v, uint32_t n,
	struct arena *a, struct err *e);

/** gen_weighted_list(g, c, v, weight, n, a, e): the same, each as often as its weight says
 *  where the column's values need not be distinct.  ${weight} NULL: all 1. */
int gen_weighted_list(struct gen *g, const struct gen_column *c, const struct vtext *v,
	const uint32_t *weight, uint32_t n, struct arena *a, struct err *e);

/** gen_allowed(c, lim, a, n): the texts of c->dom->texts within the limits, or NULL. */
struct vtext *gen_allowed(
	const struct gen_column *c, struct gen_limits lim, struct arena *a, uint32_t *n);

/* ---- choices ----------------------------------------------------------------------------- */

struct gen_choice {
	double weight;
	union {
		int64_t i;
		double f;
		struct vtext t;
		struct uuid u;
	} v;
};

struct gen_choices {
	struct gen_choice *v;
	uint32_t n;
	double sum;	/* of weights */
	uint32_t bytes; /* of the longest text; 0 where values are no texts */
};

/** gen_choices(s, id, c, params, a, e): the parameter choices of ${id}: values of the column's type
 *  that its checks allow. */
int gen_choices(struct gen_choices *s, const char *id, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e);

/** gen_choice_parse(c, t, out): the text as a value of the column's type, dates and times as ISO
 * 8601 has them; false when it is none. */
bool gen_choice_parse(const struct gen_column *c, struct vtext t, struct gen_choice *out);

/** gen_choice_fits(c, k, check): whether the checks, as far as c->dom has them, allow the value;
 *  ${check} is gen_text_check()'s of the column. */
bool gen_choice_fits(
	const struct gen_column *c, const struct gen_choice *k, const struct gen_text_check *check);

/** gen_choice_put(k, v, i): v[i] = its value; ${v} is of the column's type. */
void gen_choice_put(const struct gen_choice *k, struct vec *v, uint32_t i);

/* ---- weights --------------------------------------------------------------------------- */

/* A place of an alias table: the thing of this number, or another one. */
struct gen_place {
	uint32_t below; /* of 2^32: how often it is this one */
	uint32_t other;
};

/** gen_places(weight, n, a): the alias table of n weights, of which none is 0; NULL when memory is
 *  out. */
const struct gen_place *gen_places(const uint64_t *weight, uint32_t n, struct arena *a);

/** gen_pick(p, n, bits): what 64 random bits choose of ${n}; ${p} NULL: each as often.  Both things
 *  of the place are loaded, so that no branch depends on the bits. */
static inline uint32_t gen_pick(const struct gen_place *p, uint32_t n, uint64_t bits)
{
	unsigned __int128 x = (unsigned __int128)bits * n;
	uint32_t at = (uint32_t)(x >> 64), other;

	if (p == NULL)
		return at;
	other = p[at].other ^ at;
	return at ^ (other & -(uint32_t)((uint32_t)(x >> 32) >= p[at].below));
}

/** gen_mix(x, i): 64 random bits of an index that is one of many in a row, for use number ${i}. */
static inline uint64_t gen_mix(uint64_t x, uint64_t i)
{
	x = (x + i * 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 32)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 32);
}

/* ---- texts from parts ------------------------------------------------------------------ */

enum gen_part_kind {
	PART_LITERAL, /* text */
	PART_WORD,    /* one of words[0..nwords) */
	PART_OTHER,   /* the same, but not the word of the part before it that has words */
	PART_DIGITS,  /* exactly width digits, from + 0..count-1 */
	PART_NUMBER,  /* from + 0..count-1 without leading zeros */
};

struct gen_part {
	enum gen_part_kind kind;
	const char *text;
	const struct vtext *words;
	const uint32_t *weight; /* [nwords], each at least 1; NULL: all 1 */
	uint32_t nwords;
	uint32_t width;
	uint64_t from, count;
};

enum { GEN_PARTS = 16 };

/**
 * gen_parts(g, c, p, n, a, e):
 * A text of ${n} parts, which are put together as those of a form are: gen_form.h.  Words that
 * would make it too long or too short for the column are left out, and where the column needs
 * distinct values, words that let a text be read in two ways.  The column may be text, or a type
 * held as text.
 */
int gen_parts(struct gen *g, const struct gen_column *c, const struct gen_part *p, uint32_t n,
	struct arena *a, struct err *e);

/** gen_transliterate(p, n, to): letters and digits of UTF-8 ${p} in lower-case ASCII, accents
 * dropped, the rest left out; bytes written, at most 2 * ${n}. */
size_t gen_transliterate(const char *p, size_t n, char *to);

/** gen_uuid_at(key, idx): the version 4 uuid of an index below 2^62. */
struct uuid gen_uuid_at(uint64_t key, uint64_t idx);

/** gen_uuid_text(to, u): its 36 characters; 36. */
size_t gen_uuid_text(char *to, const struct uuid *u);

enum { GEN_SPACE_BITS = 62 };
#define GEN_SPACE_MAX (UINT64_C(1) << GEN_SPACE_BITS)

/** gen_mul(a, b): a * b, at most 2^62. */
static inline uint64_t gen_mul(uint64_t a, uint64_t b)
{
	unsigned __int128 p = (unsigned __int128)a * b;

	return p > GEN_SPACE_MAX ? GEN_SPACE_MAX : (uint64_t)p;
}

static inline uint64_t gen_add(uint64_t a, uint64_t b)
{
	return a > GEN_SPACE_MAX - b ? GEN_SPACE_MAX : a + b;
}

#endif
