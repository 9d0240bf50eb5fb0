#!/usr/bin/env bats
# Chains: what rows take from the parents of their parents, from their place among siblings,
# from a parent of the right kind; PostgreSQL says whether it holds.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base chains chains.sql ch
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	PLAN=$BATS_TEST_TMPDIR/plan.json
	cd "$BATS_TEST_TMPDIR" || return
}

# plan TABLES RULES [MEMBERS]: see tests/lib/rules.py
plan() {
	"$PYTHON" "$ROOT/tests/lib/rules.py" "$PLAN" ch "$@"
}

# ---- names over several foreign keys ---------------------------------------------------------

UP='quotes.founded derive.expr {"expr": "deal_id.contact_id.company_id.founded"}
	quotes.motto derive.expr {"expr": "deal_id.company_id.motto || choice(\u0027!\u0027, \u0027?\u0027)"}
	quotes.contact derive.parent_value {"input_columns": ["deal_id"], "parent_schema": "ch", "parent_table": "deals", "parent_column": "contact_id.name"}
	quotes.issued derive.after_parent {"input_columns": ["deal_id"], "parent_column": "contact_id.since", "min": "1d", "max": "9d"}
	lines.founded derive.expr {"expr": "quote_id.deal_id.contact_id.company_id.founded"}
	lines.deep derive.expr {"expr": "lines.quote_id.deal_id.other_id.name"}
	lines.k primitive.int.range {"min": 7, "max": 7} {"when": "quote_id.deal_id.contact_id.company_id.id % 2 = 0"}
	lines.k primitive.int.range {"min": 8, "max": 8}
	lines.delivered derive.before_parent {"input_columns": ["quote_id"], "parent_column": "deal_id.company_id.founded", "min": "1d", "max": "9d"}'
TABLES='companies=30 contacts=200 deals=900 quotes=1200 lines=2000'

# the same, asked of PostgreSQL
up_holds() {
	none "ch.quotes q JOIN ch.deals d ON d.id = deal_id JOIN ch.companies own ON own.id = d.company_id
		LEFT JOIN ch.contacts c ON c.id = d.contact_id LEFT JOIN ch.companies o ON o.id = c.company_id
		WHERE q.founded IS DISTINCT FROM o.founded OR q.contact IS DISTINCT FROM c.name
		OR q.motto IS DISTINCT FROM own.motto || right(q.motto, 1)
		OR NOT coalesce(q.issued - c.since::date BETWEEN 1 AND 10, q.issued IS NULL AND c.since IS NULL)"
	none "ch.lines l JOIN ch.quotes q ON q.id = quote_id JOIN ch.deals d ON d.id = deal_id
		JOIN ch.companies own ON own.id = d.company_id
		LEFT JOIN ch.contacts c ON c.id = d.contact_id LEFT JOIN ch.companies o ON o.id = c.company_id
		LEFT JOIN ch.contacts x ON x.id = d.other_id
		WHERE l.founded IS DISTINCT FROM o.founded OR l.deep IS DISTINCT FROM x.name
		OR k <> CASE WHEN o.id % 2 = 0 THEN 7 ELSE 8 END
		OR own.founded - l.delivered NOT BETWEEN 1 AND 9"
	[ "$(sql "SELECT count(*) FILTER (WHERE founded IS NULL) BETWEEN 100 AND 300
		AND count(DISTINCT founded) > 20 FROM ch.lines")" = t ]
}

@test "names over two, three and four foreign keys are what a join says, NULL where one is NULL" {
	plan "$TABLES" "$UP"
	filled chains
	up_holds
}

@test "shards and jobs make the same bytes of what is carried" {
	plan "$TABLES" "$UP"
	new_run one "$PLAN"
	make_rows one
	new_run many "$PLAN" --shards 5
	make_rows many --jobs 2
	whole one a
	whole many b
	diff -r a b
	# any shard alone, too
	rm many/data/ch.lines.3-of-5.csv
	gen-children --run many --table ch.lines --shard 3 >/dev/null
	diff <(cat many/data/ch.lines.*) a/ch.lines.csv
}

