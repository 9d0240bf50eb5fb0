/* SPDX-License-Identifier: MIT */
/*
 * Numbers that keep the texts of a unique column distinct, where what they are made from may make
 * some of them equal: e-mail addresses of names.
 *
 * The number is the text's rank among equal ones, so that most texts have none.  The rows whose
 * texts are compared are made by a slice of the program, from the first on, and hashes of their
 * texts are counted in a table (open addressing).  That is done once, before the first row is
 * written, for at most SUFFIX_SAMPLES rows, and takes some 70 bytes for each of these while it is
 * done and 8 afterwards, however many rows the table has.
 *
 * A table with more rows takes its values from those that were counted: row number block *
 * SUFFIX_SAMPLES + i takes them of row p(i), p being a bijection of its own for each block.  So
 * each block has every sample once, and a sample of rank j among n equal ones has rank block * n +
 * j.
 *
 * A text may look as if it had a number: user12, where there are twelve users.  Then it gets one of
 * its own, user12.1.  A text whose number does not fit the column, or could not be told from
 * it, has the number of its row instead, with a zero before it, which no rank has.
 */
#include "common/engine/engine_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_suffix.h"

enum {
	ROW_NUMBER = 1u << 31, /* of a sample: its rows have their own numbers */
	LOOKS = 1u << 30,      /* it looks as if it had a number, and so gets one */
	RANK = LOOKS - 1
};

struct engine_ranks {
	uint32_t *at;	/* by sample: its rank, with the two bits above */
	uint32_t *size; /* by sample, where there are more rows: how many are equal */
	uint64_t samples;
};

/* ---- samples ------------------------------------------------------------------------------- */

static uint64_t samples_of(const struct table_program *b)
{
	return b->t->rows < SUFFIX_SAMPLES ? b->t->rows : SUFFIX_SAMPLES;
}

/* From rows to the samples whose values they have.  All columns of a table agree on it. */
struct sampler {
	const struct table_program *b;
	struct perm p; /* of the block at hand */
	uint64_t stream, block;
};

static struct sampler sampler_of(const struct table_program *b)
{
	struct sampler s = {.b = b, .block = UINT64_MAX};

	s.stream = plan_stream(b->plan, b->t, "", "samples");
	perm_init(&s.p, s.stream, SUFFIX_SAMPLES);
	return s;
}

static uint64_t sample_of(struct sampler *s, uint64_t row)
{
	uint64_t block = row / SUFFIX_SAMPLES;

	if (s->b->t->rows <= SUFFIX_SAMPLES)
		return row;
	if (block != s->block)
		perm_rekey(&s->p, rng_subkey(s->stream, block));
	s->block = block;
	return perm_at(&s->p, row % SUFFIX_SAMPLES);
}

/* Whether a column of the program takes values of samples. */
static bool has_samples(const struct table_program *b)
{
	for (uint32_t i = 0; i < b->norder; i++)
		if (b->columns[b->order[i]].sampled)
			return true;
	return false;
}

int engine_samples_init(struct engine_block *k, struct arena *a, struct err *e)
{
	k->ranks = arena_array(a, k->b->t->table->ncolumns + 1UL, sizeof(struct engine_ranks *));
	if (k->ranks == NULL)
		return err_nomem(e);
	if (!has_samples(k->b))
		return 0;
	k->sample = arena_array(a, VEC_BLOCK, sizeof(k->sample[0]));
	return k->sample == NULL ? err_nomem(e) : 0;
}

void engine_samples(struct engine_block *k)
{
	struct sampler s;

	if (k->sample == NULL)
		return;
	s = sampler_of(k->b);
	for (uint32_t i = 0; i < k->n; i++)
		k->sample[i] = sample_of(&s, k->row[i]);
}

/* ---- counting ------------------------------------------------------------------------------ */

/* A class of equal texts. */
struct class
{
	uint64_t hash; /* 0: a free place */
	uint32_t n;
};

/* A text that looks as if it had a number. */
struct look {
	uint64_t base; /* the hash of what it would be without */
	uint64_t number;
	uint32_t sample;
	enum gen_suffix_kind kind;
	bool fits; /* it has room for one of its own */
};

struct counting {
	const struct table_program *b;
	const struct program_suffix *s;
	uint32_t column;
	struct engine_ranks *ranks;
	struct class *classes;
	uint64_t mask;
	struct look *looks;
	uint64_t nlooks;
	uint64_t most;	 /* the greatest number there can be; 0: as high as the ranks go */
	bool row_number; /* some rows have theirs */
	char *base;	 /* room for a text without its number */
	size_t nbase;
	struct arena tmp;
};

