/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

#include <string.h>

#include "common/generators/genreg.h"
#include "common/io/msgpack.h"
#include "common/relation/foreign_partial.h"
#include "common/schema/keyset.h"
#include "stages/plan-check/narrow.h"
#include "stages/plan-check/referred.h"
#include "stages/plan-check/when.h"

/*
 * Where the values of each column come from, and what of them a snapshot keeps.
 */

struct work {
	struct resolver *r;
	struct plan_table *pt;
	const struct sql_domain *dom; /* by column, what CHECKs say; NULL unknown */
	/* by column, a CHECK that only the server evaluates, or NULL */
	const struct pg_constraint **beyond;
	bool *referred; /* by column, whether foreign keys refer to it */
};

static bool in_primary(const struct pg_table *t, uint32_t col)
{
	const struct pg_constraint *pk = pg_primary(t);

	for (uint32_t i = 0; pk != NULL && i < pk->ncols; i++)
		if (pk->cols[i] == col)
			return true;
	return false;
}

static bool may_be_null(const struct pg_table *t, uint32_t col)
{
	return !pg_column_not_null(&t->columns[col]) && !in_primary(t, col);
}

/* ---- foreign keys ------------------------------------------------------- */

/* transforms other than NULLs would turn a key into something else */
static void check_fk_transforms(struct work *w, struct rule *rule)
{
	for (size_t j = 0; rule != NULL && j < json_array_size(rule->transforms); j++) {
		json_t *v = json_array_get(rule->transforms, j);

		if (!check_makes_nulls(v))
			RULE_ERROR(w->r->c, rule, "transform_breaks_fk",
				issue_path(&w->r->c->is, "%s/transforms/%zu", rule->path, j),
				"remove the transform", "%s would change a foreign key",
				json_string_value(json_object_get(v, "transform")));
	}
}

/* Whether the foreign key makes trees each of which has one value in the column. */
static bool grows_tree(const struct work *w, const struct plan_fk *fk, uint32_t col)
{
	const struct pg_table *t = w->pt->table;

	return how_forest(fk->how) && !how_agrees(fk->how) &&
	       resolve_of_tree(t, &t->cons[fk->con], col);
}

static bool from_fk(struct work *w, uint32_t col, struct rule *rule)
{
	struct plan_column *c = &w->pt->columns[col];
	const struct pg_table *t = w->pt->table;

	for (uint32_t k = 0; k < w->pt->nfks; k++) {
		const struct plan_fk *fk = &w->pt->fks[k];
		const struct pg_constraint *con = &t->cons[fk->con];

		for (uint32_t i = 0; !how_off(fk->how) && i < con->ncols; i++) {
			if (con->cols[i] != col || grows_tree(w, fk, col))
				continue;
			if (fk->how.all_null &&
				!resolve_null_column(t, w->pt->fks, w->pt->nfks, k, col))
				continue; /* another column of the key is NULL */
			c->source = fk->how.all_null ? PLAN_ALWAYS_NULL : PLAN_FOREIGN;
			c->fk = k;
			c->null_rate = fk->partial_nulls > 0 ? partial_null_rate(t, con, i, fk)
							     : fk->null_rate;
			c->null_by_rule = rule != NULL && check_null_rate(rule) >= 0;
			check_fk_transforms(w, rule);
			return true;
		}
	}
	return false;
}

/* ---- rules -------------------------------------------------------------- */

static void copy_transforms(struct work *w, struct plan_column *c, const struct rule *rule)
{
	size_t n = json_array_size(rule->transforms);

	c->transforms = arena_array(w->r->c->a, n + 1, sizeof(*c->transforms));
	if (c->transforms == NULL) {
		w->r->c->is.failed = true;
		return;
	}
	for (size_t j = 0; j < n; j++) {
		json_t *v = json_array_get(rule->transforms, j);
		json_t *params = json_object_get(v, "params");
		struct plan_transform *x = &c->transforms[c->ntransforms];

		x->id = json_string_value(json_object_get(v, "transform"));
		if (check_makes_nulls(v))
			continue;
		x->params = json_is_object(params) ? check_pack(w->r->c, params) : NULL;
		c->ntransforms++;
	}
}

static void from_rule(struct work *w, uint32_t col, const struct rule *rule)
{
	struct plan_column *c = &w->pt->columns[col];
	double rate = check_null_rate(rule);

	c->source = PLAN_GENERATOR;
	c->gen = rule->id;
	c->by_rule = true;
	c->locale = rule->locale != NULL ? rule->locale : w->r->c->locale;
	c->params = rule->mp;
	c->null_by_rule = rate >= 0;
	if (rate > 0 && may_be_null(w->pt->table, col))
		c->null_rate = rate;
	copy_transforms(w, c, rule);
}

