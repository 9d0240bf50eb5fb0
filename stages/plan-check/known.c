/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/known.h"

#include <string.h>

#include "common/base/rng.h"
#include "stages/plan-check/resolve.h"

struct known_program {
	char digest[65];
	uint64_t places;
	struct table_program *b;
};

struct known {
	struct known_program *of; /* by table of the schema */
	uint64_t places;	  /* what the snapshots of the round's plan hold beside columns */
	bool open;
};

/* A hash of what tables inherit, in its order: programs read inherited values by their place. */
static uint64_t places_of(const struct plan *p)
{
	uint64_t h = 0;

	for (uint32_t i = 0; i < p->ntables; i++)
		for (uint32_t k = 0; k < p->tables[i].ninherited; k++) {
			const struct plan_table *t = &p->tables[i];
			const char *names[] = {
				t->table->schema, t->table->name, t->inherited[k].name};

			h = rng_key(h, names, 3, "inherited");
			h = rng_subkey(h, t->inherited[k].fk);
			h = rng_subkey(h, t->inherited[k].column);
		}
	return h;
}

int known_begin(struct check *c, struct plan *p)
{
	if (c->known == NULL && ((c->known = arena_alloc(c->a, sizeof(*c->known))) == NULL ||
					(c->known->of = arena_array(c->a, c->schema->ntables + 1UL,
						 sizeof(*c->known->of))) == NULL))
		return -1;
	resolve_finish(c, p);
	c->known->places = places_of(p);
	c->known->open = true;
	return issues_failed(&c->is) ? -1 : 0;
}

void known_end(struct check *c)
{
	if (c->known != NULL)
		c->known->open = false;
}

int known_take(const struct check *c, const struct plan *p, const struct plan_table *t,
	struct table_program **out)
{
	const struct known *k = c->known;
	const struct known_program *of;

	*out = NULL;
	if (k == NULL || !k->open || t->append)
		return 0;
	of = &k->of[t->table->index];
	if (of->b == NULL || of->places != k->places || strcmp(of->digest, t->digest) != 0)
		return 0;
	if ((*out = arena_alloc(c->a, sizeof(**out))) == NULL)
		return -1;
	**out = *of->b;
	(*out)->plan = p;
	(*out)->t = t;
	return 0;
}

void known_put(struct check *c, const struct plan_table *t, struct table_program *b)
{
	struct known *k = c->known;
	struct known_program *of;

	if (k == NULL || !k->open || t->append)
		return;
	of = &k->of[t->table->index];
	memcpy(of->digest, t->digest, sizeof(of->digest));
	of->places = k->places;
	of->b = b;
}
