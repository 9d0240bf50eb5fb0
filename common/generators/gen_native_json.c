/* SPDX-License-Identifier: MIT */
/*
 * Values of json and jsonb columns of which checks ask something: members that have to be there, or
 * must not, their types, and what their texts and numbers are.
 *
 * What narrowing found (struct sql_member) is arranged as a tree of keys.  A leaf is a list of JSON
 * texts, each of which meets what is known of the leaf; an object writes its members.  The index of
 * a value is read in mixed radix, the first leaf being the lowest digit; what is left of it becomes
 * a member "id" of the outermost object, so that there are as many values as a key may need.
 */
#include "common/generators/gen_native_json.h"

#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/str.h"

enum { IDS = 1000000000, ID_BYTES = 32, WORDS = 676, LONGEST = 3 };

/* The whole, which is an array of numbers, a leaf or an object. */
struct whole {
	struct part *root;
	const char *id; /* the name of the member that makes values distinct; NULL: there is none */
	uint32_t least, most; /* of an array: how many elements */
};

/* ---- leaves ------------------------------------------------------------------------ */

/* Adds a text to the list of a leaf. */
int json_add_text(struct part *p, const char *s, size_t n, const struct native_build *b)
{
	const struct sql_member *m = json_facet(p, SQL_FACET_VALUE, true);
	char *copy;

	if (m != NULL && m->dom.texts == NULL && json_listed(m->dom.not_texts, m->dom.nnot, s))
		return 0;
	if (p->list.texts == NULL)
		p->list.texts = arena_array(b->a, VEC_BLOCK, sizeof(*p->list.texts));
	if (p->list.texts == NULL || (copy = arena_strndup(b->a, s, n)) == NULL)
		return err_nomem(b->e);
	if (p->list.space < VEC_BLOCK)
		p->list.texts[p->list.space++] = (struct vtext){copy, n};
	p->list.max = n > p->list.max ? (uint32_t)n : p->list.max;
	return 0;
}

/* A text as JSON writes it. */
static void put_string(struct buf *to, const char *s, size_t n)
{
	buf_addc(to, '"');
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20)
			buf_addf(to, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			buf_addf(to, "\\%c", c);
		else
			buf_addc(to, (char)c);
	}
	buf_addc(to, '"');
}

/* The values that what is known of a text, or of a text cast to another type, leaves. */
static int add_narrowed(
	struct part *p, const struct sql_member *m, bool quoted, const struct native_build *b)
{
	struct native values = {.space = 0};
	struct buf t = BUF_INIT;
	int rc = native_narrowed(&values, m->type, &m->dom, b);

	for (uint64_t i = 0; rc == 0 && i < values.space; i++) {
		buf_clear(&t);
		if (quoted)
			put_string(&t, values.texts[i].p, values.texts[i].n);
		else
			buf_add(&t, values.texts[i].p, values.texts[i].n);
		rc = buf_ok(&t) ? json_add_text(p, t.p, t.n, b) : err_nomem(b->e);
	}
	buf_free(&t);
	return rc;
}

/* Words, numbers from 1 and what else there is of a type. */
static int add_plain(struct part *p, unsigned type, const struct native_build *b)
{
	static const char *const few[] = {
		[T_BOOLEAN] = "true", [T_OBJECT] = "{}", [T_ARRAY] = "[]", [T_NULL] = "null"};
	char text[NATIVE_WORD + 3];
	char *end;

	for (uint32_t i = 0; (type & (T_STRING | T_NUMBER)) != 0 && i < WORDS; i++) {
		if (type == T_NUMBER) {
			end = native_u64(text, i + 1);
		} else {
			end = native_puts(text, "\"");
			end = native_letters(
				end, i * UINT64_C(2654435761) % NATIVE_LETTERS6, NATIVE_WORD);
			end = native_puts(end, "\"");
		}
		*end = '\0';
		if (json_add_text(p, text, (size_t)(end - text), b) == -1)
			return -1;
	}
	if ((type & (T_STRING | T_NUMBER)) != 0)
		return 0;
	if (json_add_text(p, few[type], strlen(few[type]), b) == -1)
		return -1;
	return type == T_BOOLEAN ? json_add_text(p, "false", strlen("false"), b) : 0;
}

