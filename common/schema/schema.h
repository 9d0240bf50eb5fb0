/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SCHEMA_H
#define COMMON_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/str.h"
#include "common/base/vec.h"

/*
 * schema: a PostgreSQL catalogue in memory, as introspect found it and
 * schema.msgpack carries it.  Immutable once read; everything lives in one arena.
 *
 * Objects refer to one another by pointer; in the file, by index or by name.
 * Orders are those of schema.json (names byte-wise, columns by position), so
 * equal catalogues are equal bytes and the fingerprint is a digest of them.
 */

struct err;
struct sql_memo;

/* What a type is to us: decides the vector, the default generator, the encoders. */
enum pg_class {
	PG_BOOL,
	PG_INT2,
	PG_INT4,
	PG_INT8,
	PG_NUMERIC,
	PG_FLOAT4,
	PG_FLOAT8,
	PG_TEXT, /* text, and any type that is binary-coercible to it (citext) */
	PG_VARCHAR,
	PG_BPCHAR, /* character(n) */
	PG_CHAR,   /* "char", one byte */
	PG_NAME,
	PG_BYTEA,
	PG_UUID,
	PG_DATE,
	PG_TIME,
	PG_TIMETZ,
	PG_TIMESTAMP,
	PG_TIMESTAMPTZ,
	PG_INTERVAL,
	PG_JSON,
	PG_JSONB,
	PG_XML,
	PG_INET,
	PG_CIDR,
	PG_MACADDR,
	PG_MACADDR8,
	PG_BIT,
	PG_VARBIT,
	PG_MONEY,
	PG_POINT,
	PG_TSVECTOR,
	PG_TSQUERY,
	PG_OID, /* oid and the reg* types */
	PG_ENUM,
	PG_DOMAIN,
	PG_ARRAY,
	PG_COMPOSITE,
	PG_RANGE,
	PG_MULTIRANGE,
	PG_OTHER, /* an extension's or another type we hold as text */
	PG_CLASS_COUNT
};

struct pg_check {
	const char *name;
	const char *expr; /* pg_get_expr text, no CHECK( ) around it */
	bool not_valid, no_inherit;
};

struct pg_attr { /* of a composite type */
	const char *name;
	const struct pg_type *type;
	int32_t typmod;
};

struct pg_type {
	const char *schema, *name; /* pg_catalog.int4, crm.status_lead, pg_catalog._text */
	enum pg_class cls;
	const char *extension;	    /* that owns it, or NULL */
	const struct pg_type *elem; /* array: element; range, multirange: subtype; domain: base */
	int32_t typmod;		    /* domain: of its base, -1 none */
	bool not_null;		    /* domain */
	const char *deflt;	    /* domain: default expression, or NULL */
	const char *collation;	    /* "C", or NULL for the default */
	const char **labels;	    /* enum, in order */
	uint32_t nlabels;
	struct pg_check *checks; /* domain */
	uint32_t nchecks;
	struct pg_attr *attrs; /* composite */
	uint32_t nattrs;
	const char *comment;
	bool wide; /* numeric: its values are held as text, see pg_widen(); in no file */
};

enum pg_identity { PG_IDENTITY_NONE, PG_IDENTITY_ALWAYS, PG_IDENTITY_BY_DEFAULT };

struct pg_column {
	const char *name;
	int16_t position; /* attnum; gaps remain after dropped columns */
	const struct pg_type *type;
	int32_t typmod;	       /* -1 none */
	const char *formatted; /* format_type(): "numeric(12,2)" */
	bool not_null;
	const char *collation; /* NULL for the default */
	const char *deflt;     /* expression text, or NULL */
	enum pg_identity identity;
	const char *generated; /* expression of a generated column, or NULL */
	bool is_virtual;       /* of that: computed when it is read, not stored (18) */
	/* The identity's, the owned or the default's sequence, quoted as SQL wants it:
	 * schema.name or "Odd.Schema"."name"; NULL when there is none */
	const char *sequence;
	int64_t seq_start, seq_step; /* of that sequence */
	const char *comment;
};

/* Base type and typmod of a column, domains taken off (typmod of the innermost that has one). */
struct pg_base {
	const struct pg_type *type;
	int32_t typmod;
};

/* The last is of no database: a plan says that rows refer to others by a type and an id. */
enum pg_con_kind {
	PG_CON_PRIMARY,
	PG_CON_UNIQUE,
	PG_CON_CHECK,
	PG_CON_FOREIGN,
	PG_CON_EXCLUDE,
	PG_CON_REFERENCE
};

