/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/check.h"

#include <string.h>

/*
 * relationship rules: which foreign key, how many children a parent has or how parents are
 * picked, and what goes together.
 */

static const char *member(json_t *v, const char *key)
{
	return json_string_value(json_object_get(v, key));
}

static bool there(json_t *v)
{
	return v != NULL && !json_is_null(v);
}

#define INVALID(c, r, key, ...)                                                                    \
	RULE_ERROR(c, r, "invalid_relationship", issue_path(&(c)->is, "%s/%s", (r)->path, key),    \
		NULL, __VA_ARGS__)

/* ---- which foreign key -------------------------------------------------------- */

static bool names_columns(const struct pg_table *t, const struct pg_constraint *con, json_t *list)
{
	if (json_array_size(list) != con->ncols)
		return false;
	for (uint32_t i = 0; i < con->ncols; i++) {
		const char *name = t->columns[con->cols[i]].name;
		size_t k = 0;

		while (k < con->ncols &&
			strcmp(json_string_value(json_array_get(list, k)), name) != 0)
			k++;
		if (k == con->ncols)
			return false;
	}
	return true;
}

static bool find_key(struct check *c, struct relationship *r, json_t *v)
{
	json_t *columns = json_object_get(v, "columns");
	const char *name = member(v, "constraint");
	uint32_t found = 0;

	if (there(columns) == (name != NULL)) {
		INVALID(c, r, "columns",
			"say which foreign key: either its columns or its constraint");
		return false;
	}
	for (uint32_t i = 0; i < r->t->ncons; i++) {
		const struct pg_constraint *con = &r->t->cons[i];

		if (con->kind != PG_CON_FOREIGN ||
			(name != NULL ? strcmp(con->name, name) != 0
				      : !names_columns(r->t, con, columns)))
			continue;
		r->con = i;
		found++;
	}
	if (found == 1)
		return true;
	RULE_ERROR(c, r, "relationship_without_fk",
		issue_path(&c->is, "%s/%s", r->path, name != NULL ? "constraint" : "columns"), NULL,
		found == 0 ? "\"%s.%s\" has no such foreign key"
			   : "\"%s.%s\" has several foreign keys of these columns: name its "
			     "constraint",
		r->t->schema, r->t->name);
	return false;
}

/* ---- words with something to them: "zipf", {"zipf": {"s": 1.2}} ---------------------- */

struct word {
	const char *name; /* or NULL: no such thing */
	json_t *value;	  /* what stands by it, or NULL */
};

static struct word word_of(json_t *v)
{
	const char *key;
	json_t *value;

	if (json_is_string(v))
		return (struct word){json_string_value(v), NULL};
	if (json_object_size(v) == 1)
		json_object_foreach(v, key, value) return (struct word){key, value};
	return (struct word){NULL, NULL};
}

static bool is(struct word w, const char *name)
{
	return w.name != NULL && strcmp(w.name, name) == 0;
}

/* the exponent, 1 when it is not said, in thousandths; 0: reported */
static uint32_t exponent(struct check *c, struct relationship *r, const char *key, json_t *zipf)
{
	json_t *s = json_object_get(zipf, "s");
	double d = s == NULL ? 1 : json_number_value(s);

	if ((zipf == NULL || (json_is_object(zipf) && json_object_size(zipf) == (s != NULL))) &&
		(s == NULL || json_is_number(s)) && d >= 0.001 && d <= PLAN_ZIPF_MAX / 1000.0)
		return (uint32_t)(d * 1000 + 0.5);
	INVALID(c, r, key, "zipf takes {\"s\": a number from 0.001 to %d}", PLAN_ZIPF_MAX / 1000);
	return 0;
}

/* ---- children_per_parent -------------------------------------------------------------- */

static bool count_of(json_t *v, uint64_t *n)
{
	if (v == NULL)
		return true;
	*n = (uint64_t)json_integer_value(v);
	return json_is_integer(v) && json_integer_value(v) >= 0;
}

