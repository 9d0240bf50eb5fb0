/* SPDX-License-Identifier: MIT */
/*
 * Which generator makes the values of a common type: by the type, but a text
 * whose check asks for an "@" is an e-mail address.
 */
#include "common/generators/gen_kit.h"

#include <string.h>

/* By the class of the column's base type; NULL: it is a native one's, or nobody's. */
static const char *const by_class[PG_CLASS_COUNT] = {
	[PG_BOOL] = "primitive.bool",
	[PG_INT2] = "primitive.int",
	[PG_INT4] = "primitive.int",
	[PG_INT8] = "primitive.int",
	[PG_OID] = "primitive.int",
	[PG_NUMERIC] = "primitive.decimal.numeric",
	[PG_FLOAT4] = "primitive.float",
	[PG_FLOAT8] = "primitive.float",
	[PG_TEXT] = "primitive.text",
	[PG_VARCHAR] = "primitive.text",
	[PG_BPCHAR] = "primitive.text",
	[PG_CHAR] = "primitive.text",
	[PG_NAME] = "primitive.text",
	[PG_UUID] = "primitive.uuid",
	[PG_DATE] = "primitive.date",
	[PG_TIME] = "primitive.time",
	[PG_TIMESTAMP] = "primitive.timestamp",
	[PG_TIMESTAMPTZ] = "primitive.timestamp",
	[PG_ENUM] = "primitive.enum",
};

static bool wants_email(const struct gen_column *c)
{
	const struct sql_domain *d = c->dom;

	return d != NULL && d->contains != NULL && strcmp(d->contains, "@") == 0 &&
	       d->texts == NULL;
}

const char *gen_plain_id(const struct gen_column *c)
{
	if (gen_family(c->base) == GF_TEXT && wants_email(c))
		return "semantic.br.email.safe";
	return by_class[c->base.type->cls];
}

const struct gen_op *gen_plain_op(const char *id)
{
	static const struct gen_op *const families[] = {gen_prim_num_ops, gen_prim_time_ops,
		gen_prim_text_ops, gen_prim_id_ops, gen_br_ops};

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		for (const struct gen_op *op = families[i]; op->id != NULL; op++)
			if (strcmp(op->id, id) == 0)
				return op;
	return NULL;
}
