/* SPDX-License-Identifier: MIT */
#include "stages/eval/events.h"

#include <string.h>

#include "common/base/calendar.h"

#define BIT(event) (1u << (event))

/* Beginnings of words, each with the "_" before it; the first that a name contains decides.  Those
 * of the future, and those that tell of other rows, come first: "data_prevista_entrega" is no
 * delivery. */
static const struct {
	const char *stem;
	enum event event;
} stems[] = {
	{"_due", EVENT_NONE},
	{"_expir", EVENT_NONE},
	{"_venc", EVENT_NONE},
	{"_valid", EVENT_NONE},
	{"_previs", EVENT_NONE},
	{"_estim", EVENT_NONE},
	{"_expect", EVENT_NONE},
	{"_schedul", EVENT_NONE},
	{"_agend", EVENT_NONE},
	{"_plan", EVENT_NONE},
	{"_next", EVENT_NONE},
	{"_prox", EVENT_NONE},
	{"_trial", EVENT_NONE},
	{"_prazo", EVENT_NONE},
	{"_deadline", EVENT_NONE},
	{"_until", EVENT_NONE},
	{"_target", EVENT_NONE},
	{"_last", EVENT_NONE},
	{"_ultim", EVENT_NONE},
	{"_first", EVENT_NONE},
	{"_primeir", EVENT_NONE},
	{"_nasc", EVENT_BORN},
	{"_birth", EVENT_BORN},
	{"_born", EVENT_BORN},
	{"_dob", EVENT_BORN},
	{"_updat", EVENT_UPDATED},
	{"_modif", EVENT_UPDATED},
	{"_atualiz", EVENT_UPDATED},
	{"_alterad", EVENT_UPDATED},
	{"_changed", EVENT_UPDATED},
	{"_exclusiv", EVENT_NONE},
	{"_deletabl", EVENT_NONE},
	{"_removabl", EVENT_NONE},
	{"_removiv", EVENT_NONE},
	{"_delet", EVENT_DELETED},
	{"_exclu", EVENT_DELETED},
	{"_remov", EVENT_DELETED},
	{"_apagad", EVENT_DELETED},
	{"_cancel", EVENT_CANCELLED},
	{"_creat", EVENT_CREATED},
	{"_criad", EVENT_CREATED},
	{"_criac", EVENT_CREATED},
	{"_cadastr", EVENT_CREATED},
	{"_insert", EVENT_CREATED},
	{"_inclus", EVENT_CREATED},
	{"_incluid", EVENT_CREATED},
	{"_regist", EVENT_CREATED},
	{"_signup", EVENT_CREATED},
	{"_signed_up", EVENT_CREATED},
	{"_paid", EVENT_PAID},
	{"_pago", EVENT_PAID},
	{"_paga", EVENT_PAID},
	{"_payment", EVENT_PAID},
	{"_shipped", EVENT_SHIPPED},
	{"_ship_", EVENT_SHIPPED},
	{"_dispatch", EVENT_SHIPPED},
	{"_envi", EVENT_SHIPPED},
	{"_despach", EVENT_SHIPPED},
	{"_deliver", EVENT_DELIVERED},
	{"_entreg", EVENT_DELIVERED},
	{"_end_", EVENT_ENDED},
	{"_ended", EVENT_ENDED},
	{"_ends", EVENT_ENDED},
	{"_finish", EVENT_ENDED},
	{"_complet", EVENT_ENDED},
	{"_conclu", EVENT_ENDED},
	{"_fim", EVENT_ENDED},
	{"_termin", EVENT_ENDED},
	{"_closed", EVENT_ENDED},
	{"_fecha", EVENT_ENDED},
	{"_encerr", EVENT_ENDED},
	{"_resol", EVENT_ENDED},
	{"_start", EVENT_STARTED},
	{"_inici", EVENT_STARTED},
	{"_began", EVENT_STARTED},
	{"_begin", EVENT_STARTED},
	{"_order", EVENT_ORDERED},
	{"_pedido", EVENT_ORDERED},
	{"_issue", EVENT_ORDERED},
	{"_emiti", EVENT_ORDERED},
	{"_emiss", EVENT_ORDERED},
	{"_opened", EVENT_ORDERED},
	{"_abert", EVENT_ORDERED},
	{"_request", EVENT_ORDERED},
	{"_solicit", EVENT_ORDERED},
	{"_submitted", EVENT_ORDERED},
	{"_placed", EVENT_ORDERED},
};

