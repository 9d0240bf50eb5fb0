/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/dry_run_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/codec/enc.h"
#include "common/engine/engine.h"
#include "common/generators/gen_children.h"
#include "common/io/file.h"
#include "common/io/scratch.h"
#include "common/keys/keys.h"
#include "common/program/sources.h"
#include "common/run/run.h"

/*
 * The first rows of every table are made by the engine that the generators use: parents are
 * chosen, values generated and assigned, checks verified, rows drawn again.  Rows are pure
 * functions of their numbers, so what fails here would fail there too.  Encoders are opened,
 * because a type may have no form in a format; that of CSV tells how long the rows are.
 *
 * A table of at most one block of rows is made whole, and the tables that refer to it read its
 * keys from a file without a name.  A larger one has no such file: each row that a child picks
 * is recomputed from its number (plan_table.on_demand), so that the cost does not grow with the
 * rows of the plan.  Only parents that are chosen by their values need all their rows.
 */

enum {
	FEW = 64,	   /* rows of a large table of which nothing can be refused */
	CHILDREN = 100000, /* rows that aggregates of one table are made of */
	GROWING = 100000,  /* rows of a tree whose values grow from parent to child */
	SLICES = 64,	   /* parents that are recomputed for one table, theirs among them */
};

/* ---- how many rows ----------------------------------------------------------------------- */

static uint64_t rows_of(const struct dry_run *r, const struct pg_table *t)
{
	for (uint32_t i = 0; i < r->p->ntables; i++)
		if (r->p->tables[i].table == t)
			return r->p->tables[i].rows;
	return 0;
}

/* Whether an operation makes its thing of every row there is. */
static bool never_fails(const struct dry_run *r, const struct table_program *b, uint32_t at)
{
	static const bool always[OP_COUNT] = {
		[OP_PICK] = true,
		[OP_READ] = true,
		[OP_RANK] = true,
		[OP_DIGITS] = true,
		[OP_ALWAYS_NULL] = true,
		[OP_SEQUENCE] = true,
		[OP_DRAW] = true,
		[OP_SET_NULLS] = true,
	};
	const struct operation *op = &b->ops[at];

	if (op->code == OP_RECOMPUTE)
		return r->sure[b->t->fks[op->at].parent];
	return always[op->code];
}

/* Parents come first; one that comes later is not sure yet, which is on the safe side. */
static bool is_sure(const struct dry_run *r, uint32_t table)
{
	const struct table_program *b = r->bound[table];
	bool sure = true;

	for (uint32_t i = 0; sure && i < b->nops; i++)
		sure = never_fails(r, b, i);
	for (uint32_t f = 0; sure && f < b->t->nfks; f++)
		sure = !how_picks(b->t->fks[f].how) || r->sure[b->t->fks[f].parent];
	return sure;
}

/* A block; fewer where no row can be refused, or where every row is an aggregate of many children's
 * rows. */
static uint32_t first_rows(const struct dry_run *r, uint32_t table)
{
	const struct table_program *b = r->bound[table];
	uint64_t most = r->sure[table] ? FEW : VEC_BLOCK;
	uint64_t rows = b->t->rows <= VEC_BLOCK ? b->t->rows : most;

	for (uint32_t i = 0; i < b->norder; i++) {
		const struct gen_children *x = gen_children_of(&b->columns[b->order[i]].gen);
		uint64_t each = x == NULL ? 0 : rows_of(r, x->child) / (b->t->rows + 1) + 1;

		if (each > 0 && rows > CHILDREN / each)
			rows = CHILDREN / each + 1 < rows ? CHILDREN / each + 1 : rows;
	}
	return (uint32_t)rows;
}

static bool is_whole(const struct dry_run *r, uint32_t table)
{
	return first_rows(r, table) == r->p->tables[table].rows;
}

/* A table's program over the copy of the plan.  Nothing that a program is made from has changed
 * since it was compiled, but for what the keys of a table that is added to are to pass over. */
static int take_program(
	struct dry_run *r, uint32_t table, const struct table_program *compiled, struct err *e)
{
	struct plan_table *t = &r->mine.tables[table];
	struct table_program *b;

