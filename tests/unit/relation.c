/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "common/base/err.h"
#include "common/base/fixed_point.h"
#include "common/base/rng.h"
#include "common/relation/foreign.h"
#include "tests/unit/check.h"
#include "tests/unit/how.h"

/*
 * Relations, seen from both sides: what a child is told of its parent is what the parent
 * knows of its children, and the promises of a fan-out hold to the last row.
 */

#define ANY UINT64_MAX

static struct arena arena;

/* Every child of every parent, and that all rows are had once.  Returns the counts. */
static uint64_t *both_ways(const struct relation *r, uint64_t linked)
{
	uint64_t *counts = arena_array(&arena, r->parents + 1, sizeof(uint64_t));
	uint64_t bad = 0, all = 0;

	for (uint64_t p = 0; p < r->parents; p++) {
		uint64_t some[64], n;

		counts[p] = relation_count(r, p);
		bad += counts[p] > relation_most(r) || counts[p] < relation_least(r);
		n = counts[p] < 64 ? counts[p] : 64;
		relation_children(r, p, counts[p] - n, (uint32_t)n, some);
		for (uint64_t i = 0; i < n; i++)
			bad += some[i] != relation_child(r, p, counts[p] - n + i);
		all += counts[p];
		for (uint64_t k = 0; k < counts[p]; k++) {
			uint64_t row = relation_child(r, p, k), parent, kth;

			relation_pick(r, &row, 1, &parent, &kth);
			bad += row >= r->rows || parent != p || kth != k;
		}
	}
	CHECK(bad == 0);
	CHECK(all == linked);
	return counts;
}

/* A block of neighbours is told what each row is told alone; NULLs are as many as they must be. */
static void as_alone(const struct relation *r, uint64_t linked)
{
	uint64_t row[VEC_BLOCK], parent[VEC_BLOCK], k[VEC_BLOCK], bad = 0, have = 0;

	for (uint64_t row0 = 0; row0 < r->rows; row0 += VEC_BLOCK) {
		uint32_t n = r->rows - row0 < VEC_BLOCK ? (uint32_t)(r->rows - row0) : VEC_BLOCK;

		for (uint32_t i = 0; i < n; i++)
			row[i] = row0 + i;
		relation_pick(r, row, n, parent, k);
		for (uint32_t i = 0; i < n; i++) {
			uint64_t p, kth;

			relation_place(r, row[i], &p, &kth);
			bad += p != parent[i] || kth != k[i];
			have += p != UINT64_MAX;
		}
	}
	CHECK(bad == 0 && have == linked);
}

static uint64_t *fan_out(
	struct plan_fan fan, uint64_t rows, uint64_t parents, bool shuffled, double nulls)
{
	struct plan_fk f = {
		.how = how("fan_out"), .null_rate = nulls, .shuffled = shuffled, .fan = fan};
	struct err e = {.kind = ERR_NONE};
	struct relation r;
	uint64_t *counts, bad = 0, linked = relation_linked(rows, nulls);

	relation_init(&r, f.how, rows * 31 + parents, rows, parents, nulls);
	CHECK(relation_shape(&r, &f, &arena, &e) == 0);
	counts = both_ways(&r, linked);
	as_alone(&r, linked);
	for (uint64_t p = 0; p < parents; p++)
		bad += counts[p] < fan.min || counts[p] > fan.max;
	CHECK(bad == 0);
	return counts;
}

