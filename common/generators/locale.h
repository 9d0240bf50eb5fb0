/* SPDX-License-Identifier: MIT */
#ifndef COMMON_LOCALE_H
#define COMMON_LOCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <msgpack.h>

#include "common/base/arena.h"
#include "common/base/vec.h"

/*
 * locale: the words of a language and country: lists of texts with weights, and
 * tables of facts (a city with its state and area codes).  They are compiled in from
 * common/data/LOCALE/; what no language changes comes from common/data/any/.
 * common/data/README.md has the format of the files.
 */

/* A list of texts, or a table: the cells column by column, so that each column is a list. */
struct locale_list {
	const char *name;	    /* of the file, without .txt or .tsv */
	const struct vtext *v;	    /* v[column * n + row]; the first column has the entries */
	const uint32_t *weight;	    /* [n], of a form at least 0, else 1; NULL: all 1 */
	uint32_t n, ncolumns;	    /* at least 1 */
	const char *const *columns; /* their names; "area[]": several values, a blank between them;
				       NULL: a list of texts, of one column */
	bool distinct;		    /* no two rows have the same first cell */
};

struct locale {
	const char *name; /* "pt_BR" */
	const struct locale_list *lists;
	uint32_t nlists;
	const struct locale *rest; /* has the lists that are not here; NULL: none */
};

/* Every locale, and "any"; ended by NULL. */
extern const struct locale *const locale_all[];

/** locale_find(name): the locale, or NULL.  "any" is none. */
const struct locale *locale_find(const char *name);

/* Locales with lists of the plan's own over the compiled ones. */
struct locale_set {
	const struct locale *v;
	uint32_t n;
};

/** locale_in(set, name): the locale as the set has it, else as it is compiled; ${set} may be NULL.
 */
const struct locale *locale_in(const struct locale_set *set, const char *name);

/**
 * locale_unpack(data, a): the set that the plan's member "data" describes, a map of locales, each
 * a map of lists {columns?, cells, weights?}, the cells column by column.  NULL when memory is out,
 * or the member is not of that shape.  Its texts are in ${a}.
 */
const struct locale_set *locale_unpack(const msgpack_object *data, struct arena *a);

/** locale_count(), locale_at(i): the locales in order of their names, without "any". */
size_t locale_count(void);
const struct locale *locale_at(size_t i);

/** locale_names(to): all of them for people, "en_US or pt_BR", in ${to}, of LOCALE_NAMES bytes,
 *  which it returns. */
enum { LOCALE_NAMES = 256 };
const char *locale_names(char *to);

/** locale_list(l, name): the list, of ${l} or of what stands behind it; NULL: there is none. */
const struct locale_list *locale_list(const struct locale *l, const char *name);

/** locale_forms(l, key): the list that has the forms of the key, in columns key and form, of ${l}
 * or of what stands behind it; NULL: none has. */
const struct locale_list *locale_forms(const struct locale *l, const char *key);

/** locale_column(list, name): the number of a column, "area" for "area[]" too; -1: none. */
int locale_column(const struct locale_list *list, const char *name);

/** locale_many(list, column): whether cells of the column hold several values. */
bool locale_many(const struct locale_list *list, uint32_t column);

/** locale_cell(list, row, column): the text there, which may be empty. */
static inline struct vtext locale_cell(
	const struct locale_list *list, uint32_t row, uint32_t column)
{
	return list->v[(size_t)column * list->n + row];
}

/** locale_weight(list, row): how often the row is drawn, beside the others. */
static inline uint32_t locale_weight(const struct locale_list *list, uint32_t row)
{
	return list->weight != NULL ? list->weight[row] : 1;
}

/** locale_int(list, row, column, out): a cell of digits and perhaps a sign; false: it is none. */
bool locale_int(const struct locale_list *list, uint32_t row, uint32_t column, int64_t *out);

/** locale_fixed(list, row, column, scale, out): a decimal number times 10^scale ("-23.55", 4:
 *  -235500); false: it is none, or has more decimals. */
bool locale_fixed(
	const struct locale_list *list, uint32_t row, uint32_t column, int scale, int64_t *out);

/** locale_fact(l, name): what the list "fact" of the locale says of its country or language; of
 *  length 0: nothing. */
struct vtext locale_fact(const struct locale *l, const char *name);

/** locale_of_language(language): the name of the first locale whose facts say "language" is this
 * one, two letters; where none has it, of the first locale. */
const char *locale_of_language(const char *language);

/** locale_value(cell, i): value number ${i} of a cell of several; of length 0: there are fewer. */
struct vtext locale_value(struct vtext cell, uint32_t i);

#endif
