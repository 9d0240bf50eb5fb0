/* SPDX-License-Identifier: MIT */
/*
 * Folders and mapped files: making folders, removing what killed processes left
 * behind, and mapping files for reading.
 */
#include "common/io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/io/scratch.h"

/* ---- folders ------------------------------------------------------------- */

/* It may exist already, if it is a folder. */
static int make_one(const char *path)
{
	struct stat st;

	if (mkdir(path, 0777) == 0)
		return 0;
	if (errno != EEXIST)
		return -1;
	if (stat(path, &st) == -1)
		return -1;
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode) ? 0 : -1;
}

/* The folder and all above it, as mkdir -p does. */
int dir_make(const char *path, struct err *e)
{
	char *p = strdup(path), *slash = p;
	int rc = 0;

	if (p == NULL)
		return err_nomem(e);
	while (rc == 0 && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		rc = make_one(p);
		*slash = '/';
	}
	if (rc == 0)
		rc = make_one(p);
	if (rc == -1)
		err_sys(e, "make folder %s", path);
	free(p);
	return rc;
}

/* Whether it is a NAME.tmp.XXXXXXXX; a process number stood there once. */
static bool is_temporary(const char *name)
{
	const char *last = strrchr(name, '.');
	size_t n = last != NULL ? strspn(last + 1, "0123456789abcdef") : 0;

	return n > 0 && n <= 8 && last[1 + n] == '\0' && last - name >= 4 &&
	       memcmp(last - 4, ".tmp", 4) == 0;
}

/*
 * Removes the name of a file that nobody has locked. The lock is held
 * meanwhile, which is what a writer who has just made the file waits for.
 */
static void sweep_one(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd == -1)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		(void)unlinkat(dir, name, 0);
	close(fd);
}

/*
 * Removes temporary files whose writer is gone. A file that cannot be removed
 * is left for the next time.
 */
int dir_sweep(const char *path, struct err *e)
{
	DIR *d = opendir(path);
	struct dirent *entry;

	if (d == NULL)
		return err_sys(e, "open folder %s", path);
	while ((entry = readdir(d)) != NULL) {
		if (is_temporary(entry->d_name))
			sweep_one(dirfd(d), entry->d_name);
	}
	closedir(d);
	return 0;
}

/* ---- maps ---------------------------------------------------------------- */

static int64_t nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/*
 * The coarse clock is the one that file systems take their times from: whatever changes
 * a settled file from now on, and whatever file gets its inode once it is gone, has a
 * later time.
 */
static struct file_id identity(const struct stat *st)
{
	struct timespec tick;
	bool known = clock_gettime(CLOCK_REALTIME_COARSE, &tick) == 0;

	return (struct file_id){.dev = st->st_dev,
		.ino = st->st_ino,
		.size = (uint64_t)st->st_size,
		.modified = nanoseconds(st->st_mtim),
		.changed = nanoseconds(st->st_ctim),
		.settled =
			known && st->st_nlink > 0 && nanoseconds(st->st_ctim) < nanoseconds(tick)};
}

/* ---- opening ------------------------------------------------------------- */

/*
 * Opens a file of a run directory. O_NONBLOCK, because a FIFO under that name
 * would have the caller wait for a writer; it means nothing for regular files.
 */
static int open_regular(const char *path, int flags, struct stat *st, struct err *e)
{
	int link = scratch_is_path(path) ? 0 : O_NOFOLLOW;
	int fd = open(path, flags | link | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);

	if (fd == -1 && (errno == ELOOP || errno == ENXIO || errno == ENODEV))
		return err_set(e, ERR_INPUT, "open %s: %s", path,
			errno == ELOOP ? "it is a symbolic link: put the file itself there"
				       : "not a regular file");
	if (fd == -1)
		return err_sys(e, "open %s", path);
	if (fstat(fd, st) == -1)
		err_sys(e, "open %s", path);
	else if (!S_ISREG(st->st_mode))
		err_set(e, ERR_INPUT, "open %s: not a regular file", path);
	else
		return fd;
	close(fd);
	return -1;
}

int file_exists(const char *path, struct err *e)
{
	if (access(path, F_OK) == 0)
		return 1;
	return errno == ENOENT ? 0 : err_sys(e, "open %s", path);
}

int file_open(const char *path, struct err *e)
{
	struct stat st;

	return open_regular(path, O_RDONLY, &st, e);
}

int file_append(const char *path, struct err *e)
{
	struct stat st;
	int fd = open_regular(path, O_WRONLY | O_APPEND | O_CREAT, &st, e);

	if (fd == -1 || st.st_nlink <= 1)
		return fd;
	close(fd);
	return err_set(e, ERR_INPUT, "open %s: the file has another name too (a hard link)", path);
}

/* The file read-only in memory; an empty file has no mapping. */
int mapfile_open(struct mapfile *m, const char *path, struct err *e)
{
	struct stat st;
	int fd = open_regular(path, O_RDONLY, &st, e), rc = -1;
	void *p;

	*m = (struct mapfile){.p = NULL};
	if (fd == -1)
		return -1;
	if (st.st_size == 0) {
		rc = 0;
	} else if ((p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0)) ==
		   MAP_FAILED) {
		err_sys(e, "map %s", path);
	} else {
		*m = (struct mapfile){p, (size_t)st.st_size, identity(&st)};
		rc = 0;
	}
	close(fd);
	return rc;
}

void mapfile_close(struct mapfile *m)
{
	if (m->n > 0)
		(void)munmap((void *)(uintptr_t)m->p, m->n);
	*m = (struct mapfile){.p = NULL};
}

/* Asks the kernel to read the pages ahead (madvise(2), MADV_WILLNEED). */
void mapfile_prefetch(const struct mapfile *m, size_t off, size_t n)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from, to;

	if (off >= m->n)
		return;
	n = n < m->n - off ? n : m->n - off;
	from = (uintptr_t)(m->p + off) & ~(page - 1);
	to = (uintptr_t)(m->p + off) + n;
#ifdef MADV_POPULATE_READ
	if (madvise((void *)from, to - from, MADV_POPULATE_READ) == 0)
		return;
#endif
	(void)madvise((void *)from, to - from, MADV_WILLNEED);
}