	if (t->append)
		return program_compile(&r->bound[table], &r->mine, t, r->c->schema, NULL, &r->a, e);
	if ((b = arena_alloc(&r->a, sizeof(*b))) == NULL)
		return err_nomem(e);
	*b = *compiled;
	b->plan = &r->mine;
	b->t = t;
	r->bound[table] = b;
	return 0;
}

int dry_run_prepare(struct dry_run *r, struct table_program *const *programs, struct err *e)
{
	for (uint32_t i = 0; i < r->p->ntables; i++) {
		struct plan_table *t = &r->mine.tables[i];

		if (t->existing || r->gone[i])
			continue;
		if (take_program(r, i, programs[i], e) == -1)
			return -1;
		r->sure[i] = is_sure(r, i);
		if (!is_whole(r, i) && !keys_theirs(r->run, t))
			t->on_demand = r->bound[i];
	}
	return 0;
}

/* ---- whether it takes too much ----------------------------------------------------------- */

struct cost {
	struct dry_run *r;
	uint64_t rows;	 /* of parents that are chosen by their values and recomputed */
	uint32_t slices; /* that are compiled */
	bool cannot;
	const struct table_program *b; /* whose sources are looked at */
	struct err *e;
};

static int cost_of(struct cost *c, const struct table_program *b, struct err *e);

/* Whether the file of a large parent, if there will be one, has the columns that are read. */
static int is_read(struct cost *c, const struct program_source *s, bool *is, struct err *e)
{
	struct dry_run *r = c->r;
	const struct plan_table *parent = &r->mine.tables[s->table];
	uint32_t places = parent->table->ncolumns + parent->ninherited;
	bool *read = arena_array(&r->a, places + 1UL, sizeof(bool));

	if (read == NULL)
		return err_nomem(e);
	if (program_needed_values(c->b, s->at, read, &r->a, e) == -1)
		return -1;
	*is = r->wants.table[s->table];
	for (uint32_t i = 0; i < places; i++)
		*is = *is && (!read[i] || dry_run_places(r, s->table)[i]);
	return 0;
}

static int cost_of_source(void *ctx, const struct program_source *s)
{
	struct cost *c = ctx;
	const struct plan_table *t = &c->r->mine.tables[s->table];
	const struct table_program *b = c->b;
	bool is = true;
	int rc;

	if (s->how == SOURCE_SNAPSHOT && t->on_demand != NULL && is_read(c, s, &is, c->e) == -1)
		return -1;
	c->cannot = c->cannot || !is;
	if (s->slice == NULL || c->cannot)
		return 0;
	c->rows += s->how == SOURCE_WRITTEN ? t->rows : 0;
	c->cannot = ++c->slices > SLICES;
	rc = c->cannot ? 0 : cost_of(c, s->slice, c->e);
	c->b = b;
	return rc;
}

/* Where there is no slice, all rows of the other table have to be made. */
static int cost_of(struct cost *c, const struct table_program *b, struct err *e)
{
	c->b = b;
	if (program_sources(b, cost_of_source, c, &c->r->a, e) == 0)
		return 0;
	c->cannot = true;
	return e->kind == ERR_NO ? 0 : -1;
}

int dry_run_can(struct dry_run *r, uint32_t table, bool *can, struct err *e)
{
	struct err why = {.kind = ERR_NONE};
	struct cost c = {.r = r, .e = &why};
	struct table_program b = *r->bound[table];

	if (bound_on_demand(&b, &r->a) == -1 || program_assemble(&b, &r->a) == -1)
		return err_nomem(e);
	if (cost_of(&c, &b, &why) == -1) {
		*e = why;
		return -1;
	}
	*can = !c.cannot && c.rows <= DRY_RUN_ROWS;
	return 0;
}

/* ---- rows -------------------------------------------------------------------------------- */

/* The rows of a table that are being tried. */
struct trial {
	struct dry_run *r;
	uint32_t table, n;
	struct table_program b;		/* the table's, large parents recomputed */
	const struct table_program *as; /* what its context reads */
	struct foreign *fc;
	struct engine *g;
	struct arena a;
};

static int open_trial(struct trial *x, struct err *e)
{
	x->b = *x->r->bound[x->table];
	if (!x->r->reads[x->table] &&
		(bound_on_demand(&x->b, &x->a) == -1 || program_assemble(&x->b, &x->a) == -1))
		return err_nomem(e);
	if (engine_context(&x->as, &x->fc, &x->b, x->r->run, NULL, &x->a, e) == -1)
		return -1;
	return engine_open(&x->g, x->as, x->fc, &x->a, e);
}

