/* SPDX-License-Identifier: MIT */
/*
 * What is paid by in Brazil: the digits of a bank slip (linha digitavel, by
 * the rules of Febraban) and keys of Pix (Banco Central).
 *
 * A slip is three fields, each with a check digit modulo 10, then a check digit
 * modulo 11 of the bar code, the day on which it is due and the amount. The bank is 999, which no
 * bank is, so that none can be paid.
 */
#include "common/generators/gen_id.h"

static char first_field(const char *num, unsigned sum)
{
	(void)sum;
	return id_luhn(num, 9);
}

static char second_field(const char *num, unsigned sum)
{
	(void)sum;
	return id_luhn(num + 10, 10);
}

static char third_field(const char *num, unsigned sum)
{
	(void)sum;
	return id_luhn(num + 21, 10);
}

/* The sum of the bar code is over its digits in another order; the weights have that. */
static char bar_code(const char *num, unsigned sum)
{
	unsigned d = 11 - sum % 11;

	(void)num;
	return (char)(d > 9 ? '1' : '0' + d);
}

/*
 * Weights 2 to 9 from the right of the bar code: bank and currency, due day and amount, then the
 * three fields without their check digits.
 */
static const struct id_check slip_checks[] = {
	{'x', "", first_field},
	{'y', "", second_field},
	{'z', "", third_field},
	{'w', "43292987605432987654032987654320087654329876543", bar_code},
	{0},
};

static const struct id_form slip_forms[] = {{"plain", NULL},
	{"punctuated", "#####.##### #####.###### #####.###### # ##############"}, {0}};

/* Days from 1000 on count from 2025-02-22. */
static const struct id_series slips[] = {
	{.spec = "999900000x00000#####y#####00000zw1###00000#####",
		.checks = slip_checks,
		.forms = slip_forms},
	{0},
};

/* ---- Pix ----------------------------------------------------------------------------------- */

static const struct id_form plain[] = {{"plain", NULL}, {0}};

/* Random keys are uuids of version 4; 60 bits of them vary. */
static const struct id_series keys[] = {
	{.key = "evp", .spec = "7c9e6679-7425-40de-8hhh-hhhhhhhhhhhh", .forms = plain},
	{.key = "cpf",
		.spec = "#########xy",
		.unequal = true,
		.checks = id_cpf_checks,
		.forms = plain},
	{.key = "cnpj", .spec = "99######0001xy", .checks = id_cnpj_checks, .forms = plain},
	{.key = "cnpj",
		.spec = "########0001xy",
		.from = 1,
		.checks = id_cnpj_checks,
		.forms = plain},
	{.key = "phone", .spec = "+551190#######", .forms = plain},
	{0},
};

static const struct id_doc docs[] = {
	{"semantic.br.linha_digitavel", NULL, NULL, slips},
	{"semantic.br.pix", "kind", "evp", keys},
};

static int prepare_payment(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_id(
		g, c, id_doc_of(docs, sizeof(docs) / sizeof(docs[0]), g->op->id), params, a, e);
}

static const struct gen_param slip_params[] = {
	ID_FORM_PARAM("plain punctuated"),
	ID_INVALID_PARAM,
	{0},
};

static const struct gen_param pix_params[] = {
	{"kind", GP_STRING, false, "evp", "what the key is; evp is a random one",
		.one_of = "evp cpf cnpj phone"},
	{0},
};

const struct gen_op gen_id_br_pay_ops[] = {
	{.id = "semantic.br.linha_digitavel",
		.help = "the 47 digits of a bank slip, of bank 999, which is none, so that it "
			"cannot "
			"be paid",
		.params = slip_params,
		.families = GF_TEXT,
		.locale = "pt_BR",
		.distinct = GEN_DISTINCT_LETTERS,
		.prepare = prepare_payment,
		.value = gen_draw_value},
	{.id = "semantic.br.pix",
		.help = "a key of Pix; a CPF may be somebody's, a telephone number begins with 90, "
			"as no subscriber's does",
		.params = pix_params,
		.families = GF_TEXT,
		.locale = "pt_BR",
		.pii = "pii.document",
		.prepare = prepare_payment,
		.value = gen_draw_value},
	{0},
};
