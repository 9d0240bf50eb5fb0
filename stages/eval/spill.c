/* SPDX-License-Identifier: MIT */
#include "stages/eval/spill.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/io/scratch.h"

struct spill *spill_new(const char *dir, size_t budget, struct err *e)
{
	struct spill *p = calloc(1, sizeof(*p));

	if (p != NULL)
		p->dir = strdup(dir);
	if (p == NULL || p->dir == NULL) {
		free(p);
		err_nomem(e);
		return NULL;
	}
	p->budget = budget;
	p->fd = -1;
	return p;
}

void spill_free(struct spill *p)
{
	if (p == NULL)
		return;
	if (p->fd != -1)
		close(p->fd);
	free(p->dir);
	free(p);
}

int spill_write(struct spill *p, const void *from, size_t n, uint64_t *at, struct err *e)
{
	size_t done = 0;

	if (p->fd == -1 && (p->fd = scratch_file(p->dir, e)) == -1)
		return -1;
	while (done < n) {
		ssize_t got =
			pwrite(p->fd, (const char *)from + done, n - done, (off_t)(p->size + done));

		if (got <= 0)
			return err_sys(e, "temporary file of keys in %s", p->dir);
		done += (size_t)got;
	}
	*at = p->size;
	p->size += n;
	return 0;
}

int spill_read(const struct spill *p, uint64_t at, void *to, size_t n, struct err *e)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(p->fd, (char *)to + done, n - done, (off_t)(at + done));

		if (got <= 0)
			return err_sys(e, "temporary file of keys in %s", p->dir);
		done += (size_t)got;
	}
	return 0;
}
