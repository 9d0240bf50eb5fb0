/* SPDX-License-Identifier: MIT */
/*
 * to_char() of timestamps (formatting.c of PostgreSQL), for constant formats of the common fields,
 * quoted texts and what is no letter.  Other letters and suffixes (TH, TM) are not covered.
 */
#include "common/sql/sql_comp.h"

#include <stdio.h>
#include <string.h>

#include "common/base/calendar.h"

/* A moment taken apart. */
struct moment {
	struct cal_fields f;
	int64_t day;
};

/* A field: its text at ${to}; returns how many bytes. ${fm}: without padding. */
typedef int put_field(char *to, const struct moment *m, bool fm);

enum { ROOM = 32, MOST = 64 };

static int number(char *to, int64_t v, int width, bool fm)
{
	return snprintf(to, ROOM, "%0*lld", fm ? 0 : width, (long long)v);
}

/* A year as it is written: 44 BC is 44. */
static int64_t written(int64_t year)
{
	return year > 0 ? year : 1 - year;
}

static int hour12(const struct moment *m)
{
	return m->f.hour % 12 == 0 ? 12 : m->f.hour % 12;
}

static int64_t iso_year(const struct moment *m)
{
	int64_t year;

	(void)cal_isoweek(m->day, &year);
	return year;
}

static int64_t iso_week(const struct moment *m)
{
	int64_t year;

	return cal_isoweek(m->day, &year);
}

#define NUMBER(name, value, width)                                                                 \
	static int put_##name(char *to, const struct moment *m, bool fm)                           \
	{                                                                                          \
		return number(to, value, width, fm);                                               \
	}

NUMBER(yyyy, written(m->f.date.year), 4)
NUMBER(yy, written(m->f.date.year) % 100, 2)
NUMBER(iyyy, written(iso_year(m)), 4)
NUMBER(mm, m->f.date.month, 2)
NUMBER(dd, m->f.date.day, 2)
NUMBER(ddd, cal_yearday(m->day), 3)
NUMBER(d, cal_weekday(m->day) + 1, 1)
NUMBER(id, (cal_weekday(m->day) + 6) % 7 + 1, 1)
NUMBER(iw, iso_week(m), 2)
NUMBER(ww, (cal_yearday(m->day) - 1) / 7 + 1, 2)
NUMBER(w, (m->f.date.day - 1) / 7 + 1, 1)
NUMBER(q, (m->f.date.month - 1) / 3 + 1, 1)
NUMBER(hh24, m->f.hour, 2)
NUMBER(hh12, hour12(m), 2)
NUMBER(mi, m->f.minute, 2)
NUMBER(ss, m->f.second, 2)
NUMBER(ms, m->f.usec / 1000, 3)
NUMBER(us, m->f.usec, 6)

/* How a word is written: as the format's own letters are. */
enum { CAPITAL, UPPER, LOWER, LONG = 9 };

static int word(char *to, const char *s, int letters, int form, bool fm)
{
	int n = snprintf(to, ROOM, "%.*s", letters, s);

	for (int i = 0; i < n; i++)
		if (form == UPPER && to[i] >= 'a')
			to[i] = (char)(to[i] - 'a' + 'A');
		else if (form == LOWER && to[i] < 'a')
			to[i] = (char)(to[i] - 'A' + 'a');
	while (letters == LONG && !fm && n < LONG)
		to[n++] = ' ';
	return n;
}

static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"};
static const char *const days[] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

#define WORD(name, list, at, letters, form)                                                        \
	static int put_##name(char *to, const struct moment *m, bool fm)                           \
	{                                                                                          \
		return word(to, list[at], letters, form, fm);                                      \
	}
#define MONTH m->f.date.month - 1
#define DAY   cal_weekday(m->day)

WORD(month, months, MONTH, LONG, LOWER)
WORD(Month, months, MONTH, LONG, CAPITAL)
WORD(MONTH_, months, MONTH, LONG, UPPER)
WORD(mon, months, MONTH, 3, LOWER)
WORD(Mon, months, MONTH, 3, CAPITAL)
WORD(MON, months, MONTH, 3, UPPER)
WORD(day, days, DAY, LONG, LOWER)
WORD(Day, days, DAY, LONG, CAPITAL)
WORD(DAY_, days, DAY, LONG, UPPER)
WORD(dy, days, DAY, 3, LOWER)
WORD(Dy, days, DAY, 3, CAPITAL)
WORD(DY, days, DAY, 3, UPPER)

