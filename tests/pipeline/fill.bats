#!/usr/bin/env bats
# datalchemy fill: one command from a schema to rows, and the database as it was after any failure.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db crm
	crm_load
	sql "CREATE VIEW everything AS SELECT sum((xpath('/row/n/text()', query_to_xml(
		format('SELECT count(*) AS n FROM crm.%I', relname), false, true, '')))[1]::text::int) AS n
		FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r'"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "f$BATS_TEST_NUMBER" crm
}

fill() {
	"$ROOT/scripts/datalchemy" fill "$@"
}

# rows: of all tables of the database
rows() {
	sql 'SELECT n FROM everything'
}

# state: what pg_dump sees of the schema, and where sequences are
state() {
	pg_dump --no-owner -d "$DATABASE_URL" | grep -v '^\\\(un\)\?restrict'
}

# quiet_server: nobody but us is connected
quiet_server() {
	for ((i = 0; i < 1000; i++)); do
		[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
			AND pid <> pg_backend_pid()")" != 0 ] || return 0
		sleep 0.02
	done
	fail "a session is still there"
}

@test "a fresh database is filled by one command, and the summary says so" {
	run fill --rows 10
	expect 0
	[[ "${lines[6]}" =~ ^run_dir=(runs/.+) ]] || fail "$output"
	says 'will load 200 rows into 20 tables in one transaction: 20 with keys' 'filled 20 tables with 200 rows in' \
		'checked: holds: every rule was evaluated and holds' 'next: edit its plan.json, then: datalchemy fill --run runs/'
	[ "$(rows)" = 200 ]
	[ "$(sql 'SELECT count(*) FROM pg_constraint WHERE NOT convalidated')" = 0 ]
	no_leftovers "${BASH_REMATCH[1]}"
	[ -s "${BASH_REMATCH[1]}/plan.json" ]
}

@test "the URL may be an argument, and is told nowhere" {
	url=$DATABASE_URL
	unset DATABASE_URL
	run fill "$url&password=s3cr3t&application_name=told" --rows 5 --run r
	expect 0
	[ "$(DATABASE_URL=$url rows)" = 100 ]
	[[ "$output" != *s3cr3t* && "$output" != *"$url"* ]] || fail "$output"
	! grep -rq s3cr3t r || fail "$(grep -rl s3cr3t r)"
}

@test "without a database to fill, or with options that say nothing, it touches nothing" {
	url=$DATABASE_URL
	unset DATABASE_URL
	run fill
	refused 2 'which database?'
	export DATABASE_URL=$url
	for bad in '--truncate --append|exclude each other' '--rows|needs a value' '--nope 3|unknown option --nope' \
		'--plan x|is an option of datalchemy run' '--resume|--resume needs --run' '--jobs 0|not a number above 0' \
		'--resume --run none|holds no run' 'one two|one argument too many'; do
		read -ra args <<<"${bad%%|*}"
		run fill "${args[@]}"
		refused 2 "${bad#*|}"
	done
	[ -z "$(ls)" ] || fail "$(ls)"
	[ "$(rows)" = 0 ]
}

@test "a dry run has the server validate everything and leaves nothing" {
	state >before
	run fill --rows 10 --dry-run
	expect 0
	says 'rolled back at the end' 'tried 20 tables with 200 rows' 'rolled back'
	state | diff before -
	[ "$(rows)" = 0 ]
}

@test "--preview shows the first rows of each table, which are those that fill makes, and leaves nothing" {
	sql "CREATE TABLE crm.odd (id int PRIMARY KEY, txt text CHECK (txt IN (E'a\\tb\\n\"c\"', 'ção, |')) NOT NULL)" >/dev/null
	run fill --tables odd --tables usuarios --rows 20 --preview 3
	expect 0
	says 'crm.usuarios: 3 of 20 rows' 'crm.odd: 3 of 20 rows'
	[[ "$output" == *'a\tb\n"c"'* || "$output" == *'ção, |'* ]] || fail "$output"
	[ "$(rows)" = 0 ]
	[ -z "$(ls)" ] || fail "$(ls)"
	[ "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -user "$(id -u)" -name 'datalchemy.??????' -newer "$BATS_TEST_FILENAME" -mmin -0.05 | wc -l)" = 0 ]
	shown=$(grep -A 2 '^ *id ' <<<"$output" | grep -oE '[0-9a-f]{8}-[0-9a-f-]{27}' | head -n 1)
	run fill --tables odd --tables usuarios --rows 20 --quiet
	expect 0
	[ "$(sql "SELECT count(*) FROM crm.usuarios WHERE id::text = '$shown'")" = 1 ] || fail "$shown"
	run fill --preview --dry-run --truncate
	refused 2 '--preview writes nothing: leave out --truncate'
}

