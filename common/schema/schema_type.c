/* SPDX-License-Identifier: MIT */
/*
 * Types of PostgreSQL as this project classifies them: the class of a pg_type
 * entry, what its typmod says, and which kind of vector holds its values. The
 * packing of typmods follows the typmodin functions of src/backend/utils/adt.
 */
#include "common/schema/schema.h"

#include <string.h>

#include "common/base/arena.h"

/* Every class: its name, which is typname where it is a type of pg_catalog, and its vector. */
static const struct {
	const char *name;
	enum vtype vtype;
	bool base; /* a base type of pg_catalog */
} classes[PG_CLASS_COUNT] = {
	[PG_BOOL] = {"bool", VT_BOOL, true},
	[PG_INT2] = {"int2", VT_INT, true},
	[PG_INT4] = {"int4", VT_INT, true},
	[PG_INT8] = {"int8", VT_INT, true},
	[PG_NUMERIC] = {"numeric", VT_DEC, true},
	[PG_FLOAT4] = {"float4", VT_F64, true},
	[PG_FLOAT8] = {"float8", VT_F64, true},
	[PG_TEXT] = {"text", VT_TEXT, true},
	[PG_VARCHAR] = {"varchar", VT_TEXT, true},
	[PG_BPCHAR] = {"bpchar", VT_TEXT, true},
	[PG_CHAR] = {"char", VT_TEXT, true},
	[PG_NAME] = {"name", VT_TEXT, true},
	[PG_BYTEA] = {"bytea", VT_BYTES, true},
	[PG_UUID] = {"uuid", VT_UUID, true},
	[PG_DATE] = {"date", VT_DATE, true},
	[PG_TIME] = {"time", VT_TIME, true},
	[PG_TIMETZ] = {"timetz", VT_RAW, true},
	[PG_TIMESTAMP] = {"timestamp", VT_TS, true},
	[PG_TIMESTAMPTZ] = {"timestamptz", VT_TSTZ, true},
	[PG_INTERVAL] = {"interval", VT_RAW, true},
	[PG_JSON] = {"json", VT_RAW, true},
	[PG_JSONB] = {"jsonb", VT_RAW, true},
	[PG_XML] = {"xml", VT_RAW, true},
	[PG_INET] = {"inet", VT_RAW, true},
	[PG_CIDR] = {"cidr", VT_RAW, true},
	[PG_MACADDR] = {"macaddr", VT_RAW, true},
	[PG_MACADDR8] = {"macaddr8", VT_RAW, true},
	[PG_BIT] = {"bit", VT_RAW, true},
	[PG_VARBIT] = {"varbit", VT_RAW, true},
	[PG_MONEY] = {"money", VT_RAW, true},
	[PG_POINT] = {"point", VT_RAW, true},
	[PG_TSVECTOR] = {"tsvector", VT_RAW, true},
	[PG_TSQUERY] = {"tsquery", VT_RAW, true},
	[PG_OID] = {"oid", VT_INT, true},
	[PG_ENUM] = {"enum", VT_ENUM, false},
	[PG_DOMAIN] = {"domain", VT_RAW, false},
	[PG_ARRAY] = {"array", VT_RAW, false},
	[PG_COMPOSITE] = {"composite", VT_RAW, false},
	[PG_RANGE] = {"range", VT_RAW, false},
	[PG_MULTIRANGE] = {"multirange", VT_RAW, false},
	[PG_OTHER] = {"other", VT_RAW, false},
};

enum { TYPMOD_HEADER = 4 }; /* VARHDRSZ: what a length's typmod counts beside the length */

const char *pg_class_name(enum pg_class c)
{
	return (unsigned)c < PG_CLASS_COUNT ? classes[c].name : "unknown";
}

/*
 * The class of a type of pg_catalog by its name. The reg* types (regclass ...)
 * are numbers like oid.
 */
enum pg_class pg_class_of(const char *typname)
{
	for (unsigned c = 0; c < PG_CLASS_COUNT; c++)
		if (classes[c].base && strcmp(classes[c].name, typname) == 0)
			return (enum pg_class)c;
	return strncmp(typname, "reg", 3) == 0 ? PG_OID : PG_OTHER;
}

/*
 * The type and typmod below all domains; a domain's typmod wins over that of
 * what it is made of.
 */
struct pg_base pg_base_of(const struct pg_type *type, int32_t typmod)
{
	struct pg_base b = {type, typmod};

	while (b.type->cls == PG_DOMAIN && b.type->elem != NULL) {
		if (b.type->typmod != -1)
			b.typmod = b.type->typmod;
		b.type = b.type->elem;
	}
	return b;
}

