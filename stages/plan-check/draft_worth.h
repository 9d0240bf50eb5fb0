/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRAFT_WORTH_H
#define PLAN_CHECK_DRAFT_WORTH_H

#include "stages/plan-check/draft.h"

/**
 * worth_set(d, dt, c, params):
 * The parameters of primitive.number for an amount of money of which its role says no more than
 * that, as the table's name says how much its rows are about: the price of a house is none of a
 * shirt. false: it says nothing.
 */
bool worth_set(struct draft *d, const struct draft_table *dt, uint32_t c, json_t *params);

#endif
