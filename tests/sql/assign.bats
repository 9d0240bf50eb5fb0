#!/usr/bin/env bats
# A value of one column becomes a value of another as PostgreSQL's INSERT makes it one: every type
# to every other, values at the edges, in the four formats.

load ../lib/common
load ../lib/postgres

D=$ROOT/tests/sql

setup_file() {
	pg_start
	pg_db assign
	sql "ALTER DATABASE assign SET timezone = 'UTC'"
	sql_file "$D/assign.sql"
	cd "$BATS_FILE_TMPDIR" || return
	introspect --run run --schema public >/dev/null
	sql "\copy m TO m.csv (FORMAT csv, HEADER)"
	mkdir made
	"$UNIT/assign" run/schema.msgpack m.csv made >ours.txt 2>said.txt || cat said.txt >&2
	sql "\copy ours FROM ours.txt (NULL '')"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

# nothing QUERY: it has no rows
nothing() {
	local rows
	rows=$(sql "$1")
	[ -z "$rows" ] || fail "$rows"
}

@test "every value of the table is read, and almost every pair of types is asked" {
	[ ! -s said.txt ] || fail "$(cat said.txt)"
	[ "$(sql "SELECT count(*) > 3000 FROM (SELECT src, dst FROM theirs GROUP BY 1, 2) x")" = t ]
}

@test "eight of ten pairs that PostgreSQL assigns are covered, and no value of a column's own type is computed" {
	[ "$(sql "SELECT 10 * count(*) FILTER (WHERE o.state <> 'none') >= 8 * count(*) AND count(*) > 700
		FROM (SELECT DISTINCT src, dst FROM theirs WHERE state <> 'none') t JOIN ours o USING (src, dst)
		WHERE o.state <> 'fault'")" = t ]
	nothing "SELECT src, state FROM ours WHERE src = dst AND state <> 'free'"
}

@test "what has no assignment in PostgreSQL has none here" {
	nothing "SELECT src, dst FROM ours JOIN theirs USING (src, dst) WHERE ours.state IN ('free', 'cast') AND theirs.state = 'none'"
}

@test "a value fails where PostgreSQL refuses it, and nowhere else" {
	nothing "SELECT t.src, t.dst, t.id FROM theirs t WHERE state = 'fails'
		AND EXISTS (SELECT FROM ours o WHERE o.src = t.src AND o.dst = t.dst AND o.state IN ('free', 'cast'))
		AND NOT EXISTS (SELECT FROM ours o WHERE o.src = t.src AND o.dst = t.dst AND o.id = t.id)"
	nothing "SELECT o.src, o.dst, o.id, o.why FROM ours o JOIN theirs t USING (src, dst, id) WHERE o.state = 'fault'
		AND t.state = 'is' AND o.why !~ 'given 2 decimals|too many digits|infinities are not made|38 digits|more than one byte'"
}

# loaded FORMAT "COPY OPTIONS": a psql script that loads from that format what was made for each
# column, and asks how it differs
loaded() {
	local t
	for t in made/*."$1"; do
		t=${t#made/} t=${t%.*}
		cat <<-END
			SELECT 'CREATE TABLE "$1 $t" (id integer' || string_agg(format(', %I %s', src, type), '' ORDER BY n) || ')'
				FROM covered WHERE dst = '$t' \gexec
		END
		if [ "$1" = jsonl ]; then
			cat <<-END
				\copy lines FROM made/$t.jsonl (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
				INSERT INTO "$1 $t" SELECT r.* FROM lines, json_populate_record(NULL::"$1 $t", line) r;
				TRUNCATE lines;
			END
		else
			echo "\copy \"$1 $t\" FROM made/$t.$1 ($2)"
		fi
		echo "SELECT differing('$t', '$1 $t');"
	done
}

@test "values are PostgreSQL's, in csv, COPY text, COPY BINARY and JSON lines" {
	local f
	for f in "csv FORMAT csv, HEADER" "text FORMAT text" "binary FORMAT binary" "jsonl"; do
		loaded "${f%% *}" "${f#* }" >script.sql
		run psql -XqAt -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -f script.sql
		expect 0
		[ -z "$output" ] || fail "${f%% *}: $output"
		[ "$(sql "SELECT count(*) > 30 FROM pg_class WHERE relkind = 'r' AND relname LIKE '${f%% *} %'")" = t ]
	done
}

@test "what PostgreSQL assigns and we do not is of types that are held as text, or an array's elements" {
	nothing "SELECT DISTINCT src, dst FROM theirs JOIN ours USING (src, dst) WHERE theirs.state <> 'none' AND ours.state = 'none'
		AND NOT (src ~ '^n' AND dst = 'n') -- it is made with two decimals
		AND NOT array[src, dst] && '{tt,ip,ci,ma,bt,vb,mn,po,xm,oi}'
		AND (src <> ALL ('{ta,va,ia,ba,na}') OR dst <> ALL ('{ta,va,ia,ba,na}'))"
}
