/* SPDX-License-Identifier: MIT */
/*
 * Reads forms into parts. A token of a form that names other forms is replaced,
 * in the text, by each of these in turn, until no such token is left: so a form
 * becomes several without nested ones, which share its weight. What stands
 * between braces then is a list, digits or a number.
 */
#include "common/generators/gen_form_int.h"

#include <string.h>

#include "common/base/err.h"

enum { NESTING_MAX = 8, WEIGHT_BITS = 16 };

/* ---- tokens -------------------------------------------------------------------------------- */

/* The forms that the token names, and their key; NULL: it names none. */
static const struct locale_list *forms_of(
	const struct form_reader *r, const struct form_token *t, const char **key)
{
	if (t->kind != TOKEN_CELL || t->list.n < t->text.n ||
		(*key = arena_strndup(r->a, t->list.p, t->list.n)) == NULL ||
		locale_list(r->l, *key) != NULL)
		return NULL;
	return locale_forms(r->l, *key);
}

/* A form as it is put together: its parts, and the last of them that has words. */
struct making {
	struct gen_part p[GEN_PARTS];
	uint32_t n;
	const struct gen_part *last;
};

/* The next part, of that kind; NULL where a form has no room for another. */
static struct gen_part *next(struct form_reader *r, struct making *m, enum gen_part_kind kind)
{
	if (m->n == GEN_PARTS || r->n == FORMS_MAX) {
		err_set(r->e, ERR_NO, "%s: too many forms, or parts of one", r->id);
		return NULL;
	}
	m->p[m->n] = (struct gen_part){.kind = kind};
	return &m->p[m->n++];
}

static int literal(struct form_reader *r, struct making *m, struct view text)
{
	struct gen_part *p = next(r, m, PART_LITERAL);

	if (p == NULL)
		return -1;
	p->text = arena_strndup(r->a, text.p, text.n);
	return p->text != NULL ? 0 : err_nomem(r->e);
}

static int digits(struct form_reader *r, struct making *m, uint32_t width, uint64_t from)
{
	struct gen_part *p = next(r, m, PART_DIGITS);

	if (p == NULL)
		return -1;
	p->width = width;
	p->from = from;
	p->count = 1;
	for (uint32_t i = 0; i < width; i++)
		p->count *= 10;
	p->count -= from;
	return 0;
}

/* {###-####}: digits with something between them are parts of their own. */
static int masked(struct form_reader *r, struct making *m, struct view mask)
{
	for (size_t at = 0, n; at < mask.n; at += n) {
		bool sharp = mask.p[at] == '#';
		struct view run = {mask.p + at, 0};

		for (n = 0; at + n < mask.n && (mask.p[at + n] == '#') == sharp;)
			n++;
		run.n = n;
		if ((sharp ? digits(r, m, (uint32_t)n, 0) : literal(r, m, run)) == -1)
			return -1;
	}
	return 0;
}

static int number(struct form_reader *r, struct making *m, const struct form_token *t)
{
	struct gen_part *p = next(r, m, PART_NUMBER);

	if (p == NULL)
		return -1;
	p->from = t->from;
	p->count = t->count;
	return 0;
}

/* A word of a list, or another one of the list before it. */
static int word(struct form_reader *r, struct making *m, const struct form_token *t)
{
	bool other = t->kind == TOKEN_OTHER;
	const struct gen_part *words = other ? m->last : form_words(r, t);
	struct gen_part *p;

	if (words == NULL && other)
		return err_set(r->e, ERR_NO, "%s: {other} without a list before it", r->id);
	if (words == NULL || (p = next(r, m, PART_WORD)) == NULL)
		return -1;
	*p = *words;
	p->kind = other ? PART_OTHER : PART_WORD;
	m->last = p;
	return 0;
}

