/* SPDX-License-Identifier: MIT */
/*
 * The number of a record's company or document: another generator makes it, of an index that
 * belongs to the record. Columns of one record have the same number, each written as its own
 * length and checks ask, because they hand the same index to the same generator.
 */
#include "common/generators/gen_record.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_id.h"

enum { STREAM_NUMBER = 500 };

static const struct gen_op *op_of(const char *id)
{
	for (size_t i = 0; gen_id_all[i] != NULL; i++)
		for (const struct gen_op *op = gen_id_all[i]; op->id != NULL; op++)
			if (strcmp(op->id, id) == 0)
				return op;
	return NULL;
}

int record_number(struct record_number *k, const struct record *r, const struct gen_column *c,
	struct vtext id, struct err *e)
{
	char *name = arena_strndup(r->a, id.p, id.n);
	const struct gen_op *op;

	if (name == NULL)
		return err_nomem(e);
	if ((op = op_of(name)) == NULL)
		return err_set(e, ERR_NO, "{=%s} names no generator", name);
	if (gen_prepare(&k->of, op, c, NULL, r->a, e) == -1)
		return e->kind == ERR_NO ? 0 : -1;
	k->key = rng_subkey(r->key, STREAM_NUMBER);
	for (const char *p = name; *p != '\0'; p++)
		k->key = rng_subkey(k->key, (unsigned char)*p);
	k->distinct = k->of.space >= r->rows && r->after == 0;
	if (k->distinct)
		perm_init(&k->perm, k->key, k->of.space);
	return 1;
}

void record_number_put(const struct record_number *k, const uint64_t *row, uint32_t n,
	struct vec *out, struct gen_heap *h)
{
	uint64_t idx[VEC_BLOCK];

	for (uint32_t i = 0; i < n; i++)
		idx[i] = k->distinct ? perm_at(&k->perm, row[i])
				     : rng_below(rng_at(k->key, row[i]), k->of.space);
	k->of.op->value(&k->of, idx, n, out, h);
}
