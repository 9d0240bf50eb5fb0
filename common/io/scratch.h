/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SCRATCH_H
#define COMMON_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/*
 * scratch: tables that grow with the parents, in a file without a name where they are large:
 * pages the kernel may write back, gone with the process.  Workers that are forked later read
 * them; they do not write.
 */

struct arena;
struct err;

/** scratch_file(dir, e): a file without a name in folder ${dir}, open to read and write.  -1. */
int scratch_file(const char *dir, struct err *e);

/** scratch_memory(e): the same in memory, of no folder, for what is small: it is made a hundred
 *  times faster.  -1. */
int scratch_memory(struct err *e);

/** scratch_path(fd, a): a path under which this process can open the file ${fd} once more.  NULL:
 * memory is out. */
char *scratch_path(int fd, struct arena *a);

/** scratch_is_path(path): whether it is one that scratch_path() gave: a link, as procfs has it. */
bool scratch_is_path(const char *path);

struct scratch {
	void *p;
	size_t bytes;
};

/** scratch_open(s, dir, n, size, e): room for n * size zeroed bytes, in a file of folder
 *  ${dir}, or, up to 4 MiB, in memory.  -1: no room, on the disk or in memory. */
int scratch_open(struct scratch *s, const char *dir, size_t n, size_t size, struct err *e);
void scratch_close(struct scratch *s); /* one born empty is accepted */

#endif
