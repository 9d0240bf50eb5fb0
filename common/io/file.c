/* SPDX-License-Identifier: MIT */
/*
 * Files that appear under their name whole or not at all.
 *
 * A file is written as "NAME.tmp.XXXXXXXX" and renamed when it is committed,
 * after fsync() of the file and before that of its folder; so a reader never
 * sees half of one, and a process that is killed leaves only the temporary
 * name. That name is random and new (O_EXCL): numbers of processes repeat
 * between containers and machines that share a folder. From its creation to its
 * rename the file is locked, so that dir_sweep() can tell an abandoned file
 * from one that is being written. A digest (XXH3, 128 bits) is computed of what
 * is written.
 *
 * Small writes are gathered in a buffer; large ones go to the file directly. A
 * file that grows large has its blocks allocated in steps with fallocate(2).
 */
#include "common/io/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "common/base/err.h"

/* What is large goes to the file as it is; what is small is gathered first. */
enum { GATHER = 1 << 18, DIRECT = 1 << 16 };

enum { ROOM = 16 << 20 };

/* The state of a file that is being written. */
struct outfile {
	XXH3_state_t digest; /* first: it wants 64-byte alignment */
	int fd;
	char *path, *tmp; /* tmp NULL: fd is somebody else's */
	uint64_t size;	  /* bytes appended, in the buffer or in the file */
	uint64_t room;	  /* of the file on the disk, at least; 0: as it comes */
	size_t n;	  /* bytes in buf */
	bool stream;	  /* no room is made for it */
	bool one_of_many; /* somebody else syncs its folder */
	unsigned char buf[GATHER];
};

/* Nobody names the digest of a scratch file, so that none is computed. */
static bool is_scratch(const struct outfile *f)
{
	return f->tmp == NULL;
}

/* ---- writing all of it --------------------------------------------------- */

/* Writes all bytes, in pieces, going on after interrupts. */
static int write_all(int fd, const unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n < GATHER ? n : GATHER);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			errno = k == 0 ? EIO : errno;
			return -1;
		}
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

/*
 * A file that grows large gets its blocks in steps, which costs the kernel less
 * than one block at a time. Where that fails nothing is lost: write() will
 * report a full disk itself.
 */
static void make_room(struct outfile *f)
{
	uint64_t from = f->size - f->size % ROOM;

	if (f->stream || f->size < ROOM / 2 || f->size <= f->room)
		return;
	(void)fallocate(f->fd, FALLOC_FL_KEEP_SIZE, (off_t)from, 2L * ROOM);
	f->room = from + 2UL * ROOM;
}

/* Gives back the blocks that were too many. */
static int trim_room(const struct outfile *f, struct err *e)
{
	if (f->room > f->size && ftruncate(f->fd, (off_t)f->size) == -1)
		return err_sys(e, "write %s", f->path);
	return 0;
}

/* Writes what was gathered. */
static int flush(struct outfile *f, struct err *e)
{
	make_room(f);
	if (write_all(f->fd, f->buf, f->n) == -1)
		return err_sys(e, "write %s", f->path);
	f->n = 0;
	return 0;
}

/* ---- outfile ------------------------------------------------------------- */

/*
 * Closing an abandoned file cannot lose anything, so its result does not
 * matter.
 */
static void outfile_free(struct outfile *f)
{
	if (f->fd != -1 && f->tmp != NULL)
		close(f->fd);
	free(f->path);
	free(f->tmp);
	free(f);
}

/* Born with its buffer and an empty digest. */
static struct outfile *new_outfile(const char *path, int fd, struct err *e)
{
	struct outfile *f = aligned_alloc(64, sizeof(*f));

	if (f == NULL || (f->path = strdup(path)) == NULL) {
		free(f);
		err_nomem(e);
		return NULL;
	}
	f->fd = fd;
	f->size = f->room = 0;
	f->n = 0;
	f->tmp = NULL;
	f->stream = f->one_of_many = false;
	XXH3_128bits_reset(&f->digest);
	return f;
}

struct outfile *outfile_on(int fd, struct err *e)
{
	return new_outfile("a scratch file", fd, e);
}

struct outfile *outfile_stream(int fd, const char *name, struct err *e)
{
	struct outfile *f = new_outfile(name, fd, e);

	if (f != NULL)
		f->stream = true;
	return f;
}

const char *outfile_path(const struct outfile *f)
{
	return f->path;
}