static void fans(void)
{
	static const uint32_t weights[] = {1, 0, 5, 2};
	static const uint64_t sizes[][2] = {{1, 1}, {7, 3}, {1000, 7}, {5, 400}, {12345, 1000},
		{99999, 5000}, {40000, 10000}, {29999, 10000}};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (int shuffled = 0; shuffled < 2; shuffled++) {
			uint64_t rows = sizes[i][0], parents = sizes[i][1], mean = rows / parents;
			double nulls = i % 2 == 0 ? 0 : 0.13;
			uint64_t least = relation_linked(rows, nulls) / parents;

			fan_out((struct plan_fan){0, ANY, PLAN_DIST_UNIFORM, 0, NULL, 0}, rows,
				parents, shuffled, nulls);
			fan_out((struct plan_fan){least, mean + 1, PLAN_DIST_UNIFORM, 0, NULL, 0},
				rows, parents, shuffled, nulls);
			fan_out((struct plan_fan){least / 2, mean * 3 + 1, PLAN_DIST_UNIFORM, 0,
					NULL, 0},
				rows, parents, shuffled, nulls);
			fan_out((struct plan_fan){0, ANY, PLAN_DIST_GEOMETRIC, 0, NULL, 0}, rows,
				parents, shuffled, nulls);
			fan_out((struct plan_fan){least / 2, mean * 3 + 1, PLAN_DIST_GEOMETRIC, 0,
					NULL, 0},
				rows, parents, shuffled, nulls);
			fan_out((struct plan_fan){0, ANY, PLAN_DIST_ZIPF, 1000, NULL, 0}, rows,
				parents, shuffled, nulls);
			fan_out((struct plan_fan){least, mean + 3, PLAN_DIST_ZIPF, 1700, NULL, 0},
				rows, parents, shuffled, nulls);
			if (mean < 4)
				fan_out((struct plan_fan){least, least + 3, PLAN_DIST_WEIGHTED, 0,
						weights, 4},
					rows, parents, shuffled, nulls);
		}
}

static void enumerates(struct plan_how way, uint64_t rows, uint64_t parents)
{
	struct plan_fk f = {.how = way, .shuffled = true};
	struct err e = {.kind = ERR_NONE};
	struct relation r;

	relation_init(&r, way, 5, rows, parents, 0);
	both_ways(&r, rows);
	as_alone(&r, rows);
	CHECK(relation_shape(&r, &f, &arena, &e) == 0);
	both_ways(&r, rows);
	as_alone(&r, rows);
}

/* the parents that have each number of children */
static void histogram(const uint64_t *counts, uint64_t parents, uint64_t *of, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		of[i] = 0;
	for (uint64_t p = 0; p < parents; p++)
		of[counts[p] < n ? counts[p] : n - 1]++;
}

static void shapes(void)
{
	static const uint32_t weights[] = {1, 0, 5, 2};
	uint64_t of[16];

	/* 10,000 parents with 1 to 9 children */
	histogram(fan_out((struct plan_fan){1, 9, PLAN_DIST_UNIFORM, 0, NULL, 0}, 50000, 10000,
			  false, 0),
		10000, of, 16);
	for (int i = 1; i <= 9; i++)
		CHECK(of[i] >= 1110 && of[i] <= 1113);
	/* the mean asked for is 3: the range ends at 5 */
	histogram(fan_out((struct plan_fan){1, 9, PLAN_DIST_UNIFORM, 0, NULL, 0}, 30000, 10000,
			  false, 0),
		10000, of, 16);
	CHECK(of[1] == 2000 && of[5] == 2000 && of[6] == 0);
	histogram(fan_out((struct plan_fan){0, 3, PLAN_DIST_WEIGHTED, 0, weights, 4}, 16000, 8000,
			  true, 0),
		8000, of, 16);
	CHECK(of[0] == 1000 && of[1] == 0 && of[2] == 5000 && of[3] == 2000);
	/* fewer rows than the weights give: some parents have none */
	histogram(fan_out((struct plan_fan){0, 3, PLAN_DIST_WEIGHTED, 0, weights, 4}, 8000, 8000,
			  true, 0),
		8000, of, 16);
	CHECK(of[0] == 4500 && of[2] == 2500 && of[3] == 1000);
	/* more: some have the most */
	histogram(fan_out((struct plan_fan){0, 3, PLAN_DIST_WEIGHTED, 0, weights, 4}, 20000, 8000,
			  true, 0),
		8000, of, 16);
	CHECK(of[0] == 500 && of[2] == 2500 && of[3] == 5000);
}

/* Few children are the most frequent, whatever mean the rows ask for; near the most, many are. */
static void falls_by_a_factor(void)
{
	uint64_t of[16];

	histogram(fan_out((struct plan_fan){1, 9, PLAN_DIST_GEOMETRIC, 0, NULL, 0}, 26000, 10000,
			  false, 0),
		10000, of, 16);
	CHECK(of[0] == 0 && of[10] == 0 && of[9] > 0);
	for (int i = 1; i < 9; i++)
		CHECK(of[i] > of[i + 1]);
	CHECK(of[2] * of[2] > of[1] * of[3] * 9 / 10 && of[2] * of[2] < of[1] * of[3] * 11 / 10);
	histogram(fan_out((struct plan_fan){0, 8, PLAN_DIST_GEOMETRIC, 0, NULL, 0}, 10000, 10000,
			  true, 0),
		10000, of, 16);
	CHECK(of[0] > 4500 && of[0] < 5500 && of[1] > of[2] && of[2] > of[3] && of[9] == 0);
	histogram(fan_out((struct plan_fan){1, 5, PLAN_DIST_GEOMETRIC, 0, NULL, 0}, 45000, 10000,
			  true, 0),
		10000, of, 16);
	CHECK(of[5] > of[4] && of[4] > of[3] && of[3] > of[2] && of[6] == 0);
}

