/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/draft_life.h"

#include "stages/plan-check/draft_span.h"

#include <string.h>

/* ---- labels -----------------------------------------------------------------------------------
 */

/* The values of {"choices": [{"value": ...}]} in the parameters of a role's first rule. */
static const char *const *of_role(
	struct draft *d, const struct pg_column *col, const struct role *role, uint32_t *n)
{
	const struct role_rule *rule = draft_rule_for(d, role);
	json_t *o = rule != NULL ? draft_params_for(d, col, role, rule) : NULL;
	json_t *list = json_object_get(o, "choices");
	const char **v = arena_array(d->a, json_array_size(list) + 1, sizeof(*v));

	*n = 0;
	for (size_t i = 0; v != NULL && i < json_array_size(list); i++) {
		const char *s =
			json_string_value(json_object_get(json_array_get(list, i), "value"));

		if (s != NULL && (v[*n] = arena_strdup(d->a, s)) != NULL)
			++*n;
	}
	json_decref(o);
	return *n > 0 ? v : NULL;
}

/* Whether a text has room for the labels of a role; a column of one letter has others. */
static bool they_fit(const struct pg_column *col, const char *const *labels, uint32_t n)
{
	int32_t limit = pg_char_limit(pg_base_of(col->type, col->typmod));

	for (uint32_t i = 0; limit >= 0 && i < n; i++)
		if (utf8_len(labels[i], strlen(labels[i])) > (size_t)limit)
			return false;
	return true;
}

const char *const *life_labels(
	struct draft *d, const struct draft_table *dt, uint32_t c, uint32_t *n)
{
	const struct draft_column *x = &dt->columns[c];
	const struct pg_type *type =
		pg_base_of(dt->t->columns[c].type, dt->t->columns[c].typmod).type;
	const char *const *labels;

	if (x->dom != NULL && x->dom->texts != NULL) {
		*n = x->dom->nset;
		return x->dom->texts;
	}
	if (type->cls == PG_ENUM && (x->dom == NULL || x->dom->set == NULL)) {
		*n = type->nlabels;
		return type->labels;
	}
	labels = of_role(d, &dt->t->columns[c], x->m.role, n);
	return labels != NULL && they_fit(&dt->t->columns[c], labels, *n) ? labels : NULL;
}

/* Whether the labels of the column are those of a life: at least half of them have a rank. */
static bool is_status(struct draft *d, const struct draft_table *dt, uint32_t c)
{
	uint32_t n, known = 0;
	const char *const *labels = life_labels(d, dt, c, &n);

	for (uint32_t i = 0; labels != NULL && i < n; i++) {
		const struct role_label *l = role_label_of(labels[i]);

		known += l != NULL && l->rank >= 0;
	}
	return labels != NULL && n >= 2 && 2 * known >= n && dt->columns[c].open &&
	       !dt->columns[c].in_key;
}

/* ---- columns ----------------------------------------------------------------------------------
 */

/* The first column of both kinds: such a birth is an event that other rows wait for. */
static int birth_event(const struct draft_table *dt)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		if (role_is(dt->columns[c].m.role, "birth") &&
			role_is(dt->columns[c].m.role, "event"))
			return (int)c;
	return -1;
}

/* Whether the column can be the first that is known of a row: a moment that most rows have. */
static bool is_early(const struct draft_table *dt, uint32_t c)
{
	enum { LATE = 60 }; /* what follows a delivery comes at the end of a life */
	const double rare = 0.5;
	const struct draft_column *x = &dt->columns[c];
	char class[ROLE_WORDS];

	if (!x->open || x->in_key || !role_of_kind("moment ", x->kind))
		return false;
	if (x->m.role == NULL)
		return true;
	return role_order(x->m.role, "event") >= 0 && role_order(x->m.role, "event") <= LATE &&
	       x->m.role->nulls < rare && !life_class(dt, c, class);
}

/* Where nothing says when a row came to be: the first of its events, or the first moment of which
 * nothing is known, as raised_at of an alarm. What else happens to it, and what is due, comes after
 * that. An event of which a status decides is none: rows that have not come so far lack it. */
static int first_moment(const struct draft_table *dt)
{
	int first = -1;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		int order = span_order(dt, c);

		if (!is_early(dt, c) || (order >= 0 && dt->status != -1))
			continue;
		/* of restored_at nobody knows more than that it is listed after started_at */
		if (first == -1 || (order >= 0 && order < span_order(dt, (uint32_t)first)))
			first = (int)c;
	}
	return first;
}

int life_beginning(const struct draft_table *dt, int c)
{
	int start = c >= 0 ? span_start(dt, (uint32_t)c) : -1;

	return start >= 0 && dt->columns[start].open && !dt->columns[start].in_key ? start : c;
}

void life_find(struct draft *d, struct draft_table *dt)
{
	dt->birth = birth_event(dt);
	if (dt->birth == -1)
		dt->birth = draft_kind_of(dt, "birth");
	if (dt->birth == -1)
		dt->birth = draft_kind_of(dt, "start");
	for (uint32_t c = 0; dt->status == -1 && c < dt->t->ncolumns; c++)
		if (is_status(d, dt, c))
			dt->status = (int)c;
	if (dt->birth == -1)
		dt->birth = first_moment(dt);
	dt->birth = life_beginning(dt, dt->birth);
}

bool life_class(const struct draft_table *dt, uint32_t c, char to[ROLE_WORDS])
{
	return role_after(dt->columns[c].m.role, "of", to);
}

/* ---- what a status says ------------------------------------------------------------------------
 */

const char *life_is_one_of(struct draft *d, const struct draft_table *dt, uint32_t c,
	bool (*means)(const char *label, const void *what), const void *what)
{
	uint32_t n, meant = 0;
	const char *const *labels = life_labels(d, dt, c, &n);
	const char *list = "";

	for (uint32_t i = 0; labels != NULL && i < n; i++) {
		const char *quoted;

		if (!means(labels[i], what))
			continue;
		quoted = str_quoted(d->a, '\'', labels[i]);
		d->failed = d->failed || quoted == NULL;
		list = draft_textf(
			d, "%s%s%s", list, meant++ > 0 ? ", " : "", quoted != NULL ? quoted : "''");
	}
	return meant > 0 ? draft_textf(d, "%s IN (%s)", draft_sql(d, dt->t, c), list) : NULL;
}

/* Rows that have come as far as ${rank}, or, where it is not NULL, that ended as ${class}. */
struct state {
	int rank;
	const char *class;
};

static bool has_come(const char *label, const void *what)
{
	const struct state *x = what;
	const struct role_label *l = role_label_of(label);

	if (l == NULL || l->rank < 0)
		return false;
	return x->class != NULL ? strcmp(l->class, x->class) == 0 : l->rank >= x->rank;
}

const char *life_condition(
	struct draft *d, const struct draft_table *dt, int rank, const char *class)
{
	const struct state x = {rank, class};

	return dt->status >= 0 ? life_is_one_of(d, dt, (uint32_t)dt->status, has_come, &x) : NULL;
}

void life_only_if(struct draft *d, struct draft_table *dt, uint32_t c, const char *generator,
	json_t *params, const char *when)
{
	struct draft_rule *r = draft_rule(d, dt, c, generator, params);
	uint32_t group;

	if (when == NULL || !dt->columns[c].nullable)
		return;
	group = draft_group(d);
	r->when = when;
	r->group = group;
	r = draft_rule(d, dt, c, "derive.expr", json_pack("{s:s}", "expr", "NULL"));
	r->group = group;
	r->nulls = -1;
}
