/* SPDX-License-Identifier: MIT */
/*
 * How rows choose parents. Lines belong to their header and are few, one to nine; other rows that
 * are part of a parent are shared out so that most parents have few; a reference picks some
 * parents more often than others. Where the parents read their children, as counters do, the
 * children are shared out too, because only then are they known. Foreign keys that share columns,
 * or that a check ties, are left as they are.
 */
#include "stages/plan-check/draft_shape.h"

#include <stdio.h>
#include <string.h>

#include "common/generators/locale.h"
#include "common/schema/keyset.h"
#include "stages/plan-check/draft_number.h"
#include "stages/plan-check/own_child.h"

enum { SURE = 80, UNBOUNDED = UINT32_MAX };

/* ---- rows -------------------------------------------------------------------------------------
 */

static uint64_t shape_rows(const struct draft *d, const struct draft_table *dt)
{
	return dt->said > 0 ? dt->said : dt->rows > 0 ? dt->rows : d->default_rows;
}

/* ---- foreign keys -----------------------------------------------------------------------------
 */

double shape_nulls(const struct draft_table *dt, const struct pg_constraint *con)
{
	static const struct {
		const char *words;
		double share;
	} known[] = {
		{"coupon cupom promotion promocao ", 0.75},
		{"voucher ", 0.8},
		{"deleted excluido ", 0.97},
		{"cancelled canceled cancelado ", 0.93},
		{"referred referrer indicado ", 0.8},
		{"reply resposta ", 0.6},
		{"updated ", 0.3},
		{"approved aprovado ", 0.35},
		{"reviewed ", 0.4},
		{"resolved ", 0.45},
		{"closed ", 0.5},
		{"assigned assignee ", 0.12},
		{"refund replaced ", 0.9},
	};
	char words[ROLE_WORDS];

	role_words(dt->t->columns[con->cols[0]].name, words);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (role_among(known[i].words, words) != NULL)
			return known[i].share;
	return -1;
}

/* Whether the constraint of a kind ties a row's columns to each other, or its values to other
 * rows'. */
static bool ties(const struct pg_table *t, const struct pg_constraint *c)
{
	const struct pg_key *key = keyset_of(t, c);

	return c->kind == PG_CON_CHECK || (key != NULL && !key_is_unique(key));
}

/* Whether such a constraint reads the foreign key's columns. */
static bool is_tied(const struct pg_table *t, const struct pg_constraint *con)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		for (uint32_t k = 0; k < con->ncols; k++)
			if (ties(t, &t->cons[i]) &&
				pg_has_column(t->cons[i].cols, t->cons[i].ncols, con->cols[k]))
				return true;
	return false;
}

/* Whether a parent of the key refers back to one of its children. */
static bool is_own_child(const struct pg_table *ref, const struct pg_constraint *con)
{
	for (uint32_t i = 0; i < ref->ncons; i++) {
		const struct pg_constraint *back;
		uint32_t at;

		if (own_child(ref, &ref->cons[i], &at, &back) && back == con)
			return true;
	}
	return false;
}

static bool is_in_key(const struct draft_table *dt, const struct pg_constraint *con)
{
	for (uint32_t i = 0; i < con->ncols; i++)
		if (dt->columns[con->cols[i]].in_key)
			return true;
	return false;
}

/* Whether rules can say how the key's rows choose parents: it chooses by itself. */
static bool is_plain(struct draft *d, const struct draft_table *dt, const struct pg_constraint *con)
{
	const struct draft_table *ref = draft_parent(d, con);

	if (ref == NULL || ref == dt || keyset_tells_apart(dt->t, con->cols, con->ncols) ||
		is_tied(dt->t, con) || is_own_child(ref->t, con))
		return false;
	for (uint32_t i = 0; i < con->ncols; i++)
		if (pg_foreign_keys_with(dt->t, con->cols[i]) > 1)
			return false;
	return true;
}

/* A row is part of its parent: that is in its key, or it goes with it. */
static bool is_owned(const struct draft_table *dt, const struct pg_constraint *con)
{
	const struct pg_constraint *pk = pg_primary(dt->t);

	return (pk != NULL && draft_has_all(pk, con)) || draft_goes_with(dt->t, con);
}

