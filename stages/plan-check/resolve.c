/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/relation/foreign.h"
#include "stages/plan-check/children.h"
#include "stages/plan-check/shards.h"

static int by_plan(const struct resolver *r, uint32_t table)
{
	return r->nodes[table].in;
}

/* ---- which tables ------------------------------------------------------- */

static bool is_target(const struct resolver *r, uint32_t table)
{
	return r->c->requested[table].target != NULL && !r->c->except[table].skipped;
}

/* Whether a relationship may say how many rows there are. */
static bool may_be_given(const struct resolver *r, const struct pg_table *t)
{
	struct relationship *const *rules = r->c->requested[t->index].by_con;

	for (uint32_t i = 0; rules != NULL && i < t->ncons; i++)
		if (rules[i] != NULL && rules[i]->has_fan)
			return true;
	return false;
}

/* More rows than a table was found to hold are no default for it. */
static uint64_t clipped(const struct resolver *r, uint32_t table, uint64_t rows)
{
	uint64_t limit = r->c->except[table].limit;

	return limit > 0 && rows > limit ? limit : rows;
}

/* The default of a target that says no rows: that of the command line, else the plan's. */
static void default_rows(struct resolver *r, uint32_t table)
{
	struct node *n = &r->nodes[table];
	uint64_t rows = r->c->rows;

	(void)sizes_of_all(&r->o->rows, &rows);
	n->soft = !sizes_of_one(&r->o->rows, &r->c->schema->tables[table], &rows);
	n->fixed = rows > 0;
	n->rows = n->soft ? clipped(r, table, rows) : rows;
}

static void add_target_nodes(struct resolver *r)
{
	for (uint32_t i = 0; i < r->c->schema->ntables; i++) {
		struct node *n = &r->nodes[i];

		if (!n->made)
			continue;
		n->in = is_target(r, i);
		n->rows = r->c->requested[i].rows;
		n->fixed = n->in && r->c->requested[i].rows_said;
		if (n->fixed)
			sizes_get(&r->o->rows, &r->c->schema->tables[i], &n->rows);
		else if (n->in && !may_be_given(r, &r->c->schema->tables[i]))
			default_rows(r, i);
	}
}

/* The parents of tables in the plan, of those, and so on.  Edges are worked out as tables
 * come in. */
static void add_parents(struct resolver *r)
{
	const struct schema *s = r->c->schema;
	bool more = true;

	while (more) {
		more = false;
		for (uint32_t i = 0; i < s->ntables; i++) {
			struct node *n = &r->nodes[i];

			if (!n->in || !n->made)
				continue;
			r->c->is.about = &s->tables[i];
			if (n->edges == NULL)
				resolve_edges(r, &s->tables[i]);
			for (uint32_t k = 0; k < n->nedges; k++) {
				const struct pg_table *ref = s->tables[i].cons[n->edges[k].con].ref;

				if (!how_picks(n->edges[k].how) || by_plan(r, ref->index))
					continue;
				r->nodes[ref->index].in = more = true;
			}
		}
	}
}

/* Parents that are not asked for may be such as are never filled. */
static void refuse_reserved(struct resolver *r)
{
	for (uint32_t i = 0; i < r->c->schema->ntables; i++) {
		const struct pg_table *t = &r->c->schema->tables[i];
		struct node *n = &r->nodes[i];

		if (!n->in || r->c->requested[i].target != NULL || n->existing != NULL ||
			t->reserved == NULL)
			continue;
		issue_add(&r->c->is, ISSUE_ERROR, "parent_not_fillable", "/targets",
			issue_path(&r->c->is,
				"read its rows with introspect --keys '%s.%s', or fill no table "
				"that refers to it",
				t->schema, t->name),
			"\"%s.%s\" %s, and a foreign key of the plan refers to it", t->schema,
			t->name, t->reserved);
	}
}

/* after cutting, a parent that only a cut key asked for is not needed */
static void find_tables(struct resolver *r)
{
	add_target_nodes(r);
	add_parents(r);
	resolve_cut(r);
	for (uint32_t i = 0; i < r->c->schema->ntables; i++)
		r->nodes[i].in = is_target(r, i);
	add_parents(r);
	refuse_reserved(r);
	r->c->is.about = NULL;
}

/* ---- how many rows ------------------------------------------------------ */

/* An added parent gets the largest need of any child, whatever order they are looked at. */
static void count_parents(struct resolver *r)
{
	const struct schema *s = r->c->schema;
	bool more = true;

	while (more) {
		more = false;
		for (uint32_t i = 0; i < s->ntables; i++) {
			const struct node *n = &r->nodes[i];

			for (uint32_t k = 0; n->in && k < n->nedges; k++) {
				const struct pg_table *ref = s->tables[i].cons[n->edges[k].con].ref;
				struct node *parent;
				uint64_t need;

				if (!how_picks(n->edges[k].how))
					continue;
				parent = &r->nodes[ref->index];
				need = resolve_parents_needed(r, &n->edges[k], n->rows);
				need = clipped(r, ref->index, need);
				if (parent->fixed || parent->rows >= need ||
					r->c->requested[ref->index].target != NULL)
					continue;
				parent->rows = need;
				parent->soft = more = true;
			}
		}
		more = more || resolve_given_rows(r);
	}
}

