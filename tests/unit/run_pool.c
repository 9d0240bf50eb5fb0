/* SPDX-License-Identifier: MIT */
/* run_pool: tasks by number, in this process or in several, and what becomes of those that fail. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/run/run_int.h"
#include "tests/unit/check.h"

enum { TASKS = 40, NOBODY = UINT16_MAX };

/* How often each task was done, in memory that workers share; and the one that is not to end well.
 */
struct work {
	atomic_uint *done;
	uint32_t bad; /* NOBODY: all end well */
	int signal;   /* that the bad one sends itself; 0: none */
	int status;   /* that its worker leaves with; 0: it fails with an error */
};

/* Ends as a crash would: whoever catches the signal to say more of it must not. */
static void end_by(int signal_number)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(signal_number, SIG_DFL);
	(void)raise(signal_number);
}

static int task(const struct run_pool *pool, void *ctx, uint32_t i, struct err *e)
{
	const struct work *w = ctx;

	(void)pool;
	if (i == w->bad && w->signal != 0)
		end_by(w->signal);
	if (i == w->bad && w->status != 0)
		_exit(w->status);
	if (i == w->bad)
		return err_set(e, ERR_NO, "task %u was told to fail", i);
	atomic_fetch_add(&w->done[i], 1);
	return 0;
}

static void name(const void *ctx, uint32_t i, struct err *e)
{
	(void)ctx;
	err_wrap(e, "task %u", i);
}

/* Runs TASKS tasks, their counts starting at 0. */
static int run(uint32_t jobs, struct work *w, struct err *e)
{
	const struct run_work all = {TASKS, task, name, w, NULL};

	for (uint32_t i = 0; i < TASKS; i++)
		atomic_store(&w->done[i], 0);
	*e = (struct err){.kind = ERR_NONE};
	return run_pool(jobs, &all, e);
}

static uint32_t done(const struct work *w)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < TASKS; i++)
		n += atomic_load(&w->done[i]);
	return n;
}

/* ---- all ends well ------------------------------------------------------------------------- */

static void every_task_is_done_once(struct work *w)
{
	static const uint32_t jobs[] = {0, 1, 2, 7, TASKS + 5};

	w->bad = NOBODY;
	for (size_t k = 0; k < sizeof(jobs) / sizeof(jobs[0]); k++) {
		struct err e;

		CHECK(run(jobs[k], w, &e) == 0 && e.kind == ERR_NONE);
		for (uint32_t i = 0; i < TASKS; i++)
			CHECK(atomic_load(&w->done[i]) == 1);
	}
}

static void no_task_is_no_work(struct work *w)
{
	const struct run_work none = {0, task, name, w, NULL};
	struct err e = {.kind = ERR_NONE};

	CHECK(run_pool(4, &none, &e) == 0);
}

/* A shell that executes a stage by `exec` leaves it children that it knows nothing of. */
static void children_of_somebody_else_are_no_workers(struct work *w)
{
	struct err e;
	pid_t child = fork();

	if (child == 0)
		_exit(9);
	w->bad = NOBODY;
	CHECK(child != -1 && run(3, w, &e) == 0);
	CHECK(done(w) == TASKS);
	(void)waitpid(child, NULL, 0);
}

/* ---- a task fails -----------------------------------------------------------------------------
 */

static void the_error_of_a_task_is_that_of_the_call(struct work *w)
{
	for (uint32_t jobs = 1; jobs <= 3; jobs++) {
		struct err e;

		w->bad = 5;
		w->signal = w->status = 0;
		CHECK(run(jobs, w, &e) == -1);
		CHECK(e.kind == ERR_NO);
		CHECK_STR(e.msg, "task 5 was told to fail");
		CHECK(atomic_load(&w->done[5]) == 0);
	}
}

static void nothing_begins_after_a_failure(struct work *w)
{
	struct err e;

	w->bad = 5;
	w->signal = w->status = 0;
	CHECK(run(1, w, &e) == -1 && done(w) == 5);
}

