/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SCHEMA_FIELDS_H
#define COMMON_SCHEMA_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * schema_fields: the members of struct schema and of all it holds, as data.  What
 * writes schema.msgpack, what reads it and what digests it walk the same tables, so
 * a member that is added here is added everywhere.
 */

enum field_kind {
	F_NAME, /* const char *, never NULL */
	F_STR,	/* const char *, NULL is nil */
	F_SQL,	/* the same, an expression or a definition: see schema_canon.h */
	F_BOOL,
	F_CHAR, /* char, a string of one byte */
	F_I16,
	F_I32,
	F_I64,
	F_ENUM,	 /* an enum, by the names of the field */
	F_TYPE,	 /* const struct pg_type *, by index in schema->types, NULL is nil */
	F_TABLE, /* struct pg_table *, by index in schema->tables, NULL is nil */
	F_STRS,	 /* const char **, no element NULL */
	F_STRS0, /* the same, elements may be NULL; the array too */
	F_COLS,	 /* uint32_t *, UINT32_MAX is nil */
	F_LIST,	 /* an array of the records ${of} */
};

struct field {
	const char *key;
	enum field_kind kind;
	size_t at;			  /* where the member is in its struct */
	size_t count_at;		  /* arrays: where its uint32_t count is */
	bool paired;			  /* the count is that of an array before it */
	bool aside;			  /* not part of the canonical form */
	bool optional;			  /* files of older versions have none: zero */
	bool (*skip)(const void *record); /* canonical form: whether it is nil there */
	const struct record *of;
	const char *const *names; /* F_ENUM */
	unsigned nnames;
};

struct record {
	size_t size;
	const struct field *fields;
	size_t n;
};

extern const struct record schema_record, schema_type_record, schema_table_record;

#endif
