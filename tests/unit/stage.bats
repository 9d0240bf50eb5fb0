#!/usr/bin/env bats

load ../lib/common

demo() {
	run --separate-stderr "$UNIT/stage" "$@"
	# shellcheck disable=SC2154
	all="$output$stderr"
}

setup() {
	bats_require_minimum_version 1.5.0
}

@test "stage: options in every form, arguments between them" {
	demo -r x --jobs=4 one --rows 2.5e4 -s -tc.a --table c.b two
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "run=x conn=- jobs=4 rows=25000 strict=1 args=one,two" ]
	[ "${lines[1]}" = "table=c.a" ]
	[ "${lines[2]}" = "table=c.b" ]
}

@test "stage: letters of flags may stand together, and -- ends the options" {
	demo -snj 3 -- --run
	[ "$output" = "run=- conn=- jobs=3 rows=0 strict=1 args=--run,-" ]
	[ "$stderr" = "demo: warning: noisy" ]
}

# refuses MESSAGE ARG...: status 2, nothing on stdout, one line on stderr
refuses() {
	local say=$1
	shift
	demo "$@"
	[ "$status" -eq 2 ] || fail "$* gave $status: $all"
	[ -z "$output" ]
	[ "$stderr" = "demo: $say" ] || fail "$stderr"
}

@test "stage: what is wrong with the arguments is one line and status 2" {
	refuses "unknown option --tabel (did you mean --table?)" --tabel x
	refuses "unknown option --whatever (see --help)" --whatever
	refuses "unknown option -q (see --help)" -q
	refuses "--run: DIR is missing" --run
	refuses "--run: given twice" --run a --run b
	refuses "--strict: takes no value" --strict=yes
	refuses "--jobs: not a whole number: many" --jobs many
	refuses "--jobs: not a whole number: -1" --jobs=-1
	refuses "--jobs: not a whole number: 0.5" --jobs 0.5
	refuses "--jobs: too large: 5G" --jobs 5G
	refuses "--rows: not a whole number: 18446744073709551616" --rows 18446744073709551616
	refuses "unexpected argument three (see --help)" one two three
	refuses "unexpected argument (a connection string: use --conn) (see --help)" \
		1 2 postgres://u:secret@h/d
}

@test "stage: the exit status follows the kind of the error" {
	demo --fail no
	[ "$status" -eq 1 ]
	demo --fail input
	[ "$status" -eq 2 ]
	demo --fail temp
	[ "$status" -eq 75 ]
	[ "$stderr" = "demo: told to" ]
}

@test "stage: --help and --version print to stdout and do nothing else" {
	demo --help
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	says "usage: demo [--run DIR] [ARG [ARG]]" "Say what was given." \
		"  -r, --run DIR    run directory" "      --conn URL   database" \
		"                   else DATABASE_URL" "  -h, --help       print this page" \
		"Reads" "Writes" "Examples" "  75  temporary"
	[[ "$output" != *"run=-"* ]]
	demo --version
	[ "$status" -eq 0 ]
	[[ "$output" =~ ^demo\ \(datalchemy\)\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "stage: a connection string is used, and gone from the process list" {
	[[ $BIN != *valgrind* ]] || skip "ps shows valgrind's own copy"
	demo --ps --conn postgres://u:secret@h/d
	[[ "${lines[0]}" == *"conn=postgres://u:secret@h/d"* ]]
	[[ "${lines[1]}" == *"--conn xxx"* ]]
	[[ "${lines[1]}" != *secret* ]]
	demo --ps "--conn=host=h password=secret"
	[[ "${lines[0]}" == *"password=secret"* ]]
	[[ "${lines[1]}" == *"--conn=xxx"* && "${lines[1]}" != *secret* ]]
	demo --ps --conn "service=quiet"
	[[ "${lines[1]}" != *quiet* ]]
}

@test "stage: results that cannot be written are a temporary error" {
	run bash -c '"$UNIT/stage" >/dev/full'
	expect 75
	says "demo: write results: No space left on device"
}

@test "stage: a reader that goes away is no error" {
	run bash -c '"$UNIT/stage" | true; echo "${PIPESTATUS[0]}"'
	[ "$output" = 0 ]
}

@test "stage: an option's old name works, with a warning, and is shown nowhere" {
	run "$UNIT/stage" --workers 3
	expect 0
	says 'demo: warning: --workers is called --jobs now' 'jobs=3'
	run "$UNIT/stage" --workers 3 -j 4
	refused 2 '--jobs: given twice'
	run "$UNIT/stage" --worker 3
	refused 2 'unknown option --worker (see --help)'
	run "$UNIT/stage" --help
	[[ "$output" != *workers* || "$output" == *'workers at once'* ]] || fail "$output"
	[[ "$output" != *--workers* ]] || fail "$output"
}

@test "stage: it does not begin when the pipeline that called it is gone" {
	DATALCHEMY_PARENT=$BASHPID run "$UNIT/stage"
	expect 75
	[ -z "$output" ]
	# shellcheck disable=SC2016
	run bash -c 'DATALCHEMY_PARENT=$$ "$UNIT/stage"; echo $?'
	says run=- 0
}