@test "rows drawn again for a check carry what they end up with" {
	plan 'companies=30 contacts=60 deals=900 quotes=1200 lines=2000' "$UP" '{"options": {"null_rate": 0.03}}'
	filled chains
	[ "$("$PYTHON" -c 'import json; print(json.load(open("run/receipts/gen.ch.deals.json"))["retries"])')" -gt 200 ]
	none "ch.quotes q JOIN ch.deals d ON d.id = deal_id LEFT JOIN ch.contacts c ON c.id = contact_id
		LEFT JOIN ch.companies o ON o.id = c.company_id
		WHERE q.founded IS DISTINCT FROM o.founded OR q.contact IS DISTINCT FROM c.name"
	none "ch.lines l JOIN ch.quotes q ON q.id = quote_id JOIN ch.deals d ON d.id = deal_id
		LEFT JOIN ch.contacts x ON x.id = d.other_id WHERE l.deep IS DISTINCT FROM x.name"
}

@test "names through composite keys, and through a table's own" {
	plan 'companies=20 sites=60 devices=300 readings=900 people=400' \
		'readings.founded derive.expr {"expr": "device_id.company_id.company_id.founded"}
		readings.label derive.expr {"expr": "device_id.label"}
		people.boss_founded derive.expr {"expr": "boss_id.company_id.founded"}'
	filled chains
	none "ch.readings r JOIN ch.devices d ON d.id = device_id JOIN ch.companies c ON c.id = d.company_id
		WHERE r.founded IS DISTINCT FROM c.founded OR r.label IS DISTINCT FROM d.label"
	none "ch.people p LEFT JOIN ch.people b ON b.id = p.boss_id LEFT JOIN ch.companies c ON c.id = b.company_id
		WHERE p.boss_founded IS DISTINCT FROM c.founded"
	[ "$(sql "SELECT count(boss_founded) > 300 FROM ch.people")" = t ]
}

