/* SPDX-License-Identifier: MIT */
#include "stages/eval/sketch.h"

#include <stdlib.h>

enum { FIRST = 64 };

/* The low bits decide what is held, so the place comes from the high ones. */
static uint32_t place_of(const struct sketch *s, uint64_t hash)
{
	uint32_t at = (uint32_t)(hash >> 32) & (s->size - 1);

	while (s->slots[at].hash != 0 && s->slots[at].hash != hash)
		at = (at + 1) & (s->size - 1);
	return at;
}

/* Move what the sketch still holds at this depth to another table of slots. */
static bool rebuild(struct sketch *s, uint32_t size, uint32_t depth)
{
	struct sketch old = *s;
	struct sketch_entry *slots = calloc(size, sizeof(*slots));

	if (slots == NULL) {
		s->failed = true;
		return false;
	}
	*s = (struct sketch){
		.slots = slots, .size = size, .max = old.max, .depth = depth, .failed = old.failed};
	for (uint32_t i = 0; i < old.size; i++)
		if (old.slots[i].hash != 0 && sketch_holds(depth, old.slots[i].hash)) {
			s->slots[place_of(s, old.slots[i].hash)] = old.slots[i];
			s->n++;
		}
	free(old.slots);
	return true;
}

/* Room for one entry more; whether there is. */
static bool make_room(struct sketch *s)
{
	if (s->size == 0)
		return rebuild(s, FIRST, 0);
	while (s->n >= s->max)
		if (!rebuild(s, s->size, s->depth + 1))
			return false;
	if (s->n >= s->size / 2)
		return rebuild(s, s->size * 2, s->depth);
	return true;
}

struct sketch_entry *sketch_at(struct sketch *s, uint64_t hash)
{
	uint32_t at;

	hash = hash != 0 ? hash : UINT64_C(1) << 63;
	if (!sketch_holds(s->depth, hash))
		return NULL;
	if (s->size > 0) {
		at = place_of(s, hash);
		if (s->slots[at].hash != 0)
			return &s->slots[at];
	}
	if (!make_room(s) || !sketch_holds(s->depth, hash))
		return NULL;
	at = place_of(s, hash);
	s->slots[at] = (struct sketch_entry){.hash = hash};
	s->n++;
	return &s->slots[at];
}

struct sketch_entry *sketch_find(const struct sketch *s, uint64_t hash)
{
	uint32_t at;

	hash = hash != 0 ? hash : UINT64_C(1) << 63;
	if (s->size == 0 || !sketch_holds(s->depth, hash))
		return NULL;
	at = place_of(s, hash);
	return s->slots[at].hash != 0 ? &s->slots[at] : NULL;
}

void sketch_free(struct sketch *s)
{
	free(s->slots);
	*s = SKETCH_INIT(s->max);
}
