/* SPDX-License-Identifier: MIT */
/* zio DIR: frames written, read back, cut and bent, all inside folder DIR. */
#include "common/io/zio.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/io/file.h"
#include "tests/unit/check.h"

enum { SIZE = 3 * ZIO_RAW + 12345 };

static char path[4096];
static unsigned char content[SIZE], got[SIZE + 1];

static int write_it(size_t size, size_t piece, int level)
{
	struct err e = {.kind = ERR_NONE};
	struct outfile *f = outfile_open(path, &e);
	struct ziow *w = ziow_open(f, level, &e);
	int rc = 0;

	if (w == NULL) {
		outfile_abort(f);
		return -1;
	}
	for (size_t i = 0; i < size && rc == 0; i += piece)
		rc = ziow_write(w, content + i, size - i < piece ? size - i : piece, &e);
	CHECK(rc == 0 && ziow_end(w, &e) == 0);
	ziow_free(w);
	return outfile_commit(f, &e);
}

/* Bytes read in pieces, or -1 with the kind of error. */
static long read_it(size_t piece, struct err *e)
{
	struct zior *r = zior_open(path, e);
	size_t total = 0, n = 0;

	if (r == NULL)
		return -1;
	do {
		size_t room = sizeof(got) - total;

		if (zior_read(r, got + total, piece < room ? piece : room, &n, e) == -1) {
			zior_close(r);
			return -1;
		}
		total += n;
	} while (n > 0 && total < sizeof(got));
	zior_close(r);
	return (long)total;
}

static void round_trips(void)
{
	static const size_t pieces[] = {12345, 65536, ZIO_RAW, SIZE};
	struct err e = {.kind = ERR_NONE};

	for (size_t i = 0; i < 4; i++) {
		CHECK(write_it(SIZE, pieces[i], 1) == 0);
		memset(got, 0, sizeof(got));
		CHECK(read_it(pieces[3 - i], &e) == SIZE);
		CHECK(memcmp(got, content, SIZE) == 0);
	}
	CHECK(write_it(0, 1, 3) == 0);
	CHECK(read_it(100, &e) == 0);
	CHECK(write_it(10, 1, 0) == -1 && write_it(10, 1, 20) == -1);
}

static void same_frames_whatever_the_pieces(void)
{
	struct err e = {.kind = ERR_NONE};
	struct buf a = BUF_INIT, b = BUF_INIT;

	CHECK(write_it(SIZE, 777, 3) == 0 && file_read(path, SIZE, &a, &e) == 0);
	CHECK(write_it(SIZE, SIZE, 3) == 0 && file_read(path, SIZE, &b, &e) == 0);
	CHECK(a.n == b.n && memcmp(a.p, b.p, a.n) == 0);
	buf_free(&a);
	buf_free(&b);
}

static void plain_files(void)
{
	struct err e = {.kind = ERR_NONE};

	for (size_t n = 0; n < 600000; n = n < 8 ? n + 1 : n * 9) {
		CHECK(file_replace(path, content, n, &e) == 0);
		CHECK(read_it(1000, &e) == (long)n);
		CHECK(memcmp(got, content, n) == 0);
	}
}

static void damage(void)
{
	struct err e = {.kind = ERR_NONE};
	struct buf b = BUF_INIT;
	size_t missed = 0;

	CHECK(write_it(5000, 5000, 3) == 0 && file_read(path, SIZE, &b, &e) == 0);
	for (size_t n = 4; n < b.n; n += 1 + n / 8) {
		CHECK(file_replace(path, b.p, n, &e) == 0);
		missed += read_it(1000, &e) != -1 || e.kind != ERR_INPUT;
	}
	for (size_t i = 4; i < b.n; i += 1 + i / 8) {
		b.p[i] = (char)~b.p[i];
		CHECK(file_replace(path, b.p, b.n, &e) == 0);
		missed += read_it(1000, &e) != -1 || e.kind != ERR_INPUT;
		b.p[i] = (char)~b.p[i];
	}
	CHECK(missed == 0);
	buf_free(&b);
}

int main(int argc, char **argv)
{
	(void)snprintf(path, sizeof(path), "%s/z", argc > 1 ? argv[1] : ".");
	for (size_t i = 0; i < SIZE; i++)
		content[i] = (unsigned char)("abcdefgh"[rng_at(1, i) & 7]);
	round_trips();
	same_frames_whatever_the_pieces();
	plain_files();
	damage();
	return check_done();
}
