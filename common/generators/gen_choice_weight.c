/* SPDX-License-Identifier: MIT */
/*
 * primitive.choice: values of a list, each as often as its weight says, by chance.
 * primitive.shares gives each its exact share of the rows instead.
 *
 * A value that the column's type cannot hold is a fault of the plan; one that a check
 * excludes is left out, since the same list may serve several columns, and a branch of
 * a check may leave only some of it.
 */
#include "common/base/err.h"
#include "common/generators/gen_kit.h"
#include "common/generators/gen_values.h"

struct choice_state {
	const struct gen_choice *v;
	const struct gen_place *places; /* NULL: an index is the number of a value */
	uint32_t n;
};

static void choice_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct choice_state *s = g->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t at =
			s->places == NULL ? idx[i] : gen_pick(s->places, s->n, gen_mix(idx[i], 0));

		gen_choice_put(&s->v[at], out, i);
	}
}

/* Weights as whole numbers of a sum of about 2^32, none of them 0. */
static const struct gen_place *places(const struct gen_choices *k, struct arena *a)
{
	uint64_t *weight = arena_array(a, k->n, sizeof(*weight));
	double sum = 0;

	if (weight == NULL)
		return NULL;
	for (uint32_t i = 0; i < k->n; i++)
		sum += k->v[i].weight;
	for (uint32_t i = 0; i < k->n; i++)
		weight[i] = (uint64_t)(k->v[i].weight / sum * 0x1p32) + 1;
	return gen_places(weight, k->n, a);
}

/* Where a key has the column, indexes are the values in turn; that is a draw only if all weigh the
 * same. */
static int in_turn(struct gen *g, const struct gen_column *c, struct gen_choices *k,
	struct arena *a, struct err *e)
{
	struct gen_values list = {k->v, k->n, false};

	for (uint32_t i = 1; i < k->n; i++)
		if (k->v[i].weight < k->v[0].weight || k->v[i].weight > k->v[0].weight)
			return err_set(e, ERR_NO,
				"%s: a unique key has the column, so that its values cannot be "
				"drawn by "
				"weight: give all the same, or use primitive.lookup",
				g->op->id);
	if (!gen_values_distinct(&list, c, a))
		return err_nomem(e);
	k->n = list.n;
	return 0;
}

static int prepare_choice(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct choice_state *s = arena_alloc(a, sizeof(*s));
	struct gen_column typed = *c; /* without what checks say */
	struct gen_choices k;
	struct gen_values list;

	if (s == NULL)
		return err_nomem(e);
	if (c->unique)
		return err_set(e, ERR_NO, "%s cannot promise distinct values for a unique column",
			g->op->id);
	typed.dom = NULL;
	if (gen_choices(&k, g->op->id, &typed, params, a, e) == -1)
		return -1;
	list = (struct gen_values){k.v, k.n, true};
	if (gen_values_allow(&list, c, a, e) == -1)
		return -1;
	k.n = list.n;
	if (k.n == 0)
		return err_set(
			e, ERR_NO, "%s: the column's checks allow none of its choices", g->op->id);
	if (gen_distinct(c) && in_turn(g, c, &k, a, e) == -1)
		return -1;
	*s = (struct choice_state){.v = k.v, .n = k.n};
	g->space = k.n;
	g->max_bytes = k.bytes;
	g->state = s;
	if (gen_distinct(c))
		return 0;
	g->space = GEN_SPACE_MAX;
	return (s->places = places(&k, a)) != NULL ? 0 : err_nomem(e);
}

static const struct gen_param choice_params[] = {
	{"choices", GP_CHOICES, true, NULL, "values, and how often each is drawn"},
	{0},
};

const struct gen_op gen_choice_ops[] = {
	{.id = "primitive.choice",
		.help = "values of a list by weight; those that a check excludes are left out",
		.params = choice_params,
		.example = "{\"choices\": [{\"value\": \"3\", \"weight\": 9}, "
			   "{\"value\": \"7\", \"weight\": 1}]}",
		.families = GF_BOOL | GF_INT | GF_NUM | GF_FLOAT | GF_TEXT | GF_DATE | GF_TIME |
			    GF_TS | GF_ENUM | GF_RAW,
		.prepare = prepare_choice,
		.value = choice_value},
	{0},
};
