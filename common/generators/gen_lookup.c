/* SPDX-License-Identifier: MIT */
/*
 * primitive.lookup: values of a list in the plan, or of a column of a CSV file that
 * plan-check has read into the plan.
 *
 * record.lookup is the same for several columns that belong together: those with
 * the same name of a record take the same entry of their lists. An entry is then a
 * function of the row's number and the record's name. Without weights the entries are
 * dealt out: each once, in an order of the record's own, and again from the start when
 * all were given; so a column of such a record may be unique.
 */
#include <string.h>

#include "common/base/err.h"
#include "common/base/perm.h"
#include "common/base/rng.h"
#include "common/generators/gen_values.h"

struct lookup_state {
	struct gen_draw draw;
	struct gen_values list;
	const struct gen_place *places; /* NULL: each as often as any other */
	uint64_t key;			/* of the record */
	struct perm perm;		/* of its entries, in the first round */
};

static void list_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct lookup_state *s = g->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++)
		gen_values_put(&s->list, (uint32_t)idx[i], out, i);
}

/* An index is random bits, which choose a value by its weight. */
static void weighted_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct lookup_state *s = g->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++)
		gen_values_put(
			&s->list, gen_pick(s->places, s->list.n, gen_mix(idx[i], 0)), out, i);
}

/*
 * Weights of any size as whole numbers: shares of 2^30, none of them 0, so that
 * even the lightest value comes up.
 */
static const struct gen_place *places_of(const struct gen_values *l, struct arena *a)
{
	uint64_t *weight = arena_array(a, l->n, sizeof(*weight));
	double most = 0;

	if (weight == NULL)
		return NULL;
	for (uint32_t i = 0; i < l->n; i++)
		most = l->v[i].weight > most ? l->v[i].weight : most;
	for (uint32_t i = 0; i < l->n; i++)
		weight[i] = 1 + (uint64_t)(l->v[i].weight / most * (double)(UINT64_C(1) << 30));
	return gen_places(weight, l->n, a);
}

static int begin(struct lookup_state **s, struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	if ((*s = arena_alloc(a, sizeof(**s))) == NULL)
		return err_nomem(e);
	g->state = *s;
	return gen_values(&(*s)->list, g->op->id, c, params, a, e);
}

/* ---- a column by itself -------------------------------------------------------------------------
 */

/* Values that the column's checks exclude are left out; of a key, those that are there twice, too.
 */
static int prepare(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct lookup_state *s;

	if (begin(&s, g, c, params, a, e) == -1 || gen_values_allow(&s->list, c, a, e) == -1)
		return -1;
	if (s->list.n == 0)
		return err_set(
			e, ERR_NO, "%s: the column's checks allow none of its values", g->op->id);
	if (gen_distinct(c) && !gen_values_distinct(&s->list, c, a))
		return err_nomem(e);
	g->max_bytes = gen_values_bytes(&s->list, c->type);
	s->draw.value = list_value;
	g->space = s->list.n;
	if (!s->list.weighted || gen_distinct(c))
		return 0;
	s->draw.value = weighted_value;
	g->space = GEN_SPACE_MAX;
	return (s->places = places_of(&s->list, a)) != NULL ? 0 : err_nomem(e);
}

/* ---- columns of a record
 * -------------------------------------------------------------------------- */

/*
 * Whether no two rows have the same value: each entry is given once, and no two
 * have the same.
 */
static int check_unique(const struct gen *g, const struct gen_column *c, struct lookup_state *s,
	struct arena *a, struct err *e)
{
	struct gen_values copy = s->list;

	if (s->places != NULL)
		return err_set(e, ERR_NO,
			"%s: the column is unique, and a weight lets an entry be taken again: drop "
			"the weights",
			g->op->id);
	if (s->list.n < c->rows)
		return err_set(e, ERR_NO,
			"%s has %u entries, and the column is unique over %llu rows", g->op->id,
			s->list.n, (unsigned long long)c->rows);
	if ((copy.v = arena_array(a, copy.n, sizeof(copy.v[0]))) == NULL)
		return err_nomem(e);
	memcpy(copy.v, s->list.v, copy.n * sizeof(copy.v[0]));
	if (!gen_values_distinct(&copy, c, a))
		return err_nomem(e);
	if (copy.n < s->list.n)
		return err_set(e, ERR_NO,
			"%s: the column is unique, and its list has a value twice", g->op->id);
	return 0;
}

