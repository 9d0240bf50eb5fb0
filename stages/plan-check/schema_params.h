/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_SCHEMA_PARAMS_H
#define PLAN_CHECK_SCHEMA_PARAMS_H

#include <jansson.h>
#include <stdbool.h>

#include "common/generators/param.h"

/**
 * schema_params(spec, lax): the JSON Schema of a map of parameters: what gen_check_params() takes.
 * ${lax}: unknown and mistyped ones are let pass, as of lenient generators in plans before 0.3. The
 * caller has it; NULL when memory is out.
 */
json_t *schema_params(const struct gen_param *spec, bool lax);

/** schema_refer(name): {"$ref": "#/definitions/NAME"}. */
json_t *schema_refer(const char *name);

/** schema_needs_params(spec): whether one of them has to be given. */
bool schema_needs_params(const struct gen_param *spec);

#endif
