/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

#include <string.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/io/file.h"
#include "common/io/msgpack.h"
#include "common/keys/keys.h"
#include "common/relation/foreign_group.h"
#include "common/schema/keyset.h"

/*
 * Tables whose rows are in the database: introspect --keys took their keys, and children
 * attach to them.
 */

static int check_header(
	const struct resolver *r, const struct pg_table *t, const struct snap *s, struct err *e)
{
	struct view print = mp_get_view(&s->header, "schema_fingerprint");

	if (print.n > 0 && !view_eq(print, view_of(r->c->schema->fingerprint)))
		return err_set(e, ERR_INPUT,
			"%s: read from another state of the schema: run introspect --keys again",
			s->path);
	if (!view_eq(mp_get_view(&s->header, "table"), view_of(t->name)) ||
		!view_eq(mp_get_view(&s->header, "schema"), view_of(t->schema)))
		return err_set(e, ERR_INPUT, "%s: the keys of another table", s->path);
	return 0;
}

static void refuse_target(struct resolver *r, const struct pg_table *t, uint64_t rows)
{
	issue_add(&r->c->is, ISSUE_ERROR, "target_exists", resolve_place(r, t),
		"remove the target, and children attach to those rows; say \"append\": true, and "
		"rows are added to them; or introspect without the table's keys",
		"\"%s.%s\" is a target, and introspect --keys took the keys of its %llu rows in "
		"the database",
		t->schema, t->name, (unsigned long long)rows);
}

/* a number of rows for a table of which none are made */
static int check_rows(const struct resolver *r, struct err *e)
{
	for (size_t i = 0; i < r->o->rows.n; i++) {
		const struct pg_table *t = r->o->rows.v[i].table;

		if (t != NULL && !r->nodes[t->index].made)
			return err_set(e, ERR_INPUT,
				"--rows: the rows of %s.%s are in the database: none are made",
				t->schema, t->name);
	}
	return 0;
}

int resolve_existing(struct resolver *r, struct err *e)
{
	const struct schema *s = r->c->schema;

	for (uint32_t i = 0; i < s->ntables; i++)
		r->nodes[i].made = true;
	for (uint32_t i = 0; i < s->ntables; i++) {
		const struct pg_table *t = &s->tables[i];
		struct node *n = &r->nodes[i];
		const char *path = rundir_existing(r->o->run, t->schema, t->name);
		int there = path != NULL ? file_exists(path, e) : err_nomem(e);

		if (there == -1)
			return -1;
		if (there == 0) {
			if (r->c->requested[i].append)
				issue_add(&r->c->is, ISSUE_ERROR, "append_without_keys",
					issue_path(&r->c->is, "%s/append", resolve_place(r, t)),
					issue_path(&r->c->is,
						"introspect --keys %s.%s, or leave append out",
						t->schema, t->name),
					"\"%s.%s\": the keys of the rows it has are not known",
					t->schema, t->name);
			continue;
		}
		if (keys_open_files(&n->existing, &(struct keys_source){&path, 1, r->o->run->seen},
			    SNAP_VALUES, r->c->a, e) == -1)
			return err_wrap(e, "keys of %s.%s (taken by introspect --keys)", t->schema,
				t->name);
		if (check_header(r, t, keys_file(n->existing, 0), e) == -1 ||
			keys_fit_table(n->existing, t, e) == -1)
			return -1;
		if (r->c->requested[i].append)
			continue;
		n->made = false;
		n->fixed = true;
		n->rows = keys_rows(n->existing);
		if (r->c->requested[i].target != NULL)
			refuse_target(r, t, n->rows);
	}
	return check_rows(r, e);
}

void resolve_existing_end(struct resolver *r)
{
	for (uint32_t i = 0; i < r->c->schema->ntables; i++)
		keys_close(r->nodes[i].existing);
}

