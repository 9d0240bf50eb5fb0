/* SPDX-License-Identifier: MIT */
/*
 * The members of a schema snapshot as data: for each record its fields, with
 * key, kind and place in the struct. Reading (schema_read.c) and writing
 * (schema_write.c) walk the same tables, so that neither can forget a field. A
 * field that is "aside" does not count for the fingerprint. common/FORMATS
 * describes the result.
 */
#include "common/schema/schema_fields.h"

#include "common/schema/schema.h"

#define COUNT(a)	       (sizeof(a) / sizeof((a)[0]))
#define FIELD(type, k, member) .kind = k, .at = offsetof(struct type, member)
#define LIST(type, k, member, count)                                                               \
	FIELD(type, k, member), .count_at = offsetof(struct type, count)
#define RECORD(type, list)                                                                         \
	{                                                                                          \
		.size = sizeof(struct type), .fields = (list), .n = COUNT(list)                    \
	}
#define ENUM(list) .names = (list), .nnames = COUNT(list)

static const char *const class_names[PG_CLASS_COUNT] = {"bool", "int2", "int4", "int8", "numeric",
	"float4", "float8", "text", "varchar", "bpchar", "char", "name", "bytea", "uuid", "date",
	"time", "timetz", "timestamp", "timestamptz", "interval", "json", "jsonb", "xml", "inet",
	"cidr", "macaddr", "macaddr8", "bit", "varbit", "money", "point", "tsvector", "tsquery",
	"oid", "enum", "domain", "array", "composite", "range", "multirange", "other"};
static const char *const con_kinds[] = {"primary_key", "unique", "check", "foreign_key", "exclude"};
static const char *const matches[] = {"simple", "full", "partial"};
static const char *const identities[] = {"none", "always", "by_default"};

static const struct field check_fields[] = {
	{"name", FIELD(pg_check, F_NAME, name)},
	{"expr", FIELD(pg_check, F_SQL, expr)},
	{"not_valid", FIELD(pg_check, F_BOOL, not_valid)},
	{"no_inherit", FIELD(pg_check, F_BOOL, no_inherit)},
};
static const struct record check_record = RECORD(pg_check, check_fields);

static const struct field attr_fields[] = {
	{"name", FIELD(pg_attr, F_NAME, name)},
	{"type", FIELD(pg_attr, F_TYPE, type)},
	{"typmod", FIELD(pg_attr, F_I32, typmod)},
};
static const struct record attr_record = RECORD(pg_attr, attr_fields);

static const struct field type_fields[] = {
	{"schema", FIELD(pg_type, F_NAME, schema)},
	{"name", FIELD(pg_type, F_NAME, name)},
	{"class", FIELD(pg_type, F_ENUM, cls), ENUM(class_names)},
	{"extension", FIELD(pg_type, F_STR, extension)},
	{"elem", FIELD(pg_type, F_TYPE, elem)},
	{"typmod", FIELD(pg_type, F_I32, typmod)},
	{"not_null", FIELD(pg_type, F_BOOL, not_null)},
	{"default", FIELD(pg_type, F_SQL, deflt)},
	{"collation", FIELD(pg_type, F_STR, collation)},
	{"labels", LIST(pg_type, F_STRS, labels, nlabels)},
	{"checks", LIST(pg_type, F_LIST, checks, nchecks), .of = &check_record},
	{"attrs", LIST(pg_type, F_LIST, attrs, nattrs), .of = &attr_record},
	{"comment", FIELD(pg_type, F_STR, comment)},
};
const struct record schema_type_record = RECORD(pg_type, type_fields);

