/* SPDX-License-Identifier: MIT */
#include "stages/load/load.h"

#include <stdlib.h>
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

static int copy_file(struct load *l, const struct data_file *f, char *piece, struct err *e)
{
	struct zior *z = zior_open(f->path, e);
	size_t n;
	int rc;

	if (z == NULL)
		return -1;
	do
		rc = zior_read(z, piece, PIECE, &n, e);
	while (rc == 0 && n > 0 && (rc = pg_copy_put(l->pg, piece, n, e)) == 0);
	zior_close(z);
	return rc;
}

int copy_table(struct load *l, struct load_table *t, struct err *e)
{
	struct buf b = BUF_INIT;
	char *piece = malloc(PIECE);
	double start = load_clock();
	int rc = -1;

	copy_text(t, &b);
	if (piece == NULL || !buf_ok(&b)) {
		err_nomem(e);
		goto out;
	}
	if (pg_copy_in(l->pg, b.p, e) == -1)
		goto out;
	for (uint32_t i = 0; i < t->plan->shards; i++)
		if (copy_file(l, &t->files[i], piece, e) == -1) {
			pg_copy_abort(l->pg);
			goto out;
		}
	if (pg_copy_end(l->pg, &t->rows, e) == -1)
		goto out;
	if (t->rows != t->plan->rows)
		err_set(e, ERR_INPUT, "the files hold %llu rows, the plan says %llu: run eval",
			(unsigned long long)t->rows, (unsigned long long)t->plan->rows);
	else
		rc = 0;
	t->seconds = load_clock() - start;
out:
	free(piece);
	buf_free(&b);
	return rc == 0 ? 0
		       : err_wrap(e, "loading %s.%s", t->plan->table->schema, t->plan->table->name);
}
