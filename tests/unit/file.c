/* SPDX-License-Identifier: MIT */
/* file DIR: output files, folders, maps, run directories and their log, all inside DIR. */
#include "common/io/file.h"

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/io/log.h"
#include "common/io/rundir.h"
#include "common/io/scratch.h"
#include "tests/unit/check.h"

enum { BIG = (5 << 20) + 123 };

static unsigned char content[BIG];

static bool holds(const char *path, const void *p, size_t n)
{
	struct mapfile m;
	struct err e;
	bool same;

	if (mapfile_open(&m, path, &e) == -1)
		return false;
	same = m.n == n && (n == 0 || memcmp(m.p, p, n) == 0);
	mapfile_prefetch(&m, n / 2, n);
	mapfile_prefetch(&m, n + 1, 1);
	mapfile_close(&m);
	return same;
}

static void commit(void)
{
	static const size_t pieces[] = {1000, 1 << 20, BIG, 1500000};
	struct err e = {.kind = ERR_NONE};
	char first[33] = "", hex[33];

	for (size_t i = 0; i < 4; i++) {
		struct outfile *f = outfile_open("big", &e);

		for (size_t at = 0; at < BIG; at += pieces[i])
			CHECK(outfile_write(f, content + at,
				      BIG - at < pieces[i] ? BIG - at : pieces[i], &e) == 0);
		CHECK(outfile_size(f) == BIG);
		CHECK((i > 0) == (access("big", F_OK) == 0));
		outfile_digest(f, hex);
		if (i == 0)
			memcpy(first, hex, sizeof(first));
		CHECK_STR(hex, first);
		CHECK(outfile_commit(f, &e) == 0);
		CHECK(holds("big", content, BIG));
	}
}

/* Into a file without a name: it is found by its number, before and after, and nowhere else. */
static void without_a_name(void)
{
	struct err e = {.kind = ERR_NONE};
	int fd = scratch_file(".", &e);
	struct outfile *f = outfile_on(fd, &e);
	char path[32];

	CHECK(fd != -1 && f != NULL);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK(outfile_write(f, content, BIG, &e) == 0 && outfile_commit(f, &e) == 0);
	CHECK(holds(path, content, BIG));
	CHECK((f = outfile_on(fd, &e)) != NULL && outfile_write(f, "x", 1, &e) == 0);
	outfile_abort(f);
	CHECK(holds(path, content, BIG) && close(fd) == 0);
}

/* The digest is of the bytes as they are after a patch, in memory or on disk. */
static void patch(void)
{
	struct err e = {.kind = ERR_NONE};
	struct outfile *f = outfile_open("p", &e), *g = outfile_open("q", &e);
	char a[33], b[33];

	CHECK_STR(outfile_path(g), "q"); /* what it will be, not what it is yet */
	CHECK(outfile_write(f, "0123", 4, &e) == 0 && outfile_write(f, content, BIG, &e) == 0);
	CHECK(outfile_patch(f, 1, "xy", 2, &e) == 0 && outfile_write(f, "end", 3, &e) == 0);
	CHECK(outfile_write(g, "0xy3", 4, &e) == 0 && outfile_write(g, content, BIG, &e) == 0 &&
		outfile_write(g, "end", 3, &e) == 0);
	outfile_digest(f, a);
	outfile_digest(g, b);
	CHECK_STR(a, b);
	CHECK(outfile_commit(f, &e) == 0);
	outfile_abort(g);
	CHECK(access("p", F_OK) == 0 && access("q", F_OK) == -1);
}

static void replace(void)
{
	struct stat before, after;
	struct err e = {.kind = ERR_NONE};
	struct buf b = BUF_INIT;

	CHECK(file_replace("r", "one", 3, &e) == 0 && stat("r", &before) == 0);
	CHECK(file_replace("r", "one", 3, &e) == 0 && stat("r", &after) == 0);
	CHECK(before.st_ino == after.st_ino);
	CHECK(file_replace("r", "two!", 4, &e) == 0 && holds("r", "two!", 4));
	CHECK(file_replace("r", "", 0, &e) == 0 && holds("r", "", 0));
	CHECK(file_replace("r", "abcdef", 6, &e) == 0);
	buf_adds(&b, "got ");
	CHECK(file_read("r", 6, &b, &e) == 0);
	CHECK_STR(b.p, "got abcdef");
	CHECK(file_read("r", 5, &b, &e) == -1 && e.kind == ERR_INPUT);
	CHECK(file_read("none", 5, &b, &e) == -1 && e.kind == ERR_INPUT);
	CHECK_STR(e.msg, "open none: No such file or directory");
	CHECK(file_read(".", 5, &b, &e) == -1);
	buf_free(&b);
}

