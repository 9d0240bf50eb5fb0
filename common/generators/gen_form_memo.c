/* SPDX-License-Identifier: MIT */
/*
 * What is remembered of forms: the words of their tokens, and whole generators.
 *
 * Two columns get the same generator of texts where the same forms are asked for, where texts of
 * the same lengths fit, and where values have to be distinct for as many rows, or need not be. What
 * checks say of a column's texts is not compared: such a column's generator is not remembered.
 */
#include "common/generators/gen_form_int.h"

#include <string.h>

#include "common/generators/gen_memo.h"

struct known_generator {
	struct form_wish wish;
	void *state;
	uint64_t space;
	uint32_t max_bytes;
	unsigned texts;
	const struct known_generator *next;
};

struct gen_memo {
	struct arena *a;
	const struct form_words *words;
	const struct known_generator *generators;
	const msgpack_object *packed;  /* lists of a plan ... */
	const struct locale_set *data; /* ... and what they are, unpacked */
};

struct gen_memo *gen_memo_new(struct arena *a)
{
	struct gen_memo *m = arena_alloc(a, sizeof(*m));

	if (m != NULL)
		m->a = a;
	return m;
}

const struct locale_set *gen_memo_data(struct gen_memo *m, const msgpack_object *data)
{
	if (m->packed != data) {
		m->data = locale_unpack(data, m->a);
		m->packed = data;
	}
	return m->data;
}

struct arena *form_memo_arena(const struct gen_memo *m)
{
	return m->a;
}

const struct form_words *form_memo_words(const struct gen_memo *m)
{
	return m->words;
}

void form_memo_keep_words(struct gen_memo *m, const struct form_words *w)
{
	m->words = w;
}

static bool same_forms(const struct form_wish *x, const struct form_wish *y)
{
	if (x->n != y->n || (x->n == 0 && strcmp(x->key, y->key) != 0))
		return false;
	for (uint32_t i = 0; i < x->n; i++)
		if (strcmp(x->forms[i], y->forms[i]) != 0)
			return false;
	return true;
}

static bool same(const struct form_wish *x, const struct form_wish *y)
{
	return x->l == y->l && x->lim.min == y->lim.min && x->lim.max == y->lim.max &&
	       x->distinct == y->distinct && x->rows == y->rows && same_forms(x, y);
}

bool form_memo_get(const struct gen_memo *m, const struct form_wish *wish, struct gen *g)
{
	const struct known_generator *k = m->generators;

	while (k != NULL && !same(&k->wish, wish))
		k = k->next;
	if (k == NULL)
		return false;
	g->state = k->state;
	g->space = k->space;
	g->max_bytes = k->max_bytes;
	g->texts = k->texts;
	return true;
}

/* The wish with texts of its own. */
static bool copy_wish(struct form_wish *to, const struct form_wish *wish, struct arena *a)
{
	const char **forms = arena_array(a, wish->n + 1UL, sizeof(*forms));

	*to = *wish;
	if (forms == NULL || (wish->key != NULL && (to->key = arena_strndup(a, wish->key,
							    strlen(wish->key))) == NULL))
		return false;
	for (uint32_t i = 0; i < wish->n; i++)
		if ((forms[i] = arena_strndup(a, wish->forms[i], strlen(wish->forms[i]))) == NULL)
			return false;
	to->forms = forms;
	return true;
}

bool form_memo_put(struct gen_memo *m, const struct form_wish *wish, const struct gen *g)
{
	struct known_generator *k = arena_alloc(m->a, sizeof(*k));

	if (k == NULL || !copy_wish(&k->wish, wish, m->a))
		return false;
	k->state = g->state;
	k->space = g->space;
	k->max_bytes = g->max_bytes;
	k->texts = g->texts;
	k->next = m->generators;
	m->generators = k;
	return true;
}