/* A target whose relationship might have given it rows, and did not, has the default too. One that
 * may get rows yet, once its parents have theirs, waits: unless ${last}, where all do. */
static bool give_default(struct resolver *r, bool last)
{
	for (uint32_t i = 0; i < r->c->schema->ntables; i++) {
		struct node *n = &r->nodes[i];

		if (!n->in || n->fixed || !is_target(r, i) ||
			(!last && resolve_awaits_rows(r, &r->c->schema->tables[i])))
			continue;
		default_rows(r, i);
		if (n->fixed)
			return true;
	}
	return false;
}

static void count_rows(struct resolver *r)
{
	const struct schema *s = r->c->schema;

	for (uint32_t i = 0; i < s->ntables; i++) {
		struct node *n = &r->nodes[i];

		if (n->in && !n->fixed && sizes_of_one(&r->o->rows, &s->tables[i], &n->rows))
			n->fixed = true;
	}
	while (resolve_given_rows(r))
		; /* what targets alone decide, before parents are counted for children */
	do
		count_parents(r);
	while (give_default(r, false) || give_default(r, true));
	resolve_missing_rows(r);
	for (uint32_t i = 0; i < s->ntables; i++)
		r->c->except[i].soft = r->nodes[i].in && r->nodes[i].made && r->nodes[i].soft;
}

/* ---- what a table is ----------------------------------------------------- */

static uint32_t shards_of(const struct resolver *r, const struct pg_table *t, uint64_t rows)
{
	uint64_t n = 1;

	sizes_get(&r->o->shards, t, &n);
	if (n == SIZE_AUTO) /* shards_choose() will know how long the rows are */
		return 1;
	if (n > rows)
		n = rows;
	return n == 0 ? 1 : (uint32_t)n;
}

static void fill_fk(
	const struct resolver *r, struct plan_fk *fk, const struct edge *e, uint64_t rows)
{
	fk->null_rate = resolve_null_rate(r, e);
	fk->partial_nulls = fk->null_rate > 0 ? resolve_partial_nulls(e) : 0;
	fk->shuffled = e->shuffled;
	fk->computed = e->computed;
	fk->base = e->base;
	if (how_forest(e->how))
		resolve_forest(r, fk, e, rows);
	if (e->rel == NULL)
		return;
	fk->where = e->rel->where;
	fk->by = how_told(e->how) == PLAN_TELL_WEIGHTS ? e->rel->by : NULL;
	if (how_follows(e->how)) {
		fk->same = e->rel->same;
		fk->nsame = e->rel->nsame;
	}
	fk->cover = e->rel->cover && !how_enumerable(e->how);
	if (how_one_to_one(e->how) && e->rel->has_fan && e->rel->fan.min > 0)
		fk->cover = true;
	if (how_exact(e->how))
		fk->fan = e->rel->fan;
	else if (how_told(e->how) == PLAN_TELL_FAN)
		fk->fan = (struct plan_fan){
			.max = UINT64_MAX, .dist = PLAN_DIST_ZIPF, .s = e->rel->s};
}

/* Foreign keys that a foreign_key_strategy rule disables are not enforced either, unless a
 * constraint_policy rule says what is to become of them. */
static void fill_policies(const struct requested *w, struct plan_table *pt)
{
	memcpy(pt->policy, w->policy, sizeof(pt->policy));
	if (w->fk_disabled && w->policy_set[PLAN_POLICY_FOREIGN_KEY] == NULL)
		pt->policy[PLAN_POLICY_FOREIGN_KEY] = PLAN_IGNORE;
}

static void fill_table(struct resolver *r, struct plan_table *pt)
{
	const struct node *n = &r->nodes[pt->table->index];

	pt->rows = n->rows;
	if (!n->made) {
		resolve_existing_table(r, pt);
		return;
	}
	if (n->existing != NULL)
		resolve_append(r, pt);
	pt->shards = shards_of(r, pt->table, n->rows);
	pt->level = n->level;
	pt->auto_added = r->c->requested[pt->table->index].target == NULL;
	fill_policies(&r->c->requested[pt->table->index], pt);
	pt->fks = arena_array(r->c->a, n->nedges + 1u, sizeof(*pt->fks));
	pt->columns = arena_array(r->c->a, pt->table->ncolumns + 1u, sizeof(*pt->columns));
	if (pt->fks == NULL || pt->columns == NULL) {
		r->c->is.failed = true;
		return;
	}
	pt->nfks = n->nedges;
	for (uint32_t k = 0; k < n->nedges; k++) {
		const struct edge *e = &n->edges[k];
		const struct pg_table *ref = pt->table->cons[e->con].ref;

		pt->fks[k] = (struct plan_fk){.con = e->con,
			.how = e->how,
			.parent = ref == NULL || !by_plan(r, ref->index)
					  ? UINT32_MAX
					  : r->nodes[ref->index].place};
		fill_fk(r, &pt->fks[k], e, pt->rows);
	}
	plan_settle_fks(pt);
	resolve_columns(r, pt);
}

