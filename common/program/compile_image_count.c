/* SPDX-License-Identifier: MIT */
/*
 * Counting the images of a generator's values under expressions of unique keys: compile_image.c
 * says what for.
 */
#include "common/program/compile.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "common/base/perm.h"
#include "common/base/rng.h"

enum {
	IMAGES_USUAL = 1024, /* values that are kept even if a key needs fewer, for variety */
	TRIED_PER_IMAGE = 4,
	GROWTH = 3, /* a larger range: 2^3 times as large, ... */
	GROWN = 36  /* ... up to 2^36 times */
};

/* ---- images ---------------------------------------------------------------------------- */

/* The generator of a column: that of its values, and which of these are drawn. */
struct kept {
	struct gen of;
	uint64_t *idx;
};

/* What is counted. */
struct counting {
	const struct compiler *k;
	uint32_t col;
	struct gen *g;
	const struct vec **cols;
	struct gen_heap heap;
	struct arena tmp, table;
	struct vec v;
	uint64_t (*hash)[VEC_BLOCK]; /* of a block, by expression; 0: it fails, UINT64_MAX: NULL */
	uint32_t n_of;		     /* expressions */
	uint64_t *seen, mask;	     /* hashes of images: open addressing, 0 is a free place */
	uint64_t *idx, n, most;
};

/* The hash of a text, or of a value's bytes: FNV-1a, mixed.  That equal images have equal hashes is
 * all that is needed of it: two that collide cost one value. */
static uint64_t hash_bytes(const void *p, size_t n, uint64_t seed)
{
	const uint8_t *b = p;
	uint64_t h = seed ^ UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * UINT64_C(0x100000001b3);
	h = rng_at(seed, h);
	return h != 0 ? h : 1;
}

/* The hash of an image; equal values have equal ones, however they are written. */
static uint64_t hash_of(const struct vec *v, uint32_t i, bool padded, uint64_t seed)
{
	int64_t x;
	uint8_t scale;
	size_t n;

	if (vec_is_null(v, i))
		return hash_bytes("", 0, ~seed);
	switch (v->type) {
	case VT_DEC: /* 1.50 is 1.5 */
		for (x = v->v.i[i], scale = v->scale; scale > 0 && x % 10 == 0; scale--)
			x /= 10;
		return hash_bytes(&x, sizeof(x), seed + scale);
	case VT_F64:
		x = isnan(v->v.f[i]) ? -1 : 0;
		memcpy(&x, v->v.f[i] == 0 || x != 0 ? (const void *)&x : &v->v.f[i], sizeof(x));
		return hash_bytes(&x, sizeof(x), seed);
	case VT_UUID:
		return hash_bytes(&v->v.u[i], sizeof(v->v.u[i]), seed);
	case VT_TEXT:
	case VT_BYTES:
	case VT_RAW: /* blanks at the end of a char(n) do not count */
		for (n = v->v.t[i].n; padded && n > 0 && v->v.t[i].p[n - 1] == ' ';)
			n--;
		return hash_bytes(v->v.t[i].p, n, seed);
	default:
		return hash_bytes(&v->v.i[i], sizeof(v->v.i[i]), seed);
	}
}

/* The place of a hash in the table: its own, or a free one. */
static uint64_t *place(const struct counting *p, uint64_t hash)
{
	uint64_t at = hash & p->mask;

	while (p->seen[at] != 0 && p->seen[at] != hash)
		at = (at + 1) & p->mask;
	return &p->seen[at];
}

/* Values of the generator by their indexes. */
static void values(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *v, struct gen_heap *h)
{
	v->n = n;
	v->has_null = false;
	if (g->op->value != NULL && !g->ordinal)
		g->op->value(g, idx, n, v, h);
	else
		for (uint32_t i = 0; i < n; i++)
			v->v.i[i] = (int64_t)((uint64_t)g->lo + (uint64_t)g->step * idx[i]);
}

/* One image of the first n values: hash[i], or 0 where the expression fails, as it would in
 * PostgreSQL.  A block with a failure is evaluated value by value. */