static const struct field column_fields[] = {
	{"name", FIELD(pg_column, F_NAME, name)},
	{"position", FIELD(pg_column, F_I16, position), .aside = true},
	{"type", FIELD(pg_column, F_TYPE, type)},
	{"typmod", FIELD(pg_column, F_I32, typmod)},
	{"formatted", FIELD(pg_column, F_NAME, formatted)},
	{"not_null", FIELD(pg_column, F_BOOL, not_null)},
	{"collation", FIELD(pg_column, F_STR, collation)},
	{"default", FIELD(pg_column, F_SQL, deflt)},
	{"identity", FIELD(pg_column, F_ENUM, identity), ENUM(identities)},
	{"generated", FIELD(pg_column, F_SQL, generated)},
	{"virtual", FIELD(pg_column, F_BOOL, is_virtual), .aside = true, .optional = true},
	{"sequence", FIELD(pg_column, F_STR, sequence)},
	{"seq_start", FIELD(pg_column, F_I64, seq_start)},
	{"seq_step", FIELD(pg_column, F_I64, seq_step)},
	{"comment", FIELD(pg_column, F_STR, comment)},
};
static const struct record column_record = RECORD(pg_column, column_fields);

/* The definition of a CHECK says again what expr says, but is printed in another way. */
static bool is_check(const void *record)
{
	return ((const struct pg_constraint *)record)->kind == PG_CON_CHECK;
}

static const struct field con_fields[] = {
	{"kind", FIELD(pg_constraint, F_ENUM, kind), ENUM(con_kinds)},
	{"name", FIELD(pg_constraint, F_NAME, name)},
	{"columns", LIST(pg_constraint, F_COLS, cols, ncols)},
	{"deferrable", FIELD(pg_constraint, F_BOOL, deferrable)},
	{"initially_deferred", FIELD(pg_constraint, F_BOOL, initially_deferred)},
	{"validated", FIELD(pg_constraint, F_BOOL, validated)},
	{"nulls_not_distinct", FIELD(pg_constraint, F_BOOL, nulls_not_distinct)},
	{"no_inherit", FIELD(pg_constraint, F_BOOL, no_inherit)},
	{"expr", FIELD(pg_constraint, F_SQL, expr)},
	{"definition", FIELD(pg_constraint, F_SQL, definition), .skip = is_check},
	{"ref_schema", FIELD(pg_constraint, F_STR, ref_schema)},
	{"ref_table", FIELD(pg_constraint, F_STR, ref_table)},
	{"ref_columns", LIST(pg_constraint, F_STRS0, ref_names, ncols), .paired = true},
	{"on_update", FIELD(pg_constraint, F_STR, on_update)},
	{"on_delete", FIELD(pg_constraint, F_STR, on_delete)},
	{"match", FIELD(pg_constraint, F_ENUM, match), ENUM(matches)},
};
static const struct record con_record = RECORD(pg_constraint, con_fields);

static const struct field index_fields[] = {
	{"name", FIELD(pg_index, F_NAME, name)},
	{"unique", FIELD(pg_index, F_BOOL, unique)},
	{"primary", FIELD(pg_index, F_BOOL, primary)},
	{"valid", FIELD(pg_index, F_BOOL, valid)},
	{"nulls_not_distinct", FIELD(pg_index, F_BOOL, nulls_not_distinct)},
	{"of_constraint", FIELD(pg_index, F_BOOL, of_constraint)},
	{"method", FIELD(pg_index, F_NAME, method)},
	{"definition", FIELD(pg_index, F_SQL, definition)},
	{"predicate", FIELD(pg_index, F_SQL, predicate)},
	{"columns", LIST(pg_index, F_COLS, cols, ncols)},
	{"exprs", LIST(pg_index, F_STRS0, exprs, ncols), .paired = true},
};
static const struct record index_record = RECORD(pg_index, index_fields);

static const struct field trigger_fields[] = {
	{"name", FIELD(pg_trigger, F_NAME, name)},
	{"definition", FIELD(pg_trigger, F_SQL, definition)},
	{"rule", FIELD(pg_trigger, F_BOOL, rule)},
	{"on_insert", FIELD(pg_trigger, F_BOOL, on_insert)},
	{"enabled", FIELD(pg_trigger, F_BOOL, enabled)},
	{"effects", LIST(pg_trigger, F_STRS, effects, neffects), .aside = true, .optional = true},
};
static const struct record trigger_record = RECORD(pg_trigger, trigger_fields);

