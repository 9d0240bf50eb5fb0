/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SNAP_INT_H
#define COMMON_SNAP_INT_H

#include "common/base/arena.h"
#include "common/snapshot/snap.h"

/* snap_int: what the files that read the envelope share. */

/** snap_columns_open(s, a, e): put the chunks of ${s} together as s->col, in arena ${a}.  Chunks
 *  that contradict one another are an error that names file, column and field.  O(chunks). */
int snap_columns_open(struct snap *s, struct arena *a, struct err *e);

/** snap_columns_check(s, e): look at every value of s->col once, and note what they are like.  One
 *  that its type does not have is an error that names file, column and row.  O(bytes). */
int snap_columns_check(struct snap *s, struct err *e);

/** snap_columns_size(s), snap_columns_note(s, to), snap_columns_recall(s, from): what
 *  snap_columns_check() found out, kept in ${to} of that many bytes, which may be NULL, and put
 *  back.  snap_columns_recall() returns false if ${from} is NULL. */
size_t snap_columns_size(const struct snap *s);
void snap_columns_note(const struct snap *s, void *to);
bool snap_columns_recall(struct snap *s, const void *from);

/** snap_column_bad(s, name, what, e): the error about column ${name} of ${s}.  Returns -1. */
int snap_column_bad(const struct snap *s, const char *name, const char *what, struct err *e);

#endif
