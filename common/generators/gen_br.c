/* SPDX-License-Identifier: MIT */
/*
 * Texts of Brazil: names, addresses, telephone numbers, companies. Most of them
 * are forms of common/data/pt_BR/forms.txt. These ids are of Brazil whatever
 * the locale of the plan is.
 */
#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_faker.h"
#include "common/generators/gen_kit.h"

static int prepare_text(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	(void)params;
	if (c->type != VT_TEXT && !gen_faker_is_type(c, "inet") && !gen_faker_is_type(c, "cidr"))
		return err_set(e, ERR_NO,
			"%s: of the types that are no text it fills inet and cidr", g->op->id);
	return gen_form(g, c, gen_own_locale(g, c), g->op->makes, a, e);
}

static int prepare_cep(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const char *key = g->op->makes, *form;

	if (written_form(g, params, a, &form, e) == -1)
		return -1;
	if (form != NULL && (key = arena_printf(a, "%s_%s", key, form)) == NULL)
		return err_nomem(e);
	return gen_form(g, c, gen_own_locale(g, c), key, a, e);
}

/* ---- states, cities, money ---------------------------------------------------------------- */

static int prepare_uf(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	(void)params;
	return gen_words(g, c, gen_own_locale(g, c), "state", a, e);
}

static bool known_state(const struct locale *l, const char *uf)
{
	const struct locale_list *states = locale_list(l, "state");

	for (uint32_t i = 0; states != NULL && i < states->n; i++)
		if (strcmp(states->v[i].p, uf) == 0)
			return true;
	return false;
}

/* Cities, of one state or of all. */
static int prepare_city(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const char *uf = NULL, *token = "place";

	if (gen_arg_string(params, "uf", a, &uf)) {
		token = uf != NULL ? arena_printf(a, "place[state=%s]", uf) : NULL;
		if (token == NULL)
			return err_nomem(e);
		if (!known_state(gen_own_locale(g, c), uf))
			return err_set(e, ERR_NO, "%s: uf is not a state of Brazil", g->op->id);
	}
	return gen_words(g, c, gen_own_locale(g, c), token, a, e);
}

/*
 * Amounts from 10 to 10,000 with two decimals, unless the parameters say
 * otherwise.
 */
static int prepare_money(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_number num = {.min = 10, .max = 10000, .scale = 2};

	num.min_given = gen_arg_float(params, "min", &num.min);
	num.max_given = gen_arg_float(params, "max", &num.max);
	return gen_number(g, c, &num, a, e);
}

static const struct gen_param city_params[] = {
	{"uf", GP_STRING, false, NULL, "only cities of this state (SP, RJ ...)"},
	{0},
};

static const struct gen_param money_params[] = {
	{"min", GP_FLOAT, false, "10.0", "least value", .not_above = "max"},
	{"max", GP_FLOAT, false, "10000.0", "greatest value"},
	{0},
};

#define TEXT_OP(name, key, text, tag, fams)                                                        \
	{                                                                                          \
		.id = name, .makes = key, .help = text, .families = fams, .output = GF_TEXT,       \
		.locale = "pt_BR", .pii = tag, .distinct = GEN_DISTINCT_LETTERS, .lenient = true,  \
		.prepare = prepare_text, .value = gen_draw_value                                   \
	}

const struct gen_op gen_br_ops[] = {
	TEXT_OP("semantic.br.name", "name", "a person's name", "pii.name", GF_TEXT),
	TEXT_OP("semantic.br.email.safe", "email", "an e-mail address at example.com", "pii.email",
		GF_TEXT),
	{.id = "semantic.br.phone",
		.makes = "phone",
		.help = "a mobile number, +55, area code and nine digits",
		.params = gen_telephone_form_params,
		.families = GF_TEXT,
		.locale = "pt_BR",
		.pii = "pii.phone",
		.distinct = GEN_DISTINCT_LETTERS,
		.lenient = true,
		.prepare = gen_telephone,
		.value = gen_draw_value},
	{.id = "semantic.br.cep",
		.makes = "postcode",
		.help = "a postal code, eight digits",
		.params = gen_postal_form_params,
		.families = GF_TEXT,
		.locale = "pt_BR",
		.pii = "pii.location",
		.distinct = GEN_DISTINCT_LETTERS,
		.lenient = true,
		.prepare = prepare_cep,
		.value = gen_draw_value},
	TEXT_OP("semantic.br.address", "address", "a street and a number", "pii.address", GF_TEXT),
	TEXT_OP("semantic.br.ip", "ip", "an IPv4 address", "pii.network", GF_TEXT | GF_RAW),
	TEXT_OP("semantic.br.url", "url", "an address at example.com", "pii.network", GF_TEXT),
	TEXT_OP("semantic.br.company.name", "company", "a company's name", NULL, GF_TEXT),
	TEXT_OP("semantic.br.product.name", "product", "a product's name", NULL, GF_TEXT),
	{.id = "semantic.br.uf",
		.help = "a state's two letters",
		.families = GF_TEXT,
		.locale = "pt_BR",
		.pii = "pii.location",
		.lenient = true,
		.prepare = prepare_uf,
		.value = gen_draw_value},
	{.id = "semantic.br.city",
		.help = "a city's name",
		.params = city_params,
		.families = GF_TEXT,
		.locale = "pt_BR",
		.pii = "pii.location",
		.lenient = true,
		.prepare = prepare_city,
		.value = gen_draw_value},
	{.id = "semantic.br.money.brl",
		.help = "an amount in reais, with cents",
		.params = money_params,
		.families = GF_INT | GF_NUM | GF_FLOAT,
		.output = GF_NUM,
		.locale = "pt_BR",
		.lenient = true,
		.prepare = prepare_money,
		.value = gen_number_value},
	{0},
};
