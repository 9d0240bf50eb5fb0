/* SPDX-License-Identifier: MIT */
/*
 * Names of columns of parents: "fk_column.column", over as many foreign keys as
 * GEN_HOPS allows. A path is resolved once, against the catalogue, to a struct
 * gen_input: the foreign key of the row, the foreign keys of the tables in
 * between, and the column.
 */
#include "common/generators/gen_path.h"

#include <string.h>

#include "common/base/err.h"

/*
 * The foreign key that a column means: that of the column alone, if there is
 * one. ${wanted} is the name of a column that the parent should have, which
 * decides among several keys, or NULL. A reference of the plan goes by its name.
 */
static int fk_of(const struct pg_table *t, const char *name, const char *wanted)
{
	int col = pg_column_named(t, name), found = -1;

	for (uint32_t i = 0; i < t->ncons && col == -1; i++)
		if (t->cons[i].kind == PG_CON_REFERENCE && strcmp(t->cons[i].name, name) == 0)
			return (int)i;
	for (uint32_t i = 0; i < t->ncons && col >= 0; i++) {
		const struct pg_constraint *k = &t->cons[i];
		bool has = false;

		for (uint32_t j = 0; k->kind == PG_CON_FOREIGN && j < k->ncols; j++)
			has = has || k->cols[j] == (uint32_t)col;
		if (!has || (wanted != NULL && k->ref != NULL && k->ncols > 1 &&
				    pg_column_named(k->ref, wanted) == -1))
			continue;
		if (found == -1 || (k->ncols == 1 && t->cons[found].ncols > 1))
			found = (int)i;
	}
	return found;
}

int gen_path_fk(const struct pg_table *t, const char *column)
{
	return fk_of(t, column, NULL);
}

/* Follows the rest of the path, from the parent of ${con} on. */
static int follow(const struct pg_constraint *con, const char *const *part, uint32_t n,
	struct gen_input *in, struct err *e)
{
	int at;

	for (uint32_t i = 0; i < n; i++) {
		const struct pg_table *t = con->ref;

		if (t == NULL)
			return err_set(e, ERR_NO, "%s: the parent %s.%s was not introspected",
				part[i], con->ref_schema, con->ref_table);
		if (i + 1 == n) {
			if ((at = pg_column_named(t, part[i])) == -1)
				return err_set(e, ERR_NO, "%s: parent %s.%s has no column %s",
					part[i], t->schema, t->name, part[i]);
			in->column = (uint32_t)at;
			return 0;
		}
		if ((at = fk_of(t, part[i], part[i + 1])) == -1)
			return err_set(e, ERR_NO, "%s.%s: %s.%s has no foreign key of a column %s",
				part[i], part[i + 1], t->schema, t->name, part[i]);
		if (in->nhops == GEN_HOPS)
			return err_set(e, ERR_NO, "%s.%s: more than %d foreign keys in a row",
				part[i], part[i + 1], GEN_HOPS + 1);
		in->hops[in->nhops++] = (uint32_t)at;
		con = &t->cons[at];
	}
	return err_set(e, ERR_NO, "a foreign key and no column");
}

int gen_path_names(const struct pg_table *t, const char *const *part, uint32_t n,
	struct gen_input *in, struct err *e)
{
	int fk = n < 2 ? -1 : fk_of(t, part[0], part[1]);

	if (fk == -1)
		return err_set(e, ERR_NO, "%s.%s: %s.%s has no foreign key of a column %s", part[0],
			n < 2 ? "" : part[1], t->schema, t->name, part[0]);
	*in = (struct gen_input){.from = GEN_PARENT, .fk = (uint32_t)fk};
	return follow(&t->cons[fk], part + 1, n - 1, in, e);
}

/*
 * The same for a path written with dots in one text, whose first foreign key is
 * known.
 */
int gen_path_text(const struct pg_table *t, uint32_t fk, const char *name, struct gen_input *in,
	struct err *e)
{
	enum { PARTS = GEN_HOPS + 2, BYTES = 512 };
	const char *part[PARTS];
	const struct pg_constraint *con = &t->cons[fk];
	size_t len = strlen(name);
	char text[BYTES];
	uint32_t n = 1;

	*in = (struct gen_input){.from = GEN_PARENT, .fk = fk};
	part[0] = name;
	if (con->ref == NULL || pg_column_named(con->ref, name) != -1 || len >= sizeof(text))
		return follow(con, part, 1, in, e);
	memcpy(text, name, len + 1);
	part[0] = text;
	for (char *dot = text; (dot = strchr(dot, '.')) != NULL;) {
		if (n == PARTS)
			return err_set(e, ERR_NO, "%s: more than %d foreign keys in a row", name,
				GEN_HOPS + 1);
		*dot++ = '\0';
		part[n++] = dot;
	}
	return follow(con, part, n, in, e);
}

/* The table that an input's column belongs to. */
const struct pg_table *gen_input_table(const struct pg_table *t, const struct gen_input *in)
{
	if (in->from == GEN_ROW)
		return t;
	t = t->cons[in->fk].ref;
	for (uint32_t i = 0; i < in->nhops; i++)
		t = t->cons[in->hops[i]].ref;
	return t;
}

const struct pg_column *gen_input_column(const struct pg_table *t, const struct gen_input *in)
{
	return &gen_input_table(t, in)->columns[in->column];
}

/* Whether both read the same column by the same path. */
bool gen_input_same(const struct gen_input *a, const struct gen_input *b)
{
	if (a->from != b->from || a->column != b->column)
		return false;
	if (a->from == GEN_ROW)
		return true;
	return a->fk == b->fk && a->nhops == b->nhops &&
	       memcmp(a->hops, b->hops, a->nhops * sizeof(a->hops[0])) == 0;
}
