/* SPDX-License-Identifier: MIT */
/* snap DIR: snapshots written, read, cut and bent, all inside folder DIR. */
#include "common/snapshot/snap.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/digest.h"
#include "common/base/err.h"
#include "common/io/file.h"
#include "common/io/file_memo.h"
#include "common/io/msgpack.h"
#include "tests/unit/check.h"

static char good[4096], bad[4096];

/* A chunk of every encoding; NULL-terminated text. */
static const int64_t ids[] = {10, 20, 35};
static const uint64_t offsets[] = {0, 2, 2, 7};
static const uint32_t codes[] = {1, 0, 1};
static const uint8_t nulls[] = {2};
static const struct snap_chunk chunks[] = {
	{.column = "n", .type = VT_INT, .enc = SNAP_AFFINE, .rows = 3, .start = -5, .step = 2},
	{.column = "id",
		.type = VT_INT,
		.enc = SNAP_PACKED,
		.rows = 3,
		.width = 8,
		.min = 10,
		.max = 35,
		.has_range = true,
		.p = (const uint8_t *)ids,
		.len = 24},
	{.column = "name",
		.type = VT_TEXT,
		.enc = SNAP_OFFSETS,
		.rows = 3,
		.nulls = 1,
		.p = (const uint8_t *)offsets,
		.len = 32},
	{.column = "name",
		.type = VT_TEXT,
		.enc = SNAP_BYTES,
		.rows = 3,
		.p = (const uint8_t *)"abvwxyz",
		.len = 7},
	{.column = "name", .type = VT_TEXT, .enc = SNAP_NULLS, .rows = 3, .p = nulls, .len = 1},
	{.column = "kind",
		.type = VT_ENUM,
		.enc = SNAP_DICT,
		.rows = 3,
		.p = (const uint8_t *)codes,
		.len = 12},
	{.column = "kind",
		.type = VT_ENUM,
		.enc = SNAP_PACKED,
		.rows = 2,
		.width = 8,
		.p = (const uint8_t *)ids,
		.len = 16},
	{.column = "price",
		.type = VT_DEC,
		.scale = 2,
		.enc = SNAP_PACKED,
		.rows = 3,
		.width = 8,
		.p = (const uint8_t *)ids,
		.len = 24},
	{.column = "empty", .type = VT_BYTES, .enc = SNAP_BYTES, .rows = 0, .p = nulls, .len = 0},
};

/* A key snapshot with all of these. */
static int write_keys(const char *path, struct err *e)
{
	struct buf header = BUF_INIT;
	struct snapw *w;

	mp_kstr(&header, "table", "crm.leads");
	w = snapw_open(path, "keys", 1, &header, NULL, e);
	buf_free(&header);
	if (w == NULL)
		return -1;
	for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
		if (snapw_chunk(w, &chunks[i], e) == -1) {
			snapw_abort(w);
			return -1;
		}
	}
	return snapw_commit(w, 3, NULL, e);
}

static int write_document(const char *path, char *hex, struct err *e)
{
	struct buf body = BUF_INIT;
	struct snapw *w;

	mp_map(&body, 1);
	mp_kstr(&body, "hello", "world");
	w = snapw_open(path, "plan", 0, NULL, &body, e);
	buf_free(&body);
	return w == NULL ? -1 : snapw_commit(w, 0, hex, e);
}

