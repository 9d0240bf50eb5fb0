/* SPDX-License-Identifier: MIT */
#include "stages/load/load.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/io/zio.h"

enum { PIECE = 1 << 18 }; /* bytes handed to libpq at once */

double load_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool has_header(const struct load_table *t, uint32_t shard)
{
	return data_has_header(t->files[shard].header, shard);
}

/* Where the data end that begin at file ${from}: a COPY takes one header, before its first row. */
static uint32_t stream_end(const struct load_table *t, uint32_t from)
{
	uint32_t to = from + 1;

	while (to < t->plan->shards && !has_header(t, to))
		to++;
	return to;
}

/* COPY "s"."t" ("a", "b") FROM STDIN (FORMAT csv, HEADER true), of the files from ${first} on */
static void copy_text(const struct load_table *t, uint32_t first, struct buf *b)
{
	static const char *const options[DATA_FILES] = {
		[DATA_BINARY] = "FORMAT binary",
		[DATA_TEXT] = "FORMAT text",
		[DATA_CSV] = "FORMAT csv",
	};
	const struct pg_table *p = t->plan->table;
	const char *sep = " (";

	buf_adds(b, "COPY ");
	pg_qname(b, p->schema, p->name);
	for (uint32_t c = 0; c < p->ncolumns; c++)
		if (data_written(t->plan, c)) {
			buf_adds(b, sep);
			pg_ident(b, p->columns[c].name);
			sep = ", ";
		}
	/* a table without columns takes no list at all */
	buf_addf(b, "%s FROM STDIN (%s%s)", sep[0] == ',' ? ")" : "",
		options[t->files[first].format],
		t->files[first].format == DATA_CSV && has_header(t, first) ? ", HEADER true" : "");
}

/* The file was read to its end: whether its bytes are those that its receipt tells of. */
static int unchanged(
	const struct load_table *t, const struct data_file *f, const struct zior *z, struct err *e)
{
	struct stat st;
	char hex[33];

	zior_digest(z, hex);
	if (stat(f->path, &st) == -1)
		return err_sys(e, "%s", f->path);
	if (strcmp(hex, f->digest) == 0 && (uint64_t)st.st_size == f->bytes)
		return 0;
	return err_set(e, ERR_INPUT,
		"%s (shard %u of %u) is not what was generated: its digest is not the receipt's: "
		"nothing was loaded; run %s again, or add --no-verify if the change is meant",
		f->path, (unsigned)(f - t->files), t->plan->shards, data_stage(t->plan));
}

/* A file of rows; with ${cut} no more of it than the rows that are wanted. */
static int copy_file(struct load *l, const struct load_table *t, const struct data_file *f,
	struct load_cut *cut, char *piece, struct err *e)
{
	struct zior *z = zior_open(f->path, e);
	size_t n, take;
	int rc;

	if (z == NULL)
		return -1;
	do {
		rc = zior_read(z, piece, PIECE, &n, e);
		take = rc == 0 && cut != NULL ? cut_take(cut, piece, n) : n;
		if (rc == 0 && take > 0)
			rc = pg_copy_put(l->pg, piece, take, e);
	} while (rc == 0 && n > 0 && (cut == NULL || !cut_done(cut)));
	if (rc == 0 && cut == NULL && f->digest != NULL)
		rc = unchanged(t, f, z, e);
	zior_close(z);
	return rc;
}

/* The files from ${from} to before ${to}, up to the row where ${cut} ends. */
static int copy_files(struct load *l, const struct load_table *t, uint32_t from, uint32_t to,
	struct load_cut *cut, struct err *e)
{
	char *piece = malloc(PIECE);
	int rc = piece == NULL ? err_nomem(e) : 0;

	for (uint32_t i = from; rc == 0 && i < to && (cut == NULL || !cut_done(cut)); i++)
		rc = copy_file(l, t, &t->files[i], cut, piece, e);
	free(piece);
	if (rc == 0 && cut != NULL && cut_done(cut)) {
		struct view end = cut_end(cut);

		return end.n > 0 ? pg_copy_put(l->pg, end.p, end.n, e) : 0;
	}
	return rc;
}

