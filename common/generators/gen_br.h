/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_BR_H
#define COMMON_GEN_BR_H

#include <stdint.h>

#include "common/base/vec.h"

/*
 * gen_br: the words of Brazil, compiled in from common/data/pt_BR.
 */

enum br_list_id {
	BR_FIRST,
	BR_LAST,
	BR_STREET,
	BR_DISTRICT,
	BR_COMPANY_WORD,
	BR_COMPANY_LINE,
	BR_COMPANY_FORM,
	BR_PRODUCT_NOUN,
	BR_PRODUCT_KIND,
	BR_PRODUCT_LOOK,
	BR_UF,
	BR_LISTS
};

struct br_list {
	const struct vtext *v;
	uint32_t n;
};

extern const struct br_list br_list[BR_LISTS];

/* What belongs to a state: cities, capital first; area codes.  By state, in order of UF. */
struct br_place {
	char uf[3];
	struct vtext name;
};

extern const struct br_place br_city[], br_ddd[];
extern const uint32_t br_ncity, br_nddd;

#endif