/* The place of a hash in the table: its own, or a free one. */
static struct class *class_of(const struct counting *x, uint64_t hash)
{
	uint64_t at = hash & x->mask;

	while (x->classes[at].hash != 0 && x->classes[at].hash != hash)
		at = (at + 1) & x->mask;
	return &x->classes[at];
}

/* Notes a text that looks as if it had a number. */
static bool look_at(struct counting *x, uint32_t sample, struct vtext t)
{
	struct look l = {.sample = sample};
	size_t n;

	if (x->nbase < t.n) {
		x->nbase = 2 * t.n;
		if ((x->base = arena_alloc(&x->tmp, x->nbase)) == NULL)
			return false;
	}
	n = gen_suffix_read(t, x->base, &l.kind, &l.number);
	if (n == 0)
		return true;
	l.base = gen_suffix_hash((struct vtext){x->base, n}, x->s->equiv, x->s->key);
	l.fits = gen_suffix_fits(t, x->most > 0 ? x->most : 1, x->s->limit);
	x->looks[x->nlooks++] = l;
	return true;
}

/* The rank of a sample's text. */
static bool count_text(struct counting *x, uint32_t sample, struct vtext t)
{
	uint64_t hash = gen_suffix_hash(t, x->s->equiv, x->s->key);
	struct class *c = class_of(x, hash);
	uint32_t rank = c->n++;
	uint64_t number = x->most > 0 ? x->most : rank + UINT64_C(1);

	c->hash = hash;
	x->ranks->at[sample] = rank;
	if (x->ranks->size != NULL)
		x->ranks->size[sample] = (uint32_t)(c - x->classes);
	if ((rank > 0 || x->most > 0) && !gen_suffix_fits(t, number, x->s->limit)) {
		x->ranks->at[sample] |= ROW_NUMBER;
		x->row_number = true;
	}
	return rank > 0 || look_at(x, sample, t);
}

/* Which of the texts that look as if they had a number are what another one becomes with its
 * own. */
static void settle_looks(struct counting *x)
{
	uint64_t blocks = x->b->t->rows / SUFFIX_SAMPLES + 1;

	for (uint64_t i = 0; i < x->nlooks; i++) {
		const struct look *l = &x->looks[i];
		const struct class *c = class_of(x, l->base);

		if (l->kind != SUFFIX_OF_RANK || c->hash == 0 || l->number > c->n * blocks)
			continue;
		x->ranks->at[l->sample] |= l->fits ? LOOKS : ROW_NUMBER;
		x->row_number = x->row_number || !l->fits;
	}
	for (uint64_t i = 0; i < x->nlooks && x->row_number; i++)
		if (x->looks[i].kind == SUFFIX_OF_ROW)
			x->ranks->at[x->looks[i].sample] |= ROW_NUMBER;
}

/* Memory for counting, and for its result. */
static bool counting_init(struct counting *x, struct arena *a)
{
	uint64_t n = samples_of(x->b), places = 4;

	while (places < 2 * n)
		places *= 2;
	x->mask = places - 1;
	x->most = x->b->t->rows > n ? x->b->t->rows : 0;
	x->ranks = arena_alloc(a, sizeof(*x->ranks));
	x->classes = arena_array(&x->tmp, places, sizeof(x->classes[0]));
	x->looks = arena_array(&x->tmp, n + 1, sizeof(x->looks[0]));
	if (x->ranks == NULL || x->classes == NULL || x->looks == NULL)
		return false;
	x->ranks->samples = n;
	x->ranks->at = arena_array(a, n + 1, sizeof(uint32_t));
	x->ranks->size = x->most > 0 ? arena_array(a, n + 1, sizeof(uint32_t)) : NULL;
	return x->ranks->at != NULL && (x->most == 0 || x->ranks->size != NULL);
}

/* Makes the samples, a block at a time, and counts their texts. */
static int count_all(
	struct counting *x, const struct engine_nested *nested, struct engine *g, struct err *e)
{
	struct engine_block *k = nested->rows(g);

	for (uint64_t row = 0; row < x->ranks->samples; row += VEC_BLOCK) {
		uint64_t left = x->ranks->samples - row;
		const struct vec *v;

		engine_block_rows(k, row, left < VEC_BLOCK ? (uint32_t)left : VEC_BLOCK);
		if (nested->make(g, e) == -1)
			return -1;
		v = k->cols[x->column];
		for (uint32_t i = 0; i < k->n; i++)
			if (!vec_is_null(v, i) && !count_text(x, (uint32_t)row + i, v->v.t[i]))
				return err_nomem(e);
	}
	settle_looks(x);
	for (uint64_t i = 0; x->ranks->size != NULL && i < x->ranks->samples; i++)
		x->ranks->size[i] = x->classes[x->ranks->size[i]].n;
	return 0;
}

