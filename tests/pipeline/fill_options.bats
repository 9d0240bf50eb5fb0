#!/usr/bin/env bats
# The options of datalchemy fill and run: what is wrong is said before anything is made.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
	pg_db t
	sql 'CREATE TABLE hosts (id int PRIMARY KEY); CREATE TABLE items (id int PRIMARY KEY, host int NOT NULL REFERENCES hosts);
		CREATE SCHEMA more; CREATE TABLE more.items (id int PRIMARY KEY)' >/dev/null
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

fill() {
	"$ROOT/scripts/datalchemy" fill "$@"
}

@test "a wrong option is refused with the right one, and nothing is made" {
	for bad in '--dryrun|unknown option --dryrun: did you mean --dry-run?' '--table x|did you mean --tables?' '--row=3|did you mean --rows?' \
		'--nothing-alike|unknown option --nothing-alike: see' '--rows|--rows needs a value' '--rows --quiet|--rows needs a value' \
		'--preview -3|--preview: "-3" is not a number' '--preview=x|--preview: "x" is not a number' '--quiet=1|--quiet takes no value' \
		'--format xml|--format: "xml" is not one of binary, text, csv' '--compress gz|--compress: "gz" is not one of' \
		'--triggers maybe|--triggers: "maybe" is not one of' '--jobs none|--jobs: "none" is not a number above 0' \
		'--seed -1|--seed: "-1" is not an integer' '--as-of 1.1.2020|--as-of: "1.1.2020" is not a date' '--null-rate much|--null-rate: "much" is not a number from 0 to 1' \
		'--ddl x|--ddl is an option of datalchemy run'; do
		read -ra args <<<"${bad%%|*}"
		run fill "${args[@]}"
		refused 2 "${bad#*|}"
	done
	[ -z "$(ls)" ] || fail "$(ls)"
}

@test "every option is in --help, and --help names no other" {
	for verb in fill run; do
		# shellcheck disable=SC1091
		known=$(. "$ROOT/pipelines/options.sh" && read_table && printf '%s\n' "${names[@]}" --no-triggers | sort -u)
		told=$("$ROOT/scripts/datalchemy" "$verb" --help | grep -oE -e '--[a-z-]+' | sort -u | grep -vx -e --help)
		diff <(echo "$known") <(echo "$told")
	done
}

@test "a run directory that cannot be made is said with the option that names another" {
	touch runs
	run fill
	refused 2 'datalchemy fill: the run directory runs/' ' cannot be made (Not a directory): choose another with --run or --run-dir'
}