static void refusals(void)
{
	struct err e = {.kind = ERR_NONE};
	struct mapfile m;

	CHECK(outfile_open("no/such/folder", &e) == NULL && e.kind == ERR_INPUT);
	CHECK(mapfile_open(&m, ".", &e) == -1 && mapfile_open(&m, "none", &e) == -1);
	CHECK(dir_make("a/b//c/", &e) == 0 && access("a/b/c", F_OK) == 0);
	CHECK(dir_make("a/b/c", &e) == 0);
	CHECK(dir_make("r/x", &e) == -1 && dir_make("r", &e) == -1);
	CHECK(dir_sweep("none", &e) == -1);
	outfile_abort(NULL);
}

/* Nothing under the name, nothing beside it, and the old file as it was. */
static void full_disk(void)
{
	struct err e = {.kind = ERR_NONE};
	struct rlimit was, low;
	struct outfile *f;

	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK(file_replace("full", "old", 3, &e) == 0);
	CHECK(getrlimit(RLIMIT_FSIZE, &was) == 0);
	low = was;
	low.rlim_cur = 20000;
	CHECK(setrlimit(RLIMIT_FSIZE, &low) == 0);
	f = outfile_open("full", &e);
	CHECK(outfile_write(f, content, 40000, &e) == 0); /* still in memory */
	CHECK(outfile_commit(f, &e) == -1 && e.kind == ERR_TEMP);
	CHECK_STR(e.msg, "write full: File too large");
	CHECK(setrlimit(RLIMIT_FSIZE, &was) == 0);
	CHECK(holds("full", "old", 3));
}

/* The temporary file of NAME, of which there is one at most; "" where there is none. */
static void temporary_of(const char *name, char found[64])
{
	glob_t g = {0};
	char pattern[32];

	(void)snprintf(pattern, sizeof(pattern), "%s.tmp.*", name);
	found[0] = '\0';
	if (glob(pattern, 0, NULL, &g) == 0 && g.gl_pathc == 1)
		(void)snprintf(found, 64, "%s", g.gl_pathv[0]);
	globfree(&g);
}

/* A killed writer leaves only its temporary file; a live one's is not swept, whatever its number.
 */
