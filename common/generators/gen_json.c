/* SPDX-License-Identifier: MIT */
/*
 * semantic.json: values of json, jsonb and text columns with the members that a name promises:
 * settings, the payload of an event, the attributes of a product.
 *
 * A value is drawn from one of the templates of its kind (gen_json.h).  Each becomes a list of
 * members, to which those come that the column's checks ask for (gen_native_json.h); they are
 * written in the order in which jsonb has them, by the length of the name, then by bytes.  Where a
 * check says no more of a member than that it is there, its value is that of the template, or what
 * json_member.tsv has under its name; where it says more, it is one of such values that pass, or
 * one that is made of what the check says.
 *
 * Values of a unique column have one member more, with the number of the value.
 */
#include "common/generators/gen_json_form.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/generators/gen_form.h"

enum { FORMS = 16, IDS = 1000000000 };

struct json_state {
	struct gen_draw draw;
	struct json_form *form;
	uint32_t n;
	const struct gen_place *places;
	const char *id; /* the member with the number of the value, or NULL */
	bool numbered;
};

/* ---- writing --------------------------------------------------------------------------------- */

static char *put_member(const struct json_member *m, uint64_t bits, char *to)
{
	uint64_t idx = gen_mix(bits, m->use);

	if (m->key != NULL)
		to = json_put_key(to, m->key);
	return m->asked != NULL ? json_put_part(m->asked, NULL, &idx, to)
				: json_put(&m->text, bits, to);
}

/* The number of the value is the last member of an object, or the last element of an array. */
static char *put_number(
	const struct json_state *s, const struct json_form *f, uint64_t idx, char *to)
{
	if (!s->numbered)
		return to;
	if (f->array)
		to--; /* the bracket */
	to = native_puts(to, ", ");
	if (!f->array)
		to = json_put_key(to, s->id);
	to = native_u64(to, idx + 1);
	if (f->array)
		*to++ = ']';
	return to;
}

static char *put_form(const struct json_state *s, const struct json_form *f, uint64_t idx, char *to)
{
	uint64_t bits = gen_mix(idx, 1);

	if (f->array)
		return put_number(s, f, idx, put_member(&f->m[0], bits, to));
	*to++ = '{';
	for (uint32_t i = 0; i < f->n; i++) {
		if (i > 0)
			to = native_puts(to, ", ");
		to = put_member(&f->m[i], bits, to);
	}
	to = put_number(s, f, idx, to);
	*to++ = '}';
	return to;
}

static void json_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct json_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes);
		uint32_t f = gen_pick(s->places, s->n, gen_mix(idx[i], 0));
		uint32_t len = (uint32_t)(put_form(s, &s->form[f], idx[i], p) - p);

		gen_heap_give(h, g->max_bytes - len);
		out->v.t[i] = (struct vtext){p, len};
	}
}

/* ---- choosing -------------------------------------------------------------------------------- */

static bool goes_before(const struct json_member *x, const struct json_member *y)
{
	size_t nx = strlen(x->key), ny = strlen(y->key);

	return nx != ny ? nx < ny : memcmp(x->key, y->key, nx) < 0;
}

/* As jsonb has them. */
static void sort_members(struct json_form *f)
{
	for (uint32_t i = 1; i < f->n; i++)
		for (uint32_t j = i; j > 0 && goes_before(&f->m[j], &f->m[j - 1]); j--) {
			struct json_member m = f->m[j];

			f->m[j] = f->m[j - 1];
			f->m[j - 1] = m;
		}
}

/* The elements of an array. */
static int64_t count_elements(const char *whole)
{
	int64_t n = whole[1] != ']';
	int depth = 0;

	for (const char *p = whole; p != NULL && *p != '\0'; p++) {
		depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
		n += *p == ',' && depth == 1;
		if (*p == '<' && (p = strchr(p, '>')) == NULL)
			break;
	}
	return n;
}

/* Whether a value of the template's kind may stand in the column, whatever its members are. */
static bool may_stand(const struct json_making *k, const char *whole)
{
	const struct part *p = &k->root;
	bool array = whole[0] == '[';

	if ((json_types(p) & (array ? T_ARRAY : T_OBJECT)) == 0 || (array && p->nkids > 0))
		return false;
	for (uint32_t i = 0; i < p->nfacets; i++) {
		const struct sql_domain *d = &p->facet[i]->dom;
		int64_t n = count_elements(whole);

		switch (p->facet[i]->facet) {
		case SQL_FACET_TYPE:
			break;
		case SQL_FACET_LENGTH:
			if (k->s->numbered || d->set != NULL || d->nnot > 0 ||
				(d->has_lo && n < d->lo) || (d->has_hi && n > d->hi))
				return false;
			break;
		case SQL_FACET_VALUE:
			if (json_restricts(d) && d->texts != NULL)
				return false;
			break;
		default:
			if (json_restricts(d))
				return false;
		}
	}
	return true;
}

/* Holds texts of the form alone against the checks of a text; 1, 0: one fails, -1: an error. */
static int passes(struct json_making *k, struct json_form *f)
{
	struct json_state alone = *k->s;
	struct gen g = *k->g;
	struct err why = {0};

	if (!gen_text_narrowed(k->c))
		return 1;
	alone.form = f;
	alone.n = 1;
	g.state = &alone;
	g.space = IDS;
	g.max_bytes = k->g->max_bytes;
	if (gen_text_verify(&g, k->c, k->r.a, &why) == 0)
		return 1;
	if (why.kind == ERR_NO)
		return 0;
	*k->b.e = why;
	return -1;
}

