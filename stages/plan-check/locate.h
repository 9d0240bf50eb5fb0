/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_LOCATE_H
#define PLAN_CHECK_LOCATE_H

#include <stddef.h>

#include "common/base/str.h"

/*
 * locate: where the value of a JSON pointer begins in the text.  When it is not there, the
 * closest thing around it that is.  One pass over the text before it: for the error path.
 * Text that is not JSON gives some place inside it.
 */

/** locate_offset(text, pointer): in bytes. */
size_t locate_offset(struct view text, const char *pointer);

/** locate(text, pointer, line, col): both count from 1, columns in code points. */
void locate(struct view text, const char *pointer, unsigned *line, unsigned *col);

#endif
