/* SPDX-License-Identifier: MIT */
#include "stages/introspect/select.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/pg/pg.h"

/* What becomes of a table. */
enum place {
	OUT,	  /* it is left out of the catalogue */
	ASKED,	  /* a pattern names it, or there is none */
	NEEDED,	  /* its rows are made because a foreign key refers to it */
	ATTACHED, /* its rows are in the database, and children refer to them */
	RELATED,  /* a view, or a partition of a table that stays: no rows are made for it */
};

struct choice {
	struct selection *x;
	struct pg *pg;
	struct schema *s;
	struct arena *a;
	enum place *place;		 /* by table */
	const struct pg_table **because; /* by table: a table whose foreign key refers to it */
};

/* ---- patterns ----------------------------------------------------------------------- */

static int matches_some(
	const struct choice *c, const char *option, const char *pattern, struct err *e)
{
	const struct pg_table *near;

	for (uint32_t k = 0; k < c->s->ntables; k++)
		if (pg_table_matches(&c->s->tables[k], &pattern, 1))
			return 0;
	near = schema_nearest(c->s, pattern);
	if (near == NULL)
		return err_set(e, ERR_INPUT, "--%s: no table matches \"%s\"", option, pattern);
	return err_set(e, ERR_INPUT, "--%s: no table matches \"%s\": did you mean %s.%s?", option,
		pattern, near->schema, near->name);
}

/* A pattern that matches nothing is a slip of the pen, which would fill too much or too little. */
static int all_match(const struct choice *c, const char *option, const char *const *patterns,
	size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		for (const char *p = patterns[i]; p != NULL;) {
			char one[PG_PATTERN_MAX];

			p = pg_pattern_next(p, one);
			if (matches_some(c, option, one, e) == -1)
				return -1;
		}
	return 0;
}

/* The partitioned table that rows of a partition go through, else the table itself. */
static const struct pg_table *root_of(const struct pg_table *t)
{
	while (t->parent != NULL)
		t = t->parent;
	return t;
}

static bool holds_rows(const struct pg_table *t)
{
	return (t->kind == 'r' || t->kind == 'p') && t->partition_of == NULL;
}

static bool is_excluded(const struct choice *c, const struct pg_table *t)
{
	return pg_table_matches(t, c->x->exclude, c->x->nexclude);
}

/* Whether rows of a table may be made at all. */
static bool may_be_made(const struct choice *c, const struct pg_table *t)
{
	return holds_rows(t) && t->reserved == NULL && !is_excluded(c, t);
}

/* ---- rows that are there ------------------------------------------------------------ */

/* The first column of a query that gives one row, as bool: 1, 0, or -1. */
static int ask(
	struct choice *c, const char *sql, size_t n, const char *const *params, struct err *e)
{
	struct pg_rows *r = pg_query(c->pg, sql, n, params, e);
	int yes;

	if (r == NULL)
		return -1;
	yes = pg_bool(r, 0, 0);
	return pg_done(r, e) == -1 ? -1 : yes;
}

/* Whether the table has rows that this role can read. */
static int has_rows(struct choice *c, const struct pg_table *t, struct err *e)
{
	struct buf name = BUF_INIT, sql = BUF_INIT;
	int rc = -1;

	pg_qname(&name, t->schema, t->name);
	buf_adds(&sql, "SELECT EXISTS (SELECT 1 FROM ");
	pg_own_rows(&sql, t->kind, t->schema, t->name);
	buf_addc(&sql, ')');
	if (!buf_ok(&name) || !buf_ok(&sql))
		err_nomem(e);
	else
		rc = ask(c, "SELECT pg_catalog.has_table_privilege($1::text, 'SELECT')", 1,
			(const char *const[]){name.p}, e);
	if (rc == 1)
		rc = ask(c, sql.p, 0, NULL, e);
	buf_free(&name);
	buf_free(&sql);
	return rc;
}

/* ---- the tables that are meant ------------------------------------------------------ */

/* Of a table that a foreign key refers to and that nobody asked for: what becomes of it. */
static int place_parent(struct choice *c, const struct pg_table *t, struct err *e)
{
	bool made = may_be_made(c, t);
	int rows = 0;

	if (c->x->keys != KEYS_LISTED && (rows = has_rows(c, t, e)) == -1)
		return -1;
	if (rows == 1)
		c->place[t->index] = ATTACHED;
	else if (made)
		c->place[t->index] = NEEDED;
	return 0;
}

