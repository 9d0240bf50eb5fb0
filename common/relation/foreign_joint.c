/* SPDX-License-Identifier: MIT */
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/relation/foreign_int.h"

/*
 * Unique keys of foreign keys that share columns: (tenant_id, user_id, role_id), users and roles
 * being those of the tenant.  A row's parent by the first one, the base, says in how many ways
 * the others can follow; so many children it can have, and the k-th of them has the k-th of a
 * bijection of those ways.  Where nothing else says how many children parents have, they share
 * the rows in proportion to the ways: as many rows as there are combinations can be made.
 */

struct sharing {
	struct foreign *fc;
	uint32_t base;
	const struct foreign_joint *j;
	uint32_t nj;
	struct relation *r;
	uint64_t *cum;	    /* NULL: how many children a parent has is given */
	uint64_t total;	    /* of the ways */
	uint64_t crowded;   /* a parent with more children than ways, or UINT64_MAX ... */
	uint64_t has, ways; /* ... and how many of either */
};

/* A product that stops at a limit: beyond it the number only means that there is
 * room for every row. */
uint64_t foreign_ways(uint64_t a, uint64_t b)
{
	const uint64_t most = UINT64_C(1) << FOREIGN_WAYS_MAX_BITS;
	uint64_t x;

	return __builtin_mul_overflow(a, b, &x) || x > most ? most : x;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* In how many ways a parent of the base can be followed so that one key is
 * complete: the product of the groups' sizes and of the values of the key's
 * other columns. */
static void ways_of(const struct sharing *s, const struct foreign_joint *j, const uint64_t *row,
	uint32_t n, uint64_t *ways)
{
	uint64_t first[VEC_BLOCK], size[VEC_BLOCK];

	for (uint32_t i = 0; i < n; i++)
		ways[i] = j->times;
	for (uint32_t f = 0; f < j->n; f++) {
		foreign_group(s->fc, j->followers[f], row, n, first, size);
		for (uint32_t i = 0; i < n; i++)
			ways[i] = foreign_ways(ways[i], size[i]);
	}
}

/* How many children each of the parents [at, at + n) can have: the fewest ways
 * that any of the keys leaves it. */
static void count_ways(const struct sharing *s, uint64_t at, uint32_t n, uint64_t *ways)
{
	uint64_t row[VEC_BLOCK], of_key[VEC_BLOCK];

	for (uint32_t i = 0; i < n; i++) {
		row[i] = s->r->eligible != NULL ? s->r->eligible[at + i] : at + i;
		ways[i] = UINT64_MAX;
	}
	for (uint32_t j = 0; j < s->nj; j++) {
		ways_of(s, &s->j[j], row, n, of_key);
		for (uint32_t i = 0; i < n; i++)
			ways[i] = of_key[i] < ways[i] ? of_key[i] : ways[i];
	}
}

/* No parent needs more ways than there are rows. That keeps the sum small, and
 * keeps a parent with very many ways from taking all rows. */
static void share_block(struct sharing *s, uint64_t at, uint32_t n)
{
	uint64_t ways[VEC_BLOCK];

	count_ways(s, at, n, ways);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t most = s->r->rows < ways[i] ? s->r->rows : ways[i];
		uint64_t has = s->cum == NULL ? relation_count(s->r, at + i) : 0;

		s->total = sum(s->total, ways[i]);
		if (s->cum != NULL)
			s->cum[at + i + 1] = s->cum[at + i] + most;
		if (has > ways[i] && s->crowded == UINT64_MAX) {
			s->crowded = at + i;
			s->has = has;
			s->ways = ways[i];
		}
	}
}

/* The names of the keys for a message. */
static const char *names(const struct sharing *s)
{
	const char *to = s->nj > 1 ? "keys " : "key ";

	for (uint32_t j = 0; j < s->nj && to != NULL; j++)
		to = arena_printf(s->fc->a, "%s%s%s", to, j > 0 ? ", " : "", s->j[j].name);
	return to != NULL ? to : "";
}

/* Tells which of two things is wrong: too few combinations in all, or one parent
 * with more children than it has ways. */
static int too_few(const struct sharing *s, struct err *e)
{
	const struct pg_table *t = s->fc->child->table;
	const struct pg_constraint *con = &t->cons[s->fc->child->fks[s->base].con];

	if (s->cum != NULL && s->total < s->r->rows)
		return err_no(e, "key_space_too_small",
			"table %s.%s: %s: %s rows need as many combinations of parents that agree "
			"on the columns which their foreign keys share: there are %s",
			t->schema, t->name, names(s), num_people(s->r->rows).s,
			num_people(s->total).s);
	return err_no(e, "key_space_too_small",
		"table %s.%s: %s: a row of %s.%s has %s children by foreign key %s, and parents "
		"that agree on the shared columns complete the key in %s ways",
		t->schema, t->name, names(s), con->ref_schema, con->ref_table, num_people(s->has).s,
		con->name, num_people(s->ways).s);
}

/* What relation_most() and relation_least() say. */
static void bounds(struct relation *r)
{
	r->most = 0;
	r->least = UINT64_MAX;
	for (uint64_t p = 0; p < r->parents; p++) {
		uint64_t n = relation_count(r, p);

		r->most = n > r->most ? n : r->most;
		r->least = n < r->least ? n : r->least;
	}
}

/* Where the plan says nothing of the numbers of children, cum[] gives each
 * parent rows in proportion to its ways. Where it does, each parent's number is
 * only compared with its ways. */
static int share(struct sharing *s, struct link *l, struct err *e)
{
	if (how_even(s->r->how)) {
		if (scratch_open(&l->cum, s->fc->dir, s->r->parents + 1, sizeof(uint64_t), e) == -1)
			return -1;
		s->cum = l->cum.p;
	}
	for (uint64_t at = 0; at < s->r->parents; at += VEC_BLOCK) {
		uint64_t left = s->r->parents - at;

		share_block(s, at, left < VEC_BLOCK ? (uint32_t)left : VEC_BLOCK);
	}
	if ((s->cum != NULL && s->total < s->r->rows) || s->crowded != UINT64_MAX)
		return too_few(s, e);
	s->r->cum = s->cum;
	if (s->cum != NULL)
		bounds(s->r);
	l->most = s->r->most;
	l->least = s->r->least;
	l->joined = true;
	return 0;
}

/* Shares once for all shards of a process: what the first one found is kept in
 * the link. */
int foreign_join(
	struct foreign *fc, uint32_t base, const struct foreign_joint *j, uint32_t n, struct err *e)
{
	struct link *l = &fc->links[base];
	struct sharing s = {.fc = fc, .base = base, .j = j, .nj = n, .r = &l->rel};

	if (s.r->rows == 0)
		return 0;
	s.crowded = UINT64_MAX;
	if (!l->joined)
		return share(&s, l, e);
	s.r->cum = l->cum.p;
	s.r->most = l->most;
	s.r->least = l->least;
	return 0;
}
