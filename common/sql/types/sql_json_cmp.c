/* SPDX-License-Identifier: MIT */
/*
 * JSON values held against each other: the order of jsonb, containment, and members
 * by key or by place (src/backend/utils/adt/jsonb_util.c).
 */
#include "common/sql/types/sql_json.h"

#include <string.h>

/*
 * The order of keys in a jsonb object: shorter first, then by bytes
 * (lengthCompareJsonbStringValue()).
 */
int sql_json_key_cmp(struct vtext l, struct vtext r)
{
	if (l.n != r.n)
		return l.n < r.n ? -1 : 1;
	return l.n > 0 ? memcmp(l.p, r.p, l.n) : 0;
}

/* By bytes, a prefix first. */
static int text_cmp(struct vtext l, struct vtext r)
{
	size_t n = l.n < r.n ? l.n : r.n;
	int o = n > 0 ? memcmp(l.p, r.p, n) : 0;

	return o != 0 ? o : (l.n > r.n) - (l.n < r.n);
}

/* Whether it is neither an array nor an object. */
static bool scalar(const struct sql_json *j)
{
	return j->kind < SQL_J_ARRAY;
}

/*
 * The order of kinds: Object > Array > Boolean > Number > String > Null
 * (PostgreSQL's manual, 8.14.4); true and false are of one kind.
 */
static int rank(enum sql_json_kind k)
{
	return k == SQL_J_TRUE ? (int)SQL_J_FALSE : (int)k;
}

/*
 * compareJsonbContainers(): by kind, containers by their number of members
 * first and then member by member.
 */
static int item_cmp(const struct sql_json *l, const struct sql_json *r)
{
	int o = 0;

	if (rank(l->kind) != rank(r->kind))
		return rank(l->kind) - rank(r->kind);
	switch (l->kind) {
	case SQL_J_STRING:
		return text_cmp(l->text, r->text);
	case SQL_J_NUMBER:
		return sql_num_cmp(&l->num, &r->num);
	case SQL_J_FALSE:
	case SQL_J_TRUE:
		return (int)l->kind - (int)r->kind;
	default:
		break;
	}
	if (l->n != r->n)
		return l->n < r->n ? -1 : 1;
	for (uint32_t k = 0; k < l->n && o == 0; k++) {
		if (l->kind == SQL_J_OBJECT)
			o = text_cmp(l->key[k], r->key[k]);
		if (o == 0)
			o = item_cmp(l->item[k], r->item[k]);
	}
	return o;
}

/*
 * At the top a scalar is stored as an array of one element, so that it is
 * compared with an array by length first.
 */
int sql_json_cmp(const void *lp, const void *rp)
{
	const struct sql_json *l = lp, *r = rp;

	if (l->kind == SQL_J_ARRAY && scalar(r))
		return l->n < 1 ? -1 : 1;
	if (r->kind == SQL_J_ARRAY && scalar(l))
		return r->n < 1 ? 1 : -1;
	return item_cmp(l, r);
}

/*
 * Whether an array has an element that equals ${v}, or contains it if both are
 * containers.
 */
static bool member(const struct sql_json *arr, const struct sql_json *v)
{
	for (uint32_t k = 0; k < arr->n; k++)
		if (scalar(v) ? scalar(arr->item[k]) && sql_json_cmp(arr->item[k], v) == 0
			      : arr->item[k]->kind == v->kind && sql_json_contains(arr->item[k], v))
			return true;
	return false;
}

/*
 * The operator @>, by JsonbDeepContains(): every member of ${part} has to be
 * found in ${whole}; an array contains a scalar that is its element.
 */
bool sql_json_contains(const struct sql_json *whole, const struct sql_json *part)
{
	if (scalar(part))
		return whole->kind == SQL_J_ARRAY ? member(whole, part)
						  : scalar(whole) && sql_json_cmp(whole, part) == 0;
	if (whole->kind != part->kind)
		return false;
	for (uint32_t k = 0; k < part->n; k++) {
		const struct sql_json *v;

		if (part->kind == SQL_J_ARRAY) {
			if (!member(whole, part->item[k]))
				return false;
			continue;
		}
		v = sql_json_key(whole, part->key[k]);
		if (v == NULL)
			return false;
		if (scalar(part->item[k]) ? !scalar(v) || sql_json_cmp(v, part->item[k]) != 0
					  : v->kind != part->item[k]->kind ||
						    !sql_json_contains(v, part->item[k]))
			return false;
	}
	return true;
}

const struct sql_json *sql_json_key(const struct sql_json *j, struct vtext key)
{
	if (j->kind != SQL_J_OBJECT)
		return NULL;
	for (uint32_t k = 0; k < j->n; k++)
		if (sql_json_key_cmp(j->key[k], key) == 0)
			return j->item[k];
	return NULL;
}

const struct sql_json *sql_json_at(const struct sql_json *j, int64_t k)
{
	if (j->kind != SQL_J_ARRAY)
		return NULL;
	if (k < 0)
		k += j->n;
	return k >= 0 && k < j->n ? j->item[k] : NULL;
}