/* The parents of one table whose rows are made.  *more: there was one that has parents itself. */
static int place_parents(struct choice *c, const struct pg_table *t, bool *more, struct err *e)
{
	for (uint32_t k = 0; k < t->ncons; k++) {
		const struct pg_constraint *con = &t->cons[k];
		const struct pg_table *ref;

		if (con->kind != PG_CON_FOREIGN)
			continue;
		ref = schema_table(c->s, con->ref_schema, con->ref_table);
		if (ref == NULL || c->place[ref->index] != OUT || c->because[ref->index] != NULL)
			continue;
		c->because[ref->index] = t;
		if (place_parent(c, ref, e) == -1)
			return -1;
		*more = *more || c->place[ref->index] == NEEDED;
	}
	return 0;
}

/* The tables that the patterns mean, less those that have rows which are to be left alone. */
static int place_asked(struct choice *c, struct err *e)
{
	const struct selection *x = c->x;

	for (uint32_t i = 0; i < c->s->ntables; i++) {
		struct pg_table *t = &c->s->tables[i];
		int rows = 0;

		t->index = i;
		if (!may_be_made(c, t) ||
			(x->ntables > 0 && !pg_table_matches(t, x->tables, x->ntables)))
			continue;
		if (x->keys == KEYS_FILLED && (rows = has_rows(c, t, e)) == -1)
			return -1;
		t->filled = rows == 1;
		if (!t->filled)
			c->place[i] = ASKED;
	}
	return 0;
}

static int place_tables(struct choice *c, struct err *e)
{
	const struct selection *x = c->x;
	bool more = true;

	if (place_asked(c, e) == -1)
		return -1;
	while (more) {
		more = false;
		for (uint32_t i = 0; i < c->s->ntables; i++)
			if ((c->place[i] == ASKED || c->place[i] == NEEDED) &&
				place_parents(c, &c->s->tables[i], &more, e) == -1)
				return -1;
	}
	/* what holds no rows of its own, and what is reserved and nobody refers to */
	for (uint32_t i = 0; i < c->s->ntables; i++) {
		const struct pg_table *t = &c->s->tables[i], *root = root_of(t);

		if (root != t && c->place[root->index] != OUT)
			c->place[i] = RELATED;
		else if (root == t && c->place[i] == OUT && !is_excluded(c, t) &&
			 (c->because[i] == NULL || x->keys == KEYS_LISTED) &&
			 (x->ntables == 0 || pg_table_matches(t, x->tables, x->ntables)))
			c->place[i] = RELATED;
	}
	return 0;
}

/* ---- keys to be read ---------------------------------------------------------------- */

/* A table without a key has its rows counted by a column: the one that is cheapest to read. */
static uint32_t cheapest(const struct pg_table *t)
{
	for (uint32_t i = 0; i < t->ncolumns; i++) {
		enum pg_class cls = pg_base_of(t->columns[i].type, t->columns[i].typmod).type->cls;

		if (cls == PG_BOOL || cls == PG_INT2 || cls == PG_INT4 || cls == PG_INT8 ||
			cls == PG_DATE)
			return i;
	}
	return 0;
}

static bool has_key(const struct choice *c, const struct pg_table *t)
{
	if (c->because[t->index] != NULL)
		return true;
	for (uint32_t k = 0; k < t->ncons; k++)
		if (t->cons[k].kind == PG_CON_PRIMARY || t->cons[k].kind == PG_CON_UNIQUE)
			return true;
	for (uint32_t k = 0; k < t->nindexes; k++)
		if (t->indexes[k].unique && t->indexes[k].predicate == NULL)
			return true;
	return false;
}

static int add_spec(struct choice *c, const struct pg_table *t, struct err *e)
{
	struct keyspec *k = &c->x->specs[c->x->nspecs];

	*k = (struct keyspec){.schema = t->schema, .table = t->name};
	if (!has_key(c, t)) {
		if (t->ncolumns == 0)
			return 0;
		k->cols = arena_array(c->a, 1, sizeof(*k->cols));
		if (k->cols == NULL)
			return err_nomem(e);
		k->cols[k->ncols++] = t->columns[cheapest(t)].name;
		k->listed = true;
	}
	c->x->nspecs++;
	return 0;
}

