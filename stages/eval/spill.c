/* SPDX-License-Identifier: MIT */
#include "stages/eval/spill.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/err.h"

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

static int open_file(struct spill *p, struct err *e)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/keys.tmp.%ld", p->dir, (long)getpid());

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(e, ERR_INPUT, "%s: name too long for a temporary file", p->dir);
	p->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (p->fd == -1)
		return err_sys(e, "%s", path);
	if (unlink(path) == -1)
		return err_sys(e, "%s", path);
	return 0;
}

int spill_write(struct spill *p, const void *from, size_t n, uint64_t *at, struct err *e)
{
	size_t done = 0;

	if (p->fd == -1 && open_file(p, e) == -1)
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
