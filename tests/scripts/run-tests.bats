#!/usr/bin/env bats
# What counts the tests is a program too.

load ../lib/common

# suite NAME LINE...: a suite; bats would take a line that starts with @test for one of ours
suite() {
	printf '%s\n' '#!/usr/bin/env bats' "${@:2}" | sed 's/^%/@test/' >"$BATS_TEST_TMPDIR/$1.bats"
}

count() {
	run "$ROOT/scripts/run-tests" "$BATS_TEST_TMPDIR"
}

@test "run-tests: counts what passed, ends with the line that says so" {
	suite a '% "one" { true; }'
	suite b '% "two" { true; }' '% "three" { skip "for no reason"; }'
	count
	expect 0
	[ "${lines[-1]}" = '2 passed, 0 failed' ]
	[ "${lines[-2]}" = '1 skipped' ]
}

@test "run-tests: one failure is a failure, named at the end" {
	suite a '% "one" { true; }' '% "two" { false; }'
	count
	expect 1
	[ "${lines[-1]}" = '1 passed, 1 failed' ]
	[[ "${lines[-2]}" == *'not ok'*two ]]
}

@test "run-tests: a suite that dies before its tests counts, and so does no test at all" {
	suite a 'setup_file() { false; }' '% "one" { true; }'
	count
	expect 1
	[[ "${lines[-1]}" =~ ^0\ passed,\ [1-9] ]]
	rm "$BATS_TEST_TMPDIR/a.bats"
	count
	expect 1
	[ "${lines[-1]}" = '0 passed, 1 failed' ]
	says 'no test was run'
	suite a '% "one" { skip "for no reason"; }'
	count
	expect 1
	[ "${lines[-1]}" = '0 passed, 1 failed' ]
}

@test "run-tests: one suite at a time is as good as two" {
	suite a '% "one" { true; }'
	suite b '% "two" { true; }'
	TEST_JOBS=1 count
	expect 0
	[ "${lines[-1]}" = '2 passed, 0 failed' ]
}