/* Numbers are named in either case, words in that in which they are written; longer names first. */
static const struct {
	const char *name;
	bool exact;
	put_field *put;
} fields[] = {{"YYYY", false, put_yyyy}, {"YY", false, put_yy}, {"IYYY", false, put_iyyy},
	{"MONTH", true, put_MONTH_}, {"Month", true, put_Month}, {"month", true, put_month},
	{"MON", true, put_MON}, {"Mon", true, put_Mon}, {"mon", true, put_mon},
	{"DAY", true, put_DAY_}, {"Day", true, put_Day}, {"day", true, put_day},
	{"DY", true, put_DY}, {"Dy", true, put_Dy}, {"dy", true, put_dy}, {"HH24", false, put_hh24},
	{"HH12", false, put_hh12}, {"HH", false, put_hh12}, {"DDD", false, put_ddd},
	{"DD", false, put_dd}, {"MM", false, put_mm}, {"MI", false, put_mi}, {"MS", false, put_ms},
	{"SSSS", false, NULL}, {"SS", false, put_ss}, {"US", false, put_us}, {"IW", false, put_iw},
	{"IDDD", false, NULL}, {"ID", false, put_id}, {"WW", false, put_ww}, {"W", false, put_w},
	{"Q", false, put_q}, {"D", false, put_d}};

struct step {
	put_field *put; /* NULL: a text */
	bool fm;
	const char *text;
	uint32_t n;
};

struct format {
	struct step step[MOST];
	uint32_t n;
	size_t room; /* bytes, at most */
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether the name stands at ${p} in small letters. */
static bool is_lower(const char *p, const char *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != (name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]))
			return false;
	return true;
}

/* The field whose name begins at ${p}; its length in *n.  NULL: there is none, or it is not
 * covered. */
static put_field *field_at(const char *p, size_t left, size_t *n)
{
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		*n = strlen(fields[i].name);
		if (*n <= left && (memcmp(p, fields[i].name, *n) == 0 ||
					  (!fields[i].exact && is_lower(p, fields[i].name, *n))))
			return fields[i].put;
	}
	return NULL;
}

/* One more step; returns the bytes it takes of the format, 0: it is not covered. */
static size_t read_step(struct format *f, const char *p, size_t left)
{
	struct step *s = &f->step[f->n++];
	const char *end;
	size_t n = 0;

	*s = (struct step){.put = NULL, .text = p, .n = 1};
	if (*p == '"') {
		end = memchr(p + 1, '"', left - 1);
		if (end == NULL || memchr(p, '\\', (size_t)(end - p)) != NULL)
			return 0;
		s->text = p + 1;
		s->n = (uint32_t)(end - p - 1);
		f->room += s->n;
		return s->n + 2;
	}
	f->room += ROOM;
	if (!is_letter(*p))
		return *p != '\\';
	if (left > 2 && strncasecmp(p, "FM", 2) == 0) {
		s->fm = true;
		n = 2;
	}
	s->put = field_at(p + n, left - n, &left);
	n += left;
	if (s->put == NULL || strncasecmp(p + n, "TH", 2) == 0)
		return 0;
	return n;
}

static struct sql_node *prepare(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	const struct sql_node *k = x->args[1];
	struct format *f = arena_alloc(c->a, sizeof(*f));
	const char *text;
	size_t n, used;

	if (f == NULL)
		return sql_oom(c, st);
	if (k->op != SQL_CONST || sql_null(&k->cval, 0))
		return sql_refuse(c, st, "to_char() by a format that is not a constant");
	n = k->cval.v.t[0].n;
	if (n == 0)
		return sql_refuse(c, st, "to_char() by an empty format");
	if ((text = arena_strndup(c->a, n > 0 ? k->cval.v.t[0].p : "", n)) == NULL)
		return sql_oom(c, st);
	for (size_t at = 0; at < n; at += used)
		if (f->n == MOST || (used = read_step(f, text + at, n - at)) == 0)
			return sql_refuse(c, st, "to_char() by this format");
	x->aux = f;
	return x;
}

static void to_char(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const struct format *f = x->aux;

	SQL_EACH(i)
	{
		int64_t ts = SQL_I(0, i);
		char *to, *p;
		struct moment m;

		if (!cal_ts_finite(ts)) {
			out->null[i] = 1;
			continue;
		}
		m = (struct moment){cal_fields(ts), cal_ts_day(ts)};
		if ((to = p = sql_alloc(ev, f->room + ROOM)) == NULL)
			return;
		for (uint32_t k = 0; k < f->n; k++) {
			const struct step *s = &f->step[k];

			if (s->put != NULL) {
				p += s->put(p, &m, s->fm);
			} else {
				memcpy(p, s->text, s->n);
				p += s->n;
			}
		}
		out->v.t[i] = (struct vtext){to, (size_t)(p - to)};
	}
}

static const struct sql_fn rows[] = {
	{"to_char", {PG_TIMESTAMP, PG_TEXT}, 2, PG_TEXT, 0, 0, to_char, prepare},
	{"to_char", {PG_TIMESTAMPTZ, PG_TEXT}, 2, PG_TEXT, 0, 0, to_char, prepare},
};

const struct sql_fn_table sql_fns_to_char = {rows, sizeof rows / sizeof rows[0]};
