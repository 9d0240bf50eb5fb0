/* SPDX-License-Identifier: MIT */
#ifndef EVAL_SENSE_H
#define EVAL_SENSE_H

struct audit;
struct err;

/*
 * sense: what no constraint forbids and nobody would believe: children born before their parents,
 * deliveries before orders, a table whose rows are mostly deleted, texts of random letters.  It
 * asks the profiles of the tables, so nothing is read again.  What it finds are warnings: they
 * never change a verdict or an exit status.
 */

/** sense_all(u, e): of every table of the audit, once all are read. */
int sense_all(struct audit *u, struct err *e);

#endif
