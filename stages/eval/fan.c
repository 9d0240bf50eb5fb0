/* SPDX-License-Identifier: MIT */
#include "stages/eval/fan.h"

#include <stdlib.h>

#include "common/base/err.h"
#include "stages/eval/events.h"

int fan_child(struct fan *f, const struct sketch *parents, const struct fan_child *c, struct err *e)
{
	struct sketch_entry *x;

	f->rows++;
	if (sketch_holds(f->children.depth, c->hash)) {
		x = sketch_at(&f->children, c->hash);
		if (x != NULL)
			x->count++;
		if (f->children.failed)
			return err_nomem(e);
	}
	if (c->when == EVENT_NO_TIME || !sketch_holds(parents->depth, c->hash))
		return 0;
	x = sketch_find(parents, c->hash);
	if (x == NULL || x->when == EVENT_NO_TIME || x->row > c->row)
		return 0;
	f->compared_at[sketch_last(c->hash)]++;
	f->early_at[sketch_last(c->hash)] += event_before(c->when, x->when, c->days);
	return 0;
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* From the numbers of children of each parent, ascending.  Where one parent in a hundred has far
 * more than the others, the last bar holds them all. */
static void describe(struct fan *f, const uint64_t *n, uint64_t parents)
{
	uint64_t far = n[parents - 1], near = n[parents - 1 - parents / 100];

	f->known = true;
	f->parents = parents;
	f->least = n[0];
	f->most = far;
	f->median = n[parents / 2];
	f->p90 = n[(parents - 1) * 9 / 10];
	if (far > 4 * near && near > 0)
		far = near;
	f->base = far < FAN_BARS ? 0 : f->least;
	f->width = (far - f->base) / FAN_BARS + 1;
	f->nbars = (uint32_t)((far - f->base) / f->width) + 1;
	for (uint64_t i = 0; i < parents; i++) {
		uint64_t bar = (n[i] - f->base) / f->width;

		f->none += n[i] == 0;
		f->total += n[i];
		f->bars[bar < f->nbars ? bar : f->nbars - 1]++;
	}
}

int fan_end(struct fan *f, const struct sketch *parents, struct err *e)
{
	uint32_t depth = f->children.depth > parents->depth ? f->children.depth : parents->depth;
	uint64_t *n = malloc((parents->n + 1) * sizeof(*n)), have = 0;

	if (n == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < parents->size; i++) {
		const struct sketch_entry *p = &parents->slots[i], *x;

		if (p->hash == 0 || !sketch_holds(depth, p->hash))
			continue;
		x = sketch_find(&f->children, p->hash);
		n[have++] = x != NULL ? x->count : 0;
	}
	f->exact = depth == 0;
	/* Where a table refers to itself its sample shrinks while children are compared: those
	 * count whose parent stayed, so that it does not matter where one block of rows ended. */
	for (uint32_t i = depth; i < SKETCH_DEPTHS; i++) {
		f->compared += f->compared_at[i];
		f->early += f->early_at[i];
	}
	qsort(n, have, sizeof(*n), by_size);
	if (have > 0)
		describe(f, n, have);
	free(n);
	sketch_free(&f->children);
	return 0;
}

void fan_free(struct fan *f)
{
	sketch_free(&f->children);
}
