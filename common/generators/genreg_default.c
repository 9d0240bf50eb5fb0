/* SPDX-License-Identifier: MIT */
/*
 * Which generator fills a column without a rule: the one of its type, but a
 * column with an identity or a sequence counts.
 */
#include "common/generators/genreg.h"

#include "common/generators/gen_kit.h"

static bool counts(const struct gen_column *c)
{
	return (c->column->identity != PG_IDENTITY_NONE || c->column->sequence != NULL) &&
	       (c->dom == NULL || c->dom->set == NULL);
}

const char *gen_default_id(const struct gen_column *c)
{
	unsigned family = gen_family(c->base);
	const char *id = gen_plain_id(c);

	if ((family == GF_INT || family == GF_NUM) && counts(c))
		return "primitive.int.sequence_hint";
	return id != NULL ? id : gen_native_id(c);
}