/* What cannot come before an event. */
static const unsigned after[EVENTS] = {
	[EVENT_BORN] = ~BIT(EVENT_BORN) & ~BIT(EVENT_NONE),
	[EVENT_CREATED] = BIT(EVENT_PAID) | BIT(EVENT_SHIPPED) | BIT(EVENT_DELIVERED) |
			  BIT(EVENT_UPDATED) | BIT(EVENT_CANCELLED) | BIT(EVENT_DELETED),
	[EVENT_ORDERED] = BIT(EVENT_PAID) | BIT(EVENT_SHIPPED) | BIT(EVENT_DELIVERED) |
			  BIT(EVENT_ENDED) | BIT(EVENT_CANCELLED) | BIT(EVENT_DELETED),
	[EVENT_STARTED] = BIT(EVENT_ENDED),
	[EVENT_SHIPPED] = BIT(EVENT_DELIVERED),
};

static bool has_dates(const struct pg_column *c)
{
	enum pg_class cls = pg_base_of(c->type, c->typmod).type->cls;

	return cls == PG_DATE || cls == PG_TIMESTAMP || cls == PG_TIMESTAMPTZ;
}

void event_words(const char *name, char to[static EVENT_WORDS])
{
	size_t n = 0;

	to[n++] = '_';
	for (size_t i = 0; name[i] != '\0' && n + 3 < EVENT_WORDS; i++) {
		char c = name[i];
		bool capital = c >= 'A' && c <= 'Z';

		if (capital && i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z')
			to[n++] = '_';
		if (capital)
			c = (char)(c - 'A' + 'a');
		to[n++] = c == ' ' || c == '-' || c == '.' ? '_' : c;
	}
	to[n++] = '_';
	to[n] = '\0';
}

static enum event event_named(const char *name)
{
	char words[EVENT_WORDS];

	event_words(name, words);
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++)
		if (strstr(words, stems[i].stem) != NULL)
			return stems[i].event;
	return EVENT_NONE;
}

enum event event_of(const struct pg_column *c)
{
	return has_dates(c) ? event_named(c->name) : EVENT_NONE;
}

bool event_is_removal(const struct pg_column *c)
{
	enum pg_class cls = pg_base_of(c->type, c->typmod).type->cls;

	return (cls == PG_BOOL || has_dates(c)) && event_named(c->name) == EVENT_DELETED;
}

int event_birth(const struct pg_table *t)
{
	int birth = -1;

	for (uint32_t i = t->ncolumns; i-- > 0;)
		if (event_of(&t->columns[i]) == EVENT_ORDERED)
			birth = (int)i;
	for (uint32_t i = t->ncolumns; i-- > 0;)
		if (event_of(&t->columns[i]) == EVENT_CREATED)
			birth = (int)i;
	return birth;
}

int64_t event_time(const struct vec *v, uint32_t i)
{
	const int64_t day = INT64_C(86400000000);

	if (v == NULL || vec_is_null(v, i))
		return EVENT_NO_TIME;
	if (v->type == VT_DATE)
		return cal_date_finite(v->v.i[i]) ? v->v.i[i] * day : EVENT_NO_TIME;
	if ((v->type == VT_TS || v->type == VT_TSTZ) && cal_ts_finite(v->v.i[i]))
		return v->v.i[i];
	return EVENT_NO_TIME;
}

uint64_t event_after(const struct vec *v, int64_t day)
{
	uint64_t n = 0;

	for (uint32_t i = 0; v != NULL && i < v->n; i++) {
		int64_t when = event_time(v, i);

		n += when != EVENT_NO_TIME && cal_ts_day(when) > day;
	}
	return n;
}

bool event_before(int64_t x, int64_t y, bool days)
{
	return days ? cal_ts_day(x) < cal_ts_day(y) : x < y;
}

struct event_pair *event_pairs(const struct pg_table *t, uint32_t *n, struct arena *a)
{
	struct event_pair *p = NULL;

	*n = 0;
	for (int pass = 0; pass < 2; pass++) { /* counted, then listed */
		if (pass == 1 && (p = arena_array(a, *n + 1, sizeof(*p))) == NULL)
			return NULL;
		*n = 0;
		for (uint32_t x = 0; x < t->ncolumns; x++)
			for (uint32_t y = 0; y < t->ncolumns; y++) {
				enum event first = event_of(&t->columns[x]);

				if ((after[first] & BIT(event_of(&t->columns[y]))) == 0)
					continue;
				if (p != NULL)
					p[*n] = (struct event_pair){.first = x, .then = y};
				++*n;
			}
	}
	return p;
}

void event_see(struct event_pair *p, uint32_t n, const struct vec *const *cols, uint32_t rows)
{
	for (uint32_t k = 0; k < n; k++) {
		const struct vec *x = cols[p[k].first], *y = cols[p[k].then];

		if (x == NULL || y == NULL)
			continue;
		p[k].days = x->type == VT_DATE || y->type == VT_DATE;
		for (uint32_t i = 0; i < rows; i++) {
			int64_t from = event_time(x, i), to = event_time(y, i);

			if (from == EVENT_NO_TIME || to == EVENT_NO_TIME)
				continue;
			p[k].both++;
			p[k].wrong += event_before(to, from, p[k].days);
		}
	}
}
