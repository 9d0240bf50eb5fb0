/* SPDX-License-Identifier: MIT */
#include "stages/eval/keyset.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

struct keyset {
	struct keypool *pool;
	uint32_t nparts; /* 1 or PARTS */
	struct part part[];
};

struct keypool {
	char *dir;
	size_t budget, used;
	int fd; /* -1: not needed yet */
	uint64_t size;
};

struct keypool *keypool_new(const char *dir, size_t budget, struct err *e)
{
	struct keypool *p = calloc(1, sizeof(*p));

	if (p != NULL)
		p->dir = strdup(dir);
	if (p == NULL || p->dir == NULL) {
		free(p);
		err_nomem(e);
		return NULL;
	}
	p->budget = budget;
	p->fd = -1;
	return p;
}

void keypool_free(struct keypool *p)
{
	if (p == NULL)
		return;
	if (p->fd != -1)
		close(p->fd);
	free(p->dir);
	free(p);
}

uint64_t keypool_spilled(const struct keypool *p)
{
	return p->size;
}

static int open_file(struct keypool *p, struct err *e)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/keys.tmp.%ld", p->dir, (long)getpid());

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(e, ERR_INPUT, "%s: name too long for a temporary file", p->dir);
	p->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (p->fd == -1)
		return err_sys(e, "%s", path);
	if (unlink(path) == -1)
		return err_sys(e, "%s", path);
	return 0;
}

/* Move a chunk to the file; its memory is left in c->p for the caller. */
static int spill(struct keypool *p, struct chunk *c, struct err *e)
{
	size_t n = c->n * sizeof(*c->p), done = 0;

	if (p->fd == -1 && open_file(p, e) == -1)
		return -1;
	while (done < n) {
		ssize_t got =
			pwrite(p->fd, (const char *)c->p + done, n - done, (off_t)(p->size + done));

		if (got <= 0)
			return err_sys(e, "temporary file of keys in %s", p->dir);
		done += (size_t)got;
	}
	c->off = p->size;
	p->size += n;
	return 0;
}

/* ---- filling --------------------------------------------------------------------- */

struct keyset *keyset_new(struct keypool *p, uint64_t rows, struct err *e)
{
	uint32_t parts = rows > SMALL ? PARTS : 1;
	struct keyset *s = calloc(1, sizeof(*s) + parts * sizeof(s->part[0]));

	if (s == NULL) {
		err_nomem(e);
		return NULL;
	}
	s->pool = p;
	s->nparts = parts;
	return s;
}

static void free_entries(struct keypool *p, struct chunk *c)
{
	if (c->p == NULL)
		return;
	free(c->p);
	c->p = NULL;
	p->used -= CHUNK * sizeof(struct entry);
}

void keyset_free(struct keyset *s)
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
static int add_chunk(struct keypool *p, struct part *part, struct err *e)
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

		if (spill(p, full, e) == -1)
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

int keyset_add(struct keyset *s, struct keyhash h, uint64_t row, struct err *e)
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

int keyset_seal(struct keyset *s, struct err *e)
{
	struct keypool *p = s->pool;

	for (uint32_t i = 0; i < s->nparts && p->used > p->budget; i++) {
		struct chunk *last = s->part[i].n > 0 ? &s->part[i].chunks[s->part[i].n - 1] : NULL;

		if (last == NULL || last->p == NULL)
			continue;
		if (spill(p, last, e) == -1)
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
	const struct keypool *p, const struct chunk *c, struct entry *room, struct err *e)
{
	size_t n = c->n * sizeof(*room), done = 0;

	if (c->p != NULL)
		return c->p;
	while (done < n) {
		ssize_t got = pread(p->fd, (char *)room + done, n - done, (off_t)(c->off + done));

		if (got <= 0) {
			err_sys(e, "temporary file of keys in %s", p->dir);
			return NULL;
		}
		done += (size_t)got;
	}
	return room;
}

/* Ask ${visit} about each entry of a partition, in row order. */
typedef int visit_fn(void *ctx, const struct entry *k, struct err *e);

static int each(const struct keyset *s, uint32_t part, visit_fn *visit, void *ctx, struct err *e)
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
	keyset_fn *fn; /* NULL: only fill the table */
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

static int start_table(struct question *q, const struct keyset *s, uint32_t part, struct err *e)
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

int keyset_repeated(const struct keyset *s, keyset_fn *fn, void *ctx, struct err *e)
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

int keyset_missing(const struct keyset *s, const struct keyset *parents, keyset_fn *fn, void *ctx,
	struct err *e)
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
