#!/usr/bin/env bats

load ../lib/common

@test "calendar: every day of PostgreSQL's range, known dates, and text both ways" {
	run_unit calendar
}
