/* SPDX-License-Identifier: MIT */
/*
 * Documents of Brazil. The rules of their check digits are those that the
 * authorities publish: Receita Federal (CPF, CNPJ), Caixa (PIS), Tribunal Superior
 * Eleitoral (voters' numbers), Senatran (CNH, RENAVAM, plates), the state of Sao Paulo
 * (RG).
 *
 * Numbers come from a part of a series that is not issued, where there is one: there
 * the first characters are fixed. A unique column with more rows than that part has
 * numbers takes the whole series. Of CPF and of the CNPJ with letters no such
 * part is known, so that a valid number may be somebody's; who needs certainty asks
 * for "invalid": true. The helps of the generators say so, one by one.
 */
#include "common/generators/gen_id.h"

/* ---- ways to write them -------------------------------------------------------------------- */

static const struct id_form plain[] = {{"plain", NULL}, {0}};
static const struct id_form cpf_forms[] = {{"plain", NULL}, {"punctuated", "###.###.###-##"}, {0}};
static const struct id_form cnpj_forms[] = {
	{"plain", NULL}, {"punctuated", "##.###.###/####-##"}, {0}};
static const struct id_form rg_forms[] = {
	{"plain", NULL}, {"punctuated", "##.###.###-#"}, {"issuer", "##.###.###-# SSP/SP"}, {0}};
static const struct id_form pis_forms[] = {{"plain", NULL}, {"punctuated", "###.#####.##-#"}, {0}};
static const struct id_form voter_forms[] = {
	{"plain", NULL}, {"punctuated", "#### #### ####"}, {0}};
static const struct id_form renavam_forms[] = {
	{"plain", NULL}, {"punctuated", "##########-#"}, {0}};
static const struct id_form old_plate_forms[] = {{"plain", NULL}, {"punctuated", "###-####"}, {0}};

/* ---- CPF, CNPJ, RG, PIS, RENAVAM, plates
 * --------------------------------------------------------- */

const struct id_check id_cpf_checks[] = {
	{'x', "a98765432", id_mod11}, {'y', "ba98765432", id_mod11}, {0}};

/* A letter of a CNPJ counts as its code less that of the digit 0, as a digit does. */
const struct id_check id_cnpj_checks[] = {
	{'x', "543298765432", id_mod11}, {'y', "6543298765432", id_mod11}, {0}};
static const struct id_check rg_checks[] = {{'x', "23456789", id_mod11_x}, {0}};
static const struct id_check pis_checks[] = {{'x', "3298765432", id_mod11}, {0}};

static const struct id_series cpf[] = {
	{.spec = "#########xy", .unequal = true, .checks = id_cpf_checks, .forms = cpf_forms},
	{0},
};

/* Head offices, of which the branch is 0001; then branches from 1000 on. */
static const struct id_series cnpj[] = {
	{.spec = "99######0001xy", .checks = id_cnpj_checks, .forms = cnpj_forms},
	{.spec = "########0001xy", .from = 1, .checks = id_cnpj_checks, .forms = cnpj_forms},
	{.spec = "########1###xy", .from = 1000, .checks = id_cnpj_checks, .forms = cnpj_forms},
	{0},
};

/* A root of digits alone is a CNPJ of the old kind: the first character is a letter. */
static const struct id_series cnpj_letters[] = {
	{.spec = "lnnnnnnn0001xy", .checks = id_cnpj_checks, .forms = cnpj_forms},
	{0},
};

static const struct id_series rg[] = {
	{.spec = "9######kx", .checks = rg_checks, .forms = rg_forms},
	{.spec = "#######kx", .from = 1, .checks = rg_checks, .forms = rg_forms},
	{0},
};

static const struct id_series pis[] = {
	{.spec = "9#########x", .checks = pis_checks, .forms = pis_forms},
	{0},
};

static const struct id_series renavam[] = {
	{.spec = "9#########x", .checks = pis_checks, .forms = renavam_forms},
	{0},
};