static int part_of(struct form_reader *r, struct making *m, const struct form_token *t)
{
	switch (t->kind) {
	case TOKEN_LITERAL:
		return literal(r, m, t->text);
	case TOKEN_DIGITS:
		return t->mask.n > 0 ? masked(r, m, t->mask) : digits(r, m, t->width, t->from);
	case TOKEN_NUMBER:
		return number(r, m, t);
	case TOKEN_CELL:
	case TOKEN_OTHER:
		return word(r, m, t);
	case TOKEN_RANK:
	case TOKEN_CODE:
		break;
	}
	return err_set(
		r->e, ERR_NO, "%s: {%.*s} is for records only", r->id, (int)t->text.n, t->text.p);
}

/* ---- forms --------------------------------------------------------------------------------- */

/* Adds a form without nested ones. */
static int add(struct form_reader *r, const char *form, uint64_t weight)
{
	struct making m = {.n = 0};
	struct gen_part *to;
	struct form_token t;

	for (const char *s = form; *s != '\0';) {
		s = form_token_next(s, &t);
		if (part_of(r, &m, &t) == -1)
			return -1;
	}
	if ((to = arena_array(r->a, m.n + 1UL, sizeof(*to))) == NULL)
		return err_nomem(r->e);
	memcpy(to, m.p, m.n * sizeof(*to));
	r->form[r->n++] = (struct form){to, m.n, weight};
	return 0;
}

static int expand(struct form_reader *r, const char *form, uint64_t weight, int depth);

/* The weights of a key's forms. */
static uint64_t total_of(const struct locale_list *forms, const char *key)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < forms->n; i++)
		if (strcmp(forms->v[i].p, key) == 0)
			total += locale_weight(forms, i);
	return total > 0 ? total : 1;
}

/* The form with each of the key's forms in place of what lies between ${from} and ${to}. */
static int replace(struct form_reader *r, const struct locale_list *forms, const char *key,
	const char *form, const char *from, const char *to, uint64_t weight, int depth)
{
	uint64_t total = total_of(forms, key);

	for (uint32_t i = 0; i < forms->n; i++) {
		uint64_t share =
			(uint64_t)((unsigned __int128)weight * locale_weight(forms, i) / total);
		const char *text;

		if (strcmp(forms->v[i].p, key) != 0)
			continue;
		text = arena_printf(
			r->a, "%.*s%s%s", (int)(from - form), form, locale_cell(forms, i, 1).p, to);
		if (text == NULL)
			return err_nomem(r->e);
		share += share == 0 && weight > 0 && locale_weight(forms, i) > 0;
		if (expand(r, text, share, depth + 1) == -1)
			return -1;
	}
	return 0;
}

/* Replaces the first token that names forms, or adds the form when there is none. */
static int expand(struct form_reader *r, const char *form, uint64_t weight, int depth)
{
	for (const char *s = form, *end; *s != '\0'; s = end) {
		const struct locale_list *forms;
		struct form_token t;
		const char *key;

		if ((end = form_token_next(s, &t)) == NULL)
			return err_set(r->e, ERR_NO, "%s: a brace without its pair in \"%s\"",
				r->id, form);
		if ((forms = forms_of(r, &t, &key)) == NULL)
			continue;
		if (depth == NESTING_MAX)
			return err_set(r->e, ERR_NO, "%s: the forms of {%s} contain themselves",
				r->id, key);
		return replace(r, forms, key, form, s, end, weight, depth);
	}
	return add(r, form, weight);
}

int form_read(struct form_reader *r, const char *form, uint64_t weight)
{
	return expand(r, form, weight << WEIGHT_BITS, 0);
}

int form_read_key(struct form_reader *r, const char *key)
{
	const struct locale_list *forms = locale_forms(r->l, key);

	if (forms == NULL)
		return err_set(
			r->e, ERR_NO, "%s: locale %s has no form {%s}", r->id, r->l->name, key);
	for (uint32_t i = 0; i < forms->n; i++)
		if (strcmp(forms->v[i].p, key) == 0 &&
			form_read(r, locale_cell(forms, i, 1).p, locale_weight(forms, i)) == -1)
			return -1;
	return 0;
}
