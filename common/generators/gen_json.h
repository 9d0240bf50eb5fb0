/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_JSON_H
#define COMMON_GEN_JSON_H

#include "common/generators/gen_kit.h"
#include "common/generators/locale.h"

/*
 * gen_json: JSON texts of templates.
 *
 * common/data has templates in json.tsv, in json_local.tsv of a locale for what differs by country,
 *and in json_member.tsv for single members by their names.  A template is JSON in which tokens may
 *stand anywhere, within quotes or not:
 *
 *	<web|app|app>		one of these texts; one that stands twice is twice as frequent
 *	<1..99> <9.90..49.90>	a number, with as many decimals as its end has
 *	<@color> <@place.city>	a word of a list of the locale, or a cell of a column of a table
 *	<date> <moment>		a day, or a second in UTC, of the two years before the plan's today
 *	<hex:12>		hexadecimal digits, at most 16
 *
 * Within one template cells of one table are of the same row, and words of one list are not the
 *same word.
 */

enum { JSON_TOKENS = 48, JSON_TABLES = 8 };

enum json_kind { JSON_TEXT, JSON_WORD, JSON_NUMBER, JSON_DATE, JSON_MOMENT, JSON_HEX };

struct json_token {
	enum json_kind kind;
	struct vtext text;	   /* TEXT */
	const struct vtext *words; /* WORD; as JSON writes them within quotes */
	const struct gen_place *places;
	uint32_t n; /* of words */
	int64_t from;
	uint64_t count; /* NUMBER: values from ${from} on; DATE, MOMENT: before it */
	uint32_t scale; /* NUMBER: decimals; HEX: digits */
	uint32_t use;	/* the draw: tokens of one table have the same */
};

struct json_text {
	struct json_token *token;
	uint32_t n;
	uint32_t max; /* bytes */
};

struct json_reader {
	const char *id; /* of the generator, for messages */
	const struct locale *l;
	int32_t as_of;
	struct arena *a;
	struct err *e;
	const char *whole; /* the template that what is read is a part of */
	const struct locale_list *table[JSON_TABLES];
	uint32_t use[JSON_TABLES], ntables, uses;
};

/** json_begin(r, whole): what is read from now on are parts of this template. */
void json_begin(struct json_reader *r, const char *whole);

/** json_read(r, p, n, to): ${n} bytes of a template.  -1 with r->e, ERR_NO for what is no
 *  template. */
int json_read(struct json_reader *r, const char *p, size_t n, struct json_text *to);

/** json_put(t, bits, to): the text that random bits choose; its end, at most t->max bytes on. */
char *json_put(const struct json_text *t, uint64_t bits, char *to);

#endif
