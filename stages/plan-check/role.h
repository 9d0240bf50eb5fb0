/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_ROLE_H
#define PLAN_CHECK_ROLE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/schema/schema.h"
#include "common/sql/sql.h"

/*
 * role: what a column is for: a unit price, the moment a row was created, a city. The roles are
 * data, common/data/roles/, whose README has their format. A column has the role that its name,
 * type, table, comment and checks speak for most, or none.
 */

enum { ROLE_RULES = 6 };

/* A generator that makes values of the role. */
struct role_rule {
	const char *locale;		/* the one that it is for; NULL: any */
	const char *generator, *params; /* the parameters as a JSON object; NULL: none */
};

/* Lists are words with a blank after each; NULL is an empty list. */
struct role {
	const char *id;	   /* "money.price"; NULL ends the table */
	const char *types; /* kinds of types that it may have: role_kind() */
	const char *en,
		*pt; /* names, in English and Portuguese; one that ends in ! is the whole name */
	const char *tables;	    /* names of tables that it is for; others have none */
	const char *likes, *unlike; /* names of tables that make it likelier; that exclude it */
	const char *where,
		*nowhere;   /* names of tables of which the schema has one for it; has none */
	const char *values; /* values of an enum or a check that speak for it */
	const char *kind;   /* words for the passes that write rules: "birth", "event 30" ... */
	double nulls;	    /* share of NULLs where the column may have them; negative: not said */
	struct role_rule rules[ROLE_RULES]; /* in the order in which they are tried; generator NULL
					       ends them */
};

/* A short form of a word in names: "qtd" of "quantidade"; an empty word: it says nothing. */
struct role_abbreviation {
	const char *from, *to;
};

/* What a label of a status says of its row: how far it has come in its life, from 0 on (-1: the
 * label speaks of something else), of which kind its end is ("cancel", "refund" ...; "" none), and
 * how many rows have it beside others. */
struct role_label {
	const char *name; /* NULL ends the table */
	int rank;
	const char *class;
	uint32_t weight;
};

/* How long what a row is about lasts: from ${least} to ${most}, as derive.moment reads durations;
 * or, where it is agreed for whole periods, one of the numbers of days in ${terms}. ${hours} is
 * when it begins. */
struct role_span {
	const char *least, *typical, *most, *hours, *terms;
	const char *words; /* of names of columns and tables; NULL ends the table */
};

/* What a row of a table that is called so is worth, in units of the locale's money. */
struct role_worth {
	uint32_t amount;
	const char *words; /* NULL ends the table */
};

/* common/data/roles, compiled in */
extern const struct role roles[];
extern const struct role_abbreviation role_abbreviations[];
extern const struct role_label role_labels[];
extern const struct role_span role_spans[];
extern const struct role_worth role_worths[];

/* The role of one column. */
struct role_match {
	const struct role *role; /* NULL: none */
	uint8_t confidence;	 /* of a hundred */
	const char *why;	 /* "its name is unit_price" */
};

/* Below this a column has no role. */
enum { ROLE_CONFIDENT = 60 };

enum { ROLE_WORDS = 256 };

/**
 * role_words(name, to):
 * A name in the form in which names are compared: words in lower case, between underscores, without
 * accents, plural endings and abbreviations: "vlUnitarios" is "_valor_unitario_".
 */
void role_words(const char *name, char to[ROLE_WORDS]);

/** role_split(name, to): the name in lower case without accents, with _ where a word ends; its
 * length. */
size_t role_split(const char *name, char to[ROLE_WORDS]);

/** role_lists(list, word): whether it is one of the words of a list, each with a blank behind it.
 */
bool role_lists(const char *list, const char *word);

/** Words that say that a column is a name, and not whose. */
extern const char role_name_words[];

/** role_last_word(words): "_head_teacher_": "_teacher_", within ${words}. */
const char *role_last_word(const char *words);

/** role_is_indicator(name): whether a column's name ends as those of yes and no do, whatever
 * stands before: good_student_ind. */
bool role_is_indicator(const char *name);

/** role_without_name(words, left): "_driver_name_": "_driver_"; false where nothing is left. */
bool role_without_name(const char *words, char left[ROLE_WORDS]);

/** role_head_word(words, first, head): the word of a name that says what a thing is, the first of
 * them where ${first} (laudo_tecnico is a laudo), else the last (head_teacher), but for words such
 * as primeiro and principal that stand on the other side. ${head} may be ${words}. */
void role_head_word(const char *words, bool first, char head[ROLE_WORDS]);

/** role_is_agent(r, word): whether the role is for people called by what they do, and the word ends
 * as such words do in English or Portuguese (optometrist, cervejeiro), and is none of those that
 * end so and are things. */
bool role_is_agent(const struct role *r, const char *word);

/** role_has(list, words): whether one of the names in ${list} is all of ${words}. */
bool role_has(const char *list, const char *words);

/** role_among(list, words): the first name in ${list} that stands in ${words} as whole words, with
 * what follows it in the list: it ends at the blank. NULL: none does. */
const char *role_among(const char *list, const char *words);

/** role_span_of(words): how long what is called so lasts, by the last of the words of which that is
 * known; NULL: of none is it. */
const struct role_span *role_span_of(const char *words);

/** role_worth_of(words): what a row of a table that is called so is worth; 0: that is not known. */
uint32_t role_worth_of(const char *words);

/** role_is(r, kind): whether "kind" is among the words of r->kind; ${r} may be NULL. */
bool role_is(const struct role *r, const char *kind);

/** role_label_of(text): what is known of a label; NULL: nothing. */
const struct role_label *role_label_of(const char *text);

/** role_after(r, kind, to): the word after "kind" in r->kind, in ${to}; false: none is there. */
bool role_after(const struct role *r, const char *kind, char to[ROLE_WORDS]);

/** role_order(r, kind): the number after the word in r->kind; -1: none is there. */
int role_order(const struct role *r, const char *kind);

/**
 * role_kind(col, dom):
 * The kind of a column's type, as roles name it: text int decimal float bool date timestamp time
 * interval uuid json inet array (of texts) bytes other; "choice" where an enum or a check lists the
 * values. Roles also say number (int decimal float), moment (date timestamp) and any.
 */
const char *role_kind(const struct pg_column *col, const struct sql_domain *dom);

/** role_of_kind(types, kind): whether the list of a role has the kind, by its own name or a wider
 * one. */
bool role_of_kind(const char *types, const char *kind);

struct role_book;

/** role_book(a): the names of all roles, ready to be looked up; NULL when memory is out. */
const struct role_book *role_book(struct arena *a);

/* Of which column the role is asked. */
struct role_asked {
	const struct pg_table *t;
	uint32_t c;
	const char *called;	      /* what it could be called as well; NULL: its own name */
	const struct sql_domain *dom; /* what checks say of it, or NULL */
	const char *tables;	      /* the words of all tables of the schema */
	bool head_first; /* names are in a language whose first word says what a thing is */
};

/** role_find(b, ask, a): the best role of the column. */
struct role_match role_find(
	const struct role_book *b, const struct role_asked *ask, struct arena *a);

/** role_language(b, s): the locale of the language that the names of the schema's columns are in,
 * English or Portuguese; of Portuguese where neither has more. */
const char *role_language(const struct role_book *b, const struct schema *s);

#endif
