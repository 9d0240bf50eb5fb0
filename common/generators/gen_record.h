/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_RECORD_H
#define COMMON_GEN_RECORD_H

#include "common/base/perm.h"
#include "common/generators/gen_kit.h"
#include "common/generators/locale.h"

/*
 * gen_record: columns of one row that speak of one thing.
 *
 * A record is a name that rules of a table share.  For each row it has one entry of every list of
 * the locale: one given name, one place, one street.  A facet is a text made of these entries, or a
 * number that goes with them.  So the city is in the state, the area code is the city's, and the
 * e-mail address is that of the name, because they are read from the same entry.
 *
 * common/data/LOCALE/record.tsv has the texts of each facet in the order in which they are tried,
 * the first one that fits its column is used.  Tokens stand in braces:
 *
 * {given}, {place.city}: the entry's first cell, or the cell of a column;
 * {place.state>state.name}: the same cell, looked up in the first column of another table;
 * {given~}, {given^}: folded to ASCII letters and digits, in lower case; capitalised;
 * {#8}, {#4:2000}, {1..99}: digits and numbers, as in forms; equal tokens of a record are equal;
 * {###-####}: as {#7}, with what stands between its digits;
 * {rank}, {rank: }: nothing, or the number that tells equal pairs of names apart, with what stands
 * after the colon before it;
 * {place.postal:#####-###}: digits from postal_from to postal_to, put where "#" stands.
 *
 * A facet's name may have the name of a way to write it behind it: person.cell=plain.  The rule's
 * parameter "form" asks for these alone (gen_written.h).
 *
 * {=semantic.br.cnpj}, alone: what this generator makes of the record's index.
 */

/* Two lists whose pairs of entries are given to the rows in exact shares: the rank of a row among
 * those with the same pair is then known without counting. */
struct record_pair {
	struct perm perm;      /* of the rows */
	uint64_t key;	       /* of where the shares of each first entry begin */
	uint32_t n[2];	       /* entries of each list */
	uint64_t after;	       /* ranks begin with it */
	uint64_t *from;	       /* [n[0] + 1]: where the rows of a first entry begin */
	uint64_t *upto, total; /* [n[1] + 1]: weights of the second entries, added up */
	/* Entries that become the same text when they are folded: the place of each among them, and
	 * how many they are. */
	uint32_t *place[2], *alike[2];
};

/* A list as a record draws from it. */
struct record_list {
	const char *name; /* as tokens have it */
	const struct locale_list *list;
	const struct record_pair *pair; /* NULL: by itself */
	uint32_t slot;			/* of the pair: 0 or 1 */
	int32_t unlike;			/* another list, whose entry the row does not have; -1 */
	uint64_t key, *upto;		/* [n + 1]: weights, added up */
};

enum { RECORD_LISTS = 8, RECORD_TOKENS = 16 };

enum record_kind {
	RECORD_LITERAL,
	RECORD_CELL,
	RECORD_DIGITS,
	RECORD_NUMBER,
	RECORD_RANK,
	RECORD_CODE
};

struct record_token {
	enum record_kind kind;
	struct vtext text; /* LITERAL; RANK: what stands before it; CODE, DIGITS: where digits go */
	uint32_t list;	   /* CELL, CODE: index in the record's lists */
	const struct vtext *words;	/* CELL: by entry */
	bool many;			/* CELL: a word is several values, a blank between them */
	uint64_t from, count;		/* DIGITS, NUMBER */
	uint32_t width;			/* DIGITS */
	bool distinct;			/* DIGITS, NUMBER: each row has another one */
	struct perm perm;		/* ... by this */
	uint64_t key;			/* DIGITS, NUMBER, CODE, CELL of many */
	const int64_t *least, *most;	/* CODE: by entry */
	const struct record_pair *pair; /* RANK */
	bool folded;			/* RANK: the names before it are folded */
};

struct record {
	const struct locale *l;
	uint64_t key, rows;
	uint64_t after; /* rows with records that are there already: ranks go on behind theirs */
	struct record_list list[RECORD_LISTS];
	uint32_t nlists;
	struct arena *a;
};

/* What a record has for a row, as far as it has been asked for. */
struct record_row {
	uint64_t row, place; /* place: among the rows of the first entry of the pair */
	uint32_t at[2];
	const struct record_pair *pair; /* whose ranks and entries these are; NULL: none so far */
};

/** record_list(r, name, e): the index of a list that the record draws from; -1: there is none in
 *  the locale (ERR_NO), or no memory. */
int record_list(struct record *r, const char *name, struct err *e);

/** record_entry(r, list, now): the entry of the row, of that list. */
uint32_t record_entry(const struct record *r, uint32_t list, struct record_row *now);

/** record_rank(pair, now, folded): 0 for the first row with its pair of entries, and so on; where
 *  the entries are ${folded}, among the rows whose pairs become the same. */
uint64_t record_rank(const struct record_pair *pair, struct record_row *now, bool folded);

/** record_read(r, form, t, n, e): ${form} as at most RECORD_TOKENS tokens. */
int record_read(
	struct record *r, const char *form, struct record_token *t, uint32_t *n, struct err *e);

/** record_put(r, t, n, row, to): the text of a row; its length in bytes. */
uint32_t record_put(
	const struct record *r, const struct record_token *t, uint32_t n, uint64_t row, char *to);

/* The shortest and longest text of a form. */
struct record_span {
	uint32_t least, most; /* characters */
	uint32_t bytes;
};

/** record_span(r, t, n): what the texts of the tokens take. */
struct record_span record_span(const struct record *r, const struct record_token *t, uint32_t n);

/* A number that another generator makes. */
struct record_number {
	struct gen of;
	uint64_t key;
	bool distinct; /* each row has another index */
	struct perm perm;
};

/** record_number(k, r, c, id, e): ${k} makes what the generator ${id} makes for ${c}.  1; 0: it
 * makes nothing that fits the column; -1. */
int record_number(struct record_number *k, const struct record *r, const struct gen_column *c,
	struct vtext id, struct err *e);

/** record_number_put(k, row, n, out, h): the numbers of the rows, at most VEC_BLOCK. */
void record_number_put(const struct record_number *k, const uint64_t *row, uint32_t n,
	struct vec *out, struct gen_heap *h);

/** record_distinct(r, t, n): whether no two rows have the same text. */
bool record_distinct(const struct record *r, const struct record_token *t, uint32_t n);

/** record_folded(t, n): whether what keeps rows apart is in lower case: digits, or ranks of names
 * that are folded. */
bool record_folded(const struct record_token *t, uint32_t n);

#endif