static void killed(void)
{
	struct err e = {.kind = ERR_NONE};
	struct outfile *mine, *again;
	char left[64], here[64];
	int ready[2], status;
	pid_t pid;
	char c;

	CHECK(pipe(ready) == 0 && (mine = outfile_open("alive", &e)) != NULL);
	if ((pid = fork()) == 0) {
		struct outfile *f = outfile_open("dead", &e);

		if (f == NULL || outfile_write(f, content, BIG, &e) == -1 ||
			write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	CHECK(read(ready[0], &c, 1) == 1);
	temporary_of("dead", left);
	temporary_of("alive", here);
	CHECK(left[0] != '\0' && here[0] != '\0');
	CHECK(dir_sweep(".", &e) == 0 && access(left, F_OK) == 0);
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid);
	CHECK(access("dead", F_OK) == -1 && access(left, F_OK) == 0);
	CHECK(file_replace("keep.tmp.x", "", 0, &e) == 0);
	CHECK(file_replace("keep.tmp.1234567", "", 0, &e) == 0); /* a process number, once */
	CHECK(dir_sweep(".", &e) == 0);
	CHECK(access(left, F_OK) == -1 && access(here, F_OK) == 0 &&
		access("keep.tmp.x", F_OK) == 0 && access("keep.tmp.1234567", F_OK) == -1);
	/* a second attempt of the same process has a file of its own; the last to commit wins,
	 * whole */
	CHECK((again = outfile_open("alive", &e)) != NULL);
	CHECK(outfile_write(mine, "one", 3, &e) == 0 && outfile_write(again, "two", 3, &e) == 0);
	CHECK(outfile_commit(mine, &e) == 0 && holds("alive", "one", 3));
	CHECK(outfile_commit(again, &e) == 0 && holds("alive", "two", 3));
	CHECK(access(here, F_OK) == -1);
}

static void names(void)
{
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	char wide[64], other[64];
	struct rundir r;

	CHECK(rundir_open(&r, "no run", &a, &e) == -1 && rundir_open(&r, "r", &a, &e) == -1);
	CHECK(rundir_create(&r, "runs/one", &a, &e) == 0 && access("runs/one/keys", F_OK) == 0);
	CHECK_STR(rundir_file(&r, "plan.msgpack"), "runs/one/plan.msgpack");
	CHECK_STR(rundir_table(&r, "crm", "leads"), "crm.leads");
	CHECK_STR(rundir_table(&r, "a.b", "c/d \"e\"%"), "a%2Eb.c%2Fd%20%22e%22%25");
	CHECK_STR(rundir_table(&r, "público", "ação"), "público.ação");
	CHECK_STR(rundir_shard(&r, "data", "crm", "t", 0, 1, "csv"), "runs/one/data/crm.t.csv");
	CHECK_STR(rundir_shard(&r, "keys", "crm", "t", 3, 12, "msgpack"),
		"runs/one/keys/crm.t.03-of-12.msgpack");
	memset(wide, '/', 63);
	wide[63] = '\0';
	memcpy(other, wide, sizeof(wide));
	other[62] = '.';
	CHECK(strlen(rundir_table(&r, wide, wide)) == 190);
	CHECK(strcmp(rundir_table(&r, wide, wide), rundir_table(&r, wide, other)) != 0);
	CHECK(rundir_create_in(&r, "runs/", &a, &e) == 0 && access(r.path, F_OK) == 0);
	CHECK(strlen(r.path) == strlen("runs/2026-11-22T10-05-00Z__run_") + 36);
	arena_free(&a);
}

static void shards(void)
{
	CHECK(shard_start(10, 0, 3) == 0 && shard_start(10, 1, 3) == 3 &&
		shard_start(10, 3, 3) == 10);
	CHECK(shard_start(UINT64_MAX, 7, 7) == UINT64_MAX);
}

static void logs(void)
{
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	struct buf b = BUF_INIT;
	struct rundir r, gone = {.path = "no/such", .a = &a};

	CHECK(rundir_create(&r, "runs/log", &a, &e) == 0);
	log_event(&r, "gen", "table_finished", "table", LOG_STR, "crm.\"l\"", "rows", LOG_UINT,
		(uint64_t)7, "delta", LOG_INT, (int64_t)-1, "ok", LOG_BOOL, 1, NULL);
	log_event(&r, "gen", "end", NULL);
	log_event(&gone, "gen", "end", NULL);
	CHECK(file_read("runs/log/logs.ndjson", 4096, &b, &e) == 0);
	CHECK(strstr(b.p, "Z\",\"level\":\"INFO\",\"fields\":{\"event\":\"table_finished\","
			  "\"table\":\"crm.\\\"l\\\"\",\"rows\":7,\"delta\":-1,\"ok\":true},"
			  "\"target\":\"gen\"}\n{\"timestamp\":\"2") != NULL);
	buf_free(&b);
	arena_free(&a);
}

/* What was heard of a log that is read from its end. */
struct heard {
	uint64_t n, next, stop;
	bool in_order;
};

static bool hear(void *ctx, const char *target, const json_t *fields)
{
	struct heard *h = ctx;
	uint64_t n = (uint64_t)json_integer_value(json_object_get(fields, "n"));

	h->in_order = h->in_order && strcmp(target, "gen") == 0 && n == h->next;
	h->n++;
	h->next--;
	return n != h->stop;
}

/* Many lines, some of them longer than what is read at once, and some that are no events. */
static void logs_backwards(void)
{
	enum { LINES = 3000, LONG = 200000 };
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	struct rundir r, gone = {.path = "no/such", .a = &a};
	struct heard h = {.in_order = true, .next = LINES};
	struct buf b = BUF_INIT;

	CHECK(rundir_create(&r, "runs/back", &a, &e) == 0);
	log_backwards(&r, "heard", hear, &h);
	log_backwards(&gone, "heard", hear, &h);
	CHECK(h.n == 0);
	for (uint64_t i = 1; i <= LINES; i++) {
		buf_addf(&b,
			"{\"fields\":{\"event\":\"heard\",\"n\":%llu,\"pad\":\"%*s\"},\"target\":"
			"\"gen\"}\n",
			(unsigned long long)i, i % 1000 == 7 ? LONG : 1, "");
		buf_adds(&b, i % 3 == 0 ? "heard, and no JSON\n\n"
					: "{\"fields\":{\"event\":\"other\"}}\n");
	}
	b.n -= 1; /* the last line has no end yet */
	CHECK(buf_ok(&b) && file_replace("runs/back/logs.ndjson", b.p, b.n, &e) == 0);
	log_backwards(&r, "\"heard\"", hear, &h);
	CHECK(h.n == LINES && h.in_order && h.next == 0);
	h = (struct heard){.in_order = true, .next = LINES, .stop = LINES - 9};
	log_backwards(&r, "\"heard\"", hear, &h);
	CHECK(h.n == 10 && h.in_order);
	buf_free(&b);
	arena_free(&a);
}

int main(int argc, char **argv)
{
	if (argc != 2 || chdir(argv[1]) == -1)
		return 2;
	for (size_t i = 0; i < BIG; i++)
		content[i] = (unsigned char)(i * 31 + i / 251);
	commit();
	without_a_name();
	patch();
	replace();
	refusals();
	full_disk();
	killed();
	names();
	shards();
	logs();
	logs_backwards();
	return check_done();
}
