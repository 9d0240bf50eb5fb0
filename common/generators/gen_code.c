/* SPDX-License-Identifier: MIT */
/*
 * Codes of goods, orders and payments, names of machines and files: texts that mean nothing but
 * have the look that their names promise.
 *
 * Most of them are forms of the locale (common/data, keys code_*).  The codes of one table look
 * alike, so these keys have one form with a weight, and others of weight 0 for columns in which it
 * does not fit, or which need more texts.  Numbers with check digits are in gen_code_number.c,
 * random ones in gen_code_secret.c.
 */
#include "common/generators/gen_faker.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"

/* ---- forms with a year ----------------------------------------------------------------------- */

enum { FORMS = 16, YEARS = 3 };

static const char year_token[] = "{year}";

/* The form with one of the last years in the place of its token. */
static const char *with_years(const char *form, int32_t year, struct arena *a)
{
	const char *at = strstr(form, year_token);

	if (at == NULL)
		return form;
	return arena_printf(a, "%.*s{%d..%d}%s", (int)(at - form), form, year - YEARS + 1, year,
		at + strlen(year_token));
}

/* Texts of the forms of a key, of which the first is preferred: {year} is one of the three years
 * that end with the plan's today. */
static int make_dated(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const struct locale *l = gen_own_locale(g, c);
	const struct locale_list *all = locale_forms(l, g->op->makes);
	const char *forms[FORMS];
	uint32_t n = 0;

	(void)params;
	for (uint32_t i = 0; all != NULL && i < all->n && n < FORMS; i++) {
		if (strcmp(all->v[i].p, g->op->makes) != 0)
			continue;
		forms[n] = with_years(locale_cell(all, i, 1).p, cal_date(c->as_of).year, a);
		if (forms[n++] == NULL)
			return err_nomem(e);
	}
	if (n == 0)
		return err_set(e, ERR_NO, "%s: locale %s has no form {%s}", g->op->id, l->name,
			g->op->makes);
	return gen_form_of(g, c, l, forms, n, a, e);
}

static int prepare_dated(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_dated, a, e);
}

/* ---- the generators -------------------------------------------------------------------------- */

/* A text of the locale's forms, or of the words of a list. */
#define CODE(name, what, text)                                                                     \
	{                                                                                          \
		.id = (name), .makes = (what), .help = (text), .params = gen_narrow_params,        \
		.families = GF_TEXT, .locale = GEN_LOCALES, .prepare = gen_faker_words,            \
		.value = gen_draw_value                                                            \
	}

/* The same of Brazil. */
#define CODE_BR(name, what, text)                                                                  \
	{                                                                                          \
		.id = (name), .makes = (what), .help = (text), .params = gen_narrow_params,        \
		.families = GF_TEXT, .locale = "pt_BR", .prepare = gen_faker_words,                \
		.value = gen_draw_value                                                            \
	}

#define DATED(name, what, text)                                                                    \
	{                                                                                          \
		.id = (name), .makes = (what), .help = (text), .params = gen_narrow_params,        \
		.families = GF_TEXT, .locale = GEN_LOCALES, .prepare = prepare_dated,              \
		.value = gen_draw_value                                                            \
	}

const struct gen_op gen_code_ops[] = {
	CODE("semantic.code.sku", "code_sku",
		"the code of an article, which says nothing of what it is: KTW-48213"),
	CODE("semantic.code.tracking", "code_tracking",
		"the code of a parcel, in the look of the post's; whoever may have it"),
	CODE("semantic.code.order_number", "code_order", "the number of an order: PED-482713"),
	CODE("semantic.code.invoice_number", "code_invoice",
		"the number of an invoice: FAT-482137"),
	CODE("semantic.code.coupon", "code_coupon", "what a customer types for a discount"),
	CODE("semantic.code.card_brand", "{card_brand}", "the brand of a card, in lower case"),
	CODE("semantic.code.card_last4", "code_last4", "the last four digits of a card"),
	CODE("semantic.code.nsu", "code_nsu",
		"the number that a payment network gives a payment, digits"),
	CODE("semantic.code.authorization", "code_authorization",
		"the code of an authorized payment, six digits"),
	CODE("semantic.code.batch", "code_batch", "the code of a batch of goods: L4821B"),
	CODE("semantic.code.serial", "code_serial", "the serial number of a device"),
	CODE("semantic.code.short", "code_short",
		"a short code of letters and digits that do not look alike: K7FX3Q"),
	CODE_BR("semantic.code.ncm", "{ncm}|{ncm.dotted}",
		"the code of a kind of goods in the Mercosur (NCM), one that exists"),
	CODE_BR("semantic.code.cfop", "{cfop}|{cfop.dotted}",
		"the code of what a company sells or sends (CFOP), one that exists"),
	CODE_BR("semantic.code.cnae", "{cnae}|{cnae.digits}",
		"the code of a trade in Brazil (CNAE), one that exists"),
	CODE("semantic.file.name", "stored_file", "the name of a file that people keep"),
	DATED("semantic.file.path", "stored_path", "the path of a file that people keep"),
	CODE("semantic.file.extension", "{file_kind}", "what such a file's name ends in"),
	CODE("semantic.file.mime", "{file_kind.mime}", "such a file's media type"),
	CODE("semantic.file.image_url", "image_url", "the address of a picture at example.com"),
	CODE("semantic.internet.hostname", "host_name", "the name of a machine"),
	CODE("semantic.internet.path", "url_path", "the path of a page in a site"),
	CODE("semantic.internet.domain", "domain_name",
		"a company's domain below example.com, which nobody can own"),
	CODE("semantic.internet.referrer", "referrer",
		"the address of the page that a visitor came from, at example.com, .net or .org"),
	{.id = "semantic.internet.social",
		.makes = "social",
		.help = "a person's name in a social network, whoever may have it: @ana.souza",
		.params = gen_narrow_params,
		.families = GF_TEXT,
		.locale = GEN_LOCALES,
		.pii = "pii.name",
		.prepare = gen_faker_words,
		.value = gen_draw_value},
	CODE("semantic.http.method", "{http_method}",
		"a method of HTTP, GET more often than others"),
	CODE("semantic.version", "version", "a version of a program: 2.4.1, now and then a beta"),
	{0},
};
