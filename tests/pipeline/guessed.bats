#!/usr/bin/env bats
# What init takes columns for whose whole name no role knows: endings, short forms, and types.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db guessed
	DATABASE_URL=$(pg_url guessed)
	export DATABASE_URL
	sql "CREATE TABLE visit (id int PRIMARY KEY, first_nm text, checked_by text, flux_class varchar(20), open_ind char(1),
		plinth text, plinths text[], plinth_doc jsonb, plinth_hour time, plinth_no text, plinth_size smallint)"
	sql "CREATE TABLE tb_motorista (id int PRIMARY KEY, cat_cnh char(2), rntrc varchar(10), sit char(1), tp_vinculo char(1), lograd varchar(80));
		CREATE TABLE viagem (id int PRIMARY KEY, cid_orig varchar(40), uf_orig char(2), dt_saida timestamp, dt_prev_cheg timestamp, dt_cheg timestamp);
		CREATE TABLE card_txn (id int PRIMARY KEY, rrn varchar(12), response_code char(2), hashed_key text, opened_ts bigint, fee_bps int);
		CREATE TABLE vitrine (id int PRIMARY KEY, produto varchar(80), head_teacher varchar(60), livro_principal text, procedure_name text, book_count int, customer_concern text);
		CREATE TABLE ride (id int PRIMARY KEY, zip5 char(5), phone2 varchar(20), good_student_ind char(1), years_licensed smallint, make_nm varchar(20),
			optometrist varchar(60), nome_avaliadora varchar(60), printer_name varchar(30), sq_ft int, hydrant_ft int, annual_miles int);
		CREATE TABLE unidades (id int PRIMARY KEY, apelido_curto text, nome varchar(60), cnpj varchar(18), endereco varchar(200), cidade varchar(60), uf char(2),
			telefone varchar(20), email varchar(80), catraca varchar(20), aulas_semana smallint, taxa_matricula numeric(8,2), aa_obra smallint);
		CREATE TABLE concessionario (id int PRIMARY KEY, nome varchar(100), cpf char(11));
		CREATE TABLE funeraria (id int PRIMARY KEY, nome varchar(100), cnpj varchar(18));
		CREATE TABLE claimant (id int PRIMARY KEY, claimant_nm varchar(60), demand_amt numeric(12,2));
		CREATE TABLE borrower (id int PRIMARY KEY, name varchar(60));
		CREATE TABLE \"!!\" (id int PRIMARY KEY, \"?\" text, name varchar(60));
		CREATE TABLE zarp (id int PRIMARY KEY, name varchar(60));
		CREATE TABLE zorps (id int PRIMARY KEY, title varchar(60));
		CREATE TABLE lesson (id int PRIMARY KEY, fte numeric(3,2), gpa numeric(3,2), bp_sys smallint, rrule text, isin char(12), seat_no varchar(4))"
	sql "CREATE TABLE plinth_visit (id int PRIMARY KEY, crqv text,
		plonk_name text, student_id text)"
	catalogue guessed.run public
	plan-check --init --locale en_US --run "$BATS_FILE_TMPDIR/guessed.run" >"$BATS_FILE_TMPDIR/plan.json"
}

teardown_file() {
	pg_stop
}

# role COLUMN: the role that the plan says it was taken for
role() {
	jq -r --arg c "$1" '.rules[] | select(.column == $c) | .guessed.role' "$BATS_FILE_TMPDIR/plan.json"
}

@test "an ending says what a column holds whose name no role knows" {
	[ "$(role checked_by)" = rest.by ]
	[ "$(role flux_class)" = rest.kind ]
	[ "$(role plinth_no)" = rest.number ]
}

@test "short forms of enterprises stand for the names that they shorten" {
	[ "$(role first_nm)" = person.first_name ]
	[ "$(role open_ind)" = other.flag_letter ]
}

@test "a register is known by having few vowels, and holds digits" {
	[ "$(role crqv)" = other.digits ]
}

