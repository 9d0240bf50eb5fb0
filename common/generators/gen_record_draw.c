/* SPDX-License-Identifier: MIT */
/*
 * Which entry of each list a row has.
 *
 * Most lists are drawn from by weight: a number of the row's own, below the sum of the weights, is
 * looked up among the weights added up.
 *
 * Names are given in exact shares instead, so that a row knows which of the rows with the same
 * name it is. The rows are shuffled by a bijection. Each given name takes a stretch of the
 * shuffled rows as long as its share; within the stretch each family name takes its share of it;
 * the place within that is the rank. Where the stretches begin is moved by a number of the
 * record's own, so that a table with ten rows does not always have the same ten names
 * (systematic sampling: Madow and Madow 1944).
 */
#include "common/generators/gen_record.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/divide.h"
#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/base/search.h"

/* Lists that go together; a token of either makes the pair. */
static const char *const pairs[][2] = {{"given", "family"}, {"company_word", "company_line"}};

/* Purposes of the random numbers of a record. */
enum { STREAM_LIST = 100, STREAM_PAIR = 200 };

static uint64_t name_key(uint64_t key, const char *name)
{
	for (; *name != '\0'; name++)
		key = rng_subkey(key, (unsigned char)*name);
	return rng_subkey(key, STREAM_LIST);
}

/* The weights of a list, added up; NULL without memory. */
static uint64_t *added_up(const struct locale_list *list, struct arena *a)
{
	uint64_t *upto = arena_array(a, list->n + 1UL, sizeof(*upto));

	for (uint32_t i = 0; upto != NULL && i < list->n; i++)
		upto[i + 1] = upto[i] + locale_weight(list, i);
	return upto;
}

/* ---- pairs -------------------------------------------------------------------------------- */

struct folded {
	struct vtext text;
	uint32_t at;
};

static int by_text(const void *a, const void *b)
{
	const struct folded *x = a, *y = b;
	int d = vtext_compare(&x->text, &y->text);

	return d != 0 ? d : (x->at > y->at) - (x->at < y->at);
}

/* Sorts the entries by what is left of them when they are folded, and counts those alike. */
static bool count_alike(
	struct record_pair *p, uint32_t slot, const struct locale_list *list, struct arena *a)
{
	struct folded *f = arena_array(a, list->n, sizeof(*f));
	uint32_t *place = arena_array(a, list->n, sizeof(*place));
	uint32_t *alike = arena_array(a, list->n, sizeof(*alike));

	if (f == NULL || place == NULL || alike == NULL)
		return false;
	for (uint32_t i = 0; i < list->n; i++) {
		struct vtext cell = locale_cell(list, i, 0);
		char *to = arena_alloc(a, 2 * cell.n + 1);

		if (to == NULL)
			return false;
		f[i] = (struct folded){{to, gen_transliterate(cell.p, cell.n, to)}, i};
	}
	qsort(f, list->n, sizeof(*f), by_text);
	for (uint32_t i = 0, end; i < list->n; i = end) {
		for (end = i + 1; end < list->n && vtext_compare(&f[i].text, &f[end].text) == 0;)
			end++;
		for (uint32_t k = i; k < end; k++) {
			place[f[k].at] = k - i;
			alike[f[k].at] = end - i;
		}
	}
	p->place[slot] = place;
	p->alike[slot] = alike;
	return true;
}

/* Where the stretch of each first entry begins among the rows. */
static void give_rows(struct record_pair *p, const uint64_t *upto, uint64_t rows)
{
	uint64_t total = upto[p->n[0]], move = rng_below(rng_at(p->key, UINT64_MAX), total);

	for (uint32_t i = 0; i <= p->n[0]; i++)
		p->from[i] = (uint64_t)(((unsigned __int128)upto[i] * rows + move) / total);
}

static struct record_pair *pair_of(
	struct record *r, const struct locale_list *const lists[2], const char *name)
{
	struct record_pair *p = arena_alloc(r->a, sizeof(*p));
	uint64_t *first = added_up(lists[0], r->a), *second = added_up(lists[1], r->a);

	if (p == NULL || first == NULL || second == NULL)
		return NULL;
	*p = (struct record_pair){.key = rng_subkey(name_key(r->key, name), STREAM_PAIR),
		.n = {lists[0]->n, lists[1]->n},
		.from = arena_array(r->a, lists[0]->n + 1UL, sizeof(*p->from)),
		.after = r->after,
		.upto = second,
		.total = second[lists[1]->n]};
	if (p->from == NULL || !count_alike(p, 0, lists[0], r->a) ||
		!count_alike(p, 1, lists[1], r->a))
		return NULL;
	perm_init(&p->perm, p->key, r->rows);
	give_rows(p, first, r->rows);
	return p;
}

/* The rows of a first entry, and how far what its second entries have of them is moved. */
static uint64_t rows_of(const struct record_pair *p, uint32_t first, uint64_t *move)
{
	*move = rng_below(rng_at(p->key, first), p->total);
	return p->from[first + 1] - p->from[first];
}

