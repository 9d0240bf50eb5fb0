/* SPDX-License-Identifier: MIT */
#ifndef EVAL_KEYCODE_H
#define EVAL_KEYCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/vec.h"
#include "stages/eval/keyhashes.h"

/*
 * keycode: the hash of a key.  Values that PostgreSQL calls equal give equal bytes
 * (1 and 1.00, an int and a bigint, -0 and 0), others different ones; every value has a
 * type tag and a fixed length, so (a, bc) and (ab, c) differ.  Types that are held as text
 * (inet, interval, jsonb ...) are compared as the text they were written in: equal texts are
 * equal values, but one value may have several texts.
 */

enum { KEYCODE_COLUMNS = 32 }; /* INDEX_MAX_KEYS */

/**
 * keycode_at(cols, n, fold, i, h):
 * The hash of row ${i} of ${n} columns; bit k of ${fold}: column k is case-insensitive
 * text.  Returns the number of NULLs among them.
 */
uint32_t keycode_at(
	const struct vec *const *cols, uint32_t n, uint32_t fold, uint32_t i, struct keyhash *h);

/** keycode_is_ascii(v, i): whether row ${i} of a text has no letters whose case could depend on the
 *  locale. */
bool keycode_is_ascii(const struct vec *v, uint32_t i);

#endif