uint32_t pg_domain_checks(const struct pg_type *t)
{
	uint32_t n = 0;

	for (; t != NULL && t->cls == PG_DOMAIN; t = t->elem)
		n += t->nchecks;
	return n;
}

/* NOT NULL of the column, or of a domain that it has. */
bool pg_column_not_null(const struct pg_column *c)
{
	if (c->not_null)
		return true;
	for (const struct pg_type *t = c->type; t != NULL && t->cls == PG_DOMAIN; t = t->elem)
		if (t->not_null)
			return true;
	return false;
}

/* The most characters of a text type; -1 without a limit. */
int32_t pg_char_limit(struct pg_base b)
{
	enum { NAME_LIMIT = 63 }; /* NAMEDATALEN - 1 */

	if (b.type->cls == PG_NAME)
		return NAME_LIMIT;
	if (b.type->cls == PG_CHAR)
		return 1;
	if ((b.type->cls == PG_VARCHAR || b.type->cls == PG_BPCHAR) && b.typmod >= TYPMOD_HEADER)
		return b.typmod - TYPMOD_HEADER;
	return -1;
}

/* numeric.c: precision in the upper half, an 11-bit signed scale in the lower. */
void pg_numeric_limits(struct pg_base b, int *precision, int *scale)
{
	uint32_t t;

	*precision = *scale = -1;
	if (b.type->cls != PG_NUMERIC || b.typmod < TYPMOD_HEADER)
		return;
	t = (uint32_t)(b.typmod - TYPMOD_HEADER);
	*precision = (int)(t >> 16 & 0xffff);
	*scale = (int)((t & 0x7ff) ^ 1024) - 1024;
}

/* The decimals of seconds that are kept, at most 6. */
int pg_time_precision(struct pg_base b)
{
	enum { MAX_PRECISION = 6 };
	int32_t p = b.typmod;

	if (p >= 0 && b.type->cls == PG_INTERVAL)
		p &= 0xffff; /* the upper half says which fields */
	return p >= 0 && p < MAX_PRECISION ? (int)p : MAX_PRECISION;
}

/* Decimals of a numeric without a scale, and the digits that 64 bits hold. */
enum { FREE_SCALE = 2, DIGITS = 18 };

/*
 * The kind of vector. A numeric with more than 18 digits does not fit 64 bits
 * and is held as what fits, unless its column is one that needs more; one without a
 * scale is given 2 decimals.
 */
enum vtype pg_vtype(struct pg_base b, uint8_t *scale)
{
	int precision, s;

	*scale = 0;
	if (b.type->wide)
		return VT_RAW;
	if (b.type->cls != PG_NUMERIC)
		return (unsigned)b.type->cls < PG_CLASS_COUNT ? classes[b.type->cls].vtype : VT_RAW;
	pg_numeric_limits(b, &precision, &s);
	if (precision < 0)
		s = FREE_SCALE;
	*scale = (uint8_t)(s < 0 ? 0 : s > DIGITS ? DIGITS : s);
	return VT_DEC;
}

/* ---- numbers of more digits ------------------------------------------------------ */

/* Half of the 38 digits that expressions compute with are to be left before the point. */
enum { MOST_DECIMALS = 19 };

bool pg_may_widen(const struct pg_column *c)
{
	struct pg_base b = pg_base_of(c->type, c->typmod);
	int precision, scale;

	pg_numeric_limits(b, &precision, &scale);
	return b.type->cls == PG_NUMERIC && (precision < 0 || precision > DIGITS) &&
	       (precision < 0 || (scale >= 0 && scale <= MOST_DECIMALS));
}

bool pg_is_wide(const struct pg_column *c)
{
	return pg_base_of(c->type, c->typmod).type->wide;
}

unsigned pg_wide_scale(struct pg_base b)
{
	int precision, scale;

	pg_numeric_limits(b, &precision, &scale);
	return precision < 0 ? FREE_SCALE : scale < 0 ? 0 : (unsigned)scale;
}

/*
 * The type of the column changes, and not that of others: its domains are copied, because other
 * columns may have them, too.
 */
bool pg_widen(struct pg_column *c, struct arena *a)
{
	static const struct pg_type wide = {.schema = "pg_catalog",
		.name = "numeric",
		.cls = PG_NUMERIC,
		.typmod = -1,
		.wide = true};
	const struct pg_type **at = &c->type;

	while ((*at)->cls == PG_DOMAIN) {
		struct pg_type *own = arena_alloc(a, sizeof(*own));

		if (own == NULL)
			return false;
		*own = **at;
		*at = own;
		at = &own->elem;
	}
	*at = &wide;
	return true;
}
