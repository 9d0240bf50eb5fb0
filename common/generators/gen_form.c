/* SPDX-License-Identifier: MIT */
/*
 * Texts that are put together from a locale's words, by the forms of a key.
 *
 * Each form is made to fit the column; forms of which no text fits, or whose
 * texts the column's checks refuse, are left out. A form of weight 0 is taken
 * only when the others do not suffice.
 *
 * Where values need not be distinct, an index is nothing but random bits: they
 * choose a form by its weight, and then each word by its own.
 *
 * Where they must be, texts must not be made in two ways. Words that could be
 * read in two ways are left out (gen_form_apart.c), and a form that has a text
 * in common with one before it is not used. Each form then has a range of the
 * indexes. The ranges are in proportion to the weights as long as that gives the
 * column enough texts: the indexes of a form's range are spread over all of its
 * texts by a stride. If there are too few texts, all are used.
 */
#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_form_int.h"

/* One form in use: indexes [first, first + count) are its own. */
struct use {
	struct parts parts;
	uint64_t first, count, stride;
};

struct form_state {
	struct gen_draw draw;
	uint32_t n;
	struct use *use;
	const struct gen_place *places; /* of the forms, by weight */
};

/* What is at hand while a generator is prepared. */
struct choosing {
	struct gen *g;
	const struct gen_column *c;
	struct form_reader *r;
	struct parts_shared shared;
	struct apart apart;
	struct form_state *s;
	struct form **form; /* [s->n] */
	uint64_t space;	    /* of those in use */
	struct err first;   /* why the first form does not fit */
};

/* ---- drawing ----------------------------------------------------------------------------------
 */

/* The text ends at ${end}; what was taken and not needed is given back. */
static inline void put_text(const struct gen *g, struct vec *out, uint32_t i, char *p,
	const char *end, struct gen_heap *h)
{
	uint32_t n = (uint32_t)(end - p);

	gen_heap_give(h, g->max_bytes - n);
	out->v.t[i] = (struct vtext){p, n};
}

/*
 * The rows of the block by form: order[] has those of form f at [from[f], from[f
 * + 1]). Forms differ in their steps; one form after the other, each step is
 * foreseen. The halves of the block are counted apart: most rows are of few forms, and a counter
 * has to be there before it can be raised again.
 */
static void by_form(const struct form_state *s, const uint64_t *idx, uint32_t n, uint32_t *from,
	uint16_t *order)
{
	const uint32_t half = n / 2;
	uint16_t form[VEC_BLOCK];
	uint32_t low[FORMS_MAX], high[FORMS_MAX], at = 0;

	memset(low, 0, s->n * sizeof(*low));
	memset(high, 0, s->n * sizeof(*high));
	for (uint32_t i = 0; i < n; i++)
		form[i] = (uint16_t)gen_pick(s->places, s->n, gen_mix(idx[i], 0));
	for (uint32_t i = 0; i < half; i++) {
		low[form[i]]++;
		high[form[half + i]]++;
	}
	if (n % 2 != 0)
		high[form[n - 1]]++;
	for (uint32_t f = 0; f < s->n; f++) {
		uint32_t of_low = low[f], of_high = high[f];

		from[f] = low[f] = at;
		high[f] = at + of_low;
		at += of_low + of_high;
	}
	from[s->n] = at;
	for (uint32_t i = 0; i < half; i++) {
		order[low[form[i]]++] = (uint16_t)i;
		order[high[form[half + i]]++] = (uint16_t)(half + i);
	}
	if (n % 2 != 0)
		order[high[form[n - 1]]++] = (uint16_t)(n - 1);
}

/* Some rows of one form. */
static void put_some(const struct gen *g, const struct parts *parts, const uint64_t *idx,
	const uint16_t *row, uint32_t n, struct vec *out, struct gen_heap *h)
{
	char *p = gen_heap_take(h, g->max_bytes * n), *end;
	struct vtext text[PARTS_MANY];
	uint64_t bits[PARTS_MANY];

	for (uint32_t i = 0; i < n; i++)
		bits[i] = gen_mix(idx[row[i]], 1);
	end = parts_put_many(parts, bits, n, p, text);
	gen_heap_give(h, g->max_bytes * n - (uint32_t)(end - p));
	for (uint32_t i = 0; i < n; i++)
		out->v.t[row[i]] = text[i];
}

