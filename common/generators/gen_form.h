/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_FORM_H
#define COMMON_GEN_FORM_H

#include "common/generators/gen.h"
#include "common/generators/locale.h"

/*
 * gen_form: texts that are put together from a locale's words.
 *
 * A form is a text with tokens in braces.  common/data/LOCALE/forms.txt has forms by key; those of
 * one key are alternatives, each with a weight:
 *
 *	{given}			a word of a list
 *	{place.state}		a cell of a column of a table
 *	{given[sex=F]}		the same, of the rows where another column has that value
 *	{other}			a word of the list before it, but not the same word
 *	{given~} {given^}	folded to ASCII letters and digits, in lower case; capitalised
 *	{#8} {#8:1000000}	8 digits; 8 digits from a number on
 *	{###-####}		7 digits, with what stands between
 *	{1..99}			a number
 *	{key}			one of the forms of another key, where no list has that name
 */

/** gen_locale(c): the locale of a column, with what the plan puts over it; the default one where
 *  the column has none that is known. */
const struct locale *gen_locale(const struct gen_column *c);

/** gen_own_locale(g, c): the locale that ${g} always has, else the column's. */
const struct locale *gen_own_locale(const struct gen *g, const struct gen_column *c);

/**
 * gen_form(g, c, l, key, a, e):
 * Have ${g} make texts of the forms that ${l} has under ${key}.  Words that are too long for the
 * column are left out, and forms of which none fits.  Distinct indexes give distinct texts where
 * c->unique.  The op's value() has to be gen_draw_value().  ERR_NO: none fits, or ${l} has no such
 * form.
 */
int gen_form(struct gen *g, const struct gen_column *c, const struct locale *l, const char *key,
	struct arena *a, struct err *e);

/** gen_form_of(g, c, l, forms, n, a, e): the same from ${n} forms that the caller has: the first
 * one, and the others where a unique column needs more texts. */
int gen_form_of(struct gen *g, const struct gen_column *c, const struct locale *l,
	const char *const *forms, uint32_t n, struct arena *a, struct err *e);

/** gen_words(g, c, l, token, a, e): the words of one token, without its braces: "color",
 *  "place.state", "given[sex=F]". */
int gen_words(struct gen *g, const struct gen_column *c, const struct locale *l, const char *token,
	struct arena *a, struct err *e);

#endif