static void weights(struct check *c, struct relationship *r, json_t *list)
{
	size_t n = json_array_size(list);
	uint32_t *w = arena_array(c->a, n + 1, sizeof(*w));
	uint64_t sum = 0;

	if (w == NULL) {
		c->is.failed = true;
		return;
	}
	for (size_t i = 0; i < n && i < PLAN_WEIGHTS; i++) {
		json_t *v = json_array_get(list, i);

		if (!json_is_integer(v) || json_integer_value(v) < 0 ||
			json_integer_value(v) > UINT32_MAX)
			n = 0;
		else
			sum += w[i] = (uint32_t)json_integer_value(v);
	}
	if (n == 0 || n > PLAN_WEIGHTS || sum == 0) {
		INVALID(c, r, "children_per_parent",
			"weighted takes an array of 1 to %d integers, not all 0: how often a "
			"parent "
			"has min, min + 1 ... children",
			PLAN_WEIGHTS);
		return;
	}
	if (r->fan.max != UINT64_MAX && r->fan.max != r->fan.min + n - 1)
		INVALID(c, r, "children_per_parent",
			"%zu weights are for %llu to %llu children: leave max out", n,
			(unsigned long long)r->fan.min, (unsigned long long)(r->fan.min + n - 1));
	r->fan.weights = w;
	r->fan.nweights = (uint32_t)n;
	r->fan.max = r->fan.min + n - 1;
}

/* The mean number of children, in thousandths; 0 when it is not said. */
static void mean(struct check *c, struct relationship *r, json_t *geometric)
{
	json_t *v = json_object_get(geometric, "mean");
	double d = json_number_value(v);

	if (geometric == NULL)
		return;
	if (json_object_size(geometric) != 1 || !json_is_number(v) || d < 0.001 ||
		d > PLAN_ZIPF_MAX / 1000.0 || d < (double)r->fan.min || d > (double)r->fan.max)
		INVALID(c, r, "children_per_parent",
			"geometric takes {\"mean\": a number from min to max, at most %d}",
			PLAN_ZIPF_MAX / 1000);
	else
		r->fan.s = (uint32_t)(d * 1000 + 0.5);
}

static void distribution(struct check *c, struct relationship *r, json_t *v)
{
	struct word w = word_of(v);

	if (v == NULL || (is(w, "uniform") && w.value == NULL)) {
		r->fan.dist = PLAN_DIST_UNIFORM;
	} else if (is(w, "zipf")) {
		r->fan.dist = PLAN_DIST_ZIPF;
		r->fan.s = exponent(c, r, "children_per_parent", w.value);
	} else if (is(w, "geometric")) {
		r->fan.dist = PLAN_DIST_GEOMETRIC;
		mean(c, r, w.value);
	} else if (is(w, "weighted")) {
		r->fan.dist = PLAN_DIST_WEIGHTED;
		weights(c, r, w.value);
	} else {
		INVALID(c, r, "children_per_parent",
			"distribution is \"uniform\", \"geometric\", {\"zipf\": {\"s\": 1.2}} or "
			"{\"weighted\": [1, 3, 2]}");
	}
}

static void children(struct check *c, struct relationship *r, json_t *v)
{
	static const char *const keys[] = {"min", "max", "distribution", "comment"};
	const char *key;
	json_t *value;

	r->has_fan = true;
	r->fan = (struct plan_fan){.min = 0, .max = UINT64_MAX};
	if (json_is_integer(v) && json_integer_value(v) >= 0) {
		r->fan.min = r->fan.max = (uint64_t)json_integer_value(v);
		return;
	}
	if (!json_is_object(v)) {
		INVALID(c, r, "children_per_parent",
			"is a number of children, or {\"min\", \"max\", \"distribution\"}");
		return;
	}
	json_object_foreach(v, key, value)
	{
		size_t i = 0;

		while (i < 4 && strcmp(key, keys[i]) != 0)
			i++;
		if (i == 4)
			RULE_ERROR(c, r, "unknown_key",
				issue_member(&c->is,
					issue_path(&c->is, "%s/children_per_parent", r->path), key),
				NULL, "\"%s\" is not a member here", key);
	}
	if (!count_of(json_object_get(v, "min"), &r->fan.min) ||
		!count_of(json_object_get(v, "max"), &r->fan.max) || r->fan.max < r->fan.min ||
		r->fan.min > UINT32_MAX)
		INVALID(c, r, "children_per_parent", "min and max are integers, 0 <= min <= max");
	else
		distribution(c, r, json_object_get(v, "distribution"));
}

