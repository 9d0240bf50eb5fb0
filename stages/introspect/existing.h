/* SPDX-License-Identifier: MIT */
#ifndef INTROSPECT_EXISTING_H
#define INTROSPECT_EXISTING_H

#include <stdint.h>

#include "common/io/rundir.h"
#include "common/schema/schema.h"
#include "stages/introspect/keyspec.h"

struct err;
struct pg;

/*
 * existing: the keys of rows that the database has, as key snapshots, so that children attach
 * to them.  Which columns: those the user lists and the primary key; without a list, the
 * primary key, every unique key, and what foreign keys refer to.  Nothing else of anybody's
 * rows leaves the database.
 *
 * Rows are in the order of the primary key (texts bytewise), so that equal rows are equal
 * bytes; without one, of the first unique key, else as the server gives them.  They are
 * taken one by one as they come: memory does not grow with them.
 */
struct existing {
	const struct keyspec *specs;
	uint32_t n;
	const struct rundir *run;
	struct existing_table *tables; /* [n] */
};

/** existing_read(x, pg, s, e): read all of them, in the transaction that ${s} was read in.
 *  ${s} has its fingerprint.  Nothing appears yet. */
int existing_read(struct existing *x, struct pg *pg, struct schema *s, struct err *e);

/** existing_commit(x, e): make them appear, and remove those of tables that are not asked for
 *  any more. */
int existing_commit(struct existing *x, struct err *e);

/** existing_end(x): drop what was not committed. */
void existing_end(struct existing *x);

#endif
