/* SPDX-License-Identifier: MIT */
#include "stages/eval/keyhashes.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"

enum {
	CHUNK = 512,	   /* entries of a chunk: 12 KiB */
	PARTS = 256,	   /* partitions of a large set */
	SMALL = 64 * 1024, /* rows of a set that needs no partitions */
};

struct entry {
	uint64_t hi, lo;
	uint64_t row; /* from 1; 0 is a free slot of a table */
};

/* A chunk is in memory, or at an offset of the temporary file. */
struct chunk {
	struct entry *p; /* NULL: in the file */
	uint64_t off;
	uint32_t n;
};

struct part {
	struct chunk *chunks;
	uint32_t n, cap;
};

struct keyhashes {
	struct spill *pool;
	uint32_t nparts; /* 1 or PARTS */
	struct part part[];
};

/* ---- filling --------------------------------------------------------------------- */

struct keyhashes *keyhashes_new(struct spill *p, uint64_t rows, struct err *e)
{
	uint32_t parts = rows > SMALL ? PARTS : 1;
	struct keyhashes *s = calloc(1, sizeof(*s) + parts * sizeof(s->part[0]));

	if (s == NULL) {
		err_nomem(e);
		return NULL;
	}
	s->pool = p;
	s->nparts = parts;
	return s;
}

static void free_entries(struct spill *p, struct chunk *c)
{
	if (c->p == NULL)
		return;
	free(c->p);
	c->p = NULL;
	p->used -= CHUNK * sizeof(struct entry);
}

void keyhashes_free(struct keyhashes *s)
{
	if (s == NULL)
		return;
	for (uint32_t i = 0; i < s->nparts; i++) {
		for (uint32_t k = 0; k < s->part[i].n; k++)
			free_entries(s->pool, &s->part[i].chunks[k]);
		free(s->part[i].chunks);
	}
	free(s);
}

/* A chunk with room at the end of ${part}; the full one before it stays or goes to the file. */
static int add_chunk(struct spill *p, struct part *part, struct err *e)
{
	const size_t bytes = CHUNK * sizeof(struct entry);
	struct entry *memory = NULL;

	if (part->n == part->cap) {
		uint32_t cap = part->cap == 0 ? 4 : part->cap * 2;
		struct chunk *more = realloc(part->chunks, cap * sizeof(*more));

		if (more == NULL)
			return err_nomem(e);
		part->chunks = more;
		part->cap = cap;
	}
	if (part->n > 0 && p->used + bytes > p->budget) {
		struct chunk *full = &part->chunks[part->n - 1];

		if (spill_write(p, full->p, full->n * sizeof(*full->p), &full->off, e) == -1)
			return -1;
		memory = full->p;
		full->p = NULL;
	} else {
		memory = malloc(bytes);
		if (memory == NULL)
			return err_nomem(e);
		p->used += bytes;
	}
	part->chunks[part->n++] = (struct chunk){.p = memory};
	return 0;
}

int keyhashes_add(struct keyhashes *s, struct keyhash h, uint64_t row, struct err *e)
{
	struct part *part = &s->part[s->nparts == 1 ? 0 : h.hi >> 56];
	struct chunk *c;

	if ((part->n == 0 || part->chunks[part->n - 1].n == CHUNK) &&
		add_chunk(s->pool, part, e) == -1)
		return -1;
	c = &part->chunks[part->n - 1];
	c->p[c->n++] = (struct entry){h.hi, h.lo, row};
	return 0;
}

int keyhashes_seal(struct keyhashes *s, struct err *e)
{
	struct spill *p = s->pool;

	for (uint32_t i = 0; i < s->nparts && p->used > p->budget; i++) {
		struct chunk *last = s->part[i].n > 0 ? &s->part[i].chunks[s->part[i].n - 1] : NULL;

		if (last == NULL || last->p == NULL)
			continue;
		if (spill_write(p, last->p, last->n * sizeof(*last->p), &last->off, e) == -1)
			return -1;
		free_entries(p, last);
	}
	return 0;
}

/* ---- asking ---------------------------------------------------------------------- */

/* Distinct keys by open addressing, never more than half full. */
struct table {
	struct entry *slot;
	uint64_t mask, n;
};