static const struct id_series plates[] = {
	{.key = "mercosul", .spec = "Zll#j##", .forms = plain},
	{.key = "mercosul", .spec = "lll#j##", .forms = plain},
	{.key = "old", .spec = "Zll####", .forms = old_plate_forms},
	{.key = "old", .spec = "lll####", .forms = old_plate_forms},
	{0},
};

/* ---- CNH ------------------------------------------------------------------------------------- */

static char cnh_first(const char *num, unsigned sum)
{
	(void)num;
	sum %= 11;
	return (char)(sum > 9 ? '0' : '0' + sum);
}

/*
 * The second is two less where the first, before it was cut to 0, was 10; below 0 it
 * goes on from 11, and above 9 it is 0.
 */
static char cnh_second(const char *num, unsigned sum)
{
	unsigned first = 0;

	for (unsigned i = 0; i < 9; i++)
		first += (9 - i) * (unsigned)(num[i] - '0');
	sum = (sum + (first % 11 > 9 ? 9 : 0)) % 11;
	return (char)(sum > 9 ? '0' : '0' + sum);
}

static const struct id_check cnh_checks[] = {
	{'x', "987654321", cnh_first}, {'y', "123456789", cnh_second}, {0}};

/* Numbers run from 00 and have not passed 1; the second digit is no 9, or all could be 9. */
static const struct id_series cnh[] = {
	{.spec = "9t#######xy", .checks = cnh_checks, .forms = plain},
	{0},
};

/* ---- voters' numbers
 * ----------------------------------------------------------------------------- */

/* In the two states with the most voters a check digit 0 becomes 1 where the sum leaves none. */
static char voter_large(const char *num, unsigned sum)
{
	return sum % 11 == 0 ? '1' : id_rest11(num, sum);
}

static const struct id_check voter_checks[] = {
	{'x', "23456789", id_rest11}, {'y', "00000000789", id_rest11}, {0}};
static const struct id_check large_checks[] = {
	{'x', "23456789", voter_large}, {'y', "00000000789", voter_large}, {0}};

#define VOTERS(uf, code, rules)                                                                    \
	{.key = (uf), .spec = "9#######" code "xy", .checks = (rules), .forms = voter_forms},      \
	{                                                                                          \
		.key = (uf), .spec = "########" code "xy", .from = 1, .checks = (rules),           \
		.forms = voter_forms                                                               \
	}

static const struct id_series voters[] = {
	VOTERS("SP", "01", large_checks),
	VOTERS("MG", "02", large_checks),
	VOTERS("RJ", "03", voter_checks),
	VOTERS("RS", "04", voter_checks),
	VOTERS("BA", "05", voter_checks),
	VOTERS("PR", "06", voter_checks),
	VOTERS("CE", "07", voter_checks),
	VOTERS("PE", "08", voter_checks),
	VOTERS("SC", "09", voter_checks),
	VOTERS("GO", "10", voter_checks),
	VOTERS("MA", "11", voter_checks),
	VOTERS("PB", "12", voter_checks),
	VOTERS("PA", "13", voter_checks),
	VOTERS("ES", "14", voter_checks),
	VOTERS("PI", "15", voter_checks),
	VOTERS("RN", "16", voter_checks),
	VOTERS("AL", "17", voter_checks),
	VOTERS("MT", "18", voter_checks),
	VOTERS("MS", "19", voter_checks),
	VOTERS("DF", "20", voter_checks),
	VOTERS("SE", "21", voter_checks),
	VOTERS("AM", "22", voter_checks),
	VOTERS("RO", "23", voter_checks),
	VOTERS("AC", "24", voter_checks),
	VOTERS("AP", "25", voter_checks),
	VOTERS("RR", "26", voter_checks),
	VOTERS("TO", "27", voter_checks),
	{0},
};

/* ---- the generators
 * ------------------------------------------------------------------------------ */