/* ---- defaults ----------------------------------------------------------- */

static msgpack_object integer(int64_t i)
{
	if (i < 0)
		return (msgpack_object){.type = MSGPACK_OBJECT_NEGATIVE_INTEGER, .via.i64 = i};
	return (msgpack_object){.type = MSGPACK_OBJECT_POSITIVE_INTEGER, .via.u64 = (uint64_t)i};
}

/* Whether a text's default is more than the digits of a sequence: 'A-' || nextval(...). */
static bool has_more(const struct pg_column *c)
{
	static const char *const casts[] = {
		"::text", ")::text", "::character varying", ")::character varying", NULL};
	const struct pg_base base = pg_base_of(c->type, c->typmod);
	const char *start = c->deflt != NULL ? c->deflt + (c->deflt[0] == '(') : "";
	const char *end = strstr(start, "::regclass)");
	uint32_t i = 0;

	if (strcmp(base.type->name, "text") != 0 && base.type->cls != PG_VARCHAR)
		return false;
	if (end == NULL || strncmp(start, "nextval(", strlen("nextval(")) != 0)
		return true;
	end += strlen("::regclass)");
	while (casts[i] != NULL && strncmp(end, casts[i], strlen(casts[i])) != 0)
		i++;
	return casts[i] == NULL ||
	       strspn(end + strlen(casts[i]), "()0123456789") != strlen(end + strlen(casts[i]));
}

static bool is_sequence(const struct pg_column *c)
{
	return (c->identity != PG_IDENTITY_NONE || c->sequence != PG_IDENTITY_NONE ||
		       c->sequence != NULL ||
		       (c->deflt != NULL && strncmp(c->deflt, "nextval(", 8) == 0)) &&
	       !has_more(c);
}

static void from_sequence(struct work *w, uint32_t col)
{
	const struct pg_column *pc = &w->pt->table->columns[col];
	struct plan_column *c = &w->pt->columns[col];
	msgpack_object_kv *kv = arena_array(w->r->c->a, 2, sizeof(*kv));
	msgpack_object *map = arena_alloc(w->r->c->a, sizeof(*map));
	bool known = pc->sequence != NULL && pc->seq_step != 0;
	int64_t start = known ? pc->seq_start : 1, step = known ? pc->seq_step : 1;

	if (kv == NULL || map == NULL) {
		w->r->c->is.failed = true;
		return;
	}
	(void)resolve_next(w->r, w->pt->table, col, step, &start);
	kv[0] = (msgpack_object_kv){mp_object_str("start"), integer(start)};
	kv[1] = (msgpack_object_kv){mp_object_str("step"), integer(step)};
	map->type = MSGPACK_OBJECT_MAP;
	map->via.map = (msgpack_object_map){.size = 2, .ptr = kv};
	c->source = PLAN_GENERATOR;
	c->gen = "primitive.int.sequence_hint";
	c->locale = w->r->c->locale;
	c->params = map;
}

/* The parameters of derive.root_value: the foreign key's column. */
static msgpack_object *tree_params(struct work *w, const char *column)
{
	msgpack_object_kv *kv = arena_alloc(w->r->c->a, sizeof(*kv));
	msgpack_object *list = arena_alloc(w->r->c->a, sizeof(*list));
	msgpack_object *map = arena_alloc(w->r->c->a, sizeof(*map));

	if (kv == NULL || list == NULL || map == NULL)
		return NULL;
	*list = mp_object_str(column);
	kv->key = mp_object_str("input_columns");
	kv->val.type = MSGPACK_OBJECT_ARRAY;
	kv->val.via.array = (msgpack_object_array){.size = 1, .ptr = list};
	map->type = MSGPACK_OBJECT_MAP;
	map->via.map = (msgpack_object_map){.size = 1, .ptr = kv};
	return map;
}

/* The column is one value in a whole tree of the table's rows, which the root draws. */
static bool from_tree(struct work *w, uint32_t col)
{
	const struct pg_table *t = w->pt->table;
	struct plan_column *c = &w->pt->columns[col];
	const struct pg_constraint *con = NULL;
	uint32_t i = 0;

	for (uint32_t k = 0; k < w->pt->nfks; k++)
		if (grows_tree(w, &w->pt->fks[k], col))
			con = &t->cons[w->pt->fks[k].con];
	if (con == NULL)
		return false;
	while (con->cols[i] == con->ref_cols[i])
		i++;
	c->source = PLAN_GENERATOR;
	c->gen = "derive.root_value";
	c->locale = w->r->c->locale;
	c->params = tree_params(w, t->columns[con->cols[i]].name);
	w->r->c->is.failed = w->r->c->is.failed || c->params == NULL;
	return true;
}

