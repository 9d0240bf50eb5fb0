/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RUN_POOL_H
#define COMMON_RUN_POOL_H

#include <stdbool.h>
#include <stdint.h>

/* A pool of processes that take tasks. */
struct err;
struct progress;
struct run_pool;

/* Work for a pool. */
struct run_work {
	uint32_t n; /* tasks */
	int (*task)(const struct run_pool *pool, void *ctx, uint32_t i, struct err *e);
	/* put what task ${i} makes before the message in ${e}: "table crm.leads, shard 3" */
	void (*name)(const void *ctx, uint32_t i, struct err *e);
	void *ctx;
	struct progress *progress; /* drawn while the workers work, or NULL */
	/* what a worker does after its last task, whether that failed or not; NULL: nothing */
	int (*finish)(void *ctx, struct err *e);
};

/**
 * run_pool(jobs, w, e):
 * Call task(pool, ctx, i, e) for i in [0, n), in ${jobs} processes when that is more than
 * one.  The first that fails stops the others, and its error is ours.  A worker that a signal
 * ended is an error that names signal and task: ERR_TEMP if the signal came from outside (SIGKILL,
 * SIGTERM ...), ERR_INPUT if the worker earned it (SIGSEGV, SIGABRT ...).
 */
int run_pool(uint32_t jobs, const struct run_work *w, struct err *e);

/** run_pool_stopped(pool): whether another worker has failed, to be asked between blocks. */
bool run_pool_stopped(const struct run_pool *pool);

#endif
