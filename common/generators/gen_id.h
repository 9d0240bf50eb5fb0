/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_ID_H
#define COMMON_GEN_ID_H

#include "common/generators/gen_kit.h"

/*
 * gen_id: numbers of documents: digits and letters that may vary, fixed ones, and check digits that
 * follow from them.  A document is a table of data: what its numbers look like, by which rules its
 * check digits are computed, and how it is written with punctuation.
 *
 * Numbers of different indexes are different.  Nothing here knows which numbers have been
 * issued: a series that is to keep clear of them says so by fixed digits, and what that promises is
 * said in the help of its generator.
 */

enum { ID_LEN = 48, ID_CHECKS = 4 };

/*
 * A check digit.  ${sum} is that of the characters' values (code minus 48, so that a digit has
 * its own value) times ${weights}, from the left, each '0' to '9', 'a' for 10, 'b' for 11.  ${num}
 * is the number so far: check digits that come later are '0' in it.
 */
struct id_check {
	char at; /* the place in the spec: 'w' to 'z' */
	const char *weights;
	char (*digit)(const char *num, unsigned sum);
};

/* A way to write the number; each '#' of the mask is a character of it.  No mask: as it is. */
struct id_form {
	const char *name, *mask;
};

/*
 * Numbers of one look.  Characters of ${spec}:
 *
 *	#	a digit			l	a letter	j	a letter from A to J
 *	n	a letter or a digit	t	0, 3, 5, 7 or 8
 *	k	a digit, chosen so that no check digit is an X
 *	h	a hexadecimal digit	p	a letter that is not taken for a digit
 *	w x y z	check digits
 *	anything else stands for itself
 */
struct id_series {
	const char *key; /* of the state or kind that it is for; NULL: any */
	const char *spec;
	uint64_t from; /* the first of its numbers, what may vary being read as one number */
	bool unequal;  /* numbers of which all digits are equal are left out; ${from} is 0 */
	const struct id_check *checks; /* ended by at == 0, computed in this order; NULL: none */
	const struct id_form *forms;   /* ended by name == NULL; the first is the usual one */
	/* Where what may vary is no run of numbers: the number of an index below ${space}, distinct
	 * ones of distinct indexes; ${from} is 0.  NULL: every number from ${from} on. */
	uint64_t (*number)(uint64_t idx);
	uint64_t space;
};

/*
 * A document: its series, ended by spec == NULL.  Of those of one key the first is used, unless a
 * unique column has more rows than it has numbers.
 */
struct id_doc {
	const char *id;
	const char *param,
		*key; /* what chooses the series, and the key without it; NULL: nothing does */
	const struct id_series *series;
};

/**
 * gen_id(g, c, doc, params, a, e):
 * Have ${g} make numbers of ${doc}.  Parameters that it reads, all optional: that of ${doc}, which
 * chooses the series; "form", the way of writing, or "punctuated": true or false, the forms of
 * these names; "invalid": true makes the check digit that is computed last a wrong one.  Without
 * "form" it is the first form that passes the column's checks, beginning with one whose length is
 * just the most that the column takes.  The op's value() has to be gen_draw_value().
 */
int gen_id(struct gen *g, const struct gen_column *c, const struct id_doc *doc,
	const msgpack_object *params, struct arena *a, struct err *e);

/** id_doc_of(docs, n, id): the one of that id, which must be there. */
const struct id_doc *id_doc_of(const struct id_doc *docs, size_t n, const char *id);

/* The families of all countries' documents, each ended by an op without an id; ended by NULL.  The
 * build lists them: gen_id_NAME.c has gen_id_NAME_ops[]. */
extern const struct gen_op *const gen_id_all[];

/* ---- rules of check digits -------------------------------------------------------------- */

/** id_mod10: what ${sum} lacks to a multiple of ten.  id_luhn(digits, n): the check digit of
 * ISO/IEC 7812-1: from the right, each second digit counts twice, its own two digits being added,
 *  beginning with the one before the check digit. */
char id_mod10(unsigned sum);
char id_luhn(const char *digits, size_t n);

/* The check digits of a CPF and of a CNPJ, x and y. */
extern const struct id_check id_cpf_checks[], id_cnpj_checks[];

/** id_mod11: 11 - sum mod 11, 0 where that is 10 or 11.  id_mod11_x: 'X' where it is 10, 0 where it
 *  is 11.  id_rest11: sum mod 11, 0 where that is 10. */
char id_mod11(const char *num, unsigned sum);
char id_mod11_x(const char *num, unsigned sum);
char id_rest11(const char *num, unsigned sum);

/* ---- rows of parameters that documents share ---------------------------------------------- */

#define ID_STATES "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO"

#define ID_FORM_PARAM(names)                                                                       \
	{                                                                                          \
		"form", GP_STRING, false, NULL,                                                    \
			"how it is written; else by the column's length and checks, or plain",     \
			.one_of = (names)                                                          \
	}

#define ID_INVALID_PARAM                                                                           \
	{                                                                                          \
		"invalid", GP_BOOL, false, "false",                                                \
			"a wrong check digit, so that the number is surely nobody's"               \
	}

#define ID_UF_PARAM(usual, text)                                                                   \
	{                                                                                          \
		"uf", GP_STRING, false, (usual), (text), .one_of = ID_STATES                       \
	}

#endif
