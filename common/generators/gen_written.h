/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_WRITTEN_H
#define COMMON_GEN_WRITTEN_H

#include "common/generators/gen_narrow.h"

/*
 * gen_written: the same telephone number or postal code can be written in several ways, and the
 * parameter "form" names one of them.  A locale has the forms of each way under a key of its own:
 * cell_plain and cell_punctuated in forms.txt, person.cell=plain in record.tsv.
 */

#define WRITTEN_TELEPHONE "plain punctuated separated country e164 international"
#define WRITTEN_POSTAL	  "plain punctuated"

/* Rows of tables of parameters. */
#define WRITTEN_TELEPHONE_PARAM                                                                    \
	{                                                                                          \
		"form", GP_STRING, false, NULL,                                                    \
			"how it is written; else as the column's length and checks allow. "        \
			"plain: 1155550100; punctuated: (11) 5555-0100; separated: "               \
			"11 5555-0100; country: 551155550100; e164: +551155550100; "               \
			"international: +55 11 5555-0100; the same of other locales",              \
			.one_of = WRITTEN_TELEPHONE                                                \
	}
#define WRITTEN_POSTAL_PARAM                                                                       \
	{                                                                                          \
		"form", GP_STRING, false, NULL,                                                    \
			"how it is written; else as the column's length and checks allow. "        \
			"plain: 01310100 or 12345; punctuated: 01310-100 or 12345-6789",           \
			.one_of = WRITTEN_POSTAL                                                   \
	}

/* "form" of telephones and of postal codes, in front of those that narrow texts; and alone. */
extern const struct gen_param gen_telephone_params[], gen_postal_params[];
extern const struct gen_param gen_telephone_form_params[], gen_postal_form_params[];

/** written_form(g, params, a, form, e): the parameter "form", or NULL, into *form.  -1 when it is
 *  none of those that the parameter takes, which a lenient generator has to find out by itself. */
int written_form(const struct gen *g, const msgpack_object *params, struct arena *a,
	const char **form, struct err *e);

/** gen_telephone: prepare() of telephones, op->makes being the key of the locale's forms.  The keys
 *  of their ways to be written begin with "landline" for that key, and with "cell" for others. */
int gen_telephone(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e);

#endif