/* One COPY, whose rows are added to those of the table. */
static int copy_stream(struct load *l, struct load_table *t, uint32_t from, uint32_t to,
	struct load_cut *cut, struct err *e)
{
	struct buf b = BUF_INIT;
	uint64_t rows = 0;
	int rc = -1;

	copy_text(t, from, &b);
	if (!buf_ok(&b))
		err_nomem(e);
	else if (pg_copy_in(l->pg, b.p, e) == 0 && (rc = copy_files(l, t, from, to, cut, e)) == -1)
		pg_copy_abort(l->pg);
	else if (rc == 0)
		rc = pg_copy_end(l->pg, &rows, e);
	t->rows += rows;
	buf_free(&b);
	return rc;
}

/* All rows or, if ${most} is not 0, the first. */
static int copy(struct load *l, struct load_table *t, uint64_t most, struct err *e)
{
	t->rows = 0;
	for (uint32_t from = 0, to; from < t->plan->shards; from = to) {
		struct load_cut cut;

		to = stream_end(t, from);
		if (most > 0 && t->rows >= most)
			return 0;
		cut_begin(&cut, t->files[0].format, has_header(t, from), most - t->rows);
		if (copy_stream(l, t, from, to, most > 0 ? &cut : NULL, e) == -1)
			return -1;
	}
	return 0;
}

int copy_sample(struct load *l, struct load_table *t, uint64_t rows, struct err *e)
{
	return copy(l, t, rows, e);
}

int copy_table(struct load *l, struct load_table *t, struct err *e)
{
	double start = load_clock();
	int rc = copy(l, t, 0, e);

	t->seconds = load_clock() - start;
	return rc == 0 ? 0
		       : err_wrap(e, "loading %s.%s", t->plan->table->schema, t->plan->table->name);
}

/* What COPY BINARY reads before the first row: a shard that is one of several may be without. */
static int put_signature(struct load *l, struct err *e)
{
	static const char signature[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* and a NUL */

	return pg_copy_put(l->pg, signature, sizeof(signature), e);
}

int copy_shard(struct load *l, const struct load_table *t, uint32_t shard, struct err *e)
{
	uint64_t want = shard_start(t->plan->rows, shard + 1, t->plan->shards) -
			shard_start(t->plan->rows, shard, t->plan->shards);
	struct buf b = BUF_INIT;
	uint64_t rows = 0;
	int rc = -1;

	copy_text(t, shard, &b);
	if (!buf_ok(&b)) {
		err_nomem(e);
	} else if (pg_copy_in(l->pg, b.p, e) == 0) {
		rc = t->files[shard].format == DATA_BINARY && !has_header(t, shard)
			     ? put_signature(l, e)
			     : 0;
		if (rc == 0)
			rc = copy_files(l, t, shard, shard + 1, NULL, e);
		if (rc == -1)
			pg_copy_abort(l->pg);
		else
			rc = pg_copy_end(l->pg, &rows, e);
	}
	buf_free(&b);
	if (rc == 0 && rows != want)
		rc = err_set(e, ERR_INPUT,
			"%llu rows came in, the plan says %llu: the file does not hold them: run "
			"eval",
			(unsigned long long)rows, (unsigned long long)want);
	return rc == 0 ? 0
		       : err_wrap(e, "loading %s.%s, shard %u of %u", t->plan->table->schema,
				 t->plan->table->name, shard, t->plan->shards);
}

/* Rows that a trigger has swallowed, or files that are not those of the plan. */
int copy_counted(const struct load_table *t, struct err *e)
{
	if (t->rows == t->plan->rows)
		return 0;
	return err_set(e, ERR_INPUT,
		"loading %s.%s: %llu rows came in, the plan says %llu: a trigger took the others "
		"away, or the files do not hold them: run eval",
		t->plan->table->schema, t->plan->table->name, (unsigned long long)t->rows,
		(unsigned long long)t->plan->rows);
}
