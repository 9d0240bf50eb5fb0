/* SPDX-License-Identifier: MIT */
/*
 * Inscricao estadual, the number under which a company pays the taxes of a state:
 * each of the 27 has its own length and rule, published by the states
 * and collected at sintegra.gov.br. The series of a state begins with digits
 * that it really uses; no state says which numbers it has not issued.
 */
#include "common/generators/gen_id.h"

/* ---- rules that only one state has -------------------------------------------------------------
 */

/* Bahia: modulo 11 where the second digit is 6, 7 or 9, else modulo 10. */
static char ba_digit(const char *num, unsigned sum)
{
	if (num[1] == '6' || num[1] == '7' || num[1] == '9')
		return id_mod11(num, sum);
	return id_mod10(sum);
}

/*
 * Minas Gerais, first digit: a 0 is put after the third digit, then every second
 * digit is doubled; the digits of all these are added, and what is missing to the
 * next multiple of ten is the check digit.
 */
static char mg_digit(const char *num, unsigned sum)
{
	(void)sum;
	sum = 0;
	for (unsigned i = 0; i < 11; i++) {
		/* after the inserted 0 the places are one further */
		unsigned place = i < 3 ? i : i + 1;
		unsigned v = (unsigned)(num[i] - '0') * (place % 2 + 1);

		sum += v / 10 + v % 10;
	}
	return id_mod10(sum);
}

/* Rondonia: 10 and 11 become 0 and 1. */
static char ro_digit(const char *num, unsigned sum)
{
	(void)num;
	return (char)('0' + (11 - sum % 11) % 10);
}

static char rr_digit(const char *num, unsigned sum)
{
	(void)num;
	return (char)('0' + sum % 9);
}

/* ---- checks and forms
 * ---------------------------------------------------------------------------- */

#define ONE(name, weights, rule)                                                                   \
	static const struct id_check name[] = {{'x', (weights), (rule)}, {0}}
#define TWO(name, first, first_rule, second, second_rule)                                          \
	static const struct id_check name[] = {                                                    \
		{'x', (first), (first_rule)}, {'y', (second), (second_rule)}, {0}}

ONE(usual, "98765432", id_mod11); /* of nine digits, as 16 states have them */
ONE(mt, "3298765432", id_mod11);
ONE(rj, "2765432", id_mod11);
ONE(ro, "6543298765432", ro_digit);
ONE(rr, "12345678", rr_digit);
ONE(rs, "298765432", id_mod11);
TWO(ac, "43298765432", id_mod11, "543298765432", id_mod11); /* and the federal district */
TWO(mg, "", mg_digit, "32ba98765432", id_mod11);
TWO(pe, "8765432", id_mod11, "98765432", id_mod11);
TWO(pr, "32765432", id_mod11, "432765432", id_mod11);
TWO(sp, "1345678a", id_rest11, "32a98765432", id_rest11);

/* Bahia's last digit is computed before the one that stands before it. */
static const struct id_check ba[] = {{'y', "8765432", ba_digit}, {'x', "987654302", ba_digit}, {0}};

#define FORMS(name, mask)                                                                          \
	static const struct id_form name[] = {{"plain", NULL}, {"punctuated", (mask)}, {0}}

FORMS(f_dash, "########-#");
FORMS(f_dots, "##.###.###-#");
FORMS(f_two, "#######-##");
FORMS(f_ac, "##.###.###/###-##");
FORMS(f_df, "###########-##");
FORMS(f_mg, "###.###.###/####");
FORMS(f_mt, "##########-#");
FORMS(f_pa, "##-######-#");
FORMS(f_pr, "########-##");
FORMS(f_rj, "##.###.##-#");
FORMS(f_ro, "#############-#");
FORMS(f_rs, "###/#######");
FORMS(f_sc, "###.###.###");
FORMS(f_sp, "###.###.###.###");

/* ---- the states
 * ---------------------------------------------------------------------------------- */

/* Amapa's numbers below 03019023 follow other rules; they end before these begin. */
static const struct id_series states[] = {
	{"AC", "01#########xy", 0, false, ac, f_ac},
	{"AL", "24t#####x", 0, false, usual, f_dash},
	{"AM", "04######x", 0, false, usual, f_dots},
	{"AP", "03######x", 19023, false, usual, f_dash},
	{"BA", "#######xy", 1, false, ba, f_two},
	{"CE", "06######x", 0, false, usual, f_dash},
	{"DF", "07#########xy", 0, false, ac, f_df},
	{"ES", "08######x", 0, false, usual, f_dash},
	{"GO", "11######x", 0, false, usual, f_dots},
	{"MA", "12######x", 0, false, usual, f_dash},
	{"MG", "#########00xy", 1, false, mg, f_mg},
	{"MS", "28######x", 0, false, usual, f_dash},
	{"MT", "0013######x", 0, false, mt, f_mt},
	{"PA", "15######x", 0, false, usual, f_pa},
	{"PB", "16######x", 0, false, usual, f_dash},
	{"PE", "0######xy", 1, false, pe, f_two},
	{"PI", "19######x", 0, false, usual, f_dash},
	{"PR", "9#######xy", 0, false, pr, f_pr},
	{"RJ", "#######x", 1, false, rj, f_rj},
	{"RN", "20######x", 0, false, usual, f_dots},
	{"RO", "0############x", 1, false, ro, f_ro},
	{"RR", "24######x", 0, false, rr, f_dash},
	{"RS", "1########x", 0, false, rs, f_rs},
	{"SC", "25######x", 0, false, usual, f_sc},
	{"SE", "27######x", 0, false, usual, f_dash},
	{"SP", "########x##y", 1, false, sp, f_sp},
	{"TO", "29######x", 0, false, usual, f_dash},
	{0},
};

static const struct id_doc doc = {"semantic.br.ie", "uf", "SP", states};

static int prepare_ie(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_id(g, c, &doc, params, a, e);
}

static const struct gen_param params_of_ie[] = {
	ID_UF_PARAM("SP", "the state that the number is of"),
	ID_FORM_PARAM("plain punctuated"),
	ID_INVALID_PARAM,
	{0},
};

const struct gen_op gen_id_br_ie_ops[] = {
	{.id = "semantic.br.ie",
		.help = "a company's number with the tax office of a state, with valid check "
			"digits; it may be a company's, since no state says which are not issued: "
			"see invalid",
		.params = params_of_ie,
		.families = GF_TEXT,
		.locale = "pt_BR",
		.distinct = GEN_DISTINCT_LETTERS,
		.prepare = prepare_ie,
		.value = gen_draw_value},
	{0},
};