/* Takes a template into use if it can be. */
static int try_form(struct json_making *k, const char *whole, uint32_t weight)
{
	struct json_form *f = &k->s->form[k->s->n];
	uint32_t number = k->s->numbered ? (uint32_t)strlen(k->s->id) + 16 : 0;
	int rc;

	if (k->s->n == FORMS || !may_stand(k, whole))
		return 0;
	if (json_form_read(k, whole, f) == -1)
		return -1;
	f->weight = weight;
	for (uint32_t i = 0; i < k->root.nkids; i++)
		if (json_form_ask(k, f, k->root.kids[i]) == -1)
			return -1;
	if (!f->array)
		sort_members(f);
	if (f->max + number > gen_text_limits(k->c).max)
		return 0;
	if (f->max + number + NUM_MAX > k->g->max_bytes)
		k->g->max_bytes = f->max + number + NUM_MAX;
	rc = passes(k, f);
	k->s->n += rc == 1;
	return rc == -1 ? -1 : 0;
}

/* The templates of a kind that are arrays, or that are objects. */
static int try_list(struct json_making *k, const char *list, const char *of, bool arrays)
{
	const struct locale_list *l = locale_list(k->r.l, list);

	for (uint32_t i = 0; l != NULL && l->ncolumns == 2 && i < l->n; i++) {
		const char *whole = locale_cell(l, i, 1).p;

		if (strcmp(l->v[i].p, of) == 0 && (whole[0] == '[') == arrays &&
			try_form(k, whole, locale_weight(l, i)) == -1)
			return -1;
	}
	return 0;
}

/* Whether the values are arrays, by the column's default, or else by the first template. */
static bool prefers_arrays(const struct json_making *k, const char *of)
{
	const struct locale_list *l = locale_list(k->r.l, "json");
	const char *deflt = k->c->column->deflt;

	if (deflt != NULL && (strncmp(deflt, "'[]'", 4) == 0 || strncmp(deflt, "'{}'", 4) == 0))
		return deflt[1] == '[';
	for (uint32_t i = 0; l != NULL && l->ncolumns == 2 && i < l->n; i++)
		if (strcmp(l->v[i].p, of) == 0)
			return locale_cell(l, i, 1).p[0] == '[';
	return false;
}

/* A name for the number of the value that no template and no check has. */
static const char *free_name(const struct json_making *k)
{
	static const char *const names[] = {"seq", "row_number", "serial_number"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint32_t at = 0;

		while (at < k->root.nkids && strcmp(k->root.kids[at]->key, names[i]) != 0)
			at++;
		if (at == k->root.nkids)
			return names[i];
	}
	return "value_number";
}

static int choose_forms(struct json_making *k, const char *of)
{
	bool arrays = prefers_arrays(k, of);
	uint64_t weight[FORMS];

	for (int other = 0; other < 2 && k->s->n == 0; other++)
		if (try_list(k, "json", of, arrays != (other == 1)) == -1 ||
			try_list(k, "json_local", of, arrays != (other == 1)) == -1)
			return -1;
	if (k->s->n == 0)
		return err_set(k->b.e, ERR_NO,
			"%s: no value of this kind fits what the column and its checks allow: "
			"choose another, or drop the rule",
			k->g->op->id);
	for (uint32_t i = 0; i < k->s->n; i++)
		weight[i] = k->s->form[i].weight;
	k->s->places = gen_places(weight, k->s->n, k->r.a);
	return k->s->places != NULL ? 0 : err_nomem(k->b.e);
}

static int prepare_json(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct json_making k = {.g = g,
		.c = c,
		.r = {.id = g->op->id, .l = gen_locale(c), .as_of = c->as_of, .a = a, .e = e},
		.b = {c, a, e}};
	const char *of = "metadata";

	if (c->type != VT_TEXT && c->base.type->cls != PG_JSON && c->base.type->cls != PG_JSONB)
		return err_set(e, ERR_NO,
			"%s: of the types that are no text it fills json and jsonb", g->op->id);
	if (gen_arg_string(params, "of", a, &of) && of == NULL)
		return err_nomem(e);
	if ((k.s = arena_alloc(a, sizeof(*k.s))) == NULL ||
		(k.s->form = arena_array(a, FORMS + 1, sizeof(*k.s->form))) == NULL)
		return err_nomem(e);
	if (c->dom != NULL && json_arrange(&k.root, c->dom, &k.b) == -1)
		return -1;
	k.s->draw.value = json_value;
	k.s->numbered = gen_distinct(c);
	k.s->id = free_name(&k);
	if (choose_forms(&k, of) == -1)
		return -1;
	g->state = k.s;
	g->space = k.s->numbered ? IDS : GEN_SPACE_MAX;
	return 0;
}

static const struct gen_param json_params[] = {
	{"of", GP_STRING, false, "metadata", "what the values are of",
		.one_of = "settings metadata event address permissions tags preferences headers "
			  "attributes row response filters items"},
	{0},
};

const struct gen_op gen_json_ops[] = {
	{.id = "semantic.json",
		.help = "a small document with the members that its kind promises, and those that "
			"checks ask for",
		.params = json_params,
		.families = GF_TEXT | GF_RAW,
		.output = GF_TEXT,
		.locale = GEN_LOCALES,
		.prepare = prepare_json,
		.value = gen_draw_value},
	{0},
};