static const struct id_doc docs[] = {
	{"semantic.br.cpf", NULL, NULL, cpf},
	{"semantic.br.cnpj", NULL, NULL, cnpj},
	{"semantic.br.cnpj.alphanumeric", NULL, NULL, cnpj_letters},
	{"semantic.br.rg", NULL, NULL, rg},
	{"semantic.br.pis", NULL, NULL, pis},
	{"semantic.br.cnh", NULL, NULL, cnh},
	{"semantic.br.renavam", NULL, NULL, renavam},
	{"semantic.br.placa", "style", "mercosul", plates},
	{"semantic.br.titulo_eleitor", "uf", "SP", voters},
};

static int prepare_doc(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_id(
		g, c, id_doc_of(docs, sizeof(docs) / sizeof(docs[0]), g->op->id), params, a, e);
}

static const struct gen_param two_forms[] = {
	ID_FORM_PARAM("plain punctuated"),
	ID_INVALID_PARAM,
	{0},
};

static const struct gen_param rg_params[] = {
	ID_FORM_PARAM("plain punctuated issuer"),
	ID_INVALID_PARAM,
	{0},
};

static const struct gen_param cnh_params[] = {
	ID_INVALID_PARAM,
	{0},
};

static const struct gen_param plate_params[] = {
	{"style", GP_STRING, false, "mercosul",
		"the letters and digits since 2018, or those before", .one_of = "mercosul old"},
	ID_FORM_PARAM("plain punctuated"),
	{0},
};

static const struct gen_param voter_params[] = {
	ID_UF_PARAM("SP", "the state that the number is of"),
	ID_FORM_PARAM("plain punctuated"),
	ID_INVALID_PARAM,
	{0},
};

#define DOC_OP(name, text, tag, spec)                                                              \
	.id = (name), .help = (text), .params = (spec), .families = GF_TEXT, .locale = "pt_BR",    \
	.pii = (tag), .distinct = GEN_DISTINCT_LETTERS, .prepare = prepare_doc,                    \
	.value = gen_draw_value

const struct gen_op gen_id_br_ops[] = {
	{DOC_OP("semantic.br.cpf",
		 "a person's registry number, with valid check digits; it may be somebody's, "
		 "since no part of the series is known not to be issued: see invalid",
		 "pii.cpf", two_forms),
		.lenient = true},
	{DOC_OP("semantic.br.cnpj",
		 "a company's registry number, with valid check digits and branch 0001, from "
		 "99.000.000 on, where none is known to have been issued, which is not promised",
		 "pii.cnpj", two_forms),
		.lenient = true},
	{DOC_OP("semantic.br.cnpj.alphanumeric",
		"a company's registry number with letters, as of July 2026; it may be a company's, "
		"since no part of the series is known not to be issued: see invalid",
		"pii.cnpj", two_forms)},
	{DOC_OP("semantic.br.rg",
		 "an identity card number of Sao Paulo, eight digits and a check digit, from "
		 "90.000.000 on, above the numbers that the state has issued",
		 "pii.rg", rg_params),
		.lenient = true},
	{DOC_OP("semantic.br.pis",
		"a worker's number (PIS, PASEP, NIS), which begins with 9, as no issued one does",
		"pii.document", two_forms)},
	{DOC_OP("semantic.br.cnh",
		"a driving licence's number, which begins with 9, as no issued one does",
		"pii.document", cnh_params)},
	{DOC_OP("semantic.br.renavam",
		"a vehicle's registry number, which begins with 9, as no issued one does",
		"pii.document", two_forms)},
	{DOC_OP("semantic.br.placa",
		"a vehicle's number plate, of the letters from ZAA on, which are not issued yet",
		"pii.document", plate_params)},
	{DOC_OP("semantic.br.titulo_eleitor",
		"a voter's number, from 90 million on within its state, more than any has issued",
		"pii.document", voter_params)},
	{0},
};