@test "an edited plan is filled again by the command that the summary names" {
	run fill --rows 20 --run r
	expect 0
	says 'next: edit its plan.json, then: datalchemy fill --run r --resume --truncate'
	n=$(rows)
	jq '(.targets[] | select(.table == "leads")).rows = 30' r/plan.json >p && mv p r/plan.json
	run fill --run r --resume --truncate
	expect 0
	[ "$(rows)" = $((n + 10)) ]
	[ "$(sql 'SELECT count(*) FROM crm.leads')" = 30 ]
}

@test "--tables fills what matches and the parents that it needs, which are named" {
	run fill --tables crm.itens_cotacao --tables 'fun*' --rows 11 --run r
	expect 0
	says 'added: crm.cotacoes, because crm.itens_cotacao refers to it' 'added: crm.usuarios, because ' \
		'filled 9 tables with 99 rows'
	[[ "$output" != *'added: crm.funis'* && "$output" != *leads* ]] || fail "$output"
	[ "$(rows)" = 99 ]
	run fill --tables nosuch --run s
	expect 2
	says '--tables: no table matches "nosuch"' 'mend what is said above, then call again'
	[ ! -e s ]
	run fill --rows 5 --scale 2 --run s
	expect 2
	says '--rows and --scale exclude each other' 'mend what is said above, then call again'
	[ ! -e s ]
}

@test "children refer to the rows of tables that are excluded, and to none where there are none" {
	run fill --tables usuarios --rows 3 --run a
	expect 0
	run fill --exclude usuarios --exclude 'crm.fontes*' --rows 5 --run b
	expect 0
	says 'children attach to the 3 rows that crm.usuarios has' 'filled 18 tables with 90 rows'
	[ "$(sql 'SELECT count(*) FROM crm.usuarios')" = 3 ]
	[ "$(sql 'SELECT count(*) FROM crm.fontes_lead')" = 0 ]
	says 'refers to "crm.fontes_lead", which was not introspected: it will be NULL'
	[ "$(sql 'SELECT count(*) FROM crm.leads')" = 5 ]
	[ "$(sql 'SELECT count(DISTINCT responsavel_id) FROM crm.faturas')" -ge 2 ]
}

@test "--append adds rows to tables that have some, and leaves what is excluded" {
	sql 'CREATE TABLE crm.no_key (n int, t text)' >/dev/null
	run fill --rows 6 --run a
	expect 0
	run fill --append --rows 4 --exclude leads --run b
	expect 0
	says 'rows are added to those of 20 tables, as to the 6 of crm.empresas' 'adds as many rows again'
	[ "$(rows)" = $((126 + 80)) ]
	[ "$(sql 'SELECT count(*) FROM crm.no_key')" = 10 ]
	[ "$(sql 'SELECT count(*) FROM crm.leads')" = 6 ]
	[ "$(sql "SELECT count(DISTINCT id) FROM crm.empresas")" = 10 ]
}

@test "rows that are there are refused with what to do, and --truncate does it" {
	run fill --rows 5 --seed 1 --run a
	expect 0
	was=$(state | md5sum)
	run fill --rows 7 --run b
	expect 2
	says 'have rows already: 20 of 20 tables: --truncate empties them first' \
		'call again with --append to add rows to them, or --truncate to empty every table of the plan first'
	[[ $output != *keep-filled* && $output != *run_dir=* ]] || fail "$output"
	[ ! -e b ] || fail "a run was left"
	[ "$(state | md5sum)" = "$was" ]
	run fill --rows 7 --run b --truncate
	expect 0
	[ "$(rows)" = 140 ]
}

