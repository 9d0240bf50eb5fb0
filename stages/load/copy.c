/* SPDX-License-Identifier: MIT */
#include "stages/load/load.h"

#include <stdlib.h>
#include <string.h>
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

/* COPY "s"."t" ("a", "b") FROM STDIN (FORMAT csv, HEADER true) */
static void copy_text(const struct load_table *t, struct buf *b)
{
	static const char *const options[DATA_FORMATS] = {
		[DATA_BINARY] = "FORMAT binary",
		[DATA_TEXT] = "FORMAT text",
		[DATA_CSV] = "FORMAT csv, HEADER true",
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
	buf_addf(b, "%s FROM STDIN (%s)", sep[0] == ',' ? ")" : "", options[t->files[0].format]);
}

/* The file was read to its end: whether its bytes are those that its receipt tells of. */
static int unchanged(
	const struct load_table *t, const struct data_file *f, const struct zior *z, struct err *e)
{
	char hex[33];

	zior_digest(z, hex);
	if (strcmp(hex, f->digest) == 0)
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

/* All files of a table, up to the row where ${cut} ends. */
static int copy_files(struct load *l, const struct load_table *t, struct load_cut *cut, char *piece,
	struct err *e)
{
	for (uint32_t i = 0; i < t->plan->shards && (cut == NULL || !cut_done(cut)); i++)
		if (copy_file(l, t, &t->files[i], cut, piece, e) == -1)
			return -1;
	if (cut != NULL && cut_done(cut)) {
		struct view end = cut_end(cut);

		return end.n > 0 ? pg_copy_put(l->pg, end.p, end.n, e) : 0;
	}
	return 0;
}

/* COPY, of all rows or, if ${most} is not 0, of the first. */
static int copy(struct load *l, struct load_table *t, uint64_t most, struct err *e)
{
	struct load_cut cut;
	struct buf b = BUF_INIT;
	char *piece = malloc(PIECE);
	int rc = -1;

	copy_text(t, &b);
	cut_begin(&cut, t->files[0].format, most);
	if (piece == NULL || !buf_ok(&b))
		err_nomem(e);
	else if (pg_copy_in(l->pg, b.p, e) == 0 &&
		 (rc = copy_files(l, t, most > 0 ? &cut : NULL, piece, e)) == -1)
		pg_copy_abort(l->pg);
	else if (rc == 0)
		rc = pg_copy_end(l->pg, &t->rows, e);
	free(piece);
	buf_free(&b);
	return rc;
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
