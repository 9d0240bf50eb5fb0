/* SPDX-License-Identifier: MIT */
#include "common/base/err.h"
#include "common/relation/foreign.h"
#include "tests/unit/check.h"
#include "tests/unit/how.h"

/*
 * Relations that draw, made to count: whatever parent a row has, it knows how many siblings come
 * before it, and what the mode promises without counting holds as well.
 */

static struct arena arena;

/* Children of each parent, none of whom has another's place, nor leaves one out. */
static uint64_t *counts_of(const struct relation *r, uint64_t parents)
{
	uint64_t *counts = arena_array(&arena, parents + 1, sizeof(uint64_t));
	uint64_t *sums = arena_array(&arena, parents + 1, sizeof(uint64_t)), bad = 0;

	for (uint64_t row = 0; row < r->rows; row++) {
		uint64_t parent, k, p, kth;

		relation_pick(r, &row, 1, &parent, &k);
		relation_place(r, row, &p, &kth);
		bad += parent != p || k != kth || (parent >= parents && parent != UINT64_MAX);
		if (parent >= parents)
			continue;
		counts[parent]++;
		sums[parent] += k;
		bad += k >= r->rows;
	}
	for (uint64_t p = 0; p < parents; p++) /* 0 + 1 + ... and, below, no two alike */
		bad += sums[p] != counts[p] * (counts[p] - (counts[p] > 0)) / 2;
	CHECK(bad == 0);
	return counts;
}

/* That no two children of a parent have one place. */
static void apart(const struct relation *r, uint64_t parents, const uint64_t *counts)
{
	uint64_t *first = arena_array(&arena, parents + 1, sizeof(uint64_t)), bad = 0;
	bool *seen = arena_array(&arena, r->rows + 1, sizeof(bool));

	for (uint64_t p = 0; p < parents; p++)
		first[p + 1] = first[p] + counts[p];
	for (uint64_t row = 0; row < r->rows; row++) {
		uint64_t p, k;

		relation_place(r, row, &p, &k);
		if (p == UINT64_MAX)
			continue;
		bad += k >= counts[p] || seen[first[p] + k];
		seen[first[p] + k] = true;
	}
	CHECK(bad == 0);
}

static struct relation counted(const struct plan_fk *f, uint64_t rows, uint64_t parents)
{
	struct err e = {.kind = ERR_NONE};
	struct relation r;

	relation_init(&r, f->how, rows * 7 + parents, rows, parents, 0);
	r.ranks_draws = r.how.ranked = true;
	CHECK(relation_shape(&r, f, &arena, &e) == 0);
	return r;
}

/* As a fan-out of the same shape has them. */
static void zipf(uint64_t rows, uint64_t parents, bool cover)
{
	struct plan_fk f = {.how = how("zipf"),
		.cover = cover,
		.fan = {0, UINT64_MAX, PLAN_DIST_ZIPF, 1100, NULL, 0}};
	struct relation r = counted(&f, rows, parents), same;
	struct err e = {.kind = ERR_NONE};
	uint64_t *counts = counts_of(&r, parents), bad = 0;

	apart(&r, parents, counts);
	f.how = how("fan_out");
	f.fan.min = cover;
	relation_init(&same, f.how, r.key, rows, parents, 0);
	CHECK(relation_shape(&same, &f, &arena, &e) == 0);
	for (uint64_t p = 0; p < parents; p++)
		bad += counts[p] != relation_count(&same, p) || (cover && counts[p] == 0);
	CHECK(bad == 0);
}

