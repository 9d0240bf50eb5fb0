/* SPDX-License-Identifier: MIT */
#include "stages/eval/sense.h"

#include <math.h>
#include <string.h>

#include "common/base/err.h"
#include "stages/eval/audit_int.h"

/* Of the values of a column, and of numbers of children, nothing is said where there are fewer:
 * what looks odd there may be chance.  A child born before its parent is never chance. */
enum { LEAST = 20 };

typedef unsigned long long llu;

static int out_of_memory(int rc, struct err *e)
{
	return rc == -1 ? err_nomem(e) : 0;
}

/* ---- time ----------------------------------------------------------------------------------- */

static int ask_births(struct audit *u, const struct audit_table *t, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < t->nfks; i++) {
		const struct audit_fk *f = &t->fks[i];
		const struct pg_table *parent;

		if (f->fan.early == 0)
			continue;
		parent = u->plan->tables[f->parent].table;
		rc = findings_warn(u->findings, "child_before_parent", f->rule->path,
			"give the column derive.after_parent, or derive.moment with the parent's "
			"column in \"after\"",
			"%llu of %llu rows%s: %s lies before the parent's %s", (llu)f->fan.early,
			(llu)f->fan.compared, f->fan.exact ? "" : " of a sample of parents",
			t->plan->table->columns[t->birth].name,
			parent->columns[u->tables[f->parent].birth].name);
	}
	return out_of_memory(rc, e);
}

static int ask_order(struct audit *u, const struct audit_table *t, struct err *e)
{
	const struct pg_column *cols = t->plan->table->columns;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < t->npairs; i++) {
		const struct event_pair *p = &t->pairs[i];

		if (p->wrong > 0)
			rc = findings_warn(u->findings, "events_out_of_order",
				audit_path(u, t->plan->table, &p->then, 1),
				"derive the later column from the earlier one",
				"%llu of %llu rows: it lies before %s", (llu)p->wrong, (llu)p->both,
				cols[p->first].name);
	}
	return out_of_memory(rc, e);
}

static int ask_today(struct audit *u, const struct audit_table *t, struct err *e)
{
	uint32_t col = (uint32_t)t->birth;

	if (t->born_late == 0)
		return 0;
	return out_of_memory(
		findings_warn(u->findings, "born_after_today",
			audit_path(u, t->plan->table, &col, 1),
			"let the column end at the day of global.as_of, or set that to a later one",
			"%llu of %llu rows came to be after the day that the plan calls today",
			(llu)t->born_late, (llu)t->rows),
		e);
}

/* ---- columns -------------------------------------------------------------------------------- */

/* A row is deleted where its flag is true, or where its date is known. */
static int ask_deleted(struct audit *u, const struct audit_table *t, uint32_t col, struct err *e)
{
	const struct pg_column *c = &t->plan->table->columns[col];
	const struct profile_column *p = &t->profile.columns[col];
	uint64_t gone = audit_class(c) == PG_BOOL ? p->trues : p->values;

	if (!event_is_removal(c) || gone * 2 <= t->rows)
		return 0;
	return out_of_memory(
		findings_warn(u->findings, "mostly_deleted", audit_path(u, t->plan->table, &col, 1),
			"give the column a null_rate, or weights, of its own",
			"%llu of %llu rows are deleted", (llu)gone, (llu)t->rows),
		e);
}

/* Bars, medians and texts are looked at in a sample where a table has many rows. */
static const char *where_sampled(const struct profile_column *p)
{
	return p->sampled < p->values ? " in a sample" : "";
}

/* Whether a column may well have one value in nearly all its rows. */
static bool may_be_one(const struct audit_table *t, uint32_t col)
{
	static const char *const asked[] = {
		"primitive.constant", "primitive.shares", "primitive.choice", "primitive.default"};
	const struct pg_column *c = &t->plan->table->columns[col];
	const struct plan_column *p = &t->plan->columns[col];

	if (audit_class(c) == PG_BOOL || c->deflt != NULL || p->source != PLAN_GENERATOR)
		return true;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		if (strcmp(p->gen, asked[i]) == 0)
			return true;
	return false;
}