static void weighted_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct form_state *s = g->state;
	uint32_t from[FORMS_MAX + 1];
	uint16_t order[VEC_BLOCK];

	by_form(s, idx, n, from, order);
	for (uint32_t f = 0; f < s->n; f++)
		for (uint32_t k = from[f], some; k < from[f + 1]; k += some) {
			some = from[f + 1] - k < PARTS_MANY ? from[f + 1] - k : PARTS_MANY;
			put_some(g, &s->use[f].parts, idx, order + k, some, out, h);
		}
}

static void distinct_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct form_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes);
		const struct use *u = s->use;

		while (idx[i] - u->first >= u->count)
			u++;
		put_text(g, out, i, p, parts_put(&u->parts, (idx[i] - u->first) * u->stride, p), h);
	}
}

/* ---- choosing ---------------------------------------------------------------------------------
 */

/* Makes the form a generator of its own, and holds some of its texts against the checks. */
static int verify(struct choosing *k, const struct parts *parts, struct err *e)
{
	struct use u = {.parts = *parts, .count = parts->space, .stride = 1};
	struct form_state s = {{distinct_value}, 1, &u, NULL};
	struct gen g = *k->g;

	if (!gen_text_narrowed(k->c))
		return 0;
	g.state = &s;
	g.space = parts->space;
	g.max_bytes = parts->max_bytes + WORD_SLOT;
	return gen_text_verify(&g, k->c, k->r->a, e);
}

/* Whether texts of the form differ, from each other and from those of the forms in use. */
static int is_apart(struct choosing *k, struct form *f)
{
	int rc = gen_distinct(k->c) ? form_settle(f, &k->apart, k->r->a) : 1;

	for (uint32_t i = 0; rc == 1 && gen_distinct(k->c) && i < k->s->n; i++)
		rc = form_apart(k->form[i], f, &k->apart);
	return rc;
}

/* Takes the form into use if it can be. */
static int try_form(struct choosing *k, struct form *f, struct err *e)
{
	struct gen_limits lim = gen_word_limits(k->c);
	struct use *u = &k->s->use[k->s->n];
	struct err why = {.kind = ERR_NONE};
	int rc = parts_fit(f->part, f->nparts, lim, &k->shared);

	if (rc == 0)
		err_set(&why, ERR_NO, "%s: its texts do not fit %u to %u characters", k->r->id,
			lim.min, lim.max);
	else if (rc == 1 && (rc = is_apart(k, f)) == 0)
		err_set(&why, ERR_NO, "%s: its texts cannot be told apart", k->r->id);
	if (rc == -1 || (rc == 1 && !parts_make(&u->parts, f->part, f->nparts, &k->shared)))
		return err_nomem(e);
	if (rc == 1 && verify(k, &u->parts, &why) == -1 && why.kind != ERR_NO) {
		*e = why;
		return -1;
	}
	if (why.kind != ERR_NONE) {
		k->first = k->first.kind == ERR_NONE ? why : k->first;
		return 0;
	}
	k->form[k->s->n++] = f;
	k->space = gen_add(k->space, u->parts.space);
	return 0;
}

/* Takes forms into use, those of weight 0 one by one while there are too few texts. */
static int choose_forms(struct choosing *k, struct err *e)
{
	for (int reserve = 0; reserve < 2; reserve++)
		for (uint32_t i = 0; i < k->r->n; i++) {
			struct form *f = &k->r->form[i];

			if ((f->weight == 0) != reserve ||
				(reserve && k->space >= (k->c->unique ? k->c->rows : 1)))
				continue;
			if (try_form(k, f, e) == -1)
				return -1;
		}
	if (k->s->n > 0)
		return 0;
	*e = k->first;
	return -1;
}

/* Whether a single form is in use, of which every text is as likely as any other. */
static bool is_even(const struct choosing *k)
{
	for (uint32_t i = 0; i < k->s->use[0].parts.n; i++)
		if (k->s->use[0].parts.step[i].places != NULL)
			return false;
	return k->s->n == 1;
}

