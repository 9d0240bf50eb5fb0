/* SPDX-License-Identifier: MIT */
/*
 * The schema as a JSON document (schema.json). It has the members of version
 * 0.2 in their order, each written even when it is null, and after them in
 * every object what version 0.2 had no room for. Exclusion constraints have a
 * list of their own, since a reader of version 0.2 knows four kinds of
 * constraints only.
 */
#include "common/schema/schema.h"

#include <string.h>

#include "common/io/json.h"

static const struct {
	char relkind;
	const char *name;
} kinds[] = {{'r', "table"}, {'p', "partitioned_table"}, {'v', "view"}, {'m', "materialized_view"},
	{'f', "foreign_table"}};

/* pg_class.relkind, in words. */
static void put_kind(struct jsonw *j, char relkind)
{
	const char name[] = {relkind, '\0'};

	jw_key(j, "kind");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].relkind == relkind) {
			jw_str(j, kinds[i].name);
			return;
		}
	jw_object(j);
	jw_kstr(j, "other", name);
	jw_end(j);
}

/* A number that may be unknown. */
static void put_int_or_null(struct jsonw *j, const char *key, bool known, int64_t v)
{
	jw_key(j, key);
	if (known)
		jw_int(j, v);
	else
		jw_null(j);
}

static void put_names(struct jsonw *j, const char *key, const char *const *v, uint32_t n)
{
	jw_key(j, key);
	jw_array(j);
	for (uint32_t i = 0; i < n; i++)
		jw_str(j, v[i]);
	jw_end(j);
}

/* Names of columns; null in the place of an expression. */
static void put_columns(struct jsonw *j, const char *key, const struct pg_table *t,
	const uint32_t *cols, uint32_t n)
{
	jw_key(j, key);
	jw_array(j);
	for (uint32_t i = 0; i < n; i++)
		if (cols[i] == UINT32_MAX)
			jw_null(j);
		else
			jw_str(j, t->columns[cols[i]].name);
	jw_end(j);
}

static const char *type_name(const struct pg_type *t)
{
	return t != NULL ? t->name : NULL;
}

/* ---- columns --------------------------------------------------------------- */

/* What information_schema says of the built-in numbers: bits, and no scale for floats. */
static const struct {
	enum pg_class cls;
	int precision, scale;
} numbers[] = {{PG_INT2, 16, 0}, {PG_INT4, 32, 0}, {PG_INT8, 64, 0}, {PG_FLOAT4, 24, -1},
	{PG_FLOAT8, 53, -1}};

/* Precision and scale as information_schema shows them. */
static void put_limits(struct jsonw *j, struct pg_base b)
{
	bool chars = b.type->cls == PG_VARCHAR || b.type->cls == PG_BPCHAR;
	int precision, scale;
	bool has_scale;

	pg_numeric_limits(b, &precision, &scale);
	has_scale = precision >= 0;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].cls == b.type->cls) {
			precision = numbers[i].precision;
			scale = numbers[i].scale;
			has_scale = scale >= 0;
		}
	put_int_or_null(
		j, "character_max_length", chars && pg_char_limit(b) >= 0, pg_char_limit(b));
	put_int_or_null(j, "numeric_precision", precision >= 0, precision);
	put_int_or_null(j, "numeric_scale", has_scale, scale);
}

/* What information_schema.columns says of the type. */
static void put_column_type(struct jsonw *j, const struct pg_column *c)
{
	struct pg_base b = pg_base_of(c->type, c->typmod);

	jw_key(j, "column_type");
	jw_object(j);
	jw_kstr(j, "data_type", c->formatted);
	jw_kstr(j, "udt_schema", c->type->schema);
	jw_kstr(j, "udt_name", c->type->name);
	put_limits(j, b);
	jw_kstr(j, "collation", c->collation);
	jw_kstr(j, "class", pg_class_name(c->type->cls));
	jw_kstr(j, "base_schema", b.type->schema);
	jw_kstr(j, "base_name", b.type->name);
	jw_end(j);
}

