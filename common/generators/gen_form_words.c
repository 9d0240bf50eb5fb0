/* SPDX-License-Identifier: MIT */
/*
 * The words that a token of a form stands for: those of a list as they are, or
 * those of a column of a table, of some of its rows, or folded. Whatever does
 * not come straight from a list may have the same text twice; then it is there
 * once, with the sum of the weights, or a column could not be promised distinct
 * values.
 */
#include "common/generators/gen_form_int.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"

/* A token taken apart: name.column[other=value]~ */
struct token {
	struct view name, column, other, value;
	char change; /* '~', '^' or 0 */
};

struct weighted {
	struct vtext text;
	uint64_t weight;
};

/* Cuts off what stands after the last ${mark}; empty when there is none. */
static struct view cut_after(struct view *v, char mark)
{
	const char *at = memrchr(v->p, mark, v->n);
	struct view after = {"", 0};

	if (at == NULL)
		return after;
	after = (struct view){at + 1, (size_t)(v->p + v->n - at - 1)};
	v->n = (size_t)(at - v->p);
	return after;
}

static struct token take_apart(const char *p, size_t n)
{
	struct token t = {.name = {p, n}, .other = {"", 0}, .value = {"", 0}};

	if (n > 0 && (p[n - 1] == '~' || p[n - 1] == '^'))
		t.change = p[--t.name.n];
	if (t.name.n > 0 && p[t.name.n - 1] == ']') {
		t.name.n--;
		t.other = cut_after(&t.name, '[');
		t.value = cut_after(&t.other, '=');
	}
	t.column = cut_after(&t.name, '.');
	return t;
}

/* The column of that name, which is not terminated; ${none} when no name is given. */
static int column_of(
	const struct form_reader *r, const struct locale_list *l, struct view name, int none)
{
	char *c = arena_strndup(r->a, name.p, name.n);

	if (name.n == 0)
		return none;
	return c != NULL ? locale_column(l, c) : -1;
}

/* By bytes, a prefix first. */
static int by_text(const void *a, const void *b)
{
	const struct weighted *x = a, *y = b;

	return vtext_compare(&x->text, &y->text);
}

/* The text as the token asks for it; its first letter is made large only if it is of ASCII. */
static struct vtext changed(struct vtext v, char how, struct arena *a, bool *nomem)
{
	char *to;

	if (how == 0 || v.n == 0)
		return v;
	if ((to = arena_alloc(a, 2 * v.n)) == NULL) {
		*nomem = true;
		return v;
	}
	if (how == '~')
		return (struct vtext){to, gen_transliterate(v.p, v.n, to)};
	memcpy(to, v.p, v.n);
	to[0] = (char)toupper((unsigned char)to[0]);
	return (struct vtext){to, v.n};
}

/* The texts of the rows that count; how many, or -1. */
static int64_t collect(struct form_reader *r, const struct locale_list *l, const struct token *t,
	struct weighted *to)
{
	uint32_t column = (uint32_t)column_of(r, l, t->column, 0);
	int other = column_of(r, l, t->other, -1);
	bool many = locale_many(l, column), nomem = false;
	int64_t n = 0;

	for (uint32_t i = 0; i < l->n; i++) {
		struct vtext cell = locale_cell(l, i, column), v = cell;

		if (other >= 0 && !view_eq((struct view){locale_cell(l, i, (uint32_t)other).p,
						   locale_cell(l, i, (uint32_t)other).n},
					  t->value))
			continue;
		for (uint32_t k = 0; k == 0 || many; k++) {
			if (many)
				v = locale_value(cell, k);
			if (v.n == 0)
				break;
			v = changed(v, t->change, r->words_in, &nomem);
			if (v.n > 0)
				to[n++] = (struct weighted){v, locale_weight(l, i)};
		}
	}
	return nomem ? -1 : n;
}

