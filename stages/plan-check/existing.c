/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

#include <string.h>
#include <unistd.h>

#include "common/err.h"
#include "common/keys.h"
#include "common/mpk.h"

/*
 * Tables whose rows are in the database: introspect --keys took their keys, and children
 * attach to them.
 */

static int check_header(
	const struct resolver *r, const struct pg_table *t, const struct snap *s, struct err *e)
{
	struct view print = mpk_get_view(&s->header, "schema_fingerprint");

	if (print.n > 0 && !view_eq(print, view_of(r->c->schema->fingerprint)))
		return err_set(e, ERR_INPUT,
			"%s: read from another state of the schema: run introspect --keys again",
			s->path);
	if (!view_eq(mpk_get_view(&s->header, "table"), view_of(t->name)) ||
		!view_eq(mpk_get_view(&s->header, "schema"), view_of(t->schema)))
		return err_set(e, ERR_INPUT, "%s: the keys of another table", s->path);
	return 0;
}

static void refuse_target(struct resolver *r, const struct pg_table *t, uint64_t rows)
{
	issue_add(&r->c->is, ISSUE_ERROR, "target_exists", resolve_place(r, t),
		"remove the target, and children attach to those rows; or introspect without the "
		"table's keys, and its rows are made",
		"\"%s.%s\" is a target, and introspect --keys took the keys of its %llu rows in "
		"the database",
		t->schema, t->name, (unsigned long long)rows);
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

		if (path == NULL)
			return err_nomem(e);
		if (access(path, F_OK) == -1)
			continue;
		if (keys_open_files(&n->existing, &path, 1, SNAP_DIR, r->c->a, e) == -1)
			return err_wrap(e, "keys of %s.%s (taken by introspect --keys)", t->schema,
				t->name);
		if (check_header(r, t, keys_file(n->existing, 0), e) == -1)
			return -1;
		n->made = false;
		n->fixed = true;
		n->rows = keys_rows(n->existing);
		if (r->c->wish[i].target != NULL)
			refuse_target(r, t, n->rows);
	}
	return 0;
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
