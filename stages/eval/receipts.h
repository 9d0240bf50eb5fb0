/* SPDX-License-Identifier: MIT */
#ifndef EVAL_RECEIPTS_H
#define EVAL_RECEIPTS_H

#include "stages/eval/audit.h"

/*
 * receipts: what the generators say they wrote.  A run without any is audited all the
 * same: somebody else may have made the files.
 */

/** receipts_files(u, t, e): the files with the rows of a table: those the receipts name, else
 *  those that are there.  A missing one is an error that names the stage to rerun. */
int receipts_files(const struct audit *u, struct audit_table *t, struct err *e);

/**
 * receipts_check(u, e):
 * Files that are not the ones a receipt tells of are violations (file_digest_mismatch);
 * receipts of another plan are an error that names the stage to rerun.  What they tell of
 * attempts is added up in the tables.
 */
int receipts_check(struct audit *u, struct err *e);

/** receipts_report(u, e): write generation_report.json anew, if every shard has a receipt. */
int receipts_report(const struct audit *u, struct err *e);

/** receipts_run_id(u): what that report calls the run; without one, what follows "__run_" in the
 *  directory's name; else "unknown".  NULL when memory is out. */
const char *receipts_run_id(const struct audit *u);

#endif