static int choose_keys(struct choice *c, struct err *e)
{
	for (uint32_t i = 0; i < c->s->ntables; i++) {
		const struct pg_table *t = &c->s->tables[i];
		int rows = c->place[i] == ATTACHED;

		if (c->x->keys == KEYS_ALL && (c->place[i] == ASKED || c->place[i] == NEEDED) &&
			(rows = has_rows(c, t, e)) == -1)
			return -1;
		if (rows == 1 && add_spec(c, t, e) == -1)
			return -1;
	}
	return 0;
}

/* ---- the result --------------------------------------------------------------------- */

static int note(struct choice *c, uint32_t i, struct err *e)
{
	const struct pg_table *t = &c->s->tables[i], *b = c->because[i];
	const char *text = arena_printf(c->a, "added: %s.%s, because %s.%s refers to it", t->schema,
		t->name, b->schema, b->name);

	if (text == NULL)
		return err_nomem(e);
	c->x->notes[c->x->nnotes++] = text;
	return 0;
}

/* "left alone: 2 tables that have rows: crm.funis, crm.usuarios" */
static int note_filled(struct choice *c, struct err *e)
{
	enum { NAMED = 40 };
	struct buf names = BUF_INIT;
	uint32_t n = 0;
	const char *text;

	for (uint32_t i = 0; i < c->s->ntables; i++)
		if (c->s->tables[i].filled && n++ < NAMED)
			buf_addf(&names, "%s%s.%s", n == 1 ? "" : ", ", c->s->tables[i].schema,
				c->s->tables[i].name);
	if (n > NAMED)
		buf_addf(&names, " and %u more", n - NAMED);
	if (n == 0)
		return 0;
	text = buf_ok(&names) ? arena_printf(c->a, "left alone: %u table%s rows: %s", n,
					n == 1 ? " that has" : "s that have", names.p)
			      : NULL;
	buf_free(&names);
	if (text == NULL)
		return err_nomem(e);
	c->x->notes[c->x->nnotes++] = text;
	return 0;
}

/* Leave the tables that stay, in their order.  Partitions find their tables where they are now. */
static void keep(struct choice *c)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->s->ntables; i++)
		if (c->place[i] != OUT)
			c->s->tables[i].index = n++;
	for (uint32_t i = 0; i < c->s->ntables; i++) {
		struct pg_table *t = &c->s->tables[i];

		if (t->parent != NULL && c->place[t->parent - c->s->tables] != OUT)
			t->parent = &c->s->tables[t->parent->index];
		else
			t->parent = NULL;
	}
	for (uint32_t i = 0; i < c->s->ntables; i++)
		if (c->place[i] != OUT)
			c->s->tables[c->s->tables[i].index] = c->s->tables[i];
	c->s->ntables = n;
}

int select_tables(
	struct selection *x, struct pg *pg, struct schema *s, struct arena *a, struct err *e)
{
	struct choice c = {.x = x, .pg = pg, .s = s, .a = a};
	size_t n = s->ntables + 1UL;

	if (x->ntables == 0 && x->nexclude == 0 && x->keys == KEYS_LISTED)
		return 0;
	schema_reserve(s); /* by all of the database, of which the patterns may leave one schema */
	c.place = arena_array(a, n, sizeof(*c.place));
	c.because = arena_array(a, n, sizeof(*c.because));
	x->specs = arena_array(a, n, sizeof(*x->specs));
	x->notes = arena_array(a, n + 1, sizeof(*x->notes));
	if (c.place == NULL || c.because == NULL || x->specs == NULL || x->notes == NULL)
		return err_nomem(e);
	if (all_match(&c, "tables", x->tables, x->ntables, e) == -1 ||
		all_match(&c, "exclude", x->exclude, x->nexclude, e) == -1 ||
		place_tables(&c, e) == -1 || choose_keys(&c, e) == -1)
		return -1;
	for (uint32_t i = 0; i < s->ntables; i++)
		if (c.place[i] == NEEDED && note(&c, i, e) == -1)
			return -1;
	if (note_filled(&c, e) == -1)
		return -1;
	keep(&c);
	return 0;
}