/*
 * Of ${count} rows of a first entry, floor((upto[j] count + move) / total) come before those of
 * second entry j. The row at place x is that of the last j for which this is at most x, which is to
 * say upto[j] <= ((x + 1) total - move - 1) / count: one division, and not one for each j that is
 * tried. It is below the total, since x < count.
 */
static void find_pair(const struct record_pair *p, struct record_row *now)
{
	uint64_t x = perm_at(&p->perm, now->row), move, count;
	uint32_t i = (uint32_t)search_last(p->from, p->n[0], x);

	x -= p->from[i];
	count = rows_of(p, i, &move);
	now->pair = p;
	now->place = x;
	now->at[0] = i;
	now->at[1] = (uint32_t)search_last(p->upto, p->n[1],
		divide_wide((unsigned __int128)(x + 1) * p->total - move - 1, count));
}

/* The number of the row among those with the same pair. */
static uint64_t rank_of(const struct record_pair *p, const struct record_row *now)
{
	uint64_t move, count = rows_of(p, now->at[0], &move);
	unsigned __int128 before = (unsigned __int128)p->upto[now->at[1]] * count + move;

	return p->after + now->place - divide_wide(before, p->total);
}

uint64_t record_rank(const struct record_pair *p, struct record_row *now, bool folded)
{
	uint64_t first, second, rank;

	if (now->pair != p)
		find_pair(p, now);
	rank = rank_of(p, now);
	if (!folded)
		return rank;
	first = p->alike[0][now->at[0]];
	second = p->alike[1][now->at[1]];
	return rank * first * second + p->place[0][now->at[0]] * second + p->place[1][now->at[1]];
}

/* ---- lists -------------------------------------------------------------------------------- */

/* "middle" is a family name too, but not of the pair: it is drawn by itself, and where it would be
 * the family name it is the next one of the list. */
static const char *list_of(const char *name)
{
	return strcmp(name, "middle") == 0 ? "family" : name;
}

static int add_list(struct record *r, const char *name, const struct record_pair *pair,
	uint32_t slot, struct err *e)
{
	const struct locale_list *list = locale_list(r->l, list_of(name));
	struct record_list *to = &r->list[r->nlists];

	if (list == NULL)
		return err_set(e, ERR_NO, "locale %s has no list \"%s\"", r->l->name, name);
	if (r->nlists == RECORD_LISTS)
		return err_set(e, ERR_NO, "a form has more than %d lists", RECORD_LISTS);
	*to = (struct record_list){.name = name,
		.list = list,
		.pair = pair,
		.slot = slot,
		.unlike = -1,
		.key = name_key(r->key, name),
		.upto = pair == NULL ? added_up(list, r->a) : NULL};
	if (pair == NULL && to->upto == NULL)
		return err_nomem(e);
	return (int)r->nlists++;
}

/* Both lists of a pair. */
static int add_pair(struct record *r, const char *const names[2], struct err *e)
{
	const struct locale_list *lists[2] = {
		locale_list(r->l, names[0]), locale_list(r->l, names[1])};
	const struct record_pair *pair;

	if (lists[0] == NULL || lists[1] == NULL)
		return err_set(e, ERR_NO, "locale %s has no lists \"%s\" and \"%s\"", r->l->name,
			names[0], names[1]);
	if ((pair = pair_of(r, lists, names[0])) == NULL)
		return err_nomem(e);
	for (uint32_t slot = 0; slot < 2; slot++)
		if (add_list(r, names[slot], pair, slot, e) == -1)
			return -1;
	return 0;
}

int record_list(struct record *r, const char *name, struct err *e)
{
	int unlike = -1, at;

	if (strcmp(name, "middle") == 0 && (unlike = record_list(r, "family", e)) == -1)
		return -1;
	for (int tries = 0; tries < 2; tries++) {
		for (uint32_t i = 0; i < r->nlists; i++)
			if (strcmp(r->list[i].name, name) == 0)
				return (int)i;
		for (size_t i = 0; tries == 0 && i < sizeof(pairs) / sizeof(pairs[0]); i++)
			if ((strcmp(pairs[i][0], name) == 0 || strcmp(pairs[i][1], name) == 0) &&
				add_pair(r, pairs[i], e) == -1)
				return -1;
	}
	if ((name = arena_printf(r->a, "%s", name)) == NULL)
		return err_nomem(e);
	if ((at = add_list(r, name, NULL, 0, e)) != -1)
		r->list[at].unlike = unlike;
	return at;
}

uint32_t record_entry(const struct record *r, uint32_t list, struct record_row *now)
{
	const struct record_list *l = &r->list[list];
	uint32_t at;

	if (l->pair != NULL) {
		if (now->pair != l->pair)
			find_pair(l->pair, now);
		return now->at[l->slot];
	}
	at = (uint32_t)search_last(
		l->upto, l->list->n, rng_below(rng_at(l->key, now->row), l->upto[l->list->n]));
	if (l->unlike >= 0 && record_entry(r, (uint32_t)l->unlike, now) == at)
		at = (at + 1) % l->list->n;
	return at;
}