static void weighted(uint64_t rows, uint64_t parents, bool cover)
{
	struct plan_fk f = {.how = how("weighted"), .cover = cover};
	uint64_t *cum = arena_array(&arena, parents + 1, sizeof(uint64_t)), *counts, bad = 0;
	struct err e = {.kind = ERR_NONE};
	struct relation r;

	for (uint64_t p = 0; p < parents; p++)
		cum[p + 1] = cum[p] + (p + 1) % 5;
	relation_init(&r, f.how, 5, rows, parents, 0);
	r.ranks_draws = r.how.ranked = true;
	r.cum = cum;
	CHECK(relation_shape(&r, &f, &arena, &e) == 0);
	apart(&r, parents, counts = counts_of(&r, parents));
	for (uint64_t p = 0; p < parents; p++) {
		uint64_t shared = rows - cover * parents, weight = (p + 1) % 5;
		uint64_t least = cover + shared * weight / cum[parents];

		bad += counts[p] < least || counts[p] > least + (weight > 0);
	}
	CHECK(bad == 0);
}

static void forest(uint64_t rows, uint64_t roots, uint32_t depth, bool own)
{
	struct plan_fk f = {
		.how = how("forest"), .roots = roots, .max_depth = depth, .own_roots = own};
	struct relation r = counted(&f, rows, rows);
	uint64_t *counts = counts_of(&r, rows), bad = 0, have = 0;
	uint32_t *deep = arena_array(&arena, rows + 1, sizeof(*deep)), deepest = 0;

	apart(&r, rows, counts);
	for (uint64_t row = 0; row < rows; row++) {
		uint64_t p, k;

		relation_place(&r, row, &p, &k);
		if (row < roots) {
			bad += own ? p != row || k != 0 : p != UINT64_MAX;
			continue;
		}
		bad += p >= row;
		deep[row] = p < row ? deep[p] + 1 : 0;
		deepest = deep[row] > deepest ? deep[row] : deepest;
	}
	for (uint64_t row = 0; row < rows; row++)
		have += counts[row] > 0;
	CHECK(bad == 0 && (depth == 0 || deepest <= depth));
	/* where depth is free, all that are not among the last have a child */
	CHECK(depth > 0 || rows < 3 * roots || have >= rows / 3);
}

static void grove(uint64_t rows, uint64_t parents, uint64_t roots, uint32_t depth, bool own)
{
	struct plan_fk all = {.how = how("balanced"), .shuffled = true};
	struct plan_fk f = {.how = how("grove"),
		.roots = roots,
		.root_share = 0.1,
		.max_depth = depth,
		.own_roots = own};
	struct err e = {.kind = ERR_NONE};
	struct relation within, r = counted(&f, rows, rows);
	uint64_t *counts, bad = 0;

	relation_init(&within, all.how, 3, rows, parents, 0);
	CHECK(relation_shape(&within, &all, &arena, &e) == 0);
	r.within = &within;
	apart(&r, rows, counts = counts_of(&r, rows));
	for (uint64_t row = 0; row < rows; row++) {
		uint64_t of, nth, of_p, nth_p, p, k;

		relation_place(&r, row, &p, &k);
		relation_place(&within, row, &of, &nth);
		if (p == UINT64_MAX || p == row) {
			bad += p == UINT64_MAX ? own : !own;
			continue;
		}
		relation_place(&within, p, &of_p, &nth_p);
		bad += of_p != of || nth_p >= nth;
	}
	CHECK(bad == 0);
}

int main(void)
{
	static const uint64_t sizes[][2] = {{1, 1}, {10, 3}, {1000, 7}, {70, 70}, {5000, 1000}};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (int cover = 0; cover < 2; cover++) {
			zipf(sizes[i][0], sizes[i][1], cover);
			weighted(sizes[i][0], sizes[i][1], cover);
		}
	zipf(20, 400, false);
	weighted(20, 400, false);
	for (int own = 0; own < 2; own++)
		for (uint32_t depth = 0; depth < 5; depth++) {
			forest(1, 1, depth, own);
			forest(2, 1, depth, own);
			forest(1000, 1, depth, own);
			forest(1000, 100, depth, own);
			forest(1000, 1000, depth, own);
			grove(1000, 7, 0, depth, own);
			grove(1000, 300, 1, depth, own);
			grove(40, 40, 2, depth, own);
		}
	arena_free(&arena);
	return check_done();
}