/*
 * An entry of a record cannot be left out for one of its columns, so that a
 * value which the checks exclude is an error.
 */
static int prepare_record(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct lookup_state *s;
	const char *name = "";
	int64_t left;

	if (begin(&s, g, c, params, a, e) == -1 ||
		(left = gen_values_allow(&s->list, c, a, e)) == -1)
		return -1;
	(void)gen_arg_string(params, "record", a, &name);
	if (name == NULL)
		return err_nomem(e);
	if (left > 0)
		return err_set(e, ERR_NO,
			"%s: the column's checks exclude %lld of its values, and an entry of a "
			"record cannot be left out",
			g->op->id, (long long)left);
	if (s->list.weighted && (s->places = places_of(&s->list, a)) == NULL)
		return err_nomem(e);
	if (c->unique && check_unique(g, c, s, a, e) == -1)
		return -1;
	s->key = c->table_key;
	for (; *name != '\0'; name++)
		s->key = rng_subkey(s->key, (unsigned char)*name);
	perm_init(&s->perm, s->key, s->list.n);
	g->max_bytes = gen_values_bytes(&s->list, c->type);
	g->space = c->unique ? s->list.n : 0;
	return 0;
}

/* The entry of a row: by weight, or the next of the deal. */
static uint32_t entry_of(const struct lookup_state *s, uint64_t row)
{
	struct perm p = s->perm;
	uint64_t round = row / s->list.n;

	if (s->places != NULL)
		return gen_pick(s->places, s->list.n, rng_at(s->key, row));
	if (round > 0)
		perm_rekey(&p, rng_subkey(s->key, round));
	return (uint32_t)perm_at(&p, row % s->list.n);
}

static void derive(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct lookup_state *s = g->state;

	(void)in;
	(void)h;
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++)
		gen_values_put(&s->list, entry_of(s, row[i]), out, i);
}

#define LIST_PARAMS                                                                                \
	{"values", GP_VALUES, GP_ONE_OF, NULL, "the values", .excludes = "file"},                  \
		{"weights", GP_WEIGHTS, GP_OPTIONAL, NULL, "how often each is drawn",              \
			.excludes = "file"},                                                       \
		{"file", GP_STRING, GP_ONE_OF, NULL,                                               \
			"a CSV file whose first line names its columns; relative to the plan"},    \
		{"column", GP_STRING, GP_OPTIONAL, NULL, "the column of the file",                 \
			.excludes = "values"},                                                     \
		{"weight_column", GP_STRING, GP_OPTIONAL, NULL,                                    \
			"the column of the file that has the weights", .excludes = "values"},      \
	{                                                                                          \
		"source", GP_STRING, GP_OPTIONAL, NULL,                                            \
			"where the values are from, which plan-check writes: the file, its "       \
			"column and its SHA-256"                                                   \
	}

static const struct gen_param params[] = {
	LIST_PARAMS,
	{"record", GP_STRING, GP_OPTIONAL, NULL,
		"columns of a table with the same record take the same line of the file"},
	{NULL, GP_STRING, GP_OPTIONAL, NULL, NULL},
};

static const struct gen_param record_params[] = {
	LIST_PARAMS,
	{"record", GP_STRING, GP_REQUIRED, NULL,
		"columns of a table with the same record take the same line of the file"},
	{NULL, GP_STRING, GP_OPTIONAL, NULL, NULL},
};

const struct gen_op gen_lookup_ops[] = {
	{.id = "primitive.lookup",
		.help = "a value of a list, or of a column of a CSV file, by weight",
		.params = params,
		.example = "{\"values\": [\"1\", \"2\", \"3\"], \"weights\": [6, 3, 1]}",
		.families = GF_ANY,
		.prepare = prepare,
		.value = gen_draw_value},
	{.id = "record.lookup",
		.help = "the same, columns of one record from one line of the file",
		.params = record_params,
		.example = "{\"values\": [\"1\", \"2\", \"3\"], \"record\": \"item\"}",
		.families = GF_ANY,
		.derives = true,
		.exact = true,
		.prepare = prepare_record,
		.derive = derive},
	{.id = NULL},
};