static void reads_back(void)
{
	struct err e = {.kind = ERR_NONE};
	struct snap s;
	int64_t id;

	CHECK(write_keys(good, &e) == 0);
	CHECK(snap_open(&s, good, "keys", SNAP_FULL, &e) == 0);
	CHECK_STR(s.kind, "keys");
	CHECK(s.rows == 3 && s.nchunk == 9 && s.body.type == MSGPACK_OBJECT_NIL);
	CHECK(view_eq(mp_get_view(&s.header, "table"), view_of("crm.leads")));
	CHECK(s.chunk[0].enc == SNAP_AFFINE && s.chunk[0].start == -5 && s.chunk[0].step == 2);
	CHECK(s.chunk[1].has_range && s.chunk[1].min == 10 && s.chunk[1].max == 35);
	memcpy(&id, s.chunk[1].p + 16, 8);
	CHECK(id == 35 && (uintptr_t)s.chunk[1].p % 64 == 0);
	CHECK(s.chunk[2].nulls == 1 && s.chunk[7].scale == 2 && s.chunk[8].len == 0);
	snap_prefetch(&s, &s.chunk[1]);
	snap_prefetch(&s, &s.chunk[0]);
	snap_close(&s);
	CHECK(snap_open(&s, good, NULL, SNAP_HEAD, &e) == 0);
	CHECK(s.nchunk == 0);
	snap_close(&s);
	CHECK(snap_open(&s, good, "plan", SNAP_DIR, &e) == -1 && e.kind == ERR_INPUT);
	CHECK(strstr(e.msg, "a keys snapshot, where plan is wanted") != NULL);
	snap_close(&s);
}

static void documents(void)
{
	struct err e = {.kind = ERR_NONE};
	char hex[33], again[65], want[65];
	struct snap s;

	CHECK(write_document(good, hex, &e) == 0);
	CHECK(strlen(hex) == 32);
	CHECK(snap_open(&s, good, "plan", SNAP_FULL, &e) == 0);
	CHECK(s.nchunk == 0);
	CHECK(view_eq(mp_get_view(&s.body, "hello"), view_of("world")));
	CHECK(snap_body_digest(&s, again, &e) == 0);
	digest_sha256_hex("\x81\xa5hello\xa5world", 13, want);
	CHECK_STR(again, want);
	snap_close(&s);
	digest_sha256_hex("abc", 3, want);
	CHECK_STR(want, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void write_bytes(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "w");

	CHECK(f != NULL && fwrite(p, 1, n, f) == n && fclose(f) == 0);
}

/* The bent file must be refused, by name, as bad input. */
static bool refused(const char *p, size_t n, enum snap_check check)
{
	struct err e = {.kind = ERR_NONE};
	struct snap s;

	write_bytes(bad, p, n);
	if (snap_open(&s, bad, "keys", check, &e) == 0) {
		snap_close(&s);
		return false;
	}
	return e.kind == ERR_INPUT && strncmp(e.msg, bad, strlen(bad)) == 0;
}

static void damage_is_seen(void)
{
	struct err e = {.kind = ERR_NONE};
	struct buf b = BUF_INIT;
	size_t cuts = 0, flips = 0, silent = 0;

	CHECK(write_keys(good, &e) == 0);
	CHECK(file_read(good, 1 << 20, &b, &e) == 0);
	for (size_t n = 0; n < b.n; n++)
		cuts += !refused(b.p, n, SNAP_DIR);
	CHECK(cuts == 0);
	for (size_t i = 0; i < b.n; i++) {
		for (unsigned mask = 1; mask <= 0x100; mask *= 2) {
			unsigned char bits = mask == 0x100 ? 0xff : (unsigned char)mask;

			b.p[i] = (char)((unsigned char)b.p[i] ^ bits);
			flips += !refused(b.p, b.n, SNAP_FULL);
			if (mask == 1)
				silent += !refused(b.p, b.n, SNAP_DIR);
			b.p[i] = (char)((unsigned char)b.p[i] ^ bits);
		}
	}
	CHECK(flips == 0);
	/* what SNAP_DIR lets pass is payload bytes and nothing else */
	CHECK(silent == 24 + 32 + 7 + 1 + 12 + 16 + 24);
	buf_addc(&b, '\0');
	CHECK(refused(b.p, b.n, SNAP_DIR));
	buf_free(&b);
}

/* A footer that lies, under a digest that does not: only lengths and ranges can tell. */
static const struct snap_chunk lies[] = {
	{.column = "a", .type = VT_INT, .enc = SNAP_PACKED, .rows = 3, .width = 8, .len = 16},
	{.column = "a", .type = VT_INT, .enc = SNAP_PACKED, .rows = 2, .width = 0, .len = 16},
	{.column = "a",
		.type = VT_INT,
		.enc = SNAP_PACKED,
		.rows = INT64_MAX,
		.width = 16,
		.len = 16},
	{.column = "a", .type = VT_TEXT, .enc = SNAP_OFFSETS, .rows = INT64_MAX, .len = 16},
	{.column = "a", .type = VT_ENUM, .enc = SNAP_DICT, .rows = 5, .len = 16},
	{.column = "a", .type = VT_TEXT, .enc = SNAP_NULLS, .rows = 300, .len = 16},
	{.column = "a",
		.type = VT_INT,
		.enc = SNAP_PACKED,
		.rows = 2,
		.width = 8,
		.len = 16,
		.nulls = 3},
	{.column = "a", .type = VT_COUNT, .enc = SNAP_PACKED, .rows = 2, .width = 8, .len = 16},
};

static void lies_are_seen(void)
{
	static const int64_t two[] = {1, 2};
	struct err e = {.kind = ERR_NONE};
	struct snap s;

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct snap_chunk c = lies[i];
		struct snapw *w = snapw_open(good, "keys", 0, NULL, NULL, &e);

		c.p = (const uint8_t *)two;
		CHECK(snapw_chunk(w, &c, &e) == 0 && snapw_commit(w, 2, NULL, &e) == 0);
		CHECK(snap_open(&s, good, "keys", SNAP_DIR, &e) == -1);
	}
}

