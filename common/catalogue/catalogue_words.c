/* SPDX-License-Identifier: MIT */
#include "common/catalogue/catalogue_words.h"

#include <stdio.h>
#include <string.h>

#include "common/generators/locale.h"

/* Adds a piece, after a comma where something stands before it. */
static void add(char *to, const char *piece)
{
	size_t n = strlen(to);

	if (n < CATALOGUE_WORDS)
		(void)snprintf(to + n, CATALOGUE_WORDS - n, "%s%s", n > 0 ? ", " : "", piece);
}

const char *catalogue_range(const struct gen_param *p, char *to)
{
	char piece[128];
	const char *bound = p->max != NULL ? p->max : p->min;
	const char *of = p->kind != GP_STRING || bound == NULL ? ""
			 : strcmp(bound, "1") == 0	       ? " character"
							       : " characters";

	*to = '\0';
	if (p->one_of != NULL)
		str_any_of(p->one_of, to, CATALOGUE_WORDS);
	if (p->kind == GP_DURATION || p->kind == GP_COLUMNS || p->kind == GP_PATHS)
		return to;
	if (p->min != NULL && p->max != NULL)
		(void)snprintf(piece, sizeof(piece), "from %s to %s%s", p->min, p->max, of);
	else if (p->min != NULL)
		(void)snprintf(piece, sizeof(piece), "%s%s or more", p->min, of);
	else if (p->max != NULL)
		(void)snprintf(piece, sizeof(piece), "%s%s or less", p->max, of);
	if (p->min != NULL || p->max != NULL)
		add(to, piece);
	if (p->not_zero)
		add(to, "not 0");
	if (p->excludes != NULL) {
		(void)snprintf(piece, sizeof(piece), "not beside %s", p->excludes);
		add(to, piece);
	}
	return to;
}

const char *catalogue_columns(const struct gen_op *op, char *to)
{
	char names[GEN_FAMILY_NAMES], by_nature[GEN_FAMILY_NAMES];

	if ((op->families & GF_ANY) == GF_ANY)
		(void)snprintf(to, CATALOGUE_WORDS, "any");
	else
		(void)snprintf(to, CATALOGUE_WORDS, "%s", gen_family_names(op->families, names));
	if (op->output != 0 && op->output != op->families) {
		(void)snprintf(names, sizeof(names), "made as %s",
			gen_family_names(op->output, by_nature));
		add(to, names);
	}
	return to;
}

const char *catalogue_reads(const struct gen_op *op, char *to)
{
	static const char *const names[] = {"columns of the row", "the parent row",
		"the children of the same parent", "the rows that refer to it"};

	*to = '\0';
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (op->reads >> i & 1)
			add(to, names[i]);
	return to;
}

const char *catalogue_locale(const struct gen_op *op, char *to)
{
	char names[LOCALE_NAMES];

	if (strcmp(op->locale, GEN_LOCALES) != 0)
		(void)snprintf(to, CATALOGUE_WORDS, "always %s", op->locale);
	else
		(void)snprintf(
			to, CATALOGUE_WORDS, "the rule's or the plan's: %s", locale_names(names));
	return to;
}
