/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/when.h"

#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_expr.h"
#include "common/io/msgpack.h"

/* ---- reading -------------------------------------------------------------------- */

/* The condition has to be SQL over the row, whatever else the plan says. */
static void check_condition(struct check *c, struct rule *r)
{
	const struct pg_column *pc = &r->t->columns[r->col];
	const struct gen_op op = {.id = "when"};
	struct gen_column gc = {.schema = c->schema,
		.table = r->t,
		.column = pc,
		.base = pg_base_of(pc->type, pc->typmod)};
	struct gen g = {.op = &op};
	struct err why = {.kind = ERR_NONE};

	gc.type = pg_vtype(gc.base, &gc.scale);
	if (gen_expr_condition(&g, &gc, r->when, c->a, &why) != NULL)
		return;
	c->is.failed = c->is.failed || why.kind == ERR_TEMP;
	RULE_ERROR(c, r, "invalid_when", issue_path(&c->is, "%s/when", r->path),
		"a condition reads the row's columns, and its parents' as fk_column.column", "%s",
		why.msg);
}

void when_check(struct check *c, struct rule *r)
{
	struct requested *w = &c->requested[r->t->index];
	struct rule **last;

	if (w->when == NULL)
		w->when = arena_array(c->a, (size_t)r->t->ncolumns + 1, sizeof(struct rule *));
	if (w->when == NULL) {
		c->is.failed = true;
		return;
	}
	for (last = &w->when[r->col]; *last != NULL; last = &(*last)->next)
		;
	*last = r;
	if (c->tolerant)
		RULE_ERROR(c, r, "when_needs_version", issue_path(&c->is, "%s/when", r->path),
			"write \"plan_version\": \"0.3\"",
			"rules that choose by `when` are of plan version 0.3");
	if (json_array_size(r->transforms) > 0)
		RULE_ERROR(c, r, "when_with_transforms",
			issue_path(&c->is, "%s/transforms", r->path),
			"give them to the column's rule without `when`: they are applied to its "
			"values, whichever rule made them",
			"transforms on a rule with `when`");
	check_condition(c, r);
}

struct rule *when_rules(const struct check *c, const struct pg_table *t, uint32_t col)
{
	const struct requested *w = &c->requested[t->index];

	return w->when == NULL ? NULL : w->when[col];
}

/* ---- resolving ------------------------------------------------------------------ */

struct members {
	msgpack_object_kv kv[5];
	uint32_t n;
};

static void add(struct members *m, const char *key, msgpack_object v)
{
	m->kv[m->n++] = (msgpack_object_kv){mp_object_str(key), v};
}

static bool pack(struct check *c, const struct members *m, msgpack_object *to)
{
	msgpack_object_kv *kv = arena_array(c->a, m->n, sizeof(*kv));

	if (kv == NULL)
		return false;
	memcpy(kv, m->kv, m->n * sizeof(*kv));
	to->type = MSGPACK_OBJECT_MAP;
	to->via.map = (msgpack_object_map){.size = m->n, .ptr = kv};
	return true;
}

static bool pack_rule(struct check *c, const struct rule *r, msgpack_object *to)
{
	struct members m = {.n = 0};

	add(&m, "generator", mp_object_str(r->id));
	if (r->locale != NULL)
		add(&m, "locale", mp_object_str(r->locale));
	if (r->mp != NULL)
		add(&m, "params", *r->mp);
	add(&m, "when", mp_object_str(r->when));
	return pack(c, &m, to);
}

static bool pack_otherwise(struct check *c, const struct plan_column *pc, msgpack_object *to)
{
	struct members m = {.n = 0};

	add(&m, "by_rule",
		(msgpack_object){.type = MSGPACK_OBJECT_BOOLEAN, .via.boolean = pc->by_rule});
	add(&m, "generator", mp_object_str(pc->gen));
	if (pc->params != NULL)
		add(&m, "params", *pc->params);
	return pack(c, &m, to);
}

void when_resolve(struct check *c, struct rule *rules, struct plan_column *pc)
{
	msgpack_object *map = arena_alloc(c->a, sizeof(*map)), *list, otherwise;
	struct members m = {.n = 0};
	uint32_t n = 0;

	if (pc->source != PLAN_GENERATOR) {
		RULE_ERROR(c, rules, "when_cannot_choose", rules->path,
			"give the column a rule without `when` too, or take this one away",
			"\"%s.%s.%s\" is filled by no generator, so there is nothing to choose "
			"instead of it",
			rules->t->schema, rules->t->name, rules->t->columns[rules->col].name);
		return;
	}
	for (const struct rule *r = rules; r != NULL; r = r->next)
		n++;
	list = arena_array(c->a, n, sizeof(*list));
	if (map == NULL || list == NULL || !pack_otherwise(c, pc, &otherwise))
		goto failed;
	n = 0;
	for (const struct rule *r = rules; r != NULL; r = r->next)
		if (!pack_rule(c, r, &list[n++]))
			goto failed;
	add(&m, "otherwise", otherwise);
	add(&m, "rules",
		(msgpack_object){
			.type = MSGPACK_OBJECT_ARRAY, .via.array = {.size = n, .ptr = list}});
	if (!pack(c, &m, map))
		goto failed;
	pc->gen = "derive.when";
	pc->by_rule = true;
	pc->params = map;
	return;
failed:
	c->is.failed = true;
}
