/* SPDX-License-Identifier: MIT */
#include <regex.h>

#include "common/base/str.h"
#include "common/generators/locale.h"
#include "tests/unit/gen_fixture.h"

/*
 * Every id faker.* and its other name, and the numbers of the United States, in every locale, on
 * the types they fill.  Values are held against checkers that share nothing with the generators.
 */

/* ---- checkers -------------------------------------------------------------------------------- */

/* Doubled digits from the right, the last one not: the sum is a multiple of ten (ISO/IEC 7812). */
static bool luhn(const char *s)
{
	unsigned sum = 0;
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(s[n - 1 - i] - '0') << (i % 2);

		sum += d / 10 + d % 10;
	}
	return sum % 10 == 0;
}

/* Letters are 10 to 35 (ISO 6166). */
static bool isin(const char *s)
{
	char digits[32] = "";

	for (; *s != '\0'; s++)
		(void)snprintf(digits + strlen(digits), sizeof(digits) - strlen(digits), "%d",
			*s <= '9' ? *s - '0' : *s - 'A' + 10);
	return luhn(digits);
}

/* The sum with weights from the left, hyphens apart: 10 to 1 modulo 11, or 1 and 3 modulo 10. */
static bool isbn(const char *s)
{
	char d[14] = "";
	unsigned n = 0, sum = 0;

	for (; *s != '\0' && n < 13; s++)
		if (*s != '-')
			d[n++] = *s;
	for (unsigned i = 0; i < n; i++) {
		unsigned v = d[i] == 'X' ? 10 : (unsigned)(d[i] - '0');

		sum += n == 10 ? (10 - i) * v : (i % 2 == 0 ? 1 : 3) * v;
	}
	return n == 10 ? sum % 11 == 0 : n == 13 && sum % 10 == 0;
}

static bool day(const char *s)
{
	int64_t v;

	return cal_parse_date(s, strlen(s), &v) && v > cal_days(1976, 1, 1) &&
	       v <= cal_days(2026, 11, 22);
}

static bool moment(const char *s)
{
	int64_t v;

	return cal_parse_tstz(s, strlen(s), &v);
}

static bool of_2024(const char *s)
{
	int64_t v;

	return cal_parse_tstz(s, strlen(s), &v) && v >= cal_days(2024, 1, 1) * CAL_DAY &&
	       v < cal_days(2025, 1, 1) * CAL_DAY;
}

static bool before_2024(const char *s)
{
	int64_t v;

	return cal_parse_tstz(s, strlen(s), &v) && v < cal_days(2024, 1, 1) * CAL_DAY;
}

static bool after_2024(const char *s)
{
	int64_t v;

	return cal_parse_tstz(s, strlen(s), &v) && v > cal_days(2024, 1, 1) * CAL_DAY;
}

/* Digits times 3, 7 and 1 in turn add up to a multiple of ten (American Bankers Association). */
static bool aba(const char *s)
{
	static const unsigned weight[] = {3, 7, 1};
	unsigned sum = 0;

	for (size_t i = 0; i < strlen(s); i++)
		sum += weight[i % 3] * (unsigned)(s[i] - '0');
	return sum % 10 == 0;
}

/* A postal code of a city of the locale. */
static const char *locale;

static bool postal(const char *s)
{
	const struct locale_list *l = locale_list(locale_find(locale), "place");
	int from_at = locale_column(l, "postal_from"), to_at = locale_column(l, "postal_to");
	int64_t code = 0;

	for (; *s != '\0'; s++)
		if (*s != '-')
			code = 10 * code + *s - '0';
	for (uint32_t i = 0; i < l->n; i++) {
		int64_t from, to;

		if (locale_int(l, i, (uint32_t)from_at, &from) &&
			locale_int(l, i, (uint32_t)to_at, &to) && from <= code && code <= to)
			return true;
	}
	return false;
}

