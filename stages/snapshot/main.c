/* SPDX-License-Identifier: MIT */
/* snapshot: any artefact as JSON lines. */
#include <stdio.h>

#include "common/base/err.h"
#include "common/io/json.h"
#include "common/snapshot/snap.h"
#include "common/snapshot/snap_layout.h"
#include "common/stage/stage.h"
#include "stages/snapshot/cells.h"
#include "stages/snapshot/preview.h"

enum { FLUSH = 1 << 16 };

static struct {
	const char *file[1];
	uint64_t limit, preview;
	bool values, quick;
} given = {.limit = UINT64_MAX, .preview = UINT64_MAX};

/* ---- lines --------------------------------------------------------------- */

static int end_line(struct buf *b, struct err *e)
{
	buf_addc(b, '\n');
	if (!buf_ok(b))
		return err_nomem(e);
	if (b->n < FLUSH)
		return 0;
	if (fwrite(b->p, 1, b->n, stdout) != b->n)
		return err_sys(e, "write results");
	buf_clear(b);
	return 0;
}

static int header_line(struct buf *b, const struct snap *s, struct err *e)
{
	struct jsonw j;

	jw_begin(&j, b, false);
	jw_object(&j);
	jw_key(&j, "header");
	jw_object_of(&j, &s->header);
	jw_kuint(&j, "rows", s->rows);
	jw_kuint(&j, "chunks", s->nchunk);
	jw_end(&j);
	return end_line(b, e);
}

static int body_line(struct buf *b, const struct snap *s, struct err *e)
{
	struct jsonw j;

	if (s->body.type == MSGPACK_OBJECT_NIL)
		return 0;
	jw_begin(&j, b, false);
	jw_object(&j);
	jw_key(&j, "body");
	jw_object_of(&j, &s->body);
	jw_end(&j);
	return end_line(b, e);
}

static int chunk_line(struct buf *b, const struct snap_chunk *c, struct err *e)
{
	struct jsonw j;

	jw_begin(&j, b, false);
	jw_object(&j);
	jw_key(&j, "chunk");
	jw_object(&j);
	jw_kstr(&j, "col", c->column);
	jw_kstr(&j, "type", vtype_name(c->type));
	if (c->type == VT_DEC)
		jw_kuint(&j, "scale", c->scale);
	jw_kstr(&j, "enc", snap_enc_names[c->enc]);
	jw_kuint(&j, "row0", c->row0);
	jw_kuint(&j, "rows", c->rows);
	jw_kuint(&j, "nulls", c->nulls);
	if (c->has_range) {
		jw_kint(&j, "min", c->min);
		jw_kint(&j, "max", c->max);
	}
	if (c->enc == SNAP_AFFINE) {
		jw_kint(&j, "start", c->start);
		jw_kint(&j, "step", c->step);
	} else {
		jw_kuint(&j, "len", c->len);
	}
	if (c->enc == SNAP_PACKED)
		jw_kuint(&j, "width", c->width);
	jw_end(&j);
	jw_end(&j);
	return end_line(b, e);
}

/* ---- the two views ------------------------------------------------------- */

static int show_parts(struct buf *b, const struct snap *s, struct err *e)
{
	if (header_line(b, s, e) == -1 || body_line(b, s, e) == -1)
		return -1;
	for (size_t i = 0; i < s->nchunk && i < given.limit; i++)
		if (chunk_line(b, &s->chunk[i], e) == -1)
			return -1;
	return 0;
}

static int show_rows(struct buf *b, const struct snap *s, struct err *e)
{
	uint64_t n = s->rows < given.limit ? s->rows : given.limit;
	struct arena a = ARENA_INIT;
	struct cells cells;
	struct jsonw j;
	int rc = cells_open(&cells, s, &a, e);

	for (uint64_t row = 0; row < n && rc == 0; row++) {
		jw_begin(&j, b, false);
		cells_row(&cells, row, &j);
		rc = end_line(b, e);
	}
	arena_free(&a);
	return rc;
}

static int run(struct err *e)
{
	struct buf b = BUF_INIT;
	enum snap_check check = given.values ? SNAP_VALUES : SNAP_DIR;
	struct snap s;
	int rc;

	if (given.file[0] == NULL)
		return err_set(e, ERR_INPUT, "FILE is required (see --help)");
	if (given.preview != UINT64_MAX)
		return preview_run(given.file[0], given.preview, e);
	if (snap_open(&s, given.file[0], NULL, given.quick ? check : SNAP_FULL, e) == -1)
		return -1;
	rc = given.values ? show_rows(&b, &s, e) : show_parts(&b, &s, e);
	if (rc == 0 && b.n > 0 && fwrite(b.p, 1, b.n, stdout) != b.n)
		rc = err_sys(e, "write results");
	buf_free(&b);
	snap_close(&s);
	return rc;
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {
		{"values", 0, OPT_FLAG, &given.values, NULL,
			"print the values instead, one row per line"},
		{"rows", 0, OPT_FLAG, NULL, "values", NULL},
		{"preview", 0, OPT_U64, &given.preview, "N",
			"of a run directory instead of a file: print the first N\n"
			"rows of each table as an aligned table"},
		{"limit", 'n', OPT_U64, &given.limit, "N", "stop after N rows (or chunks)"},
		{"quick", 0, OPT_FLAG, &given.quick, NULL,
			"do not verify the digests of the data; the file's\n"
			"directory and, with --values, the values are verified"},
	};
	static const struct stage stage = {
		.name = "snapshot",
		.about = "Print a msgpack file of a run as JSON lines: its header, then its "
			 "document or,\n"
			 "for keys, the chunks of its columns; with --values, the values.  It "
			 "verifies the\n"
			 "file first; if that is damaged, the message names the field.",
		.usage = "[--values] [--limit N] FILE | --preview N RUN",
		.reads = "FILE  schema.msgpack, plan.msgpack, keys/*.msgpack; data/*.csv",
		.writes = "nothing",
		.examples = "snapshot runs/r/plan.msgpack | head -1 | jq .header\n"
			    "snapshot runs/r/keys/crm.leads.msgpack\n"
			    "snapshot --values --limit 5 runs/r/keys/crm.leads.msgpack\n"
			    "snapshot --preview 3 runs/r",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.args = given.file,
		.nargs = 1,
		.run = run,
	};

	return stage_main(&stage, argc, argv);
}