/* A column, with the names that version 0.2 of the document had. */
static void put_column(struct jsonw *j, const struct pg_column *c)
{
	static const char *const identity[] = {
		[PG_IDENTITY_ALWAYS] = "always", [PG_IDENTITY_BY_DEFAULT] = "by_default"};

	jw_object(j);
	jw_kint(j, "ordinal_position", c->position);
	jw_kstr(j, "name", c->name);
	put_column_type(j, c);
	jw_kbool(j, "is_nullable", !c->not_null);
	jw_kstr(j, "default", c->deflt);
	jw_kstr(j, "identity", identity[c->identity]);
	jw_key(j, "generated");
	if (c->generated != NULL) {
		jw_object(j);
		jw_kstr(j, "kind", c->is_virtual ? "virtual" : "stored");
		jw_kstr(j, "expression", c->generated);
		jw_end(j);
	} else {
		jw_null(j);
	}
	jw_kstr(j, "comment", c->comment);
	jw_kstr(j, "sequence", c->sequence);
	jw_end(j);
}

/* ---- constraints and indexes ----------------------------------------------- */

static void put_deferral(struct jsonw *j, const struct pg_constraint *c)
{
	jw_kbool(j, "is_deferrable", c->deferrable);
	jw_kbool(j, "initially_deferred", c->initially_deferred);
}

/* The members of a foreign key. */
static void put_foreign(struct jsonw *j, const struct pg_constraint *c)
{
	static const char *const match[] = {"simple", "full", "partial"};

	jw_kstr(j, "referenced_schema", c->ref_schema);
	jw_kstr(j, "referenced_table", c->ref_table);
	put_names(j, "referenced_columns", c->ref_names, c->ncols);
	jw_kstr(j, "on_update", c->on_update);
	jw_kstr(j, "on_delete", c->on_delete);
	jw_kstr(j, "match_type", match[c->match]);
	put_deferral(j, c);
	jw_kbool(j, "validated", c->validated);
	jw_kbool(j, "in_selection", c->ref != NULL);
}

/* A constraint with the members of its kind; the others are null. */
static void put_constraint(struct jsonw *j, const struct pg_table *t, const struct pg_constraint *c)
{
	static const char *const kind[] = {
		"primary_key", "unique", "check", "foreign_key", "exclude", "reference"};

	jw_object(j);
	jw_kstr(j, "kind", kind[c->kind]);
	jw_kstr(j, "name", c->name);
	if (c->kind == PG_CON_CHECK)
		jw_kstr(j, "expression", c->definition);
	put_columns(j, "columns", t, c->cols, c->ncols);
	switch (c->kind) {
	case PG_CON_UNIQUE:
		put_deferral(j, c);
		jw_kbool(j, "nulls_not_distinct", c->nulls_not_distinct);
		break;
	case PG_CON_PRIMARY:
		put_deferral(j, c);
		break;
	case PG_CON_CHECK:
		jw_kbool(j, "validated", c->validated);
		jw_kbool(j, "no_inherit", c->no_inherit);
		break;
	case PG_CON_FOREIGN:
		put_foreign(j, c);
		break;
	case PG_CON_EXCLUDE:
		jw_kstr(j, "definition", c->definition);
		put_deferral(j, c);
		break;
	case PG_CON_REFERENCE: /* no schema has it */
		break;
	}
	jw_end(j);
}

/* Exclusion constraints alone, or all others. */
static void put_constraints(
	struct jsonw *j, const char *key, const struct pg_table *t, bool exclude)
{
	jw_key(j, key);
	jw_array(j);
	for (uint32_t i = 0; i < t->ncons; i++)
		if ((t->cons[i].kind == PG_CON_EXCLUDE) == exclude)
			put_constraint(j, t, &t->cons[i]);
	jw_end(j);
}