/* How many elements an array is to have: as few as allowed, and up to two more. */
static void set_length(const struct part *p, uint32_t *least, uint32_t *most)
{
	const struct sql_member *m = json_facet(p, SQL_FACET_LENGTH, true);
	const struct sql_domain *d = m != NULL ? &m->dom : NULL;

	*least = d != NULL && d->has_lo && d->lo > 0 ? (uint32_t)d->lo : 0;
	*least += *least == 0 && (d == NULL || !d->has_hi || d->hi > 0);
	*most = *least + LONGEST - 1;
	if (d != NULL && d->has_hi && d->hi < (int64_t)*most)
		*most = d->hi > 0 ? (uint32_t)d->hi : 0;
	if (d != NULL && d->set != NULL && d->nset > 0)
		*least = *most = d->set[0] > 0 ? (uint32_t)d->set[0] : 0;
}

/* Arrays of numbers. */
static int add_arrays(struct part *p, const struct native_build *b)
{
	enum { OF_EACH = 100, MANY = 1000 };
	struct buf t = BUF_INIT;
	uint32_t least, most;
	int rc = 0;

	set_length(p, &least, &most);
	if (most > MANY)
		return err_set(b->e, ERR_NO, "arrays of %u elements in json are not made", most);
	for (uint32_t n = least; rc == 0 && n <= most; n++)
		for (uint32_t i = 0; rc == 0 && i < (n == 0 ? 1 : OF_EACH); i++) {
			buf_clear(&t);
			buf_addc(&t, '[');
			for (uint32_t k = 0; k < n; k++)
				buf_addf(&t, "%s%u", k > 0 ? ", " : "", i + k + 1);
			buf_addc(&t, ']');
			rc = buf_ok(&t) ? json_add_text(p, t.p, t.n, b) : err_nomem(b->e);
		}
	buf_free(&t);
	return rc;
}

/* What JSON writes without quotes of a type that a text is cast to. */
static unsigned type_of_cast(const struct sql_member *m)
{
	static const bool quoted[PG_CLASS_COUNT] = {
		[PG_UUID] = true, [PG_DATE] = true, [PG_TIMESTAMP] = true, [PG_TIMESTAMPTZ] = true};

	if (m == NULL || quoted[m->type->cls])
		return T_STRING;
	return m->type->cls == PG_BOOL ? T_BOOLEAN : T_NUMBER;
}

/*
 * The texts of a leaf.  What is known of the part as a text decides before what is known of it cast
 * to another type, because only the text can say how that is written.
 */
static int fill_leaf(struct part *p, const struct native_build *b)
{
	const struct sql_member *value = json_facet(p, SQL_FACET_VALUE, true);
	const struct sql_member *text = json_facet(p, SQL_FACET_TEXT, true);
	const struct sql_member *as = json_facet(p, SQL_FACET_AS, true);
	unsigned types = json_types(p), type = 1;

	if (as == NULL)
		as = json_facet(p, SQL_FACET_AS, false);
	for (uint32_t i = 0; value != NULL && value->dom.texts != NULL && i < value->dom.nset; i++)
		if (json_add_text(p, value->dom.texts[i], strlen(value->dom.texts[i]), b) == -1)
			return -1;
	if (value != NULL && value->dom.texts != NULL)
		return 0;
	if (text != NULL && (types & (T_STRING | T_NUMBER)) != 0)
		return add_narrowed(p, text, (types & T_STRING) != 0, b);
	if (as != NULL && (types & (T_STRING | type_of_cast(as))) != 0)
		return add_narrowed(
			p, as, type_of_cast(as) == T_STRING || (types & type_of_cast(as)) == 0, b);
	while (type < T_ANY && (types & type) == 0)
		type *= 2;
	if (type > T_NULL)
		return err_set(b->e, ERR_NO, "no JSON type is left for \"%s\"", p->key);
	return type == T_ARRAY ? add_arrays(p, b) : add_plain(p, type, b);
}

