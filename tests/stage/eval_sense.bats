#!/usr/bin/env bats
# eval: warnings of rows that no constraint forbids and nobody would believe.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base sense sense.sql sense
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# sense ARGUMENT...: the helper of this suite
sense() {
	"$PYTHON" "$ROOT/tests/lib/sense.py" "$@"
}

# planted RUN CUSTOMERS SHARDS [FAULT]: a run of rows with that fault, evaluated; its warnings in RUN.said
planted() {
	small_plan sense 1 "$(sense make - "${@:2}")" || return
	new_run "$1" plan.json --shards "$3"
	mkdir -p "$1/data"
	sense make "$1/data" "${@:2}" >/dev/null
	"$BIN/eval" --run "$1" >"$1.out" 2>&1 || fail "$(cat "$1.out")"
	sense warnings "$1/metrics.json" >"$1.said"
}

# warned RUN LINE...: exactly these
warned() {
	printf '%s\n' "${@:2}" | diff - "$1.said" >&2 || fail "$1: other warnings"
}

@test "eval warns of no believable row, whatever misleading names its column has" {
	planted clean 40 1
	[ ! -s clean.said ] || fail "$(cat clean.said)"
}

@test "eval warns of each planted fault by its code, its column and the number of its rows, and of nothing else" {
	local n=0 code path message fault
	while IFS='|' read -r fault code path message; do
		planted "$fault" 40 1 "$fault"
		warned "$fault" "$code $path: $message"
		n=$((n + 1))
	done <<-'EOF'
		child_before_parent|child_before_parent|sense.orders -> sense.customers|7 of 79 rows: ordered_at lies before the parent's created_at
		boss_is_younger|child_before_parent|sense.staff -> sense.staff|4 of 79 rows: created_at lies before the parent's created_at
		events_out_of_order|events_out_of_order|sense.orders.delivered_on|5 of 79 rows: it lies before ordered_at
		born_after_today|born_after_today|sense.orders.ordered_at|3 of 79 rows came to be after the day that the plan calls today
		deleted_at|mostly_deleted|sense.customers.deleted_at|21 of 40 rows are deleted
		is_deleted|mostly_deleted|sense.orders.is_deleted|40 of 79 rows are deleted
		one_value|one_value|sense.orders.city|one value is in 100 % of the rows that have one
		random_text|random_text|sense.orders.note|100 % of its texts are unlike words: their letters look drawn at random
		implausible_number|implausible_number|sense.orders.quantity|half of its values lie beyond what its name suggests: 0 to 1000
		constant_fan_out|constant_fan_out|sense.orders -> sense.customers|every parent has exactly 2 children
	EOF
	[ "$n" = 10 ]
}

@test "eval's warnings and numbers are the same wherever shards and blocks end, of samples and of a table that refers to itself too" {
	local fault
	for fault in child_before_parent boss_is_younger boss_comes_later; do
		planted "one.$fault" 3000 1 "$fault"
		planted "three.$fault" 3000 3 "$fault"
		diff "one.$fault.said" "three.$fault.said" || fail "$fault: other warnings"
		diff <(sense numbers "one.$fault/metrics.json") <(sense numbers "three.$fault/metrics.json") || fail "$fault: other numbers"
	done
	# parents were sampled, and a boss who comes later in the file is compared with nobody
	[ "$(sense numbers one.boss_comes_later/metrics.json | grep -c '"parents_are_all": false')" = 2 ]
	[ ! -s one.boss_comes_later.said ] || fail "$(cat one.boss_comes_later.said)"
	grep -q '^child_before_parent sense.orders -> sense.customers: [1-7] of [0-9]* rows of a sample of parents: ' one.child_before_parent.said
}

@test "eval says of a warning about values that it was a sample that it looked at" {
	planted many 3000 1 random_text
	warned many "random_text sense.orders.note: 99 % of its texts in a sample are unlike words: their letters look drawn at random"
}