/* Task 0 fails.  Another one that has begun waits until it is told so. */
static int fail_or_wait(const struct run_pool *pool, void *ctx, uint32_t i, struct err *e)
{
	atomic_uint *stopped = ctx;

	if (i == 0)
		return err_set(e, ERR_TEMP, "the first");
	for (int n = 0; n < 5000 && !run_pool_stopped(pool); n++)
		usleep(1000);
	if (!run_pool_stopped(pool))
		return 0;
	atomic_fetch_add(stopped, 1);
	return err_set(e, ERR_NO, "the second");
}

static void tasks_that_have_begun_are_told_and_the_first_error_stays(struct work *w)
{
	const struct run_work two = {2, fail_or_wait, name, w->done, NULL};
	struct err e = {.kind = ERR_NONE};

	atomic_store(&w->done[0], 0);
	CHECK(run_pool(2, &two, &e) == -1);
	CHECK(e.kind == ERR_TEMP);
	CHECK_STR(e.msg, "the first");
	CHECK(atomic_load(&w->done[0]) <= 1);
}

/* ---- a worker ends ----------------------------------------------------------------------------
 */

/* No signal is worth a retry that nobody has thought about: the message says what to do first. */
static void a_worker_that_a_signal_ends_is_an_error_that_names_signal_and_task(struct work *w)
{
	static const struct {
		int signal;
		enum err_kind kind;
		const char *msg;
	} all[] = {
		{SIGKILL, ERR_INPUT,
			"task 5: its worker was ended by SIGKILL, as the kernel does when memory "
			"is out: call again, with fewer --jobs"},
		{SIGTERM, ERR_INPUT,
			"task 5: its worker was ended by SIGTERM, which somebody sent: call again "
			"to go on"},
		{SIGHUP, ERR_INPUT,
			"task 5: its worker was ended by SIGHUP, which somebody sent: call again "
			"to go on"},
		{SIGSEGV, ERR_INPUT,
			"task 5: its worker was ended by SIGSEGV, which is a defect of this "
			"program, not of what it was given: a retry will not help, a report will"},
		{SIGABRT, ERR_INPUT,
			"task 5: its worker was ended by SIGABRT, which is a defect of this "
			"program, not of what it was given: a retry will not help, a report will"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct err e;

		w->bad = 5;
		w->signal = all[i].signal;
		CHECK(run(2, w, &e) == -1);
		CHECK(e.kind == all[i].kind);
		CHECK_STR(e.msg, all[i].msg);
	}
	w->signal = 0;
}

static void a_worker_that_leaves_by_itself_is_an_error(struct work *w)
{
	struct err e;

	w->bad = 5;
	w->status = 3;
	CHECK(run(2, w, &e) == -1);
	CHECK(e.kind == ERR_INPUT);
	CHECK_STR(e.msg, "task 5: its worker left with status 3");
	w->status = 0;
}

/* The kernel reaps the children of a process that ignores SIGCHLD, and tells it nothing. */
static void workers_that_nobody_can_wait_for_are_an_error(struct work *w)
{
	struct err e;

	(void)signal(SIGCHLD, SIG_IGN);
	w->bad = NOBODY;
	CHECK(run(2, w, &e) == -1);
	CHECK(e.kind == ERR_INPUT);
	CHECK_STR(e.msg, "a worker is gone, and nobody said how it ended: call again to go on");
	(void)signal(SIGCHLD, SIG_DFL);
}

int main(void)
{
	struct work w = {.bad = NOBODY};
	void *shared = mmap(NULL, TASKS * sizeof(w.done[0]), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return 2;
	w.done = shared;
	every_task_is_done_once(&w);
	no_task_is_no_work(&w);
	children_of_somebody_else_are_no_workers(&w);
	the_error_of_a_task_is_that_of_the_call(&w);
	nothing_begins_after_a_failure(&w);
	tasks_that_have_begun_are_told_and_the_first_error_stays(&w);
	a_worker_that_a_signal_ends_is_an_error_that_names_signal_and_task(&w);
	a_worker_that_leaves_by_itself_is_an_error(&w);
	workers_that_nobody_can_wait_for_are_an_error(&w);
	(void)munmap(shared, TASKS * sizeof(w.done[0]));
	return check_done();
}
