/* SPDX-License-Identifier: MIT */
/*
 * The words that a token of a form stands for: those of a list as they are, or
 * those of a column of a table, of some of its rows, or folded. Whatever does
 * not come straight from a list may have the same text twice; then it is there
 * once, with the sum of the weights, or a column could not be promised distinct
 * values.
 */
#include "common/generators/gen_form_int.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"

struct weighted {
	struct vtext text;
	uint64_t weight;
};

/* By bytes, a prefix first. */
static int by_text(const void *a, const void *b)
{
	const struct weighted *x = a, *y = b;

	return vtext_compare(&x->text, &y->text);
}

/* The texts of the rows that count; how many, or -1. */
static int64_t collect(struct form_reader *r, const struct locale_list *l,
	const struct form_token *t, struct weighted *to)
{
	uint32_t column = (uint32_t)form_token_column(l, t->column, r->a);
	int other = t->other.n > 0 ? form_token_column(l, t->other, r->a) : -1;
	bool many = locale_many(l, column);
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
			if (!form_token_change(&v, t->change, r->words_in))
				return -1;
			if (v.n > 0)
				to[n++] = (struct weighted){v, locale_weight(l, i)};
		}
	}
	return n;
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
static int make_words(struct form_reader *r, const struct locale_list *l,
	const struct form_token *t, struct gen_part *p)
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
static bool is_plain(const struct locale_list *l, const struct form_token *t)
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

const struct gen_part *form_words(struct form_reader *r, const struct form_token *t)
{
	const char *token = t->text.p;
	size_t n = t->text.n;
	const struct locale_list *l;
	struct gen_part p = {.kind = PART_WORD};
	char *name;

	for (const struct form_words *w = r->words; w != NULL; w = w->next)
		if (w->l == r->l && w->n == n && memcmp(w->token, token, n) == 0)
			return &w->part;
	if ((name = arena_strndup(r->a, t->list.p, t->list.n)) == NULL) {
		err_nomem(r->e);
		return NULL;
	}
	l = locale_list(r->l, name);
	if (t->kind != TOKEN_CELL || l == NULL || t->in.n > 0 ||
		form_token_column(l, t->column, r->a) < 0 ||
		form_token_column(l, t->other, r->a) < 0) {
		err_set(r->e, ERR_NO, "%s: locale %s has no list, column or form {%.*s}", r->id,
			r->l->name, (int)n, token);
		return NULL;
	}
	if (is_plain(l, t)) {
		p.words = l->v;
		p.weight = l->weight;
		p.nwords = l->n;
	} else if (make_words(r, l, t, &p) == -1) {
		return NULL;
	}
	if (p.nwords == 0) {
		err_set(r->e, ERR_NO, "%s: locale %s has no words for {%.*s}", r->id, r->l->name,
			(int)n, token);
		return NULL;
	}
	return keep(r, token, n, &p);
}
