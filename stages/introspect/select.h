/* SPDX-License-Identifier: MIT */
#ifndef INTROSPECT_SELECT_H
#define INTROSPECT_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/schema/schema.h"
#include "stages/introspect/keyspec.h"

struct err;
struct pg;

/*
 * select: which tables of the database are meant, by the patterns of --tables and --exclude, and of
 * which ones the keys of existing rows are read, when --keys does not list them but says auto, all
 * or filled.
 *
 * A pattern is a glob over SCHEMA.TABLE; without a dot, over the table's name.  The tables meant
 * are those that a --tables pattern matches (all, without one), and the parents that their foreign
 * keys refer to, less those that an --exclude pattern matches.  With auto, a referenced table that
 * was excluded, was not asked for, or is reserved stays if it has rows: children refer to these,
 * and its own parents are not needed.  With all, so do the rows of the tables meant: rows are added
 * to them.  With filled, a table that was meant and has rows is left alone, as if it were excluded.
 */
enum select_keys { KEYS_LISTED, KEYS_AUTO, KEYS_ALL, KEYS_FILLED };

struct selection {
	const char *const *tables, *const *exclude;
	size_t ntables, nexclude;
	enum select_keys keys;
	struct keyspec *specs; /* unless KEYS_LISTED: the tables whose keys are to be read */
	uint32_t nspecs;
	const char **notes; /* lines: each table that nobody named and that is there, ... */
	uint32_t nnotes;
};

/**
 * select_tables(x, pg, s, a, e):
 * Leave in ${s}, which is read but not bound yet, the tables that are meant, and fill x->specs and
 * x->notes.  Which tables have rows is asked of ${pg}.  A pattern that matches no table is
 * ERR_INPUT.
 */
int select_tables(
	struct selection *x, struct pg *pg, struct schema *s, struct arena *a, struct err *e);

#endif
