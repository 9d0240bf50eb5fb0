/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_br.h"

/* The lists are made from common/data/pt_BR by common/data.mk. */
static const struct vtext first[] = {
#include "pt_BR/first.inc"
};
static const struct vtext last[] = {
#include "pt_BR/last.inc"
};
static const struct vtext street[] = {
#include "pt_BR/street.inc"
};
static const struct vtext district[] = {
#include "pt_BR/district.inc"
};
static const struct vtext company_word[] = {
#include "pt_BR/company_word.inc"
};
static const struct vtext company_line[] = {
#include "pt_BR/company_line.inc"
};
static const struct vtext company_form[] = {
#include "pt_BR/company_form.inc"
};
static const struct vtext product_noun[] = {
#include "pt_BR/product_noun.inc"
};
static const struct vtext product_kind[] = {
#include "pt_BR/product_kind.inc"
};
static const struct vtext product_look[] = {
#include "pt_BR/product_look.inc"
};
static const struct vtext uf[] = {
	{"AC", 2},
	{"AL", 2},
	{"AM", 2},
	{"AP", 2},
	{"BA", 2},
	{"CE", 2},
	{"DF", 2},
	{"ES", 2},
	{"GO", 2},
	{"MA", 2},
	{"MG", 2},
	{"MS", 2},
	{"MT", 2},
	{"PA", 2},
	{"PB", 2},
	{"PE", 2},
	{"PI", 2},
	{"PR", 2},
	{"RJ", 2},
	{"RN", 2},
	{"RO", 2},
	{"RR", 2},
	{"RS", 2},
	{"SC", 2},
	{"SE", 2},
	{"SP", 2},
	{"TO", 2},
};

#define COUNTED(name)                                                                              \
	{                                                                                          \
		name, sizeof(name) / sizeof(name[0])                                               \
	}

const struct br_list br_list[BR_LISTS] = {
	[BR_FIRST] = COUNTED(first),
	[BR_LAST] = COUNTED(last),
	[BR_STREET] = COUNTED(street),
	[BR_DISTRICT] = COUNTED(district),
	[BR_COMPANY_WORD] = COUNTED(company_word),
	[BR_COMPANY_LINE] = COUNTED(company_line),
	[BR_COMPANY_FORM] = COUNTED(company_form),
	[BR_PRODUCT_NOUN] = COUNTED(product_noun),
	[BR_PRODUCT_KIND] = COUNTED(product_kind),
	[BR_PRODUCT_LOOK] = COUNTED(product_look),
	[BR_UF] = COUNTED(uf),
};

const struct br_place br_city[] = {
#include "pt_BR/city.inc"
};
const uint32_t br_ncity = sizeof(br_city) / sizeof(br_city[0]);

const struct br_place br_ddd[] = {
#include "pt_BR/ddd.inc"
};
const uint32_t br_nddd = sizeof(br_ddd) / sizeof(br_ddd[0]);
