/* SPDX-License-Identifier: MIT */
#ifndef COMMON_CATALOGUE_INT_H
#define COMMON_CATALOGUE_INT_H

#include "common/catalogue/catalogue.h"
#include "common/generators/gen.h"

/*
 * What samples are made in: a shop of three tables, whose columns the examples of the generators'
 * table name.  Every three orders are of one customer, every two items of one order.
 */
enum { SHOP_CUSTOMERS, SHOP_ITEMS, SHOP_ORDERS, SHOP_TABLES };
enum { SHOP_COLUMNS = 9, SHOP_ORDERS_OF = 3, SHOP_ITEMS_OF = 2 };

struct shop {
	struct schema schema;
	struct arena *a;
	const char *locale;
	uint64_t seed;
	struct pg_column *value; /* of shop.orders: the column that a sample is made for */
	struct vec made[SHOP_TABLES][SHOP_COLUMNS]; /* of type VT_COUNT: not made yet */
	struct gen_heap heap[SHOP_TABLES][SHOP_COLUMNS];
};

/** shop_open(s, locale, seed, a, e): its tables, without rows, in ${a}; shop_close() ends it. */
int shop_open(struct shop *s, const char *locale, uint64_t seed, struct arena *a, struct err *e);
void shop_close(struct shop *s);

/** shop_column(s, table, at, e): the values of a column, a block of rows; NULL after an error. */
const struct vec *shop_column(struct shop *s, uint32_t table, uint32_t at, struct err *e);

/** shop_type(s, family): a type of that family, a GF_ bit; NULL: samples are of no such type. */
const struct pg_type *shop_type(struct shop *s, unsigned family);

/** shop_gen_column(s, table, at): what generators are told of a column. */
struct gen_column shop_gen_column(struct shop *s, uint32_t table, uint32_t at);

/** shop_space(g): how many values a generator has, of an ordinal one that does not say, too. */
uint64_t shop_space(const struct gen *g);

/** shop_draw(g, n, v, h, e): the first ${n} values of a generator that reads nothing. */
int shop_draw(const struct gen *g, uint32_t n, struct vec *v, struct gen_heap *h, struct err *e);

/** catalogue_params(text, a, e): parameters that are written as JSON; NULL after an error. */
const msgpack_object *catalogue_params(const char *text, struct arena *a, struct err *e);

#endif