static int descending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x > y ? -1 : x < y;
}

/* A zipf fan-out follows its law; picks do, by a chi-square test over the ranks. */
static void zipf(void)
{
	enum { PARENTS = 1000, ROWS = 200000 };
	struct plan_fk f = {.how = how("zipf"), .fan = {0, ANY, PLAN_DIST_ZIPF, 1100, NULL, 0}};
	struct err e = {.kind = ERR_NONE};
	uint64_t *counts = fan_out(f.fan, ROWS, PARENTS, false, 0), *picked, bad = 0;
	double all = 0, chi = 0;
	struct relation r;

	for (int i = 1; i <= PARENTS; i++)
		all += pow(i, -1.1);
	qsort(counts, PARENTS, sizeof(counts[0]), descending);
	for (int i = 0; i < PARENTS; i++)
		bad += fabs((double)counts[i] - ROWS * pow(i + 1, -1.1) / all) > 2;
	CHECK(bad == 0);
	relation_init(&r, f.how, 77, ROWS, PARENTS, 0);
	CHECK(relation_shape(&r, &f, &arena, &e) == 0);
	picked = arena_array(&arena, PARENTS, sizeof(uint64_t));
	for (uint64_t row = 0; row < ROWS; row++) {
		uint64_t p;

		relation_pick(&r, &row, 1, &p, NULL);
		picked[perm_inv(&r.fan.perm, p)]++;
	}
	for (int i = 0; i < PARENTS; i++) {
		double want = ROWS * pow(i + 1, -1.1) / all;

		chi += (picked[i] - want) * (picked[i] - want) / want;
	}
	/* 999 degrees of freedom: 1144 is the one in a thousand */
	CHECK(chi > 860 && chi < 1144);
}

/* What the places hold of each thing, together, is its weight n times, exactly. */
static void weighs(const uint64_t *weights, uint64_t n)
{
	struct alias_place *p = arena_array(&arena, n, sizeof(*p));
	unsigned __int128 *held = arena_array(&arena, n, sizeof(*held));
	uint64_t total, sum = 0, bad = 0;

	for (uint64_t i = 0; i < n; i++) {
		p[i].below = weights[i];
		sum += weights[i];
	}
	total = alias_build(p, n);
	CHECK(total == sum);
	for (uint64_t i = 0; i < n; i++) {
		bad += p[i].below > total || p[i].other >= n;
		held[i] += p[i].below;
		held[p[i].other < n ? p[i].other : 0] += total - p[i].below;
	}
	for (uint64_t i = 0; i < n; i++)
		bad += held[i] != (unsigned __int128)weights[i] * n;
	CHECK(bad == 0);
}

static void weights(void)
{
	static const uint64_t few[][4] = {{1, 0, 0, 0}, {0, 0, 0, 9}, {5, 5, 5, 5}, {1, 2, 3, 4},
		{4, 3, 2, 1}, {1, UINT64_C(1) << 62, 0, 1}, {7, 0, 7, 0}, {0, 0, 1, 1}};
	enum { PARENTS = 1000, ROWS = 200000 };
	struct plan_fk f = {.how = how("weighted")};
	struct alias_place *p = arena_array(&arena, PARENTS, sizeof(*p));
	struct err e = {.kind = ERR_NONE};
	uint64_t w[PARENTS], picked[PARENTS] = {0};
	double chi = 0;
	struct relation r;

	weighs(few[0], 1);
	for (size_t i = 0; i < sizeof(few) / sizeof(few[0]); i++)
		weighs(few[i], 4);
	for (uint64_t i = 0; i < PARENTS; i++)
		p[i].below = w[i] = rng_at(5, i) >> (12 + i % 30);
	weighs(w, PARENTS);
	for (uint64_t i = 0; i < PARENTS; i++)
		p[i].below = w[i] = i % 4 == 0 ? 0 : 1 + i % 50;
	relation_init(&r, f.how, 78, ROWS, PARENTS, 0);
	CHECK(relation_shape(&r, &f, &arena, &e) == 0);
	r.total = alias_build(p, PARENTS);
	r.alias_table = p;
	for (uint64_t row = 0; row < ROWS; row++) {
		uint64_t at;

		relation_pick(&r, &row, 1, &at, NULL);
		picked[at]++;
	}
	for (int i = 0; i < PARENTS; i++) {
		double want = (double)w[i] * ROWS / (double)r.total;

		if (w[i] == 0)
			CHECK(picked[i] == 0);
		else
			chi += (picked[i] - want) * (picked[i] - want) / want;
	}
	/* 749 degrees of freedom: 873 is the one in a thousand */
	CHECK(chi > 630 && chi < 873);
}

