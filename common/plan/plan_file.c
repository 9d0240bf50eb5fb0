/* SPDX-License-Identifier: MIT */
/*
 * The plan's file: a snapshot whose body is the document that plan_pack.c
 * writes. The document is copied out of the file's mapping, so that the file
 * can be closed. A plan that would not change is not written again, and so
 * nothing that depends on it is remade.
 */
#include "common/plan/plan.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/base/digest.h"
#include "common/base/err.h"
#include "common/io/msgpack.h"
#include "common/snapshot/snap.h"

/*
 * A copy that does not depend on the mapping. The depth was bounded by
 * mp_check() when the file was opened.
 */
static int copy(msgpack_object *to, const msgpack_object *from, struct arena *a)
{
	*to = *from;
	switch (from->type) {
	case MSGPACK_OBJECT_STR:
		to->via.str.ptr = arena_strndup(a, from->via.str.ptr, from->via.str.size);
		return to->via.str.ptr == NULL ? -1 : 0;
	case MSGPACK_OBJECT_ARRAY:
		to->via.array.ptr =
			arena_array(a, (size_t)from->via.array.size + 1, sizeof(msgpack_object));
		if (to->via.array.ptr == NULL)
			return -1;
		for (uint32_t i = 0; i < from->via.array.size; i++)
			if (copy(&to->via.array.ptr[i], &from->via.array.ptr[i], a) == -1)
				return -1;
		return 0;
	case MSGPACK_OBJECT_MAP:
		to->via.map.ptr =
			arena_array(a, (size_t)from->via.map.size + 1, sizeof(msgpack_object_kv));
		if (to->via.map.ptr == NULL)
			return -1;
		for (uint32_t i = 0; i < from->via.map.size; i++)
			if (copy(&to->via.map.ptr[i].key, &from->via.map.ptr[i].key, a) == -1 ||
				copy(&to->via.map.ptr[i].val, &from->via.map.ptr[i].val, a) == -1)
				return -1;
		return 0;
	case MSGPACK_OBJECT_BIN:
	case MSGPACK_OBJECT_EXT: /* no member of a plan is one: drop what points outside */
		to->type = MSGPACK_OBJECT_NIL;
		return 0;
	default:
		return 0;
	}
}

/*
 * The plan of a run. A file that is not there is an error that names the stage
 * that makes it.
 */
int plan_read(
	struct plan *p, const char *path, const struct schema *s, struct arena *a, struct err *e)
{
	struct snap snap;
	msgpack_object doc;
	int rc;

	if (access(path, F_OK) == -1 && errno == ENOENT)
		return err_set(
			e, ERR_INPUT, "%s is missing: run plan-check first, which makes it", path);
	if (snap_open(&snap, path, "plan", SNAP_FULL, e) == -1)
		return -1;
	rc = copy(&doc, &snap.body, a);
	snap_close(&snap);
	if (rc == -1)
		return err_nomem(e);
	return plan_from_doc(p, &doc, s, a, e) == -1 ? err_wrap(e, "%s", path) : 0;
}

/* whether ${path} is this plan already */
static bool unchanged(const char *path, const struct buf *body, const char *fingerprint)
{
	char old[65], new[65];
	struct snap snap;
	struct err e;
	struct view print;
	bool same;

	if (snap_open(&snap, path, "plan", SNAP_FULL, &e) == -1)
		return false;
	print = mp_get_view(&snap.header, "schema_fingerprint");
	digest_sha256_hex(body->p, body->n, new);
	same = snap_body_digest(&snap, old, &e) == 0 && strcmp(old, new) == 0 &&
	       view_eq(print, view_of(fingerprint));
	snap_close(&snap);
	return same;
}

/* Writes the plan, unless the file is the same already. */
int plan_write(const char *path, const struct buf *body, const char *fingerprint, struct err *e)
{
	struct buf header = BUF_INIT;
	struct snapw *w;
	int rc = -1;

	if (unchanged(path, body, fingerprint))
		return 0;
	mp_kstr(&header, "schema_fingerprint", fingerprint);
	if (!buf_ok(&header))
		err_nomem(e);
	else if ((w = snapw_open(path, "plan", 1, &header, body, e)) != NULL)
		rc = snapw_commit(w, 0, NULL, e);
	buf_free(&header);
	return rc;
}
