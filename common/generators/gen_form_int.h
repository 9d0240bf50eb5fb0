/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_FORM_INT_H
#define COMMON_GEN_FORM_INT_H

#include "common/generators/gen_form.h"
#include "common/generators/gen_kit.h"

/*
 * gen_form_int: a form as it is read: parts, of which one text is put together.
 */

/* The words of a token, made once for all forms that are read together. */
struct form_words {
	const char *token;
	size_t n;
	struct gen_part part; /* PART_WORD */
	const struct form_words *next;
};

struct form {
	struct gen_part *part;
	uint32_t nparts;
	uint64_t weight; /* beside the others' */
};

enum { FORMS_MAX = 512 };

struct form_reader {
	const char *id; /* of the generator, for messages */
	const struct locale *l;
	struct arena *a;
	struct err *e;
	const struct form_words *words;
	struct form form[FORMS_MAX];
	uint32_t n;
};

/** form_read_key(r, key): add the forms of the key to r->form.  form_read(r, form, weight): add one
 *  form, and what its nested ones make of it.  0; -1 with r->e, ERR_NO for what the data says. */
int form_read_key(struct form_reader *r, const char *key);
int form_read(struct form_reader *r, const char *form, uint64_t weight);

/** form_words(r, token, n): the words of a token; NULL with r->e. */
const struct gen_part *form_words(struct form_reader *r, const char *token, size_t n);

#endif
