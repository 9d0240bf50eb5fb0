/* SPDX-License-Identifier: MIT */
/*
 * The rules of a draft as members of a plan, one a line, so that a plan of hundreds of rules can be
 * read and compared. A rule that is dropped is left out, and has no number.
 */
#include "stages/plan-check/draft.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/visible.h"

/* Adds a member; jansson takes over the value, also where it fails. */
static void set(struct draft *d, json_t *o, const char *key, json_t *v)
{
	if (json_object_set_new(o, key, v) == -1)
		d->failed = true;
}

static void set_text(struct draft *d, json_t *o, const char *key, const char *text)
{
	if (text != NULL)
		set(d, o, key, json_string(text));
}

static void put_column(struct draft *d, const struct draft_rule *r, json_t *o)
{
	const struct draft_column *c = &d->tables[r->t->index].columns[r->column];

	set_text(d, o, "column", r->t->columns[r->column].name);
	set_text(d, o, "when", r->when);
	set_text(d, o, "generator", r->generator);
	set_text(d, o, "record", r->record);
	if (r->params != NULL && json_object_size(r->params) > 0)
		set(d, o, "params", json_incref(r->params));
	if (r->nulls >= 0 && !d->nulls_said && c->nullable && !c->referred && r->when == NULL)
		set(d, o, "transforms",
			json_pack("[{s:s, s:{s:f}}]", "transform", "transform.null_rate", "params",
				"rate", r->nulls));
}

/* A foreign key is named by its columns, which people know better than the name of the constraint.
 */
static void put_relation(struct draft *d, const struct draft_rule *r, json_t *o)
{
	json_t *columns = json_array();

	for (uint32_t i = 0; i < r->con->ncols; i++)
		if (json_array_append_new(
			    columns, json_string(r->t->columns[r->con->cols[i]].name)) == -1)
			d->failed = true;
	set(d, o, "columns", columns);
}

static void put_members(struct draft *d, const struct draft_rule *r, json_t *o)
{
	if (r->params != NULL && json_object_update(o, r->params) == -1)
		d->failed = true;
}

static json_t *rule_of(struct draft *d, const struct draft_rule *r)
{
	static const char *const types[] = {
		[DRAFT_COLUMN] = "column_generator",
		[DRAFT_RELATION] = "relationship",
		[DRAFT_POLYMORPHIC] = "polymorphic",
	};
	json_t *o = json_object();

	set_text(d, o, "type", types[r->type]);
	set_text(d, o, "schema", r->t->schema);
	set_text(d, o, "table", r->t->name);
	if (r->type == DRAFT_COLUMN)
		put_column(d, r, o);
	else if (r->type == DRAFT_RELATION)
		put_relation(d, r, o);
	if (r->type != DRAFT_COLUMN)
		put_members(d, r, o);
	if (r->role != NULL)
		set(d, o, "guessed",
			json_pack("{s:s, s:s, s:f}", "role", r->role, "why",
				r->why != NULL ? r->why : "", "confidence", r->confidence / 100.0));
	return o;
}

/* By table, then by column; rules of one column stay in their order, in which their conditions are
 * tried. */
static int compare(const void *a, const void *b)
{
	const struct draft_rule *x = *(const struct draft_rule *const *)a;
	const struct draft_rule *y = *(const struct draft_rule *const *)b;

	if (x->t != y->t)
		return x->t->index < y->t->index ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* The rules that are not dropped, in the order of the plan, and how many they are. */
static uint32_t in_order(struct draft *d, struct draft_rule ***to)
{
	struct draft_rule **v = arena_array(d->a, d->nrules + 1UL, sizeof(struct draft_rule *));
	uint32_t n = 0;

	*to = v;
	if (v == NULL) {
		d->failed = true;
		return 0;
	}
	for (uint32_t i = 0; i < d->nrules; i++)
		if (!d->rules[i].dropped)
			v[n++] = &d->rules[i];
	if (n > 0)
		qsort(v, n, sizeof(struct draft_rule *), compare);
	return n;
}

static void put_line(struct draft *d, json_t *o, struct buf *b)
{
	enum { DIGITS = 15 }; /* a share such as 0.82 is printed so */
	char *text = json_dumps(o, JSON_REAL_PRECISION(DIGITS));

	if (text != NULL)
		buf_visible(b, text, strlen(text), VISIBLE_JSON);
	d->failed = d->failed || text == NULL;
	free(text);
}

/* Rules that somebody has written or kept stand first. */
void draft_put(struct draft *d, json_t *kept, struct buf *b)
{
	struct draft_rule **v;
	size_t n = json_array_size(kept);
	uint32_t more = in_order(d, &v);

	buf_adds(b, "[");
	for (size_t i = 0; i < n + more; i++) {
		json_t *o = i < n ? json_incref(json_array_get(kept, i)) : rule_of(d, v[i - n]);

		if (i >= n)
			v[i - n]->number = i;
		buf_adds(b, i > 0 ? ",\n    " : "\n    ");
		put_line(d, o, b);
		json_decref(o);
	}
	buf_adds(b, n + more > 0 ? "\n  ]" : "]");
}

static void drop(struct draft *d, struct draft_rule *r, const char *why)
{
	r->refused = why;
	if (r->divided) {
		r->divided = false;
		r->when = NULL;
		r->group = 0;
		r->number = ULONG_MAX;
		return;
	}
	r->dropped = !draft_next(d, r);
}

bool draft_drop(struct draft *d, unsigned long number, const char *why)
{
	const char *said = arena_strdup(d->a, why);
	struct draft_rule *r = NULL;
	uint32_t group;

	for (uint32_t i = 0; r == NULL && i < d->nrules; i++)
		if (!d->rules[i].dropped && d->rules[i].number == number)
			r = &d->rules[i];
	if (r == NULL)
		return false;
	d->failed = d->failed || said == NULL;
	group = r->group;
	drop(d, r, said);
	for (uint32_t i = 0; group > 0 && i < d->nrules; i++)
		if (d->rules[i].group == group && !d->rules[i].dropped)
			drop(d, &d->rules[i], said);
	return true;
}
