/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_CHOICE_RAW_H
#define COMMON_GEN_CHOICE_RAW_H

#include "common/base/vec.h"
#include "common/schema/schema.h"

/*
 * gen_choice_raw: what a plan may write for a column whose values are kept as texts (VT_RAW).
 */

/** gen_choice_raw(base, t): whether ${t} is a value of the type; true of types whose syntax is the
 * server's alone. */
bool gen_choice_raw(const struct pg_base *base, struct vtext t);

#endif
