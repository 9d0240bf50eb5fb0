/* SPDX-License-Identifier: MIT */
/*
 * Operators and functions of json and jsonb (jsonfuncs.c and jsonb_op.c of
 * PostgreSQL).
 *
 * A jsonb in a register is a tree (struct sql_json), a json is its text, which
 * is parsed when an operator looks into it. A part of a json is the text that
 * it was read from; a part of a jsonb is a tree. ->> and #>> give the text of a
 * scalar without quotes, and NULL for JSON's null.
 */
#include "common/sql/types/sql_json.h"

#include <string.h>

#include "common/base/num.h"
#include "common/sql/sql_comp.h"

/*
 * The tree of argument 0 of row ${i}; NULL, with the row failed, when a json is
 * malformed.
 */
static const struct sql_json *tree(struct sql_eval *ev, const struct sql_node *x,
	const struct sql_reg *a, struct sql_reg *out, uint32_t i)
{
	const struct sql_json *j;

	if (x->fn->arg[0] == PG_JSONB)
		return SQL_P(0, i);
	j = sql_json_parse(ev, SQL_T(0, i), false);
	if (j == NULL)
		sql_raise(ev, out, i, "invalid input syntax for type json");
	return j;
}

/*
 * A part as the result of row ${i}: a tree (jsonb), its text (json), or with
 * ->> the text of a scalar. No part is NULL.
 */
static void give(struct sql_eval *ev, const struct sql_node *x, struct sql_reg *out, uint32_t i,
	const struct sql_json *j)
{
	const bool jsonb = x->fn->arg[0] == PG_JSONB, text = x->fn->result == PG_TEXT;

	out->null[i] = j == NULL || (text && j->kind == SQL_J_NULL);
	if (out->null[i])
		return;
	if (!text && jsonb) {
		memcpy(&out->v.p[i], &j, sizeof j);
	} else if (text && j->kind == SQL_J_STRING) {
		out->v.t[i] = j->text;
	} else {
		out->v.t[i] = jsonb ? sql_json_printed(ev, j) : j->raw;
	}
}

/*
 * A part by its position. A jsonb that is a scalar is stored as an array of one
 * element, which shows here: '5'::jsonb -> 0 is 5.
 */
static const struct sql_json *at(const struct sql_node *x, const struct sql_json *j, int64_t k)
{
	if (x->fn->arg[0] == PG_JSONB && j->kind < SQL_J_ARRAY)
		return k == 0 || k == -1 ? j : NULL;
	return sql_json_at(j, k);
}

/* -> and ->> by a key or a position. */
static void json_part(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		const struct sql_json *j = tree(ev, x, a, out, i);

		if (j != NULL)
			give(ev, x, out, i,
				x->fn->arg[1] == PG_TEXT ? sql_json_key(j, SQL_T(1, i))
							 : at(x, j, SQL_I(1, i)));
	}
}

/*
 * #> and #>> by a path of keys and positions. A NULL in the path gives NULL; an
 * element that is no number finds nothing in an array.
 */
static void json_path(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		const struct sql_json *j = tree(ev, x, a, out, i);
		const struct sql_array *path = SQL_P(1, i);

		if (j == NULL)
			continue;
		for (uint32_t k = 0; k < path->n && j != NULL; k++) {
			struct vtext t = path->e.v.t[k];
			int64_t k_at;

			if (sql_null(&path->e, k))
				j = NULL;
			else if (j->kind == SQL_J_ARRAY)
				j = num_parse_i64(t.p, t.n, &k_at) ? sql_json_at(j, k_at) : NULL;
			else
				j = sql_json_key(j, t);
		}
		give(ev, x, out, i, j);
	}
}

/* The names in the order of enum sql_json_kind. */
static void json_typeof(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	static const char *const names[] = {
		"null", "string", "number", "boolean", "boolean", "array", "object"};

	SQL_EACH(i)
	{
		const struct sql_json *j = tree(ev, x, a, out, i);

		if (j != NULL)
			out->v.t[i] = (struct vtext){names[j->kind], strlen(names[j->kind])};
	}
}