@test "the few tables that a schema came with rows for can be left as they are, as the last line says" {
	run fill --tables usuarios --tables crm.funis --rows 2 --run a
	expect 0
	run fill --rows 4 --run b
	expect 2
	says 'crm.funis, crm.usuarios have rows already: 2 of 20 tables'
	[[ ${lines[-1]} == *'; call again with --keep-filled to leave these tables as they are (children refer to their rows), --append '* ]] ||
		fail "$output"
	[ ! -e b ]
	run fill --rows 4 --run b --keep-filled
	expect 0
	says 'left alone: 2 tables that have rows: crm.funis, crm.usuarios'
	[ "$(rows)" = $((18 * 4 + 4)) ]
}

@test "a role without privileges is told all that it lacks before a row is made" {
	sql "DROP ROLE IF EXISTS poor; CREATE ROLE poor LOGIN; GRANT USAGE ON SCHEMA crm TO poor;
		GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA crm TO poor;
		REVOKE INSERT ON crm.leads, crm.produtos FROM poor; REVOKE SELECT ON crm.faturas FROM poor" >/dev/null
	admin=$DATABASE_URL
	export DATABASE_URL=${admin/user=datalchemy/user=poor}
	run fill --rows 5 --run r
	expect 2
	says 'crm.produtos, crm.leads may not be inserted into by the role: GRANT INSERT' \
		'crm.faturas may not be read by the role: GRANT SELECT' \
		'the database is as it was; mend what is said above, then: datalchemy fill --run r --resume'
	[ -z "$(ls r/data 2>/dev/null)" ]
	sql_admin() { DATABASE_URL=$admin sql "$1"; }
	sql_admin "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA crm TO poor" >/dev/null
	run fill --run r --resume
	expect 0
	says '0 with keys and indexes dropped and made again, 20 with them in place' 'are not owned by the role'
	[ "$(DATABASE_URL=$admin rows)" = 100 ]
}

@test "a read-only database is told before a row is made" {
	sql "ALTER DATABASE f$BATS_TEST_NUMBER SET default_transaction_read_only = on" >/dev/null
	run fill --rows 5 --run r
	expect 2
	says 'transactions are read-only here'
	[ -z "$(ls r/data 2>/dev/null)" ]
}

@test "a disk without room for the files is told before a row is made" {
	mkdir small
	# shellcheck disable=SC2016
	run own_mounts bash -c 'mount -t tmpfs -o size=2m none small && "$1" fill --rows 3000 --run small/r
		status=$?; ls small/r/data | wc -l; exit $status' - "$ROOT/scripts/datalchemy"
	expect 75
	says 'disk has room for' 'make fewer rows with --rows' 'to continue: datalchemy fill --run small/r --resume'
	[ "${lines[-1]}" = 0 ] || fail "$output"
	[ "$(rows)" = 0 ]
}

@test "tables that cannot be filled are left out, and said and counted; alone, they are status 1" {
	pg_db "s$BATS_TEST_NUMBER"
	sql 'CREATE TABLE settings (one boolean PRIMARY KEY CHECK (one), note text);
		CREATE TABLE never (n int NOT NULL CHECK (n > 5 AND n < 3))' >/dev/null
	run fill --run a
	expect 0
	says '"public.never" is skipped: ' '"public.settings" gets 1 row instead of 100: ' \
		'filled 1 table with 1 row in ' ', 1 skipped, 1 clipped'
	sql 'DROP TABLE settings' >/dev/null
	run fill --run b
	expect 1
	says '"public.never" is skipped: ' 'no table can be filled' 'edit b/plan.json, then: datalchemy fill --run b --resume'
	[ ! -e b/receipts/load.json ]
}

