/* SPDX-License-Identifier: MIT */
/*
 * Templates of json values as members, and members that checks ask for.
 *
 * Where a check says no more of a member than that it is there, its value is that of the template,
 * or what json_member.tsv has under its name.  Where it says more, it is one of such values that
 * pass, or, if none does, one that is made of what the check says.
 */
#include "common/generators/gen_json_form.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"

enum { SAMPLES = 200 };

/* ---- templates ------------------------------------------------------------------------------- */

static int bad(struct json_making *k, const char *why)
{
	return err_set(
		k->b.e, ERR_NO, "%s: the template %.60s ...: %s", k->g->op->id, k->r.whole, why);
}

/* The end of a value within an object: a comma or the brace that closes it; NULL: there is none. */
static const char *value_end(const char *p)
{
	int depth = 0;
	bool quoted = false;

	for (; *p != '\0'; p++) {
		if (*p == '<' && (p = strchr(p, '>')) == NULL)
			return NULL;
		if (*p == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (depth == 0 && (*p == ',' || *p == '}'))
			return p;
		depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
	}
	return NULL;
}

/* One member, ${p} at its key; its end, NULL with an error. */
static const char *read_member(struct json_making *k, struct json_form *f, const char *p)
{
	const char *quote = *p == '"' ? strchr(p + 1, '"') : NULL, *end;
	struct json_member *m = &f->m[f->n];

	if (quote == NULL || strncmp(quote, "\": ", 3) != 0 ||
		(end = value_end(quote + 3)) == NULL || f->n == JSON_MEMBERS) {
		(void)bad(k, "it is no object of a few members");
		return NULL;
	}
	*m = (struct json_member){.key = arena_strndup(k->r.a, p + 1, (size_t)(quote - p - 1))};
	if (m->key == NULL) {
		err_nomem(k->b.e);
		return NULL;
	}
	if (json_read(&k->r, quote + 3, (size_t)(end - quote - 3), &m->text) == -1)
		return NULL;
	f->max += (uint32_t)(quote - p) + 5 + m->text.max;
	f->n++;
	return end;
}

/* A template as members, or as a whole where it is an array. */
int json_form_read(struct json_making *k, const char *whole, struct json_form *f)
{
	*f = (struct json_form){.array = whole[0] == '[', .max = 2};
	json_begin(&k->r, whole);
	if (f->array) {
		f->n = 1;
		if (json_read(&k->r, whole, strlen(whole), &f->m[0].text) == -1)
			return -1;
		f->max += f->m[0].text.max;
		return 0;
	}
	for (const char *p = whole + 1; whole[0] == '{';) {
		if ((p = read_member(k, f, p)) == NULL)
			return -1;
		if (*p == '}')
			return 0;
		p += strspn(p, ", ");
	}
	return bad(k, "it is neither an object nor an array");
}

/* ---- what checks ask ------------------------------------------------------------------------- */

static unsigned type_of(const char *p)
{
	return *p == '"'		? T_STRING
	       : *p == '{'		? T_OBJECT
	       : *p == '['		? T_ARRAY
	       : *p == 't' || *p == 'f' ? T_BOOLEAN
	       : *p == 'n'		? T_NULL
					: T_NUMBER;
}

/* Whether a number, as JSON or quoted, is one of what a check leaves of it as a whole number. */
static bool is_whole_within(const struct sql_member *m, struct vtext t)
{
	static const bool whole[PG_CLASS_COUNT] = {
		[PG_INT2] = true, [PG_INT4] = true, [PG_INT8] = true};
	const struct sql_domain *d = &m->dom;
	int64_t v;

	return whole[m->type->cls] && num_parse_i64(t.p, t.n, &v) && d->set == NULL &&
	       d->nnot == 0 && d->step == 0 && (!d->has_lo || v >= d->lo) &&
	       (!d->has_hi || v <= d->hi);
}

/* Whether a value has what the checks ask of the part; ${texts}: what ->> is held against. */
static bool has_asked(const struct part *p, const char *v, size_t n, struct gen_text_check *texts)
{
	struct vtext bare = {v, n};

	if ((type_of(v) & json_types(p)) == 0)
		return false;
	if (*v == '"') {
		if (memchr(v, '\\', n) != NULL)
			return false;
		bare = (struct vtext){v + 1, n - 2};
	}
	for (uint32_t i = 0; i < p->nfacets; i++) {
		const struct sql_member *m = p->facet[i];

		if (m->facet == SQL_FACET_AS && !is_whole_within(m, bare))
			return false;
		if (m->facet == SQL_FACET_TEXT && json_restricts(&m->dom) &&
			(texts == NULL || !gen_text_ok(texts, bare.p, bare.n)))
			return false;
		if (m->facet == SQL_FACET_LENGTH ||
			(m->facet == SQL_FACET_VALUE && json_restricts(&m->dom)))
			return false;
	}
	return true;
}

/* What ->> of the part is held against; NULL: nothing, or it cannot be. */
static struct gen_text_check *check_of(const struct json_making *k, const struct part *p)
{
	const struct sql_member *m = json_facet(p, SQL_FACET_TEXT, true);
	struct gen_column *c = m != NULL ? arena_alloc(k->r.a, sizeof(*c)) : NULL;
	struct gen_limits lim = {0, UINT32_MAX, UINT32_MAX};
	struct err ignored = {0};

	if (c == NULL)
		return NULL;
	*c = *k->c;
	c->dom = &m->dom;
	lim.min = m->dom.min_len;
	lim.max = m->dom.max_len;
	return gen_text_check(c, lim, k->r.a, &ignored);
}

/* Whether checks say no more of the part than that it is there, and its type. */
static bool is_only_there(const struct part *p)
{
	for (uint32_t i = 0; i < p->nfacets; i++)
		if (p->facet[i]->facet == SQL_FACET_AS || p->facet[i]->facet == SQL_FACET_LENGTH ||
			(p->facet[i]->facet != SQL_FACET_TYPE && json_restricts(&p->facet[i]->dom)))
			return false;
	return true;
}

/* Puts those of some values of a template that pass into the list of the part; ${all}: all did. */
static int collect(struct json_making *k, const struct json_text *t, struct part *p, bool *all)
{
	struct gen_text_check *texts = check_of(k, p);
	char *v = arena_alloc(k->r.a, t->max + 1UL);
	int rc = v != NULL ? 0 : err_nomem(k->b.e);

	*all = true;
	for (uint32_t i = 0; rc == 0 && i < SAMPLES; i++) {
		size_t n = (size_t)(json_put(t, rng_at(k->c->key, i), v) - v);

		v[n] = '\0';
		if (has_asked(p, v, n, texts))
			rc = json_add_text(p, v, n, &k->b);
		else
			*all = false;
	}
	gen_text_check_free(texts);
	return rc;
}

/* The template of a member that has none in the form: by its name, or a word. */
static const char *usual_of(const struct json_making *k, const char *key)
{
	const struct locale_list *l = locale_list(k->r.l, "json_member");

	for (uint32_t i = 0; l != NULL && l->ncolumns == 2 && i < l->n; i++)
		if (strcmp(l->v[i].p, key) == 0)
			return locale_cell(l, i, 1).p;
	return "\"<@word>\"";
}

/*
 * The values of a part that has no members: of the template if all of them pass, else those that
 * do, else what is made of the checks alone.
 */
static int settle_leaf(
	struct json_making *k, struct json_member *m, struct part *p, struct json_form *f)
{
	struct native n = {.space = 1};
	bool all;

	if (m->text.n == 0) {
		const char *usual = usual_of(k, p->key);

		k->r.whole = usual;
		if (json_read(&k->r, usual, strlen(usual), &m->text) == -1)
			return -1;
	}
	if (collect(k, &m->text, p, &all) == -1)
		return -1;
	f->max += m->text.max + (uint32_t)strlen(p->key) * 6 + 8;
	if (all && is_only_there(p))
		return 0;
	m->asked = p;
	m->use = k->r.uses++;
	if (p->list.space > 0)
		return 0;
	if (json_fill(p, false, &n, &k->b) == -1)
		return -1;
	f->max += n.max;
	return 0;
}

/* The part takes the place of the member of its name, or becomes one more; -1: an error. */
int json_form_ask(struct json_making *k, struct json_form *f, struct part *p)
{
	uint32_t at = 0;

	while (at < f->n && strcmp(f->m[at].key, p->key) != 0)
		at++;
	if (p->absent) {
		if (at < f->n)
			f->m[at] = f->m[--f->n];
		return 0;
	}
	if (at == JSON_MEMBERS)
		return bad(k, "the checks ask for too many members");
	if (at == f->n)
		f->m[f->n++] = (struct json_member){.key = p->key};
	if (json_has_kids(p)) {
		struct native n = {.space = 1};

		if (json_fill(p, false, &n, &k->b) == -1)
			return -1;
		f->m[at].asked = p;
		f->m[at].use = k->r.uses++;
		f->max += n.max;
		return 0;
	}
	return settle_leaf(k, &f->m[at], p, f);
}
