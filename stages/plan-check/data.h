/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DATA_H
#define PLAN_CHECK_DATA_H

#include "stages/plan-check/check.h"

/**
 * data_read(c, dir, e): the lists of DIR/LOCALE/NAME.txt and NAME.tsv, which generators use in
 * place of those that are compiled in: c->data and c->locales.  Files have the format of
 * common/data/README.md; one that has not is an error (ERR_INPUT) with its line.  A list that no
 * locale has is a warning.
 */
int data_read(struct check *c, const char *dir, struct err *e);

#endif
