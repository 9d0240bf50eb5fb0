/* SPDX-License-Identifier: MIT */
/*
 * What no pass has taken: each column gets its role's generator. Where it has no role, it gets that
 * of a role without names, which 90_other.txt has by type: plain words, small numbers.
 */
#include "stages/plan-check/draft_number.h"
#include "stages/plan-check/draft_worth.h"

#include <stdio.h>
#include <string.h>

/* Whether checks say of a text what it looks like, so that words would not do. */
static bool is_shaped(const struct sql_domain *dom)
{
	return dom != NULL && (dom->npatterns > 0 || dom->contains != NULL || dom->texts != NULL ||
				      dom->more || dom->must_null);
}

/* Whether the name says that the column is a flag: fl_ativo, smoker_ind, is_open. */
static bool says_flag(const char *name)
{
	static const char *const first[] = {"fl_", "flg_", "flag_", "ind_", "in_", "is_", "has_"};
	static const char *const last[] = {"_ind", "_flag", "_flg", "_yn", "_sn"};
	size_t n = strlen(name), m;

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		if (strncmp(name, first[i], strlen(first[i])) == 0)
			return true;
	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
		if ((m = strlen(last[i])) < n && strcmp(name + n - m, last[i]) == 0)
			return true;
	return false;
}

/* Whether the name is an acronym, of a document or a register: crmv, nirf, ext. It has at most four
 * letters, and at most one of them is a vowel. */
static bool is_acronym(const char *name)
{
	enum { LONGEST = 4 };
	char lower[ROLE_WORDS];
	size_t n = role_split(name, lower), vowels = 0;

	for (size_t i = 0; i < n; i++)
		vowels += strchr("aeiou", lower[i]) != NULL;
	return n > 2 && n <= LONGEST && vowels < 2 && strchr(lower, '_') == NULL;
}

/* Whether the word is a quality that there is more or less of, by its ending: intensity,
 * complexidade. */
static bool is_quality(const char *word)
{
	static const char *const ends[] = {"ity", "ness", "idade"};
	static const char things[] =
		"cidade unidade atividade entidade propriedade localidade comunidade universidade "
		"identidade especialidade modalidade agencia residencia conferencia "
		"city unity activity entity property locality community university identity "
		"specialty facility authority liability capacity quantity identity security "
		"charity agency emergency currency witness business "
		"harness wilderness ";
	size_t n = strlen(word);

	if (role_has(things, word))
		return false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t m = strlen(ends[i]);

		if (n > m + 3 && memcmp(word + n - 1 - m, ends[i], m) == 0)
			return true;
	}
	return false;
}

/* Whether a text is meant for sentences: wide, or without a limit where others have one. */
static bool is_prose(const struct draft_table *dt, const struct pg_column *col)
{
	enum { WIDE = 160 };
	int32_t limit = pg_char_limit(pg_base_of(col->type, col->typmod));

	if (limit > 0)
		return limit >= WIDE;
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const struct pg_column *other = &dt->t->columns[c];

		if (pg_column_is_text(other) &&
			pg_char_limit(pg_base_of(other->type, other->typmod)) > 1)
			return true;
	}
	return false;
}

/* Words for a text of which nothing is known: of a quality, how much; in several words, a sentence.
 */
static const char *other_words(
	const struct draft_table *dt, const struct pg_column *col, const char *words)
{
	enum { FOR_SEVERAL = 60 };
	char raw[ROLE_WORDS], first[ROLE_WORDS];
	size_t n = role_split(col->name, raw);

	bool several = n > 1 && raw[n - 1] == 's' && strchr("sui", raw[n - 2]) == NULL;
	int32_t limit = pg_char_limit(pg_base_of(col->type, col->typmod));

	(void)snprintf(first, sizeof(first), "%.*s", (int)strcspn(words + 1, "_") + 2, words);
	if (!several && (is_quality(role_last_word(words)) || is_quality(first)))
		return "other.degree";
	if (several && (limit <= 0 || limit >= FOR_SEVERAL))
		return "other.several";
	return is_prose(dt, col) ? "other.sentence" : "other.text";
}

