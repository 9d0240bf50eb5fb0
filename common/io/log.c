/* SPDX-License-Identifier: MIT */
/*
 * The log of a run: a line of JSON for each event. Each line is one write() to
 * a file opened for appending, so that lines of many processes do not mix
 * (POSIX, write()). A log that cannot be written is no reason to fail, so
 * errors are ignored.
 */
#include "common/io/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "common/io/json_read.h"
#include "common/io/rundir.h"

/* The time, in UTC, as RFC 3339 has it. */
void log_time(struct jsonw *j, const char *key)
{
	struct timespec now;
	char text[CAL_MAX];

	(void)clock_gettime(CLOCK_REALTIME, &now);
	jw_key(j, key);
	jw_strn(j, text,
		cal_fmt_rfc3339(text,
			(int64_t)now.tv_sec * CAL_SECOND + now.tv_nsec / 1000 - CAL_UNIX_USEC));
}

/* The fields, as triples of key, kind and value, ended by NULL. */
static void add_fields(struct jsonw *j, va_list ap)
{
	const char *key;

	while ((key = va_arg(ap, const char *)) != NULL) {
		switch (va_arg(ap, enum log_kind)) {
		case LOG_STR:
			jw_kstr(j, key, va_arg(ap, const char *));
			break;
		case LOG_INT:
			jw_kint(j, key, va_arg(ap, int64_t));
			break;
		case LOG_UINT:
			jw_kuint(j, key, va_arg(ap, uint64_t));
			break;
		case LOG_BOOL:
			jw_kbool(j, key, va_arg(ap, int) != 0);
			break;
		}
	}
}

/*
 * One write() for the whole line. A log that cannot be opened or written is
 * ignored, and so is a name that leads to somebody else's file.
 */
static void append_line(const char *path, const struct buf *b)
{
	struct err none = {.kind = ERR_NONE};
	int fd = file_append(path, &none);
	ssize_t ignored;

	if (fd == -1)
		return;
	ignored = write(fd, b->p, b->n); /* one write: lines of many processes do not mix */
	(void)ignored;
	close(fd);
}

/* One line: time, stage, event, then the fields. */
void log_event(const struct rundir *run, const char *stage, const char *event, ...)
{
	struct arena a = ARENA_INIT;
	struct rundir here = {.path = run->path, .a = &a};
	struct buf b = BUF_INIT;
	struct jsonw j;
	const char *path = rundir_file(&here, "logs.ndjson");
	va_list ap;

	jw_begin(&j, &b, false);
	jw_object(&j);
	log_time(&j, "timestamp");
	jw_kstr(&j, "level", "INFO");
	jw_key(&j, "fields");
	jw_object(&j);
	jw_kstr(&j, "event", event);
	va_start(ap, event);
	add_fields(&j, ap);
	va_end(ap);
	jw_end(&j);
	jw_kstr(&j, "target", stage);
	jw_end(&j);
	buf_addc(&b, '\n');
	if (path != NULL && buf_ok(&b))
		append_line(path, &b);
	buf_free(&b);
	arena_free(&a);
}

/* ---- reading it ------------------------------------------------------------ */

static int open_log(const struct rundir *run)
{
	struct arena a = ARENA_INIT;
	struct rundir here = {.path = run->path, .a = &a};
	struct err none = {.kind = ERR_NONE};
	const char *path = rundir_file(&here, "logs.ndjson");
	int fd = path != NULL ? file_open(path, &none) : -1;

	arena_free(&a);
	return fd;
}

/* The log from its end: bytes [at, at + n) of the file are in memory. */
struct tail {
	int fd;
	off_t at;
	char *p;
	size_t n;
};

/* Reads as many bytes again before those that are there, and PIECE at least. */
static bool read_more(struct tail *t)
{
	enum { PIECE = 64 << 10 };
	size_t want = t->n > PIECE ? t->n : PIECE, got = 0;
	char *p;

	if ((off_t)want > t->at)
		want = (size_t)t->at;
	if ((p = malloc(want + t->n + 1)) == NULL)
		return false;
	while (got < want) {
		ssize_t k = pread(t->fd, p + got, want - got, t->at - (off_t)want + (off_t)got);

		if (k <= 0) {
			free(p);
			return false;
		}
		got += (size_t)k;
	}
	if (t->n > 0)
		memcpy(p + want, t->p, t->n);
	free(t->p);
	t->p = p;
	t->n += want;
	t->at -= (off_t)want;
	return true;
}

/* The last line, which is taken off: false where there is none any more. */
static bool last_line(struct tail *t, struct view *line)
{
	const char *end;

	for (;;) {
		size_t n = t->n > 0 && t->p[t->n - 1] == '\n' ? t->n - 1 : t->n;

		end = n > 0 ? memrchr(t->p, '\n', n) : NULL;
		if (end != NULL || t->at == 0 || !read_more(t))
			break;
	}
	if (t->n == 0 || (end == NULL && t->at > 0))
		return false;
	*line = (struct view){t->p, t->n};
	if (end != NULL)
		*line = (struct view){end + 1, (size_t)(t->p + t->n - (end + 1))};
	t->n -= line->n;
	return true;
}

/* Whether the reader wants events before this one too. */
static bool tell(struct view line, log_said *said, void *ctx)
{
	struct err none = {.kind = ERR_NONE};
	json_t *j = json_read_text(line.p, line.n, 0, NULL, &none);
	const json_t *fields = json_object_get(j, "fields");
	const char *target = json_string_value(json_object_get(j, "target"));
	bool on = fields == NULL || said(ctx, target != NULL ? target : "", fields);

	json_decref(j);
	return on;
}

void log_backwards(const struct rundir *run, const char *word, log_said *said, void *ctx)
{
	struct tail t = {.fd = open_log(run)};
	struct view line;
	bool on = t.fd != -1 && (t.at = lseek(t.fd, 0, SEEK_END)) > 0;

	while (on && last_line(&t, &line))
		if (memmem(line.p, line.n, word, strlen(word)) != NULL)
			on = tell(line, said, ctx);
	free(t.p);
	if (t.fd != -1)
		close(t.fd);
}
