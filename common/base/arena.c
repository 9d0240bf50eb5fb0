/* SPDX-License-Identifier: MIT */
/*
 * Arenas: memory that is taken piece by piece and freed all at once.
 *
 * An arena is a list of chunks, the first of which is being filled. Chunks
 * double in size from FIRST to LAST; what is larger than a chunk gets one of
 * its own. Memory is aligned to 16 bytes and zeroed. arena_reset() keeps the
 * largest chunk, so that a loop that fills an arena again and again allocates
 * only once.
 *
 * A chunk of MAPPED bytes or more is mapped by itself. The kernel gives zeroed pages when
 * they are first touched, so that they are not zeroed here: the vectors of a block have
 * room for 1,024 rows, and a table of ten rows costs only the pages that the ten use.
 */
#include "common/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGN = 16, FIRST = 8 << 10, LAST = 1 << 20, MAPPED = 256 << 10 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t size, used;
	size_t clean; /* bytes from here on are zero */
	alignas(ALIGN) unsigned char mem[];
};

static bool is_mapped(size_t size)
{
	return size >= MAPPED - sizeof(struct arena_chunk);
}

/* NULL when out of memory, or when the size overflows. */
static struct arena_chunk *chunk_new(size_t size)
{
	struct arena_chunk *c;

	if (size > SIZE_MAX - sizeof(*c))
		return NULL;
	if (is_mapped(size)) {
		c = mmap(NULL, sizeof(*c) + size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (c == MAP_FAILED)
			return NULL;
		c->clean = 0;
	} else {
		if ((c = malloc(sizeof(*c) + size)) == NULL)
			return NULL;
		c->clean = size;
	}
	c->next = NULL;
	c->size = size;
	c->used = 0;
	return c;
}

static void chunk_free(struct arena_chunk *c)
{
	if (is_mapped(c->size))
		munmap(c, sizeof(*c) + c->size);
	else
		free(c);
}

/* The next ${n} bytes of a chunk, which has room for them; zeroed, unless they are raw. */
static void *chunk_take(struct arena_chunk *c, size_t n, bool raw)
{
	size_t from = c->used;

	if (!raw && from < c->clean)
		memset(c->mem + from, 0, n < c->clean - from ? n : c->clean - from);
	c->used += n;
	if (c->clean < c->used)
		c->clean = c->used;
	return c->mem + from;
}

/*
 * What is larger than a chunk gets its own, behind the one being filled, which
 * can go on being used.
 */
static void *take_large(struct arena *a, size_t n, bool raw)
{
	struct arena_chunk *c = chunk_new(n);

	if (c == NULL)
		return NULL;
	if (a->head == NULL) {
		a->head = c;
	} else {
		c->next = a->head->next;
		a->head->next = c;
	}
	return chunk_take(c, n, raw);
}

/*
 * Memory from the chunk that is being filled. If it has no room, a new one is
 * begun, which is twice as large as the one before, up to LAST; what is larger
 * than half a chunk gets its own.
 */
static void *take(struct arena *a, size_t n, bool raw)
{
	struct arena_chunk *c = a->head;

	if (n > SIZE_MAX - ALIGN)
		return NULL;
	n = n == 0 ? ALIGN : (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (c != NULL && n <= c->size - c->used)
		return chunk_take(c, n, raw);
	if (a->chunk == 0)
		a->chunk = FIRST;
	if (n > a->chunk / 2)
		return take_large(a, n, raw);
	if ((c = chunk_new(a->chunk)) == NULL)
		return NULL;
	if (a->chunk < LAST)
		a->chunk *= 2;
	c->next = a->head;
	a->head = c;
	return chunk_take(c, n, raw);
}

void *arena_alloc(struct arena *a, size_t n)
{
	void *p = take(a, n, false);

	if (p == NULL)
		a->failed = true;
	return p;
}

void *arena_raw(struct arena *a, size_t n)
{
	void *p = take(a, n, true);

	if (p == NULL)
		a->failed = true;
	return p;
}

/* NULL also when n * size overflows. */
void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	return arena_alloc(a, __builtin_mul_overflow(n, size, &bytes) ? SIZE_MAX : bytes);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n == SIZE_MAX ? SIZE_MAX : n + 1);

	if (p != NULL && n > 0)
		memcpy(p, s, n);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s != NULL ? arena_strndup(a, s, strlen(s)) : NULL;
}

/* The text is formatted twice, first to learn its length. */
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *p = NULL;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0 && (p = arena_alloc(a, (size_t)n + 1)) != NULL)
		(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	p = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return p;
}

static struct arena_chunk *largest(struct arena_chunk *c)
{
	struct arena_chunk *best = c;

	for (; c != NULL; c = c->next)
		if (c->size > best->size)
			best = c;
	return best;
}

/* Keeps the largest chunk, and frees the others. */
void arena_reset(struct arena *a)
{
	struct arena_chunk *keep = largest(a->head);

	for (struct arena_chunk *c = a->head, *next; c != NULL; c = next) {
		next = c->next;
		if (c != keep)
			chunk_free(c);
	}
	a->head = keep;
	if (keep != NULL) {
		keep->next = NULL;
		keep->used = 0;
	}
}

void arena_free(struct arena *a)
{
	for (struct arena_chunk *c = a->head, *next; c != NULL; c = next) {
		next = c->next;
		chunk_free(c);
	}
	*a = ARENA_INIT;
}
