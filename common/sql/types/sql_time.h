/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_TIME_H
#define COMMON_SQL_TIME_H

#include "common/sql/sql_int.h"

/*
 * sql_time: date and interval arithmetic, in UTC.  What can leave PostgreSQL's range
 * returns false.
 */

enum sql_unit {
	SQL_U_USEC,
	SQL_U_MSEC,
	SQL_U_SECOND,
	SQL_U_MINUTE,
	SQL_U_HOUR,
	SQL_U_DAY,
	SQL_U_WEEK,
	SQL_U_MONTH,
	SQL_U_QUARTER,
	SQL_U_YEAR,
	SQL_U_DECADE,
	SQL_U_CENTURY,
	SQL_U_MILLENNIUM,
	SQL_U_DOW, /* from here: extract() only */
	SQL_U_ISODOW,
	SQL_U_DOY,
	SQL_U_ISOYEAR,
	SQL_U_EPOCH,
	SQL_U_NONE
};

/** sql_unit_named(p, n): the field of that name, or SQL_U_NONE. */
enum sql_unit sql_unit_named(const char *p, size_t n);

/** sql_midnight(day, ts): of a date; false beyond the timestamps. */
bool sql_midnight(int64_t day, int64_t *ts);

bool sql_ivl_add(struct sql_ivl *r, const struct sql_ivl *a, const struct sql_ivl *b);
bool sql_ivl_neg(struct sql_ivl *r, const struct sql_ivl *a);

/** sql_ts_add(ts, iv, out): months first (the last of a shorter month), then days, then time. */
bool sql_ts_add(int64_t ts, const struct sql_ivl *iv, int64_t *out);

/** sql_ts_trunc(u, ts, out): date_trunc; ${u} up to SQL_U_MILLENNIUM. */
bool sql_ts_trunc(enum sql_unit u, int64_t ts, int64_t *out);

/** sql_ts_age(a, b, iv): age(a, b) of finite timestamps. */
void sql_ts_age(int64_t a, int64_t b, struct sql_ivl *iv);

#endif
