/* SPDX-License-Identifier: MIT */
/*
 * Relations by which the rows are shared out, so that a parent's children can be
 * listed: fan-outs, even shares, round robin, one to one. A row's place and a
 * parent's rows are inverses of each other by arithmetic.
 */
#include "common/relation/foreign_listed.h"

#include <assert.h>

#include "common/base/divide.h"
#include "common/base/search.h"

/* The most children of any parent. Keys compare their room with it. */
uint64_t relation_most(const struct relation *r)
{
	if (r->how.law == PLAN_LAW_FAN_OUT)
		return r->fan.most;
	if (r->cum != NULL)
		return r->most;
	return r->rows / r->parents + (r->rows % r->parents != 0);
}

uint64_t relation_least(const struct relation *r)
{
	if (r->how.law == PLAN_LAW_FAN_OUT)
		return r->fan.least;
	return r->cum != NULL ? r->least : r->rows / r->parents;
}

/* Parent p's children are rows [floor(p N / P), floor((p + 1) N / P)), or, in proportion,
 * [floor(cum[p] N / cum[P]), ...). */
uint64_t relation_first(const struct relation *r, uint64_t rows, uint64_t p)
{
	if (r->cum != NULL)
		return multiply_divide(r->cum[p], rows, r->cum[r->parents]);
	return multiply_divide(p, rows, r->parents);
}

/* Shares rows among parents evenly, or by cum[], as consecutive runs. The
 * division rounds the same way as relation_first(), so that both agree at the borders. */
void relation_share(
	const struct relation *r, uint64_t rows, uint64_t row, uint64_t *parent, uint64_t *k)
{
	uint64_t parts = r->cum != NULL ? r->cum[r->parents] : r->parents;
	uint64_t p = divide_wide((unsigned __int128)(row + 1) * parts - 1, rows);

	*parent = r->cum != NULL ? search_last(r->cum, r->parents, p) : p;
	*k = row - relation_first(r, rows, *parent);
}

/* How many NULLs there are before a row: in a clustered fan-out they stand
 * evenly among its rows. */
static uint64_t nulls_before(const struct relation *r, uint64_t row)
{
	return multiply_divide(row, r->rows - r->linked, r->rows);
}

/* Replaces a row by its place among the rows that have a parent; false means
 * that it has none. */
static bool place_linked(const struct relation *r, uint64_t *row)
{
	uint64_t before;

	if (r->shuffled)
		*row = perm_at(&r->shuffle, *row);
	if (r->how.law != PLAN_LAW_FAN_OUT || r->linked == r->rows)
		return true;
	if (r->shuffled)
		return *row < r->linked;
	before = nulls_before(r, *row);
	if (nulls_before(r, *row + 1) != before)
		return false;
	*row -= before;
	return true;
}

/* The inverse of place_linked(). The division only gives an estimate, and the
 * loops correct it. */
static uint64_t row_at(const struct relation *r, uint64_t place)
{
	uint64_t row = place;

	if (r->shuffled)
		return perm_inv(&r->shuffle, place);
	if (r->how.law != PLAN_LAW_FAN_OUT || r->linked == r->rows)
		return place;
	row = multiply_divide(place, r->rows, r->linked);
	while (row - nulls_before(r, row) > place)
		row--;
	while (row - nulls_before(r, row) < place ||
		nulls_before(r, row + 1) > nulls_before(r, row))
		row++;
	return row;
}

void relation_listed_place(const struct relation *r, uint64_t row, uint64_t *parent, uint64_t *k)
{
	assert(!r->ranks_draws);
	if (!place_linked(r, &row)) {
		*parent = UINT64_MAX;
		*k = 0;
	} else if (r->how.law == PLAN_LAW_UNIFORM) {
		relation_share(r, r->rows, row, parent, k);
	} else if (r->how.law == PLAN_LAW_FAN_OUT) {
		fan_place(&r->fan, row, parent, k);
	} else {
		*parent = row % r->parents;
		*k = row / r->parents;
	}
}

/* The number of a parent among the eligible ones, by halving; UINT64_MAX if it
 * is not one of them. */
uint64_t relation_place_of(const struct relation *r, uint64_t parent)
{
	uint64_t lo = 0, hi = r->parents;

	while (r->eligible != NULL && lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (r->eligible[mid] < parent)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (r->eligible == NULL)
		return parent;
	return lo < r->parents && r->eligible[lo] == parent ? lo : UINT64_MAX;
}

uint64_t relation_count(const struct relation *r, uint64_t parent)
{
	uint64_t first, count;

	if (r->how.law == PLAN_LAW_FAN_OUT) {
		fan_children(&r->fan, parent, &first, &count);
		return count;
	}
	if (r->how.law == PLAN_LAW_ONE_TO_ONE)
		return perm_inv(&r->perm, parent) < r->rows;
	if (r->how.law == PLAN_LAW_UNIFORM)
		return relation_first(r, r->rows, parent + 1) - relation_first(r, r->rows, parent);
	return parent < r->rows ? (r->rows - parent - 1) / r->parents + 1 : 0;
}

/* The rows of children k to k + n - 1 of a parent. Round robin has them P apart,
 * the other laws next to each other. */
void relation_children(
	const struct relation *r, uint64_t parent, uint64_t k, uint32_t n, uint64_t *row)
{
	uint64_t first = parent, step = 1, count;
	bool plain = !r->shuffled && (r->how.law != PLAN_LAW_FAN_OUT || r->linked == r->rows);

	if (r->how.law == PLAN_LAW_ONE_TO_ONE) {
		row[0] = perm_inv(&r->perm, parent);
		return;
	}
	if (r->how.law == PLAN_LAW_FAN_OUT)
		fan_children(&r->fan, parent, &first, &count);
	else if (r->how.law == PLAN_LAW_UNIFORM)
		first = relation_first(r, r->rows, parent);
	else
		step = r->parents;
	for (uint32_t i = 0; i < n; i++)
		row[i] = first + (k + i) * step;
	for (uint32_t i = 0; !plain && i < n; i++)
		row[i] = row_at(r, row[i]);
}

uint64_t relation_child(const struct relation *r, uint64_t parent, uint64_t k)
{
	uint64_t row;

	relation_children(r, parent, k, 1, &row);
	return row;
}
