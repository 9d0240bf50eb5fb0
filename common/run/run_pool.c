/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/run/run_int.h"

/* Shared by the workers of a call: the next task, and the first error. */
struct run_pool {
	atomic_uint next;
	atomic_int failed; /* 0, 1 while the error is being written, 2 */
	struct err err;
};

bool run_pool_stopped(const struct run_pool *pool)
{
	return atomic_load_explicit(&pool->failed, memory_order_relaxed) != 0;
}

struct work {
	struct run_pool *pool;
	uint32_t n;
	int (*task)(const struct run_pool *pool, void *ctx, uint32_t i, struct err *e);
	void *ctx;
};

static void fail(struct run_pool *pool, const struct err *e)
{
	int none = 0;

	if (!atomic_compare_exchange_strong(&pool->failed, &none, 1))
		return;
	pool->err = *e;
	atomic_store(&pool->failed, 2);
}

static int work(const struct work *w)
{
	uint32_t i;

	while (!run_pool_stopped(w->pool) && (i = atomic_fetch_add(&w->pool->next, 1)) < w->n) {
		struct err e = {.kind = ERR_NONE};

		if (w->task(w->pool, w->ctx, i, &e) == -1) {
			fail(w->pool, &e);
			return -1;
		}
	}
	return 0;
}

/* A worker ends with its parent, and leaves by _exit: what stdio holds is the parent's. */
static void worker(const struct work *w, pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	_exit(work(w) == 0 ? 0 : 1);
}

static void reaped(struct run_pool *pool, int status)
{
	struct err e = {.kind = ERR_NONE};

	if (!WIFSIGNALED(status))
		return;
	err_set(&e, ERR_TEMP, "a worker was ended by signal %d (%s)", WTERMSIG(status),
		strsignal(WTERMSIG(status)));
	fail(pool, &e);
}

/* Wait for every worker, drawing the progress meanwhile. */
static void wait_all(struct run_pool *pool, pid_t *pid, uint32_t n, struct progress *p)
{
	static const struct timespec nap = {0, 20 * 1000 * 1000};
	uint32_t left = n;

	while (left > 0) {
		for (uint32_t i = 0; i < n; i++) {
			int status;

			if (pid[i] <= 0 || waitpid(pid[i], &status, p != NULL ? WNOHANG : 0) <= 0)
				continue;
			reaped(pool, status);
			pid[i] = 0;
			left--;
		}
		progress_tick(p);
		if (left > 0 && p != NULL)
			nanosleep(&nap, NULL);
	}
}

static int run_forked(struct work *w, uint32_t jobs, struct progress *p, struct err *e)
{
	enum { MOST = 256 };
	pid_t pid[MOST], me = getpid();
	uint32_t n = 0;

	fflush(NULL);
	for (jobs = jobs < MOST ? jobs : MOST; n < jobs; n++) {
		pid[n] = fork();
		if (pid[n] == 0)
			worker(w, me);
		if (pid[n] == -1)
			break;
	}
	if (n == 0)
		return err_sys(e, "start a worker");
	wait_all(w->pool, pid, n, p);
	return 0;
}

int run_pool(uint32_t jobs, uint32_t n,
	int (*task)(const struct run_pool *pool, void *ctx, uint32_t i, struct err *e), void *ctx,
	struct progress *p, struct err *e)
{
	struct run_pool *pool = mmap(
		NULL, sizeof(*pool), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct work w = {pool, n, task, ctx};
	int rc = 0;

	if (pool == MAP_FAILED)
		return err_sys(e, "shared memory");
	jobs = jobs < n ? jobs : n;
	if (jobs > 1)
		rc = run_forked(&w, jobs, p, e);
	else
		(void)work(&w);
	if (rc == 0 && run_pool_stopped(pool)) {
		*e = pool->err;
		rc = -1;
	}
	munmap(pool, sizeof(*pool));
	return rc;
}
