/* SPDX-License-Identifier: MIT */
/*
 * What all generators and transforms share: preparing one for a column, and the
 * heap that texts are made in.
 *
 * A generator is a row of a table (struct gen_op): an id, the families of types
 * that it can fill, its parameters, and two functions. prepare() looks at the
 * column and the parameters once and says how many distinct values there are
 * (the space); value() then turns indexes below the space into values, a block
 * at a time. So which values are drawn, in which order and how often is decided
 * in one place, and a generator never has random state of its own.
 */
#include "common/generators/gen.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/io/msgpack.h"

/*
 * Makes the heap at least ${n} bytes. Its content is not kept by intent: a
 * block is made from scratch.
 */
bool gen_heap_reserve(struct gen_heap *h, size_t n)
{
	char *p;

	if (n <= h->cap)
		return true;
	if ((p = realloc(h->p, n)) == NULL)
		return false;
	h->p = p;
	h->cap = n;
	return true;
}

void gen_heap_free(struct gen_heap *h)
{
	free(h->p);
	arena_free(&h->arena);
	*h = GEN_HEAP_INIT;
}

/* Where the first fault of the parameters is kept, for the message. */
struct first_fault {
	char message[256];
};

/* Called once for each fault; keeps the first. */
static void keep_first(void *ctx, enum gen_param_fault fault, const char *name, const char *message)
{
	struct first_fault *f = ctx;

	(void)fault;
	(void)name;
	if (f->message[0] == '\0')
		(void)snprintf(f->message, sizeof(f->message), "%s", message);
}

/*
 * Strict generators refuse any fault in their parameters. Lenient ones, which
 * old plans gave parameters that mean nothing, refuse only what they cannot do
 * without.
 */
static int check_params(const char *id, const struct gen_param *spec, bool lenient,
	const msgpack_object *params, struct err *e)
{
	struct first_fault f = {""};

	if (lenient || gen_check_params(spec, params, keep_first, &f) == 0)
		return 0;
	return err_set(e, ERR_NO, "%s: %s", id, f.message);
}

/* Parameters that choose among texts would change nothing in a column of another type. */
static int check_text_params(const struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct err *e)
{
	static const char *const of_texts[] = {"min_len", "max_len", "pattern", "charset"};

	if ((gen_family(c->base) & GF_TEXT) != 0)
		return 0;
	for (size_t i = 0; i < sizeof(of_texts) / sizeof(of_texts[0]); i++) {
		const msgpack_object *v = mp_get(params, of_texts[i]);

		if (v != NULL && v->type != MSGPACK_OBJECT_NIL &&
			gen_param_named(g->op->params, of_texts[i]) != NULL)
			return err_set(e, ERR_NO,
				"%s: min_len, max_len, pattern and charset are of texts, and the "
				"column has another type",
				g->op->id);
	}
	return 0;
}

/*
 * Checks the type and the parameters before the generator's own prepare() sees
 * them.
 */
int gen_prepare(struct gen *g, const struct gen_op *op, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	*g = (struct gen){.op = op, .col = c, .key = c->key};
	if ((op->families & gen_family(c->base)) == 0 && c->base.type->wide)
		return err_set(e, ERR_NO,
			"%s cannot fill a column whose numbers have more than 18 digits", op->id);
	if ((op->families & gen_family(c->base)) == 0)
		return err_set(e, ERR_NO, "%s cannot fill a column of type %s", op->id,
			pg_class_name(c->base.type->cls));
	if (check_params(op->id, op->params, op->lenient, params, e) == -1 ||
		check_text_params(g, c, params, e) == -1 || op->prepare(g, c, params, a, e) == -1)
		return -1;
	if (c->unique && !op->derives && !g->affine && g->space < c->rows)
		return err_set(e, ERR_NO,
			"%s has %s distinct values here and the column is unique over %s rows",
			op->id, num_people(g->space).s, num_people(c->rows).s);
	return 0;
}

/*
 * Checks the parameters, and lets the transform look at the column and at what
 * comes into it; a transform that says nothing else changes neither type nor
 * length.
 */
int transform_prepare(struct transform *x, const struct transform_op *op,
	const struct gen_column *c, const msgpack_object *params, struct arena *a, struct err *e)
{
	x->op = op;
	x->col = c;
	x->max_bytes = 0;
	x->makes_text = false;
	x->null_rate = 0;
	x->state = NULL;
	if (check_params(op->id, op->params, false, params, e) == -1)
		return -1;
	return op->prepare(x, c, params, a, e);
}

const char *gen_family_names(unsigned mask, char *to)
{
	static const char *const names[] = {"boolean", "integer", "numeric", "double precision",
		"text", "uuid", "date", "time", "timestamp", "enum", "bytea", "any other",
		"numeric of more than 18 digits"};
	size_t n = 0;

	*to = '\0';
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		bool last = mask >> i == 1;

		if ((mask >> i & 1) == 0)
			continue;
		n += (size_t)snprintf(to + n, GEN_FAMILY_NAMES - n, "%s%s",
			n == 0 ? ""
			: last ? " or "
			       : ", ",
			names[i]);
		assert(n < GEN_FAMILY_NAMES);
	}
	return to;
}

/*
 * The family of a type, as the tables of generators name them (GF_*); types
 * without a family have generators of their own.
 */
unsigned gen_family(struct pg_base base)
{
	static const unsigned short family[PG_CLASS_COUNT] = {
		[PG_BOOL] = GF_BOOL,
		[PG_INT2] = GF_INT,
		[PG_INT4] = GF_INT,
		[PG_INT8] = GF_INT,
		[PG_OID] = GF_INT,
		[PG_NUMERIC] = GF_NUM,
		[PG_FLOAT4] = GF_FLOAT,
		[PG_FLOAT8] = GF_FLOAT,
		[PG_TEXT] = GF_TEXT,
		[PG_VARCHAR] = GF_TEXT,
		[PG_BPCHAR] = GF_TEXT,
		[PG_CHAR] = GF_TEXT,
		[PG_NAME] = GF_TEXT,
		[PG_BYTEA] = GF_BYTES,
		[PG_UUID] = GF_UUID,
		[PG_DATE] = GF_DATE,
		[PG_TIME] = GF_TIME,
		[PG_TIMESTAMP] = GF_TS,
		[PG_TIMESTAMPTZ] = GF_TS,
		[PG_ENUM] = GF_ENUM,
	};
	unsigned f = base.type->cls < PG_CLASS_COUNT ? family[base.type->cls] : 0;

	if (base.type->wide)
		return GF_WIDE;
	return f != 0 ? f : GF_RAW;
}
