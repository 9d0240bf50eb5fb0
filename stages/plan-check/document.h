/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DOCUMENT_H
#define PLAN_CHECK_DOCUMENT_H

#include "common/base/str.h"
#include "common/plan/plan.h"
#include "stages/plan-check/check.h"

/**
 * document_pack(b, c, p): the whole document: the plan in its normal form (every generator an
 * object with its effective parameters, unknown keys gone, members in a fixed order, those of
 * params sorted) and the member "resolved".
 */
void document_pack(struct buf *b, struct check *c, const struct plan *p);

#endif