/* ---- the head ----------------------------------------------------------- */

static int resolve_as_of(struct resolver *r, struct err *e)
{
	const char *plan =
		json_string_value(json_object_get(json_object_get(r->c->plan, "global"), "as_of"));
	const char *text = r->o->as_of != NULL ? r->o->as_of : plan;
	char today[CAL_MAX];
	int64_t day = r->c->schema->introspected_on;

	r->p->as_of_pinned = text != NULL;
	if (text != NULL && (!cal_parse_date(text, strlen(text), &day) || !cal_date_finite(day)))
		return err_set(e, ERR_INPUT, "--as-of: \"%s\" is not a date (YYYY-MM-DD)", text);
	r->p->as_of = (int32_t)day;
	if (text != NULL)
		return 0;
	today[cal_fmt_date(today, day)] = '\0';
	issue_add(&r->c->is, ISSUE_WARNING, "as_of_not_pinned", "/global",
		issue_path(&r->c->is, "add \"as_of\": \"%s\" to global", today),
		"\"today\" is the day the schema was introspected, %s: the rows change when it is "
		"introspected again",
		today);
	return 0;
}

static int resolve_head(struct resolver *r, struct err *e)
{
	json_t *options = json_object_get(r->c->plan, "options");
	json_t *rate = json_object_get(options, "null_rate");
	struct plan *p = r->p;

	*p = (struct plan){.locale = r->c->locale, .data = r->c->data, .memo = r->c->memo};
	p->version = json_string_value(json_object_get(r->c->plan, "plan_version"));
	p->seed = r->o->seed;
	p->strict = json_is_true(json_object_get(options, "strict"));
	memcpy(p->schema_fingerprint, r->c->schema->fingerprint, sizeof(p->schema_fingerprint));
	r->null_rate = r->o->null_rate >= 0   ? r->o->null_rate
		       : json_is_number(rate) ? json_number_value(rate)
					      : 0.1;
	return resolve_as_of(r, e);
}

/* a rule for a table that is not filled */
static void idle_rules(const struct resolver *r)
{
	for (size_t i = 0; i < r->c->nrules; i++) {
		const struct rule *rule = &r->c->rules[i];

		if (rule->t != NULL && !r->nodes[rule->t->index].made)
			issue_add(&r->c->is, ISSUE_WARNING, "rule_without_target", rule->path,
				"remove the rule",
				"the rows of \"%s.%s\" are in the database: none are made",
				rule->t->schema, rule->t->name);
		else if (rule->t != NULL && !by_plan(r, rule->t->index) &&
			 !r->c->except[rule->t->index].skipped)
			issue_add(&r->c->is, ISSUE_WARNING, "rule_without_target", rule->path,
				"make the table a target, or remove the rule",
				"\"%s.%s\" is not in the plan", rule->t->schema, rule->t->name);
	}
}

static void resolve_tables(struct resolver *r)
{
	struct issues *is = &r->c->is;

	find_tables(r);
	count_rows(r);
	resolve_order(r);
	for (uint32_t i = 0; i < r->p->ntables && !issues_failed(is); i++) {
		is->about = r->p->tables[i].table;
		fill_table(r, &r->p->tables[i]);
	}
	is->about = NULL;
	if (issues_failed(is))
		return;
	resolve_numbers(r);
	resolve_keep(r);
	resolve_existing_keys(r);
	if (is->count[ISSUE_ERROR] == 0)
		children_order(r);
	idle_rules(r);
}

void resolve_finish(struct check *c, struct plan *p)
{
	struct resolver r = {.c = c, .p = p};

	if (c->is.count[ISSUE_ERROR] == 0)
		resolve_digests(&r);
}

int resolve(struct check *c, const struct options *o, struct plan *p, struct err *e)
{
	struct resolver r = {.c = c, .o = o, .p = p};
	int rc;

	r.nodes = arena_array(c->a, c->schema->ntables + 1u, sizeof(*r.nodes));
	if (r.nodes == NULL)
		return err_nomem(e);
	if (resolve_head(&r, e) == -1)
		return -1;
	for (size_t i = 0; i < o->shards.n; i++)
		if (o->shards.v[i].n > PLAN_SHARDS_MAX && o->shards.v[i].n != SIZE_AUTO)
			return err_set(e, ERR_INPUT, "--shards: at most %d", PLAN_SHARDS_MAX);
	rc = resolve_existing(&r, e);
	if (rc == 0)
		resolve_tables(&r);
	resolve_existing_end(&r);
	if (rc == -1)
		return -1;
	return issues_failed(&c->is) ? err_nomem(e) : 0;
}