/* Fills all leaves, and multiplies their spaces. */
int json_fill(struct part *p, bool object, struct native *n, const struct native_build *b)
{
	if (p->absent)
		return 0;
	n->max += (uint32_t)(p->key != NULL ? strlen(p->key) * 6 + 8 : 2);
	if (object || json_has_kids(p)) {
		for (uint32_t i = 0; i < p->nkids; i++)
			if (json_fill(p->kids[i], false, n, b) == -1)
				return -1;
		return 0;
	}
	if (fill_leaf(p, b) == -1)
		return -1;
	if (p->list.space == 0)
		return err_set(b->e, ERR_NO, "no value is left for \"%s\" of the json",
			p->key != NULL ? p->key : "");
	n->space = gen_mul(n->space, p->list.space);
	n->max += p->list.max;
	return 0;
}

static char *put_object(const struct native *n, uint64_t idx, char *to)
{
	const struct whole *w = n->more;

	return json_put_part(w->root, w->id, &idx, to);
}

/* An array whose first element tells the index. */
static char *put_numbers(const struct native *n, uint64_t idx, char *to)
{
	const struct whole *w = n->more;
	uint32_t count = w->least + (uint32_t)(idx % (w->most - w->least + 1));

	*to++ = '[';
	for (uint32_t i = 0; i < count; i++) {
		if (i > 0)
			to = native_puts(to, ", ");
		to = native_u64(to, i == 0 ? idx + 1 : i);
	}
	*to++ = ']';
	return to;
}

/* ---- the whole --------------------------------------------------------------------- */

/* A name that no check asks about. */
static const char *free_name(const struct part *root)
{
	static const char *const names[] = {"id", "ref", "seq", "nr", "row"};

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		uint32_t i = 0;

		while (i < root->nkids && strcmp(root->kids[i]->key, names[k]) != 0)
			i++;
		if (i == root->nkids)
			return names[k];
	}
	return NULL;
}

/* Whether the usual values will do: no member is asked for, and none that they have is in the way.
 */
static bool usual_will_do(const struct part *root)
{
	static const char *const usual[] = {"id", "tag", "active"};

	if (json_has_kids(root) || (json_types(root) & T_OBJECT) == 0)
		return false;
	for (uint32_t i = 0; i < root->nkids; i++)
		if (json_listed(usual, 3, root->kids[i]->key))
			return false;
	return json_facet(root, SQL_FACET_VALUE, true) == NULL ||
	       json_facet(root, SQL_FACET_VALUE, true)->dom.texts == NULL;
}

/* Arrays, of which there are as many as the first element may have values. */
static void make_arrays(struct native *n, struct whole *w)
{
	static const struct native_op numbers = {
		PG_JSONB, NULL, 0, 0, false, false, NULL, put_numbers};

	set_length(w->root, &w->least, &w->most);
	n->op = &numbers;
	n->more = w;
	n->space = w->most == 0 ? 1 : IDS;
	n->max = 2 + ID_BYTES * w->most;
}

int native_json(struct native *n, const struct native_build *b)
{
	static const struct native_op object = {
		PG_JSONB, NULL, 0, 0, false, false, NULL, put_object};
	const struct sql_domain *d = b->c->dom;
	struct whole *w = arena_alloc(b->a, sizeof(*w));
	const struct sql_member *value;
	bool listed_whole, is_object;

	if (w == NULL || (w->root = arena_alloc(b->a, sizeof(*w->root))) == NULL)
		return err_nomem(b->e);
	if (json_arrange(w->root, d, b) == -1)
		return -1;
	if (usual_will_do(w->root))
		return 0;
	value = json_facet(w->root, SQL_FACET_VALUE, true);
	listed_whole = value != NULL && value->dom.texts != NULL;
	is_object =
		!listed_whole && (json_has_kids(w->root) || (json_types(w->root) & T_OBJECT) != 0);
	if (!listed_whole && !is_object && (json_types(w->root) & T_ARRAY) != 0) {
		make_arrays(n, w);
		return 0;
	}
	n->op = &object;
	n->more = w;
	n->space = 1;
	n->max = 0;
	if (is_object)
		w->id = free_name(w->root);
	if (json_fill(w->root, is_object, n, b) == -1)
		return -1;
	if (w->id != NULL) {
		n->space = gen_mul(n->space, IDS);
		n->max += ID_BYTES;
	}
	return 0;
}
