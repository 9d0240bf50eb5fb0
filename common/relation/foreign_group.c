/* SPDX-License-Identifier: MIT */
/*
 * Rows of a parent grouped by the values of some columns. Followers of a base ask
 * for the rows that agree with given values, and get them as one contiguous piece
 * of a list. It is a hash table with open addressing over 128-bit hashes (XXH3);
 * values themselves are not compared, since two groups collide with a probability
 * below 2^-60 even for billions of rows. Table and list are scratch files, because
 * a parent can be larger than memory. The list is filled by counting first and
 * placing second, as in counting sort.
 */
#include "common/relation/foreign_group.h"

#include <string.h>

#include <xxhash.h>

#include "common/base/err.h"

/* A group: the hash of its values, and which part of the list has its rows. */
struct slot {
	struct group_hash h;
	uint64_t start, count;
};

enum { FIRST_SLOTS = 1024, GROWTH = 4 };

/* The zero hash stands for a row with a NULL among the values. It belongs to no
 * group, as NULL equals nothing. */
static bool is_none(struct group_hash h)
{
	return h.a == 0 && h.b == 0;
}

/* The hash of a value on top of the hash of the values before it. The lowest bit
 * of b is set so that no real hash is the zero hash. */
static struct group_hash add(struct group_hash h, const void *p, size_t n)
{
	XXH128_hash_t x = XXH3_128bits_withSeed(p, n, h.a);

	return (struct group_hash){x.low64 + h.b, x.high64 | 1};
}

void group_add(const struct vec *v, uint32_t n, struct group_hash *h)
{
	for (uint32_t i = 0; i < n; i++) {
		if (vec_is_null(v, i) || is_none(h[i]))
			h[i] = (struct group_hash){0, 0};
		else if (v->type == VT_UUID)
			h[i] = add(h[i], &v->v.u[i], sizeof(v->v.u[i]));
		else if (v->type >= VT_TEXT)
			h[i] = add(h[i], v->v.t[i].p, v->v.t[i].n);
		else
			h[i] = add(h[i], &v->v.i[i], sizeof(v->v.i[i]));
	}
}

/* Hashes of the given rows' values, for a block at once. */
void group_hashes(
	const struct group_columns *of, const uint64_t *row, uint32_t n, struct group_hash *h)
{
	uint8_t null[VEC_BLOCK];
	union {
		int64_t i[VEC_BLOCK];
		struct uuid u[VEC_BLOCK];
		struct vtext t[VEC_BLOCK];
	} room;

	for (uint32_t i = 0; i < n; i++)
		h[i] = (struct group_hash){0, 1};
	for (uint32_t c = 0; c < of->n; c++) {
		struct vec v = {.null = null, .v.i = room.i};

		v.type = keys_type(of->keys, of->col[c], &v.scale);
		keys_gather(of->keys, of->col[c], row, n, &v);
		group_add(&v, n, h);
	}
}

/* The slot of a hash, or the empty slot where it belongs. The table is never
 * full. */
static struct slot *interval_of(const struct scratch *slots, uint64_t mask, struct group_hash h)
{
	struct slot *s = slots->p;
	uint64_t at = h.a & mask;

	while (!is_none(s[at].h) && (s[at].h.a != h.a || s[at].h.b != h.b))
		at = (at + 1) & mask;
	return &s[at];
}

/* Makes the table four times as large and moves the slots over. */
static int grow(struct group *g, const char *dir, struct err *e)
{
	uint64_t size = g->slots.p == NULL ? FIRST_SLOTS : (g->mask + 1) * GROWTH;
	const struct slot *old = g->slots.p;
	struct scratch more;

	if (scratch_open(&more, dir, size, sizeof(struct slot), e) == -1)
		return -1;
	for (uint64_t i = 0; old != NULL && i <= g->mask; i++)
		if (!is_none(old[i].h))
			*interval_of(&more, size - 1, old[i].h) = old[i];
	scratch_close(&g->slots);
	g->slots = more;
	g->mask = size - 1;
	return 0;
}

/* Rows [row0, ...) of a block, and what group each is of. */
static uint32_t block(const struct group_columns *of, uint64_t row0, uint64_t rows,
	uint64_t row[VEC_BLOCK], struct group_hash h[VEC_BLOCK])
{
	uint32_t n = rows - row0 < VEC_BLOCK ? (uint32_t)(rows - row0) : VEC_BLOCK;

	for (uint32_t i = 0; i < n; i++)
		row[i] = row0 + i;
	group_hashes(of, row, n, h);
	return n;
}

/* First pass: how many rows each group has. The table grows when it is half
 * full. */
static int count(struct group *g, const struct group_columns *of, const char *dir, struct err *e)
{
	uint64_t rows = keys_rows(of->keys), row[VEC_BLOCK];
	struct group_hash h[VEC_BLOCK];

	for (uint64_t row0 = 0; row0 < rows; row0 += VEC_BLOCK) {
		uint32_t n = block(of, row0, rows, row, h);

		for (uint32_t i = 0; i < n; i++) {
			struct slot *s;

			if (is_none(h[i]))
				continue;
			if (g->used * 2 > g->mask && grow(g, dir, e) == -1)
				return -1;
			s = interval_of(&g->slots, g->mask, h[i]);
			g->used += is_none(s->h);
			s->h = h[i];
			s->count++;
		}
	}
	return 0;
}

/* Second pass: each group gets its piece of the list, and rows are placed in
 * ascending order within it. The order is part of what rows look like, and so
 * must not depend on the hash table. */
static void fill(struct group *g, const struct group_columns *of)
{
	uint64_t rows = keys_rows(of->keys), row[VEC_BLOCK], at = 0, *list = g->rows.p;
	struct group_hash h[VEC_BLOCK];
	struct slot *s = g->slots.p;

	for (uint64_t i = 0; i <= g->mask; i++) {
		s[i].start = at;
		at += s[i].count;
		s[i].count = 0;
	}
	for (uint64_t row0 = 0; row0 < rows; row0 += VEC_BLOCK) {
		uint32_t n = block(of, row0, rows, row, h);

		for (uint32_t i = 0; i < n; i++) {
			struct slot *x;

			if (is_none(h[i]))
				continue;
			x = interval_of(&g->slots, g->mask, h[i]);
			list[x->start + x->count++] = row[i];
		}
	}
}

int group_open(struct group *g, const struct group_columns *of, const char *dir, struct err *e)
{
	*g = (struct group){.mask = 0};
	if (grow(g, dir, e) == -1 || count(g, of, dir, e) == -1 ||
		scratch_open(&g->rows, dir, keys_rows(of->keys), sizeof(uint64_t), e) == -1) {
		group_close(g);
		return -1;
	}
	fill(g, of);
	return 0;
}

void group_close(struct group *g)
{
	scratch_close(&g->slots);
	scratch_close(&g->rows);
}

const uint64_t *group_find(const struct group *g, struct group_hash h, uint64_t *n)
{
	const struct slot *s;

	*n = 0;
	if (is_none(h) || (s = interval_of(&g->slots, g->mask, h)) == NULL || is_none(s->h))
		return NULL;
	*n = s->count;
	return (const uint64_t *)g->rows.p + s->start;
}
