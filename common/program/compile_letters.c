/* SPDX-License-Identifier: MIT */
/*
 * Texts of digits and letters for the columns of an expression that is read off its result
 * (compile_image.c): the column's checks must allow them.
 */
#include "common/program/compile.h"

/* The narrowing of the column, with texts of that many digits and small letters. */
static struct sql_domain *of_letters(const struct compiler *k, uint32_t c, uint32_t len)
{
	struct sql_domain *d = arena_alloc(k->a, sizeof(*d));
	const char **pattern = arena_array(k->a, 2, sizeof(*pattern));

	if (d == NULL || pattern == NULL)
		return NULL;
	*d = (struct sql_domain){.max_len = UINT32_MAX};
	if (k->narrow.dom != NULL)
		*d = k->narrow.dom[c];
	if (d->max_len < len)
		len = d->max_len;
	if (d->min_len > len)
		len = d->min_len;
	*pattern = arena_printf(k->a, "^[0-9%s]{%u}$", d->no_lower ? "A-Z" : "a-z", len);
	if (d->texts != NULL || d->npatterns > 0 || d->contains != NULL || d->more)
		return NULL;
	d->patterns = pattern;
	d->npatterns = 1;
	return *pattern != NULL ? d : NULL;
}

/* What an expression that is read off asks of the column: 1 and its domain; 0: nothing; -1: its
 * checks do not allow such texts. */
int compile_letters(const struct compiler *k, uint32_t c, const struct sql_domain **dom)
{
	for (uint32_t i = 0; i < k->nimages; i++)
		if (k->images[i].col == c && k->images[i].letters > 0)
			return (*dom = of_letters(k, c, k->images[i].letters)) != NULL ? 1 : -1;
	return 0;
}