/* The columns of the key that the foreign key does not have are another foreign key's: that one's
 * parents are as many as a parent can have children. */
static uint64_t most_by_key(struct draft *d, const struct draft_table *dt,
	const struct pg_constraint *con, const struct pg_constraint *key)
{
	for (uint32_t i = 0; i < dt->t->ncons; i++) {
		const struct pg_constraint *other = &dt->t->cons[i];
		const struct draft_table *ref = other != con ? draft_parent(d, other) : NULL;
		bool all = ref != NULL;

		for (uint32_t k = 0; all && k < key->ncols; k++)
			all = pg_has_column(con->cols, con->ncols, key->cols[k]) ||
			      pg_has_column(other->cols, other->ncols, key->cols[k]);
		if (all)
			return shape_rows(d, ref);
	}
	return UNBOUNDED;
}

/* As many children as a parent can have by the table's keys. */
static uint64_t most_children(
	struct draft *d, const struct draft_table *dt, const struct pg_constraint *con)
{
	uint64_t most = UNBOUNDED;

	for (uint32_t i = 0; i < dt->t->ncons; i++) {
		const struct pg_constraint *key = &dt->t->cons[i];
		uint64_t n;

		if ((key->kind == PG_CON_PRIMARY || key->kind == PG_CON_UNIQUE) &&
			draft_has_all(key, con) && (n = most_by_key(d, dt, con, key)) < most)
			most = n;
	}
	return most;
}

/* ---- rules ------------------------------------------------------------------------------------
 */

static void set_nulls(const struct draft *d, const struct draft_table *dt,
	const struct pg_constraint *con, json_t *members, bool counted)
{
	const double usual = 0.1;
	double share = shape_nulls(dt, con);

	if (!pg_may_be_null(dt->t, con) || d->nulls_said)
		return;
	if (share < 0 && counted)
		share = usual;
	if (share >= 0)
		json_object_set_new(members, "null_rate", json_real(share));
}

static void say(struct draft *d, struct draft_table *dt, const struct pg_constraint *con,
	json_t *members, const char *role, const char *why)
{
	draft_says(draft_relation(d, dt, con, members), role, why, SURE);
	dt->shaped = true;
}

static bool is_lines(const struct draft_table *dt)
{
	return role_among(draft_line_words, dt->words) != NULL || number_is_line(dt);
}

/* One line as often as anything else, and none in one of four headers: for as many lines as there
 * are headers, which somebody asked for. */
static json_t *about_one(void)
{
	return json_pack(
		"{s:i, s:{s:[i,i,i,i,i]}}", "min", 0, "distribution", "weighted", 25, 58, 11, 4, 2);
}

/* Lines of a header: two or three, unless somebody said how many rows there are. */
static json_t *lines_fan(const struct draft *d, const struct draft_table *dt,
	const struct draft_table *ref, uint64_t most)
{
	enum { MANY = 4 };
	uint64_t rows = shape_rows(d, dt), parents = shape_rows(d, ref);
	const double mean = 2.6;

	if (!d->rows_said && dt->said == 0 && dt->rows == 0)
		return most > LINES_MAX / 2
			       ? json_pack("{s:i, s:I, s:{s:{s:f}}}", "min", 1, "max",
					 (json_int_t)(most < LINES_MAX ? most : LINES_MAX),
					 "distribution", "geometric", "mean", mean)
			       : NULL;
	if (rows == parents && most > MANY)
		return about_one();
	if (parents > 0 && most > MANY * (rows / parents + 2))
		most = MANY * (rows / parents + 2);
	return json_pack("{s:i, s:I, s:s}", "min", rows > parents * 3 / 2 ? 1 : 0, "max",
		(json_int_t)most, "distribution", "geometric");
}

/* Rows of a parent: most have few, some have none. Shares of a parent's total are mostly one. */
static json_t *owned_fan(const struct draft *d, const struct draft_table *dt,
	const struct draft_table *ref, uint64_t most, bool shared)
{
	enum { TIMES = 8 };
	uint64_t rows = shape_rows(d, dt), parents = shape_rows(d, ref);
	uint64_t max = TIMES * (rows / (parents > 0 ? parents : 1) + 1);

	max = max < most ? max : most;
	if (shared && rows == parents && max > 1)
		return about_one();
	return max > 1 ? json_pack("{s:i, s:I, s:s}", "min", 0, "max", (json_int_t)max,
				 "distribution", "geometric")
		       : NULL;
}