/* Sets the temporary name: the file's own with random digits behind it. */
static int name_temporary(struct outfile *f, struct err *e)
{
	uint32_t bits;

	if (getrandom(&bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
		return err_sys(e, "random number for a temporary name of %s", f->path);
	free(f->tmp);
	if (asprintf(&f->tmp, "%s.tmp.%08x", f->path, bits) == -1) {
		f->tmp = NULL;
		return err_nomem(e);
	}
	return 0;
}

/*
 * Locks the new file, so that dir_sweep() leaves it alone. A sweeper may have
 * opened it before: it holds the lock while it removes the name, and then there
 * is nothing to be renamed any more. Returns 1 for a lock, 0 where the name was
 * swept, -1 for errors. A file system without locks is as good: a sweeper does
 * not get one there either, and removes nothing.
 */
static int lock_temporary(const struct outfile *f, struct err *e)
{
	struct stat st;

	while (flock(f->fd, LOCK_EX) == -1) {
		if (errno == EOPNOTSUPP || errno == ENOLCK || errno == ENOSYS || errno == EINVAL)
			return 1;
		if (errno != EINTR)
			return err_sys(e, "lock %s", f->path);
	}
	if (fstat(f->fd, &st) == -1)
		return err_sys(e, "create %s", f->path);
	return st.st_nlink > 0;
}

/* Creates and locks a file that nobody else has; a name that is taken is left to whoever took it.
 */
static int create_temporary(struct outfile *f, struct err *e)
{
	for (;;) {
		int locked;

		if (name_temporary(f, e) == -1)
			return -1;
		f->fd = open(f->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (f->fd == -1 && errno == EEXIST)
			continue;
		if (f->fd == -1)
			return err_sys(e, "create %s", f->path);
		if ((locked = lock_temporary(f, e)) == 1)
			return 0;
		if (locked == -1)
			return -1;
		close(f->fd);
		f->fd = -1;
	}
}

struct outfile *outfile_open(const char *path, struct err *e)
{
	struct outfile *f = new_outfile(path, -1, e);

	if (f == NULL || create_temporary(f, e) == 0)
		return f;
	if (f->fd != -1)
		(void)unlink(f->tmp);
	outfile_free(f);
	return NULL;
}

struct outfile *outfile_open_one(const char *path, struct err *e)
{
	struct outfile *f = outfile_open(path, e);

	if (f != NULL)
		f->one_of_many = true;
	return f;
}

/* Small writes are gathered; the digest covers all bytes. */
int outfile_write(struct outfile *f, const void *p, size_t n, struct err *e)
{
	if (n == 0)
		return 0;
	if (!is_scratch(f))
		XXH3_128bits_update(&f->digest, p, n);
	f->size += n;
	if (n > GATHER - f->n || n >= DIRECT) {
		if (flush(f, e) == -1)
			return -1;
		if (n >= DIRECT)
			return write_all(f->fd, p, n) == -1 ? err_sys(e, "write %s", f->path) : 0;
	}
	memcpy(f->buf + f->n, p, n);
	f->n += n;
	return 0;
}

/* The digest again, of what the file now holds. */
static int rehash(struct outfile *f, struct err *e)
{
	off_t off = 0;
	ssize_t k;

	XXH3_128bits_reset(&f->digest);
	while ((k = pread(f->fd, f->buf, GATHER, off)) != 0) {
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_sys(e, "read %s", f->path);
		XXH3_128bits_update(&f->digest, f->buf, (size_t)k);
		off += k;
	}
	return 0;
}

/*
 * Overwrites bytes that were written before; the digest is then computed again
 * from the file.
 */
int outfile_patch(struct outfile *f, uint64_t off, const void *p, size_t n, struct err *e)
{
	const char *from = p;

	assert(off <= f->size && n <= f->size - off);
	if (flush(f, e) == -1)
		return -1;
	while (n > 0) {
		ssize_t k = pwrite(f->fd, from, n, (off_t)off);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return err_sys(e, "write %s", f->path);
		from += k;
		off += (uint64_t)k;
		n -= (size_t)k;
	}
	return is_scratch(f) ? 0 : rehash(f, e);
}

uint64_t outfile_size(const struct outfile *f)
{
	return f->size;
}

static void hex_of(XXH128_hash_t h, char hex[33])
{
	(void)snprintf(hex, 33, "%016llx%016llx", (unsigned long long)h.high64,
		(unsigned long long)h.low64);
}

/*
 * The digest of all bytes that were written so far, as 32 hexadecimal digits.
 */
void outfile_digest(const struct outfile *f, char hex[33])
{
	assert(!is_scratch(f));
	hex_of(XXH3_128bits_digest(&f->digest), hex);
}

void mapfile_digest(const struct mapfile *m, char hex[33])
{
	hex_of(XXH3_128bits(m->p, m->n), hex);
}

/* A rename is durable only when its folder is synced (fsync(2)). */
int dir_sync(const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;

	if (fd == -1 || (fsync(fd) == -1 && errno != EINVAL && errno != ENOTSUP))
		rc = err_sys(e, "sync %s", dir);
	if (fd != -1)
		close(fd);
	return rc;
}

/* The folder of the file. */
static int sync_folder(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash == NULL   ? strdup(".")
		    : slash == path ? strdup("/")
				    : strndup(path, (size_t)(slash - path));
	int rc = dir == NULL ? err_nomem(e) : dir_sync(dir, e);

	free(dir);
	return rc;
}

int outfile_sync(struct outfile *f, struct err *e)
{
	if (flush(f, e) == -1 || trim_room(f, e) == -1)
		return -1;
	/* some file systems have nothing to sync, and say EINVAL */
	if (!is_scratch(f) && fsync(f->fd) == -1 && errno != EINVAL)
		return err_sys(e, "write %s", f->path);
	return 0;
}

/* Consumes ${f}, also when it fails. */
int outfile_commit(struct outfile *f, struct err *e)
{
	int fd = f->fd, rc = -1;

	if (outfile_sync(f, e) == -1)
		goto out;
	if (f->tmp == NULL) {
		outfile_free(f);
		return 0;
	}
	/* the lock goes with the descriptor: a sweeper could take the name between close and rename
	 */
	if (rename(f->tmp, f->path) == -1) {
		err_sys(e, "rename to %s", f->path);
		goto out;
	}
	f->fd = -1;
	if (close(fd) == -1)
		rc = err_sys(e, "close %s", f->path);
	else
		rc = f->one_of_many ? 0 : sync_folder(f->path, e);
	outfile_free(f);
	return rc;
out:
	outfile_abort(f);
	return rc;
}

/*
 * Removes the temporary file, if there is one, and says nothing: whoever aborts
 * has an error already.
 */
void outfile_abort(struct outfile *f)
{
	if (f == NULL)
		return;
	if (f->tmp != NULL)
		(void)unlink(f->tmp);
	outfile_free(f);
}

/* ---- whole files --------------------------------------------------------- */

/* Whether the file already has exactly these bytes. */
static bool has_bytes(const char *path, const void *p, size_t n)
{
	struct err ignored;
	struct mapfile m;
	bool same;

	if (mapfile_open(&m, path, &ignored) == -1)
		return false;
	same = m.n == n && (n == 0 || memcmp(m.p, p, n) == 0);
	mapfile_close(&m);
	return same;
}

/* A file that is to be private has no other rights from the start: nothing is in it yet. */
static int write_whole(const char *path, const void *p, size_t n, bool private, struct err *e)
{
	struct outfile *f = outfile_open(path, e);

	if (f == NULL)
		return -1;
	if (private && fchmod(f->fd, 0600) == -1)
		err_sys(e, "create %s", path);
	else if (outfile_write(f, p, n, e) == 0)
		return outfile_commit(f, e);
	outfile_abort(f);
	return -1;
}

/*
 * Leaves a file alone that has these bytes already, so that its time does not
 * change.
 */
int file_replace(const char *path, const void *p, size_t n, struct err *e)
{
	return has_bytes(path, p, n) ? 0 : write_whole(path, p, n, false, e);
}

int file_replace_private(const char *path, const void *p, size_t n, struct err *e)
{
	return write_whole(path, p, n, true, e);
}

/* Reads to the end, but no more than ${max} bytes. */
static int read_fd(int fd, const char *path, size_t max, struct buf *b, struct err *e)
{
	size_t was = b->n;
	ssize_t k;

	do {
		size_t left = max - (b->n - was);

		if (!buf_reserve(b, 64 << 10))
			return err_nomem(e);
		k = read(fd, b->p + b->n, 64 << 10);
		if (k < 0 && errno != EINTR)
			return err_sys(e, "read %s", path);
		if (k > 0 && (size_t)k > left)
			return err_set(e, ERR_INPUT, "%s: larger than %zu bytes", path, max);
		if (k > 0)
			b->n += (size_t)k;
	} while (k != 0);
	b->p[b->n] = '\0';
	return 0;
}

/* The whole file, if it has no more than ${max} bytes. */
int file_read(const char *path, size_t max, struct buf *b, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd == -1)
		return err_sys(e, "open %s", path);
	rc = read_fd(fd, path, max, b, e);
	close(fd);
	return rc;
}