/* ---- by weight --------------------------------------------------------------------------------
 */

static int set_weighted(struct choosing *k, struct err *e)
{
	uint64_t weight[FORMS_MAX];

	for (uint32_t i = 0; i < k->s->n; i++)
		weight[i] = k->form[i]->weight > 0 ? k->form[i]->weight : 1;
	k->s->places = gen_places(weight, k->s->n, k->r->a);
	k->s->draw.value = weighted_value;
	k->g->space = GEN_SPACE_MAX;
	return k->s->places != NULL ? 0 : err_nomem(e);
}

/* ---- distinct -----------------------------------------------------------------------------------
 */

static uint64_t gcd(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Whether multiples of the stride run through all words of each part. */
static bool runs_through(const struct parts *p, uint64_t stride)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (gcd(stride, p->step[i].base.d) != 1)
			return false;
	return true;
}

/* The indexes of the form's range go to texts that are evenly spread over all that it has. */
static void spread(struct use *u, uint64_t first, uint64_t count)
{
	u->first = first;
	u->count = count;
	for (u->stride = u->parts.space / count; u->stride > 1; u->stride--)
		if (runs_through(&u->parts, u->stride))
			break;
}

/*
 * How many indexes there are at most if the ranges are in proportion to the
 * weights; 0: a form in use has none.
 */
static uint64_t proportional(const struct choosing *k, uint64_t total)
{
	uint64_t most = GEN_SPACE_MAX;

	for (uint32_t i = 0; i < k->s->n; i++) {
		uint64_t w = k->form[i]->weight;
		unsigned __int128 n =
			w > 0 ? (unsigned __int128)k->s->use[i].parts.space * total / w : 0;

		most = n < most ? (uint64_t)n : most;
	}
	return most;
}

static void set_distinct(struct choosing *k)
{
	uint64_t total = 0, most, at = 0;
	bool in_proportion;

	for (uint32_t i = 0; i < k->s->n; i++)
		total += k->form[i]->weight;
	most = proportional(k, total);
	in_proportion = most >= (k->c->unique ? k->c->rows + k->s->n : 1);
	for (uint32_t i = 0; i < k->s->n && at < GEN_SPACE_MAX; i++) {
		struct use *u = &k->s->use[i];
		uint64_t count = u->parts.space;

		if (in_proportion)
			count = (uint64_t)((unsigned __int128)most * k->form[i]->weight / total);
		if (count > GEN_SPACE_MAX - at)
			count = GEN_SPACE_MAX - at;
		spread(u, at, count > 0 ? count : 1);
		at += u->count;
	}
	k->s->draw.value = distinct_value;
	k->g->space = at;
}

/* ---- the door
 * ------------------------------------------------------------------------------------- */

static int prepare(struct choosing *k, struct err *e)
{
	struct arena *a = k->r->a;
	int rc;

	k->s = arena_alloc(a, sizeof(*k->s));
	k->form = arena_array(a, k->r->n + 1UL, sizeof(struct form *));
	if (k->s == NULL || k->form == NULL ||
		(k->s->use = arena_array(a, k->r->n + 1UL, sizeof(k->s->use[0]))) == NULL)
		return err_nomem(e);
	rc = choose_forms(k, e);
	apart_free(&k->apart);
	if (rc == -1)
		return -1;
	for (uint32_t i = 0; i < k->s->n; i++)
		if (k->s->use[i].parts.max_bytes > k->g->max_bytes)
			k->g->max_bytes = k->s->use[i].parts.max_bytes;
	k->g->max_bytes += WORD_SLOT; /* a slot is copied whole */
	k->g->texts = TEXT_ROOMY | TEXT_BARE;
	for (uint32_t i = 0; i < k->s->n; i++)
		k->g->texts &= k->s->use[i].parts.bare ? TEXT_ROOMY | TEXT_BARE : TEXT_ROOMY;
	k->g->state = k->s;
	if (!gen_distinct(k->c) && !is_even(k))
		return set_weighted(k, e);
	set_distinct(k);
	return 0;
}