/* Offsets that go down or past the end: only a reading of all values can tell. */
static void false_offsets_are_seen(void)
{
	static const uint64_t down[] = {0, 5, 3}, past[] = {0, 5, 9};
	struct err e = {.kind = ERR_NONE};
	struct snap s;

	for (int i = 0; i < 2; i++) {
		struct snap_chunk o = {.column = "t",
			.type = VT_TEXT,
			.enc = SNAP_OFFSETS,
			.rows = 2,
			.p = (const uint8_t *)(i ? down : past),
			.len = 24};
		struct snap_chunk t = {.column = "t",
			.type = VT_TEXT,
			.enc = SNAP_BYTES,
			.rows = 2,
			.p = (const uint8_t *)"12345678",
			.len = 8};
		struct snapw *w = snapw_open(good, "keys", 0, NULL, NULL, &e);

		CHECK(snapw_chunk(w, &o, &e) == 0 && snapw_chunk(w, &t, &e) == 0 &&
			snapw_commit(w, 2, NULL, &e) == 0);
		CHECK(snap_open(&s, good, "keys", SNAP_DIR, &e) == 0);
		snap_close(&s);
		CHECK(snap_open(&s, good, "keys", SNAP_VALUES, &e) == -1);
		CHECK(strstr(e.msg, "column t: row 1: offsets") != NULL);
	}
}

/* ---- once ------------------------------------------------------------------- */

/* Two booleans: 0 and ${second}. */
static void write_flags(uint8_t second)
{
	const uint8_t flags[] = {0, second};
	const struct snap_chunk c = {.column = "flag",
		.type = VT_BOOL,
		.enc = SNAP_PACKED,
		.rows = 2,
		.width = 1,
		.p = flags,
		.len = 2};
	struct err e = {.kind = ERR_NONE};
	struct snapw *w = snapw_open(good, "keys", 0, NULL, NULL, &e);

	CHECK(snapw_chunk(w, &c, &e) == 0 && snapw_commit(w, 2, NULL, &e) == 0);
}

/* The column's greatest value, or -1 where the file is refused. */
static int64_t greatest(struct file_memo *seen)
{
	struct err e = {.kind = ERR_NONE};
	struct snap s;
	int64_t most;

	if (snap_open_once(&s, good, "keys", SNAP_VALUES, seen, &e) == -1) {
		CHECK(strstr(e.msg, "column flag: row 1: a value that its type") != NULL);
		return -1;
	}
	most = s.col[0].most;
	snap_close(&s);
	return most;
}