/* Rows without a parent: so many NULL in part, in every pattern as often, as rows of the list. */
static void partial(struct plan_how way, double share)
{
	enum { ROWS = 30000, LISTED = 100 };
	static const uint32_t masks[] = {1, 2, 4, 3, 5, 6};
	struct plan_fk f = {.how = way, .null_rate = 0.5, .fan = {.max = ANY}};
	uint64_t list[LISTED], count[8] = {0}, have[LISTED] = {0}, bad = 0, some = 0, none = 0;
	struct err e = {.kind = ERR_NONE};
	struct relation r;

	for (uint64_t i = 0; i < LISTED; i++)
		list[i] = 3 * i + 1;
	relation_init(&r, way, 9, ROWS, LISTED, f.null_rate);
	r.eligible = list;
	CHECK(relation_shape(&r, &f, &arena, &e) == 0);
	r.partial.masks = masks;
	r.partial.nmasks = 6;
	r.partial.below = rng_share(share);
	for (uint64_t row = 0; row < ROWS; row++) {
		uint64_t parent, other, at;
		uint32_t nulls;

		relation_pick(&r, &row, 1, &parent, NULL);
		relation_others(&r, &row, 1, &parent, &other, &nulls);
		relation_values(&parent, &other, &nulls, 1, 1, &at);
		bad += at != (parent != ANY ? parent : nulls & 1 ? ANY : other);
		none += parent == ANY;
		if (parent != ANY || nulls == UINT32_MAX) {
			bad += other != ANY || (parent != ANY && nulls != 0);
			continue;
		}
		some++;
		count[nulls & 7]++;
		bad += other % 3 != 1 || other > list[LISTED - 1];
		have[other / 3 % LISTED]++;
	}
	CHECK(bad == 0);
	CHECK(fabs((double)none / ROWS - 0.5) < 0.02);
	CHECK(fabs((double)some / (double)none - share) < 0.02);
	for (int i = 0; i < 6; i++)
		CHECK(fabs((double)count[masks[i]] / (double)some - 1 / 6.0) < 0.03);
	for (int i = 0; i < LISTED; i++)
		CHECK(have[i] > 0);
}

static void covers(struct plan_how way)
{
	struct plan_fk f = {
		.how = way, .cover = true, .fan = {0, ANY, PLAN_DIST_ZIPF, 1500, NULL, 0}};
	struct err e = {.kind = ERR_NONE};
	bool seen[500] = {false};
	uint64_t left = 500, nulls = 0;
	struct relation r;

	relation_init(&r, way, 3, 800, 500, 0.5);
	CHECK(relation_shape(&r, &f, &arena, &e) == 0);
	for (uint64_t row = 0; row < 800; row++) {
		uint64_t p;

		relation_pick(&r, &row, 1, &p, NULL);
		nulls += p == UINT64_MAX;
		left -= p < 500 && !seen[p];
		seen[p < 500 ? p : 0] |= p < 500;
	}
	CHECK(left == 0 && nulls > 100 && nulls < 200);
	relation_init(&r, way, 3, 499, 500, 0);
	CHECK(relation_shape(&r, &f, &arena, &e) == -1 && e.kind == ERR_NO);
}