enum pg_match { PG_MATCH_SIMPLE, PG_MATCH_FULL, PG_MATCH_PARTIAL };

struct pg_constraint {
	enum pg_con_kind kind;
	const char *name;
	uint32_t *cols; /* indexes into table->columns, declaration order */
	uint32_t ncols;
	bool deferrable, initially_deferred;
	bool validated;		 /* false: NOT VALID */
	bool nulls_not_distinct; /* UNIQUE */
	bool no_inherit;	 /* CHECK */
	const char *expr;	 /* CHECK: pg_get_expr text */
	const char *definition;	 /* pg_get_constraintdef(oid, true), EXCLUDE: (oid, false) */
	/* FOREIGN KEY */
	const char *ref_schema, *ref_table;
	struct pg_table *ref;	/* NULL when the referenced table is outside the selection */
	const char **ref_names; /* referenced column names, paired with cols */
	uint32_t *ref_cols;	/* indexes into ref->columns; NULL when ref is NULL */
	const char *on_update,
		*on_delete; /* "no_action" "restrict" "cascade" "set_null" "set_default" */
	enum pg_match match;
	/* REFERENCE, which has no columns: rows whose type column is ${type_value}, as text, have
	 * in the id column a value of the parent's column. */
	uint32_t type_col, id_col, parent_col;
	const char *type_value;
	bool in_turn; /* rows take the parents one after the other, so that children can be counted
		       */
};

struct pg_index {
	const char *name;
	bool unique, primary, valid, nulls_not_distinct;
	bool of_constraint; /* it stands behind a PRIMARY KEY, UNIQUE or EXCLUDE */
	const char *method, *definition;
	const char *predicate; /* partial index, or NULL */
	uint32_t *cols;	       /* key columns; an expression is UINT32_MAX ... */
	uint32_t ncols;
	const char **exprs; /* ... and its text stands here, NULL elsewhere */
};

struct pg_key;

struct pg_trigger {
	const char *name, *definition;
	bool rule; /* a rewrite rule, not a trigger */
	bool on_insert, enabled;
	const char **effects; /* what an insert trigger's function may do, by its text; not in the
				 fingerprint */
	uint32_t neffects;
};

struct pg_table {
	const char *schema, *name;
	char kind; /* relkind: r p v m f */
	const char *comment;
	struct pg_column *columns;
	uint32_t ncolumns;
	struct pg_constraint *cons; /* PRIMARY, UNIQUE, CHECK, FOREIGN, EXCLUDE; then by name */
	uint32_t ncons;
	struct pg_index *indexes;
	uint32_t nindexes;
	struct pg_key *keys; /* what keeps rows apart (keyset.h): made by schema_bind() */
	uint32_t nkeys;
	struct pg_trigger *triggers;
	uint32_t ntriggers;
	const char *partition_of;    /* "schema.table", quoted as SQL wants it, or NULL */
	struct pg_table *parent;     /* the same; NULL too when it is outside the selection */
	const char *partition_bound; /* "FOR VALUES ...", or NULL */
	const char *partition_key;   /* "RANGE (created_at)", of a partitioned table */
	const char **inherits;	     /* "schema.table", quoted as SQL wants it */
	uint32_t ninherits;
	int64_t row_estimate; /* reltuples, -1 never analysed; not in the fingerprint */
	bool row_security;
	const char *extension; /* that owns it, or NULL; not in the fingerprint */
	bool filled;	       /* it has rows, which are to be left alone; not in the fingerprint */
	/* Why its rows are never made nor removed, as what follows its name in a sentence: it
	 * belongs to an extension, a migration tool notes there what it has done, or it has rows
	 * that introspect was told to leave alone.  NULL for other tables.  Made by schema_bind().
	 */
	const char *reserved;
	uint32_t index; /* in schema->tables */
};

struct pg_function { /* called by a constraint, a default or a generated column */
	const char *schema, *name;
	const char *identity_args; /* pg_get_function_identity_arguments */
	const char *language, *result;
	char volatility; /* i s v */
	bool strict;
	const char *body; /* prosrc, or the standard SQL body */
};

struct pg_zone_change {
	int64_t from;	/* seconds since 2000-01-01 00:00 UTC */
	int32_t offset; /* from then on: seconds that the zone is ahead of UTC */
};