static const struct field table_fields[] = {
	{"schema", FIELD(pg_table, F_NAME, schema)},
	{"name", FIELD(pg_table, F_NAME, name)},
	{"kind", FIELD(pg_table, F_CHAR, kind)},
	{"comment", FIELD(pg_table, F_STR, comment)},
	{"columns", LIST(pg_table, F_LIST, columns, ncolumns), .of = &column_record},
	{"constraints", LIST(pg_table, F_LIST, cons, ncons), .of = &con_record},
	{"indexes", LIST(pg_table, F_LIST, indexes, nindexes), .of = &index_record},
	{"triggers", LIST(pg_table, F_LIST, triggers, ntriggers), .of = &trigger_record},
	{"partition_of", FIELD(pg_table, F_STR, partition_of)},
	{"partition_bound", FIELD(pg_table, F_STR, partition_bound)},
	{"partition_key", FIELD(pg_table, F_STR, partition_key)},
	{"parent", FIELD(pg_table, F_TABLE, parent)},
	{"inherits", LIST(pg_table, F_STRS, inherits, ninherits)},
	{"row_estimate", FIELD(pg_table, F_I64, row_estimate), .aside = true},
	{"row_security", FIELD(pg_table, F_BOOL, row_security)},
	{"extension", FIELD(pg_table, F_STR, extension), .aside = true, .optional = true},
	{"filled", FIELD(pg_table, F_BOOL, filled), .aside = true, .optional = true},
};
const struct record schema_table_record = RECORD(pg_table, table_fields);

static const struct field function_fields[] = {
	{"schema", FIELD(pg_function, F_NAME, schema)},
	{"name", FIELD(pg_function, F_NAME, name)},
	{"identity_args", FIELD(pg_function, F_NAME, identity_args)},
	{"language", FIELD(pg_function, F_NAME, language)},
	{"result", FIELD(pg_function, F_STR, result)},
	{"volatility", FIELD(pg_function, F_CHAR, volatility)},
	{"strict", FIELD(pg_function, F_BOOL, strict)},
	{"body", FIELD(pg_function, F_STR, body)},
};
static const struct record function_record = RECORD(pg_function, function_fields);

static const struct field change_fields[] = {
	{"from", FIELD(pg_zone_change, F_I64, from)},
	{"offset", FIELD(pg_zone_change, F_I32, offset)},
};
static const struct record change_record = RECORD(pg_zone_change, change_fields);

static const struct field zone_fields[] = {
	{"name", FIELD(pg_zone, F_NAME, name)},
	{"changes", LIST(pg_zone, F_LIST, changes, nchanges), .of = &change_record},
};
static const struct record zone_record = RECORD(pg_zone, zone_fields);

/* types before tables, and both before what points into them */
static const struct field schema_fields[] = {
	{"database", FIELD(schema, F_STR, database), .aside = true},
	{"server_version", FIELD(schema, F_I32, server_version), .aside = true},
	{"introspected_on", FIELD(schema, F_I32, introspected_on), .aside = true},
	{"namespaces", LIST(schema, F_STRS, namespaces, nnamespaces)},
	{"types", LIST(schema, F_LIST, types, ntypes), .of = &schema_type_record},
	{"tables", LIST(schema, F_LIST, tables, ntables), .of = &schema_table_record},
	{"functions", LIST(schema, F_LIST, functions, nfunctions), .of = &function_record},
	{"zones", LIST(schema, F_LIST, zones, nzones), .of = &zone_record, .aside = true,
		.optional = true},
};
const struct record schema_record = RECORD(schema, schema_fields);
