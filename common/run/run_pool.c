/* SPDX-License-Identifier: MIT */
/*
 * A pool of worker processes. Workers are forked, so that all of them share
 * what was prepared before without copying it, and a crash of one is seen as
 * such. Tasks are numbers: a worker takes the next one from a counter in shared
 * memory until there is none or something failed. The first error is written
 * into shared memory by the worker that had it; the parent waits for all.
 *
 * With one job, nothing is forked and the tasks run in the caller.
 */
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

enum { MOST = 256 }; /* workers */

/* Shared by the workers of a call: the next task, who is at which, and the first error. */
struct run_pool {
	atomic_uint next;
	atomic_int failed;	 /* 0, 1 while the error is being written, 2 */
	atomic_uint doing[MOST]; /* by worker: its task + 1; 0: none */
	struct err err;
};

bool run_pool_stopped(const struct run_pool *pool)
{
	return atomic_load_explicit(&pool->failed, memory_order_relaxed) != 0;
}

/* Only the first failure is kept. */
static void fail(struct run_pool *pool, const struct err *e)
{
	int none = 0;

	if (!atomic_compare_exchange_strong(&pool->failed, &none, 1))
		return;
	pool->err = *e;
	atomic_store(&pool->failed, 2);
}

/* Takes tasks until there are none, or one failed. */
static int take_tasks(struct run_pool *pool, const struct run_work *w, uint32_t me)
{
	uint32_t i;

	while (!run_pool_stopped(pool) && (i = atomic_fetch_add(&pool->next, 1)) < w->n) {
		struct err e = {.kind = ERR_NONE};

		atomic_store(&pool->doing[me], i + 1);
		if (w->task(pool, w->ctx, i, &e) == -1) {
			fail(pool, &e);
			return -1;
		}
		atomic_store(&pool->doing[me], 0);
	}
	return 0;
}

/* What a worker does: tasks, and then what it has put off, even where a task failed. */
static int work(struct run_pool *pool, const struct run_work *w, uint32_t me)
{
	struct err e = {.kind = ERR_NONE};
	int rc = take_tasks(pool, w, me);

	if (w->finish == NULL || w->finish(w->ctx, &e) == 0)
		return rc;
	fail(pool, &e);
	return -1;
}

/*
 * A worker ends with its parent (prctl(2), PR_SET_PDEATHSIG), and leaves by
 * _exit(), because what stdio holds is the parent's.
 */
static void worker(struct run_pool *pool, const struct run_work *w, uint32_t me, pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)signal(SIGINT, SIG_DFL); /* the parent says that it was stopped, once */
	(void)signal(SIGTERM, SIG_DFL);
	if (getppid() != parent)
		_exit(1);
	_exit(work(pool, w, me) == 0 ? 0 : 1);
}

/* ---- workers that did not end by themselves ----------------------------------------- */

/*
 * Signals that somebody else sends: an operator, a batch system whose time is over, the kernel when
 * memory is out.  All others a program earns by what it does: SIGSEGV, SIGABRT, SIGFPE.  None of
 * them is ERR_TEMP: the same input, with as many workers in as little memory, would end so again,
 * and a pipeline that retries on 75 would do so for ever.  The message says what else to do.
 */
static const struct {
	int signal;
	const char *why;
} sent[] = {
	{SIGKILL, "as the kernel does when memory is out: call again, with fewer --jobs"},
	{SIGTERM, "which somebody sent: call again to go on"},
	{SIGINT, "which somebody sent: call again to go on"},
	{SIGHUP, "which somebody sent: call again to go on"},
	{SIGQUIT, "which somebody sent: call again to go on"},
};

/* The error for a worker that was ended by a signal. */
static void say_signal(struct err *e, int signal)
{
	const char *name = sigabbrev_np(signal);

	for (size_t i = 0; i < sizeof(sent) / sizeof(sent[0]); i++)
		if (sent[i].signal == signal) {
			err_set(e, ERR_INPUT, "its worker was ended by SIG%s, %s", name,
				sent[i].why);
			return;
		}
	err_set(e, ERR_INPUT,
		"its worker was ended by SIG%s, which is a defect of this program, not of what it "
		"was given: a retry will not help, a report will",
		name != NULL ? name : "?");
}

/* How a worker ended. An error that it wrote itself came before, and stays. */
static void reaped(struct run_pool *pool, const struct run_work *w, uint32_t who, int status)
{
	uint32_t task = atomic_load(&pool->doing[who]);
	struct err e = {.kind = ERR_NONE};

	if (WIFSIGNALED(status))
		say_signal(&e, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		err_set(&e, ERR_INPUT, "its worker left with status %d", WEXITSTATUS(status));
	else
		return;
	if (task > 0)
		w->name(w->ctx, task - 1, &e);
	fail(pool, &e);
}

/*
 * The worker was nobody's child any more, so that how it ended cannot be known.
 */
static void lost(struct run_pool *pool)
{
	struct err e = {.kind = ERR_NONE};

	err_set(&e, ERR_INPUT,
		"a worker is gone, and nobody said how it ended: call again to go on");
	fail(pool, &e);
}

/*
 * Waits for every worker, in whatever order they end, and draws the progress
 * meanwhile.
 */
static void wait_all(struct run_pool *pool, const struct run_work *w, const pid_t *pid, uint32_t n)
{
	static const struct timespec nap = {0, 20 * 1000 * 1000};

	for (uint32_t left = n; left > 0;) {
		int status;
		pid_t who = waitpid(-1, &status, w->progress != NULL ? WNOHANG : 0);

		if (who == -1 && errno != EINTR) {
			lost(pool);
			return;
		}
		for (uint32_t i = 0; who > 0 && i < n; i++)
			if (pid[i] == who) { /* else a child of what this process was before */
				reaped(pool, w, i, status);
				left--;
			}
		progress_tick(w->progress);
		if (who == 0)
			nanosleep(&nap, NULL);
	}
}

/* Forks as many workers as there may be. */
static int run_forked(struct run_pool *pool, const struct run_work *w, uint32_t jobs, struct err *e)
{
	pid_t pid[MOST], me = getpid();
	uint32_t n = 0;

	fflush(NULL);
	for (jobs = jobs < MOST ? jobs : MOST; n < jobs; n++) {
		pid[n] = fork();
		if (pid[n] == 0)
			worker(pool, w, n, me);
		if (pid[n] == -1)
			break;
	}
	if (n == 0)
		return err_sys(e, "start a worker");
	wait_all(pool, w, pid, n);
	return 0;
}

/*
 * The first error of any task is that of the call; tasks that have begun are
 * finished, no new ones are.
 */
int run_pool(uint32_t jobs, const struct run_work *w, struct err *e)
{
	struct run_pool *pool = mmap(
		NULL, sizeof(*pool), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int rc = 0;

	if (pool == MAP_FAILED)
		return err_sys(e, "shared memory");
	jobs = jobs < w->n ? jobs : w->n;
	if (jobs > 1)
		rc = run_forked(pool, w, jobs, e);
	else
		(void)work(pool, w, 0);
	if (rc == 0 && run_pool_stopped(pool)) {
		*e = pool->err;
		if (atomic_load(&pool->failed) != 2) /* it ended while it wrote that down */
			err_set(e, ERR_INPUT,
				"a worker failed, and ended before it said why: call again to go "
				"on");
		rc = -1;
	}
	munmap(pool, sizeof(*pool));
	return rc;
}