static void close_trial(struct trial *x)
{
	engine_close(x->g);
	foreign_close(x->fc);
	arena_free(&x->a);
}

/* The rows as CSV: how long they are. */
static int measure(struct trial *x, struct enc *enc, struct err *e)
{
	struct buf b = BUF_INIT;
	bool fits;

	enc_rows(enc, engine_columns(x->g), x->n, &b);
	fits = buf_ok(&b);
	x->r->row_bytes[x->table] = (uint32_t)((b.n + x->n - 1) / x->n);
	buf_free(&b);
	return fits ? 0 : err_nomem(e);
}

/* As text, which has a form for every type, and as load likes it best: binary, if there is one. */
static int open_encoders(struct trial *x, struct err *e)
{
	static const enum data_format formats[] = {DATA_CSV, DATA_BINARY};

	for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
		struct enc *enc;

		if (run_encoder(&enc, x->as, formats[f], &x->a, e) == -1 &&
			(formats[f] == DATA_CSV || e->kind != ERR_NO))
			return -1;
		if (formats[f] == DATA_CSV && measure(x, enc, e) == -1)
			return -1;
	}
	return 0;
}

/* All rows have been made: the keys that children read. */
static int write_keys(struct trial *x, struct err *e)
{
	struct dry_run *r = x->r;
	struct plan_table *t = &r->mine.tables[x->table];
	struct keys_writer *w;
	int fd;

	if (t->on_demand != NULL || t->nkept == 0 || keys_theirs(r->run, t))
		return 0;
	if ((fd = scratch_memory(e)) == -1)
		return -1;
	r->fd[r->nfd++] = fd;
	t->shards = 1;
	if ((w = keys_writer_on(outfile_on(fd, e), t, 0, e)) == NULL)
		return -1;
	engine_keys_affine(x->as, w);
	if (keys_writer_block(w, engine_columns(x->g), x->n, e) == -1) {
		keys_writer_abort(w);
		return -1;
	}
	if (keys_writer_commit(w, NULL, e) == -1)
		return -1;
	t->keys_at = scratch_path(fd, &r->a);
	return t->keys_at == NULL ? err_nomem(e) : 0;
}

/* Whether a column is derived from the same table's parents: paths get longer with the depth. */
static bool grows(const struct table_program *b)
{
	const struct pg_table *t = b->t->table;

	for (uint32_t i = 0; i < b->norder; i++) {
		const struct program_column *c = &b->columns[b->order[i]];

		for (uint32_t k = 0; c->source == PLAN_GENERATOR && k < c->gen.nin; k++)
			if (c->gen.in[k].from == GEN_PARENT && t->cons[c->gen.in[k].fk].ref == t)
				return true;
	}
	return false;
}

/* The rows after the first, where these tell little: the deepest come last. */
static int make_further(struct trial *x, struct err *e)
{
	uint64_t rows = x->b.t->rows < GROWING ? x->b.t->rows : GROWING;

	if (!grows(x->as))
		return 0;
	for (uint64_t at = x->n; at < rows; at += VEC_BLOCK) {
		uint32_t n = rows - at < VEC_BLOCK ? (uint32_t)(rows - at) : VEC_BLOCK;

		if (engine_block(x->g, at, n, e) == -1)
			return -1;
	}
	return 0;
}

static int make_rows(struct trial *x, struct err *e)
{
	if (open_trial(x, e) == -1 || make_further(x, e) == -1)
		return -1;
	if (x->n > 0 && (engine_suffixes_hold(x->g, e) == -1 ||
				engine_block(x->g, 0, x->n, e) == -1 || open_encoders(x, e) == -1))
		return -1;
	return write_keys(x, e);
}

/* ---- issues ------------------------------------------------------------------------------ */

/* The columns that a check reads. */
static const uint32_t *columns_of(const struct program_check *k, uint32_t *own, uint32_t *n)
{
	if (k->column < 0)
		return sql_columns(k->expr, n);
	*own = (uint32_t)k->column;
	*n = 1;
	return own;
}

