/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_JSONSCHEMA_H
#define PLAN_CHECK_JSONSCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "stages/plan-check/issue.h"

/*
 * jsonschema: Draft 7, for the rules a house may have for its plans: all keywords but
 * if/then/else, dependencies, contains, propertyNames and references to other files.  What
 * cannot be understood is refused, never passed over.
 */

/** jsonschema_compile(schema, is): that it is a schema we understand; if not, one issue
 *  schema_validation_error for each thing that is wrong, and false. */
bool jsonschema_compile(json_t *schema, struct issues *is);

/** jsonschema_check(schema, value, is): one issue schema_violation for each violation. */
void jsonschema_check(json_t *schema, json_t *value, struct issues *is);

#endif
