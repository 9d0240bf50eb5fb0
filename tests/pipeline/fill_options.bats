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

@test "names of tables: commas, names that are nearly right, names without a schema" {
	export DATABASE_URL=${DATABASE_URL/\/postgres\?//t?}
	pg_db "n$BATS_TEST_NUMBER" t
	run fill --tables hots --run r
	expect 2
	says '--tables: no table matches "hots": did you mean public.hosts?'
	run fill --tables items,nothing --run r
	expect 2
	says '--tables: no table matches "nothing"'
	for bad in 'hosts;5|--rows: "hosts" has no number: write '"'N;SCHEMA.TABLE=M'" 'items=5|--rows: there are 2 tables items: write SCHEMA.items' \
		'none=5|--rows: there is no table none: write SCHEMA.TABLE=N' '1,000|"1,000" is not a number above 0: write it as 1000, 10_000 or 10k'; do
		run fill --run r --rows "${bad%%|*}"
		expect 2
		says "${bad#*|}" 'mend what is said above, then call again'
		[[ $output != *run_dir=* ]] || fail "$output"
	done
	[ -z "$(ls)" ] || fail "$(ls)"
	# in a directory that was there the next call begins anew, too
	mkdir r
	run fill --run r --rows none=5
	expect 2
	run fill --run r --tables 'hosts,public.items' --rows '3;hosts=1k'
	expect 0
	[ "$(sql 'SELECT (SELECT count(*) FROM hosts), (SELECT count(*) FROM items), (SELECT count(*) FROM more.items)')" = '1000|3|0' ]
}

@test "datalchemy help fill is fill --help, and --version says its own name" {
	run "$ROOT/scripts/datalchemy" help fill
	expect 0
	says "Usage: datalchemy fill"
	run "$ROOT/scripts/datalchemy" --version
	expect 0
	[[ $output == "datalchemy "[0-9]* ]] || fail "$output"
}

@test "a host without an address may have one later: the name is to be looked at first" {
	run fill 'postgresql://no..such..host/t'
	expect 75
	says 'could not translate host name' "is the host's name right, and does it have an address yet?"
	[ -z "$(ls runs)" ]
}

@test "an empty argument is refused, and --set hides no option that --preview cannot have" {
	run fill ''
	expect 2
	says 'an argument is empty'
	run fill --preview --set a.b=1 --format csv
	expect 2
	says '--preview writes nothing: leave out --format'
}