/* An index; an element is a column's name, or null for an expression. */
static void put_index(struct jsonw *j, const struct pg_table *t, const struct pg_index *x)
{
	jw_object(j);
	jw_kstr(j, "name", x->name);
	jw_kbool(j, "is_unique", x->unique);
	jw_kbool(j, "is_primary", x->primary);
	jw_kbool(j, "is_valid", x->valid);
	jw_kstr(j, "method", x->method);
	jw_kstr(j, "definition", x->definition);
	put_columns(j, "columns", t, x->cols, x->ncols);
	jw_key(j, "expressions");
	jw_array(j);
	for (uint32_t i = 0; i < x->ncols; i++)
		if (x->cols[i] == UINT32_MAX)
			jw_str(j, x->exprs[i]);
	jw_end(j);
	jw_kstr(j, "predicate", x->predicate);
	jw_kbool(j, "nulls_not_distinct", x->nulls_not_distinct);
	jw_kbool(j, "of_constraint", x->of_constraint);
	jw_end(j);
}

/* ---- tables ---------------------------------------------------------------- */

/* Triggers and rules, which may change or refuse what is inserted. */
static void put_triggers(struct jsonw *j, const struct pg_table *t)
{
	jw_key(j, "triggers");
	jw_array(j);
	for (uint32_t i = 0; i < t->ntriggers; i++) {
		const struct pg_trigger *g = &t->triggers[i];

		jw_object(j);
		jw_kstr(j, "name", g->name);
		jw_kstr(j, "kind", g->rule ? "rule" : "trigger");
		jw_kbool(j, "on_insert", g->on_insert);
		jw_kbool(j, "enabled", g->enabled);
		put_names(j, "effects", g->effects, g->neffects);
		jw_kstr(j, "definition", g->definition);
		jw_end(j);
	}
	jw_end(j);
}

/* A table with its columns, constraints, indexes and triggers. */
static void put_table(struct jsonw *j, const struct pg_table *t)
{
	jw_object(j);
	jw_kstr(j, "name", t->name);
	put_kind(j, t->kind);
	jw_kstr(j, "comment", t->comment);
	jw_key(j, "columns");
	jw_array(j);
	for (uint32_t i = 0; i < t->ncolumns; i++)
		put_column(j, &t->columns[i]);
	jw_end(j);
	put_constraints(j, "constraints", t, false);
	jw_key(j, "indexes");
	jw_array(j);
	for (uint32_t i = 0; i < t->nindexes; i++)
		put_index(j, t, &t->indexes[i]);
	jw_end(j);
	put_constraints(j, "exclusion_constraints", t, true);
	put_triggers(j, t);
	jw_kstr(j, "partition_of", t->partition_of);
	jw_kstr(j, "partition_bound", t->partition_bound);
	jw_kstr(j, "partition_key", t->partition_key);
	put_names(j, "inherits", t->inherits, t->ninherits);
	put_int_or_null(j, "row_estimate", t->row_estimate >= 0, t->row_estimate);
	jw_kbool(j, "row_security", t->row_security);
	jw_kstr(j, "extension", t->extension);
	if (t->filled)
		jw_kbool(j, "filled", true);
	jw_end(j);
}

/* The schemas that were introspected, each with its tables. */
static void put_schemas(struct jsonw *j, const struct schema *s)
{
	uint32_t at = 0;

	jw_key(j, "schemas");
	jw_array(j);
	for (uint32_t i = 0; i < s->nnamespaces; i++) {
		jw_object(j);
		jw_kstr(j, "name", s->namespaces[i]);
		jw_key(j, "tables");
		jw_array(j);
		for (; at < s->ntables && strcmp(s->tables[at].schema, s->namespaces[i]) == 0; at++)
			put_table(j, &s->tables[at]);
		jw_end(j);
		jw_end(j);
	}
	jw_end(j);
}

/* ---- types and functions --------------------------------------------------- */

/* Enum types with their labels, in order. */
static void put_enums(struct jsonw *j, const struct schema *s)
{
	jw_key(j, "enums");
	jw_array(j);
	for (uint32_t i = 0; i < s->ntypes; i++) {
		const struct pg_type *t = &s->types[i];

		if (t->cls != PG_ENUM || !schema_has_namespace(s, t->schema))
			continue;
		jw_object(j);
		jw_kstr(j, "schema", t->schema);
		jw_kstr(j, "name", t->name);
		put_names(j, "labels", t->labels, t->nlabels);
		jw_kstr(j, "comment", t->comment);
		jw_end(j);
	}
	jw_end(j);
}

