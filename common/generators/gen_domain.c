/* SPDX-License-Identifier: MIT */
/*
 * Values of three trades: sales, finance, logistics. The labels are those that
 * the plans of version 0.2 know, Portuguese without accents whatever the
 * locale, because columns of such schemas have CHECKs that list them.
 */
#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_kit.h"

enum { MOST_LABELS = 5 };

/* The labels of a generator, ended by NULL. */
static const struct labels {
	const char *id, *label[MOST_LABELS + 1];
} labels[] = {
	{"domain.crm.activity_type", {"anotacao", "reuniao", "tarefa"}},
	{"domain.crm.lead_stage", {"novo", "perdido", "qualificado"}},
	{"domain.crm.pipeline_name", {"Fechamento", "Prospeccao", "Qualificacao"}},
	{"domain.finance.invoice_status", {"aberta", "cancelada", "paga"}},
	{"domain.finance.payment_method",
		{"boleto", "cartao_credito", "cartao_debito", "pix", "transferencia"}},
	{"domain.finance.transaction_type", {"credito", "debito", "pix"}},
	{"domain.logistics.carrier", {"azul_cargo", "correios", "jadlog", "total_express"}},
	{"domain.logistics.shipment_status", {"cancelado", "criado", "em_transito", "entregue"}},
};

/* Whether a check that lists values lists this one; without such a check, yes. */
static bool in_set(const int64_t *set, uint32_t n, int64_t v)
{
	for (uint32_t i = 0; set != NULL && i < n; i++)
		if (set[i] == v)
			return true;
	return set == NULL;
}

/*
 * The labels as values of the column's enum type, as far as it has them and its
 * checks allow them.
 */
static int prepare_enum_label(struct gen *g, const struct gen_column *c, const struct labels *l,
	struct arena *a, struct err *e)
{
	const struct pg_type *type = c->base.type;
	struct gen_range all = {.hi = (int64_t)type->nlabels - 1, .step = 1};
	struct sql_domain mine = {.max_len = UINT32_MAX, .max_count = UINT32_MAX};
	struct gen_column narrowed = *c;
	int64_t *codes = arena_array(a, MOST_LABELS, sizeof(*codes));
	uint32_t n = 0;

	if (codes == NULL)
		return err_nomem(e);
	if (c->dom != NULL)
		mine = *c->dom;
	for (uint32_t i = 0; i < type->nlabels; i++)
		for (uint32_t k = 0; l->label[k] != NULL; k++)
			if (strcmp(type->labels[i], l->label[k]) == 0 &&
				in_set(mine.set, mine.nset, i))
				codes[n++] = i;
	if (n == 0)
		return err_set(e, ERR_NO,
			"%s: the column's type has none of its labels that the checks allow",
			g->op->id);
	mine.set = codes;
	mine.nset = n;
	narrowed.dom = &mine;
	return gen_ordinal(g, &narrowed, all, a, e);
}

/*
 * Labels; where the column is unique and has more rows than there are labels,
 * each with a number behind it.
 */
static int prepare_label(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const struct labels *l = labels;
	struct vtext *v = arena_array(a, MOST_LABELS, sizeof(*v));
	struct gen_part numbered[] = {{.kind = PART_WORD, .words = v},
		{.kind = PART_LITERAL, .text = " "}, {.kind = PART_NUMBER, .from = 1}};
	uint32_t n = 0;

	(void)params;
	while (strcmp(l->id, g->op->id) != 0)
		l++;
	if (c->type == VT_ENUM)
		return prepare_enum_label(g, c, l, a, e);
	if (v == NULL)
		return err_nomem(e);
	for (; l->label[n] != NULL; n++)
		v[n] = (struct vtext){l->label[n], strlen(l->label[n])};
	if (!c->unique || c->rows <= n)
		return gen_list(g, c, v, n, a, e);
	numbered[0].nwords = n;
	numbered[2].count = c->rows / n + 1;
	return gen_parts(g, c, numbered, sizeof(numbered) / sizeof(numbered[0]), a, e);
}

static void label_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	if (out->type == VT_ENUM)
		gen_ordinal_value(g, idx, n, out, h);
	else
		gen_draw_value(g, idx, n, out, h);
}

/* The number of an item that the post carries: two letters of the service, ten digits. */
static int prepare_tracking(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	static const struct gen_part parts[] = {
		{.kind = PART_LITERAL, .text = "BR"},
		{.kind = PART_DIGITS, .width = 10, .count = UINT64_C(10000000000)},
	};

	(void)params;
	return gen_parts(g, c, parts, sizeof(parts) / sizeof(parts[0]), a, e);
}