@test "a name of what nobody knows is the schema's own word with a number" {
	[ "$(role plonk_name)" = name.numbered ]
}

@test "the id of somebody is not the name of somebody" {
	[ "$(role student_id)" = other.digits ]
}

@test "where nothing says what a column holds its type does, without letters at random" {
	[ "$(role plinth)" = other.sentence ]
	[ "$(role plinths)" = other.array ]
	[ "$(role plinth_doc)" = other.json ]
	[ "$(role plinth_hour)" = other.time ]
}

@test "a text that is called as a table is has the names of that table's rows" {
	[ "$(role produto)" = thing.product ]
	[ "$(role head_teacher)" = person.name ]
	[ "$(role livro_principal)" = thing.book ]
	[ "$(role procedure_name)" = thing.procedure ]
	[ "$(role book_count)" != thing.book ]
	[[ $(role customer_concern) != person.* ]]
}

@test "digits behind a name, who does something, units, and letters of yes and no" {
	[ "$(role zip5)" = place.postal_code ]
	[ "$(role phone2)" = person.phone ]
	[ "$(role good_student_ind)" = other.flag_letter ]
	[ "$(role years_licensed)" = other.number ]
	[ "$(role make_nm)" = trade.make_elsewhere ]
	[ "$(role optometrist) $(role nome_avaliadora)" = 'rest.agent rest.agent' ]
	[ "$(role printer_name)" = rest.name ]
	[ "$(role sq_ft) $(role hydrant_ft) $(role annual_miles)" = 'rest.square_feet rest.feet rest.miles_a_year' ]
}

@test "a table with an address is no list of codes, a turnstile no race, a week's lessons no week, and a fee no rate" {
	[ "$(role uf)" = place.state ]
	[ "$(role catraca)" = other.text ]
	[ "$(role aulas_semana)" = rest.per_week ]
	[ "$(role taxa_matricula)" = money.fee ]
	[ "$(role aa_obra)" = number.year ]
}

# of TABLE COLUMN: as role, of one table
of() {
	jq -r --arg t "$1" --arg c "$2" '.rules[] | select(.table == $t and .column == $c) | .guessed.role' "$BATS_FILE_TMPDIR/plan.json"
}

@test "a name is a person's beside what only people have, and a company's beside its number" {
	[ "$(of concessionario nome)" = person.name ]
	[ "$(of funeraria nome)" = company.name_of_table ]
	[ "$(of borrower name)" = person.name ]
	[[ $(of claimant claimant_nm) == *person* ]]
	[ "$(of zarp name) $(of zorps title)" = 'name.numbered name.numbered' ]
	jq -e '.rules[] | select(.table == "zorps" and .column == "title") | .params.pattern | startswith("Zorp ")' "$BATS_FILE_TMPDIR/plan.json"
}

@test "words of work, accounts, roads and schools are known, short and long" {
	[ "$(role cat_cnh)" = road.licence_class ]
	[ "$(role rntrc)" = road.rntrc ]
	[ "$(role lograd)" = place.street ]
	[ "$(role cid_orig)" = road.city_of ]
	[ "$(role dt_prev_cheg)" = road.trip_eta ]
	[ "$(role rrn)" = bank.rrn ]
	[ "$(role hashed_key)" = bank.hashed ]
	[ "$(role opened_ts)" = bank.epoch ]
	[ "$(role fee_bps)" = bank.bps ]
	[ "$(role gpa)" = work.gpa ]
	[ "$(role bp_sys)" = work.bp_sys ]
	[ "$(role seat_no)" = road.seat ]
}

# values COLUMN: those that the rule of a column draws from, in one line
values() {
	jq -r --arg c "$1" '[.rules[] | select(.column == $c) | .params.choices[].value] | join(" ")' "$BATS_FILE_TMPDIR/plan.json"
}

@test "a column of one letter has the initials of the labels that it has no room for" {
	[ "$(values sit)" = "A I S" ]
	[[ $(values tp_vinculo) =~ ^[A-Z](\ [A-Z])+$ ]]
}