static int images(
	struct counting *p, const struct key_image *m, uint64_t seed, uint64_t *hash, struct err *e)
{
	const bool padded = strncmp(sql_result_name(m->x), "character", 9) == 0 &&
			    strncmp(sql_result_name(m->x), "character varying", 17) != 0;
	struct vec out = {0}, one = p->v;
	uint32_t n = p->v.n;
	int failed = sql_value(m->x, p->cols, n, &out, &p->tmp, e);

	for (uint32_t i = 0; i < n && failed == 0; i++)
		hash[i] = vec_is_null(&out, i) && !m->null_counts ? UINT64_MAX
								  : hash_of(&out, i, padded, seed);
	for (uint32_t i = 0; i < n && failed > 0; i++) {
		int rc;

		one.n = 1;
		if (vec_is_ordinal(one.type))
			one.v.i = p->v.v.i + i;
		else if (one.type == VT_F64)
			one.v.f = p->v.v.f + i;
		else if (one.type == VT_UUID)
			one.v.u = p->v.v.u + i;
		else
			one.v.t = p->v.v.t + i;
		p->cols[p->col] = &one;
		rc = sql_value(m->x, p->cols, 1, &out, &p->tmp, e);
		p->cols[p->col] = &p->v;
		if (rc == -1)
			return -1;
		hash[i] = rc > 0 ? 0
			  : vec_is_null(&out, 0) && !m->null_counts
				  ? UINT64_MAX
				  : hash_of(&out, 0, padded, seed);
	}
	return failed < 0 ? -1 : 0;
}

/* Whether all images of value i are new; if so they are entered. */
static bool is_new(struct counting *p, uint32_t i)
{
	for (uint32_t m = 0; m < p->n_of; m++)
		if (p->hash[m][i] == 0 ||
			(p->hash[m][i] != UINT64_MAX && *place(p, p->hash[m][i]) != 0))
			return false;
	for (uint32_t m = 0; m < p->n_of; m++)
		if (p->hash[m][i] != UINT64_MAX)
			*place(p, p->hash[m][i]) = p->hash[m][i];
	return true;
}

/* Makes the values of a block of indexes, and keeps those whose images are new. */
static int count_block(struct counting *p, const uint64_t *idx, uint32_t n, struct err *e)
{
	const struct compiler *k = p->k;

	gen_heap_reset(&p->heap);
	arena_reset(&p->tmp);
	values(p->g, idx, n, &p->v, &p->heap);
	p->n_of = 0;
	for (uint32_t m = 0; m < k->nimages; m++)
		if (k->images[m].col == p->col && k->images[m].letters == 0 &&
			images(p, &k->images[m], m + 1, p->hash[p->n_of++], e) == -1)
			return -1;
	for (uint32_t i = 0; i < n && p->n < p->most; i++)
		if (is_new(p, i))
			p->idx[p->n++] = idx[i];
	return 0;
}

/* Tries indexes until there are values enough: all of them in any order, or one of each of so many
 * equal parts. */
static int count(struct counting *p, struct err *e)
{
	const uint64_t space = p->g->space, seed = compile_key_of(p->k, "images", "count");
	uint64_t tries = p->most * TRIED_PER_IMAGE, idx[VEC_BLOCK];
	struct perm perm;

	if (tries < 4 * IMAGES_USUAL)
		tries = 4 * IMAGES_USUAL;
	if (space <= 2 * (uint64_t)IMAGES_MOST || tries > space)
		tries = space;
	perm_init(&perm, seed, tries);
	for (uint64_t at = 0; at < tries && p->n < p->most;) {
		uint32_t n = 0;

		for (; n < VEC_BLOCK && at < tries; n++, at++) {
			uint64_t part = perm_at(&perm, at), width = space / tries;

			idx[n] = tries == space
					 ? part
					 : part * width + rng_below(rng_at(seed, part), width);
		}
		if (count_block(p, idx, n, e) == -1)
			return -1;
	}
	return 0;
}

/* Draws from the values that were kept. */
static void kept_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct kept *s = g->state;
	uint64_t of[VEC_BLOCK];

	assert(n <= VEC_BLOCK);
	for (uint32_t i = 0; i < n; i++)
		of[i] = s->idx[idx[i]];
	values(&s->of, of, n, out, h);
}

