/* SPDX-License-Identifier: MIT */
/*
 * What is known of files, by what the kernel says of them: device and inode, size,
 * and the times of the last change. Each write and each change of the name sets the
 * time that cannot be set by hand (st_ctime), but only to the kernel's tick, which is
 * some milliseconds long. So a file that was changed in the tick in which it was mapped
 * is not remembered: it could be changed again within that tick. Git's index has the
 * same care, and calls such entries racy.
 */
#include "common/io/file_memo.h"

enum { BUCKETS = 64 };

struct known {
	struct known *next;
	struct file_id id;
	void *what;
};

struct file_memo {
	struct arena *a;
	struct known *bucket[BUCKETS]; /* by inode */
};

struct file_memo *file_memo_new(struct arena *a)
{
	struct file_memo *m = arena_alloc(a, sizeof(*m));

	if (m != NULL)
		m->a = a;
	return m;
}

static bool same(const struct file_id *x, const struct file_id *y)
{
	return x->dev == y->dev && x->ino == y->ino && x->size == y->size &&
	       x->modified == y->modified && x->changed == y->changed;
}

const void *file_memo_get(const struct file_memo *m, const struct file_id *id)
{
	const struct known *k = m == NULL || !id->settled ? NULL : m->bucket[id->ino % BUCKETS];

	while (k != NULL && !same(&k->id, id))
		k = k->next;
	return k == NULL ? NULL : k->what;
}

void *file_memo_put(struct file_memo *m, const struct file_id *id, size_t n)
{
	struct known *k;

	if (m == NULL || !id->settled || (k = arena_alloc(m->a, sizeof(*k))) == NULL ||
		(k->what = arena_alloc(m->a, n)) == NULL)
		return NULL;
	k->id = *id;
	k->next = m->bucket[id->ino % BUCKETS];
	return (m->bucket[id->ino % BUCKETS] = k)->what;
}
