#!/usr/bin/env bats
# setup, with a dpkg and an apt-get that only tell what they were asked.

load ../lib/common

# what is "installed": all but the words given
setup() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	PATH="$BATS_TEST_TMPDIR/bin:$PATH"
	log=$BATS_TEST_TMPDIR/log
	fake apt-get 'echo "$*" >>"$LOG"'
	export LOG=$log
}

fake() {
	printf '#!/bin/bash\n%s\n' "$2" >"$BATS_TEST_TMPDIR/bin/$1"
	chmod +x "$BATS_TEST_TMPDIR/bin/$1"
}

# installed but WORD...: what dpkg-query answers
all_but() {
	fake dpkg-query 'for p in "${@:4}"; do
		case " '"$*"' " in *" $p "*) ;; *) echo "ii  $p" ;; esac
	done'
}

@test "setup: does nothing, and says nothing, when nothing is missing" {
	all_but
	run "$ROOT/scripts/setup"
	expect 0
	[ -z "$output" ]
	[ ! -e "$log" ]
	run "$ROOT/scripts/setup" --check
	says 'nothing is missing'
}

@test "setup: --check names what is missing for each purpose, and installs nothing" {
	all_but bats gcc
	run "$ROOT/scripts/setup" build --check
	expect 1
	[ "$output" = 'setup: missing to build: gcc' ]
	run "$ROOT/scripts/setup" test --check
	[ "$output" = 'setup: missing to test: gcc bats' ]
	[ ! -e "$log" ]
}

@test "setup: installs what is missing and that alone" {
	[ "$(id -u)" = 0 ] || skip 'not root'
	all_but bats gcc
	run "$ROOT/scripts/setup"
	expect 0
	run cat "$log"
	[ "$output" = '-yq install --no-install-recommends gcc bats' ]
}

@test "setup: brings the lists of packages up to date when they are of no use, once" {
	[ "$(id -u)" = 0 ] || skip 'not root'
	all_but bats
	fake apt-get 'echo "$2" >>"$LOG"; [ "$2" = update ] || { echo E: no bats; exit 100; }'
	run "$ROOT/scripts/setup"
	expect 75
	says 'E: no bats' 'apt-get install bats'
	run cat "$log"
	[ "${lines[*]}" = 'install update install' ]
}

@test "setup: a word it does not know is refused" {
	run "$ROOT/scripts/setup" everything
	expect 2
}

@test "setup: an ordinary user's goes through sudo, which may refuse" {
	all_but bats
	fake id 'echo 1000'
	fake sudo 'echo "sudo $*" >>"$LOG"; exit 1'
	run "$ROOT/scripts/setup" </dev/null
	expect 75
	says 'apt-get install bats'
	run cat "$log"
	[[ "${lines[0]}" == 'sudo -n env '*'apt-get -yq install --no-install-recommends bats' ]]
}

@test "setup --engines: names what the suites of clusters need besides, which setup alone does not" {
	all_but slurm-wlm munge
	run "$ROOT/scripts/setup" --engines --check
	expect 1
	[ "$output" = 'setup: missing to test clusters: slurm-wlm munge' ]
	run "$ROOT/scripts/setup" --check
	expect 0
}