void resolve_existing_table(struct resolver *r, struct plan_table *pt)
{
	const struct node *n = &r->nodes[pt->table->index];

	pt->existing = true;
	pt->auto_added = true;
	pt->shards = 1;
	pt->fks = arena_array(r->c->a, 1, sizeof(*pt->fks));
	pt->columns = arena_array(r->c->a, pt->table->ncolumns + 1u, sizeof(*pt->columns));
	if (pt->fks == NULL || pt->columns == NULL) {
		r->c->is.failed = true;
		return;
	}
	memcpy(pt->snapshot, keys_file(n->existing, 0)->root, sizeof(pt->snapshot));
	for (uint32_t i = 0; i < pt->table->ncolumns; i++)
		pt->columns[i].source = PLAN_EXISTING;
}

/* ---- tables that rows are added to ------------------------------------------------ */

/* rows without a NULL in a unique key: as many values of it there are; all rows when the
 * snapshot has not all of it, which is told later */
static uint64_t have(struct resolver *r, const struct keys *k, const struct pg_table *t,
	const uint32_t *cols, uint32_t n)
{
	struct group_columns of = {.keys = k};
	uint64_t row[VEC_BLOCK], rows = keys_rows(k), all = 0;
	struct group_hash *h = arena_array(r->c->a, VEC_BLOCK, sizeof(*h));

	for (uint32_t i = 0; i < n && i < GROUP_COLUMNS; i++)
		if (cols[i] == UINT32_MAX ||
			(of.col[of.n++] = keys_column(k, t->columns[cols[i]].name)) == -1)
			return rows;
	if (h == NULL) {
		r->c->is.failed = true;
		return rows;
	}
	for (uint64_t row0 = 0; row0 < rows; row0 += VEC_BLOCK) {
		uint32_t some = rows - row0 < VEC_BLOCK ? (uint32_t)(rows - row0) : VEC_BLOCK;

		for (uint32_t i = 0; i < some; i++)
			row[i] = row0 + i;
		group_hashes(&of, row, some, h);
		for (uint32_t i = 0; i < some; i++)
			all += h[i].a != 0 || h[i].b != 0;
	}
	return all;
}

static void few_parents(struct resolver *r, const struct plan_table *t, const struct plan_fk *fk)
{
	const struct pg_constraint *con = &t->table->cons[fk->con];
	const struct keys *k = r->nodes[con->ref->index].existing;
	uint64_t rows = keys_rows(k), some = rows;

	if (con->kind != PG_CON_REFERENCE)
		some = have(r, k, con->ref, con->ref_cols, con->ncols);

	if (some == rows)
		return; /* bind says what is wrong with those */
	if (some == 0)
		issue_add(&r->c->is, ISSUE_ERROR, "zero_parents", resolve_place(r, t->table),
			"fill them, or disable the table's foreign keys by a foreign_key_strategy "
			"rule",
			"\"%s.%s\": foreign key %s: every row of %s.%s in the database has a NULL "
			"in "
			"what it refers to",
			t->table->schema, t->table->name, con->name, con->ref_schema,
			con->ref_table);
	else if (how_one_to_one(fk->how) && t->rows > some)
		issue_add(&r->c->is, ISSUE_ERROR, "one_to_one_too_few_parents",
			resolve_place(r, t->table), "ask for fewer rows",
			"\"%s.%s\": foreign key %s is unique: %llu rows need as many rows of "
			"%s.%s, "
			"of which %llu of %llu have no NULL in what it refers to",
			t->table->schema, t->table->name, con->name, (unsigned long long)t->rows,
			con->ref_schema, con->ref_table, (unsigned long long)some,
			(unsigned long long)rows);
}

void resolve_existing_keys(struct resolver *r)
{
	for (uint32_t i = 0; i < r->p->ntables; i++) {
		const struct plan_table *t = &r->p->tables[i];

		r->c->is.about = t->table;
		for (uint32_t k = 0; k < t->nfks; k++)
			if (how_picks(t->fks[k].how) && r->p->tables[t->fks[k].parent].existing)
				few_parents(r, t, &t->fks[k]);
	}
	r->c->is.about = NULL;
}

