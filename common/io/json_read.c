/* SPDX-License-Identifier: MIT */
#include "common/io/json_read.h"

#include "common/base/err.h"
#include "common/io/file.h"

json_t *json_read_text(const char *p, size_t n, size_t flags, json_error_t *je, struct err *e)
{
	json_error_t here;
	json_t *j;

	je = je != NULL ? je : &here;
	j = json_loadb(p != NULL ? p : "", n, flags, je);
	if (j == NULL)
		(void)err_set(e, ERR_INPUT, "line %d: %s", je->line, je->text);
	return j;
}

int json_read_file(const char *path, size_t flags, json_t **out, struct err *e)
{
	struct mapfile m;
	int there = file_exists(path, e);

	*out = NULL;
	if (there != 1)
		return there;
	if (mapfile_open(&m, path, e) == -1)
		return -1;
	*out = json_read_text((const char *)m.p, m.n, flags, NULL, e);
	mapfile_close(&m);
	return *out != NULL ? 1 : err_wrap(e, "%s", path);
}

const char *json_text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}