/* Opens the file until it is remembered, which the clock of the file system delays. */
static const void *remembered(struct file_memo *seen)
{
	const void *what = NULL;

	for (int i = 0; what == NULL && i < 1000; i++) {
		struct err e = {.kind = ERR_NONE};
		struct mapfile m;

		CHECK(greatest(seen) == 1 && mapfile_open(&m, good, &e) == 0);
		what = file_memo_get(seen, &m.id);
		mapfile_close(&m);
		if (what == NULL)
			nanosleep(&(struct timespec){0, 1000000}, NULL);
	}
	return what;
}

/* One byte of the file, changed where it is, and the time that tells of it set back. */
static void change_in_place(uint8_t was, uint8_t now)
{
	struct err e = {.kind = ERR_NONE};
	struct mapfile m;
	struct stat st;
	long at = 0;
	int fd = open(good, O_WRONLY | O_CLOEXEC);

	CHECK(mapfile_open(&m, good, &e) == 0 && fstat(fd, &st) == 0);
	while (m.p[at] != 0 || m.p[at + 1] != was || at % 64 != 0)
		at++;
	CHECK(pwrite(fd, &now, 1, at + 1) == 1);
	CHECK(futimens(fd, (struct timespec[]){st.st_atim, st.st_mtim}) == 0);
	mapfile_close(&m);
	close(fd);
}

/* What is known of a file is used for that file as it was, and for no other. */
static void once(void)
{
	struct arena a = ARENA_INIT;
	struct file_memo *seen = file_memo_new(&a);
	const void *what;

	write_flags(1);
	CHECK((what = remembered(seen)) != NULL);
	CHECK(greatest(seen) == 1 && remembered(seen) == what);
	change_in_place(1, 7);
	CHECK(greatest(seen) == -1);
	change_in_place(7, 1);
	CHECK(greatest(seen) == 1);
	write_flags(2); /* another file of that name */
	CHECK(greatest(seen) == -1);
	write_flags(1);
	CHECK(greatest(seen) == 1 && greatest(NULL) == 1);
	arena_free(&a);
}

/* A full disk, as a limit on the size of files: temporary, and nothing is left. */
static void full_disk(void)
{
	static uint8_t zeros[3 << 20];
	const struct snap_chunk c = {.column = "a",
		.type = VT_BYTES,
		.enc = SNAP_BYTES,
		.rows = 1,
		.p = zeros,
		.len = sizeof(zeros)};
	struct rlimit was, low;
	struct err e = {.kind = ERR_NONE};
	struct snapw *w;
	int rc;

	unlink(good);
	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK(getrlimit(RLIMIT_FSIZE, &was) == 0);
	low = was;
	low.rlim_cur = 2 << 20;
	CHECK(setrlimit(RLIMIT_FSIZE, &low) == 0);
	w = snapw_open(good, "keys", 0, NULL, NULL, &e);
	CHECK(w != NULL);
	rc = snapw_chunk(w, &c, &e);
	CHECK(rc == -1 && e.kind == ERR_TEMP);
	snapw_abort(w);
	CHECK(setrlimit(RLIMIT_FSIZE, &was) == 0);
	CHECK(access(good, F_OK) == -1);
}

int main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : ".";
	struct err e = {.kind = ERR_NONE};

	(void)snprintf(good, sizeof(good), "%s/good.msgpack", dir);
	(void)snprintf(bad, sizeof(bad), "%s/bad.msgpack", dir);
	if (argc > 2) /* leave one there for another reader */
		return write_keys(argv[2], &e) == 0 ? 0 : 1;
	reads_back();
	documents();
	damage_is_seen();
	lies_are_seen();
	false_offsets_are_seen();
	once();
	full_disk();
	return check_done();
}
