/* SPDX-License-Identifier: MIT */
/*
 * Types of expressions: what pg_type says of each class, and how a type is
 * written.
 *
 * A type is a class (int4, text, an array ...), for arrays and ranges the class
 * of the elements, and for enums the catalogue's entry. Domains do not occur: a
 * value of a domain behaves in expressions as one of its base type
 * (getBaseType()).
 */
#include "common/sql/sql_comp.h"

#include <stdio.h>
#include <string.h>

/*
 * Names in the catalogue and in messages, typcategory, typispreferred, and the
 * kind of register that holds its values.
 */
static const struct class_row {
	const char *catalogue, *spoken;
	char category;
	bool preferred;
	enum sql_kind kind;
} classes[SQL_CLASSES] = {
	[PG_BOOL] = {"bool", "boolean", 'B', true, SQL_K_INT},
	[PG_INT2] = {"int2", "smallint", 'N', false, SQL_K_INT},
	[PG_INT4] = {"int4", "integer", 'N', false, SQL_K_INT},
	[PG_INT8] = {"int8", "bigint", 'N', false, SQL_K_INT},
	[PG_NUMERIC] = {"numeric", "numeric", 'N', false, SQL_K_NUM},
	[PG_FLOAT4] = {"float4", "real", 'N', false, SQL_K_F64},
	[PG_FLOAT8] = {"float8", "double precision", 'N', true, SQL_K_F64},
	[PG_TEXT] = {"text", "text", 'S', true, SQL_K_STR},
	[PG_VARCHAR] = {"varchar", "character varying", 'S', false, SQL_K_STR},
	[PG_BPCHAR] = {"bpchar", "character", 'S', false, SQL_K_STR},
	[PG_CHAR] = {"char", "\"char\"", 'Z', false, SQL_K_STR},
	[PG_NAME] = {"name", "name", 'S', false, SQL_K_STR},
	[PG_BYTEA] = {"bytea", "bytea", 'U', false, SQL_K_STR},
	[PG_UUID] = {"uuid", "uuid", 'U', false, SQL_K_STR},
	[PG_DATE] = {"date", "date", 'D', false, SQL_K_INT},
	[PG_TIME] = {"time", "time without time zone", 'D', false, SQL_K_INT},
	[PG_TIMETZ] = {"timetz", "time with time zone", 'D', false, SQL_K_STR},
	[PG_TIMESTAMP] = {"timestamp", "timestamp without time zone", 'D', false, SQL_K_INT},
	[PG_TIMESTAMPTZ] = {"timestamptz", "timestamp with time zone", 'D', true, SQL_K_INT},
	[PG_INTERVAL] = {"interval", "interval", 'T', true, SQL_K_IVL},
	[PG_JSON] = {"json", "json", 'U', false, SQL_K_STR},
	[PG_JSONB] = {"jsonb", "jsonb", 'U', false, SQL_K_PTR},
	[PG_XML] = {"xml", "xml", 'U', false, SQL_K_STR},
	[PG_INET] = {"inet", "inet", 'I', true, SQL_K_STR},
	[PG_CIDR] = {"cidr", "cidr", 'I', false, SQL_K_STR},
	[PG_MACADDR] = {"macaddr", "macaddr", 'U', false, SQL_K_STR},
	[PG_MACADDR8] = {"macaddr8", "macaddr8", 'U', false, SQL_K_STR},
	[PG_BIT] = {"bit", "bit", 'V', false, SQL_K_STR},
	[PG_VARBIT] = {"varbit", "bit varying", 'V', true, SQL_K_STR},
	[PG_MONEY] = {"money", "money", 'N', false, SQL_K_STR},
	[PG_POINT] = {"point", "point", 'G', false, SQL_K_STR},
	[PG_TSVECTOR] = {"tsvector", "tsvector", 'U', false, SQL_K_STR},
	[PG_TSQUERY] = {"tsquery", "tsquery", 'U', false, SQL_K_STR},
	[PG_OID] = {"oid", "oid", 'N', true, SQL_K_STR},
	[PG_ENUM] = {NULL, "enum", 'E', false, SQL_K_INT},
	[PG_DOMAIN] = {NULL, "domain", 'U', false, SQL_K_STR},
	[PG_ARRAY] = {NULL, "array", 'A', false, SQL_K_PTR},
	[PG_COMPOSITE] = {NULL, "composite", 'C', false, SQL_K_STR},
	[PG_RANGE] = {NULL, "range", 'R', false, SQL_K_PTR},
	[PG_MULTIRANGE] = {NULL, "multirange", 'R', false, SQL_K_STR},
	[PG_OTHER] = {NULL, "user-defined", 'U', false, SQL_K_STR},
	[SQL_UNKNOWN] = {"unknown", "unknown", 'X', false, SQL_K_STR},
	[SQL_JSONPATH] = {"jsonpath", "jsonpath", 'U', false, SQL_K_PTR},
	[SQL_ROW] = {"record", "record", 'P', false, SQL_K_PTR},
	[SQL_ANYENUM] = {"anyenum", "anyenum", 'P', false, SQL_K_INT},
	[SQL_ANYELEM] = {"anyelement", "anyelement", 'P', false, SQL_K_PTR},
	[SQL_ANYARRAY] = {"anyarray", "anyarray", 'P', false, SQL_K_PTR},
	[SQL_ANYRANGE] = {"anyrange", "anyrange", 'P', false, SQL_K_PTR},
	[SQL_ANY] = {"any", "any", 'P', false, SQL_K_PTR},
};