/* no generator fills the type: what else is there */
static void from_nothing(struct work *w, uint32_t col)
{
	const struct pg_table *t = w->pt->table;
	const struct pg_column *pc = &t->columns[col];
	struct issues *is = &w->r->c->is;
	const char *path = resolve_place(w->r, t);

	if (may_be_null(t, col)) {
		w->pt->columns[col].source = PLAN_ALWAYS_NULL;
		issue_add(is, ISSUE_WARNING, "column_always_null", path, NULL,
			"no generator fills \"%s.%s.%s\" of type %s: it will be NULL", t->schema,
			t->name, pc->name, pc->formatted);
	} else if (pc->deflt != NULL) {
		w->pt->columns[col].source = PLAN_SERVER_DEFAULT;
		issue_add(is, ISSUE_WARNING, "column_server_default", path, NULL,
			"no generator fills \"%s.%s.%s\" of type %s: the server's default will",
			t->schema, t->name, pc->name, pc->formatted);
	} else {
		w->pt->columns[col].source =
			PLAN_SERVER_DEFAULT; /* so that the rest is looked at */
		issue_add(is, ISSUE_ERROR, "unsupported_column_type", path,
			"give the column a rule with primitive.shares, whose choices are literals "
			"of "
			"the type",
			"no generator fills \"%s.%s.%s\" of type %s, and it is NOT NULL without a "
			"default",
			t->schema, t->name, pc->name, pc->formatted);
	}
}

static void by_default(struct work *w, uint32_t col)
{
	const struct pg_table *t = w->pt->table;
	const struct pg_column *pc = &t->columns[col];
	struct plan_column *c = &w->pt->columns[col];
	struct gen_column gc = {.schema = w->r->c->schema,
		.table = t,
		.column = pc,
		.base = pg_base_of(pc->type, pc->typmod),
		.dom = w->dom == NULL ? NULL : &w->dom[col],
		.rows = w->pt->rows,
		.locale = w->r->c->locale,
		.as_of = w->r->p->as_of};

	gc.type = pg_vtype(gc.base, &gc.scale);
	c->gen = gen_default_id(&gc);
	if (c->gen == NULL) {
		from_nothing(w, col);
		return;
	}
	c->source = PLAN_GENERATOR;
	c->locale = w->r->c->locale;
	if (may_be_null(t, col) && !w->referred[col])
		c->null_rate = w->r->null_rate;
}

/* Whether some column of the CHECK may be NULL and has no rule that fills it. */
static bool may_be_unknown(const struct work *w, const struct pg_constraint *check)
{
	const struct requested *asked = &w->r->c->requested[w->pt->table->index];

	for (uint32_t i = 0; i < check->ncols; i++)
		if (may_be_null(w->pt->table, check->cols[i]) &&
			(asked->by_col == NULL || asked->by_col[check->cols[i]] == NULL))
			return true;
	return false;
}

/* Whether a unique key has the column: its values are wanted. */
static bool in_key(const struct pg_table *t, uint32_t col)
{
	for (uint32_t i = 0; i < t->nkeys; i++)
		if (pg_has_column(t->keys[i].cols, t->keys[i].nparts, col))
			return true;
	return false;
}

/* Whether the server has a value for the column where none is given: its own default, or that of a
 * domain that it is of. */
static bool has_default(const struct pg_column *c)
{
	const struct pg_type *t = c->type;

	if (c->deflt != NULL)
		return true;
	while (t->cls == PG_DOMAIN && t->deflt == NULL)
		t = t->elem;
	return t->cls == PG_DOMAIN;
}

/*
 * A column of a CHECK that nobody can evaluate before the server does: a function of
 * the database's own, a time zone. Values that are drawn would be a guess. NULL
 * passes a CHECK unless that asks about NULLs, and a default was chosen to pass, so
 * the column is NULL if one of the CHECK's may be, and else has its default.
 * Returns whether the column is settled by that.
 */
static bool from_beyond(struct work *w, uint32_t col)
{
	const struct pg_table *t = w->pt->table;
	const struct pg_column *pc = &t->columns[col];
	const struct pg_constraint *check = w->beyond != NULL ? w->beyond[col] : NULL;
	const bool null = check != NULL && may_be_unknown(w, check);

	if (check == NULL || in_key(t, col) || (null ? !may_be_null(t, col) : !has_default(pc)))
		return false;
	w->pt->columns[col].source = null ? PLAN_ALWAYS_NULL : PLAN_SERVER_DEFAULT;
	issue_add(&w->r->c->is, ISSUE_WARNING,
		null ? "column_always_null" : "column_server_default", resolve_place(w->r, t),
		"give the column a rule whose values pass the check",
		"only the server can evaluate check \"%s\" of \"%s.%s\": \"%s\" will %s",
		check->name, t->schema, t->name, pc->name, null ? "be NULL" : "have its default");
	return true;
}

