/* SPDX-License-Identifier: MIT */
/*
 * Takes a form apart. Its language is small enough to be read from left to right
 * without a grammar: the first character between braces tells digits and numbers
 * from names; a name may end with a change, then a list to look it up in, then a
 * condition, then a column, and is taken apart from its end.
 */
#include "common/generators/gen_form_token.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/generators/gen_kit.h"

/* Cuts off what stands behind the first ${mark}; empty where there is none. */
static struct view cut(struct view *v, char mark)
{
	const char *at = memchr(v->p, mark, v->n);
	struct view after = {"", 0};

	if (at == NULL)
		return after;
	after = (struct view){at + 1, (size_t)(v->p + v->n - at - 1)};
	v->n = (size_t)(at - v->p);
	return after;
}

/* {#8}: digits of a number from 0 on; {#8:1000000}: from there on; {###-####}: with a mask. */
static void digits(struct form_token *t)
{
	char *end;

	t->kind = TOKEN_DIGITS;
	if (t->text.n > 1 && t->text.p[1] == '#') {
		t->mask = t->text;
		for (size_t i = 0; i < t->text.n; i++)
			t->width += t->text.p[i] == '#';
	} else {
		t->width = (uint32_t)strtoul(t->text.p + 1, &end, 10);
		t->from = *end == ':' ? strtoull(end + 1, NULL, 10) : 0;
	}
	t->count = 1;
	for (uint32_t i = 0; i < t->width; i++)
		t->count *= 10;
	t->count -= t->from;
}

/* {1..99}: without leading zeros. */
static void number(struct form_token *t)
{
	char *end;

	t->kind = TOKEN_NUMBER;
	t->from = strtoull(t->text.p, &end, 10);
	t->count = strtoull(end + 2, NULL, 10) - t->from + 1;
}

static void cell(struct form_token *t)
{
	t->kind = TOKEN_CELL;
	t->list = t->text;
	if (t->list.n > 0 && strchr("~^", t->list.p[t->list.n - 1]) != NULL)
		t->change = t->list.p[--t->list.n];
	t->in = cut(&t->list, '>');
	t->its = cut(&t->in, '.');
	if (t->list.n > 0 && t->list.p[t->list.n - 1] == ']') {
		t->list.n--;
		t->other = cut(&t->list, '[');
		t->value = cut(&t->other, '=');
	}
	t->column = cut(&t->list, '.');
}

void form_token_of(const char *p, size_t n, struct form_token *t)
{
	struct view name = {p, n}, after = cut(&name, ':');
	static const struct view none = {"", 0};

	*t = (struct form_token){.text = {p, n},
		.list = none,
		.column = none,
		.other = none,
		.value = none,
		.in = none,
		.its = none,
		.mask = none};
	if (n > 0 && *p == '#') {
		digits(t);
	} else if (n > 0 && isdigit((unsigned char)*p)) {
		number(t);
	} else if (view_eq(name, view_of("rank"))) {
		t->kind = TOKEN_RANK;
		t->mask = after;
	} else if (view_eq(name, view_of("other"))) {
		t->kind = TOKEN_OTHER;
	} else if (name.n < n) {
		t->kind = TOKEN_CODE;
		t->mask = after;
		t->column = cut(&name, '.');
		t->list = name;
	} else {
		cell(t);
	}
}

const char *form_token_next(const char *p, struct form_token *t)
{
	const char *end = *p == '{' ? strchr(p, '}') : strchrnul(p, '{');

	if (*p != '{') {
		*t = (struct form_token){.kind = TOKEN_LITERAL, .text = {p, (size_t)(end - p)}};
		return end;
	}
	if (end == NULL || end == p + 1)
		return NULL;
	form_token_of(p + 1, (size_t)(end - p - 1), t);
	return end + 1;
}

int form_token_column(const struct locale_list *l, struct view name, struct arena *a)
{
	const char *c = name.n > 0 ? arena_strndup(a, name.p, name.n) : NULL;

	if (name.n == 0)
		return 0;
	return c != NULL ? locale_column(l, c) : -1;
}

bool form_token_change(struct vtext *t, char how, struct arena *a)
{
	char *to;

	if (how == 0 || t->n == 0)
		return true;
	if ((to = arena_alloc(a, 2 * t->n)) == NULL)
		return false;
	if (how == '~') {
		*t = (struct vtext){to, gen_transliterate(t->p, t->n, to)};
		return true;
	}
	memcpy(to, t->p, t->n);
	to[0] = (char)toupper((unsigned char)to[0]);
	*t = (struct vtext){to, t->n};
	return true;
}