/* Length, width and height of a parcel in centimetres. */
static int prepare_dimensions(struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	static const struct gen_part parts[] = {
		{.kind = PART_NUMBER, .from = 10, .count = 91},
		{.kind = PART_LITERAL, .text = "x"},
		{.kind = PART_NUMBER, .from = 10, .count = 91},
		{.kind = PART_LITERAL, .text = "x"},
		{.kind = PART_NUMBER, .from = 5, .count = 76},
	};

	(void)params;
	return gen_parts(g, c, parts, sizeof(parts) / sizeof(parts[0]), a, e);
}

static int prepare_deal(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_number num = {.min = 1000, .max = 75000, .scale = 2};

	num.min_given = gen_arg_float(params, "min", &num.min);
	num.max_given = gen_arg_float(params, "max", &num.max);
	return gen_number(g, c, &num, a, e);
}

static int prepare_installments(struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	struct gen_number num = {.min = 1, .max = 12, .whole = true};
	int64_t v;

	if ((num.min_given = gen_arg_int(params, "min", &v)))
		num.min = (double)v;
	if ((num.max_given = gen_arg_int(params, "max", &v)))
		num.max = (double)v;
	return gen_number(g, c, &num, a, e);
}

static const struct gen_param deal_params[] = {
	{.name = "min",
		.kind = GP_FLOAT,
		.deflt = "1000.0",
		.help = "least value",
		.not_above = "max"},
	{.name = "max", .kind = GP_FLOAT, .deflt = "75000.0", .help = "greatest value"},
	{0},
};

static const struct gen_param installments_params[] = {
	{.name = "min",
		.kind = GP_INT,
		.deflt = "1",
		.help = "least number",
		.min = "1",
		.not_above = "max"},
	{.name = "max", .kind = GP_INT, .deflt = "12", .help = "greatest number", .min = "1"},
	{0},
};

#define LABEL_OP(name, text)                                                                       \
	{                                                                                          \
		.id = name, .help = text, .families = GF_TEXT | GF_ENUM, .output = GF_TEXT,        \
		.lenient = true, .locale = "pt_BR", .prepare = prepare_label, .value = label_value \
	}

const struct gen_op gen_domain_ops[] = {
	LABEL_OP("domain.crm.activity_type", "what a salesperson did: tarefa, reuniao, anotacao"),
	LABEL_OP("domain.crm.lead_stage", "how far a lead has come: novo, qualificado, perdido"),
	LABEL_OP("domain.crm.pipeline_name",
		"a stage of a sale: Prospeccao, Qualificacao, Fechamento"),
	LABEL_OP("domain.finance.invoice_status", "aberta, paga, cancelada"),
	LABEL_OP("domain.finance.payment_method",
		"cartao_credito, cartao_debito, pix, boleto, transferencia"),
	LABEL_OP("domain.finance.transaction_type", "debito, credito, pix"),
	LABEL_OP("domain.logistics.carrier", "correios, jadlog, total_express, azul_cargo"),
	LABEL_OP("domain.logistics.shipment_status", "criado, em_transito, entregue, cancelado"),
	{.id = "domain.crm.deal_value",
		.help = "what a sale is worth, with cents",
		.params = deal_params,
		.families = GF_INT | GF_NUM | GF_FLOAT,
		.output = GF_NUM,
		.lenient = true,
		.prepare = prepare_deal,
		.value = gen_number_value},
	{.id = "domain.finance.installments",
		.help = "the number of payments that an amount is divided into",
		.params = installments_params,
		.families = GF_INT | GF_NUM | GF_FLOAT,
		.output = GF_INT,
		.lenient = true,
		.prepare = prepare_installments,
		.value = gen_number_value},
	{.id = "domain.logistics.tracking_code",
		.help = "a parcel's number: BR and ten digits",
		.families = GF_TEXT,
		.output = GF_TEXT,
		.lenient = true,
		.prepare = prepare_tracking,
		.value = gen_draw_value},
	{.id = "domain.logistics.dimensions_cm",
		.help = "length, width and height of a parcel, as 30x20x10",
		.families = GF_TEXT,
		.output = GF_TEXT,
		.lenient = true,
		.prepare = prepare_dimensions,
		.value = gen_draw_value},
	{0},
};
