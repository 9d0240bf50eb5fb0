/* SPDX-License-Identifier: MIT */
#ifndef EVAL_PROOF_H
#define EVAL_PROOF_H

#include "common/base/arena.h"
#include "common/io/rundir.h"
#include "common/plan/plan.h"

/*
 * proof: that the files of a run are those of its plan, by its receipts alone: for runs whose
 * shards were made by many machines and brought together.  No row is read.
 */

/**
 * proof_run(run, plan, fingerprint, most, a, e):
 * Every shard of every table has one receipt, of this plan and of the schema with that fingerprint;
 * the files that it tells of are there with their digests, and were made from the key snapshots
 * that are there; no other file is in data/, keys/ and receipts/.  Each thing that is wrong is one
 * line of stage_error(), ${most} of them at most, and then the answer is ERR_NO.  If all holds,
 * RUN/manifest.sha256 is written, whose lines `sha256sum -c` takes in the run directory.
 */
int proof_run(const struct rundir *run, const struct plan *plan, const char *fingerprint,
	uint32_t most, struct arena *a, struct err *e);

#endif
