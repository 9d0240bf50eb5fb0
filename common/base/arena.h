/* SPDX-License-Identifier: MIT */
#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include <stdarg.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * arena: memory by lifetime, passed by hand.  What is allocated together is
 * freed together.  A stage has two kinds: one for the run (schema, plan) and
 * one reset for every block of rows.
 */

struct arena_chunk;

struct arena {
	struct arena_chunk *head; /* chunk being filled, older ones behind it */
	size_t chunk;		  /* size of the next chunk */
	bool failed;		  /* memory was out, for whoever asked: see arena_failed() */
};

/** ARENA_INIT: an empty arena; nothing is allocated until the first call. */
#define ARENA_INIT ((struct arena){NULL, 0, false})

/** arena_alloc(a, n): ${n} zeroed bytes aligned to 16, or NULL when memory is out. */
void *arena_alloc(struct arena *a, size_t n);

/** arena_raw(a, n): the same, but what is in it is undefined: for large buffers that are written
 *  before they are read, and where zeroing costs as much as what is done with them. */
void *arena_raw(struct arena *a, size_t n);

/** arena_array(a, n, size): as arena_alloc(n * size), NULL if that overflows. */
void *arena_array(struct arena *a, size_t n, size_t size);

/** arena_strdup, arena_strndup: a NUL-terminated copy, or NULL.  The copy of NULL is NULL, so that
 * a text that found no memory is found out where its copy is looked at. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);

/** arena_printf(a, fmt, ...), arena_vprintf(a, fmt, ap): a formatted string, or NULL. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/**
 * arena_failed(a), arena_fail(a):
 * arena_failed() tells whether any allocation from ${a} has failed since it was empty, or
 * arena_fail() was called.  A compiler may leave out a part that it cannot build; if it takes lack
 * of memory for such a part, other rows are made of the same plan.  So arena_failed() is asked
 * once, when everything is built: if it is true, the result is not to be used.
 */
static inline bool arena_failed(const struct arena *a)
{
	return a->failed;
}

static inline void arena_fail(struct arena *a)
{
	a->failed = true;
}

/** arena_reset(a): forget everything; keeps one chunk for reuse. */
void arena_reset(struct arena *a);

/** arena_free(a): give all memory back.  The arena is empty and usable again. */
void arena_free(struct arena *a);

#endif