/* The first rule among those of the columns of a check, else the target. */
static const char *place_of(const struct trial *x, const uint32_t *cols, uint32_t n)
{
	struct rule *const *rules = x->r->c->requested[x->b.t->table->index].by_col;

	for (uint32_t i = 0; rules != NULL && i < n; i++)
		if (rules[cols[i]] != NULL)
			return rules[cols[i]]->path;
	return dry_run_place(x->r, x->b.t);
}

static void refuse_check(struct trial *x, const struct engine_fault *fault)
{
	struct issues *is = &x->r->c->is;
	const struct pg_table *t = x->b.t->table;
	uint32_t n = 0, own;
	const uint32_t *cols = columns_of(fault->check, &own, &n);
	const char *names = n == 0 ? "no column" : "";
	char shown[STR_SHOWN];
	struct issue *issue;

	for (uint32_t i = 0; i < n; i++)
		names = issue_path(
			is, "%s%s%s", names, i == 0 ? "" : ", ", t->columns[cols[i]].name);
	issue = issue_add(is, ISSUE_ERROR, "check_not_met", place_of(x, cols, n),
		issue_path(is,
			"give %s of \"%s.%s\" rules whose values meet the check, or leave the "
			"check to the database by a constraint_policy rule that sets it to warn",
			n == 0 ? "the columns" : names, t->schema, t->name),
		"\"%s.%s\": check %s, %s, over %s: row %llu does not meet it: %s", t->schema,
		t->name, fault->check->name, str_shown(shown, fault->check->definition), names,
		(unsigned long long)fault->row, fault->why);
	issue->constraint = issue_path(is, "%s", fault->check->name);
}

/* Whether a message is about rows of the table itself, not of one that its rows are made from. */
static bool is_own(const struct trial *x, const struct err *why)
{
	const struct pg_table *t = x->b.t->table;
	const char *name = issue_path(&x->r->c->is, "%s.%s", t->schema, t->name);
	const char *msg = why->msg + (strncmp(why->msg, "table ", 6) == 0 ? 6 : 0);
	size_t n = strlen(name);

	return strncmp(msg, name, n) == 0 && strchr(":,.", msg[n]) != NULL &&
	       strstr(msg, ": table ") == NULL;
}

/* The other table is tried too: it is to be named, not this one. */
static int note_other(struct trial *x, const struct err *why, struct err *e)
{
	struct hearsay *h = arena_alloc(&x->r->a, sizeof(*h));

	if (h == NULL)
		return err_nomem(e);
	*h = (struct hearsay){x->b.t->table, dry_run_place(x->r, x->b.t), *why, x->r->others};
	x->r->others = h;
	x->r->refused[x->table] = true;
	return 0;
}

static int judge(struct trial *x, const struct err *why, struct err *e)
{
	const struct engine_fault *fault = x->g != NULL ? engine_fault(x->g) : NULL;

	/* a parent's rows cannot be made: that has been said, and may be all there is */
	if (x->r->blocked[x->table] && why->kind != ERR_TEMP && !is_own(x, why))
		return 0;
	if (why->kind != ERR_NO) {
		*e = *why;
		return -1;
	}
	if (!is_own(x, why))
		return note_other(x, why, e);
	if (fault != NULL && fault->check != NULL)
		refuse_check(x, fault);
	else
		dry_run_refuse(x->r, dry_run_place(x->r, x->b.t), why);
	return 0;
}

int dry_run_rows(struct dry_run *r, uint32_t table,
	int (*ask)(struct dry_run *r, uint32_t table, struct err *e), struct err *e)
{
	struct trial x = {.r = r, .table = table, .n = first_rows(r, table), .a = ARENA_INIT};
	struct err why = {.kind = ERR_NONE};
	size_t before = r->c->is.count[ISSUE_ERROR];
	int rc = 0;

	if (make_rows(&x, &why) == -1) {
		rc = ask(r, table, e);
		if (rc == 0 && r->blocked[table] == r->refused[table])
			rc = judge(&x, &why, e);
	}
	r->refused[table] = r->refused[table] || r->c->is.count[ISSUE_ERROR] > before;
	if (r->refused[table] && r->mine.tables[table].keys_at == NULL)
		r->mine.tables[table].on_demand =
			r->bound[table]; /* children are tried all the same */
	close_trial(&x);
	return rc;
}
