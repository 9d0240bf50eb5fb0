/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STAGE_HELP_H
#define COMMON_STAGE_HELP_H

#include <stdio.h>

/*
 * stage_help: the page a stage prints about itself, made from its declaration.
 */

struct stage;

/** stage_help(s, out): usage, purpose, options, files, examples, exit status. */
void stage_help(const struct stage *s, FILE *out);

#endif
