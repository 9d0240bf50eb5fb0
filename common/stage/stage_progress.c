/* SPDX-License-Identifier: MIT */
/*
 * A line of progress on a terminal. The counter is in shared memory: workers
 * that were forked add to it, and the parent draws, at most ten times a second.
 * Without a terminal there is none, and all functions do nothing. The terminal
 * is stderr, or, where a pipeline collects what is said there, the descriptor
 * that DATALCHEMY_PROGRESS_FD names.
 */
#include "common/stage/stage.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "common/base/num.h"

enum { GROUPED = NUM_MAX + NUM_MAX / 3, REDRAW_MS = 100 };

/* In shared memory: forked workers add, the parent draws. */
struct progress {
	_Atomic uint64_t done;
	uint64_t total;
	int fd;
	int64_t started, drawn; /* milliseconds */
	char what[48];
};

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The descriptor of the terminal to draw on, or -1. */
static int terminal(void)
{
	const char *term = getenv("TERM"), *named = getenv("DATALCHEMY_PROGRESS_FD");
	int64_t fd;

	if (term == NULL || strcmp(term, "dumb") == 0)
		return -1;
	if (isatty(STDERR_FILENO))
		return STDERR_FILENO;
	if (named == NULL || !num_parse_i64(named, strlen(named), &fd) || fd <= STDERR_FILENO ||
		fd > INT_MAX)
		return -1;
	return isatty((int)fd) ? (int)fd : -1;
}

/* NULL when nothing is to be drawn. */
struct progress *progress_start(const char *what, uint64_t total)
{
	struct progress *p;
	int fd = terminal();

	if (fd == -1)
		return NULL;
	p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	atomic_init(&p->done, 0);
	p->total = total;
	p->fd = fd;
	p->started = now_ms();
	p->drawn = 0;
	(void)snprintf(p->what, sizeof(p->what), "%s", what);
	return p;
}

void progress_add(struct progress *p, uint64_t done)
{
	if (p != NULL)
		(void)atomic_fetch_add_explicit(&p->done, done, memory_order_relaxed);
}

/* 1234567 as "1,234,567". */
static char *grouped(char *to, uint64_t u)
{
	char t[NUM_MAX];
	size_t n = num_fmt_u64(t, u), at = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			to[at++] = ',';
		to[at++] = t[i];
	}
	to[at] = '\0';
	return to;
}

/* Draws the line again, if enough time has passed since the last. */
void progress_tick(struct progress *p)
{
	char done_text[GROUPED], total_text[GROUPED], rate_text[GROUPED];
	int64_t now = p == NULL ? 0 : now_ms(), ms;
	uint64_t done, rate;

	if (p == NULL || now - p->drawn < REDRAW_MS)
		return;
	p->drawn = now;
	ms = now - p->started;
	done = atomic_load_explicit(&p->done, memory_order_relaxed);
	rate = ms <= 0 ? 0 : (uint64_t)((unsigned __int128)done * 1000 / (uint64_t)ms);
	(void)grouped(done_text, done);
	(void)grouped(rate_text, rate);
	if (p->total == 0)
		(void)dprintf(p->fd, "\r\033[K%s  %s  (%s/s)", p->what, done_text, rate_text);
	else
		(void)dprintf(p->fd, "\r\033[K%s  %3u %%  %s of %s  (%s/s)", p->what,
			(unsigned)((unsigned __int128)done * 100 / p->total), done_text,
			grouped(total_text, p->total), rate_text);
}

void progress_end(struct progress *p)
{
	if (p == NULL)
		return;
	(void)dprintf(p->fd, "\r\033[K");
	(void)munmap(p, sizeof(*p));
}
