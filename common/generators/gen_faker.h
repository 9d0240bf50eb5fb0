/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_FAKER_H
#define COMMON_GEN_FAKER_H

#include "common/generators/gen_form.h"
#include "common/generators/gen_narrow.h"
#include "common/generators/gen_written.h"

/*
 * gen_faker: the ids faker.* and their shorter names semantic.*, of every locale.  gen_op.makes
 * says what an id makes; its other parameters stand in front of those that narrow texts.
 */

/* Families: tables that end with id == NULL. */
extern const struct gen_op gen_faker_people_ops[];
extern const struct gen_op gen_faker_place_ops[];
extern const struct gen_op gen_faker_work_ops[];
extern const struct gen_op gen_faker_net_ops[];
extern const struct gen_op gen_faker_code_ops[];
extern const struct gen_op gen_faker_time_ops[];
extern const struct gen_op gen_faker_prose_ops[];
extern const struct gen_op gen_locale_ops[]; /* semantic.text.note and the like */
extern const struct gen_op gen_text_ops[];
extern const struct gen_op gen_name_ops[];

/** gen_faker_words: prepare() of texts of the locale's words: op->makes is a key of its forms, or
 *  tokens in braces. */
int gen_faker_words(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e);

/** gen_faker_postal: prepare() of postal codes of the locale's cities. */
int gen_faker_postal(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e);

/** gen_faker_is_type(c, name): whether the column's type has this name. */
bool gen_faker_is_type(const struct gen_column *c, const char *name);

/** gen_faker_value: value() of generators that fill typed columns too: ordinals, numbers and
 *  texts. */
void gen_faker_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h);

/*
 * Rows of the table.  FAKER(id, ...) is one, FAKER_AS(id, alias, ...) two: the id, and the same
 * under another name.  The rest are initialisers.  WORDS(what, text): texts of the locale;
 * TELEPHONE(what, text): its telephones.
 */
#define FAKER(name, ...)                                                                           \
	{                                                                                          \
		.id = name, .default_locale = "en_US", __VA_ARGS__                                 \
	}
#define FAKER_AS(name, alias, ...)                                                                 \
	FAKER(name, __VA_ARGS__), FAKER(alias, .alias_of = name, __VA_ARGS__)
#define TELEPHONE(what, text)                                                                      \
	.makes = (what), .help = (text), .params = gen_telephone_params, .families = GF_TEXT,      \
	.locale = GEN_LOCALES, .pii = "pii.phone", .prepare = gen_telephone,                       \
	.value = gen_draw_value
#define WORDS(what, text)                                                                          \
	.makes = (what), .help = (text), .params = gen_narrow_params, .families = GF_TEXT,         \
	.locale = GEN_LOCALES, .prepare = gen_faker_words, .value = gen_draw_value

#endif