@test "a table whose rows only the server can judge, and refuses, costs itself" {
	pg_db "s$BATS_TEST_NUMBER"
	sql "CREATE FUNCTION odd_day(d date) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS
			'BEGIN RETURN extract(day FROM d)::int % 2 = 1; END';
		CREATE TABLE plain (id int PRIMARY KEY, note text);
		CREATE TABLE odd (id int PRIMARY KEY, d date NOT NULL CHECK (odd_day(d)));
		CREATE TABLE needs_odd (id int PRIMARY KEY, odd_id int NOT NULL REFERENCES odd);
		CREATE TABLE may_have_odd (id int PRIMARY KEY, odd_id int REFERENCES odd)" >/dev/null
	run fill --run a
	expect 0
	says 'again without public.odd: the database refuses its rows: ' 'odd_d_check' \
		'filled 2 tables with 200 rows in ' ', 2 skipped, 0 clipped'
	[ "$(sql 'SELECT (SELECT count(*) FROM plain), (SELECT count(*) FROM odd), (SELECT count(*) FROM needs_odd),
		(SELECT count(*) FROM may_have_odd)')" = '100|0|0|100' ]
	# a later call knows it
	run fill --run a --resume --truncate
	expect 0
	[[ $output != *'again without'* ]] || fail "$output"
}

@test "a database without tables has nothing to fill, and it says so" {
	pg_db "e$BATS_TEST_NUMBER"
	run fill
	expect 1
	[[ "${lines[-1]}" == 'datalchemy fill: there is no table to fill: create the schema first, or choose other --tables' ]] || fail "$output"
	[ -z "$(ls runs)" ] || fail "$(ls runs)"
}

@test "a plan that is refused names the file to edit, and what was done stays" {
	run fill --rows 20 --run r --dry-run
	expect 0
	jq '.targets[0].table = "nothing"' r/plan.json >p && mv p r/plan.json
	run fill --run r --resume
	expect 1
	says 'edit r/plan.json, then: datalchemy fill --run r --resume'
	[ "$(rows)" = 0 ]
}

# struck_when SIGNAL CONDITION...: fill, which gets that signal as soon as the condition holds
struck_when() {
	local signal=$1 pid
	"$ROOT/scripts/datalchemy" fill --rows 500 --run r --quiet >said 2>&1 &
	pid=$!
	until "${@:2}" || ! kill -0 "$pid" 2>/dev/null; do :; done
	kill "-$signal" "$pid" 2>/dev/null && hit=$((hit + 1))
	wait "$pid" || true
	quiet_server
}

# loading STATE: the server is at a statement of load that begins so
loading() {
	[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'datalchemy load' AND query LIKE '$1%'")" != 0 ]
}

@test "killed at any moment, the database is as it was, or has all rows; --resume goes on" {
	state >before
	hit=0
	# tables of codes have fewer rows than are asked for
	fill --rows 500 --run all --quiet >/dev/null 2>&1
	all=$(rows)
	[ "$all" -gt 5000 ]
	pg_db "f$BATS_TEST_NUMBER" crm
	for strike in 'KILL test -d r' 'TERM test -e r/schema.msgpack' 'KILL test -e r/plan.json' 'TERM test -e r/data/crm.empresas.bin' \
		'KILL test -e r/data/crm.leads.bin' 'TERM loading' 'KILL loading COPY' 'TERM loading COPY' \
		'KILL loading ALTER' 'KILL loading CREATE' 'TERM loading ANALYZE' 'KILL loading COMMIT'; do
		read -ra strike <<<"$strike"
		rm -rf r
		struck_when "${strike[@]}"
		if [ "$(rows)" = "$all" ]; then
			run fill --run r --resume
			expect 0
			[ "$(rows)" = "$all" ]
			pg_db "f$BATS_TEST_NUMBER" crm
			continue
		fi
		state | diff before -
		[ "${strike[0]}" != TERM ] || tail -n 1 said | grep -qx \
			'datalchemy fill: the database is as it was; to continue: datalchemy fill --run r --resume' || fail "$(cat said)"
	done
	[ $hit -ge 6 ] || fail "only $hit strikes hit"
	rm -rf r
	struck_when KILL test -e r/data/crm.leads.bin
	run fill --run r --resume
	expect 0
	[ "$(rows)" = "$all" ]
}

@test "a commit that nobody heard of is found by the next call, and no rows are loaded twice" {
	run fill --rows 20 --run r
	expect 0
	n=$(rows)
	cp r/receipts/load.json was.json
	# as it is between the server's commit and the receipt
	rm r/receipts/load.json
	sql "SELECT 'database: ' || (SELECT system_identifier FROM pg_control_system()) || '/' || oid
		FROM pg_database WHERE datname = current_database()" >where
	jq -n --arg d "$(sed 's/database: //' where)" --arg p "$(jq -r .plan was.json)" \
		--arg x "$(sql "SELECT xmin FROM crm.leads LIMIT 1")" \
		'{database: $d, transaction: $x, plan: $p}' >r/receipts/load.pending.json
	run fill --run r --resume
	expect 0
	[ "$(rows)" = "$n" ]
	[ ! -e r/receipts/load.pending.json ]
	jq 'del(.tables[].road, .digest)' r/receipts/load.json | diff - <(jq 'del(.tables[].road, .digest)' was.json)
}