/* The slice that makes the texts reads no parents, so that its engine needs no context. */
static int count(struct engine_ranks **out, const struct engine_block *k, uint32_t column,
	struct arena *a, struct err *e)
{
	struct counting x = {
		.b = k->b, .s = k->b->columns[column].suffix, .column = column, .tmp = ARENA_INIT};
	struct table_program *slice;
	struct engine *g = NULL;
	int rc = -1;

	if (!counting_init(&x, a))
		rc = err_nomem(e);
	else if (slice_of_texts(&slice, k->b, column, &x.tmp, e) == 0 &&
		 k->nested->open_alone(&g, slice, NULL, &x.tmp, e) == 0)
		rc = count_all(&x, k->nested, g, e);
	k->nested->close(g);
	arena_free(&x.tmp);
	*out = x.ranks;
	return rc;
}

/* The ranks of a column, counted when they are first asked for.  A block of rows that are made
 * again asks the one that it makes them for. */
const struct engine_ranks *engine_ranks(
	const struct engine_block *k, uint32_t column, struct err *e)
{
	if (k->first != NULL)
		return engine_ranks(k->first, column, e);
	if (k->ranks[column] == NULL && count(&k->ranks[column], k, column, k->a, e) == -1)
		k->ranks[column] = NULL;
	return k->ranks[column];
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* The number of a row's text by the ranks; 0: it gets none. */
static uint64_t rank_of(
	const struct engine_ranks *r, uint64_t row, uint64_t sample, enum gen_suffix_kind *kind)
{
	uint64_t rank = r->at[sample] & RANK;

	*kind = r->at[sample] & ROW_NUMBER ? SUFFIX_OF_ROW : SUFFIX_OF_RANK;
	if (*kind == SUFFIX_OF_ROW)
		return row + 1;
	if (r->size != NULL)
		rank += row / SUFFIX_SAMPLES * r->size[sample];
	return rank > 0 || r->at[sample] & LOOKS ? rank + 1 : 0;
}

/* The numbers of a block's texts. */
static int numbers(const struct engine_block *k, uint32_t column, uint64_t *number,
	enum gen_suffix_kind *kind, struct err *e)
{
	const struct program_suffix *s = k->b->columns[column].suffix;
	const struct engine_ranks *r = NULL;
	struct sampler of = sampler_of(k->b);
	struct perm p;

	if (s->by_rank && (r = engine_ranks(k, column, e)) == NULL)
		return -1;
	if (r == NULL)
		perm_init(&p, s->key, k->b->t->rows);
	for (uint32_t i = 0; i < k->n; i++) {
		uint64_t row = k->row[i];

		kind[i] = SUFFIX_OF_RANK;
		if (r == NULL)
			number[i] = s->first + perm_at(&p, row);
		else
			number[i] = rank_of(r, row,
				k->sample != NULL ? k->sample[i] : sample_of(&of, row), &kind[i]);
	}
	return 0;
}

int engine_suffix(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct program_suffix *s = k->b->columns[op->at].suffix;
	const struct pg_table *t = k->b->t->table;
	struct vec *v = &k->columns[op->at];
	enum gen_suffix_kind kind[VEC_BLOCK];
	uint64_t number[VEC_BLOCK];

	if (numbers(k, op->at, number, kind, e) == -1)
		return -1;
	for (uint32_t i = 0; i < k->n; i++) {
		size_t n;
		char *to;

		if (vec_is_null(v, i) || number[i] == 0)
			continue;
		to = arena_alloc(&k->heap.arena, v->v.t[i].n + GEN_SUFFIX_BYTES);
		if (to == NULL)
			return err_nomem(e);
		n = gen_suffix_put(to, v->v.t[i], kind[i], number[i], s->limit);
		if (n == 0) /* the text itself is not shown: it could be a real value */
			return err_no(e, "value_impossible",
				"table %s.%s: row %llu: column %s is unique, and its type and "
				"checks leave no room for a number that tells its text from others",
				t->schema, t->name, (unsigned long long)k->row[i],
				t->columns[op->at].name);
		v->v.t[i] = (struct vtext){to, n};
	}
	return 0;
}