/* ---- pick ------------------------------------------------------------------------------- */

static void pick(struct check *c, struct relationship *r, json_t *v)
{
	struct word w = word_of(v);

	if (is(w, "uniform") && w.value == NULL) {
		r->pick = PICK_UNIFORM;
	} else if (is(w, "round_robin") && w.value == NULL) {
		r->pick = PICK_ROUND_ROBIN;
	} else if (is(w, "zipf")) {
		r->pick = PICK_ZIPF;
		r->s = exponent(c, r, "pick", w.value);
	} else if (is(w, "weighted") && json_object_size(w.value) == 1 &&
		   member(w.value, "by") != NULL) {
		r->pick = PICK_WEIGHTED;
		r->by = member(w.value, "by");
	} else {
		INVALID(c, r, "pick",
			"pick is \"uniform\", \"round_robin\", {\"zipf\": {\"s\": 1.2}} or "
			"{\"weighted\": {\"by\": an expression over the parent's columns}}");
	}
}

/* ---- the rest ---------------------------------------------------------------------------- */

static void roots(struct check *c, struct relationship *r, json_t *v)
{
	r->has_roots = true;
	if (json_is_integer(v) && json_integer_value(v) >= 1) {
		r->roots = (uint64_t)json_integer_value(v);
	} else if (json_is_real(v) && json_real_value(v) > 0 && json_real_value(v) <= 1) {
		r->root_share = json_real_value(v);
	} else {
		INVALID(c, r, "roots",
			"is a number of rows (an integer, 1 or more) or a share of them (0.1)");
	}
}

static bool same_type(const struct pg_column *a, const struct pg_column *b)
{
	struct pg_base x = pg_base_of(a->type, a->typmod), y = pg_base_of(b->type, b->typmod);
	uint8_t sx, sy;
	enum vtype t = pg_vtype(x, &sx);

	return t == pg_vtype(y, &sy) && sx == sy && (t != VT_ENUM || x.type == y.type);
}

/* {"empresa_id": "empresa_id"}: the row's column is as the parent's */
static void same(struct check *c, struct relationship *r, json_t *v)
{
	const struct pg_table *ref = r->t->cons[r->con].ref;
	struct plan_tie *ties = arena_array(c->a, json_object_size(v) + 1, sizeof(*ties));
	const char *key;
	json_t *value;

	if (ties == NULL) {
		c->is.failed = true;
		return;
	}
	if (json_object_size(v) == 0)
		INVALID(c, r, "same",
			"is an object: a column of the row, and the parent's column "
			"that it is to be as");
	json_object_foreach(v, key, value)
	{
		int own = pg_column_named(r->t, key);
		int parent = json_is_string(value) && ref != NULL
				     ? pg_column_named(ref, json_string_value(value))
				     : -1;

		if (own == -1 || parent == -1)
			INVALID(c, r, "same", "there is no column \"%s\" in \"%s.%s\"",
				own == -1		? key
				: json_is_string(value) ? json_string_value(value)
							: "",
				own == -1 ? r->t->schema : r->t->cons[r->con].ref_schema,
				own == -1 ? r->t->name : r->t->cons[r->con].ref_table);
		else if (!same_type(&r->t->columns[own], &ref->columns[parent]))
			INVALID(c, r, "same",
				"\"%s\" and \"%s\" of \"%s.%s\" are of different types", key,
				ref->columns[parent].name, ref->schema, ref->name);
		else
			ties[r->nsame++] = (struct plan_tie){(uint32_t)own, (uint32_t)parent};
	}
	r->same = ties;
}

