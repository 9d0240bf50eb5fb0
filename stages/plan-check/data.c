/* SPDX-License-Identifier: MIT */
/*
 * --data DIR: lists of the user's own over those that are compiled in. They are
 * read into the plan, so that generators on other machines need no DIR and agree.
 * A table must have the columns of the compiled one, in whatever order: generators
 * look for them by name.
 */
#include "stages/plan-check/data.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/generators/locale.h"
#include "common/io/file.h"

#define FILE_LIMIT (16u << 20)
enum { CELLS_MAX = 32, WEIGHT_MAX = 1000000000 };

/* A file as it is read: the JSON of a list, and what its lines have. */
struct reading {
	const char *path;
	const struct locale_list *like; /* the compiled list, or NULL */
	bool table, forms;
	unsigned line;
	uint32_t columns, weight_at; /* weight_at: counted from 1; 0: none */
	uint32_t place[CELLS_MAX];   /* of a cell of a line, among the columns of the list */
	json_t *column[CELLS_MAX], *weights, *seen;
	struct arena *a;
	struct err *e;
};

static int bad(struct reading *r, const char *why)
{
	return err_set(r->e, ERR_INPUT, "%s:%u: %s", r->path, r->line, why);
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* Cuts a line at its tabs; how many cells, or -1 for too many. */
static int cells_of(struct view line, struct view *to)
{
	int n = 0;

	for (const char *p = line.p, *end = line.p + line.n;; n++) {
		const char *tab = memchr(p, '\t', (size_t)(end - p));

		if (n == CELLS_MAX)
			return -1;
		to[n] = (struct view){p, (size_t)((tab != NULL ? tab : end) - p)};
		if (tab == NULL)
			return n + 1;
		p = tab + 1;
	}
}

static bool is_clean(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] < ' ' || v.p[i] == 0x7f)
			return false;
	return v.n == 0 || (v.p[0] != ' ' && v.p[v.n - 1] != ' ');
}

/* The names of the columns: all that the compiled table has, and perhaps the weight. */
static int read_header(struct reading *r, const struct view *cell, int n)
{
	uint32_t found = 0;

	for (int i = 0; i < n; i++) {
		char *name = arena_strndup(r->a, cell[i].p, cell[i].n);
		uint32_t k = 0;

		if (name == NULL)
			return err_nomem(r->e);
		if (strcmp(name, "weight") == 0) {
			r->weight_at = (uint32_t)i + 1;
			continue;
		}
		while (k < r->columns && strcmp(r->like->columns[k], name) != 0)
			k++;
		if (k == r->columns)
			return bad(r, "a column that the compiled list does not have");
		r->place[i] = k;
		found++;
	}
	return found == r->columns ? 0 : bad(r, "a column of the compiled list is missing");
}

static int read_weight(struct reading *r, struct view v)
{
	uint64_t w = 0;

	if (!num_parse_u64(v.p, v.n, &w) || w > WEIGHT_MAX || (w == 0 && !r->forms))
		return bad(r, r->forms ? "a weight is a whole number from 0 to 1000000000"
				       : "a weight is a whole number from 1 to 1000000000");
	return json_array_append_new(r->weights, json_integer((json_int_t)w));
}