static void fan_of(struct draft *d, struct draft_table *dt, const struct pg_constraint *con)
{
	const struct draft_table *ref = draft_parent(d, con);
	uint64_t most = most_children(d, dt, con);
	bool counted = dt->counted[con - dt->t->cons];
	bool lines =
		is_lines(dt) && !dt->shaped && (is_owned(dt, con) || number_header(d, dt) == con);
	json_t *fan = lines ? lines_fan(d, dt, ref, most)
			    : owned_fan(d, dt, ref, most,
				      counted && number_at(dt, NUMBER_AMOUNT) != -1),
	       *members;

	if (fan == NULL)
		return;
	members = json_pack("{s:o}", "children_per_parent", fan);
	if (counted && (!is_owned(dt, con) || dt->shaped))
		json_object_set_new(members, "order", json_string("shuffled"));
	set_nulls(d, dt, con, members, true);
	say(d, dt, con, members, lines ? "shape.lines" : "shape.children",
		"most parents have few of them");
}

/* Some parents are picked more often than others: good customers, products that sell. */
static void pick_of(struct draft *d, struct draft_table *dt, const struct pg_constraint *con)
{
	const struct draft_table *ref = draft_parent(d, con);
	const double goods = 0.8, others = 0.55;
	json_t *members = json_pack("{s:{s:{s:f}}}", "pick", "zipf", "s",
		number_at(ref, NUMBER_PRICE) != -1 ? goods : others);

	set_nulls(d, dt, con, members, false);
	say(d, dt, con, members, "shape.reference", "some parents are picked more often");
}

/* Whether a parent has a key to one of its rows here, as a team to its owner: the parent lists its
 * children then, which another foreign key's numbers of children would keep it from. */
static bool is_listed(const struct draft_table *dt)
{
	for (uint32_t i = 0; i < dt->t->ncons; i++)
		if (dt->t->cons[i].kind == PG_CON_FOREIGN && dt->t->cons[i].ref != NULL &&
			is_own_child(dt->t->cons[i].ref, &dt->t->cons[i]))
			return true;
	return false;
}

void shape_fans(struct draft *d, struct draft_table *dt)
{
	if (is_listed(dt))
		return;
	for (int owned = 1; owned >= 0; owned--)
		for (uint32_t i = 0; i < dt->t->ncons; i++) {
			const struct pg_constraint *con = &dt->t->cons[i];

			if (con->kind != PG_CON_FOREIGN || !is_plain(d, dt, con) || dt->tied[i] ||
				is_owned(dt, con) != owned)
				continue;
			if (dt->counted[i] || (owned && !dt->shaped))
				fan_of(d, dt, con);
		}
	for (uint32_t i = 0; i < dt->t->ncons; i++) {
		const struct pg_constraint *con = &dt->t->cons[i];

		if (con->kind == PG_CON_FOREIGN && is_plain(d, dt, con) && !dt->tied[i] &&
			!dt->counted[i] && !is_owned(dt, con) && !is_in_key(dt, con))
			pick_of(d, dt, con);
	}
}

/* ---- trees ------------------------------------------------------------------------------------
 */

/* The deepest that a column of depths can say, if there is one with an end. */
static int depth_limit(const struct draft *d, const struct draft_table *dt, int depth)
{
	for (uint32_t i = 0; i < d->nrules; i++) {
		const struct draft_rule *r = &d->rules[i];
		const struct sql_domain *dom;

		if (r->t != dt->t || r->role == NULL || strcmp(r->role, "tree.depth") != 0)
			continue;
		dom = dt->columns[r->column].dom;
		if (dom != NULL && dom->has_hi && dom->hi - (dom->has_lo ? dom->lo : 0) < depth)
			depth = (int)(dom->hi - (dom->has_lo ? dom->lo : 0));
	}
	return depth;
}

