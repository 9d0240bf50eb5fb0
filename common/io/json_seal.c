/* SPDX-License-Identifier: MIT */
#include "common/io/json_seal.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/digest.h"
#include "common/base/err.h"
#include "common/io/json.h"
#include "common/io/json_read.h"

static const char member[] = "digest";

/* Of all members but that one. */
static int digest_of(const json_t *o, char hex[2 * SHA256_BYTES + 1], struct err *e)
{
	json_t *rest = json_copy((json_t *)(uintptr_t)o);
	char *text;

	(void)json_object_del(rest, member);
	text = json_dumps(rest, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);
	json_decref(rest);
	if (text == NULL)
		return err_nomem(e);
	digest_sha256_hex(text, strlen(text), hex);
	free(text);
	return 0;
}

int json_seal(struct jsonw *j, struct err *e)
{
	char hex[2 * SHA256_BYTES + 1];
	struct buf whole = BUF_INIT;
	json_t *o = NULL;
	int rc;

	buf_add(&whole, j->b->p, j->b->n);
	buf_addc(&whole, '}');
	if (!buf_ok(j->b) || !buf_ok(&whole))
		rc = err_nomem(e);
	else
		rc = (o = json_read_text(whole.p, whole.n, 0, NULL, e)) != NULL
			     ? digest_of(o, hex, e)
			     : -1;
	json_decref(o);
	buf_free(&whole);
	if (rc == 0)
		jw_kstr(j, member, hex);
	return rc;
}

int json_sealed(const json_t *o, struct err *e)
{
	const json_t *said = json_object_get(o, member);
	char hex[2 * SHA256_BYTES + 1];

	if (said == NULL)
		return 0;
	if (digest_of(o, hex, e) == -1)
		return -1;
	if (json_is_string(said) && strcmp(json_string_value(said), hex) == 0)
		return 0;
	return err_set(e, ERR_INPUT, "it was altered: its \"digest\" is not that of what it says");
}
