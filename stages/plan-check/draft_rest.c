/* SPDX-License-Identifier: MIT */
/*
 * What no pass has taken: each column gets its role's generator. Where it has no role, it gets that
 * of a role without names, which 90_other.txt has by type: plain words, small numbers.
 */
#include "stages/plan-check/draft.h"

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

/* Which of the roles without names a text has: what its name says, else a word. */
static const char *other_text(const struct pg_column *col, const char *words)
{
	if (pg_char_limit(pg_base_of(col->type, col->typmod)) == 1 && says_flag(col->name))
		return "other.flag_letter";
	if (role_among("number numero ", words) != NULL)
		return "other.digits";
	if (role_among("code codigo ", words) != NULL)
		return "other.code";
	return "other.text";
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
	return "other.measure";
}

/* Whether a check or a default says what the column holds. */
static bool is_said(const struct draft_table *dt, uint32_t c)
{
	const struct sql_domain *dom = dt->columns[c].dom;

	if (dt->t->columns[c].deflt != NULL ||
		(dom != NULL && (dom->has_lo || dom->has_hi || dom->nset > 0 || dom->more ||
					dom->must_null)))
		return true;
	for (uint32_t i = 0; i < dt->t->ncons; i++)
		if (dt->t->cons[i].kind == PG_CON_CHECK &&
			pg_has_column(dt->t->cons[i].cols, dt->t->cons[i].ncols, c))
			return true;
	return false;
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
		wanted = other_text(col, words);
	} else if (x->in_key || is_said(dt, c)) {
		return NULL;
	} else if (role_of_kind("number ", x->kind)) {
		wanted = other_number(x->kind, col, words);
	}
	for (const struct role *r = roles; r->id != NULL; r++)
		if (strcmp(r->id, wanted) == 0)
			return r;
	return NULL;
}

/* Letters and digits in no order are what nobody has in a column. */
static void other_for(struct draft *d, struct draft_table *dt, uint32_t c)
{
	enum { NOTHING_SAYS = 10 };
	const struct role *role = other_role(dt, c);
	const struct role_rule *rule = role != NULL ? draft_rule_for(d, role) : NULL;

	if (rule == NULL)
		return;
	dt->columns[c].m = (struct role_match){role, NOTHING_SAYS, "nothing says what it holds"};
	draft_own_rule(d, dt, c, rule);
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
		else if (rule != NULL)
			draft_own_rule(d, dt, c, rule);
		else if (dt->columns[c].m.role == NULL)
			other_for(d, dt, c);
	}
}
