/* SPDX-License-Identifier: MIT */
/*
 * Sizes of a record's file: bytes, by what files of the kind have.  Small ones are more frequent:
 * the square of a uniform number says how far the size is from the least towards the most.
 */
#include "common/generators/gen_record_int.h"

#include "common/base/err.h"
#include "common/base/rng.h"

enum { STREAM_SIZE = 402, KILO = 1024, SHARE_BITS = 32 };

/* The least and the most bytes of an entry's files, as far as the column takes them. */
struct sizes {
	int64_t lo, hi;
};

struct size_state {
	struct record_state *s;
	struct sizes *of; /* by entry */
};

/* Of an entry; false: the column takes none of its sizes, or the table does not have them. */
static bool read_sizes(
	const struct gen_column *c, const struct locale_list *l, uint32_t row, struct sizes *to)
{
	int from = locale_column(l, "kb_from"), upto = locale_column(l, "kb_to");
	int64_t lo, hi;

	if (from < 0 || upto < 0 || !locale_int(l, row, (uint32_t)from, &to->lo) ||
		!locale_int(l, row, (uint32_t)upto, &to->hi))
		return false;
	gen_bounds(c, 0, &lo, &hi);
	to->lo *= KILO;
	to->hi *= KILO;
	to->lo = to->lo < lo ? lo : to->lo;
	to->hi = to->hi > hi ? hi : to->hi;
	return to->lo <= to->hi;
}

int record_prepare_size(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct size_state *z = arena_alloc(a, sizeof(*z));
	const struct locale_list *l;
	int at;

	if (z == NULL)
		return err_nomem(e);
	if (c->unique)
		return err_set(e, ERR_NO, "%s cannot promise distinct values for a unique column",
			g->op->id);
	if (c->dom != NULL && (c->dom->set != NULL || c->dom->nnot > 0 || c->dom->step != 0))
		return err_set(
			e, ERR_NO, "%s: a check leaves single numbers of its values", g->op->id);
	if (record_open(&z->s, c, params, a, e) == -1 ||
		(at = record_list(&z->s->r, "file", e)) == -1)
		return -1;
	l = z->s->r.list[at].list;
	if ((z->of = arena_array(a, l->n, sizeof(*z->of))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < l->n; i++)
		if (!read_sizes(c, l, i, &z->of[i]))
			return err_set(e, ERR_NO,
				"%s: its values do not fit the column or its checks", g->op->id);
	z->s->list = (uint32_t)at;
	z->s->key = rng_subkey(z->s->r.key, STREAM_SIZE);
	g->state = z;
	return 0;
}

void record_derive_size(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct size_state *z = g->state;

	(void)in;
	(void)h;
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++) {
		struct record_row now = {.row = row[i]};
		const struct sizes *s = &z->of[record_entry(&z->s->r, z->s->list, &now)];
		uint64_t u = rng_at(z->s->key, row[i]) >> (64 - SHARE_BITS);
		uint64_t share = u * u >> SHARE_BITS;

		out->v.i[i] = s->lo + (int64_t)((uint64_t)(s->hi - s->lo) * share >> SHARE_BITS);
	}
}
