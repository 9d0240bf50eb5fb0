/* SPDX-License-Identifier: MIT */
/*
 * Reads forms into parts. A token of a form that names other forms is replaced,
 * in the text, by each of these in turn, until no such token is left: so a form
 * becomes several without nested ones, which share its weight. What stands
 * between braces then is a list, digits or a number.
 */
#include "common/generators/gen_form_int.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"

enum { NESTING_MAX = 8, WEIGHT_BITS = 16 };

/* ---- tokens -------------------------------------------------------------------------------- */

/*
 * {#8} or {#8:1000000}: a number of that many digits, from the number after the
 * colon on.
 */
static void digits(const char *token, struct gen_part *p)
{
	char *end;

	p->kind = PART_DIGITS;
	p->width = (uint32_t)strtoul(token + 1, &end, 10);
	p->from = *end == ':' ? strtoull(end + 1, NULL, 10) : 0;
	p->count = 1;
	for (uint32_t i = 0; i < p->width; i++)
		p->count *= 10;
	p->count -= p->from;
}

/* {1..99}: a number without leading zeros. */
static void number(const char *token, struct gen_part *p)
{
	char *end;

	p->kind = PART_NUMBER;
	p->from = strtoull(token, &end, 10);
	p->count = strtoull(end + 2, NULL, 10) - p->from + 1;
}

static bool is_other(const char *token, size_t n)
{
	return n == strlen("other") && memcmp(token, "other", n) == 0;
}

/* The forms that the token, which is not terminated, names; NULL: it names none. */
static const struct locale_list *forms_of(
	const struct form_reader *r, const char *token, size_t n, const char **key)
{
	char *name = arena_strndup(r->a, token, n);

	if (name == NULL || *token == '#' || (*token >= '0' && *token <= '9') ||
		is_other(token, n) || strpbrk(name, ".[~^") != NULL ||
		locale_list(r->l, name) != NULL)
		return NULL;
	*key = name;
	return locale_forms(r->l, name);
}

/*
 * What stands between braces, as a part; ${last} is the word list before it,
 * which {other} refers to.
 */
static int token_part(struct form_reader *r, const char *token, size_t n, struct gen_part *p,
	const struct gen_part *last)
{
	const struct gen_part *words;

	if (*token == '#') {
		digits(token, p);
		return 0;
	}
	if (*token >= '0' && *token <= '9') {
		number(token, p);
		return 0;
	}
	words = is_other(token, n) ? last : form_words(r, token, n);
	if (words == NULL)
		return r->e->kind != ERR_NONE
			       ? -1
			       : err_set(r->e, ERR_NO, "%s: {other} without a list before it",
					 r->id);
	*p = *words;
	p->kind = words == last ? PART_OTHER : PART_WORD;
	return 0;
}

/* ---- forms --------------------------------------------------------------------------------- */

/* Adds a form without nested ones. */
static int add(struct form_reader *r, const char *form, uint64_t weight)
{
	struct gen_part p[GEN_PARTS], *to;
	const struct gen_part *last = NULL;
	uint32_t n = 0;

	for (const char *s = form, *end; *s != '\0'; s = end, n++) {
		if (n == GEN_PARTS || r->n == FORMS_MAX)
			return err_set(r->e, ERR_NO, "%s: too many forms, or parts of one", r->id);
		p[n] = (struct gen_part){.kind = PART_LITERAL};
		if (*s != '{') {
			end = strchrnul(s, '{');
			if ((p[n].text = arena_strndup(r->a, s, (size_t)(end - s))) == NULL)
				return err_nomem(r->e);
			continue;
		}
		end = strchr(s, '}') + 1;
		if (token_part(r, s + 1, (size_t)(end - s - 2), &p[n], last) == -1)
			return -1;
		if (p[n].words != NULL)
			last = &p[n];
	}
	if ((to = arena_array(r->a, n + 1UL, sizeof(*to))) == NULL)
		return err_nomem(r->e);
	memcpy(to, p, n * sizeof(*to));
	r->form[r->n++] = (struct form){to, n, weight};
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

/*
 * {###-####}: digits with something between them, from ${s} to ${end}. They are parts of their own,
 * {#3}-{#4}, and the form is read again from there.
 */
static int split_mask(struct form_reader *r, const char *form, const char *s, const char *end,
	uint64_t weight, int depth)
{
	const char *text = arena_printf(r->a, "%.*s", (int)(s - form), form);

	for (const char *p = s + 1; text != NULL && p < end;) {
		size_t digits = strspn(p, "#"), others = strcspn(p + digits, "#}");

		text = digits > 0 ? arena_printf(r->a, "%s{#%zu}%.*s", text, digits, (int)others,
					    p + digits)
				  : arena_printf(r->a, "%s%.*s", text, (int)others, p);
		p += digits + others;
	}
	if (text == NULL || (text = arena_printf(r->a, "%s%s", text, end + 1)) == NULL)
		return err_nomem(r->e);
	return expand(r, text, weight, depth);
}

/* Replaces the first token that names forms, or adds the form when there is none. */
static int expand(struct form_reader *r, const char *form, uint64_t weight, int depth)
{
	for (const char *s = strchr(form, '{'), *end; s != NULL; s = strchr(end, '{')) {
		const struct locale_list *forms;
		const char *key;

		if ((end = strchr(s, '}')) == NULL || end == s + 1)
			return err_set(r->e, ERR_NO, "%s: a brace without its pair in \"%s\"",
				r->id, form);
		if (s[1] == '#' && s[2] == '#')
			return split_mask(r, form, s, end, weight, depth);
		if ((forms = forms_of(r, s + 1, (size_t)(end - s - 1), &key)) == NULL)
			continue;
		if (depth == NESTING_MAX)
			return err_set(r->e, ERR_NO, "%s: the forms of {%s} contain themselves",
				r->id, key);
		return replace(r, forms, key, form, s, end + 1, weight, depth);
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