void resolve_append(struct resolver *r, struct plan_table *pt)
{
	const struct keys *k = r->nodes[pt->table->index].existing;
	const struct pg_table *t = pt->table;

	pt->taken = arena_array(r->c->a, t->nkeys + 1UL, sizeof(*pt->taken));
	if (pt->taken == NULL) {
		r->c->is.failed = true;
		return;
	}
	for (uint32_t i = 0; i < t->nkeys; i++)
		pt->taken[pt->ntaken++] = (struct plan_taken){.key = t->keys[i].name,
			.have = have(r, k, t, t->keys[i].cols, t->keys[i].nparts)};
	pt->append = true;
	pt->after = keys_rows(k);
	memcpy(pt->snapshot, keys_file(k, 0)->root, sizeof(pt->snapshot));
}

bool resolve_last(struct check *c, const struct keys *k, int col, bool greatest, int64_t *last)
{
	uint64_t row[VEC_BLOCK], rows = keys_rows(k);
	struct vec v;
	uint8_t scale;
	bool any = false;

	if (!vec_init(&v, keys_type(k, col, &scale), c->a)) {
		c->is.failed = true;
		return false;
	}
	for (uint64_t row0 = 0; row0 < rows; row0 += VEC_BLOCK) {
		uint32_t n = rows - row0 < VEC_BLOCK ? (uint32_t)(rows - row0) : VEC_BLOCK;

		for (uint32_t i = 0; i < n; i++)
			row[i] = row0 + i;
		keys_gather(k, col, row, n, &v);
		for (uint32_t i = 0; i < n; i++)
			if (!vec_is_null(&v, i) &&
				(!any || (greatest ? v.v.i[i] > *last : v.v.i[i] < *last))) {
				*last = v.v.i[i];
				any = true;
			}
	}
	return any;
}

bool resolve_next(const struct resolver *r, const struct pg_table *t, uint32_t col, int64_t step,
	int64_t *start)
{
	const struct keys *k = r->nodes[t->index].existing;
	int at = k == NULL ? -1 : keys_column(k, t->columns[col].name);
	int64_t last = 0;
	uint8_t scale;

	if (at == -1 || keys_type(k, at, &scale) != VT_INT ||
		!resolve_last(r->c, k, at, step > 0, &last))
		return false;
	/* at the end of what 64 bits hold it stays, and the generator says so */
	if ((step > 0 ? last >= *start : last <= *start) &&
		__builtin_add_overflow(last, step, start))
		*start = last;
	return true;
}

/* ---- what is read of existing rows ------------------------------------------------ */

void resolve_existing_column(
	struct resolver *r, const struct plan_table *pt, uint32_t col, const char *why)
{
	const struct keys *k = r->nodes[pt->table->index].existing;
	const struct pg_column *c = &pt->table->columns[col];
	uint8_t scale, has_scale;
	enum vtype type = pg_vtype(pg_base_of(c->type, c->typmod), &scale);
	int at = keys_column(k, c->name);

	if (keys_rows(k) == 0)
		return; /* it has no columns then, and children no parents */
	if (at == -1)
		issue_add(&r->c->is, ISSUE_ERROR, "existing_column_missing",
			resolve_place(r, pt->table),
			issue_path(&r->c->is,
				"list it with the others: introspect --keys '%s.%s(%s,...)'",
				pt->table->schema, pt->table->name, c->name),
			"%s reads \"%s.%s.%s\", which introspect --keys did not take", why,
			pt->table->schema, pt->table->name, c->name);
	else if (keys_type(k, at, &has_scale) != type || has_scale != scale)
		issue_add(&r->c->is, ISSUE_ERROR, "existing_column_missing",
			resolve_place(r, pt->table), "run introspect --keys again",
			"%s reads \"%s.%s.%s\", which the key snapshot holds as %s, not as %s", why,
			pt->table->schema, pt->table->name, c->name,
			vtype_name(keys_type(k, at, &has_scale)), vtype_name(type));
}