@test "a carried value does not take a column's name" {
	plan "$TABLES" "quotes.founded derive.expr {\"expr\": \"deal_id.contact_id.company_id.founded\"}
		quotes.motto derive.expr {\"expr\": \"deal_id.contact_id.\\\"contacts_company_id_fkey.founded\\\"::text\"}"
	filled chains
	none "ch.quotes q JOIN ch.deals d ON d.id = deal_id LEFT JOIN ch.contacts c ON c.id = contact_id
		LEFT JOIN ch.companies o ON o.id = c.company_id WHERE q.founded IS DISTINCT FROM o.founded
		OR q.motto IS DISTINCT FROM c.\"contacts_company_id_fkey.founded\"::text"
}

# what is made by hand or by make goes by the parents' digests
@test "a change above the parent asks for all that hangs on it to be made again" {
	local all=$'include run/tables.mk\nall: $(ALL_FILES)\n'
	plan "$TABLES" "$UP"
	new_run "$RUN" "$PLAN" --shards 2
	env -u MAKEFLAGS make -f <(printf '%s' "$all") BIN="$BIN/" all >/dev/null
	was=$(cat run/data/ch.lines.*)
	plan "$TABLES" "$UP
		companies.founded primitive.date.range {\"min\": \"1990-01-01\", \"max\": \"1990-12-31\"}"
	new_run "$RUN" "$PLAN" --shards 2
	run gen-children --run "$RUN" --table ch.lines --shard 1
	expect 2
	says 'another plan' 'ch.quotes' 'gen-children'
	env -u MAKEFLAGS make -f <(printf '%s' "$all") BIN="$BIN/" all >/dev/null
	[ "$(cat run/data/ch.lines.*)" != "$was" ]
	[ "$(cut -d, -f4 run/data/ch.lines.* | grep -v founded | grep . | cut -c 1-4 | sort -u)" = 1990 ]
	# and a value more to carry, which changes no row above
	sha256sum run/data/ch.contacts.* >contacts
	plan "$TABLES" "$UP
		companies.founded primitive.date.range {\"min\": \"1990-01-01\", \"max\": \"1990-12-31\"}
		quotes.motto derive.expr {\"expr\": \"deal_id.contact_id.company_id.name\"}"
	new_run "$RUN" "$PLAN" --shards 2
	env -u MAKEFLAGS make -f <(printf '%s' "$all") BIN="$BIN/" all >/dev/null
	sha256sum -c --quiet contacts
	cut -d, -f5 run/data/ch.quotes.* | grep -v motto | grep -q .
}

@test "a name that leads nowhere is refused before the first byte, and says where it ends" {
	local b column rest expr want
	for b in \
		'quotes.founded|deal_id.contact_id.company_id.born|parent ch.companies has no column born' \
		'quotes.founded|deal_id.opened.day|ch.deals has no foreign key of a column opened' \
		'quotes.founded|issued.contact_id.since|no foreign key of a column issued' \
		'quotes.founded|deal_id.contact_id.name|type character varying, which a column of type date does not take'; do
		column=${b%%|*} rest=${b#*|} expr=${rest%%|*} want=${rest#*|}
		plan "$TABLES people=50" "$column derive.expr {\"expr\": \"$expr\"}"
		plan_refused
		says "$want"
	done
	plan "$TABLES" 'quotes.issued derive.after_parent {"input_columns": ["deal_id"], "parent_column": "contact_id.name"}'
	plan_refused
	says 'incompatible_parent_column' '"ch.contacts.name" is of type character varying'
	plan "$TABLES" 'quotes.issued derive.after_parent {"input_columns": ["deal_id"], "parent_column": "contact_id.born"}'
	plan_refused
	says 'unknown_parent_reference' 'parent ch.contacts has no column born'
	plan "$TABLES" 'deals.contact_id primitive.uuid.v4
		quotes.founded derive.expr {"expr": "deal_id.contact_id.company_id.founded"}'
	plan_refused
	says 'parent_not_reachable' 'deals_contact_id_fkey'
	plan "$TABLES people=50" 'quotes.founded derive.expr {"expr": "deal_id.a.b.c.d.e.f.g.founded"}'
	plan_refused
	says 'more than 8 parts'
}

# ---- a parent that has something of another's ------------------------------------------------

SAME='relationship {"columns": ["contact_id"], "same": {"company_id": "company_id"}, "null_rate": 0.2}'

@test "a contact is one of the row's own company, and NULL where there is no company" {
	plan 'companies=40 contacts=300 deals=4000 leads=4000 desks=1000' "deals $SAME
		leads $SAME
		desks $SAME
		leads.since derive.parent_value {\"input_columns\": [\"contact_id\"], \"parent_schema\": \"ch\", \"parent_table\": \"contacts\", \"parent_column\": \"since\"}"
	filled chains
	for t in deals leads desks; do
		none "ch.$t t JOIN ch.contacts c ON c.id = contact_id WHERE t.company_id IS DISTINCT FROM c.company_id"
		[ "$(sql "SELECT count(contact_id) > 0.4 * count(*) AND count(DISTINCT company_id) = 40 FROM ch.$t")" = t ]
	done
	[ "$(sql "SELECT count(*) FILTER (WHERE contact_id IS NULL) BETWEEN 700 AND 900
		AND count(DISTINCT contact_id) > 290 FROM ch.deals")" = t ]
	none "ch.leads l LEFT JOIN ch.contacts c ON c.id = contact_id WHERE l.since IS DISTINCT FROM c.since"
	none "ch.desks WHERE company_id IS NULL AND contact_id IS NOT NULL"
}

@test "where only some companies have contacts, rows take those companies" {
	plan 'companies=40 contacts=15 deals=500' "deals $SAME
		contacts relationship {\"columns\": [\"company_id\"], \"pick\": \"uniform\"}"
	filled chains
	none "ch.deals t JOIN ch.contacts c ON c.id = contact_id WHERE t.company_id <> c.company_id"
	none "ch.deals WHERE company_id NOT IN (SELECT company_id FROM ch.contacts)"
}

@test "shards make the same bytes of rows that are tied to another parent" {
	plan 'companies=40 contacts=300 deals=4000 leads=4000' "deals $SAME
		leads $SAME"
	new_run one "$PLAN"
	make_rows one
	new_run many "$PLAN" --shards 7
	make_rows many --jobs 2
	whole one a
	whole many b
	diff -r a b
}

@test "a tie that cannot be kept is refused, and says what is in the way" {
	local b rule want
	for b in \
		'{"columns": ["contact_id"], "same": {"opened": "since"}}|of different types' \
		'{"columns": ["contact_id"], "same": {"id": "company_id"}}|no other foreign key of "ch.deals" that chooses by itself fills "id"' \
		'{"columns": ["contact_id"], "same": {"company_id": "nobody"}}|no column "nobody" in "ch.contacts"' \
		'{"columns": ["contact_id"], "same": {}}|is an object' \
		'{"columns": ["contact_id"], "same": {"company_id": "company_id"}, "cover": true}|it goes with null_rate and nothing else'; do
		rule=${b%%|*} want=${b#*|}
		plan 'companies=40 contacts=300 deals=400' "deals relationship $rule"
		plan_refused
		says invalid_relationship "$want"
	done
	plan 'companies=40 contacts=300 seats=301' "seats $SAME"
	plan_refused
	says key_space_too_small 'seats_contact_id_key: 301 rows need 301 distinct (contact_id), 300 allow 300'
}

@test "a contact of the row's own company that no other row has: as many rows as there are such contacts" {
	local all
	for rows in 20 300; do
		plan "companies=40 contacts=300 seats=$rows" "seats $SAME"
		filled chains
		none "ch.seats t JOIN ch.contacts c ON c.id = contact_id WHERE t.company_id IS DISTINCT FROM c.company_id"
		all=$(sql 'SELECT count(*), count(contact_id) = count(DISTINCT contact_id) FROM ch.seats')
		[ "$all" = "$rows|t" ] || fail "$all"
	done
}

# ---- siblings --------------------------------------------------------------------------------

ORDERED='events.day derive.after_sibling {"input_columns": ["deal_id"], "parent_column": "opened", "min": "2d", "max": "9d"}
	events.at derive.after_sibling {"input_columns": ["deal_id"], "parent_column": "contact_id.since", "min": "90m", "max": "3d"}
	events.k derive.expr {"expr": "sibling_number(deal_id)"}
	events.n derive.expr {"expr": "sibling_count(deal_id)"}'

# ordered COLUMN START MIN MAX: by place among siblings, each MIN to MAX after the one before it
ordered() {
	none "(SELECT $1 - coalesce(lag($1) OVER (PARTITION BY deal_id ORDER BY k), $2) AS gap,
		deal_id, $1 AS v, $2 AS start FROM ch.events e LEFT JOIN ch.deals d ON d.id = deal_id
		LEFT JOIN ch.contacts c ON c.id = contact_id) x
		WHERE deal_id IS NOT NULL AND start IS NOT NULL AND (gap < $3 OR gap > $4 OR v IS NULL)
		OR (deal_id IS NULL OR start IS NULL) AND v IS NOT NULL"
}

places_hold() {
	none "(SELECT k, n, row_number() OVER w AS place, count(*) OVER (PARTITION BY deal_id) AS all_of
		FROM ch.events WHERE deal_id IS NOT NULL WINDOW w AS (PARTITION BY deal_id ORDER BY k)) x
		WHERE k <> place OR n <> all_of"
	none "ch.events WHERE deal_id IS NULL AND (k, n) IS DISTINCT FROM (NULL, NULL)"
}

@test "siblings follow one another, each min to max after the one before it" {
	local shape
	for shape in '"children_per_parent": {"min": 0, "max": 30, "distribution": {"zipf": {"s": 1.1}}}, "null_rate": 0.1' \
		'"children_per_parent": {"min": 1, "max": 20}, "order": "shuffled"' '"pick": "round_robin", "null_rate": 0'; do
		plan 'companies=30 contacts=100 deals=300 events=3000' "$ORDERED
			events.capped derive.after_sibling {\"input_columns\": [\"deal_id\"], \"start\": \"2026-01-05\", \"min\": \"1d\", \"max\": \"20d\"}
			deals.opened primitive.date.range {\"min\": \"2020-01-01\", \"max\": \"2021-12-31\"}
			events relationship {\"columns\": [\"deal_id\"], $shape}"
		rm -rf "$RUN"
		filled chains
		places_hold
		ordered day opened 2 9
		ordered at since "interval '90 minutes'" "interval '3 days'"
		ordered capped "date '2026-01-05'" 1 20
		none "ch.events WHERE capped > '2026-06-30'"
		# drawn, and as far apart as may be
		[ "$(sql "SELECT count(DISTINCT gap) FROM (SELECT day - lag(day) OVER (PARTITION BY deal_id ORDER BY k) AS gap
			FROM ch.events) x")" -ge 7 ]
		[ "$(sql "SELECT max(capped) > '2026-03-20' FROM ch.events")" = t ]
	done
}

@test "shards make the same bytes of siblings" {
	plan 'companies=30 contacts=100 deals=300 events=3000' "$ORDERED
		events relationship {\"columns\": [\"deal_id\"], \"children_per_parent\": {\"min\": 0, \"max\": 25}, \"order\": \"shuffled\", \"null_rate\": 0.2}"
	new_run one "$PLAN"
	make_rows one
	new_run many "$PLAN" --shards 7
	make_rows many --jobs 2
	whole one a
	whole many b
	diff -r a b
}

@test "a place among siblings that is not known, or has no room, is refused" {
	local t='companies=30 contacts=100 deals=300 events=3000 lines=900 quotes=90'
	local fan='events relationship {"columns": ["deal_id"], "children_per_parent": {"min": 1, "max": 40}}'
	local b rules want
	for b in \
		'events.k derive.expr {"expr": "sibling_number(deal_id)"}|pick their parents without counting them' \
		'events.k derive.expr {"expr": "sibling_count(day)"}|no foreign key of a column day' \
		'events.k derive.expr {"expr": "sibling_number(1)"}|takes a column of a foreign key' \
		'events.k primitive.int {} {"when": "sibling_count(deal_id) > 1"}|without counting them' \
		"$fan#events.day derive.after_sibling {\"input_columns\": [\"deal_id\"]}|parameter parent_column or start is required" \
		"$fan#events.day derive.after_sibling {\"input_columns\": [\"deal_id\"], \"start\": \"soon\"}|no date or timestamp" \
		"$fan#events.day derive.after_sibling {\"input_columns\": [\"deal_id\"], \"start\": \"2020-01-01\", \"min\": \"0d\"}|parameter min must be 1 or more" \
		"$fan#events.day derive.after_sibling {\"input_columns\": [\"deal_id\"], \"start\": \"2020-01-01\", \"min\": \"1h\", \"max\": \"2h\"}|no whole day" \
		"$fan#events.day derive.after_sibling {\"input_columns\": [\"deal_id\"], \"parent_column\": \"company_id.name\"}|incompatible_parent_column" \
		"$fan#events.capped derive.after_sibling {\"input_columns\": [\"deal_id\"], \"start\": \"2026-06-01\", \"min\": \"2d\"}|check_unsatisfiable"; do
		rules=${b%%|*} want=${b#*|}
		plan "$t" "${rules//#/$'\n'}"
		plan_refused
		says "$want"
	done
	says 'children that a parent may have' 'capped <= '
	plan "$t" 'events relationship {"columns": ["deal_id"], "pick": "round_robin", "null_rate": 0.1}
		events.k derive.expr {"expr": "sibling_number(deal_id)"}'
	plan_refused
	says 'would leave holes'
	# what only the parents' values decide is refused by a row that is tried
	plan "$t" "$fan
		deals.opened primitive.date.range {\"min\": \"2026-06-20\", \"max\": \"2026-06-25\"}
		events.capped derive.after_sibling {\"input_columns\": [\"deal_id\"], \"parent_column\": \"opened\"}"
	plan_refused
	says 'value_impossible' 'ch.events.capped' 'min apart, end beyond'
}

# ---- subtypes --------------------------------------------------------------------------------

KINDS='acts.kind primitive.shares {"choices": [{"value": "call", "weight": 5}, {"value": "visit", "weight": 3}, {"value": "note", "weight": 1.5}]}'
ONE='"children_per_parent": 1'

@test "each kind of parent has exactly one row of its subtype, whose number nobody needs to say" {
	plan 'acts=1000 calls visits remarks' "$KINDS
		acts.word primitive.shares {\"choices\": [{\"value\": \"a\", \"weight\": 1}, {\"value\": \"c\", \"weight\": 1}]}
		calls relationship {\"columns\": [\"act_id\"], $ONE, \"where\": \"kind = 'call'\"}
		visits relationship {\"columns\": [\"act_id\"], $ONE, \"where\": \"kind IN ('visit', 'none')\"}
		remarks.no derive.expr {\"expr\": \"sibling_number(act_id)\"}
		remarks relationship {\"columns\": [\"act_id\"], \"children_per_parent\": 3, \"where\": \"word = 'a'\"}"
	filled chains
	[ "$(sql "SELECT string_agg(kind || n::text, ' ' ORDER BY kind) FROM
		(SELECT kind, count(*) AS n FROM ch.acts GROUP BY kind) x")" = 'call526 visit316 note158' ]
	none "ch.acts a FULL JOIN ch.calls c ON c.act_id = a.id WHERE (c.act_id IS NOT NULL) <> (a.kind = 'call')"
	none "ch.acts a FULL JOIN ch.visits v ON v.act_id = a.id WHERE (v.act_id IS NOT NULL) <> (a.kind = 'visit')"
	[ "$(sql "SELECT count(*) FROM ch.acts WHERE word = 'a'")" = 500 ]
	none "(SELECT a.id, word, count(r.id) AS n, count(DISTINCT no) AS d, max(no) AS m FROM ch.acts a
		LEFT JOIN ch.remarks r ON r.act_id = a.id GROUP BY a.id) x
		WHERE n <> CASE word WHEN 'a' THEN 3 ELSE 0 END OR d <> n OR m <> n"
	# no run of the first rows is of one kind
	[ "$(sql "SELECT count(DISTINCT kind) FROM (SELECT kind FROM ch.acts ORDER BY id LIMIT 30) x")" = 3 ]
}

@test "shares are of the whole table, whatever the shards" {
	plan 'acts=1000 calls' "$KINDS
		calls relationship {\"columns\": [\"act_id\"], $ONE, \"where\": \"kind = 'call'\"}"
	new_run one "$PLAN"
	make_rows one
	new_run many "$PLAN" --shards 7
	make_rows many
	whole one a
	whole many b
	diff -r a b
	# for each number of rows each value has its share of it
	for n in 1 2 3 10 97; do
		new_run "n$n" "$PLAN" --rows "ch.acts=$n"
		make_rows "n$n"
		[ "$(tail -n +2 "n$n/data/ch.calls.csv" | wc -l)" = "$(grep -c call "n$n/data/ch.acts.csv")" ]
	done
}

@test "subtype rows that are too few or too many are refused, with the numbers" {
	plan 'acts=1000 calls=525' "$KINDS
		calls relationship {\"columns\": [\"act_id\"], $ONE, \"where\": \"kind = 'call'\"}"
	plan_refused
	says fan_out_impossible "525 rows cannot be shared among 526 rows of \"ch.acts\" where kind = 'call' with 1 to 1"
	plan 'acts=1000 visits=400' "$KINDS
		visits relationship {\"columns\": [\"act_id\"], \"where\": \"kind = 'visit'\"}"
	plan_refused
	says one_to_one_too_few_parents "400 rows need as many rows of \"ch.acts\" where kind = 'visit', which are 316"
	plan 'acts=1000 visits' "visits relationship {\"columns\": [\"act_id\"], $ONE, \"where\": \"kind = 'visit'\"}"
	plan_refused
	says rows_missing
	# what is drawn is counted by drawing it
	plan 'acts=1000 visits=20' "visits relationship {\"columns\": [\"act_id\"], $ONE, \"where\": \"kind = 'visit'\"}"
	plan_refused
	says fan_out_impossible 'ch.visits' 'every parent is to have a child, and 20 rows are fewer than'
	plan 'acts=1000' 'acts.kind primitive.shares {"choices": [{"value": "letter", "weight": 5}]}'
	plan_refused
	says 'cannot hold choice 0'
	plan 'acts=1000' 'acts.word primitive.shares {"choices": [{"value": "a", "weight": 5}, {"value": "d", "weight": 1}]}'
	plan_refused
	says 'cannot hold choice 1' 'acts_word_check'
}

# ---- all of it in one plan -------------------------------------------------------------------

@test "the plan of all 20 tables: chains, siblings, subtypes and own contacts, asked of PostgreSQL" {
	pg_db crm
	crm_load
	catalogue crm crm
	BASE=$BATS_FILE_TMPDIR/crm new_run "$RUN" "$CRM_PLAN" --rows "$(crm_rows 3000)"
	make_rows "$RUN" --format binary
	"$BIN/load" --run "$RUN"
	run "$BIN/eval" --run "$RUN" --sql
	expect 0
	# dates are in order all the way from the company to the payment
	none "crm.empresas e JOIN crm.contatos c ON c.empresa_id = e.id WHERE c.data_criacao < e.data_criacao"
	none "crm.oportunidades o JOIN crm.empresas e ON e.id = o.empresa_id LEFT JOIN crm.contatos c ON c.id = o.contato_id
		WHERE o.data_abertura - coalesce(c.data_criacao, e.data_criacao)::date NOT BETWEEN 1 AND 180"
	none "crm.cotacoes q JOIN crm.oportunidades o ON o.id = q.oportunidade_id WHERE q.data_emissao < o.data_abertura"
	none "crm.faturas f JOIN crm.cotacoes q ON q.id = f.cotacao_id WHERE f.data_emissao < q.data_emissao"
	none "crm.atividades a JOIN crm.oportunidades o ON o.id = a.oportunidade_id WHERE a.data_inicio < o.data_abertura"
	# names over three and four foreign keys
	none "crm.pagamentos p JOIN crm.faturas f ON f.id = fatura_id JOIN crm.cotacoes q ON q.id = f.cotacao_id
		JOIN crm.oportunidades o ON o.id = q.oportunidade_id WHERE o.valor_estimado > 200000 AND metodo <> 'transferencia'"
	none "crm.reunioes r JOIN crm.atividades a ON a.id = atividade_id LEFT JOIN crm.oportunidades o ON o.id = a.oportunidade_id
		LEFT JOIN crm.empresas e ON e.id = o.empresa_id
		WHERE local <> 'Sede de ' || nome_fantasia OR e.id IS NULL AND local !~ '^(Sala|Auditório) [0-9]+\$'"
	[ "$(sql "SELECT count(*) > 500 FROM crm.reunioes WHERE local ~ '^Sede de '")" = t ]
	# payments of an invoice follow one another, the first follows the invoice
	none "(SELECT data_pagamento - lag(data_pagamento, 1, f.data_emissao)
		OVER (PARTITION BY fatura_id ORDER BY data_pagamento) AS gap
		FROM crm.pagamentos p JOIN crm.faturas f ON f.id = fatura_id) x WHERE gap NOT BETWEEN 5 AND 35"
	[ "$(sql "SELECT max(n) FROM (SELECT count(*) AS n FROM crm.pagamentos GROUP BY fatura_id) x")" -gt 1 ]
	# an activity has exactly the row of its kind
	none "crm.atividades a WHERE (tipo = 'tarefa') <> EXISTS (SELECT FROM crm.tarefas WHERE atividade_id = a.id)
		OR (tipo = 'reuniao') <> EXISTS (SELECT FROM crm.reunioes WHERE atividade_id = a.id)
		OR (tipo = 'anotacao') <> EXISTS (SELECT FROM crm.anotacoes WHERE atividade_id = a.id)"
	[ "$(sql "SELECT string_agg(n::text, ' ' ORDER BY tipo) FROM
		(SELECT tipo, count(*) AS n FROM crm.atividades GROUP BY tipo) x")" = '1000 750 1250' ]
	# a contact is one of the company's
	for t in leads oportunidades; do
		none "crm.$t t JOIN crm.contatos c ON c.id = contato_id WHERE t.empresa_id IS DISTINCT FROM c.empresa_id"
		[ "$(sql "SELECT count(contato_id) > 2000 FROM crm.$t")" = t ]
	done
}
