/* SPDX-License-Identifier: MIT */
#ifndef EVAL_LOADED_H
#define EVAL_LOADED_H

#include <stdint.h>

#include "stages/eval/audit.h"

struct err;

/* What the receipt of a load says of it, as sentences without an end. */
struct loaded {
	const char **triggers; /* those that fired or were off, one a line; in the arena */
	uint32_t ntriggers;
};

/** loaded_read(to, u, e): from receipts/load.json, which is of this plan or says nothing. */
int loaded_read(struct loaded *to, const struct audit *u, struct err *e);

#endif
