# shellcheck shell=bash
# What every suite starts with: where the executables are, and small helpers.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export ROOT
export BIN=${BIN:-$ROOT/build/gcc/bin}
export DATALCHEMY_BIN=$BIN # for run.sh and datalchemy: what is tested, not what is built beside it
export UNIT=${UNIT:-${BIN%/bin}/unit}
export PYTHON=/usr/bin/python3 # the Debian one, which has python3-msgpack
export PATH="$BIN:$PATH" LC_ALL=C.UTF-8 TZ=UTC
unset DATABASE_URL PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSERVICE

# scripts/coverage: counters of each suite apart, because a process that is killed spoils those that it writes
[ -z "${COUNTERS:-}" ] || export GCOV_PREFIX="$COUNTERS/${BATS_TEST_FILENAME##*/}"

# fail MESSAGE...: end the test here, saying why
fail() {
	printf '%s\n' "$@" >&2
	return 1
}

# run_unit NAME: run the unit test of that name, which must pass
run_unit() {
	run "$UNIT/$1"
	[ "$status" -eq 0 ] || fail "$output"
}

# expect STATUS: the last `run` ended with STATUS
expect() {
	# shellcheck disable=SC2154
	[ "$status" -eq "$1" ] || fail "expected status $1, got $status" "$output"
}

# says TEXT...: the output of the last `run` contains each TEXT
says() {
	local t
	for t; do
		[[ "$output" == *"$t"* ]] || fail "expected: $t" "got: $output"
	done
}

# refused STATUS TEXT...: the last `run` ended so, with one line, but for warnings, that
# contains each TEXT
refused() {
	expect "$1"
	output=$(grep -v ': warning: ' <<<"$output")
	[ "$(wc -l <<<"$output")" = 1 ] || fail "more than one line:" "$output"
	says "${@:2}"
}

# own_mounts CMD...: run it where what it mounts is its own; skips where that cannot be
own_mounts() {
	local how=(unshare -m)
	[ "$(id -u)" = 0 ] || how=(unshare -rm)
	# in a chroot / is no mount point whose propagation could be changed
	"${how[@]}" true 2>/dev/null || how+=(--propagation unchanged)
	"${how[@]}" true 2>/dev/null || skip "no mounts of one's own here"
	"${how[@]}" "$@"
}
