/* SPDX-License-Identifier: MIT */
/*
 * A type and an id that name a row of one of several tables: commentable_type and commentable_id,
 * tabela and registro_id. The parents are the tables whose keys have the id's type and whose rows
 * need none of this table; where the type's labels are listed, those that the labels name.
 */
#include "stages/plan-check/draft.h"

#include <stdlib.h>
#include <string.h>

#include "common/generators/locale.h"

enum { PARENTS = 6, SURE = 80 };

/* How a type is written. */
enum spelling { AS_TABLE, AS_CLASS, AS_WORD };

struct poly {
	struct draft *d;
	struct draft_table *dt;
	uint32_t type, id;
	enum spelling spelling;
};

/* ---- names ------------------------------------------------------------------------------------
 */

static bool ends(const char *s, size_t n, const char *with)
{
	size_t k = strlen(with);

	return n > k && memcmp(s + n - k, with, k) == 0;
}

/* The singular of a table's name, as people write it. */
static const char *singular(struct draft *d, const char *name)
{
	static const struct {
		const char *plural, *one;
	} endings[] = {
		{"coes", "cao"},
		{"ies", "y"},
		{"sses", "ss"},
		{"xes", "x"},
		{"ches", "ch"},
		{"shes", "sh"},
		{"ns", "m"},
		{"ais", "al"},
		{"eis", "el"},
		{"res", "r"},
		{"is", "il"},
		{"ss", "ss"},
		{"us", "us"},
		{"s", ""},
	};
	size_t n = strlen(name);
	struct vtext language = locale_fact(locale_find(d->locale), "language");
	bool portuguese = strcmp(language.p, "pt") == 0;

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		const char *plural = endings[i].plural;

		if (!portuguese && (strcmp(plural, "ns") == 0 || strcmp(plural, "res") == 0 ||
					   strcmp(plural, "ais") == 0 ||
					   strcmp(plural, "eis") == 0 || strcmp(plural, "is") == 0))
			continue;
		if (ends(name, n, plural))
			return draft_textf(
				d, "%.*s%s", (int)(n - strlen(plural)), name, endings[i].one);
	}
	return name;
}

/* order_item as OrderItem. */
static const char *camel(struct draft *d, const char *name)
{
	char *to = arena_strdup(d->a, name);
	size_t n = 0;
	bool first = true;

	if (to == NULL) {
		d->failed = true;
		return "";
	}
	for (const char *p = name; *p != '\0'; p++) {
		if (*p == '_') {
			first = true;
			continue;
		}
		to[n++] = first && *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
		first = false;
	}
	to[n] = '\0';
	return to;
}

static const char *spelled(const struct poly *p, const struct pg_table *t)
{
	const char *one;

	if (p->spelling == AS_TABLE)
		return t->name;
	one = singular(p->d, t->name);
	return p->spelling == AS_CLASS ? camel(p->d, one) : one;
}

/* ---- the pair ---------------------------------------------------------------------------------
 */

/* The id beside a type, and how the type is written. */
static bool find_id(struct poly *p, uint32_t c)
{
	static const struct {
		const char *type, *ids[4];
		enum spelling spelling;
	} pairs[] = {
		{"tabela", {"registro_id", "id_registro", "entidade_id", "chave"}, AS_TABLE},
		{"nome_tabela", {"registro_id", "id_registro"}, AS_TABLE},
		{"table_name", {"record_id", "row_id", "entity_id", "object_id"}, AS_TABLE},
		{"entidade", {"entidade_id", "registro_id"}, AS_WORD},
		{"entity", {"entity_id", "record_id"}, AS_WORD},
		{"resource", {"resource_id"}, AS_WORD},
		{"model", {"model_id", "record_id"}, AS_CLASS},
	};
	static const char *const words[] = {"entity", "resource", "object", "target"};
	const char *name = p->dt->t->columns[c].name;
	size_t n = strlen(name), snake = ends(name, n, "_type") ? n - 5 : 0;
	size_t stem = snake > 0 ? snake : ends(name, n, "Type") ? n - 4 : 0;
	int id = -1;

	p->type = c;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]) && id == -1; i++)
		for (size_t k = 0; strcmp(name, pairs[i].type) == 0 && id == -1 && k < 4; k++)
			if (pairs[i].ids[k] != NULL) {
				id = pg_column_named(p->dt->t, pairs[i].ids[k]);
				p->spelling = pairs[i].spelling;
			}
	if (stem > 0) {
		p->spelling = AS_CLASS;
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (strncmp(name, words[i], stem) == 0 && words[i][stem] == '\0')
				p->spelling = AS_WORD;
		id = pg_column_named(p->dt->t,
			draft_textf(p->d, snake > 0 ? "%.*s_id" : "%.*sId", (int)stem, name));
	}
	if (id == -1)
		return false;
	p->id = (uint32_t)id;
	return draft_free(p->dt, p->id) && !p->dt->columns[p->id].in_key;
}

/* ---- parents ----------------------------------------------------------------------------------
 */

static bool needs_one_of(const struct pg_table *t, const bool *tables)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_FOREIGN && t->cons[i].ref != NULL &&
			tables[t->cons[i].ref->index])
			return true;
	return false;
}

/* By table: whether its rows need rows of ${of}, through any foreign keys. All tables are gone
 * through until none is added, which is as often as the longest way to ${of} has foreign keys.
 * NULL: memory is out. */
static bool *in_need_of(struct draft *d, const struct pg_table *of)
{
	bool *need = arena_array(d->a, d->s->ntables + 1UL, sizeof(*need)), more = need != NULL;

	if (need != NULL)
		need[of->index] = true;
	while (more) {
		more = false;
		for (uint32_t i = 0; i < d->s->ntables; i++)
			if (!need[i] && needs_one_of(&d->s->tables[i], need))
				need[i] = more = true;
	}
	return need;
}

