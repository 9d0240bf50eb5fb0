/* SPDX-License-Identifier: MIT */
/*
 * record.list: rows of the lists that tables of codes hold: currencies, states,
 * roles, units. The files common/data/LOCALE/list_NAME.tsv have them, the most
 * usual entry first or in the order that the entries have by themselves (days of
 * the week, priorities).
 *
 * Columns of a table with the same record take the same entry. The entries are
 * dealt out, each once before any is given again, so that a column may be unique
 * as long as the table has no more rows than the list. Such a table has the list's
 * first entries in the list's own order, as somebody would have typed them in; a
 * table of more rows, and a record with a name of its own, have an order that is
 * drawn for each round.
 */
#include <string.h>

#include "common/base/err.h"
#include "common/base/perm.h"
#include "common/base/rng.h"
#include "common/base/str.h"
#include "common/generators/gen_form.h"
#include "common/generators/gen_values.h"

static const char prefix[] = "list_";

struct listrow {
	struct gen_values list; /* as many of the entries as rows take */
	uint32_t n;		/* entries of the whole list */
	bool as_listed;		/* rows take its first entries, in its order */
	uint64_t key, after;	/* of the record; rows that are there already */
	struct perm perm;	/* of the entries, in the first round */
};

/* ---- the list ----------------------------------------------------------------------------------
 */

static bool is_lookup(const struct locale_list *l)
{
	return strncmp(l->name, prefix, strlen(prefix)) == 0 && l->columns != NULL;
}

/* Adds a name to those of a message, with a comma before it where it is not the first. */
static bool add_name(const char **all, const char *name, struct arena *a)
{
	*all = *all == NULL ? name : arena_printf(a, "%s, %s", *all, name);
	return *all != NULL;
}

/* Says which lists there are, of the locale and of what stands behind it. */
static int refuse_list(const struct gen *g, const struct locale *l, const char *name,
	struct arena *a, struct err *e)
{
	const char *all = NULL, *locale = l->name;

	for (; l != NULL; l = l->rest)
		for (uint32_t i = 0; i < l->nlists; i++)
			if (is_lookup(&l->lists[i]) &&
				!add_name(&all, l->lists[i].name + strlen(prefix), a))
				return err_nomem(e);
	return err_set(e, ERR_NO, "%s: locale %s has no list \"%s\"; it has %s", g->op->id, locale,
		name, all != NULL ? all : "none");
}

static int refuse_column(const struct gen *g, const struct locale_list *l, const char *list,
	const char *column, struct arena *a, struct err *e)
{
	const char *all = NULL;

	for (uint32_t i = 0; i < l->ncolumns; i++)
		if (!add_name(&all, l->columns[i], a))
			return err_nomem(e);
	return err_set(e, ERR_NO, "%s: the list \"%s\" has no column \"%s\"; it has %s", g->op->id,
		list, column, all);
}

/* The list and the column that the parameters name; NULL with ${e}. */
static const struct vtext *find_cells(const struct gen *g, const struct gen_column *c,
	const char *list, const msgpack_object *params, uint32_t *n, struct arena *a, struct err *e)
{
	const struct locale *l = gen_locale(c);
	const char *name = arena_printf(a, "%s%s", prefix, list), *column = "";
	const struct locale_list *found;
	int at;

	(void)gen_arg_string(params, "column", a, &column);
	if (name == NULL || column == NULL) {
		err_nomem(e);
		return NULL;
	}
	if ((found = locale_list(l, name)) == NULL || found->columns == NULL) {
		(void)refuse_list(g, l, list, a, e);
		return NULL;
	}
	if ((at = locale_column(found, column)) == -1) {
		(void)refuse_column(g, found, list, column, a, e);
		return NULL;
	}
	*n = found->n;
	return &found->v[(size_t)at * found->n];
}

/* ---- preparing ---------------------------------------------------------------------------------
 */

/* An entry cannot be left out for one column of the record, since others take the same. */
static int check_values(const struct gen *g, const struct gen_column *c, struct listrow *s,
	struct arena *a, struct err *e)
{
	int64_t left = gen_values_allow(&s->list, c, a, e);

