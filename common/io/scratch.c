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

enum { SCRATCH_SMALL = 4 << 20 }; /* bytes up to which a table is in memory alone */

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

/* A mapping of ${bytes} of a new file. Its blocks are allocated at once (posix_fallocate(3)), so
 * that a full disk is an error here and not a SIGBUS later. */
static void *map_file(const char *dir, size_t bytes, struct err *e)
{
	int fd = scratch_file(dir, e), why;
	void *p;

	if (fd == -1)
		return MAP_FAILED;
	if ((why = posix_fallocate(fd, 0, (off_t)bytes)) != 0) {
		close(fd);
		errno = why;
		(void)err_sys(e, "scratch file of %zu bytes in %s", bytes, dir);
		return MAP_FAILED;
	}
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		(void)err_sys(e, "map a scratch file of %zu bytes", bytes);
	return p;
}

/* A mapping that has no file. All of it is going to be written, so that the kernel may give the
 * pages at once, and not each when it is first touched. */
static void *map_memory(size_t bytes, struct err *e)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		(void)err_nomem(e);
	return p;
}

/*
 * Room for ${n} elements, mapped into memory and zeroed. Only what is large is a file: a file
 * system makes and frees the pages of one at several times the cost of memory, and what is small
 * cannot fill the memory, however many rows a plan has.
 */
int scratch_open(struct scratch *s, const char *dir, size_t n, size_t size, struct err *e)
{
	size_t bytes;
	void *p;

	*s = (struct scratch){NULL, 0};
	if (__builtin_mul_overflow(n == 0 ? 1 : n, size, &bytes))
		return err_nomem(e);
	p = bytes <= SCRATCH_SMALL ? map_memory(bytes, e) : map_file(dir, bytes, e);
	if (p == MAP_FAILED)
		return -1;
	*s = (struct scratch){p, bytes};
	return 0;
}

void scratch_close(struct scratch *s)
{
	if (s->p != NULL)
		munmap(s->p, s->bytes);
	*s = (struct scratch){NULL, 0};
}