/* Whether the expression calls the function. */
static bool calls(const char *expr, const char *name)
{
	const size_t n = strlen(name);

	for (const char *p = expr; (p = strstr(p, name)) != NULL; p += n)
		if (p[n] == '(' || (p[n] == '"' && p[n + 1] == '('))
			return true;
	return false;
}

/*
 * Whether a check may well be passed by what is drawn.  Functions of the database's own mostly
 * refuse what is odd, and an extension's types have values made for them; built-in functions that
 * are not covered ask for something that is not there by chance.
 */
static bool is_lenient(const struct work *w, const struct pg_constraint *check)
{
	const struct schema *s = w->r->c->schema;
	bool lenient =
		calls(check->expr, "pg_column_size") || strstr(check->expr, "OPERATOR(") != NULL;

	for (uint32_t i = 0; !lenient && i < s->nfunctions; i++)
		lenient = calls(check->expr, s->functions[i].name);
	for (uint32_t i = 0; !lenient && i < check->ncols; i++) {
		const struct pg_type *t = w->pt->table->columns[check->cols[i]].type;

		lenient = t->extension != NULL || pg_base_of(t, -1).type->extension != NULL;
	}
	return lenient;
}

/*
 * Whether the rows of a table whose check only the server can evaluate may fail it: a column of it
 * is drawn, by no rule of the plan, and none is NULL.
 */
static bool is_guessed(const struct work *w, const struct pg_constraint *check)
{
	bool drawn = false;

	for (uint32_t i = 0; i < check->ncols; i++) {
		const struct plan_column *c = &w->pt->columns[check->cols[i]];

		if (c->source == PLAN_ALWAYS_NULL)
			return false;
		drawn = drawn || (c->source == PLAN_GENERATOR && !c->by_rule);
	}
	return drawn && !is_lenient(w, check);
}

/*
 * Such a table costs itself where tables may be skipped, because the database would refuse its
 * rows, and with them all others; unless whoever asks can go on from there.
 */
static void refuse_guesses(struct work *w)
{
	const struct pg_table *t = w->pt->table;
	struct issue *x;

	if (!w->r->c->skips || w->r->o->draw_unchecked || w->beyond == NULL ||
		w->pt->policy[PLAN_POLICY_CHECK] != PLAN_ENFORCE)
		return;
	for (uint32_t c = 0; c < t->ncolumns; c++) {
		if (w->beyond[c] == NULL || !is_guessed(w, w->beyond[c]))
			continue;
		x = issue_add(&w->r->c->is, ISSUE_ERROR, "check_unsupported",
			resolve_place(w->r, t),
			"give the check's columns rules whose values pass it, or let plan-check "
			"try "
			"(--draw-unchecked)",
			"\"%s.%s\": only the server can evaluate check \"%s\", and its columns "
			"have no "
			"default",
			t->schema, t->name, w->beyond[c]->name);
		x->table = t;
		x->constraint = w->beyond[c]->name;
		return;
	}
}

static void resolve_column(struct work *w, uint32_t col)
{
	const struct pg_table *t = w->pt->table;
	const struct requested *requested = &w->r->c->requested[t->index];
	struct rule *rule = requested->by_col == NULL ? NULL : requested->by_col[col];
	struct rule *when = when_rules(w->r->c, t, col);

	if (t->columns[col].generated != NULL)
		w->pt->columns[col].source = PLAN_GENERATED;
	else if (from_fk(w, col, rule))
		; /* done */
	else if (rule != NULL)
		from_rule(w, col, rule);
	else if (from_tree(w, col))
		; /* done */
	else if (is_sequence(&t->columns[col]))
		from_sequence(w, col);
	else if (!from_beyond(w, col))
		by_default(w, col);
	if (when != NULL && when->sound)
		when_resolve(w->r->c, when, &w->pt->columns[col]);
}

void resolve_columns(struct resolver *r, struct plan_table *pt)
{
	struct work w = {.r = r, .pt = pt};

	w.dom = narrow_of(r->c->narrowed, r->c->schema, pt->table, r->p->as_of, r->c->a);
	w.beyond = narrow_beyond_of(r->c->narrowed, r->c->schema, pt->table, r->p->as_of, r->c->a);
	w.referred = arena_array(r->c->a, pt->table->ncolumns + 1UL, sizeof(*w.referred));
	if (w.referred == NULL) {
		r->c->is.failed = true;
		return;
	}
	referred_columns(r->c->schema, pt->table, w.referred);
	for (uint32_t i = 0; i < pt->table->ncolumns; i++)
		resolve_column(&w, i);
	refuse_guesses(&w);
}