static void refused(void)
{
	struct plan_fk f = {.how = how("fan_out"), .fan = {2, 3, PLAN_DIST_UNIFORM, 0, NULL, 0}};
	static const struct {
		uint64_t rows;
		int rc;
	} cases[] = {{19, -1}, {20, 0}, {30, 0}, {31, -1}};

	for (size_t i = 0; i < 4; i++) {
		struct err e = {.kind = ERR_NONE};
		struct relation r;

		relation_init(&r, f.how, 3, cases[i].rows, 10, 0);
		CHECK(relation_shape(&r, &f, &arena, &e) == cases[i].rc);
		CHECK(cases[i].rc == 0 || strstr(e.msg, "10 parents of 2 to 3 children") != NULL);
	}
}

/* Far beyond what a test can fill: the ends, and that nothing overflows. */
static void large(void)
{
	static const struct plan_fan specs[] = {
		{0, ANY, PLAN_DIST_UNIFORM, 0, NULL, 0},
		{1, 1000000000000, PLAN_DIST_UNIFORM, 0, NULL, 0},
		{3, ANY, PLAN_DIST_ZIPF, 800, NULL, 0},
		{0, 2000, PLAN_DIST_ZIPF, 2000, NULL, 0},
	};
	uint64_t rows = UINT64_C(1000000000000), parents = 1000000000;

	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		struct plan_fk f = {.how = how("fan_out"), .fan = specs[i], .shuffled = i % 2 == 1};
		struct err e = {.kind = ERR_NONE};
		struct relation r;
		uint64_t bad = 0;

		relation_init(&r, f.how, 9 + i, rows, parents, 0);
		CHECK(relation_shape(&r, &f, &arena, &e) == 0);
		CHECK(r.fan.row0[r.fan.n] == rows && r.fan.rank0[r.fan.n] == parents);
		for (uint64_t p = 0; p < parents; p += 9999991) {
			uint64_t n = relation_count(&r, p);

			bad += n < specs[i].min || n > specs[i].max;
			for (uint64_t k = 0; k < n; k += n / 3 + 1) {
				uint64_t row = relation_child(&r, p, k), parent, kth;

				relation_place(&r, row, &parent, &kth);
				bad += row >= rows || parent != p || kth != k;
			}
		}
		CHECK(bad == 0);
	}
}

/* Each row is the only child of its parent, and the others have none. */
static void one_to_one(uint64_t rows, uint64_t parents)
{
	struct relation r;
	uint64_t bad = 0, all = 0;

	relation_init(&r, how("one_to_one"), 12, rows, parents, 0);
	CHECK(how_lists(r.how) && !how_enumerable(r.how));
	CHECK(relation_most(&r) == 1 && relation_least(&r) == (rows == parents));
	for (uint64_t p = 0; p < parents; p++)
		if (relation_count(&r, p) == 1) {
			uint64_t row = relation_child(&r, p, 0), parent;

			relation_pick(&r, &row, 1, &parent, NULL);
			bad += row >= rows || parent != p;
			all++;
		}
	CHECK(bad == 0 && all == rows);
}

static void powers(void)
{
	double worst = 0;

	for (uint64_t x = 1; x < UINT64_C(1) << 40; x = x * 5 / 4 + 1)
		for (uint32_t s = 100; s < 2500; s += 233) {
			double want = pow((double)x, -(double)s / 1000);
			double got = (double)fix_power_minus(x, s) / (double)FIX_ONE;

			if (want > 1e-12 && fabs(got / want - 1) > worst)
				worst = fabs(got / want - 1);
		}
	CHECK(worst < 1e-6);
	CHECK(fix_power_minus(1, 1000) == FIX_ONE);
	CHECK(fix_power_minus(1024, 1000) == FIX_ONE >> 10);
}

int main(void)
{
	powers();
	enumerates(how("balanced"), 1000, 7);
	enumerates(how("balanced"), 7, 1000);
	enumerates(how("balanced"), 1, 1);
	enumerates(how("round_robin"), 1000, 7);
	enumerates(how("round_robin"), 7, 1000);
	fans();
	shapes();
	falls_by_a_factor();
	zipf();
	weights();
	covers(how("uniform"));
	covers(how("zipf"));
	partial(how("uniform"), 0.25);
	partial(how("balanced"), 0.5);
	partial(how("fan_out"), 1);
	refused();
	large();
	one_to_one(700, 700);
	one_to_one(300, 1000);
	arena_free(&arena);
	return check_done();
}