# choices TABLE COLUMN: the labels of one column, in one line
choices() {
	jq -r --arg t "$1" --arg c "$2" '[.rules[] | select(.table == $t and .column == $c) | .params.choices[]?.value] | join(" ")' "$BATS_FILE_TMPDIR/subjects.json"
}

@test "a status, a kind and a reason are those of what the table is about" {
	sql "CREATE SCHEMA subjects;
		CREATE TABLE subjects.ordens_servico (id int PRIMARY KEY, status varchar(30), motivo_cancelamento varchar(80), data_entrada date, descricao varchar(200));
		CREATE TABLE subjects.itens_os (id int PRIMARY KEY, tipo varchar(10), situacao varchar(9));
		CREATE TABLE subjects.pecas (id int PRIMARY KEY, descricao varchar(100), codigo varchar(20) NOT NULL UNIQUE);
		CREATE TABLE subjects.servicos_oficina (id int PRIMARY KEY, descricao varchar(60));
		CREATE TABLE subjects.seguradora (codseguradora int PRIMARY KEY, nmseguradora varchar(80), dsramo varchar(60), stseguradora char(1));
		CREATE TABLE subjects.plinth (id int PRIMARY KEY, name text, status text DEFAULT 'ACTIVE', laudo_tecnico text, injuries text);
		CREATE TABLE subjects.plinth_move (id int PRIMARY KEY, status text, started_at timestamp, appointment_type text, state text);
		CREATE TABLE subjects.pessoa_skill (pessoa_id int REFERENCES subjects.plinth, skill text, PRIMARY KEY (pessoa_id, skill))"
	catalogue subjects.run subjects
	plan-check --init --locale pt_BR --run "$BATS_FILE_TMPDIR/subjects.run" >"$BATS_FILE_TMPDIR/subjects.json"
	[[ $(choices ordens_servico status) == *"aguardando peça"* ]]
	[[ $(choices ordens_servico motivo_cancelamento) == *orçamento* ]]
	[[ $(choices itens_os tipo) == "peça serviço" ]]
	[[ $(choices itens_os situacao) == "aprovado pendente executado" ]]
	[[ $(choices pecas descricao) == *Correia* ]]
}

@test "a row without a name has it in its description, and a code begins as what it is of" {
	[ "$(jq -r '.rules[] | select(.table == "pecas" and .column == "codigo") | .params.pattern' "$BATS_FILE_TMPDIR/subjects.json")" = 'PEC-[1-9][0-9]{3,5}' ]
	[ "$(jq -r '.rules[] | select(.table == "servicos_oficina" and .column == "descricao") | .guessed.role' "$BATS_FILE_TMPDIR/subjects.json")" = subject.vehicle_service.name ]
}

@test "what old systems run together is taken apart, and the word that leads says what a thing is" {
	local guessed='.rules[] | select(.column == $c) | .guessed.role'
	[ "$(jq -r --arg c nmseguradora "$guessed" "$BATS_FILE_TMPDIR/subjects.json")" = word.insurer_name ]
	[ "$(jq -r --arg c laudo_tecnico "$guessed" "$BATS_FILE_TMPDIR/subjects.json")" = word.report ]
	[[ $(choices seguradora dsramo) == *Automóvel* ]]
}

@test "a status that nobody knows is that of a thing or of work, and is written as its default is" {
	[ "$(choices plinth status)" = "ATIVO INATIVO SUSPENSO ACTIVE" ]
	[ "$(choices plinth_move status)" = "concluido em_andamento pendente cancelado" ]
	[ "$(choices plinth_move state)" = "concluido em_andamento pendente cancelado" ]
	[[ $(choices plinth_move appointment_type) == *retorno* ]]
	[ "$(choices seguradora stseguradora)" = "A I S" ]
	[ "$(jq '.targets[] | select(.table == "pessoa_skill") | .rows' "$BATS_FILE_TMPDIR/subjects.json")" = null ]
}