/* what does not go together */
static void check_together(struct check *c, struct relationship *r)
{
	const struct pg_constraint *con = &r->t->cons[r->con];
	bool self = con->ref == r->t;

	if (r->has_fan && r->pick != PICK_UNSAID)
		INVALID(c, r, "pick",
			"children_per_parent decides who has which children: there is nothing "
			"left to pick");
	if (r->order != ORDER_UNSAID && !r->has_fan && r->pick != PICK_UNSAID)
		INVALID(c, r, "order", "parents are picked row by row: there is no order to keep");
	if (r->cover && r->pick == PICK_ROUND_ROBIN)
		INVALID(c, r, "cover", "a round robin covers whatever it can");
	if (r->cover && r->has_fan && r->fan.max == 0)
		INVALID(c, r, "cover", "no parent may have a child");
	if (r->cover && r->has_fan && r->fan.min == 0) {
		if (r->fan.dist == PLAN_DIST_WEIGHTED)
			INVALID(c, r, "cover", "the weights begin at 0 children: set min to 1");
		r->fan.min = 1;
	}
	if (self && (r->has_fan || r->pick > PICK_UNIFORM || r->cover))
		INVALID(c, r,
			r->has_fan ? "children_per_parent"
			: r->cover ? "cover"
				   : "pick",
			"a table's foreign key to itself makes a forest: it takes roots and "
			"max_depth");
	if (r->nsame > 0 && (self || r->has_fan || r->pick > PICK_UNIFORM || r->cover ||
				    r->where != NULL || r->order != ORDER_UNSAID))
		INVALID(c, r, "same",
			"any parent that has the same values is picked alike: it goes with "
			"null_rate and nothing else");
	if (self && r->where != NULL)
		INVALID(c, r, "where", "a table's foreign key to itself has no condition");
	if (self && r->has_roots && r->null_rate >= 0)
		INVALID(c, r, "null_rate", "the roots are the NULLs: say one of the two");
	if ((r->has_roots || r->max_depth > 0) && !self)
		INVALID(c, r, r->has_roots ? "roots" : "max_depth",
			"is for a foreign key to the table itself");
}

static void register_rule(struct check *c, struct relationship *r)
{
	struct requested *w = &c->requested[r->t->index];
	struct relationship **at;

	if (w->by_con == NULL)
		w->by_con = arena_array(c->a, r->t->ncons + 1UL, sizeof(*w->by_con));
	if (w->by_con == NULL) {
		c->is.failed = true;
		return;
	}
	at = &w->by_con[r->con];
	if (*at != NULL)
		RULE_ERROR(c, r, "duplicate_relationship", r->path, "keep one of them",
			"%s is about the same foreign key, \"%s\"", (*at)->path,
			r->t->cons[r->con].name);
	else
		*at = r;
}

void check_relationship(struct check *c, const char *path, json_t *v)
{
	struct relationship *r = arena_alloc(c->a, sizeof(*r));
	json_t *rate = json_object_get(v, "null_rate");
	json_t *partial = json_object_get(v, "partial_nulls");

	if (r == NULL) {
		c->is.failed = true;
		return;
	}
	*r = (struct relationship){
		.path = path, .null_rate = -1, .partial_nulls = -1, .sound = true};
	r->t = schema_table(c->schema, member(v, "schema"), member(v, "table"));
	if (r->t == NULL) {
		RULE_ERROR(c, r, "unknown_fk_target", issue_path(&c->is, "%s/table", path), NULL,
			"there is no table \"%s.%s\"%s", member(v, "schema"), member(v, "table"),
			check_near_table(c, member(v, "table")));
		return;
	}
	if (!find_key(c, r, v))
		return;
	if (there(json_object_get(v, "children_per_parent")))
		children(c, r, json_object_get(v, "children_per_parent"));
	if (there(json_object_get(v, "pick")))
		pick(c, r, json_object_get(v, "pick"));
	if (there(json_object_get(v, "roots")))
		roots(c, r, json_object_get(v, "roots"));
	if (member(v, "order") != NULL)
		r->order = strcmp(member(v, "order"), "shuffled") == 0 ? ORDER_SHUFFLED
								       : ORDER_CLUSTERED;
	if (there(json_object_get(v, "same")))
		same(c, r, json_object_get(v, "same"));
	r->cover = json_is_true(json_object_get(v, "cover"));
	r->max_depth = (uint32_t)json_integer_value(json_object_get(v, "max_depth"));
	r->where = member(v, "where");
	if (json_is_number(rate))
		r->null_rate = json_number_value(rate);
	if (json_is_number(partial))
		r->partial_nulls = json_number_value(partial);
	check_partial_nulls(c, r);
	check_together(c, r);
	register_rule(c, r);
}