/* Where a column's locale is none that is known, it is the one that plans have by default. */
const struct locale *gen_locale(const struct gen_column *c)
{
	const struct locale *l = c->locale != NULL ? locale_in(c->data, c->locale) : NULL;

	return l != NULL ? l : locale_in(c->data, "pt_BR");
}

const struct locale *gen_own_locale(const struct gen *g, const struct gen_column *c)
{
	const char *name = g->op->locale;
	const struct locale *l =
		name != NULL && strcmp(name, GEN_LOCALES) != 0 ? locale_in(c->data, name) : NULL;

	return l != NULL ? l : gen_locale(c);
}

/* A reader is large, and only needed while preparing. */
static void reader_init(struct form_reader *r, const struct gen *g, const struct gen_column *c,
	const struct locale *l, struct arena *a, struct err *e)
{
	r->id = g->op->id;
	r->l = l;
	r->a = a;
	r->e = e;
	r->memo = c->memo;
	r->words_in = c->memo != NULL ? form_memo_arena(c->memo) : a;
	r->words = c->memo != NULL ? form_memo_words(c->memo) : NULL;
	r->n = 0;
}

static int read_forms(struct form_reader *r, const struct form_wish *w)
{
	if (w->n == 0)
		return form_read_key(r, w->key);
	for (uint32_t i = 0; i < w->n; i++)
		if (form_read(r, w->forms[i], i == 0) == -1)
			return -1;
	return 0;
}

/* Makes the generator, with what lives as long as it in arena ${a}. */
static int make(struct gen *g, const struct gen_column *c, const struct form_wish *w,
	struct arena *a, struct err *e)
{
	struct form_reader r;
	struct choosing k = {.g = g, .c = c, .r = &r, .shared = {.a = a}, .apart = APART_INIT};

	reader_init(&r, g, c, w->l, a, e);
	return read_forms(&r, w) == -1 ? -1 : prepare(&k, e);
}

/* The generator as it was made for another column, if there is one that asks for the same. */
static int remembered(struct gen *g, const struct gen_column *c, struct form_wish *w,
	struct arena *a, struct err *e)
{
	if (c->memo == NULL || gen_text_narrowed(c))
		return make(g, c, w, a, e);
	w->lim = gen_word_limits(c);
	w->distinct = gen_distinct(c);
	w->rows = c->unique ? c->rows : 0;
	if (form_memo_get(c->memo, w, g))
		return 0;
	if (make(g, c, w, form_memo_arena(c->memo), e) == -1)
		return -1;
	return form_memo_put(c->memo, w, g) ? 0 : err_nomem(e);
}

int gen_form(struct gen *g, const struct gen_column *c, const struct locale *l, const char *key,
	struct arena *a, struct err *e)
{
	return remembered(g, c, &(struct form_wish){.l = l, .key = key}, a, e);
}

int gen_form_of(struct gen *g, const struct gen_column *c, const struct locale *l,
	const char *const *forms, uint32_t n, struct arena *a, struct err *e)
{
	return remembered(g, c, &(struct form_wish){.l = l, .forms = forms, .n = n}, a, e);
}

int gen_parts(struct gen *g, const struct gen_column *c, const struct gen_part *p, uint32_t n,
	struct arena *a, struct err *e)
{
	struct form_reader r;
	struct choosing k = {.g = g, .c = c, .r = &r, .shared = {.a = a}, .apart = APART_INIT};
	struct gen_part *copy = arena_array(a, n, sizeof(*copy));

	if (copy == NULL)
		return err_nomem(e);
	memcpy(copy, p, n * sizeof(*copy));
	reader_init(&r, g, c, NULL, a, e);
	r.form[r.n++] = (struct form){copy, n, 1};
	return prepare(&k, e);
}

int gen_words(struct gen *g, const struct gen_column *c, const struct locale *l, const char *token,
	struct arena *a, struct err *e)
{
	struct form_reader r;
	struct form_token t;
	const struct gen_part *p;

	reader_init(&r, g, c, l, a, e);
	form_token_of(token, strlen(token), &t);
	p = form_words(&r, &t);
	return p != NULL ? gen_weighted_list(g, c, p->words, p->weight, p->nwords, a, e) : -1;
}