/* Which of the roles without names a text has: what its name says, else a word. */
static const char *other_text(
	const struct draft_table *dt, const struct pg_column *col, const char *words)
{
	if (is_acronym(col->name) ||
		(strlen(words) > 4 && strcmp(words + strlen(words) - 4, "_id_") == 0))
		return "other.digits";
	if (pg_char_limit(pg_base_of(col->type, col->typmod)) == 1 && says_flag(col->name))
		return "other.flag_letter";
	if (role_among("number numero ", words) != NULL)
		return "other.digits";
	if (role_among("code codigo ", words) != NULL)
		return "other.code";
	return other_words(dt, col, words);
}

/* Which of them a number has: amounts of money are larger than other numbers with decimals. */
static const char *other_number(const char *kind, const struct pg_column *col, const char *words)
{
	static const char *const money[] = {
		"_valor_", "_amount_", "_value_", "_preco_", "_price_", "_cost_", "_custo_"};
	enum { WIDE = 10, CENTS = 2 };
	struct pg_base base = pg_base_of(col->type, col->typmod);
	int32_t digits = ((base.typmod - 4) >> 16) & 0xffff, scale = (base.typmod - 4) & 0x7ff;

	if (strcmp(kind, "int") == 0)
		return "other.number";
	if (strstr(words, "_quantidade_") != NULL || strstr(words, "_quantity_") != NULL)
		return "other.measure";
	if (base.typmod >= 4 && digits >= WIDE && scale == CENTS)
		return "other.amount";
	for (size_t i = 0; i < sizeof(money) / sizeof(money[0]); i++)
		if (strstr(words, money[i]) != NULL)
			return "other.amount";
	return base.typmod < 4 || digits - scale > 2 ? "other.measure"
	       : digits - scale == 2		     ? "other.tens"
	       : scale > 2			     ? "other.share"
						     : "other.units";
}

/* Whether checks leave the column values from a number below 0 on. */
static bool begins_below(const struct pg_column *c, const struct sql_domain *dom)
{
	uint8_t scale;

	return dom->has_lo &&
	       (pg_vtype(pg_base_of(c->type, c->typmod), &scale) == VT_F64 ? dom->flo < 0
									   : dom->lo < 0);
}

/* Whether a check or a default says what the column holds. */
static bool is_said(const struct draft_table *dt, uint32_t c)
{
	const struct sql_domain *dom = dt->columns[c].dom;

	if (dt->t->columns[c].deflt != NULL ||
		(dom != NULL && (dom->has_hi || dom->nset > 0 || dom->more || dom->must_null)))
		return true;
	/* that a number is not below another, or below 0, is no reason to have it of any size */
	for (uint32_t i = 0; !role_of_kind("number ", dt->columns[c].kind) && i < dt->t->ncons; i++)
		if (dt->t->cons[i].kind == PG_CON_CHECK &&
			pg_has_column(dt->t->cons[i].cols, dt->t->cons[i].ncols, c))
			return true;
	return dom != NULL && dom->has_lo &&
	       (!role_of_kind("number ", dt->columns[c].kind) ||
		       begins_below(&dt->t->columns[c], dom));
}

/* The role of the data, one without names, of a column of which nothing is known but its type;
 * NULL: its type's default generator is as good. */
static const struct role *other_role(const struct draft_table *dt, uint32_t c)
{
	const struct draft_column *x = &dt->columns[c];
	const struct pg_column *col = &dt->t->columns[c];
	char id[ROLE_WORDS] = "other.", words[ROLE_WORDS];
	const char *wanted = strncat(id, x->kind, sizeof(id) - sizeof("other."));

	role_words(col->name, words);
	if (strcmp(x->kind, "text") == 0) {
		if (is_shaped(x->dom))
			return NULL;
		wanted = other_text(dt, col, words);
	} else if (x->in_key || is_said(dt, c)) {
		return NULL;
	} else if (role_of_kind("number ", x->kind)) {
		wanted = other_number(x->kind, col, words);
	}
	return draft_role_named(wanted);
}

