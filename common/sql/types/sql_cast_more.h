/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_CAST_MORE_H
#define COMMON_SQL_CAST_MORE_H

#include "common/sql/sql_int.h"

/* Kernels of casts, for the table in sql_cast.c. */

/** sql_cast_via_iso: a date or timestamp from a text that ISO 8601 would write so, in UTC;
 * PostgreSQL reads other forms too, which fail the row as a limit of ours. */
sql_kernel sql_cast_via_iso;

/** sql_cast_json_to_num, _int, _bool: of jsonb that is a number, or true or false. */
sql_kernel sql_cast_json_to_num, sql_cast_json_to_int, sql_cast_json_to_bool;

#endif
