/* SPDX-License-Identifier: MIT */
/*
 * Texts that are put together from a locale's words, by its forms. The first
 * form of a key is used unless its texts do not fit the column, or the column is
 * unique and needs more texts; then the next one, which has more to vary.
 */
#include "common/generators/gen_form.h"

#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_form_int.h"

/* Where a column's locale is none that is known, it is the one that plans have by default. */
const struct locale *gen_locale(const struct gen_column *c)
{
	const struct locale *l = c->locale != NULL ? locale_find(c->locale) : NULL;

	return l != NULL ? l : locale_find("pt_BR");
}

/* A reader of its own for each generator: it is large, and only needed while preparing. */
static struct form_reader *reader_of(
	const struct gen *g, const struct locale *l, struct arena *a, struct err *e)
{
	struct form_reader *r = arena_alloc(a, sizeof(*r));

	if (r == NULL) {
		err_nomem(e);
		return NULL;
	}
	r->id = g->op->id;
	r->l = l;
	r->a = a;
	r->e = e;
	return r;
}

/*
 * Tries the forms in order, and keeps the first that fits the column and has
 * enough texts for a unique one; if none has enough, the one with the most. The
 * error is that of the first form, which people expect to be used.
 */
static int choose(struct gen *g, const struct gen_column *c, const struct form_reader *r,
	struct arena *a, struct err *e)
{
	struct err first = {0};
	struct gen best = {0};

	for (uint32_t i = 0; i < r->n; i++) {
		struct gen try = *g;

		if (gen_parts(&try, c, r->form[i].part, r->form[i].nparts, a, e) == -1) {
			if (e->kind != ERR_NO)
				return -1;
			if (first.kind == ERR_NONE)
				first = *e;
			continue;
		}
		if (try.space > best.space)
			best = try;
		if (!c->unique || best.space >= c->rows)
			break;
	}
	if (best.space == 0) {
		*e = first;
		return -1;
	}
	*g = best;
	return 0;
}

int gen_form(struct gen *g, const struct gen_column *c, const struct locale *l, const char *key,
	struct arena *a, struct err *e)
{
	struct form_reader *r = reader_of(g, l, a, e);

	if (r == NULL || form_read_key(r, key) == -1)
		return -1;
	return choose(g, c, r, a, e);
}

int gen_form_of(struct gen *g, const struct gen_column *c, const struct locale *l,
	const char *const *forms, uint32_t n, struct arena *a, struct err *e)
{
	struct form_reader *r = reader_of(g, l, a, e);

	if (r == NULL)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		if (form_read(r, forms[i], 1) == -1)
			return -1;
	return choose(g, c, r, a, e);
}

int gen_words(struct gen *g, const struct gen_column *c, const struct locale *l, const char *token,
	struct arena *a, struct err *e)
{
	struct form_reader *r = reader_of(g, l, a, e);
	const struct gen_part *p = r != NULL ? form_words(r, token, strlen(token)) : NULL;

	return p != NULL ? gen_list(g, c, p->words, p->nwords, a, e) : -1;
}