struct pg_zone { /* a time zone that an expression names, as the server knows it */
	const char *name;
	struct pg_zone_change *changes; /* ascending; the first is where they begin to be known */
	uint32_t nchanges;		/* 1 or more */
};

struct schema {
	const char *database;
	int server_version;	 /* 150018 */
	int32_t introspected_on; /* days since 2000-01-01; outside the fingerprint */
	const char **namespaces; /* selected ones, empty ones too */
	uint32_t nnamespaces;
	struct pg_type *types; /* every type the tables use, and every enum and domain selected */
	uint32_t ntypes;
	struct pg_table *tables; /* by schema, then name */
	uint32_t ntables;
	struct pg_function *functions;
	uint32_t nfunctions;
	struct pg_zone *zones; /* by name; not in the fingerprint */
	uint32_t nzones;
	char fingerprint[65];	 /* SHA-256 of the canonical form */
	struct sql_memo *parsed; /* parse trees, for who compiles its expressions many times:
				    sql.h; of no document; NULL: none are kept */
};

/**
 * schema_read(s, path, a, e): read schema.msgpack; everything is copied into ${a}.
 * Indexes and names are checked: a damaged file is an error, never a wild pointer.
 */
int schema_read(struct schema *s, const char *path, struct arena *a, struct err *e);

/** schema_from_doc(s, doc, a, e): the same from the body, a msgpack map, in memory. */
struct msgpack_object;
int schema_from_doc(
	struct schema *s, const struct msgpack_object *doc, struct arena *a, struct err *e);

/**
 * schema_bind(s, a, e): make a schema whole whose lists are filled: table->index,
 * constraint->ref and ref_cols by name, table->keys.  What does not hold together (an index out
 * of range, an order that is not the promised one, a type within itself) is an
 * error.  schema_read() does it; so does whoever builds a schema by hand.
 */
int schema_bind(struct schema *s, struct arena *a, struct err *e);

/**
 * schema_partitions(s, a, e): give every partitioned table whose partitions do not take all
 * rows a CHECK more, named "the partitions", last of its constraints: what they ask of a row.
 * schema_read() does it; it is not in the file.
 */
int schema_partitions(struct schema *s, struct arena *a, struct err *e);

/**
 * schema_fingerprint(s, e): compute s->fingerprint, the SHA-256 of the canonical form:
 * the packed body without the database's name, row estimates, the server's minor
 * version, the day, and what a pg_dump and a reload change though the tables stay the
 * same (gaps between column positions, how the cast of an array is printed).
 */
int schema_fingerprint(struct schema *s, struct err *e);

/** schema_write(s, path, e): write schema.msgpack; schema_fingerprint() first.  A file
 *  that says the same already is left alone. */
int schema_write(struct schema *s, const char *path, struct err *e);

/** schema_json(s, b): schema.json, the 0.2 members and more. */
void schema_json(const struct schema *s, struct buf *b);

struct pg_table *schema_table(const struct schema *s, const char *schema, const char *table);
bool schema_has_namespace(const struct schema *s, const char *schema);

/** pg_column_named(t, name): its index, or -1. */
int pg_column_named(const struct pg_table *t, const char *name);

/** pg_base_of(type, typmod): take the domains off. */
struct pg_base pg_base_of(const struct pg_type *type, int32_t typmod);

/** pg_class_is_text(c): text, varchar or char(n). */
static inline bool pg_class_is_text(enum pg_class c)
{
	return c == PG_TEXT || c == PG_VARCHAR || c == PG_BPCHAR;
}

/** pg_column_is_text(c): whether the column is, or is a domain over one. */
static inline bool pg_column_is_text(const struct pg_column *c)
{
	return pg_class_is_text(pg_base_of(c->type, c->typmod).type->cls);
}

/** pg_domain_checks(t): how many checks a domain has, and those that it is made of. */
uint32_t pg_domain_checks(const struct pg_type *t);

/** pg_column_not_null(c): NOT NULL by the column or by a domain of its type. */
bool pg_column_not_null(const struct pg_column *c);

/* typmods */
int32_t pg_char_limit(struct pg_base b); /* varchar(n), char(n), name: characters; -1 none */
void pg_numeric_limits(
	struct pg_base b, int *precision, int *scale); /* -1, -1 when unconstrained */
int pg_time_precision(struct pg_base b);	       /* fractional digits, 6 when not given */

