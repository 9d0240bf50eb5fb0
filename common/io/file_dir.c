/* SPDX-License-Identifier: MIT */
/*
 * Folders and mapped files: making folders, removing what killed processes left
 * behind, and mapping files for reading.
 */
#include "common/io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/base/num.h"

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

/* The process in "NAME.tmp.PID"; 0 when the name is not such a one. */
static pid_t writer_of(const char *name)
{
	const char *last = strrchr(name, '.');
	uint64_t pid;

	if (last == NULL || last - name < 4 || memcmp(last - 4, ".tmp", 4) != 0 ||
		!num_parse_u64(last + 1, strlen(last + 1), &pid) || pid > INT32_MAX)
		return 0;
	return (pid_t)pid;
}

/*
 * Whether the process runs; one that has ended and waits to be reaped does not.
 */
static bool is_running(pid_t pid)
{
	char path[64], stat[512], *state;
	ssize_t n;
	int fd;

	if (kill(pid, 0) == -1 && errno == ESRCH)
		return false;
	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return true;
	n = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	stat[n > 0 ? n : 0] = '\0';
	state = strrchr(stat, ')'); /* the name before it may hold anything */
	return state == NULL || state[1] == '\0' || (state[2] != 'Z' && state[2] != 'X');
}

/*
 * Nobody on this machine has that process number, and nobody on any machine
 * holds the lock.
 */
static bool is_orphan(int dir, const char *name, pid_t pid)
{
	int fd;
	bool free_to_take;

	if (is_running(pid))
		return false;
	if ((fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) == -1)
		return false;
	free_to_take = flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
	close(fd);
	return free_to_take;
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
		pid_t pid = writer_of(entry->d_name);

		if (pid > 0 && is_orphan(dirfd(d), entry->d_name, pid))
			(void)unlinkat(dirfd(d), entry->d_name, 0);
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

/* The file read-only in memory; an empty file has no mapping. */
int mapfile_open(struct mapfile *m, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = -1;
	struct stat st;
	void *p;

	*m = (struct mapfile){.p = NULL};
	if (fd == -1)
		return err_sys(e, "open %s", path);
	if (fstat(fd, &st) == -1) {
		err_sys(e, "open %s", path);
	} else if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_INPUT, "open %s: not a regular file", path);
	} else if (st.st_size == 0) {
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