/* A word of a name without its plural's ending, in ${to}; its length. */
static size_t singular(const char *w, size_t n, bool english, char *to)
{
	bool es = n > 4 && (memcmp(w + n - 3, "hes", 3) == 0 || memcmp(w + n - 3, "xes", 3) == 0 ||
				   (!english && memcmp(w + n - 3, "res", 3) == 0));

	memcpy(to, w, n);
	if (n > 5 && memcmp(w + n - 4, "zzes", 4) == 0)
		return n - 3;
	if (n > 4 && memcmp(w + n - 3, "ies", 3) == 0) {
		to[n - 3] = 'y';
		n -= 2;
	} else if (n > 4 && memcmp(w + n - 3, "oes", 3) == 0) {
		memcpy(to + n - 3, "ao", 2);
		n -= 1;
	} else if (es) {
		n -= 2;
	} else if (n > 3 && w[n - 1] == 's' && strchr("siu", w[n - 2]) == NULL) {
		n -= 1;
	}
	return n;
}

/* "tb_alert_rules" as "Alert Rule": the name's own words, without those that say that it is a table
 * or a name or a code. Empty: none is left. */
static void label_of(const char *name, bool english, char label[ROLE_WORDS])
{
	static const char idle[] = "tb tbl tab cad name nome nm ds title titulo code codigo cod cd "
				   "sigla abbreviation acronym short ";
	char lower[ROLE_WORDS];
	size_t at = 0;

	(void)role_split(name, lower);
	for (const char *p = lower; *p != '\0'; p += strcspn(p, "_"), p += *p == '_') {
		size_t n = strcspn(p, "_");
		char raw[ROLE_WORDS], word[ROLE_WORDS];

		(void)snprintf(raw, sizeof(raw), "%.*s", (int)n, p);
		role_words(raw, word);
		if (n == 0 || strspn(raw, "abcdefghijklmnopqrstuvwxyz") != n ||
			role_has(idle, word) || at + n + 2 >= ROLE_WORDS)
			continue;
		if (at > 0)
			label[at++] = ' ';
		n = singular(p, n, english, label + at);
		label[at] = (char)(label[at] - 'a' + 'A');
		at += n;
	}
	label[at] = '\0';
}

/*
 * A name of something that nobody knows is the schema's own word for it with a number: Alert Rule
 * 12 of alert_rules.name, Turnstile 4 of turnstile_name. No word list has names for every trade,
 * and one of another trade is read as wrong at once. false: the column has no room for it.
 */
static bool numbered_for(struct draft *d, struct draft_table *dt, uint32_t c)
{
	enum { ROOM = 8, NUMBERED = 30 };
	const struct pg_column *col = &dt->t->columns[c];
	uint32_t limit = pg_char_limit(pg_base_of(col->type, col->typmod));
	char label[ROLE_WORDS];

	label_of(col->name, !draft_head_first(d), label);
	if (label[0] == '\0')
		label_of(dt->t->name, !draft_head_first(d), label);
	if (label[0] == '\0' || (limit > 0 && strlen(label) + ROOM > limit) ||
		is_shaped(dt->columns[c].dom))
		return false;
	draft_says(draft_rule(d, dt, c, "primitive.text.pattern",
			   json_pack("{s:s}", "pattern",
				   draft_textf(d, "%s [1-9][0-9]%s", label,
					   dt->columns[c].in_key ? "{0,5}" : "?"))),
		"name.numbered", "the schema's own word for it", NUMBERED);
	return true;
}

/* Whether the name is that of an acronym, which has no digits. */
static bool says_letters(const char *name)
{
	char words[ROLE_WORDS];

	role_words(name, words);
	return role_among("sigla abbreviation acronym abreviacao symbol simbolo ", words) != NULL;
}

/*
 * A code begins with the first letters of what it is of, in capitals, and goes on with digits:
 * SER-204 of servicos.codigo, FAC-118 of facility_code. false: the column has no room for that.
 */
