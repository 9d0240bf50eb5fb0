/* SPDX-License-Identifier: MIT */
/*
 * A rule that names a file becomes one that has the file's values: whatever
 * looks at the rule afterwards sees a list that might have been written into the
 * plan. Where it is from stays in the parameter "source".
 */
#include "stages/plan-check/lists.h"

#include <string.h>

#include "common/base/digest.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/io/file.h"
#include "common/snapshot/snap.h"
#include "stages/plan-check/csv.h"

#define FILE_LIMIT (64u << 20)
enum { VALUES_MAX = 1000000 };

/* A file that was read; several rules may name it. */
struct list_file {
	const char *name;
	struct csv csv;
	char digest[65];
	bool sound;
	struct list_file *next;
};

struct reading {
	const char *plan; /* where it is */
	struct list_file *files;
	struct issues *is;
	struct arena *a;
};

/* The path from where the plan is. */
static const char *beside(const struct reading *r, const char *name)
{
	const char *slash = strrchr(r->plan, '/');

	if (*name == '/' || slash == NULL)
		return name;
	return arena_printf(r->a, "%.*s/%s", (int)(slash - r->plan), r->plan, name);
}

/* The file, read once; one that cannot be read is told of once for each rule. */
static struct list_file *file_of(struct reading *r, const char *name, const char *at)
{
	struct err e = {.kind = ERR_NONE};
	struct buf b = BUF_INIT;
	struct list_file *f;
	const char *path = beside(r, name), *text;

	for (f = r->files; f != NULL; f = f->next)
		if (strcmp(f->name, name) == 0)
			return f;
	if (path == NULL || (f = arena_alloc(r->a, sizeof(*f))) == NULL) {
		r->is->failed = true;
		return NULL;
	}
	f->name = name;
	if (file_read(path, FILE_LIMIT, &b, &e) == -1) {
		issue_add(r->is, ISSUE_ERROR, "lookup_file", at,
			"the file is looked for from where the plan is", "cannot read %s: %s", name,
			e.msg);
		buf_free(&b);
		return f;
	}
	f->next = r->files;
	r->files = f;
	digest_sha256_hex(b.p == NULL ? "" : b.p, b.n, f->digest);
	text = arena_strndup(r->a, b.p == NULL ? "" : b.p, b.n);
	f->sound = text != NULL && csv_parse(&f->csv, (struct view){text, b.n}, r->a, &e) == 0;
	if (!f->sound)
		issue_add(r->is, ISSUE_ERROR, "lookup_file", at, NULL, "%s: %s", name,
			text != NULL ? e.msg : "out of memory");
	buf_free(&b);
	return f;
}

/* The column of the file that a parameter names; -1 with an issue. */
static int column_of(struct reading *r, const struct list_file *f, json_t *params, const char *key,
	const char *pp)
{
	const char *name = json_string_value(json_object_get(params, key));
	int at = name != NULL ? csv_column(&f->csv, name) : -1;

	if (name == NULL && f->csv.columns == 1)
		return 0;
	if (at >= 0)
		return at;
	if (name == NULL)
		issue_add(r->is, ISSUE_ERROR, "lookup_column", pp, NULL,
			"%s has %u columns: name one as \"column\"", f->name, f->csv.columns);
	else
		issue_add(r->is, ISSUE_ERROR, "lookup_column", issue_path(r->is, "%s/%s", pp, key),
			NULL,
			at == -1 ? "%s has no column \"%s\"" : "%s has several columns \"%s\"",
			f->name, name);
	return -1;
}

/* A weight is a number above 0; the first that is none is told of by its line. */
static json_t *weights_of(
	struct reading *r, const struct list_file *f, uint32_t column, const char *pp)
{
	json_t *list = json_array();
	bool told = false;

