/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RUN_STAGE_H
#define COMMON_RUN_STAGE_H

#include "common/run/run.h"
#include "common/stage/stage.h"

/*
 * run_stage: the options gen-parents and gen-children have in common.
 */
enum { RUN_STAGE_OPTS = 14 };

/** run_stage_opts(o, opts): the options that fill ${o}. */
void run_stage_opts(struct run_options *o, struct opt opts[RUN_STAGE_OPTS]);

#define RUN_STAGE_USAGE                                                                            \
	"--run DIR [--table SCHEMA.TABLE | --level L] [--shard I,A-B | --shard I/N |\n"            \
	"--slice FROM:COUNT] [--out FILE] [--jobs N] [--format csv|text|binary|jsonl|sql]\n"       \
	"[--header first|each|none] [--compress zstd[:LEVEL]] [--list WHICH] [--force]"

#endif
