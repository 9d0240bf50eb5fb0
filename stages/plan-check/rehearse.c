/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/rehearse_int.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/engine/engine.h"
#include "common/keys/keys.h"
#include "common/relation/foreign.h"

/* ---- issues ---------------------------------------------------------------------------- */

static const struct {
	const char *code, *hint;
} ways_out[] = {
	{"where_matches_none",
		"change the condition, or give the parent's columns rules whose values meet it"},
	{"fk_group_empty",
		"let the parents have values in common in the columns that the foreign keys share: "
		"more rows, other rules for them or another where; or disable the table's foreign "
		"keys by a foreign_key_strategy rule"},
	{"weights_unusable",
		"let the expression be 0 or more for every row and more than 0 for some, or leave "
		"rows out by where"},
	{"one_to_one_too_few_parents", "ask for fewer rows, or for more of the parent"},
	{"key_space_too_small", "ask for fewer rows, or for more of the parent"},
	{"fan_out_impossible", "change the rows of one of the two tables, the bounds, or cover"},
	{"rows_impossible", "change what the message names"},
};

static void tell(struct rehearsal *r, const char *path, const struct err *why)
{
	size_t i = 0, last = sizeof(ways_out) / sizeof(ways_out[0]) - 1;

	while (i < last && (why->code == NULL || strcmp(ways_out[i].code, why->code) != 0))
		i++;
	issue_add(&r->c->is, ISSUE_ERROR, ways_out[i].code, path, ways_out[i].hint, "%s", why->msg);
}

static const char *place(const struct rehearsal *r, const struct plan_table *t)
{
	const char *target = r->c->wish[t->table->index].target;

	return target != NULL ? target : "/targets";
}

