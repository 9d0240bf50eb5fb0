/* SPDX-License-Identifier: MIT */
#include "stages/snapshot/preview.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/str.h"
#include "common/base/visible.h"
#include "common/io/rundir.h"
#include "common/io/zio.h"
#include "common/keys/dataset.h"
#include "common/plan/plan.h"
#include "common/schema/schema.h"
#include "common/sql/sql.h"
#include "common/stage/stage.h"

enum { WIDEST = 40, PIECE = 1 << 16 };

/* A value as it is shown: one line of text, cut if it is long. */
struct cell {
	const char *text;
	uint32_t width; /* characters */
};

/* The rows of a table that are shown; the first is the header. */
struct grid {
	struct cell *cells; /* [nrows * ncols] */
	uint32_t *width;    /* by column */
	uint32_t ncols, nrows, room;
	struct arena *a;
};

/* ---- CSV ---------------------------------------------------------------------------- */

/* One file, a character at a time. */
struct csv {
	struct zior *z;
	char piece[PIECE];
	size_t at, n;
	struct err *e;
	bool failed;
};

enum { END = -1 };

static int peek(struct csv *c)
{
	if (c->at == c->n) {
		c->at = c->n = 0;
		if (zior_read(c->z, c->piece, sizeof(c->piece), &c->n, c->e) == -1)
			c->failed = true;
	}
	return c->failed || c->n == 0 ? END : (unsigned char)c->piece[c->at];
}

static int take(struct csv *c)
{
	int ch = peek(c);

	if (ch != END)
		c->at++;
	return ch;
}

/* The text of a cell: visible, and cut if it is long. */
static int put_cell(struct cell *cell, const char *p, size_t n, struct arena *a, struct err *e)
{
	struct buf b = BUF_INIT;
	size_t len;

	buf_visible(&b, p, n, VISIBLE_CELL);
	len = b.n > 0 ? utf8_cut(b.p, b.n, WIDEST) : 0;
	if (len < b.n) {
		b.n = len;
		buf_adds(&b, "…");
	}
	*cell = (struct cell){
		buf_ok(&b) ? arena_strndup(a, b.n > 0 ? b.p : "", b.n) : NULL,
		b.n > 0 ? (uint32_t)utf8_len(b.p, b.n) : 0,
	};
	buf_free(&b);
	return cell->text == NULL ? err_nomem(e) : 0;
}

/* A field, as CSV of COPY has it: between quotes, where "" is a quote, or bare; nothing at all is
 * NULL.  Of a long value no more is kept than is shown. */
static int read_field(struct csv *c, struct buf *b, struct cell *cell, struct arena *a)
{
	enum { ENOUGH = 4 * (WIDEST + 1) };
	bool quoted = peek(c) == '"', inside = quoted;
	int ch;

	buf_clear(b);
	if (quoted)
		(void)take(c);
	while ((ch = peek(c)) != END && (inside || (ch != ',' && ch != '\n'))) {
		(void)take(c);
		if (ch == '"' && quoted && (!inside || peek(c) != '"')) {
			inside = !inside;
			continue;
		}
		if (ch == '"' && inside)
			(void)take(c);
		if (b->n < ENOUGH)
			buf_addc(b, (char)ch);
	}
	if (!quoted && b->n == 0)
		buf_adds(b, "NULL");
	return buf_ok(b) ? put_cell(cell, b->n > 0 ? b->p : "", b->n, a, c->e) : err_nomem(c->e);
}

/* The next record, as the grid's next row: 1, 0 at the end, -1. */
static int read_record(struct csv *c, struct grid *g, struct buf *b)
{
	struct cell *row = g->cells + (size_t)g->nrows * g->ncols;

	if (peek(c) == END)
		return c->failed ? -1 : 0;
	for (uint32_t i = 0; i < g->ncols; i++) {
		if (read_field(c, b, &row[i], g->a) == -1)
			return -1;
		if (take(c) != (i + 1 < g->ncols ? ',' : '\n'))
			return c->failed ? -1
					 : err_set(c->e, ERR_INPUT,
						   "its fields are not those of the table");
		if (row[i].width > g->width[i])
			g->width[i] = row[i].width;
	}
	g->nrows++;
	return 1;
}

/* The first row: the names of the columns that are written. */
static int put_names(struct grid *g, const struct plan_table *t, struct err *e)
{
	uint32_t n = 0;

	for (uint32_t c = 0; c < t->table->ncolumns; c++) {
		const char *name = t->table->columns[c].name;

		if (!data_written(t, c))
			continue;
		if (put_cell(&g->cells[n], name, strlen(name), g->a, e) == -1)
			return -1;
		g->width[n] = g->cells[n].width;
		n++;
	}
	g->nrows = 1;
	return 0;
}