/* A fifth of the rows are roots, and no branch is deep. */
void shape_trees(struct draft *d, struct draft_table *dt)
{
	enum { DEPTH = 4 };
	const double roots = 0.2;

	for (uint32_t i = 0; i < dt->t->ncons; i++) {
		const struct pg_constraint *con = &dt->t->cons[i];
		json_t *members;

		if (con->kind != PG_CON_FOREIGN || con->ref != dt->t || con->ncols != 1 ||
			!pg_may_be_null(dt->t, con) ||
			keyset_tells_apart(dt->t, con->cols, con->ncols) || is_tied(dt->t, con))
			continue;
		members = json_pack("{s:i}", "max_depth", depth_limit(d, dt, DEPTH));
		if (!d->nulls_said)
			json_object_set_new(members, "roots", json_real(roots));
		draft_says(draft_relation(d, dt, con, members), "shape.tree",
			"the table refers to itself", SURE);
	}
}

/* ---- tables of codes --------------------------------------------------------------------------
 */

/* How many entries the list has that a role's rule names; 0: it names none. */
static uint32_t entries(struct draft *d, const struct role_rule *rule)
{
	json_t *params = draft_params(d, rule);
	const char *name = json_string_value(json_object_get(params, "list"));
	const struct locale *l = locale_find(d->locale);
	char file[ROLE_WORDS];
	uint32_t n = 0;

	if (name != NULL && l != NULL) {
		const struct locale_list *list;

		(void)snprintf(file, sizeof(file), "list_%s", name);
		list = locale_list(l, file);
		n = list != NULL ? list->n : 0;
	}
	json_decref(params);
	return n;
}

/* Whether the column makes rows of other tables' keys distinct: a candidate's skills are no table
 * of skills. */
static bool shares_key(const struct pg_table *t, uint32_t c)
{
	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *key = &t->cons[i];
		bool unique = key->kind == PG_CON_PRIMARY || key->kind == PG_CON_UNIQUE;

		for (uint32_t k = 0; unique && key->ncols > 1 && k < key->ncols; k++)
			if (pg_has_column(key->cols, key->ncols, c) &&
				pg_foreign_keys_with(t, key->cols[k]) > 0)
				return true;
	}
	return false;
}

/* A table of currencies has no more rows than there are currencies. */
void shape_lists(struct draft *d, struct draft_table *dt)
{
	for (uint32_t c = 0; dt->said == 0 && c < dt->t->ncolumns; c++) {
		const struct role *r = dt->columns[c].m.role;
		const struct role_rule *rule =
			role_is(r, "entry") && dt->columns[c].open && !shares_key(dt->t, c)
				? draft_rule_for(d, r)
				: NULL;
		uint32_t n = rule != NULL ? entries(d, rule) : 0;

		if (n > 0 && shape_rows(d, dt) > n)
			dt->rows = n;
	}
}

/* ---- tables of pairs ---------------------------------------------------------------------------
 */

/* The two foreign keys whose columns together are the key; 0: it is none of pairs. */
static uint64_t pairs_of(
	struct draft *d, const struct draft_table *dt, const struct pg_constraint *key)
{
	for (uint32_t i = 0; i < dt->t->ncons; i++)
		for (uint32_t k = i + 1; k < dt->t->ncons; k++) {
			const struct pg_constraint *a = &dt->t->cons[i], *b = &dt->t->cons[k];
			const struct draft_table *x = draft_parent(d, a), *y = draft_parent(d, b);
			bool all = x != NULL && y != NULL && x != dt && y != dt &&
				   a->ncols + b->ncols == key->ncols;

			for (uint32_t c = 0; all && c < key->ncols; c++)
				all = pg_has_column(a->cols, a->ncols, key->cols[c]) !=
				      pg_has_column(b->cols, b->ncols, key->cols[c]);
			if (all)
				return shape_rows(d, x) * shape_rows(d, y);
		}
	return 0;
}

/* A table of pairs has a part of them: not everybody has every role. */
void shape_pairs(struct draft *d, struct draft_table *dt)
{
	enum { PART = 3 }; /* one of three */

	for (uint32_t i = 0; dt->said == 0 && i < dt->t->ncons; i++) {
		const struct pg_constraint *key = &dt->t->cons[i];
		uint64_t pairs = key->kind == PG_CON_PRIMARY || key->kind == PG_CON_UNIQUE
					 ? pairs_of(d, dt, key)
					 : 0;

		if (pairs > 0 && shape_rows(d, dt) > pairs / PART)
			dt->rows = pairs / PART > 0 ? pairs / PART : 1;
	}
}
