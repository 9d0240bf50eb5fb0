/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/*
 * fault.so: one call of a stage to libc fails, as calls do when memory or disk are out.  It is
 * preloaded:
 *
 *	FAULT_STAGE=gen-parents FAULT_CALLS=write,fsync FAULT_AT=3 FAULT_HIT=hit LD_PRELOAD=...
 *
 * makes the third call to any of these fail, once, and appends its name to the file FAULT_HIT; no
 * such file means that the stage has made fewer calls.  FAULT_ON=1: all calls after it fail too, as
 * on a disk that stays full.  Only calls in the code of the executable count; FAULT_LIBS=1: those
 *of its libraries too, whose answers the stage has to understand (libpg_query's own allocations are
 *left out: it exits, or crashes, and is only called where there is memory for it).  Children that
 *run another program (a server, a script) inherit the environment, and are left alone by
 *FAULT_STAGE.  What happens before and after main() is not counted.
 */

static struct {
	bool on;
	bool stays;		     /* calls after the one that failed fail too */
	bool libs;		     /* calls of libraries count */
	uintptr_t low, high;	     /* the executable's code */
	uintptr_t own_low, own_high; /* libpg_query's */
	char calls[1024];	     /* ",write,fsync," */
	const char *hit;
	long left;
} fault;

/* ---- which call ------------------------------------------------------------------------------ */

static bool is_meant(const char *name)
{
	size_t n = strlen(name);

	for (const char *p = fault.calls; (p = strstr(p, name)) != NULL; p += n)
		if (p[-1] == ',' && p[n] == ',')
			return true;
	return false;
}

static bool fails(const char *name, const void *caller, int why)
{
	uintptr_t at = (uintptr_t)caller;
	int fd;

	if (!fault.on || (!fault.libs && (at < fault.low || at >= fault.high)) ||
		(at >= fault.own_low && at < fault.own_high) || !is_meant(name))
		return false;
	if (--fault.left > 0)
		return false;
	if (fault.left < 0) {
		errno = why;
		return true;
	}
	fault.on = false;
	fd = open(fault.hit, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd != -1) {
		(void)!write(fd, name, strlen(name));
		(void)!write(fd, "\n", 1);
		close(fd);
	}
	fault.on = fault.stays;
	errno = why;
	return true;
}

/* The executable is the first object, and has no name. */
static int find_code(struct dl_phdr_info *info, size_t size, void *ctx)
{
	bool own = strstr(info->dlpi_name, "libpg_query") != NULL;

	(void)size;
	(void)ctx;
	for (int i = 0; i < info->dlpi_phnum && (own || fault.high == 0); i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + p->p_vaddr;

		if (p->p_type != PT_LOAD || (p->p_flags & PF_X) == 0)
			continue;
		*(own ? &fault.own_low : &fault.low) = from;
		*(own ? &fault.own_high : &fault.high) = from + p->p_memsz;
	}
	return 0;
}

typedef int main_fn(int argc, char **argv, char **env);

static main_fn *real_main;

static int counted_main(int argc, char **argv, char **env)
{
	const char *stage = getenv("FAULT_STAGE"), *calls = getenv("FAULT_CALLS"),
		   *at = getenv("FAULT_AT");
	int status;

	fault.hit = getenv("FAULT_HIT");
	if (stage != NULL && calls != NULL && at != NULL && fault.hit != NULL &&
		strcmp(stage, program_invocation_short_name) == 0) {
		(void)snprintf(fault.calls, sizeof(fault.calls), ",%s,", calls);
		fault.left = strtol(at, NULL, 10);
		fault.stays = getenv("FAULT_ON") != NULL;
		fault.libs = getenv("FAULT_LIBS") != NULL;
		(void)dl_iterate_phdr(find_code, NULL);
		fault.on = true;
	}
	status = real_main(argc, argv, env);
	fault.on = false;
	return status;
}

int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
	void (*rtld_fini)(void), void *stack_end);