/* Adds the rows of a file; with ${header} those after its first record. */
static int read_shard(struct grid *g, const char *path, bool header, struct err *e)
{
	struct csv *c = arena_array(g->a, 1, sizeof(*c));
	struct buf b = BUF_INIT;
	int rc = 1;

	if (c == NULL)
		return err_nomem(e);
	c->e = e;
	if ((c->z = zior_open(path, e)) == NULL)
		return -1;
	if (header && g->nrows < g->room) {
		rc = read_record(c, g, &b);
		g->nrows -= rc == 1;
	}
	while (rc == 1 && g->nrows < g->room)
		rc = read_record(c, g, &b);
	buf_free(&b);
	zior_close(c->z);
	return rc == -1 ? err_wrap(e, "%s", path) : 0;
}

/* ---- the table ---------------------------------------------------------------------- */

/* Characters that fit in a line; 0: no limit. */
static uint32_t line_width(void)
{
	struct winsize w;

	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

static void pad(struct buf *b, char with, uint32_t n)
{
	while (n-- > 0)
		buf_addc(b, with);
}

/* Print a line, cut after ${most} characters. */
static void print_cut(const struct buf *b, uint32_t most)
{
	uint32_t seen = 0;
	size_t n = 0;

	while (n < b->n && (most == 0 || seen < most || ((unsigned char)b->p[n] & 0xc0) == 0x80))
		seen += ((unsigned char)b->p[n++] & 0xc0) != 0x80;
	while (n > 0 && b->p[n - 1] == ' ')
		n--;
	stage_say("%.*s", (int)n, b->p == NULL ? "" : b->p);
}

static int print_grid(const struct grid *g, struct err *e)
{
	struct buf b = BUF_INIT;
	uint32_t most = line_width();
	bool ok = true;

	for (uint32_t row = 0; row < g->nrows; row++) {
		buf_clear(&b);
		for (uint32_t i = 0; i < g->ncols; i++) {
			const struct cell *c = &g->cells[(size_t)row * g->ncols + i];

			buf_adds(&b, i == 0 ? " " : " | ");
			buf_adds(&b, c->text);
			pad(&b, ' ', g->width[i] - c->width);
		}
		print_cut(&b, most);
		ok = ok && buf_ok(&b);
		if (row > 0)
			continue;
		buf_clear(&b);
		for (uint32_t i = 0; i < g->ncols; i++) {
			buf_adds(&b, i == 0 ? "-" : "-+-");
			pad(&b, '-', g->width[i]);
		}
		print_cut(&b, most);
	}
	buf_free(&b);
	return ok ? 0 : err_nomem(e);
}

static int preview_table(
	const struct rundir *run, const struct plan_table *t, uint64_t rows, struct err *e)
{
	struct arena a = ARENA_INIT;
	const struct data_file *files = data_find_all(run, t, &a, e);
	struct grid g = {.a = &a, .room = (uint32_t)(rows < t->rows ? rows : t->rows) + 1};
	int rc = -1;

	if (files == NULL)
		goto out;
	for (uint32_t c = 0; c < t->table->ncolumns; c++)
		g.ncols += data_written(t, c);
	g.cells = arena_array(&a, (size_t)g.room * g.ncols + 1, sizeof(*g.cells));
	g.width = arena_array(&a, g.ncols + 1UL, sizeof(*g.width));
	if (g.cells == NULL || g.width == NULL) {
		err_nomem(e);
		goto out;
	}
	if (files[0].format != DATA_CSV) {
		err_set(e, ERR_INPUT,
			"%s.%s: the rows are in format %s: generate with --format csv",
			t->table->schema, t->table->name, data_format_name(files[0].format));
		goto out;
	}
	stage_say("%s.%s: %u of %s rows", t->table->schema, t->table->name, g.room - 1,
		num_people(t->rows).s);
	rc = put_names(&g, t, e);
	for (uint32_t i = 0; i < t->shards && rc == 0 && g.ncols > 0; i++)
		rc = read_shard(&g, files[i].path, data_has_header(files[i].header, i), e);
	if (rc == 0)
		rc = print_grid(&g, e);
	stage_say("%s", "");
out:
	arena_free(&a);
	return rc;
}

int preview_run(const char *path, uint64_t rows, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct schema schema;
	struct rundir run;
	struct plan plan;
	int rc = -1;

	if (rundir_open(&run, path, &a, e) == 0 &&
		schema_read(&schema, rundir_file(&run, "schema.msgpack"), &a, e) == 0 &&
		plan_read(&plan, rundir_file(&run, "plan.msgpack"), &schema, &a, e) == 0 &&
		sql_widen(&schema, &a, e) == 0)
		rc = 0;
	for (uint32_t i = 0; rc == 0 && i < plan.ntables; i++)
		if (!plan.tables[i].existing)
			rc = preview_table(&run, &plan.tables[i], rows, e);
	arena_free(&a);
	return rc;
}