/* An entry: its cells go to the columns they are of, and its weight beside them. */
static int read_entry(struct reading *r, const struct view *cell, int n)
{
	int want = (int)r->columns + (r->weight_at > 0), at = 0;
	struct buf key = BUF_INIT;
	int rc = 0;

	if (r->table ? n != want : n < (int)r->columns || n > (int)r->columns + 1)
		return bad(r, "it has more or fewer cells than it should");
	for (int i = 0; rc == 0 && i < (r->table ? n : (int)r->columns); i++) {
		if (r->table && i + 1 == (int)r->weight_at)
			continue;
		if (!is_clean(cell[i]) || (at == 0 && cell[i].n == 0))
			rc = bad(r, "it is empty, or has a blank at an end or a control character");
		buf_add(&key, cell[i].p, cell[i].n);
		buf_addc(&key, '\t');
		(void)json_array_append_new(r->column[r->table ? r->place[i] : (uint32_t)i],
			json_stringn(cell[i].p, cell[i].n));
		at++;
	}
	if (rc == 0 && buf_ok(&key) && json_object_get(r->seen, key.p) != NULL)
		rc = bad(r, "the entry is there before");
	if (rc == 0 && (!buf_ok(&key) || json_object_set_new(r->seen, key.p, json_true()) == -1))
		rc = err_nomem(r->e);
	buf_free(&key);
	if (rc == -1)
		return -1;
	if (r->table ? r->weight_at > 0 : n > (int)r->columns)
		return read_weight(r, cell[r->table ? (int)r->weight_at - 1 : n - 1]);
	return json_array_append_new(r->weights, json_integer(1));
}

static int read_lines(struct reading *r, struct view text)
{
	bool headed = !r->table;

	for (const char *p = text.p, *end = text.p + text.n; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		struct view line = {p, (size_t)((stop != NULL ? stop : end) - p)}, cell[CELLS_MAX];
		int n = cells_of(line, cell);

		r->line++;
		p = stop != NULL ? stop + 1 : end;
		if (line.n >= 2 && memcmp(line.p, "# ", 2) == 0)
			continue;
		if (n == -1)
			return bad(r, "too many cells");
		if ((headed ? read_entry(r, cell, n) : read_header(r, cell, n)) == -1)
			return r->e->kind != ERR_NONE ? -1 : err_nomem(r->e);
		headed = true;
	}
	return json_array_size(r->column[0]) > 0 ? 0 : bad(r, "it has no entries");
}

/* ---- files ------------------------------------------------------------------------------------
 */

/* The list as the plan has it. */
static json_t *list_of(struct reading *r)
{
	json_t *list = json_object(), *cells = json_array(), *names = json_array();

	for (uint32_t i = 0; i < r->columns; i++) {
		(void)json_array_extend(cells, r->column[i]);
		if (r->like != NULL && r->like->columns != NULL)
			(void)json_array_append_new(names, json_string(r->like->columns[i]));
	}
	if (json_array_size(names) > 0)
		(void)json_object_set(list, "columns", names);
	(void)json_object_set_new(list, "cells", cells);
	(void)json_object_set(list, "weights", r->weights);
	json_decref(names);
	return list;
}

static int read_file(struct reading *r, json_t **list)
{
	struct buf b = BUF_INIT;
	int rc = file_read(r->path, FILE_LIMIT, &b, r->e);

	*list = NULL;
	r->weights = json_array();
	r->seen = json_object();
	for (uint32_t i = 0; i < r->columns; i++)
		r->column[i] = json_array();
	if (rc == 0 && !utf8_valid(b.p == NULL ? "" : b.p, b.n))
		rc = err_set(r->e, ERR_INPUT, "%s: it is not UTF-8", r->path);
	if (rc == 0)
		rc = read_lines(r, (struct view){b.p == NULL ? "" : b.p, b.n});
	if (rc == 0 && (*list = list_of(r)) == NULL)
		rc = err_nomem(r->e);
	for (uint32_t i = 0; i < r->columns; i++)
		json_decref(r->column[i]);
	json_decref(r->seen);
	json_decref(r->weights);
	buf_free(&b);
	return rc;
}

/* The names of the lists that a locale has, for the warning. */
static const char *known(const struct locale *l, struct arena *a)
{
	const char *text = "";

	for (; l != NULL; l = l->rest)
		for (uint32_t i = 0; text != NULL && i < l->nlists; i++)
			text = arena_printf(
				a, "%s%s%s", text, *text != '\0' ? ", " : "", l->lists[i].name);
	return text != NULL ? text : "";
}

