#!/usr/bin/env bats
# Numbers of a distribution and choices by weight: asked of PostgreSQL, whose checks they pass.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base shapes shapes.sql sh
}

teardown_file() {
	pg_stop
}

setup() {
	export RUN=$BATS_TEST_TMPDIR/run
	PLAN=$BATS_TEST_TMPDIR/plan.json
	cd "$BATS_TEST_TMPDIR" || return
}

# plan TABLES RULES [MEMBERS]: see tests/lib/rules.py
plan() {
	"$PYTHON" "$ROOT/tests/lib/rules.py" "$PLAN" sh "$@"
}

RULES='numbers.price primitive.number {"shape": "lognormal", "median": 79.9, "p90": 400, "min": 1, "endings": [0.90, 0.99]}
	numbers.list primitive.number {"shape": "lognormal", "median": 5000, "p90": 20000, "step": 50}
	numbers.small primitive.number {"shape": "lognormal", "median": 300, "p90": 2000}
	numbers.quantity primitive.number {"shape": "geometric", "mean": 2.5}
	numbers.stars primitive.number {"shape": "normal", "median": 4.2, "p90": 4.9}
	numbers.odd primitive.number {"shape": "geometric", "mean": 15, "min": 0}
	numbers.ratio primitive.number {"shape": "normal", "median": 0.9, "p90": 1.2}
	numbers.heat primitive.number {"shape": "uniform", "min": 0}
	numbers.rank primitive.number {"shape": "zipf", "max": 1000}
	numbers.serial primitive.number {"min": 1, "max": 30000}
	numbers.lo primitive.number {"min": 1, "max": 1000}
	numbers.hi primitive.number {"min": 1, "max": 1000}
	numbers.mood primitive.choice {"choices": [{"value": "good", "weight": 80}, {"value": "bad", "weight": 20}]}
	numbers.flag primitive.choice {"choices": [{"value": true, "weight": 3}, {"value": false, "weight": 97}]}
	numbers.word primitive.choice {"choices": [{"value": "paid", "weight": 8}, {"value": "new", "weight": 2}, {"value": "lost", "weight": 90}]}
	numbers.kind primitive.choice {"choices": [{"value": "box", "weight": 1}, {"value": "bag", "weight": 1}]}
	numbers.size primitive.number {"shape": "lognormal", "median": 40, "p90": 90, "min": 1}'

@test "numbers have the shape that was asked for, on every type, and PostgreSQL takes them all" {
	plan numbers=20000 "$RULES"
	filled shapes
	none "sh.numbers WHERE price - floor(price) NOT IN (0.90, 0.99) OR list % 50 <> 0"
	run sql "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY price) BETWEEN 75 AND 84, percentile_disc(0.9) WITHIN GROUP (ORDER BY price) BETWEEN 380 AND 420,
		percentile_disc(0.5) WITHIN GROUP (ORDER BY list) BETWEEN 4850 AND 5150, avg(quantity) BETWEEN 2.4 AND 2.6,
		percentile_disc(0.5) WITHIN GROUP (ORDER BY rank) BETWEEN 27 AND 36, avg(CASE WHEN small > 990 THEN 1.0 ELSE 0 END) < 0.02,
		avg(CASE WHEN ratio > 0.98 THEN 1.0 ELSE 0 END) < 0.1, count(*) FILTER (WHERE stars = 4) > 8000, count(DISTINCT serial) = 20000 FROM sh.numbers"
	[ "$output" = 't|t|t|t|t|t|t|t|t' ] || fail "$output"
}

@test "choices come by weight, of enums, flags and texts, and none that a check excludes" {
	plan numbers=20000 "$RULES"
	filled shapes
	run sql "SELECT round(avg((mood = 'good')::int), 2) BETWEEN 0.78 AND 0.82, count(*) FILTER (WHERE mood = 'fair'),
		avg(flag::int) BETWEEN 0.025 AND 0.035, avg((word = 'paid')::int) BETWEEN 0.78 AND 0.82 FROM sh.numbers"
	[ "$output" = 't|0|t|t' ] || fail "$output"
}

@test "in one shard and in three the numbers are the same" {
	plan numbers=20000 "$RULES"
	for n in 1 3; do
		new_run "one$n" "$PLAN" --shards "$n"
		make_rows "one$n"
		whole "one$n" "rows$n"
	done
	diff -r rows1 rows3
}

@test "what a number or a choice cannot keep is refused by name" {
	refuses() {
		plan numbers=3 "$1"
		plan_refused
		says "${@:2}"
	}
	refuses 'numbers.serial primitive.number {"shape": "geometric", "mean": 9}' sh.numbers.serial 'unless its shape is uniform'
	refuses 'numbers.small primitive.number {"endings": [0.99]}' 'no decimals for its endings'
	refuses 'numbers.price primitive.number {"shape": "normal", "median": 3, "p90": 4, "endings": [1.5]}' 'from 0 to below 1'
	refuses 'numbers.word primitive.choice {"choices": [{"value": "lost", "weight": 1}]}' "checks allow none of its choices"
	refuses 'numbers.mood primitive.choice {"choices": [{"value": "awful", "weight": 1}]}' 'cannot hold choice 0'
	refuses 'numbers.serial primitive.choice {"choices": [{"value": 1, "weight": 1}]}' 'cannot promise distinct values'
}