static int table_resize(struct table *t, uint64_t slots, struct err *e)
{
	struct table grown = {calloc(slots, sizeof(struct entry)), slots - 1, t->n};

	if (grown.slot == NULL)
		return err_nomem(e);
	for (uint64_t i = 0; t->slot != NULL && i <= t->mask; i++) {
		uint64_t at = t->slot[i].lo & grown.mask;

		if (t->slot[i].row == 0)
			continue;
		while (grown.slot[at].row != 0)
			at = (at + 1) & grown.mask;
		grown.slot[at] = t->slot[i];
	}
	free(t->slot);
	*t = grown;
	return 0;
}

/* The slot that has the key, or the free one where it belongs. */
static struct entry *table_find(const struct table *t, const struct entry *k)
{
	uint64_t at = k->lo & t->mask;

	while (t->slot[at].row != 0 && (t->slot[at].lo != k->lo || t->slot[at].hi != k->hi))
		at = (at + 1) & t->mask;
	return &t->slot[at];
}

/* The entries of a chunk: its own, or read into ${room}. */
static const struct entry *entries(
	const struct spill *p, const struct chunk *c, struct entry *room, struct err *e)
{
	if (c->p != NULL)
		return c->p;
	return spill_read(p, c->off, room, c->n * sizeof(*room), e) == 0 ? room : NULL;
}

/* Ask ${visit} about each entry of a partition, in row order. */
typedef int visit_fn(void *ctx, const struct entry *k, struct err *e);

static int each(const struct keyhashes *s, uint32_t part, visit_fn *visit, void *ctx, struct err *e)
{
	struct entry room[CHUNK];

	for (uint32_t i = 0; i < s->part[part].n; i++) {
		const struct chunk *c = &s->part[part].chunks[i];
		const struct entry *k = entries(s->pool, c, room, e);

		if (k == NULL)
			return -1;
		for (uint32_t j = 0; j < c->n; j++)
			if (visit(ctx, &k[j], e) == -1)
				return -1;
	}
	return 0;
}

struct question {
	struct table t;
	keyhashes_fn *fn; /* NULL: only fill the table */
	void *ctx;
	int only; /* partition the entries must be of, -1 any */
};

static int insert(void *ctx, const struct entry *k, struct err *e)
{
	struct question *q = ctx;
	struct entry *slot;

	if (q->t.n * 2 >= q->t.mask && table_resize(&q->t, (q->t.mask + 1) * 2, e) == -1)
		return -1;
	slot = table_find(&q->t, k);
	if (slot->row == 0) {
		*slot = *k;
		q->t.n++;
	} else if (q->fn != NULL) {
		q->fn(q->ctx, k->row, slot->row);
	}
	return 0;
}

static int probe(void *ctx, const struct entry *k, struct err *e)
{
	const struct question *q = ctx;

	(void)e;
	if (q->only >= 0 && k->hi >> 56 != (uint64_t)q->only)
		return 0;
	if (table_find(&q->t, k)->row == 0)
		q->fn(q->ctx, k->row, 0);
	return 0;
}

static int start_table(struct question *q, const struct keyhashes *s, uint32_t part, struct err *e)
{
	uint64_t n = 0, slots = 1024;

	for (uint32_t i = 0; i < s->part[part].n; i++)
		n += s->part[part].chunks[i].n;
	while (slots < n * 2 && slots < 1024 * 1024)
		slots *= 2;
	free(q->t.slot);
	q->t = (struct table){0};
	return table_resize(&q->t, slots, e);
}

int keyhashes_repeated(const struct keyhashes *s, keyhashes_fn *fn, void *ctx, struct err *e)
{
	struct question q = {.fn = fn, .ctx = ctx, .only = -1};
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < s->nparts; i++) {
		rc = start_table(&q, s, i, e);
		if (rc == 0)
			rc = each(s, i, insert, &q, e);
	}
	free(q.t.slot);
	return rc;
}

int keyhashes_missing(const struct keyhashes *s, const struct keyhashes *parents, keyhashes_fn *fn,
	void *ctx, struct err *e)
{
	struct question q = {.ctx = ctx, .only = -1};
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < parents->nparts; i++) {
		uint32_t from = i, to = i + 1;

		if (s->nparts > parents->nparts) { /* all of them against the one */
			from = 0;
			to = s->nparts;
		} else if (s->nparts < parents->nparts) { /* what of the one belongs here */
			from = 0;
			to = 1;
			q.only = (int)i;
		}
		q.fn = NULL;
		rc = start_table(&q, parents, i, e);
		if (rc == 0)
			rc = each(parents, i, insert, &q, e);
		q.fn = fn;
		for (uint32_t k = from; rc == 0 && k < to; k++)
			rc = each(s, k, probe, &q, e);
	}
	free(q.t.slot);
	return rc;
}