int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
	void (*rtld_fini)(void), void *stack_end)
{
	int (*start)(
		main_fn *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

	*(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
	real_main = main;
	return start(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}

/* ---- memory: glibc has these under names of their own too ------------------------------------ */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

#define HERE __builtin_return_address(0)

void *malloc(size_t n)
{
	return fails("malloc", HERE, ENOMEM) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return fails("calloc", HERE, ENOMEM) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return fails("realloc", HERE, ENOMEM) ? NULL : __libc_realloc(p, n);
}

void *aligned_alloc(size_t align, size_t n)
{
	return fails("aligned_alloc", HERE, ENOMEM) ? NULL : __libc_memalign(align, n);
}

char *strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = fails("strdup", HERE, ENOMEM) ? NULL : __libc_malloc(n);

	return p != NULL ? memcpy(p, s, n) : NULL;
}

char *strndup(const char *s, size_t most)
{
	size_t n = strnlen(s, most);
	char *p = fails("strndup", HERE, ENOMEM) ? NULL : __libc_malloc(n + 1);

	if (p != NULL) {
		memcpy(p, s, n);
		p[n] = '\0';
	}
	return p;
}

/* Built with _FORTIFY_SOURCE or not, asprintf() comes down to one of these. */
int vasprintf(char **to, const char *format, va_list ap)
{
	va_list again;
	int n;

	*to = NULL;
	if (fails("asprintf", HERE, ENOMEM))
		return -1;
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0 || (*to = __libc_malloc((size_t)n + 1)) == NULL)
		return -1;
	return vsnprintf(*to, (size_t)n + 1, format, ap);
}

int asprintf(char **to, const char *format, ...)
{
	va_list ap;
	int n;

	*to = NULL;
	if (fails("asprintf", HERE, ENOMEM))
		return -1;
	va_start(ap, format);
	n = vasprintf(to, format, ap);
	va_end(ap);
	return n;
}

/* ---- files ----------------------------------------------------------------------------------- */

#define NEXT(name)                                                                                 \
	static __typeof__(name) *next;                                                             \
	if (next == NULL)                                                                          \
	*(void **)&next = dlsym(RTLD_NEXT, #name)

/* The counters of a build with --coverage are files too, but none of the stage's. */
static bool is_counter(const char *path)
{
	size_t n = strlen(path);

	return n > 5 && strcmp(path + n - 5, ".gcda") == 0;
}

static mode_t mode_of(int flags, va_list ap)
{
	return (flags & (O_CREAT | O_TMPFILE)) != 0 ? (mode_t)va_arg(ap, unsigned) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;
	NEXT(open);

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	if (!is_counter(path) && fails("open", HERE, (flags & O_CREAT) != 0 ? ENOSPC : EMFILE))
		return -1;
	return next(path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;
	NEXT(openat);

	va_start(ap, flags);
	mode = mode_of(flags, ap);
	va_end(ap);
	if (fails("openat", HERE, (flags & O_CREAT) != 0 ? ENOSPC : EMFILE))
		return -1;
	return next(dir, path, flags, mode);
}

/* NAME(parameters): RESULT fails with WHY, and returns BAD */
#define FILE_CALL(result, name, bad, why, params, args)                                            \
	result name params                                                                         \
	{                                                                                          \
		NEXT(name);                                                                        \
		return fails(#name, HERE, why) ? (bad) : next args;                                \
	}

FILE_CALL(FILE *, fopen, NULL, EMFILE, (const char *path, const char *mode), (path, mode))
FILE_CALL(DIR *, opendir, NULL, EMFILE, (const char *path), (path))
FILE_CALL(ssize_t, write, -1, ENOSPC, (int fd, const void *p, size_t n), (fd, p, n))
FILE_CALL(ssize_t, pwrite, -1, ENOSPC, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
FILE_CALL(ssize_t, read, -1, EIO, (int fd, void *p, size_t n), (fd, p, n))
FILE_CALL(ssize_t, pread, -1, EIO, (int fd, void *p, size_t n, off_t at), (fd, p, n, at))
FILE_CALL(int, fsync, -1, EIO, (int fd), (fd))
FILE_CALL(int, close, -1, EIO, (int fd), (fd))
FILE_CALL(int, rename, -1, ENOSPC, (const char *from, const char *to), (from, to))
FILE_CALL(int, mkdir, -1, ENOSPC, (const char *path, mode_t mode), (path, mode))
FILE_CALL(int, ftruncate, -1, EIO, (int fd, off_t n), (fd, n))
FILE_CALL(int, fstat, -1, EIO, (int fd, struct stat *to), (fd, to))
FILE_CALL(int, stat, -1, EIO, (const char *path, struct stat *to), (path, to))
FILE_CALL(int, flock, -1, EIO, (int fd, int how), (fd, how))
FILE_CALL(int, pipe2, -1, EMFILE, (int fd[2], int flags), (fd, flags))
FILE_CALL(pid_t, fork, -1, EAGAIN, (void), ())
FILE_CALL(void *, mmap, MAP_FAILED, ENOMEM,
	(void *at, size_t n, int prot, int flags, int fd, off_t off), (at, n, prot, flags, fd, off))
FILE_CALL(
	size_t, fwrite, 0, ENOSPC, (const void *p, size_t size, size_t n, FILE *f), (p, size, n, f))
FILE_CALL(int, unlink, -1, EIO, (const char *path), (path))
FILE_CALL(int, unlinkat, -1, EIO, (int dir, const char *path, int flags), (dir, path, flags))
FILE_CALL(int, rmdir, -1, EIO, (const char *path), (path))
FILE_CALL(int, access, -1, EIO, (const char *path, int how), (path, how))
FILE_CALL(int, fchmod, -1, EIO, (int fd, mode_t mode), (fd, mode))
FILE_CALL(FILE *, fdopen, NULL, ENOMEM, (int fd, const char *mode), (fd, mode))
FILE_CALL(int, fflush, EOF, ENOSPC, (FILE * f), (f))
FILE_CALL(struct dirent *, readdir, NULL, EIO, (DIR * d), (d))
FILE_CALL(ssize_t, getrandom, -1, EINTR, (void *p, size_t n, unsigned flags), (p, n, flags))
FILE_CALL(int, mkostemp, -1, ENOSPC, (char *path, int flags), (path, flags))
FILE_CALL(char *, mkdtemp, NULL, ENOSPC, (char *path), (path))
FILE_CALL(int, memfd_create, -1, EMFILE, (const char *name, unsigned flags), (name, flags))
FILE_CALL(int, posix_fallocate, ENOSPC, ENOSPC, (int fd, off_t at, off_t n), (fd, at, n))
FILE_CALL(int, statvfs, -1, EIO, (const char *path, struct statvfs *to), (path, to))
FILE_CALL(int, poll, -1, ENOMEM, (struct pollfd * p, nfds_t n, int ms), (p, n, ms))
FILE_CALL(ssize_t, recv, -1, ECONNRESET, (int fd, void *p, size_t n, int how), (fd, p, n, how))

/*
 * A connection whose send() fails is broken: what follows on it fails too, and the other side sees
 * its end.  (A socket that refuses one call and lives on is none that there is.  libpq 12 and later
 * waits on one for ever: it keeps the error of a write for later, since the server may have said
 * before why it closed, and reads; the server, which has received nothing, does not answer.)
 */
ssize_t send(int fd, const void *p, size_t n, int how)
{
	NEXT(send);

	if (!fails("send", HERE, ECONNRESET))
		return next(fd, p, n, how);
	(void)shutdown(fd, SHUT_RDWR);
	errno = ECONNRESET;
	return -1;
}

FILE_CALL(int, pthread_create, EAGAIN, EAGAIN,
	(pthread_t * to, const pthread_attr_t *how, void *(*run)(void *), void *arg),
	(to, how, run, arg))
