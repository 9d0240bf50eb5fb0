/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/dry_run_int.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/engine/engine.h"
#include "common/io/scratch.h"
#include "common/keys/keys.h"
#include "common/relation/foreign.h"
#include "common/relation/foreign_memo.h"
#include "stages/plan-check/feasible.h"
#include "stages/plan-check/resolve.h"

/* ---- issues ---------------------------------------------------------------------------- */

/* The rule of a foreign key, or of one that is known with it. */
static const char *place_of(
	const struct dry_run *r, const struct plan_table *t, const struct question *q)
{
	struct relationship *const *rules = r->c->requested[t->table->index].by_con;

	if (rules != NULL && rules[t->fks[q->fk].con] != NULL)
		return rules[t->fks[q->fk].con]->path;
	for (uint32_t f = 0; rules != NULL && f < t->nfks; f++)
		if (how_picks(q->slice->fks[f].how) && rules[t->fks[f].con] != NULL)
			return rules[t->fks[f].con]->path;
	return dry_run_place(r, t);
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* What its snapshot is to hold. */
static int keep_wanted(struct dry_run *r, uint32_t table, struct err *e)
{
	struct plan_table *t = &r->mine.tables[table];
	const bool *wanted = dry_run_places(r, table);

	t->nkept = 0;
	if ((t->kept = arena_array(
		     &r->a, t->table->ncolumns + t->ninherited + 1UL, sizeof(*t->kept))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < t->table->ncolumns + t->ninherited; i++)
		if (wanted[i])
			t->kept[t->nkept++] = i;
	return 0;
}

/* The keys of a table, as far as they are wanted: in a file that has no name but its number. */
static int write_keys(struct dry_run *r, uint32_t table, struct arena *a, struct err *e)
{
	struct plan_table *t = &r->mine.tables[table];
	int fd;

	t->shards = 1;
	if ((fd = engine_slice_keys(r->slice[table], r->run, a, e)) == -1)
		return -1;
	r->fd[r->nfd++] = fd;
	t->keys_at = scratch_path(fd, &r->a);
	return t->keys_at == NULL ? err_nomem(e) : 0;
}

/* An answer of no is an issue at ${path}; another error is ours. */
static int judge(
	struct dry_run *r, uint32_t table, const char *path, const struct err *why, struct err *e)
{
	if (why->kind != ERR_NO) {
		*e = *why;
		return -1;
	}
	dry_run_refuse(r, path, why);
	r->refused[table] = true;
	return 0;
}

static int make(struct dry_run *r, uint32_t table, struct err *e)
{
	struct err why = {.kind = ERR_NONE};
	struct arena a = ARENA_INIT;
	int rc = keep_wanted(r, table, &why);

	if (rc == 0 && !keys_theirs(r->run, &r->mine.tables[table]))
		rc = write_keys(r, table, &a, &why);
	arena_free(&a);
	return rc == 0 ? 0 : judge(r, table, dry_run_place(r, &r->p->tables[table]), &why, e);
}

/* ---- questions ----------------------------------------------------------------------------- */

static int ask_one(struct dry_run *r, uint32_t table, const struct question *q, struct err *e)
{
	const struct plan_table *t = &r->mine.tables[table];
	struct err why = {.kind = ERR_NONE};
	struct arena a = ARENA_INIT;
	struct foreign *fc;
	struct engine *g;
	int rc = engine_slice_open(&g, &fc, q->slice, r->run, &a, &why);

	if (rc == 0) {
		rc = engine_fits(r->bound[table], q->slice, fc, &why);
		engine_close(g);
		foreign_close(fc);
	}
	arena_free(&a);
	return rc == 0 ? 0 : judge(r, table, place_of(r, t, q), &why, e);
}

/* The questions about a table's parents, unless one that it reads cannot be. */
static int ask(struct dry_run *r, uint32_t table, struct err *e)
{
	const struct question *q = r->refused[table] ? NULL : r->asked[table];

	for (; q != NULL; q = q->next)
		if (ask_one(r, table, q, e) == -1)
			return -1;
	return 0;
}

/* Whose first rows can be made need not be asked: to make them opens all that a question opens, and
 * looks at the same parents. */
static int try_rows(struct dry_run *r, uint32_t table, struct err *e)
{
	return r->untried[table] ? ask(r, table, e) : dry_run_rows(r, table, ask, e);
}

/* That rows of other tables stand in the way, where nothing that was said of those explains it. */
static void tell_others(struct dry_run *r, size_t before)
{
	for (const struct hearsay *h = r->others; h != NULL; h = h->next)
		if (r->c->is.count[ISSUE_ERROR] == before) {
			r->c->is.about = h->table;
			dry_run_refuse(r, h->path, &h->why);
		}
}

static int play(struct dry_run *r, struct err *e)
{
	size_t before = r->c->is.count[ISSUE_ERROR];

	for (uint32_t i = 0; i < r->p->ntables; i++) {
		if (r->p->tables[i].existing || r->gone[i])
			continue;
		r->c->is.about = r->p->tables[i].table;
		for (uint32_t k = 0; k < r->p->ntables && !r->refused[i]; k++)
			r->refused[i] = r->refused[k] && plan_reads(r->p, &r->p->tables[i], k);
		r->blocked[i] = r->refused[i];
		if (try_rows(r, i, e) == -1)
			return -1;
		if (r->wants.table[i] && !r->refused[i] && r->mine.tables[i].keys_at == NULL &&
			make(r, i, e) == -1)
			return -1;
	}
	tell_others(r, before);
	return 0;
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* Want what ${want} wants for a table, unless that takes too many rows. */
static int afford(struct dry_run *r, uint32_t table, struct wants *was,
	int (*want)(struct dry_run *r, uint32_t table, uint64_t *rows, struct err *e), bool *can,
	struct err *e)
{
	uint64_t rows = 0;

	memcpy(was->table, r->wants.table, r->p->ntables * sizeof(bool));
	memcpy(was->place, r->wants.place, r->places * sizeof(bool));
	if (want(r, table, &rows, e) == -1)
		return -1;
	*can = rows <= DRY_RUN_ROWS;
	if (!*can) {
		memcpy(r->wants.table, was->table, r->p->ntables * sizeof(bool));
		memcpy(r->wants.place, was->place, r->places * sizeof(bool));
	}
	return 0;
}

/* The values that its questions are about; rows: of all that is asked and wanted so far. */
static int want_answers(struct dry_run *r, uint32_t table, uint64_t *rows, struct err *e)
{
	if (dry_run_want(r, table, e) == -1)
		return -1;
	return r->asked[table] != NULL ? dry_run_close(r, rows, e) : 0;
}

/* All that making its first rows reads, from files. */
static int want_rows(struct dry_run *r, uint32_t table, uint64_t *rows, struct err *e)
{
	uint64_t more = 0;

	if (dry_run_reads(r, table, r->bound[table], &more, e) == -1 ||
		dry_run_close(r, rows, e) == -1)
		return -1;
	*rows += more < DRY_RUN_ROWS ? more : DRY_RUN_ROWS + 1UL;
	return 0;
}

/* Whether the rows of its parents that its questions and its first rows take are few enough. */
static int try_table(struct dry_run *r, uint32_t table, struct wants *was, bool *can, struct err *e)
{
	if (afford(r, table, was, want_answers, can, e) == -1)
		return -1;
	if (!*can) {
		r->asked[table] = NULL;
		return 0;
	}
	if (dry_run_can(r, table, can, e) == -1)
		return -1;
	r->reads[table] = !*can;
	return *can ? 0 : afford(r, table, was, want_rows, can, e);
}

/* Each table in turn, as far as the rows go. */
static int choose(struct dry_run *r, struct dry_run_left *out, struct err *e)
{
	struct wants was = {arena_array(&r->a, r->p->ntables + 1UL, sizeof(bool)),
		arena_array(&r->a, r->places + 1UL, sizeof(bool))};

	if (was.table == NULL || was.place == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < r->p->ntables; i++) {
		bool can = true;

		if (r->p->tables[i].existing || r->gone[i])
			continue;
		if (try_table(r, i, &was, &can, e) == -1)
			return -1;
		if (can)
			continue;
		r->untried[i] = true;
		r->mine.tables[i].on_demand = r->bound[i];
		out->first = out->left++ == 0 ? r->mine.tables[i].table : out->first;
	}
	/* slices as what is wanted in the end has them */
	return dry_run_close(r, &(uint64_t){0}, e);
}

/* Parents come before their children, but for those that lead back. */
static bool reads_gone(const struct dry_run *r, uint32_t table)
{
	const struct plan_table *t = &r->p->tables[table];

	for (uint32_t k = 0; k < r->p->ntables; k++)
		if (r->gone[k] && plan_reads(r->p, t, k))
			return true;
	return false;
}

static int begin(struct dry_run *r, const struct feasible *known, struct err *e)
{
	uint32_t n = r->p->ntables;

	r->mine = *r->p;
	r->mine.schema = r->c->schema;
	r->mine.tables = arena_array(&r->a, n + 1UL, sizeof(*r->mine.tables));
	r->bound = arena_array(&r->a, n + 1UL, sizeof(struct table_program *));
	r->slice = arena_array(&r->a, n + 1UL, sizeof(struct table_program *));
	r->first = arena_array(&r->a, n + 1UL, sizeof(*r->first));
	r->asked = arena_array(&r->a, n + 1UL, sizeof(struct question *));
	r->gone = arena_array(&r->a, n + 1UL, sizeof(bool));
	r->refused = arena_array(&r->a, n + 1UL, sizeof(bool));
	r->blocked = arena_array(&r->a, n + 1UL, sizeof(bool));
	r->untried = arena_array(&r->a, n + 1UL, sizeof(bool));
	r->reads = arena_array(&r->a, n + 1UL, sizeof(bool));
	r->sure = arena_array(&r->a, n + 1UL, sizeof(bool));
	r->fd = arena_array(&r->a, n + 1UL, sizeof(int));
	if (r->mine.tables == NULL || r->bound == NULL || r->slice == NULL || r->first == NULL ||
		r->asked == NULL || r->gone == NULL || r->refused == NULL || r->blocked == NULL ||
		r->untried == NULL || r->reads == NULL || r->sure == NULL || r->fd == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < n; i++) {
		r->mine.tables[i] = r->p->tables[i];
		r->first[i] = r->places;
		r->places += r->p->tables[i].table->ncolumns + r->p->tables[i].ninherited;
	}
	r->wants.table = arena_array(&r->a, n + 1UL, sizeof(bool));
	r->wants.place = arena_array(&r->a, r->places + 1UL, sizeof(bool));
	if (r->wants.table == NULL || r->wants.place == NULL)
		return err_nomem(e);
	if ((r->mine.shared = foreign_memo_new(&r->mine, &r->a)) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < n; i++)
		r->gone[i] = known->refused[i] || reads_gone(r, i);
	return dry_run_prepare(r, known->programs, e);
}

/* A file a table: as many as the system lets us have. */
static void raise_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
}

int dry_run(struct check *c, const struct rundir *run, const struct plan *p,
	const struct feasible *known, struct dry_run_left *out, struct err *e)
{
	struct dry_run r = {.c = c, .run = run, .p = p, .a = ARENA_INIT};
	int rc = -1;

	*out = (struct dry_run_left){
		.row_bytes = arena_array(c->a, p->ntables + 1UL, sizeof(uint32_t))};
	if (out->row_bytes == NULL)
		return err_nomem(e);
	r.row_bytes = out->row_bytes;
	if (access("/proc/self/fd", X_OK) == -1)
		return 0; /* no way to find a file without a name */
	raise_limit();
	if (begin(&r, known, e) == 0 && choose(&r, out, e) == 0)
		rc = play(&r, e);
	c->is.about = NULL;
	foreign_memo_free(r.mine.shared);
	for (uint32_t i = 0; i < r.nfd; i++)
		close(r.fd[i]);
	arena_free(&r.a);
	return rc;
}

/* Where some tables are refused the others are tried all the same, so that all is named at once:
 * then an error of the trial itself says nothing. */
int try_tables(struct check *c, const struct rundir *run, struct plan *p, struct dry_run_left *out,
	struct err *e)
{
	struct feasible known;
	bool resolved = c->is.count[ISSUE_ERROR] == 0, sure;
	struct err why = {.kind = ERR_NONE};

	*out = (struct dry_run_left){0};
	if (feasible(c, run, p, &known, e) == -1)
		return -1;
	sure = c->is.count[ISSUE_ERROR] == 0;
	resolve_finish(c, p);
	if (!resolved || dry_run(c, run, p, &known, out, &why) == 0)
		return 0;
	if (!sure && why.kind != ERR_TEMP)
		return 0;
	*e = why;
	return -1;
}
