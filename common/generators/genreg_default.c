/* SPDX-License-Identifier: MIT */
/*
 * Which generator fills a column without a rule: by its type, with two
 * exceptions. A column with an identity or a sequence counts, and a text whose
 * check asks for an "@" is an e-mail address.
 */
#include "common/generators/genreg.h"

#include <string.h>

#include "common/generators/gen_kit.h"

/* By the class of the column's base type; NULL: no generator can fill it. */
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

static bool counts(const struct gen_column *c)
{
	return (c->column->identity != PG_IDENTITY_NONE || c->column->sequence != NULL) &&
	       (c->dom == NULL || c->dom->set == NULL);
}

const char *gen_default_id(const struct gen_column *c)
{
	unsigned family = gen_family(c->base);
	const char *id = by_class[c->base.type->cls];

	if ((family == GF_INT || family == GF_NUM) && counts(c))
		return "primitive.int.sequence_hint";
	if (family == GF_TEXT && wants_email(c))
		return "semantic.br.email.safe";
	return id != NULL ? id : gen_native_id(c->base);
}