/** pg_vtype(b, scale): the vector that holds values of the type; ${scale} of VT_DEC.
 *  numeric without precision is VT_DEC of scale 2 when we draw it. */
enum vtype pg_vtype(struct pg_base b, uint8_t *scale);

/** pg_widen(c, a): give a column of numbers that need more digits than VT_DEC has the type of wide
 *  numerics, below the domains that it has.  pg_vtype() of it is VT_RAW: a number is the text of
 * its digits, at most 38, with all decimals of numeric(p,s), and without zeros at the end in a
 *  column without a scale, so that equal numbers are equal texts.  False when memory is out.
 *  pg_may_widen(c): whether the type can hold such numbers.  pg_is_wide(c): whether it was done. */
bool pg_widen(struct pg_column *c, struct arena *a);
bool pg_may_widen(const struct pg_column *c);
bool pg_is_wide(const struct pg_column *c);

/** pg_wide_scale(b): the decimals of values that are made for a wide numeric. */
unsigned pg_wide_scale(struct pg_base b);

/** pg_has_column(cols, n, c): whether ${c} is one of them.  pg_common_columns(a, na, b, nb): how
 *  many of ${a} are in ${b}. */
bool pg_has_column(const uint32_t *cols, uint32_t n, uint32_t c);
uint32_t pg_common_columns(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb);

/** pg_own_nullable(t, con, base): whether NULL in the columns that foreign key ${con} does not
 * share with ${base} leaves a row without a parent by it: MATCH SIMPLE, and all of them may be
 * NULL. */
bool pg_own_nullable(const struct pg_table *t, const struct pg_constraint *con,
	const struct pg_constraint *base);

/** pg_foreign_keys_with(t, c): how many foreign keys of the table have column ${c}. */
uint32_t pg_foreign_keys_with(const struct pg_table *t, uint32_t c);

/** pg_may_be_null(t, con): whether one of the constraint's columns may be NULL. */
bool pg_may_be_null(const struct pg_table *t, const struct pg_constraint *con);

/** pg_primary(t): the primary key, or NULL. */
const struct pg_constraint *pg_primary(const struct pg_table *t);

/** schema_reserve(s): fill in ${reserved} of every table; a part of schema_bind(). */
void schema_reserve(struct schema *s);

/** pg_table_matches(t, patterns, n): whether one of these globs, over SCHEMA.TABLE or, without a
 * dot, over the table's name, matches.  A comma separates two globs. */
bool pg_table_matches(const struct pg_table *t, const char *const *patterns, size_t n);

/** schema_nearest(s, name): the table that a misspelt name, with or without SCHEMA., may mean: at
 * most two letters differ; or NULL. */
const struct pg_table *schema_nearest(const struct schema *s, const char *name);

/** pg_column_nearest(t, name): the same of a column. */
const char *pg_column_nearest(const struct pg_table *t, const char *name);

/** pg_pattern_next(p, to): copy the first glob of ${p} into ${to}, which stays empty where it is
 * too long for a name; what follows its comma, or NULL. */
enum { PG_PATTERN_MAX = 512 };
const char *pg_pattern_next(const char *p, char to[static PG_PATTERN_MAX]);

/** pg_class_name(c): "int4", "timestamptz" ... for messages. */
const char *pg_class_name(enum pg_class c);

/** pg_class_of(typname): the class of a base type of pg_catalog, PG_OTHER if we hold it as text. */
enum pg_class pg_class_of(const char *typname);

/**
 * schema_graph: the FK graph of a set of tables; parents before children.
 * level 0 has no parent; a table's level is one more than its highest parent's,
 * the members of a strongly connected component counted as one (Tarjan 1972).
 */
struct schema_graph {
	uint32_t *order;     /* table indexes, topological, smallest name first among the ready */
	uint32_t *level;     /* by table index */
	uint32_t *component; /* by table index; tables of one cycle share the number */
	uint32_t *component_size;	 /* by component */
	uint32_t n, ncomponents, nedges; /* edges: distinct parent, child pairs */
	bool has_cycle;			 /* self-references count */
};

int schema_graph(struct schema_graph *g, const struct schema *s, struct arena *a, struct err *e);

/** schema_add_reference(t, r, a): append ${r}, a PG_CON_REFERENCE, to the constraints of ${t},
 * unless one of its name is there.  Its place, or -1: memory is out. */
int schema_add_reference(struct pg_table *t, const struct pg_constraint *r, struct arena *a);

#endif