static int ask_one_value(struct audit *u, const struct audit_table *t, uint32_t col, struct err *e)
{
	const struct profile_column *p = &t->profile.columns[col];

	if (p->sampled < LEAST || p->mode * 100 <= p->sampled * 95 || may_be_one(t, col))
		return 0;
	return out_of_memory(
		findings_warn(u->findings, "one_value", audit_path(u, t->plan->table, &col, 1),
			"give the column a generator with more values, or a default",
			"one value is in %u %% of the rows that have one%s",
			p->mode * 100 / p->sampled, where_sampled(p)),
		e);
}

/* Whether letters at random are what the column is for: keys, codes, digests. */
static bool is_code(const struct pg_column *c, const struct plan_column *p)
{
	static const char *const stems[] = {"_hash", "_digest", "_md5", "_sha_", "_sha1", "_sha2",
		"_sha5", "_checksum", "_token", "_key_", "_keys_", "_chave", "_secret", "_segredo",
		"_senha", "_passw", "_pwd", "_salt", "_cod", "_sku", "_nsu", "_serial", "_etag",
		"_rastre", "_track", "_uuid", "_guid", "_session", "_sessao", "_signature",
		"_assinatura", "_fingerprint", "_nonce", "_otp_", "_barcode", "_ean_", "_ean13",
		"_gtin", "_jwt", "_iban", "_bic_", "_swift", "_pix_", "_ref_"};
	static const char *const families[] = {"semantic.security.", "semantic.code."};
	char words[EVENT_WORDS];

	event_words(c->name, words);
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++)
		if (strstr(words, stems[i]) != NULL)
			return true;
	for (size_t i = 0; p->gen != NULL && i < sizeof(families) / sizeof(families[0]); i++)
		if (strncmp(p->gen, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}

static int ask_random(struct audit *u, const struct audit_table *t, uint32_t col, struct err *e)
{
	const struct profile_column *p = &t->profile.columns[col];

	if (p->judged < LEAST || p->judged * 2 <= p->sampled || p->unlike * 2 <= p->judged ||
		is_code(&t->plan->table->columns[col], &t->plan->columns[col]))
		return 0;
	return out_of_memory(
		findings_warn(u->findings, "random_text", audit_path(u, t->plan->table, &col, 1),
			"give the column a generator of texts: datalchemy generators "
			"lists them",
			"%u %% of its texts%s are unlike words: their letters look drawn at "
			"random",
			p->unlike * 100 / p->judged, where_sampled(p)),
		e);
}

/* Where half of a column's values lie, by a word of its name; the first that the name contains
 * decides.  A number of something, and a number for each of something, are not that thing:
 * "rating_count" is no rating, and "visits_per_month" is no month. */
static const struct {
	const char *word;
	double least, most;
} usual[] = {
	{"_count_", -INFINITY, INFINITY},
	{"_total_", -INFINITY, INFINITY},
	{"_sum_", -INFINITY, INFINITY},
	{"_soma_", -INFINITY, INFINITY},
	{"_num_", -INFINITY, INFINITY},
	{"_number_", -INFINITY, INFINITY},
	{"_numero_", -INFINITY, INFINITY},
	{"_id_", -INFINITY, INFINITY},
	{"_per_", -INFINITY, INFINITY},
	{"_por_", -INFINITY, INFINITY},
	{"_days_", -INFINITY, INFINITY},
	{"_dias_", -INFINITY, INFINITY},
	{"_hours_", -INFINITY, INFINITY},
	{"_horas_", -INFINITY, INFINITY},
	{"_minutes_", -INFINITY, INFINITY},
	{"_minutos_", -INFINITY, INFINITY},
	{"_seconds_", -INFINITY, INFINITY},
	{"_segundos_", -INFINITY, INFINITY},
	{"_qty_", 0, 1000},
	{"_qtd_", 0, 1000},
	{"_qtde_", 0, 1000},
	{"_quantity_", 0, 1000},
	{"_quantidade_", 0, 1000},
	{"_age_", 0, 110},
	{"_idade_", 0, 110},
	{"_percent_", 0, 100},
	{"_percentage_", 0, 100},
	{"_percentual_", 0, 100},
	{"_pct_", 0, 100},
	{"_latitude_", -90, 90},
	{"_longitude_", -180, 180},
	{"_rating_", 0, 10},
	{"_stars_", 0, 5},
	{"_month_", 1, 12},
	{"_mes_", 1, 12},
	{"_year_", 1900, 2100},
	{"_ano_", 1900, 2100},
	{"_price_", 0, 1000000},
	{"_preco_", 0, 1000000},
	{"_weight_kg_", 0, 1000},
	{"_peso_kg_", 0, 1000},
};

static bool is_number(const struct pg_column *c)
{
	enum pg_class cls = audit_class(c);

	return cls == PG_INT2 || cls == PG_INT4 || cls == PG_INT8 || cls == PG_NUMERIC ||
	       cls == PG_FLOAT4 || cls == PG_FLOAT8;
}

static int ask_number(struct audit *u, const struct audit_table *t, uint32_t col, struct err *e)
{
	const struct pg_column *c = &t->plan->table->columns[col];
	const struct profile_column *p = &t->profile.columns[col];
	const size_t n = sizeof(usual) / sizeof(usual[0]);
	char words[EVENT_WORDS];
	size_t i = 0;

	if (p->sampled < LEAST || !is_number(c))
		return 0;
	event_words(c->name, words);
	while (i < n && strstr(words, usual[i].word) == NULL)
		i++;
	if (i == n || (p->median >= usual[i].least && p->median <= usual[i].most))
		return 0;
	return out_of_memory(
		findings_warn(u->findings, "implausible_number",
			audit_path(u, t->plan->table, &col, 1),
			"give the column a range, or a CHECK",
			"half of its values%s lie beyond what its name suggests: %.0f to %.0f",
			where_sampled(p), usual[i].least, usual[i].most),
		e);
}

/* ---- fan-out ----------------------------------------------------------------------------------
 */

/* Whether the plan asks for one number of children. */
static bool may_be_constant(const struct audit_table *t, const struct audit_fk *f)
{
	for (uint32_t i = 0; i < t->plan->nfks; i++) {
		const struct plan_fk *p = &t->plan->fks[i];

		if (&t->plan->table->cons[p->con] == f->rule->of.con)
			return p->fan.min > 0 && p->fan.min == p->fan.max;
	}
	return false;
}

static int ask_fans(struct audit *u, const struct audit_table *t, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < t->nfks; i++) {
		const struct fan *f = &t->fks[i].fan;

		if (!f->known || f->parents < LEAST || f->most < 2 || f->least != f->most ||
			may_be_constant(t, &t->fks[i]))
			continue;
		rc = findings_warn(u->findings, "constant_fan_out", t->fks[i].rule->path,
			"a relationship rule with children_per_parent gives it a distribution",
			"every parent%s has exactly %llu children", f->exact ? "" : " of a sample",
			(llu)f->most);
	}
	return out_of_memory(rc, e);
}

/* ---- all --------------------------------------------------------------------------------------
 */

static int ask_column(struct audit *u, const struct audit_table *t, uint32_t col, struct err *e)
{
	if (!t->profile.columns[col].read || t->rows < LEAST)
		return 0;
	if (ask_deleted(u, t, col, e) == -1 || ask_one_value(u, t, col, e) == -1 ||
		ask_random(u, t, col, e) == -1)
		return -1;
	return ask_number(u, t, col, e);
}

int sense_all(struct audit *u, struct err *e)
{
	for (uint32_t i = 0; i < u->nmade; i++) {
		const struct audit_table *t = u->by_name[i];

		if (ask_births(u, t, e) == -1 || ask_order(u, t, e) == -1 ||
			ask_today(u, t, e) == -1 || ask_fans(u, t, e) == -1)
			return -1;
		for (uint32_t c = 0; c < t->nwritten; c++)
			if (ask_column(u, t, t->written[c], e) == -1)
				return -1;
	}
	return 0;
}