/* Whether the id can hold the table's key. */
static bool holds(const struct poly *p, const struct draft_table *ref)
{
	const struct pg_constraint *pk = pg_primary(ref->t);
	const struct draft_column *id = &p->dt->columns[p->id], *key;

	if (pk == NULL || pk->ncols != 1)
		return false;
	key = &ref->columns[pk->cols[0]];
	return strcmp(id->kind, key->kind) == 0 || strcmp(id->kind, "text") == 0;
}

/* Whether the type may have the value: by its labels, or by its length. */
static bool takes(const struct poly *p, const char *value)
{
	const struct pg_column *col = &p->dt->t->columns[p->type];
	const struct draft_column *x = &p->dt->columns[p->type];
	struct pg_base b = pg_base_of(col->type, col->typmod);
	const char *const *labels = NULL;
	uint32_t n = 0;

	if (b.type->cls == PG_ENUM) {
		labels = b.type->labels;
		n = b.type->nlabels;
	} else if (x->dom != NULL && x->dom->texts != NULL) {
		labels = x->dom->texts;
		n = x->dom->nset;
	} else {
		int32_t limit = pg_char_limit(b);

		return strcmp(x->kind, "text") == 0 &&
		       (limit < 0 || utf8_len(value, strlen(value)) <= (size_t)limit);
	}
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(labels[i], value) == 0)
			return true;
	return false;
}

/* The label of a listed type that means the table, however it is written; else as the names say. */
static const char *value_for(struct poly *p, const struct pg_table *t)
{
	static const enum spelling all[] = {AS_CLASS, AS_WORD, AS_TABLE};
	bool listed = strcmp(p->dt->columns[p->type].kind, "choice") == 0;

	for (size_t i = 0; listed && i < sizeof(all) / sizeof(all[0]); i++) {
		struct poly other = *p;

		other.spelling = all[i];
		if (takes(p, spelled(&other, t)))
			return spelled(&other, t);
	}
	return !listed && takes(p, spelled(p, t)) ? spelled(p, t) : NULL;
}

/* By table, how many foreign keys refer to it: what matters most is referred to most. NULL: memory
 * is out. */
static const uint32_t *count_references(struct draft *d)
{
	uint32_t *n = arena_array(d->a, d->s->ntables + 1UL, sizeof(*n));

	for (uint32_t i = 0; n != NULL && i < d->s->ntables; i++)
		for (uint32_t k = 0; k < d->s->tables[i].ncons; k++)
			if (d->s->tables[i].cons[k].kind == PG_CON_FOREIGN &&
				d->s->tables[i].cons[k].ref != NULL)
				n[d->s->tables[i].cons[k].ref->index]++;
	return n;
}

/* A table of codes is what nobody comments on, unless the type's labels name it. */
static bool is_codes(const struct poly *p, const struct draft_table *ref)
{
	return strcmp(p->dt->columns[p->type].kind, "choice") != 0 && p->spelling != AS_TABLE &&
	       draft_kind_of(ref, "entry") != -1;
}

/* By table, what the type says of its rows; NULL: it is no parent. */
static const char **values_of(struct poly *p)
{
	const char **value = arena_array(p->d->a, p->d->s->ntables + 1UL, sizeof(*value));
	const bool *need = in_need_of(p->d, p->dt->t);

	if (value == NULL || need == NULL) {
		p->d->failed = true;
		return NULL;
	}
	for (uint32_t i = 0; i < p->d->s->ntables; i++) {
		const struct draft_table *ref = &p->d->tables[i];

		if (ref->target && !need[i] && !is_codes(p, ref) && holds(p, ref))
			value[i] = value_for(p, ref->t);
	}
	return value;
}

/* The table with a value that is referred to most, the first of several; NULL: none has a value. */
static const struct pg_table *next_parent(const struct poly *p, const char *const *value)
{
	const struct pg_table *best = NULL;

	for (uint32_t i = 0; i < p->d->s->ntables; i++)
		if (value[i] != NULL &&
			(best == NULL || p->d->referred[i] > p->d->referred[best->index]))
			best = &p->d->s->tables[i];
	return best;
}

static void pair_of(struct poly *p)
{
	const char **value = values_of(p);
	json_t *parents = json_array(), *members;
	const struct pg_table *ref;

	for (uint32_t n = 0; value != NULL && n < PARENTS && (ref = next_parent(p, value)) != NULL;
		n++) {
		json_array_append_new(parents,
			json_pack("{s:s, s:s, s:s, s:i}", "value", value[ref->index], "schema",
				ref->schema, "table", ref->name, "weight", PARENTS - n));
		value[ref->index] = NULL;
	}
	if (json_array_size(parents) == 0) {
		json_decref(parents);
		return;
	}
	members = json_pack("{s:s, s:s, s:o}", "type_column", p->dt->t->columns[p->type].name,
		"id_column", p->dt->t->columns[p->id].name, "parents", parents);
	draft_says(draft_polymorphic(p->d, p->dt, members), "shape.polymorphic",
		"the type says which table the id is of", SURE);
	p->dt->columns[p->type].taken = p->dt->columns[p->id].taken = true;
}

void draft_pairs(struct draft *d, struct draft_table *dt)
{
	struct poly p = {.d = d, .dt = dt};

	if (d->referred == NULL && (d->referred = count_references(d)) == NULL) {
		d->failed = true;
		return;
	}
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		if (draft_free(dt, c) && find_id(&p, c))
			pair_of(&p);
}
