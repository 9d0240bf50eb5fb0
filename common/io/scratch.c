/* SPDX-License-Identifier: MIT */
/*
 * A file without a name: O_TMPFILE where the file system has it (open(2)), else
 * a file whose name is removed at once. Either way nothing is left when the
 * process ends.
 */
#include "common/io/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/err.h"

/* Where the file system knows no files without a name, one that loses it at once. */
int scratch_file(const char *dir, struct err *e)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char path[4096];

	if (fd != -1 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
		return fd != -1 ? fd : err_sys(e, "scratch file in %s", dir);
	if ((size_t)snprintf(path, sizeof(path), "%s/.scratch.XXXXXX", dir) >= sizeof(path))
		return err_set(e, ERR_INPUT, "%s: the name is too long", dir);
	if ((fd = mkostemp(path, O_CLOEXEC)) == -1)
		return err_sys(e, "scratch file in %s", dir);
	(void)unlink(path);
	return fd;
}

int scratch_memory(struct err *e)
{
	int fd = memfd_create("scratch", MFD_CLOEXEC);

	return fd != -1 ? fd : err_sys(e, "scratch file in memory");
}

/* proc(5): an entry for each descriptor of the process, which leads to what it has open. */
static const char folder[] = "/proc/self/fd/";

char *scratch_path(int fd, struct arena *a)
{
	return arena_printf(a, "%s%d", folder, fd);
}

bool scratch_is_path(const char *path)
{
	return strncmp(path, folder, sizeof(folder) - 1) == 0;
}

/*
 * A scratch file of ${n} elements, mapped into memory and zeroed. Its blocks
 * are allocated at once (posix_fallocate(3)), so that a full disk is an error
 * here and not a SIGBUS later.
 */
int scratch_open(struct scratch *s, const char *dir, size_t n, size_t size, struct err *e)
{
	size_t bytes;
	int fd, why;

	*s = (struct scratch){NULL, 0};
	if (__builtin_mul_overflow(n == 0 ? 1 : n, size, &bytes))
		return err_nomem(e);
	if ((fd = scratch_file(dir, e)) == -1)
		return -1;
	if ((why = posix_fallocate(fd, 0, (off_t)bytes)) != 0) {
		close(fd);
		errno = why;
		return err_sys(e, "scratch file of %zu bytes in %s", bytes, dir);
	}
	s->p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (s->p == MAP_FAILED) {
		s->p = NULL;
		return err_sys(e, "map a scratch file of %zu bytes", bytes);
	}
	s->bytes = bytes;
	return 0;
}

void scratch_close(struct scratch *s)
{
	if (s->p != NULL)
		munmap(s->p, s->bytes);
	*s = (struct scratch){NULL, 0};
}