/* Ranges of pg_catalog and their subtypes. */
static const struct {
	const char *name;
	uint8_t elem;
} ranges[] = {{"int4range", PG_INT4}, {"int8range", PG_INT8}, {"numrange", PG_NUMERIC},
	{"daterange", PG_DATE}, {"tsrange", PG_TIMESTAMP}, {"tstzrange", PG_TIMESTAMPTZ}};

enum sql_kind sql_kind_of(unsigned cls)
{
	return classes[cls].kind;
}

const char *sql_type_name(struct sql_type t)
{
	if (t.cls == PG_RANGE)
		for (size_t k = 0; k < sizeof ranges / sizeof ranges[0]; k++)
			if (ranges[k].elem == t.elem)
				return ranges[k].name;
	if (t.cls == PG_ARRAY)
		return t.elem == PG_TEXT ? "text[]" : t.elem == PG_INT4 ? "integer[]" : "array";
	if ((t.cls == PG_ENUM || t.cls >= PG_COMPOSITE) && t.pg != NULL)
		return t.pg->name;
	return classes[t.cls].spoken;
}

char sql_class_category(unsigned cls)
{
	return classes[cls].category;
}

bool sql_class_preferred(unsigned cls)
{
	return classes[cls].preferred;
}

bool sql_collatable(struct sql_type t)
{
	return sql_class_category(t.cls == PG_ARRAY ? t.elem : t.cls) == 'S';
}

bool sql_type_eq(struct sql_type a, struct sql_type b)
{
	if (a.cls != b.cls || a.elem != b.elem)
		return false;
	return (a.cls != PG_ENUM && a.elem != PG_ENUM) || a.pg == b.pg;
}

unsigned sql_class_named(const char *name)
{
	for (unsigned k = 0; k < SQL_CLASSES; k++)
		if (classes[k].catalogue != NULL && strcmp(classes[k].catalogue, name) == 0)
			return k;
	return SQL_CLASSES;
}

/* The type of a column, domains resolved, of elements too. */
struct sql_type sql_type_from_pg(const struct pg_type *pg)
{
	struct sql_type t;

	while (pg->cls == PG_DOMAIN && pg->elem != NULL)
		pg = pg->elem;
	t = (struct sql_type){.cls = (uint8_t)pg->cls, .pg = pg};
	if (pg->cls == PG_ARRAY || pg->cls == PG_RANGE) {
		const struct pg_type *el = pg->elem;

		while (el != NULL && el->cls == PG_DOMAIN && el->elem != NULL)
			el = el->elem;
		t.elem = el != NULL ? (uint8_t)el->cls : (uint8_t)PG_OTHER;
		t.pg = el;
	}
	return t;
}

/*
 * The part of a qualified name that stands ${from_end} places before the last.
 */
static const char *name_at(PgQuery__Node *const *names, size_t n, size_t from_end)
{
	if (from_end >= n || names[n - 1 - from_end]->node_case != PG_QUERY__NODE__NODE_STRING)
		return NULL;
	return names[n - 1 - from_end]->string->sval;
}