	if (left <= 0)
		return (int)left;
	return err_set(e, ERR_NO,
		"%s: the column's checks exclude %lld of the list's values, and an entry of a "
		"record cannot be left out",
		g->op->id, (long long)left);
}

static int check_unique(const struct gen *g, const struct gen_column *c, struct listrow *s,
	struct arena *a, struct err *e)
{
	uint64_t rows = s->after + c->rows;
	uint32_t n = s->list.n;

	if (!c->unique)
		return 0;
	if (rows > s->n)
		return err_set(e, ERR_NO,
			"%s: the list has %u entries, and the column is unique over %llu rows",
			g->op->id, s->n, (unsigned long long)rows);
	if (!gen_values_distinct(&s->list, c, a))
		return err_nomem(e);
	return s->list.n == n ? 0
			      : err_set(e, ERR_NO,
					"%s: the column is unique, and the list has a value twice",
					g->op->id);
}

/* The key of a record: of the table, the list and the record's name. */
static uint64_t key_of(uint64_t key, const char *list, const char *record)
{
	for (; *list != '\0'; list++)
		key = rng_subkey(key, (unsigned char)*list);
	for (; *record != '\0'; record++)
		key = rng_subkey(key, (unsigned char)*record);
	return key;
}

static int prepare(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct listrow *s = arena_alloc(a, sizeof(*s));
	const char *list = "", *record = "";
	uint64_t rows = c->table_after + c->table_rows;
	const struct vtext *cells;
	uint32_t taken;

	(void)gen_arg_string(params, "list", a, &list);
	(void)gen_arg_string(params, "record", a, &record);
	if (s == NULL || list == NULL || record == NULL)
		return err_nomem(e);
	if ((cells = find_cells(g, c, list, params, &s->n, a, e)) == NULL)
		return -1;
	s->after = c->table_after;
	s->key = key_of(c->table_key, list, record);
	s->as_listed = rows <= s->n && (*record == '\0' || strcmp(record, list) == 0);
	perm_init(&s->perm, s->key, s->n);
	taken = !s->as_listed ? s->n : rows > 0 ? (uint32_t)rows : 1;
	if (gen_values_of(&s->list, g->op->id, c, cells, taken, a, e) == -1 ||
		check_values(g, c, s, a, e) == -1 || check_unique(g, c, s, a, e) == -1)
		return -1;
	g->max_bytes = gen_values_bytes(&s->list, c->type);
	g->space = c->unique ? s->n : 0;
	g->state = s;
	return 0;
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static uint32_t entry_of(const struct listrow *s, uint64_t row)
{
	struct perm p = s->perm;
	uint64_t round = (s->after + row) / s->n, at = (s->after + row) % s->n;

	if (s->as_listed)
		return (uint32_t)at;
	if (round > 0)
		perm_rekey(&p, rng_subkey(s->key, round));
	return (uint32_t)perm_at(&p, at);
}

static void derive(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct listrow *s = g->state;

	(void)in;
	(void)h;
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++)
		gen_values_put(&s->list, entry_of(s, row[i]), out, i);
}

static const struct gen_param params[] = {
	{"list", GP_STRING, GP_REQUIRED, NULL,
		"the list: a file list_NAME.tsv of common/data, without list_ and .tsv",
		.min = "1"},
	{"column", GP_STRING, GP_REQUIRED, NULL, "a column of the list", .min = "1"},
	{"record", GP_STRING, GP_OPTIONAL, "the list's name",
		"columns of a table with the same list and record take the same entry"},
	{0},
};

const struct gen_op gen_listrow_ops[] = {
	{.id = "record.list",
		.help = "an entry of a list of currencies, states, roles and the like, each once "
			"before any is given again",
		.params = params,
		.example = "{\"list\": \"currency\", \"column\": \"code\"}",
		.families = GF_ANY,
		.locale = GEN_LOCALES,
		.derives = true,
		.exact = true,
		.prepare = prepare,
		.derive = derive},
	{.id = NULL},
};
