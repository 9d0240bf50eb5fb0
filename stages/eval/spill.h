/* SPDX-License-Identifier: MIT */
#ifndef EVAL_SPILL_H
#define EVAL_SPILL_H

#include <stddef.h>
#include <stdint.h>

/*
 * spill: what the sets of keys and intervals of a process share: the memory that they may fill
 * together, and one temporary file for what is beyond it.  The file is made when it is first
 * needed and unlinked at once: no ending of the process leaves it.
 */

struct err;

struct spill {
	char *dir;
	size_t budget, used; /* bytes; the sets keep ${used} */
	int fd;		     /* -1: not needed yet */
	uint64_t size;	     /* bytes that went to the file */
};

/** spill_new(dir, budget, e): sets may hold ${budget} bytes, the rest goes to a file in ${dir}. */
struct spill *spill_new(const char *dir, size_t budget, struct err *e);
void spill_free(struct spill *p); /* after its sets; NULL is accepted */

/** spill_write(p, from, n, at, e): ${n} bytes to the file's end; *at is where they are. */
int spill_write(struct spill *p, const void *from, size_t n, uint64_t *at, struct err *e);

/** spill_read(p, at, to, n, e): the ${n} bytes at ${at}. */
int spill_read(const struct spill *p, uint64_t at, void *to, size_t n, struct err *e);

#endif