/*
 * A type of the catalogue by its name; an unqualified name is the first of that
 * name.
 */
static const struct pg_type *catalogue_type(
	const struct schema *s, const char *schema, const char *name)
{
	for (uint32_t k = 0; s != NULL && k < s->ntypes; k++)
		if (strcmp(s->types[k].name, name) == 0 &&
			(schema == NULL || strcmp(s->types[k].schema, schema) == 0))
			return &s->types[k];
	return NULL;
}

/* A built-in range type by its name. */
static bool named_range(const char *name, struct sql_type *t)
{
	for (size_t k = 0; k < sizeof ranges / sizeof ranges[0]; k++)
		if (strcmp(ranges[k].name, name) == 0) {
			*t = (struct sql_type){.cls = PG_RANGE, .elem = ranges[k].elem};
			return true;
		}
	return false;
}

/*
 * A number in the parentheses behind a type's name; 0 and false when there is
 * none.
 */
static bool typmod_value(const PgQuery__TypeName *tn, size_t k, int32_t *v)
{
	const PgQuery__Node *n = k < tn->n_typmods ? tn->typmods[k] : NULL;

	*v = 0;
	if (n == NULL || n->node_case != PG_QUERY__NODE__NODE_A_CONST)
		return false;
	if (n->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL)
		*v = n->a_const->ival->ival;
	return true;
}

/*
 * PostgreSQL's packing of (n) and (p,s) into a typmod, as the typmodin
 * functions do it. char without a length is char(1).
 */
static int32_t typmod_of(const PgQuery__TypeName *tn, unsigned cls)
{
	int32_t a, b;

	if (!typmod_value(tn, 0, &a))
		return cls == PG_BPCHAR && tn->n_names == 0 ? 5 : -1;
	switch (cls) {
	case PG_VARCHAR:
	case PG_BPCHAR:
		return a + 4;
	case PG_INTERVAL: /* the fields, then the decimals of seconds; these alone have no fields */
		if (!typmod_value(tn, 1, &b))
			b = SQL_IVL_ANY_PRECISION;
		return (int32_t)((uint32_t)a << 16 | ((uint32_t)b & SQL_IVL_ANY_PRECISION));
	case PG_NUMERIC:
		typmod_value(tn, 1, &b);
		return (int32_t)(((uint32_t)a << 16 | ((uint32_t)b & 0x7ff)) + 4);
	default:
		return a;
	}
}

/*
 * The type that a cast names: built-in names first, then types of the
 * catalogue. A cast to a domain would have to check its constraints and is
 * refused.
 */
bool sql_type_lookup(struct sql_comp *c, const PgQuery__TypeName *tn, struct sql_type *t,
	int32_t *typmod, enum sql_status *st)
{
	const char *name = name_at(tn->names, tn->n_names, 0);
	const char *schema = name_at(tn->names, tn->n_names, 1);
	bool catalogue = schema == NULL || strcmp(schema, "pg_catalog") == 0;
	const struct pg_type *pg;
	unsigned cls;

	*typmod = -1;
	if (name == NULL || tn->setof || tn->pct_type) {
		sql_refuse(c, st, "this way of naming a type");
		return false;
	}
	cls = catalogue ? sql_class_named(name) : SQL_CLASSES;
	if (cls < SQL_UNKNOWN || cls == SQL_JSONPATH) {
		*t = sql_type_of(cls);
		*typmod = typmod_of(tn, cls);
		if (cls == PG_INTERVAL && *typmod >= 0 && !sql_ivl_all_fields(*typmod)) {
			sql_refuse(c, st, "a cast to some fields of interval");
			return false;
		}
	} else if (catalogue && named_range(name, t)) {
		;
	} else if ((pg = catalogue_type(c->scope->schema, schema, name)) != NULL) {
		if (pg->cls == PG_DOMAIN) {
			sql_refuse(c, st, "a cast to domain %s", name);
			return false;
		}
		*t = sql_type_from_pg(pg);
	} else {
		sql_refuse(c, st, "type %s%s%s", schema ? schema : "", schema ? "." : "", name);
		return false;
	}
	if (tn->n_array_bounds > 0)
		*t = (struct sql_type){.cls = PG_ARRAY, .elem = t->cls, .pg = t->pg};
	return true;
}
