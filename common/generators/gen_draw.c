/* SPDX-License-Identifier: MIT */
/*
 * Generators that draw in several ways: the state says which of them was chosen
 * when it was prepared, and the value() of the id only calls it.
 */
#include "common/base/err.h"
#include "common/generators/gen_kit.h"

/*
 * For generators whose state begins with a struct gen_draw: calls its function.
 */
void gen_draw_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct gen_draw *d = g->state;

	d->value(g, idx, n, out, h);
}

/* A generator that draws in several ways has a state of its own, so that of the list is within. */
struct ordinal_draw {
	struct gen_draw draw;
	struct gen of;
};

static void draw_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct ordinal_draw *s = g->state;

	gen_ordinal_value(&s->of, idx, n, out, h);
}

int gen_ordinal_draw(struct gen *g, const struct gen_column *c, struct gen_range r, struct arena *a,
	struct err *e)
{
	struct ordinal_draw *s = arena_alloc(a, sizeof(*s));

	if (s == NULL)
		return err_nomem(e);
	if (gen_ordinal(g, c, r, a, e) == -1)
		return -1;
	*s = (struct ordinal_draw){{draw_value}, *g};
	g->state = s;
	return 0;
}