/* The generator that draws from n values of another one. */
static int draw_kept(const struct compiler *k, struct gen *g, uint64_t *idx, uint64_t n)
{
	struct kept *s = arena_alloc(k->a, sizeof(*s));
	struct gen_op *op = arena_alloc(k->a, sizeof(*op));

	if (s == NULL || op == NULL)
		return -1;
	*s = (struct kept){*g, idx};
	*op = *g->op;
	op->value = kept_value;
	op->tally = NULL;
	g->op = op;
	g->state = s;
	g->space = n;
	g->ordinal = false;
	g->lengths = 0;
	return 0;
}

/* Memory for counting. */
static bool counting_init(struct counting *p)
{
	const struct compiler *k = p->k;
	const struct program_column *b = &k->b->columns[p->col];
	uint64_t places = 4;

	while (places < 2 * p->most * k->nimages)
		places *= 2;
	p->mask = places - 1;
	p->seen = arena_array(&p->table, places, sizeof(uint64_t));
	p->idx = arena_array(k->a, p->most + 1, sizeof(uint64_t));
	p->cols = arena_array(k->a, compiler_table(k)->ncolumns + 1UL, sizeof(*p->cols));
	p->hash = arena_array(k->a, k->nimages, sizeof(*p->hash));
	if (p->seen == NULL || p->idx == NULL || p->cols == NULL || p->hash == NULL ||
		!vec_init(&p->v, b->type, k->a) ||
		!gen_heap_reserve(&p->heap, (size_t)p->g->max_bytes * VEC_BLOCK + 1))
		return false;
	p->v.scale = b->scale;
	p->cols[p->col] = &p->v;
	return true;
}

/* Counts from the beginning, of a generator with another range. */
static int count_anew(struct counting *p, struct err *e)
{
	p->n = 0;
	memset(p->seen, 0, (p->mask + 1) * sizeof(uint64_t));
	return count(p, e);
}

/* Whether an expression of a key has to be counted for the column. */
static bool has_images(const struct compiler *k, uint32_t c)
{
	for (uint32_t i = 0; i < k->nimages; i++)
		if (k->images[i].col == c && k->images[i].letters == 0)
			return true;
	return false;
}

/* Has the generator draw values with different images only, as many as there are, up to what
 * is needed.  A default range is enlarged while that helps. */
static int draw_images(
	const struct compiler *k, uint32_t c, uint64_t need, struct gen *g, struct err *e)
{
	struct counting p = {.k = k, .col = c, .g = g};
	struct gen larger;
	struct err why = {.kind = ERR_NONE};
	int rc = 0;

	if (g->op->derives || g->affine || g->space == 0)
		return err_set(e, ERR_NO, "%s: its values are not drawn one by one", g->op->id);
	p.most = need < IMAGES_USUAL ? IMAGES_USUAL : need > IMAGES_MOST ? IMAGES_MOST : need;
	if (!counting_init(&p))
		rc = err_nomem(e);
	rc = rc == 0 ? count_anew(&p, e) : rc;
	for (uint32_t grow = GROWTH; rc == 0 && p.n < need && grow <= GROWN &&
				     !k->b->columns[c].gc.by_rule && need >> 24 == 0;
		grow += GROWTH) {
		if (compile_plain_generator(k, c, true, need << grow, &larger, &why) == -1)
			break;
		if (larger.space <= g->space)
			continue;
		*g = larger;
		rc = count_anew(&p, e);
	}
	if (rc == 0 && draw_kept(k, g, p.idx, p.n) == -1)
		rc = err_nomem(e);
	gen_heap_free(&p.heap);
	arena_free(&p.tmp);
	arena_free(&p.table);
	return rc;
}

/* compile_plain_generator(), and it draws only values whose images under the expressions of unique
 * keys differ. */
int compile_generator(const struct compiler *k, uint32_t c, bool unique, uint64_t rows,
	struct gen *g, struct err *e)
{
	if (compile_plain_generator(k, c, unique, rows, g, e) == -1)
		return -1;
	return k->nimages > 0 && has_images(k, c) ? draw_images(k, c, rows, g, e) : 0;
}