	for (uint32_t i = 0; list != NULL && i < f->csv.rows; i++) {
		struct view v = csv_cell(&f->csv, i, column);
		double w = 1;
		bool good = num_parse_f64(v.p, v.n, &w) && w > 0 && w <= 1e300;

		if (!good && !told)
			issue_add(r->is, ISSUE_ERROR, "lookup_weight",
				issue_path(r->is, "%s/weight_column", pp), NULL,
				"%s: weight %u is no number above 0", f->name, i + 1);
		told = told || !good;
		(void)json_array_append_new(list, json_real(good ? w : 1));
	}
	return list;
}

static json_t *values_of(const struct list_file *f, uint32_t column)
{
	json_t *list = json_array();

	for (uint32_t i = 0; list != NULL && i < f->csv.rows; i++) {
		struct view v = csv_cell(&f->csv, i, column);

		(void)json_array_append_new(list, json_stringn(v.p, v.n));
	}
	return list;
}

/* Puts values in place of the file's name. */
static void fill(struct reading *r, json_t *params, const char *pp)
{
	const char *name = json_string_value(json_object_get(params, "file"));
	const char *at = issue_path(r->is, "%s/file", pp);
	const struct list_file *f = file_of(r, name, at);
	bool weighted = json_object_get(params, "weight_column") != NULL;
	int column, weight = 0;
	char *source;

	if (f == NULL || !f->sound)
		return;
	if (f->csv.rows == 0 || f->csv.rows > VALUES_MAX) {
		issue_add(r->is, ISSUE_ERROR, "lookup_file", at, NULL,
			"%s has %u lines of values: it must have from 1 to %d", name, f->csv.rows,
			VALUES_MAX);
		return;
	}
	if ((column = column_of(r, f, params, "column", pp)) == -1 ||
		(weighted && (weight = column_of(r, f, params, "weight_column", pp)) == -1))
		return;
	source = arena_printf(r->a, "%s, column %.*s, SHA-256 %s", name, (int)f->csv.cell[column].n,
		f->csv.cell[column].p, f->digest);
	if (source == NULL ||
		json_object_set_new(params, "values", values_of(f, (uint32_t)column)) == -1 ||
		(weighted && json_object_set_new(params, "weights",
				     weights_of(r, f, (uint32_t)weight, pp)) == -1) ||
		json_object_set_new(params, "source", json_string(source)) == -1)
		r->is->failed = true;
	json_object_del(params, "file");
	json_object_del(params, "column");
	json_object_del(params, "weight_column");
}

/* The rule's generator, as an object or by its id alone. */
static void name_record(struct reading *r, json_t *rule, json_t *generator)
{
	json_t *id = json_string("record.lookup");

	if (id == NULL ||
		(json_is_object(generator) ? json_object_set_new(generator, "id", id)
					   : json_object_set_new(rule, "generator", id)) == -1)
		r->is->failed = true;
}

static void read_rule(struct reading *r, json_t *rule, size_t i)
{
	json_t *gen = json_object_get(rule, "generator"), *inner = json_object_get(gen, "params");
	bool has_inner = json_is_object(inner);
	json_t *params = has_inner ? inner : json_object_get(rule, "params");
	const char *id = json_string_value(json_is_object(gen) ? json_object_get(gen, "id") : gen);
	const char *pp = issue_path(r->is, "/rules/%zu%s/params", i, has_inner ? "/generator" : "");

	if (id == NULL || !json_is_object(params) ||
		(strcmp(id, "primitive.lookup") != 0 && strcmp(id, "record.lookup") != 0))
		return;
	if (json_is_string(json_object_get(params, "file")) &&
		json_object_get(params, "values") == NULL)
		fill(r, params, pp);
	if (json_is_string(json_object_get(params, "record")) &&
		strcmp(id, "primitive.lookup") == 0)
		name_record(r, rule, gen);
}

int lists_read(json_t *plan, const char *path, struct issues *is, struct arena *a)
{
	struct reading r = {.plan = path, .is = is, .a = a};
	json_t *rules = json_object_get(plan, "rules"), *rule;
	size_t i;

	json_array_foreach(rules, i, rule) read_rule(&r, rule, i);
	return is->failed ? -1 : 0;
}
