# shellcheck shell=bash
# What `datalchemy fill --help` and `datalchemy run --help` print.

usage_fill() {
	cat <<'TXT'
Usage: datalchemy fill [URL] [options]

Fills the tables of a PostgreSQL database with synthetic rows.
It reads the schema, makes a plan from it, examines the database before it generates a row, and loads
the rows in one transaction with every constraint validated.  If tables have rows already, it stops
and changes nothing.

The database
  URL, --conn URL    postgresql://...; better set DATABASE_URL, because ps shows arguments to others
                     (default: DATABASE_URL, else libpq's environment)
  --schema NAME      only this schema (may be repeated)
  --tables PATTERN   only these tables, as 'crm.*' or leads,users; empty parents that they need are
                     filled too, parents that have rows are used as they are (may be repeated)
  --exclude PATTERN  not these tables (may be repeated)
  --keep-filled      leave tables that have rows alone; new children refer to their rows

The rows
  --rows N           rows of every table (default 100), such as 5000 or 5k; tables of codes get fewer, tables
                     of lines more; 'N;schema.table=M': M rows of this table
  --scale X          X times 100 rows of every table; not with --rows
  --seed N           a different seed makes different rows (default 42)
  --as-of DATE       the date that counts as today (default: today); the same seed, schema and date give
                     the same rows
  --locale LOCALE    pt_BR or en_US (default: the language of the names in the schema)
  --data DIR         your own lists of words, DIR/LOCALE/NAME.txt: see plan-check --help
  --null-rate R      share of NULLs in nullable columns (default 0.1)

The load
  --preview [N]      show the first N rows (default 5) of each table; write nothing
  --dry-run          load, have the server validate everything, and roll back
  --truncate         empty the tables of the plan first, in the same transaction
  --append           add rows to the tables that have some
  --triggers POLICY  which insert triggers fire: on, off, or auto (default): those that neither reject
                     rows nor write into tables of the plan (see datalchemy load --help);
                     --no-triggers: off; --without-trigger SCHEMA.TABLE.NAME: all but this one
  --set NAME=VALUE   set a parameter, such as app.tenant=1, in the session that loads (may be repeated)
  --in-place         keep keys and indexes while rows are copied; without it, those of empty tables are
                     dropped and made again within the transaction, while other sessions wait

The run
  --run DIR          the run directory (default: a new one, which is named)
  --run-dir DIR      where a new one is made (default: runs)
  --resume           continue the run of --run after a failure, or after you have edited its plan.json;
                     the options of the first call hold; --jobs and the load options may be given again
  -j, --jobs N       worker processes (default: the number of processors)
  --shards N         shards of every table
  --format F         binary (default), text, csv
  --compress zstd    compress the files
  --quiet            print only the run directory, at the end, and errors

Examples
  DATABASE_URL=postgresql://localhost/app datalchemy fill --rows 1000
  datalchemy fill --preview --tables 'shop.*'
  datalchemy fill --dry-run
  datalchemy fill --run runs/a --resume

Exit status
  0   done
  1   the plan was refused, or violations were found
  2   usage or bad input: the same call will fail again
  75  temporary (disk full, server away): a retry may help
After any failure the database is as it was (sequences may have advanced).
TXT
}

usage_run() {
	cat <<'TXT'
Usage: datalchemy run --plan PLAN [--conn URL | --ddl FILE] [options]

Generates the rows of a plan, audits them, and with --load loads them into the database.

Options
  --plan PLAN       the plan (plan.json)
  --conn URL        the database: its schema is read, and its tables are filled with --load
                    (default: DATABASE_URL, else libpq's environment)
  --ddl FILE        read the schema from SQL text instead, with a throwaway PostgreSQL
  --run DIR         the run directory (default: a new one under runs/)
  --run-dir DIR     where a new one is made (default: runs)
  --load            load the rows into the database of --conn, and audit them there by SQL
  --dry-run         as --load, but roll back after the server has validated every constraint
  --preview [N]     show the first N rows (default 5) of each table; write nothing
  --in-place, --truncate, --append, --triggers POLICY, --no-triggers, --without-trigger NAME,
  --set NAME=VALUE  for --load: see datalchemy load --help; without --triggers, those triggers
                    fire that neither reject rows nor add rows to tables of the plan
  --jobs N, -j N    worker processes (default 1)
  --shards N        shards of every table (default: the plan's)
  --seed N          another seed than the plan's
  --rows SPEC       other row counts: 1000, or '1000;crm.leads=500000'
  --as-of DATE      another date that counts as today
  --null-rate R     share of NULLs in nullable columns without a rule
  --data DIR        your own lists of words, DIR/LOCALE/NAME.txt: see plan-check --help
  --format F        csv (default), text, binary, jsonl
  --compress zstd   compress the rows
  --schema S        only this namespace (may be repeated)
  --tables PATTERN, --exclude PATTERN
                    only these tables, with the parents that they need; not these
  --keys TABLES     new children may refer to rows that these tables already have:
                    SCHEMA.TABLE[(COLUMN,...)][,...]
  --keep-filled     leave tables that have rows alone, even if the plan names them; new children refer to
                    their rows
  --resume          continue the run of --run, without repeating what is done; the options of the first
                    call hold; --jobs and the load options may be given again
  --quiet           print only the run directory and errors

Prints run_dir=DIR first; the reports are DIR/report.md and DIR/report.html.

Exit status
  0   done
  1   the plan was refused, or violations were found
  2   usage or bad input: the same call will fail again
  75  temporary (disk full, server away): a retry may help
TXT
}
