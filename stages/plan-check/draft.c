/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/draft.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/generators/locale.h"
#include "common/schema/keyset.h"
#include "stages/plan-check/draft_equation.h"
#include "stages/plan-check/narrow.h"
#include "stages/plan-check/referred.h"

/* ---- what is known of the tables --------------------------------------------------------------
 */

/* Whether a rule may say what is in the column. */
static bool is_open(const struct pg_table *t, uint32_t c)
{
	const struct pg_column *col = &t->columns[c];

	return col->identity == PG_IDENTITY_NONE && col->generated == NULL &&
	       col->sequence == NULL && pg_foreign_keys_with(t, c) == 0;
}

/* Whether rows go to partitions, or to partitions of these, by the text: those that have other
 * words would go to no partition. */
static bool is_partitioned_by(const struct schema *s, const struct pg_table *t, uint32_t c)
{
	const char *name = t->columns[c].name;

	if (t->partition_key == NULL || !pg_column_is_text(&t->columns[c]))
		return false;
	for (uint32_t i = 0; i < s->ntables; i++) {
		const struct pg_table *p = &s->tables[i];

		if (p->partition_key != NULL && (p == t || p->partition_of != NULL) &&
			strstr(p->partition_key, name) != NULL)
			return true;
	}
	return false;
}

static bool is_partition_of(const struct pg_table *p, const struct pg_table *t)
{
	while (p != NULL && p != t)
		p = p->parent;
	return p == t;
}

/* Whether checks that partitions have for themselves read the column: what its role says might suit
 * one of them alone. */
static bool is_read_by_partitions(const struct schema *s, const struct pg_table *t, uint32_t c)
{
	for (uint32_t i = 0; t->kind == 'p' && i < s->ntables; i++) {
		const struct pg_table *p = &s->tables[i];
		int at = p != t && is_partition_of(p, t) ? pg_column_named(p, t->columns[c].name)
							 : -1;

		for (uint32_t k = 0; at >= 0 && k < p->ncons; k++)
			if (p->cons[k].kind == PG_CON_CHECK &&
				pg_has_column(p->cons[k].cols, p->cons[k].ncols, (uint32_t)at))
				return true;
	}
	return false;
}

static void note_keys(struct draft_table *dt)
{
	const struct pg_table *t = dt->t;

	for (uint32_t i = 0; i < t->nkeys; i++) {
		const struct pg_key *key = &t->keys[i];

		for (uint32_t k = 0; k < key->nparts; k++) {
			struct draft_column *c;

			if (key->cols[k] == UINT32_MAX)
				continue;
			c = &dt->columns[key->cols[k]];
			c->in_key = true;
			c->unique |= key->nparts == 1 && key_is_unique(key);
			c->nullable &= key->kind != KEY_PRIMARY;
		}
	}
}

static void note_referred(struct draft *d, struct draft_table *dt)
{
	bool *is = arena_array(d->a, dt->t->ncolumns + 1UL, sizeof(*is));

	if (is == NULL) {
		d->failed = true;
		return;
	}
	referred_columns(d->s, dt->t, is);
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		dt->columns[c].referred = is[c];
}

/* Whether the language of the plan's locale has the word first that says what a thing is. */
bool draft_head_first(const struct draft *d)
{
	const struct locale *l = locale_find(d->locale);

	return l != NULL && strcmp(locale_fact(l, "head").p, "first") == 0;
}

const struct role *draft_role_named(const char *id)
{
	const struct role *r = roles;

	while (r->id != NULL && strcmp(r->id, id) != 0)
		r++;
	return r->id != NULL ? r : NULL;
}

/* Columns of a check that only the server can evaluate keep what they have without a rule. */
static int look_at_table(struct draft *d, struct draft_table *dt)
{
	const struct pg_table *t = dt->t;
	const struct sql_domain *dom = narrow_table(d->s, t, d->as_of, d->a);
	const struct pg_constraint **beyond = narrow_beyond(d->s, t, d->as_of, d->a);

	dt->columns = arena_array(d->a, t->ncolumns + 1UL, sizeof(*dt->columns));
	if (dt->columns == NULL || beyond == NULL)
		return -1;
	dt->birth = dt->status = -1;
	dt->counted = arena_array(d->a, t->ncons + 1UL, sizeof(*dt->counted));
	dt->tied = arena_array(d->a, t->ncons + 1UL, sizeof(*dt->tied));
	if (dt->counted == NULL || dt->tied == NULL)
		return -1;
	role_words(t->name, dt->words);
	for (uint32_t c = 0; c < t->ncolumns; c++) {
		struct draft_column *x = &dt->columns[c];

		x->dom = dom != NULL ? &dom[c] : NULL;
		x->kind = role_kind(&t->columns[c], x->dom);
		x->open = is_open(t, c) && beyond[c] == NULL && !is_partitioned_by(d->s, t, c) &&
			  !(is_read_by_partitions(d->s, t, c) && !role_of_kind("moment ", x->kind));
		x->nullable = !pg_column_not_null(&t->columns[c]);
		x->m = role_find(d->book,
			&(struct role_asked){t, c, NULL, x->dom, d->words, draft_head_first(d)},
			d->a);
	}
	note_keys(dt);
	note_referred(d, dt);
	draft_equations(d, dt);
	return 0;
}

/* The words of all tables' names: what the schema is about. */
static const char *all_words(struct draft *d)
{
	char *words = arena_alloc(d->a, (size_t)d->s->ntables * ROLE_WORDS + 1), *end = words;

	for (uint32_t i = 0; words != NULL && i < d->s->ntables; i++) {
		role_words(d->s->tables[i].name, end);
		end += strlen(end);
	}
	if (words != NULL)
		*end = '\0';
	return words;
}