static void put_checks(struct jsonw *j, const struct pg_type *t)
{
	jw_key(j, "checks");
	jw_array(j);
	for (uint32_t i = 0; i < t->nchecks; i++) {
		jw_object(j);
		jw_kstr(j, "name", t->checks[i].name);
		jw_kstr(j, "expression", t->checks[i].expr);
		jw_kbool(j, "validated", !t->checks[i].not_valid);
		jw_end(j);
	}
	jw_end(j);
}

static void put_attrs(struct jsonw *j, const struct pg_type *t)
{
	jw_key(j, "attributes");
	jw_array(j);
	for (uint32_t i = 0; i < t->nattrs; i++) {
		jw_object(j);
		jw_kstr(j, "name", t->attrs[i].name);
		jw_kstr(j, "type_schema", t->attrs[i].type->schema);
		jw_kstr(j, "type_name", t->attrs[i].type->name);
		jw_end(j);
	}
	jw_end(j);
}

/*
 * Types that are neither the server's own nor enums: all that the columns are
 * made of.
 */
static void put_types(struct jsonw *j, const struct schema *s)
{
	jw_key(j, "types");
	jw_array(j);
	for (uint32_t i = 0; i < s->ntypes; i++) {
		const struct pg_type *t = &s->types[i];

		if (strcmp(t->schema, "pg_catalog") == 0 ||
			(t->cls == PG_ENUM && schema_has_namespace(s, t->schema)))
			continue;
		jw_object(j);
		jw_kstr(j, "schema", t->schema);
		jw_kstr(j, "name", t->name);
		jw_kstr(j, "class", pg_class_name(t->cls));
		jw_kstr(j, "extension", t->extension);
		jw_kstr(j, "element_schema", t->elem != NULL ? t->elem->schema : NULL);
		jw_kstr(j, "element_name", type_name(t->elem));
		jw_kbool(j, "not_null", t->not_null);
		jw_kstr(j, "default", t->deflt);
		jw_kstr(j, "collation", t->collation);
		put_names(j, "labels", t->labels, t->nlabels);
		put_checks(j, t);
		put_attrs(j, t);
		jw_kstr(j, "comment", t->comment);
		jw_end(j);
	}
	jw_end(j);
}

/*
 * Functions that expressions may call; bodies are written only of those in SQL.
 */
static void put_functions(struct jsonw *j, const struct schema *s)
{
	jw_key(j, "functions");
	jw_array(j);
	for (uint32_t i = 0; i < s->nfunctions; i++) {
		const struct pg_function *f = &s->functions[i];
		const char volatility[] = {f->volatility, '\0'};

		jw_object(j);
		jw_kstr(j, "schema", f->schema);
		jw_kstr(j, "name", f->name);
		jw_kstr(j, "arguments", f->identity_args);
		jw_kstr(j, "result", f->result);
		jw_kstr(j, "language", f->language);
		jw_kstr(j, "volatility", volatility);
		jw_kbool(j, "strict", f->strict);
		jw_kstr(j, "body", f->body);
		jw_end(j);
	}
	jw_end(j);
}

/* Appends the whole document. */
void schema_json(const struct schema *s, struct buf *b)
{
	struct jsonw j;

	jw_begin(&j, b, true);
	jw_object(&j);
	jw_kstr(&j, "schema_version", "0.2");
	jw_kstr(&j, "engine", "postgres");
	jw_kstr(&j, "database", s->database);
	put_schemas(&j, s);
	put_enums(&j, s);
	jw_kstr(&j, "schema_fingerprint", s->fingerprint[0] != '\0' ? s->fingerprint : NULL);
	jw_kint(&j, "server_version", s->server_version);
	put_types(&j, s);
	put_functions(&j, s);
	jw_end(&j);
}