/* The rule of a foreign key, or of one that is known with it. */
static const char *place_of(
	const struct rehearsal *r, const struct plan_table *t, const struct question *q)
{
	struct relationship *const *rules = r->c->wish[t->table->index].by_con;

	if (rules != NULL && rules[t->fks[q->fk].con] != NULL)
		return rules[t->fks[q->fk].con]->path;
	for (uint32_t f = 0; rules != NULL && f < t->nfks; f++)
		if (how_picks(q->part->fks[f].how) && rules[t->fks[f].con] != NULL)
			return rules[t->fks[f].con]->path;
	return place(r, t);
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* What its snapshot is to hold. */
static int keep_wanted(struct rehearsal *r, uint32_t table, struct err *e)
{
	struct plan_table *t = &r->mine.tables[table];
	const bool *wanted = rehearse_places(r, table);

	t->nkeep = 0;
	if ((t->keep = arena_array(
		     &r->a, t->table->ncolumns + t->ncarry + 1UL, sizeof(*t->keep))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < t->table->ncolumns + t->ncarry; i++)
		if (wanted[i])
			t->keep[t->nkeep++] = i;
	return 0;
}

/* The keys of a table, as far as they are wanted: in a file that has no name but its number. */
static int write_keys(struct rehearsal *r, uint32_t table, struct arena *a, struct err *e)
{
	struct plan_table *t = &r->mine.tables[table];
	int fd;

	t->shards = 1;
	if ((fd = engine_part_keys(r->part[table], r->run, a, e)) == -1)
		return -1;
	r->fd[r->nfd++] = fd;
	t->keys_at = arena_printf(&r->a, "/proc/self/fd/%d", fd);
	return t->keys_at == NULL ? err_nomem(e) : 0;
}

/* An answer of no is an issue at ${path}; another error is ours. */
static int judge(
	struct rehearsal *r, uint32_t table, const char *path, const struct err *why, struct err *e)
{
	if (why->kind != ERR_NO) {
		*e = *why;
		return -1;
	}
	tell(r, path, why);
	r->refused[table] = true;
	return 0;
}

static int make(struct rehearsal *r, uint32_t table, struct err *e)
{
	struct err why = {.kind = ERR_NONE};
	struct arena a = ARENA_INIT;
	int rc = keep_wanted(r, table, &why);

	if (rc == 0 && !keys_theirs(r->run, &r->mine.tables[table]))
		rc = write_keys(r, table, &a, &why);
	arena_free(&a);
	return rc == 0 ? 0 : judge(r, table, place(r, &r->p->tables[table]), &why, e);
}

/* ---- questions ----------------------------------------------------------------------------- */

static int ask(struct rehearsal *r, uint32_t table, const struct question *q, struct err *e)
{
	const struct plan_table *t = &r->mine.tables[table];
	struct err why = {.kind = ERR_NONE};
	struct arena a = ARENA_INIT;
	struct foreign *fc;
	struct engine *g;
	int rc = engine_part_open(&g, &fc, q->part, r->run, &a, &why);

	if (rc == 0) {
		rc = engine_fits(r->bound[table], q->part, fc, &why);
		engine_close(g);
		foreign_close(fc);
	}
	arena_free(&a);
	return rc == 0 ? 0 : judge(r, table, place_of(r, t, q), &why, e);
}

static int play(struct rehearsal *r, struct err *e)
{
	const struct question *q;

	for (uint32_t i = 0; i < r->p->ntables; i++) {
		for (uint32_t k = 0; k < r->p->ntables && !r->refused[i]; k++)
			r->refused[i] = r->refused[k] && plan_reads(r->p, &r->p->tables[i], k);
		for (q = r->refused[i] ? NULL : r->asked[i]; q != NULL; q = q->next)
			if (ask(r, i, q, e) == -1)
				return -1;
		if (r->wants.table[i] && !r->refused[i] && !r->p->tables[i].existing &&
			make(r, i, e) == -1)
			return -1;
	}
	return 0;
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* Each table in turn, as far as the rows go. */
static int choose(struct rehearsal *r, struct rehearsed *out, struct err *e)
{
	struct wants was = {arena_array(&r->a, r->p->ntables + 1UL, sizeof(bool)),
		arena_array(&r->a, r->places + 1UL, sizeof(bool))};

	if (was.table == NULL || was.place == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < r->p->ntables; i++) {
		uint64_t rows;

		memcpy(was.table, r->wants.table, r->p->ntables * sizeof(bool));
		memcpy(was.place, r->wants.place, r->places * sizeof(bool));
		if (rehearse_want(r, i, e) == -1 ||
			(r->asked[i] != NULL && rehearse_close(r, &rows, e) == -1))
			return -1;
		if (r->asked[i] == NULL || rows <= REHEARSE_ROWS)
			continue;
		r->asked[i] = NULL;
		memcpy(r->wants.table, was.table, r->p->ntables * sizeof(bool));
		memcpy(r->wants.place, was.place, r->places * sizeof(bool));
		out->first = out->left++ == 0 ? r->mine.tables[i].table : out->first;
	}
	/* parts as what is wanted in the end has them */
	return rehearse_close(r, &(uint64_t){0}, e);
}

static int begin(struct rehearsal *r, struct err *e)
{
	uint32_t n = r->p->ntables;

	r->mine = *r->p;
	r->mine.schema = r->c->schema;
	r->mine.tables = arena_array(&r->a, n + 1UL, sizeof(*r->mine.tables));
	r->bound = arena_array(&r->a, n + 1UL, sizeof(struct bound *));
	r->part = arena_array(&r->a, n + 1UL, sizeof(struct bound *));
	r->first = arena_array(&r->a, n + 1UL, sizeof(*r->first));
	r->asked = arena_array(&r->a, n + 1UL, sizeof(struct question *));
	r->refused = arena_array(&r->a, n + 1UL, sizeof(bool));
	r->fd = arena_array(&r->a, n + 1UL, sizeof(int));
	if (r->mine.tables == NULL || r->bound == NULL || r->part == NULL || r->first == NULL ||
		r->asked == NULL || r->refused == NULL || r->fd == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < n; i++) {
		r->mine.tables[i] = r->p->tables[i];
		r->first[i] = r->places;
		r->places += r->p->tables[i].table->ncolumns + r->p->tables[i].ncarry;
	}
	r->wants.table = arena_array(&r->a, n + 1UL, sizeof(bool));
	r->wants.place = arena_array(&r->a, r->places + 1UL, sizeof(bool));
	return r->wants.table == NULL || r->wants.place == NULL ? err_nomem(e) : 0;
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

int rehearse(struct check *c, const struct rundir *run, const struct plan *p, struct rehearsed *out,
	struct err *e)
{
	struct rehearsal r = {.c = c, .run = run, .p = p, .a = ARENA_INIT};
	int rc = -1;

	*out = (struct rehearsed){0, NULL};
	if (access("/proc/self/fd", X_OK) == -1)
		return 0; /* no way to find a file without a name */
	raise_limit();
	if (begin(&r, e) == 0 && choose(&r, out, e) == 0)
		rc = play(&r, e);
	for (uint32_t i = 0; i < r.nfd; i++)
		close(r.fd[i]);
	arena_free(&r.a);
	return rc;
}
