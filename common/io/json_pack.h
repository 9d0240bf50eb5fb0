/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_PACK_H
#define COMMON_JSON_PACK_H

#include <jansson.h>
#include <msgpack.h>

#include "common/base/arena.h"

/**
 * json_pack_value(v, a): a JSON value as msgpack, the members of objects sorted by key; all of it
 * is in ${a}.  NULL when memory is out.
 */
const msgpack_object *json_pack_value(json_t *v, struct arena *a);

#endif