int draft_open(struct draft *d, const bool *target)
{
	d->tables = arena_array(d->a, d->s->ntables + 1UL, sizeof(*d->tables));
	if ((d->book == NULL && (d->book = role_book(d->a)) == NULL) || d->tables == NULL ||
		(d->words = all_words(d)) == NULL)
		return -1;
	for (uint32_t i = 0; i < d->s->ntables; i++) {
		d->tables[i].t = &d->s->tables[i];
		d->tables[i].target = target[i];
		if (target[i] && look_at_table(d, &d->tables[i]) == -1)
			return -1;
	}
	return 0;
}

void draft_close(struct draft *d)
{
	for (uint32_t i = 0; i < d->nrules; i++)
		json_decref(d->rules[i].params);
	d->nrules = 0;
}

/* ---- what passes ask ------------------------------------------------------------------------- */

const char draft_line_words[] = "item line detail linha detalhe ";

bool draft_free(const struct draft_table *dt, uint32_t c)
{
	return dt->columns[c].open && !dt->columns[c].taken;
}

const char *draft_role(const struct draft_table *dt, uint32_t c)
{
	const struct role *r = dt->columns[c].m.role;

	return r != NULL ? r->id : "";
}

bool draft_under(const struct draft_table *dt, uint32_t c, const char *prefix)
{
	return strncmp(draft_role(dt, c), prefix, strlen(prefix)) == 0;
}

int draft_column_of(const struct draft_table *dt, const char *role)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		if (strcmp(draft_role(dt, c), role) == 0)
			return (int)c;
	return -1;
}

int draft_kind_of(const struct draft_table *dt, const char *kind)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		if (role_is(dt->columns[c].m.role, kind))
			return (int)c;
	return -1;
}

struct draft_table *draft_parent(struct draft *d, const struct pg_constraint *con)
{
	if (con->kind != PG_CON_FOREIGN || con->ref == NULL || !d->tables[con->ref->index].target)
		return NULL;
	return &d->tables[con->ref->index];
}

bool draft_has_all(const struct pg_constraint *key, const struct pg_constraint *con)
{
	return pg_common_columns(con->cols, con->ncols, key->cols, key->ncols) == con->ncols;
}

bool draft_goes_with(const struct pg_table *t, const struct pg_constraint *con)
{
	return !pg_may_be_null(t, con) && con->on_delete != NULL &&
	       strcmp(con->on_delete, "cascade") == 0;
}

/* ---- what passes write ----------------------------------------------------------------------- */

static struct draft_rule *new_rule(struct draft *d, const struct pg_table *t, json_t *params)
{
	if (d->nrules == d->cap) {
		uint32_t cap = d->cap > 0 ? 2 * d->cap : 64;
		struct draft_rule *more = arena_array(d->a, cap, sizeof(*more));

		if (more == NULL) {
			d->failed = true;
			json_decref(params);
			d->spare = (struct draft_rule){.t = t};
			return &d->spare;
		}
		if (d->nrules > 0)
			memcpy(more, d->rules, d->nrules * sizeof(*more));
		d->rules = more;
		d->cap = cap;
	}
	d->rules[d->nrules] =
		(struct draft_rule){.t = t, .column = UINT32_MAX, .params = params, .nulls = -1};
	return &d->rules[d->nrules++];
}

void draft_says(struct draft_rule *r, const char *role, const char *why, uint8_t confidence)
{
	r->role = role;
	r->why = why;
	r->confidence = confidence;
}

struct draft_rule *draft_rule(
	struct draft *d, struct draft_table *dt, uint32_t c, const char *generator, json_t *params)
{
	struct draft_rule *r = new_rule(d, dt->t, params);
	const struct role_match *m = &dt->columns[c].m;

	dt->columns[c].taken = true;
	r->type = DRAFT_COLUMN;
	r->column = c;
	r->generator = generator;
	if (m->role != NULL)
		draft_says(r, m->role->id, m->why, m->confidence);
	if (m->role != NULL && m->role->nulls >= 0)
		r->nulls = m->role->nulls;
	return r;
}

struct draft_rule *draft_relation(
	struct draft *d, struct draft_table *dt, const struct pg_constraint *con, json_t *members)
{
	struct draft_rule *r = new_rule(d, dt->t, members);

	r->type = DRAFT_RELATION;
	r->con = con;
	return r;
}

struct draft_rule *draft_polymorphic(struct draft *d, struct draft_table *dt, json_t *members)
{
	struct draft_rule *r = new_rule(d, dt->t, members);

	r->type = DRAFT_POLYMORPHIC;
	return r;
}

uint32_t draft_group(struct draft *d)
{
	return ++d->groups;
}

const char *draft_sql(struct draft *d, const struct pg_table *t, uint32_t c)
{
	const char *quoted = sql_name(d->a, t->columns[c].name);

	if (quoted == NULL)
		d->failed = true;
	return quoted != NULL ? quoted : "";
}

int draft_key_column(const struct pg_table *t, const struct pg_constraint *con)
{
	for (uint32_t i = 0; i < con->ncols; i++)
		if (pg_foreign_keys_with(t, con->cols[i]) == 1)
			return (int)con->cols[i];
	return -1;
}

const char *draft_key(struct draft *d, const struct pg_table *t, const struct pg_constraint *con)
{
	int c = draft_key_column(t, con);

	return c >= 0 ? draft_sql(d, t, (uint32_t)c) : "";
}

const char *draft_textf(struct draft *d, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = arena_vprintf(d->a, fmt, ap);
	va_end(ap);
	d->failed = d->failed || text == NULL;
	return text != NULL ? text : "";
}