static bool in_column(const char *list, const char *column, const char *s)
{
	const struct locale_list *l = locale_list(locale_find(locale), list);
	int at = l == NULL ? -1 : locale_column(l, column);

	for (uint32_t i = 0; at >= 0 && i < l->n; i++) {
		struct vtext v = locale_cell(l, i, (uint32_t)at);

		if (v.n == strlen(s) && memcmp(v.p, s, v.n) == 0)
			return true;
	}
	return false;
}

static bool city(const char *s)
{
	return in_column("place", "city", s);
}

static bool state(const char *s)
{
	return in_column("state", "name", s);
}

static bool given(const char *s)
{
	return in_column("given", "name", s);
}

/* What a text of an id looks like, as an extended regular expression, in one locale or all. */
static const struct shape {
	const char *id, *locale, *regex;
	bool (*holds)(const char *s);
} shapes[] = {
	{"faker.address.raw.BuildingNumber", NULL, "^[1-9][0-9]{0,4}$", NULL},
	{"faker.address.raw.CityName", NULL, ".", city},
	{"faker.address.raw.CountryCode", NULL, "^[A-Z]{2}$", NULL},
	{"faker.address.raw.Geohash", NULL, "^[0-9b-hjkmnp-z]{8}$", NULL},
	{"faker.address.raw.Latitude", NULL, "^-?([0-8]?[0-9]|90)[.][0-9]{6}$", NULL},
	{"faker.address.raw.Longitude", NULL, "^-?(1?[0-7]?[0-9]|180)[.][0-9]{6}$|^-?[89][0-9][.]",
		NULL},
	{"faker.address.raw.PostCode", "en_US", "^[0-9]{5}$", postal},
	{"faker.address.raw.PostCode", "pt_BR", "^[0-9]{5}-[0-9]{3}$", postal},
	{"faker.address.raw.ZipCode", "en_US", "^[0-9]{5}$", postal},
	{"faker.address.raw.ZipCode", "pt_BR", "^[0-9]{5}-[0-9]{3}$", postal},
	{"faker.address.raw.StateAbbr", NULL, "^[A-Z0-9]{1,3}$", NULL},
	{"faker.address.raw.StateName", NULL, ".", state},
	{"faker.address.raw.TimeZone", NULL, "^[A-Z][a-z]+/", NULL},
	{"faker.barcode.raw.Isbn", NULL, "^(978-)?[01]-[0-9]+-[0-9]+-[0-9X]$", isbn},
	{"faker.barcode.raw.Isbn10", NULL, "^[01]-[0-9]+-[0-9]+-[0-9X]$", isbn},
	{"faker.barcode.raw.Isbn13", NULL, "^978-[01]-[0-9]+-[0-9]+-[0-9]$", isbn},
	{"faker.boolean.raw.Boolean", NULL, "^(true|false)$", NULL},
	{"faker.chrono.raw.Date", NULL, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", day},
	{"faker.chrono.raw.DateTime", NULL, "^[0-9-]{10}T[0-9:]{8}Z$", moment},
	{"faker.chrono.raw.DateTimeAfter", NULL, "Z$", after_2024},
	{"faker.chrono.raw.DateTimeBefore", NULL, "Z$", before_2024},
	{"faker.chrono.raw.DateTimeBetween", NULL, "Z$", of_2024},
	{"faker.chrono.raw.Duration", NULL, "^[0-9]+$", NULL},
	{"faker.chrono.raw.Time", NULL, "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$", NULL},
	{"faker.time.raw.Date", NULL, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", day},
	{"faker.time.raw.DateTime", NULL, "^[0-9-]{10}T[0-9:]{8}Z$", moment},
	{"faker.color.raw.HexColor", NULL, "^#[0-9a-f]{6}$", NULL},
	{"faker.color.raw.RgbColor", NULL, "^rgb[(][0-9]+, [0-9]+, [0-9]+[)]$", NULL},
	{"faker.color.raw.RgbaColor", NULL,
		"^rgba[(][0-9]+, [0-9]+, [0-9]+, (0[.][0-9]{2}|1[.]00)[)]$", NULL},
	{"faker.color.raw.HslColor", NULL, "^hsl[(][0-9]+, [0-9]+%, [0-9]+%[)]$", NULL},
	{"faker.color.raw.HslaColor", NULL,
		"^hsla[(][0-9]+, [0-9]+%, [0-9]+%, (0[.][0-9]{2}|1[.]00)[)]$", NULL},
	{"faker.creditcard.raw.CreditCardNumber", NULL,
		"^(424242[0-9]{10}|400000[0-9]{10}|555555[0-9]{10}|222300[0-9]{10}|378282[0-9]{9}|"
		"371449[0-9]{9})$",
		luhn},
	{"faker.currency.raw.CurrencyCode", NULL, "^[A-Z]{3}$", NULL},
	{"faker.filesystem.raw.DirPath", NULL, "^/[a-z]+(/[a-z0-9]+)+$", NULL},
	{"faker.filesystem.raw.FileName", NULL, "^[a-z0-9-]+[.][a-z0-9]+$", NULL},
	{"faker.filesystem.raw.FilePath", NULL, "^/[a-z0-9/]+[.][a-z0-9]+$", NULL},
	{"faker.filesystem.raw.MimeType", NULL, "^[a-z]+/[a-z0-9.+-]+$", NULL},
	{"faker.filesystem.raw.SemverStable", NULL, "^[0-9]+[.][0-9]+[.][0-9]+$", NULL},
	{"faker.filesystem.raw.SemverUnstable", NULL,
		"^[0-9]+[.][0-9]+[.][0-9]+-(alpha|beta|rc[.][0-9])$", NULL},
	{"faker.finance.raw.Bic", NULL, "^[A-Z]{4}[A-Z]{2}[A-Z]0$", NULL},
	{"faker.finance.raw.Isin", NULL, "^[A-Z]{2}[0-9A-Z]{9}[0-9]$", isin},
	{"faker.http.raw.RfcStatusCode", NULL, "^[1-5][0-9]{2} [A-Z]", NULL},
	{"faker.http.raw.ValidStatusCode", NULL, "^[1-5][0-9]{2}$", NULL},
	{"faker.internet.raw.FreeEmail", NULL, "^[a-z0-9._]+@([a-z]+[.])?example[.](com|net|org)$",
		NULL},
	{"faker.internet.raw.SafeEmail", NULL, "^[a-z0-9._]+@example[.](com|net|org)$", NULL},
	{"faker.internet.raw.FreeEmailProvider", NULL, "^([a-z]+[.])?example[.](com|net|org)$",
		NULL},
	{"faker.internet.raw.IP", NULL, "^(10[.][0-9.]+|2001:db8:[0-9a-f:]+)$", NULL},
	{"faker.internet.raw.IPv4", NULL,
		"^(10|172[.](1[6-9]|2[0-9]|3[01])|192[.]168|192[.]0[.]2|198[.]51[.]100|203[.]0[.]"
		"113)"
		"[.][0-9.]+$",
		NULL},
	{"faker.internet.raw.IPv6", NULL, "^2001:db8(:[0-9a-f]{1,4}){6}$", NULL},
	{"faker.internet.raw.MACAddress", NULL, "^02(:[0-9A-F]{2}){5}$", NULL},
	{"faker.internet.raw.Password", NULL, "^[!-~]{8,20}$", NULL},
	{"faker.internet.raw.Username", NULL, "^[a-z0-9._]+$", NULL},
	{"faker.lorem.raw.Words", NULL, "^[^ ]+( [^ ]+){2,7}$", NULL},
	{"faker.markdown.raw.BoldWord", NULL, "^[*]{2}[^*]+[*]{2}$", NULL},
	{"faker.markdown.raw.ItalicWord", NULL, "^[*][^*]+[*]$", NULL},
	{"faker.markdown.raw.Link", NULL, "^[[][^]]+[]][(]https://example[.]com/[a-z0-9]+[)]$",
		NULL},
	{"faker.markdown.raw.BulletPoints", NULL, "^- [^\n]+\n- ", NULL},
	{"faker.markdown.raw.BlockQuoteSingleLine", NULL, "^> [^\n]+$", NULL},
	{"faker.name.raw.FirstName", NULL, ".", given},
	{"faker.number.raw.Digit", NULL, "^[0-9]$", NULL},
	{"semantic.us.ssn", NULL,
		"^9[0-9]{2}-(0[1-9]|[1-4][0-9]|6[6-9]|89|93)-(000[1-9]|00[1-9]|0[1-9]|[1-9])",
		NULL},
	{"semantic.us.itin", NULL, "^9[0-9]{2}-(5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])-[0-9]{4}$",
		NULL},
	{"semantic.us.ein", NULL, "^(0[789]|1[789]|2[89]|49|69|7[089]|89|9[67])-[0-9]{7}$", NULL},
	{"semantic.us.routing_number", NULL, "^(1[3-9]|20)[0-9]{7}$", aba},
	{"semantic.us.phone", NULL, "^[(][2-9][0-9]{2}[)] 555-01[0-9]{2}", NULL},
	{"semantic.us.zip", NULL, "^[0-9]{5}$", NULL},
	{"semantic.us.plate", NULL, "^[A-HJ-NPR-Z]{3}-[0-9]{4}$", NULL},
	{"faker.phone_number.raw.CellNumber", "en_US", "^[(][2-9][0-9]{2}[)] 555-01[0-9]{2}$",
		NULL},
	{"faker.phone_number.raw.PhoneNumber", "en_US",
		"^[(][2-9][0-9]{2}[)] 555-01[0-9]{2}( x[0-9]+)?$", NULL},
};

static const struct shape *shape;
static regex_t regex;
static const struct gen_op *now;
static int wrong;
static uint32_t most_chars;

static void check_value(const struct vec *v, uint32_t i)
{
	struct vtext t = v->v.t[i];
	char s[4096];
	bool ok;

	if (v->type != VT_TEXT && v->type != VT_RAW)
		return;
	ok = t.n > 0 && t.n < sizeof(s) && utf8_valid(t.p, t.n) && utf8_len(t.p, t.n) <= most_chars;
	if (ok && shape != NULL) {
		memcpy(s, t.p, t.n);
		s[t.n] = '\0';
		ok = regexec(&regex, s, 0, NULL, 0) == 0 && (!shape->holds || shape->holds(s));
	}
	if (!ok && wrong++ < 20)
		fprintf(stderr, "%s, %s: \"%.*s\"\n", now->id, locale, (int)t.n, t.p);
}

static void shape_of(const struct gen_op *op)
{
	const char *id = op->alias_of != NULL ? op->alias_of : op->id;

	shape = NULL;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (strcmp(shapes[i].id, id) == 0 &&
			(shapes[i].locale == NULL || strcmp(shapes[i].locale, locale) == 0))
			shape = &shapes[i];
	if (shape != NULL)
		CHECK(regcomp(&regex, shape->regex, REG_EXTENDED | REG_NOSUB) == 0);
}

/* ---- the walk -------------------------------------------------------------------------------- */

static bool is_faker(const struct gen_op *op)
{
	return strncmp(op->id, "faker.", 6) == 0 || op->alias_of != NULL ||
	       (strncmp(op->id, "semantic.us.", 12) == 0 && (op->families & GF_TEXT) != 0);
}

/* A column of text: prepared, or refused in words. */
static void on_text(const struct gen_op *op, int32_t chars, bool unique)
{
	struct gen_fix f;

	if (chars < 0)
		fix_column(&f, PG_TEXT, -1);
	else
		fix_column(&f, PG_VARCHAR, chars + 4);
	most_chars = chars < 0 ? UINT32_MAX : (uint32_t)chars;
	f.c.locale = locale;
	f.c.unique = f.c.distinct = unique;
	f.c.rows = unique ? 2 : 1000;
	fix_example(&f, op);
	if (fix_prepare(&f, op->id) == -1) {
		CHECK(f.e.kind == ERR_NO && strncmp(f.e.msg, op->id, strlen(op->id)) == 0);
		if (chars < 0 || chars >= 255)
			fprintf(stderr, "%s\n", f.e.msg);
		CHECK(chars >= 0 && chars < 255);
	} else {
		uint64_t doubles = fix_doubles(&f, check_value);

		if (unique && doubles > 0)
			fprintf(stderr, "%s, %s, %d: doubles\n", op->id, locale, (int)chars);
		CHECK(!unique || doubles == 0);
	}
	fix_free(&f);
}

/* The same on the other types it says that it fills. */
static void on_types(const struct gen_op *op)
{
	static const struct {
		unsigned family;
		enum pg_class cls;
		const char *name;
	} on[] = {
		{GF_BOOL, PG_BOOL, "bool"},
		{GF_INT, PG_INT4, "int4"},
		{GF_INT, PG_INT8, "int8"},
		{GF_NUM, PG_NUMERIC, "numeric"},
		{GF_FLOAT, PG_FLOAT8, "float8"},
		{GF_DATE, PG_DATE, "date"},
		{GF_TIME, PG_TIME, "time"},
		{GF_TS, PG_TIMESTAMP, "timestamp"},
		{GF_TS, PG_TIMESTAMPTZ, "timestamptz"},
		{GF_RAW, PG_OTHER, "inet"},
		{GF_RAW, PG_OTHER, "macaddr"},
		{GF_RAW, PG_OTHER, "interval"},
	};
	uint32_t filled = 0;

	shape = NULL;
	for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++) {
		struct gen_fix f;

		if ((op->families & on[i].family) == 0)
			continue;
		fix_column(&f, on[i].cls, -1);
		f.type.name = on[i].name;
		f.c.locale = locale;
		most_chars = UINT32_MAX;
		fix_example(&f, op);
		if (fix_prepare(&f, op->id) == 0) {
			(void)fix_doubles(&f, check_value);
			filled++;
		} else {
			CHECK(f.e.kind == ERR_NO && on[i].family == GF_RAW);
		}
		fix_free(&f);
	}
	CHECK(filled > 0 || (op->families & ~(unsigned)GF_TEXT) == 0);
}

static void every_id_in_every_locale(void)
{
	static const int32_t widths[] = {1, 2, 5, 8, 20, 255};
	struct arena a = ARENA_INIT;
	size_t n, ids = 0, aliases = 0;
	const struct gen_op *const *all = genreg_list(&a, &n);

	for (size_t i = 0; all != NULL && i < n; i++) {
		if (!is_faker(now = all[i]))
			continue;
		ids += strncmp(now->id, "faker.", 6) == 0;
		aliases += now->alias_of != NULL;
		CHECK(now->alias_of == NULL || genreg_find(now->alias_of) != NULL);
		for (size_t k = 0; k < locale_count(); k++) {
			locale = locale_at(k)->name;
			shape_of(now);
			on_text(now, -1, false);
			on_text(now, -1, true);
			if (shape != NULL)
				regfree(&regex);
			shape = NULL;
			for (size_t w = 0; now->alias_of == NULL && w < 6; w++)
				on_text(now, widths[w], w % 2 == 0);
			on_types(now);
		}
	}
	CHECK(ids == 108 && aliases == 57);
	CHECK(wrong == 0);
	arena_free(&a);
}

int main(void)
{
	every_id_in_every_locale();
	return check_done();
}
