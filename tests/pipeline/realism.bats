#!/usr/bin/env bats
# Whether rows without a rule look like an application's, and whether scripts/realism sees it where they do not.
#
# The lines that do not hold yet of a schema are named in its test; a line that is not named must hold.

load ../lib/common
load ../lib/postgres
load ../lib/each_database

realism() {
	"$ROOT/scripts/realism" --as-of 2026-11-01 "$@"
}

# believed SCHEMA LINE...: 60 rows a table have no fault but in the lines named
believed() {
	local known=() line
	for line in "${@:2}"; do
		known+=(--allow "$line=1")
	done
	run realism --rows 60 --detail "${known[@]}" "$1"
	expect 0
}

@test "rows without a fault have no line above its limit" {
	sql_file "$ROOT/tests/realism/planted.sql"
	run realism --conn "$DATABASE_URL" --tsv lines.tsv
	expect 0
	says ' lines asked, 0 above their limit'
	[ "$(cut -f 2 lines.tsv | sort -u | wc -l)" -gt 35 ]
}

@test "of each kind of fault one row is enough to be found" {
	sql_file "$ROOT/tests/realism/planted.sql" "$ROOT/tests/realism/faults.sql"
	run realism --conn "$DATABASE_URL" --tsv lines.tsv
	expect 1
	awk -F'\t' 'NR > 1 && $5 > 0 { print $2 }' lines.tsv | sort -u >found
	# what the comments of the faults say that they are
	sed -n 's/^UPDATE.*; *-- //p' "$ROOT/tests/realism/faults.sql" | sed 's/, /\n/g' | sort -u >planted
	[ "$(wc -l <planted)" -gt 30 ]
	[ -z "$(comm -13 found planted)" ] || fail "not found: $(comm -13 found planted)"
}

@test "a share that was asked for is no fault" {
	sql_file "$ROOT/tests/realism/planted.sql"
	sql "UPDATE comments SET created_at = '2027-01-01' WHERE id < 4"
	run realism --conn "$DATABASE_URL"
	expect 1
	run realism --conn "$DATABASE_URL" --allow 'after today=0.05'
	expect 0
}

@test "letters at random are told from prose, names and codes in both languages" {
	run "$PYTHON" - <<-'END'
		import random, string, sys
		sys.path.insert(0, f"{__import__('os').environ['ROOT']}/tests/realism")
		import text
		for s in ("O gerente recebeu a amostra.", "Fix login redirect", "Eliane Veloso", "Liliana Zimmermann", "backlog", "bank_transfer",
		          "Refactor webhook retries", "Smartphone 128GB", "SKU-1234", "PostgreSQL", "HTTP 500", "São José dos Pinhais", "CPF"):
		    assert not text.is_random(s, False), s
		for s in ("PED-194466", "CAM-8953-PRT", "FRETE15-B720", "ZC589583388BR", "INV-2026-000123"):
		    assert not text.is_random(s, True), s
		draw, letters = random.Random(1), string.ascii_letters + string.digits
		for code in (False, True):
		    made = ["".join(draw.choice(letters) for _ in range(12)) for _ in range(500)]
		    assert sum(text.is_random(s, code) for s in made) > 400
		assert sum(text.is_random("".join(draw.choice(string.ascii_lowercase) for _ in range(12)), False) for _ in range(500)) > 450
	END
	expect 0
}

@test "each column is printed with role, generator, samples and the verdict that a person gave" {
	sql_file "$ROOT/tests/realism/planted.sql" "$ROOT/tests/realism/faults.sql"
	echo 'person_user first_name:R email:W' >some.verdict
	run "$ROOT/scripts/verdicts" --conn "$DATABASE_URL" --as-of 2026-11-01 --verdict some.verdict
	expect 0
	says '== public.person_user (60 rows)' '?k id (integer)' 'R  first_name (text)' 'W  email (text)' \
		'name and e-mail disagree 3%' '1 right (50.0%), 0 acceptable (0.0%), 1 wrong (50.0%)'
}

@test "without a plan the rows of a store are believed" {
	believed "$ROOT/tests/fixtures/store.sql"
}

@test "without a plan the rows of the CRM are believed" {
	believed crm
}

@test "without a plan the rows of a tracker are believed" {
	believed "$ROOT/tests/fixtures/saas.sql" 'line total is not quantity times price' 'total is not the sum of its lines' \
		'price is not the product'"'"'s' 'counter that does not count'
}

@test "without a plan the rows of a shop are believed" {
	believed "$ROOT/tests/fixtures/loja.sql" 'paid without paid_at' 'details of another way to pay' 'shipped against its status' \
		'amount below zero' 'discount above the price' 'total is not that of its order' 'pays more than is owed'
}

@test "without a plan the rows of a clinic are believed" {
	believed "$ROOT/tests/fixtures/clinica.sql" 'ended before started'
}