static void json_length(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		const struct sql_json *j = tree(ev, x, a, out, i);

		if (j != NULL && j->kind != SQL_J_ARRAY)
			sql_raise(ev, out, i, "cannot get array length of what is not an array");
		else if (j != NULL)
			out->v.i[i] = j->n;
	}
}

/* @> and <@; param says which argument is the whole. */
static void json_contains(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int w = x->fn->param;

	SQL_EACH(i)
	{
		const struct sql_json *whole = SQL_P(w, i), *part = SQL_P(1 - w, i);

		out->v.i[i] = sql_json_contains(whole, part);
	}
}

/*
 * ?: a key of an object, a string of an array, or the string itself
 * (jsonb_exists()).
 */
static bool exists(const struct sql_json *j, struct vtext key)
{
	const struct sql_json s = {.kind = SQL_J_STRING, .text = key};

	if (j->kind == SQL_J_OBJECT)
		return sql_json_key(j, key) != NULL;
	if (j->kind == SQL_J_STRING)
		return sql_json_cmp(j, &s) == 0;
	for (uint32_t k = 0; j->kind == SQL_J_ARRAY && k < j->n; k++)
		if (j->item[k]->kind == SQL_J_STRING && sql_json_cmp(j->item[k], &s) == 0)
			return true;
	return false;
}

static void json_exists(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) out->v.i[i] = exists(SQL_P(0, i), SQL_T(1, i));
}

/* ?| (param 0) and ?& (param 1). NULL keys are skipped. */
static void json_exists_of(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const bool all = x->fn->param != 0;

	SQL_EACH(i)
	{
		const struct sql_array *keys = SQL_P(1, i);
		bool r = all;

		for (uint32_t k = 0; k < keys->n && r == all; k++)
			if (!sql_null(&keys->e, k) && exists(SQL_P(0, i), keys->e.v.t[k]) != all)
				r = !all;
		out->v.i[i] = r;
	}
}

/* A literal path becomes an array of texts when the expression is compiled. */
static struct sql_node *prepare_path(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	struct sql_type t = {.cls = PG_ARRAY, .elem = PG_TEXT};

	x->args[1] = sql_coerce(c, x->args[1], t, -1, SQL_IMPLICIT, st);
	return x->args[1] != NULL ? x : NULL;
}

#define JB PG_JSONB
#define JS PG_JSON
#define TX PG_TEXT
#define I4 PG_INT4
#define PARTS(t)                                                                                   \
	{"->", {t, TX}, 2, t, 0, 0, json_part, NULL},                                              \
		{"->", {t, I4}, 2, t, 0, 0, json_part, NULL},                                      \
		{"->>", {t, TX}, 2, TX, 0, 0, json_part, NULL},                                    \
		{"->>", {t, I4}, 2, TX, 0, 0, json_part, NULL},                                    \
		{"#>", {t, SQL_ANYARRAY}, 2, t, 0, 0, json_path, prepare_path},                    \
	{                                                                                          \
		"#>>", {t, SQL_ANYARRAY}, 2, TX, 0, 0, json_path, prepare_path                     \
	}

static const struct sql_fn rows[] = {
	PARTS(JB),
	PARTS(JS),
	{"jsonb_typeof", {JB}, 1, TX, 0, 0, json_typeof, NULL},
	{"json_typeof", {JS}, 1, TX, 0, 0, json_typeof, NULL},
	{"jsonb_array_length", {JB}, 1, I4, 0, 0, json_length, NULL},
	{"json_array_length", {JS}, 1, I4, 0, 0, json_length, NULL},
	{"@>", {JB, JB}, 2, PG_BOOL, 0, 0, json_contains, NULL},
	{"<@", {JB, JB}, 2, PG_BOOL, 0, 1, json_contains, NULL},
	{"?", {JB, TX}, 2, PG_BOOL, 0, 0, json_exists, NULL},
	{"?|", {JB, SQL_ANYARRAY}, 2, PG_BOOL, 0, 0, json_exists_of, prepare_path},
	{"?&", {JB, SQL_ANYARRAY}, 2, PG_BOOL, 0, 1, json_exists_of, prepare_path},
};

const struct sql_fn_table sql_fns_json = {rows, sizeof rows / sizeof rows[0]};