/* Equal texts become one. */
static uint32_t merge(struct weighted *w, uint32_t n)
{
	uint32_t m = 0;

	qsort(w, n, sizeof(*w), by_text);
	for (uint32_t i = 0; i < n; i++)
		if (m > 0 && by_text(&w[m - 1], &w[i]) == 0)
			w[m - 1].weight += w[i].weight;
		else
			w[m++] = w[i];
	return m;
}

/* How many values the cells of the list may have in all. */
static size_t most_values(const struct locale_list *l)
{
	size_t most = l->n;

	for (size_t i = 0; i < (size_t)l->n * l->ncolumns; i++)
		for (size_t k = 0; k < l->v[i].n; k++)
			most += l->v[i].p[k] == ' ';
	return most;
}

/* Fills the part with words that are made for it. */
static int make_words(struct form_reader *r, const struct locale_list *l, const struct token *t,
	struct gen_part *p)
{
	struct weighted *w = arena_array(r->words_in, most_values(l), sizeof(*w));
	int64_t n = w == NULL ? -1 : collect(r, l, t, w);
	struct vtext *v;
	uint32_t *weight;

	if (n < 0)
		return err_nomem(r->e);
	p->nwords = merge(w, (uint32_t)n);
	v = arena_array(r->words_in, p->nwords, sizeof(*v));
	weight = arena_array(r->words_in, p->nwords, sizeof(*weight));
	if (v == NULL || weight == NULL)
		return err_nomem(r->e);
	for (uint32_t i = 0; i < p->nwords; i++) {
		v[i] = w[i].text;
		weight[i] = (uint32_t)(w[i].weight < UINT32_MAX ? w[i].weight : UINT32_MAX);
	}
	p->words = v;
	p->weight = weight;
	return 0;
}

/* Whether the token is a list as it is. */
static bool is_plain(const struct locale_list *l, const struct token *t)
{
	return l->distinct && t->change == 0 && t->other.n == 0 && t->column.n == 0 &&
	       !locale_many(l, 0);
}

/* Remembers the words under their token. */
static const struct gen_part *keep(
	struct form_reader *r, const char *token, size_t n, const struct gen_part *p)
{
	struct form_words *w = arena_alloc(r->words_in, sizeof(*w));
	char *name = arena_strndup(r->words_in, token, n);

	if (w == NULL || name == NULL) {
		err_nomem(r->e);
		return NULL;
	}
	*w = (struct form_words){r->l, name, n, *p, r->words};
	r->words = w;
	if (r->memo != NULL)
		form_memo_keep_words(r->memo, w);
	return &w->part;
}

const struct gen_part *form_words(struct form_reader *r, const char *token, size_t n)
{
	const struct token t = take_apart(token, n);
	const struct locale_list *l;
	struct gen_part p = {.kind = PART_WORD};
	char *name;

	for (const struct form_words *w = r->words; w != NULL; w = w->next)
		if (w->l == r->l && w->n == n && memcmp(w->token, token, n) == 0)
			return &w->part;
	if ((name = arena_strndup(r->a, t.name.p, t.name.n)) == NULL) {
		err_nomem(r->e);
		return NULL;
	}
	l = locale_list(r->l, name);
	if (l == NULL || column_of(r, l, t.column, 0) < 0 || column_of(r, l, t.other, 0) < 0) {
		err_set(r->e, ERR_NO, "%s: locale %s has no list, column or form {%.*s}", r->id,
			r->l->name, (int)n, token);
		return NULL;
	}
	if (is_plain(l, &t)) {
		p.words = l->v;
		p.weight = l->weight;
		p.nwords = l->n;
	} else if (make_words(r, l, &t, &p) == -1) {
		return NULL;
	}
	if (p.nwords == 0) {
		err_set(r->e, ERR_NO, "%s: locale %s has no words for {%.*s}", r->id, r->l->name,
			(int)n, token);
		return NULL;
	}
	return keep(r, token, n, &p);
}
