/* SPDX-License-Identifier: MIT */
/*
 * Names of files in a run directory. Names of tables may have any character, so
 * that all but letters, digits and a few others are written as %XX, and a name
 * that would be too long ends in a digest of the whole.
 */
#include "common/io/rundir.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include <xxhash.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/visible.h"
#include "common/io/file.h"
#include "common/io/file_memo.h"

/* What a table's name may take of a file name: 255 less shard, extensions and ".tmp.PID". */
enum { NAME_BYTES = 190, HASH_BYTES = 17 };

/*
 * Also removes what writers that were killed left in the folder; what cannot be
 * removed may stay.
 */
int rundir_open(struct rundir *r, const char *path, struct arena *a, struct err *e)
{
	struct err none = {.kind = ERR_NONE};
	struct stat st;

	*r = (struct rundir){.a = a, .seen = file_memo_new(a)};
	if (r->seen == NULL)
		return err_nomem(e);
	if (stat(path, &st) == -1 && errno == ENOENT)
		return err_set(e, ERR_INPUT,
			"run directory %s does not exist: run introspect first, which makes it",
			path);
	if (stat(path, &st) == -1)
		return err_sys(e, "run directory %s", path);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT, "run directory %s: not a folder", path);
	(void)dir_sweep(path, &none); /* what cannot be swept may stay */
	return (r->path = arena_strdup(a, path)) == NULL ? err_nomem(e) : 0;
}

/* Makes the folder and those in it that stages write to. */
int rundir_create(struct rundir *r, const char *path, struct arena *a, struct err *e)
{
	static const char *const subs[] = {"keys", "data", "receipts"};

	if (dir_make(path, e) == -1 || rundir_open(r, path, a, e) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(subs) / sizeof(subs[0]); i++) {
		char *sub = rundir_file(r, subs[i]);

		if (sub == NULL)
			return err_nomem(e);
		if (dir_make(sub, e) == -1)
			return -1;
	}
	return 0;
}

/* The time without colons, which some file systems refuse. */
static char *time_name(struct arena *a)
{
	struct cal_fields f = cal_fields((int64_t)time(NULL) * CAL_SECOND - CAL_UNIX_USEC);

	return arena_printf(a, "%04d-%02d-%02dT%02d-%02d-%02dZ", f.date.year, f.date.month,
		f.date.day, f.hour, f.minute, f.second);
}

/* A version 4 UUID. */
static char *random_id(struct arena *a, struct err *e)
{
	unsigned char b[16];
	char *id = arena_alloc(a, 37), *p = id;

	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b)) {
		err_sys(e, "random numbers");
		return NULL;
	}
	if (id == NULL) {
		err_nomem(e);
		return NULL;
	}
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
	for (size_t i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = "0123456789abcdef"[b[i] >> 4];
		*p++ = "0123456789abcdef"[b[i] & 15];
	}
	return id;
}

/* A new folder whose name has the time and a random id. */
int rundir_create_in(struct rundir *r, const char *parent, struct arena *a, struct err *e)
{
	char *id = random_id(a, e), *when = time_name(a), *path;
	size_t n = strlen(parent);

	if (id == NULL)
		return -1;
	while (n > 1 && parent[n - 1] == '/')
		n--;
	path = when == NULL ? NULL : arena_printf(a, "%.*s/%s__run_%s", (int)n, parent, when, id);
	return path == NULL ? err_nomem(e) : rundir_create(r, path, a, e);
}

char *rundir_file(const struct rundir *r, const char *name)
{
	return arena_printf(r->a, "%s/%s", r->path, name);
}

static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c >= 0x80;
}

/* Writes the name, encoded: what a file name, a rule of make or a shell may trip over, and what
 * nobody sees where files are listed. */
static char *put_encoded(char *p, const char *s)
{
	uint32_t c;

	for (size_t n = strlen(s), len; n > 0; s += len, n -= len) {
		len = visible_next(s, n, &c);
		for (size_t i = 0; i < len; i++) {
			unsigned char byte = (unsigned char)s[i];

			if (is_plain(byte) && !visible_is_hidden(c)) {
				*p++ = s[i];
				continue;
			}
			*p++ = '%';
			*p++ = "0123456789ABCDEF"[byte >> 4];
			*p++ = "0123456789ABCDEF"[byte & 15];
		}
	}
	return p;
}

/*
 * Two names of 63 bytes, all of them encoded, are longer than a file name may be: then
 * the end gives way to "~" and a digest of the whole.
 */
static void shorten(char *name)
{
	size_t n = strlen(name), cut = NAME_BYTES - HASH_BYTES;
	XXH64_hash_t h;

	if (n <= NAME_BYTES)
		return;
	h = XXH3_64bits(name, n);
	while (((unsigned char)name[cut] & 0xc0) == 0x80) /* not inside a character */
		cut--;
	name[cut++] = '~';
	for (int shift = 60; shift >= 0; shift -= 4)
		name[cut++] = "0123456789abcdef"[h >> shift & 15];
	name[cut] = '\0';
}

/* SCHEMA.TABLE as a file name. */
char *rundir_table(const struct rundir *r, const char *schema, const char *table)
{
	size_t room = 3 * strlen(schema) + 3 * strlen(table) + 2;
	char *name = arena_alloc(r->a, room), *p;

	if (name == NULL)
		return NULL;
	p = put_encoded(name, schema);
	*p++ = '.';
	p = put_encoded(p, table);
	*p = '\0';
	shorten(name);
	return name;
}

/* Decimal digits of ${n}, so that names of shards sort. */
static int width(uint32_t n)
{
	int w = 1;

	while (n >= 10) {
		n /= 10;
		w++;
	}
	return w;
}

/* The file of one shard; a single shard has no number. */
char *rundir_shard(const struct rundir *r, const char *sub, const char *schema, const char *table,
	uint32_t shard, uint32_t shards, const char *ext)
{
	char *name = rundir_table(r, schema, table);

	if (name == NULL)
		return NULL;
	if (shards <= 1)
		return arena_printf(r->a, "%s/%s/%s.%s", r->path, sub, name, ext);
	return arena_printf(r->a, "%s/%s/%s.%0*u-of-%u.%s", r->path, sub, name, width(shards),
		shard, shards, ext);
}

char *rundir_existing(const struct rundir *r, const char *schema, const char *table)
{
	return rundir_shard(r, "keys", schema, table, 0, 1, RUNDIR_EXISTING);
}
