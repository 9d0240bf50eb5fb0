#!/usr/bin/env bats
# The list of generators: for people, and for programs.

load ../lib/common

generators() {
	"$BIN/generators" "$@"
}

@test "generators: without an id, a line for each of them" {
	run generators
	expect 0
	[[ $(generators | wc -l) == $(generators --json | jq length) ]]
	says "semantic.br.cpf  "
	says "transform.mask  "
}

@test "generators: an id alone, though others begin with it, and what it makes" {
	run generators primitive.int --sample 3
	expect 0
	[[ $output != *primitive.int.range* ]]
	says "min              an integer, 0 when left out: least value"
	says 'example          {"min": 1, "max": 6}'
	says "columns          integer, numeric, double precision or numeric of more than 18 digits, made as integer"
	says "different values 6 in a bigint column"
	[[ $output =~ sample\ +[1-6]\ \ \|\ \ [1-6]\ \ \|\ \ [1-6]$ ]]
}

@test "generators: the beginning of an id, and the nearest of one that there is not" {
	run generators derive.after_
	expect 0
	says "derive.after_parent"
	says "derive.after_sibling"
	[[ $output != *before_parent* ]]
	run generators primitive.txt
	expect 2
	says 'no generator or transform begins with "primitive.txt": did you mean "primitive.text"?'
	run generators qqqqqqqqqqqqqqqqqqqqqqq
	expect 2
	[[ $output != *"did you mean"* ]]
}

@test "generators: every one makes as many values as are asked for, the same for the same seed" {
	generators --json --sample 50 >"$BATS_TEST_TMPDIR/a"
	generators --json --sample 50 >"$BATS_TEST_TMPDIR/b"
	generators --json --sample 50 --seed 7 >"$BATS_TEST_TMPDIR/c"
	cmp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
	run cmp -s "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/c"
	expect 1
	run jq -r '.[] | select(.samples == [] or any(.samples[]; .values | length != 50)) | .id' "$BATS_TEST_TMPDIR/a"
	[[ -z $output ]]
}

@test "generators: values are of the locale that is asked for, and there is none but those of the data" {
	run generators semantic.br.uf --locale pt_PT
	expect 2
	says '--locale: there is no locale "pt_PT": use en_US'
	run generators --json --sample 2 --locale en_US
	expect 0
	[[ $(jq -r '[.[] | select(.locale == "*").samples[].locale] | unique | .[]' <<<"$output") =~ ^(en_US)?$ ]]
}

@test "generators: refuses what it does not understand" {
	run generators --sample 1001
	expect 2
	says "--sample: at most 1000 values"
	run generators --seed x
	expect 2
	run generators --nothing
	expect 2
}

@test "generators: what is made of the table and is not what it says fails the check" {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir scratch
	cp -r "$ROOT/scripts" "$ROOT/plans" scratch
	BIN=$BIN run scratch/scripts/make-catalogue --check
	expect 0
	echo more >>scratch/plans/GENERATORS.md
	BIN=$BIN run scratch/scripts/make-catalogue --check
	expect 1
	says 'plans/GENERATORS.md: is not what the table of generators says'
	BIN=$BIN run scratch/scripts/make-catalogue
	expect 0
	cmp scratch/plans/GENERATORS.md "$ROOT/plans/GENERATORS.md"
	run plan-check --generators --output xml
	expect 2
}