static bool coded_for(struct draft *d, struct draft_table *dt, uint32_t c)
{
	enum { HEAD = 3, ROOM = 8, TIGHT = 5, CODED = 40 };
	const struct pg_column *col = &dt->t->columns[c];
	uint32_t limit = pg_char_limit(pg_base_of(col->type, col->typmod));
	bool key = dt->columns[c].in_key;
	char label[ROLE_WORDS];

	label_of(col->name, !draft_head_first(d), label);
	if (label[0] == '\0')
		label_of(dt->t->name, !draft_head_first(d), label);
	if (strlen(label) < HEAD || label[HEAD - 1] == ' ' || label[HEAD - 2] == ' ' ||
		(limit > 0 && limit < TIGHT) || is_shaped(dt->columns[c].dom) ||
		says_letters(col->name) || (key && limit > 0 && limit < ROOM))
		return false;
	for (size_t i = 0; i < HEAD; i++)
		label[i] = (char)(label[i] >= 'a' ? label[i] - 'a' + 'A' : label[i]);
	draft_rule(d, dt, c, "primitive.text.pattern",
		json_pack("{s:s}", "pattern",
			draft_textf(d, "%.3s%s[1-9][0-9]%s", label,
				limit == 0 || limit >= ROOM ? "-" : "",
				key			      ? "{3,5}"
				: limit == 0 || limit >= ROOM ? "{2,3}"
							      : "")));
	return true;
}

/* Letters and digits in no order are what nobody has in a column. */
static void other_for(struct draft *d, struct draft_table *dt, uint32_t c)
{
	enum { NOTHING_SAYS = 10 };
	const struct role *role = other_role(dt, c);
	const struct role_rule *rule = role != NULL ? draft_rule_for(d, role) : NULL;
	struct draft_rule *r;

	if (rule == NULL || (dt->columns[c].in_key && strcmp(role->id, "other.text") == 0 &&
				    numbered_for(d, dt, c)))
		return;
	dt->columns[c].m = (struct role_match){role, NOTHING_SAYS, "nothing says what it holds"};
	r = draft_own_rule(d, dt, c, rule);
	if (worth_set(d, dt, c, r->params))
		number_shrink(r->params, number_limit(dt, c), number_is_whole(dt, c));
}

/* The column that a slug is made of: the row's name or title. */
static int name_of_row(const struct draft_table *dt)
{
	static const char names[] = "name title nome titulo label subject assunto headline ";

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		char words[ROLE_WORDS];

		role_words(dt->t->columns[c].name, words);
		if (role_has(names, words) && strcmp(dt->columns[c].kind, "text") == 0)
			return (int)c;
	}
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		if (draft_under(dt, c, "thing.") && strcmp(dt->columns[c].kind, "text") == 0)
			return (int)c;
	return -1;
}

/* A slug beside a name; by itself it is a tag. */
static void slug_for(struct draft *d, struct draft_table *dt, uint32_t c)
{
	int name = name_of_row(dt);

	if (name >= 0)
		draft_rule(d, dt, c, "derive.slug",
			json_pack("{s:[s]}", "input_columns", dt->t->columns[name].name));
	else
		draft_rule(d, dt, c, "semantic.text.tag", NULL);
}

void draft_rest(struct draft *d, struct draft_table *dt)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const struct role_rule *rule = draft_rule_for(d, dt->columns[c].m.role);

		if (!draft_free(dt, c))
			continue;
		if (role_is(dt->columns[c].m.role, "slug"))
			slug_for(d, dt, c);
		else if (role_is(dt->columns[c].m.role, "any_name") && numbered_for(d, dt, c))
			continue;
		else if (role_is(dt->columns[c].m.role, "coded") && coded_for(d, dt, c))
			continue;
		else if (rule != NULL)
			draft_own_rule(d, dt, c, rule);
		else if (dt->columns[c].m.role == NULL)
			other_for(d, dt, c);
	}
}
