/* SPDX-License-Identifier: MIT */
#include "common/schema/schema.h"

#include "common/base/err.h"
#include "tests/unit/check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Tables "a", "b" ... and edges "ab": b refers to a. */
struct graph_case {
	uint32_t n;
	const char *edges, *order, *levels;
	uint32_t ncomponents;
	bool has_cycle;
};

static const struct graph_case graphs[] = {
	{0, "", "", "", 0, false},
	{3, "", "abc", "000", 3, false},
	{3, "cb ba", "cba", "210", 3, false},
	{4, "ad bd cd", "abcd", "0001", 4, false},
	{4, "ad da", "adbc", "0000", 3, true},
	{3, "aa ab ab", "abc", "010", 3, true},
	{6, "ab bc ca cd de ed df", "abcdef", "000112", 3, true},
	{5, "ea ab bc cd da", "eabcd", "11110", 2, true},
	{5, "de eb bd ca", "bdeca", "10000", 3, true},
};

static void check_graph(const struct graph_case *c, struct arena *a)
{
	static const char letters[] = "abcdefgh";
	struct pg_table t[8] = {{0}};
	struct pg_constraint con[8][8] = {{{0}}};
	struct schema s = {.tables = t, .ntables = c->n};
	struct schema_graph g;
	struct err e = {0};
	char order[9] = "", levels[9] = "";

	for (uint32_t i = 0; i < c->n; i++) {
		t[i] = (struct pg_table){.index = i, .cons = con[i], .name = &letters[i]};
	}
	for (const char *p = c->edges; *p != '\0'; p += p[2] == ' ' ? 3 : 2) {
		struct pg_table *child = &t[p[1] - 'a'];

		child->cons[child->ncons++] =
			(struct pg_constraint){.kind = PG_CON_FOREIGN, .ref = &t[p[0] - 'a']};
	}
	CHECK(schema_graph(&g, &s, a, &e) == 0);
	for (uint32_t i = 0; i < c->n; i++) {
		order[i] = letters[g.order[i]];
		levels[i] = (char)('0' + g.level[i]);
	}
	CHECK_STR(order, c->order);
	CHECK_STR(levels, c->levels);
	CHECK(g.ncomponents == c->ncomponents);
	CHECK(g.has_cycle == c->has_cycle);
}

/* A chain so long that recursion would not survive it. */
static void check_long_chain(struct arena *a)
{
	enum { N = 300000 };
	struct pg_table *t = arena_array(a, N, sizeof(*t));
	struct pg_constraint *con = arena_array(a, N, sizeof(*con));
	struct schema s = {.tables = t, .ntables = N};
	struct schema_graph g;
	struct err e = {0};

	CHECK(t != NULL && con != NULL);
	if (t == NULL || con == NULL)
		return;
	for (uint32_t i = 0; i < N; i++) {
		t[i].index = i;
		if (i > 0) {
			con[i] = (struct pg_constraint){.kind = PG_CON_FOREIGN, .ref = &t[i - 1]};
			t[i].cons = &con[i];
			t[i].ncons = 1;
		}
	}
	CHECK(schema_graph(&g, &s, a, &e) == 0);
	CHECK(g.level[N - 1] == N - 1 && g.order[N - 1] == N - 1 && !g.has_cycle);
}

int main(void)
{
	struct arena a = ARENA_INIT;

	for (size_t i = 0; i < COUNT(graphs); i++)
		check_graph(&graphs[i], &a);
	check_long_chain(&a);
	arena_free(&a);
	return check_done();
}
