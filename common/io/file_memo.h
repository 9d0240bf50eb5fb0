/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FILE_MEMO_H
#define COMMON_FILE_MEMO_H

#include "common/base/arena.h"
#include "common/io/file.h"

/*
 * file_memo: what a process has found out about files, so that it need not look at
 * the same bytes again.  What is remembered holds for a file as it was mapped: a file
 * that was written to or replaced since then is another one.  Workers that are forked
 * know what was remembered before.
 */

struct file_memo;

/** file_memo_new(a): an empty one, or NULL if memory is out.  It grows in arena ${a}. */
struct file_memo *file_memo_new(struct arena *a);

/** file_memo_get(m, id): what was remembered of the file ${id}, or NULL. ${m} may be NULL. */
const void *file_memo_get(const struct file_memo *m, const struct file_id *id);

/**
 * file_memo_put(m, id, n):
 * ${n} bytes of memory to be filled with what is known of the file ${id}.  NULL if ${m} is
 * NULL, if memory is out, or if a later change of the file could not be told from its
 * times: then the file will be looked at again.
 */
void *file_memo_put(struct file_memo *m, const struct file_id *id, size_t n);

#endif