/* One file of a locale's folder; others than lists are left alone. */
static int read_list(struct check *c, const struct locale *l, const char *folder, const char *file,
	json_t *to, struct err *e)
{
	const char *dot = strrchr(file, '.');
	bool table = dot != NULL && strcmp(dot, ".tsv") == 0;
	char *name = dot != NULL ? arena_strndup(c->a, file, (size_t)(dot - file)) : NULL;
	struct reading r = {.a = c->a, .e = e, .table = table, .columns = 1};
	json_t *list;

	if (dot == NULL || (!table && strcmp(dot, ".txt") != 0))
		return 0;
	r.path = arena_printf(c->a, "%s/%s", folder, file);
	if (name == NULL || r.path == NULL)
		return err_nomem(e);
	if ((r.like = locale_list(l, name)) == NULL) {
		issue_add(&c->is, ISSUE_WARNING, "unknown_list", "/", known(l, c->a),
			"--data: locale %s has no list \"%s\": it is not used", l->name, name);
		return 0;
	}
	r.forms = strcmp(name, "forms") == 0;
	r.columns = r.like->ncolumns;
	if (table != (r.like->columns != NULL && !r.forms))
		return err_set(e, ERR_INPUT, "%s: the list is a %s", r.path,
			table ? "text: NAME.txt" : "table: NAME.tsv");
	if (read_file(&r, &list) == -1)
		return -1;
	return json_object_set_new(to, name, list) == -1 ? err_nomem(e) : 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The files of a locale's folder, if there is one. */
static int read_folder(
	struct check *c, const char *dir, const struct locale *l, json_t *to, struct err *e)
{
	const char *folder = arena_printf(c->a, "%s/%s", dir, l->name);
	struct dirent **file = NULL;
	json_t *lists = json_object();
	int n, rc = 0;

	if (folder == NULL || lists == NULL)
		return err_nomem(e);
	n = scandir(folder, &file, NULL, by_name);
	if (n == -1 && errno != ENOENT)
		rc = err_sys(e, "%s", folder);
	for (int i = 0; i < n; i++) {
		if (rc == 0 && file[i]->d_name[0] != '.')
			rc = read_list(c, l, folder, file[i]->d_name, lists, e);
		free(file[i]);
	}
	free(file);
	if (rc == 0 && json_object_size(lists) > 0 && json_object_set(to, l->name, lists) == -1)
		rc = err_nomem(e);
	json_decref(lists);
	return rc;
}

/* A folder in DIR that is no locale's would be ignored in silence. */
static int check_folders(const char *dir, struct err *e)
{
	struct dirent **file = NULL;
	int n = scandir(dir, &file, NULL, by_name), rc = 0;

	if (n == -1)
		return err_sys(e, "--data: %s", dir);
	for (int i = 0; i < n; i++) {
		bool found = file[i]->d_name[0] == '.' || file[i]->d_type == DT_REG;

		for (size_t k = 0; !found && locale_all[k] != NULL; k++)
			found = strcmp(locale_all[k]->name, file[i]->d_name) == 0;
		if (rc == 0 && !found)
			rc = err_set(
				e, ERR_INPUT, "--data: there is no locale \"%s\"", file[i]->d_name);
		free(file[i]);
	}
	free(file);
	return rc;
}

int data_read(struct check *c, const char *dir, struct err *e)
{
	json_t *data = json_object();
	int rc = check_folders(dir, e);

	for (size_t i = 0; rc == 0 && locale_all[i] != NULL; i++)
		rc = read_folder(c, dir, locale_all[i], data, e);
	if (rc == 0 && json_object_size(data) > 0) {
		c->data = check_pack(c, data);
		c->locales = c->data != NULL ? locale_unpack(c->data, c->a) : NULL;
		rc = c->locales != NULL ? 0 : err_nomem(e);
	}
	json_decref(data);
	return rc;
}
