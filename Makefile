# Datalchemy: build, test, check, bench, install.  `make help` lists the goals.
.DEFAULT_GOAL	:= all
CC		?= gcc
ifeq ($(origin CC),default)
CC		:= gcc
endif
MODE		?= $(notdir $(CC))
B		?= build/$(MODE)
OPT		?= -O2 -g
WARN		:= -Wall -Wextra -Werror -Wshadow -Wvla -Wundef -Wpointer-arith -Wcast-qual \
		   -Wwrite-strings -Wmissing-prototypes -Wstrict-prototypes -Wformat=2 -Wunused-result \
		   -Wno-missing-field-initializers
MODE_CFLAGS	?=
CFLAGS_ALL	:= -std=c11 -D_GNU_SOURCE -DXXH_INLINE_ALL -I. -I$(B) -march=x86-64-v2 $(OPT) $(WARN) \
		   -fvisibility=hidden -ffunction-sections -fdata-sections -fno-strict-aliasing \
		   -ffp-contract=off $(MODE_CFLAGS) $(CFLAGS)
ifneq ($(shell uname -m),x86_64)
CFLAGS_ALL	:= $(filter-out -march=x86-64-v2,$(CFLAGS_ALL))
endif
LDFLAGS_ALL	:= -Wl,--gc-sections -Wl,--as-needed $(MODE_CFLAGS) $(LDFLAGS)
LIBS		:= -lpg_query -lmsgpackc -ljansson -lpcre2-8 -lzstd -lnettle -lm
PG_CFLAGS	:= -I/usr/include/postgresql

STAGES		:= $(notdir $(patsubst %/,%,$(wildcard stages/*/)))
UNITS		:= $(basename $(notdir $(wildcard tests/unit/*.c)))
COMMON_SRC	:= $(wildcard common/*/*.c common/*/*/*.c)
COMMON_OBJ	:= $(COMMON_SRC:%.c=$(B)/%.o)
-include $(wildcard stages/*/stage.mk)
-include $(wildcard common/*/*.mk)

.PHONY: all
all: $(addprefix $(B)/bin/,$(STAGES))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(PG_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libcommon.a: $(COMMON_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

# a stage is a folder; one that needs more than LIBS says so in its stage.mk: NAME_LIBS := -lpq
define STAGE
$(B)/bin/$(1): $(patsubst %.c,$(B)/%.o,$(wildcard stages/$(1)/*.c)) $(B)/libcommon.a
	@mkdir -p $$(@D)
	$(CC) -o $$@ $$^ $(LDFLAGS_ALL) $$($(1)_LIBS) $(LIBS)
endef
$(foreach s,$(STAGES),$(eval $(call STAGE,$(s))))

# a second opinion on letters, which no stage needs
unicode_LIBS	:= -lutf8proc

# the functions of a stage that units ask one by one: all but its main()
PLAN_CHECK_OBJ	:= $(patsubst %.c,$(B)/%.o,$(filter-out %/main.c,$(wildcard stages/plan-check/*.c))) $(ROLES_OBJ)
plan_check_OBJ	:= $(PLAN_CHECK_OBJ)
plan_resolve_OBJ := $(PLAN_CHECK_OBJ)

define UNIT
$(B)/unit/$(1): $(B)/tests/unit/$(1).o $$($(1)_OBJ) $(B)/libcommon.a
	@mkdir -p $$(@D)
	$(CC) -o $$@ $$^ $(LDFLAGS_ALL) $$($(1)_LIBS) $(LIBS)
endef
$(foreach u,$(UNITS),$(eval $(call UNIT,$(u))))

.PHONY: units
units: $(addprefix $(B)/unit/,$(UNITS)) $(B)/shim/fault.so

# Readers of what may be hostile, each a target of libFuzzer (make fuzz).
FUZZ_TARGETS	:= $(basename $(notdir $(wildcard tests/fuzz/*.c)))
FUZZ_FLAGS	:= -fno-sanitize-recover=all -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
plan_json_OBJ	:= $(PLAN_CHECK_OBJ)

define FUZZER
$(B)/fuzz/$(1): $(B)/tests/fuzz/$(1).o $$($(1)_OBJ) $(B)/libcommon.a
	@mkdir -p $$(@D)
	$(CC) -o $$@ $$^ $(LDFLAGS_ALL) -fsanitize=fuzzer $$($(1)_LIBS) $(LIBS)
endef
$(foreach f,$(FUZZ_TARGETS),$(eval $(call FUZZER,$(f))))

.PHONY: fuzzers
fuzzers: $(addprefix $(B)/fuzz/,$(FUZZ_TARGETS))

# preloaded, and so compiled without what MODE_CFLAGS adds to stages
$(B)/shim/fault.so: tests/shim/fault.c
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(OPT) $(WARN) -fPIC -shared -o $@ $< -ldl

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# What the suites run against: another folder of executables is another B.
T		?= tests
SUITE		= BIN=$(abspath $(B)/bin) UNIT=$(abspath $(B)/unit) scripts/run-tests $(T)

.PHONY: help
help:
	@printf '%s\n' \
	  'make demo         set up, fill the CRM fixture in a throwaway PostgreSQL, prove it by SQL' \
	  'make              build the stages into $(B)/bin (CC=clang: into build/clang/bin)' \
	  'make test         install what is missing, build, run all suites (T=tests/unit: some)' \
	  'make test-servers PostgreSQL 13 to 18: the pipeline and the SQL audit (MAJORS="13 18": some)' \
	  'make corpus       fill schemas that Debian packages have, judged by SQL (NAMES="zabbix rt5" ROWS=100)' \
	  'make catalogue    write plans/GENERATORS.md and the generated part of plans/plan.schema.json' \
	  'make check        floors, sizes, formatting, banned calls, shellcheck, made pages' \
	  'make check-dead   functions that no stage has' \
	  'make check-circles files that call each other in a circle' \
	  'make coverage     the lines of C that the suites run (T=tests/unit: some of them)' \
	  'make digests      the rows of every example, zoo and fixture are what they were' \
	  'make fuzz-sql     random expressions, PostgreSQL the oracle (FUZZ="--seed 2 --cells 100000")' \
	  'make faults       every call of every stage to libc fails once (make test takes some)' \
	  'make kills        1,000 stages are killed at random moments, and finished by the same call' \
	  'make fuzz         libFuzzer on every reader, 80 seconds in all (FUZZ_SECONDS=3600)' \
	  'make asan         all suites under AddressSanitizer and UBSan' \
	  'make valgrind     the suites of units and stages under valgrind' \
	  'make bench        what it costs, as ratios to what runs beside it (GOALS="G2 G5")' \
	  '                  beside another build: scripts/bench-against BUILD_DIR, or OLD=BUILD_DIR' \
	  'make evidence     print the evidence of the tasks again' \
	  'make setup        install what building, testing and the demo need' \
	  'make fmt          format every C file' \
	  'make install      into PREFIX=$(PREFIX), below DESTDIR' \
	  'make uninstall    take that away again' \
	  'make clean        remove build/'

.PHONY: setup test asan valgrind faults kills fuzz
setup:
	@scripts/setup test

# Servers that are missing are fetched into build/servers; MAJORS chooses some.
.PHONY: test-servers
test-servers:
	@scripts/setup test
	@$(MAKE) -s -j2 CC=$(CC) B=$(B) all units
	@BIN=$(abspath $(B)/bin) UNIT=$(abspath $(B)/unit) scripts/test-servers $(MAJORS)

# FUZZ: options of tests/sql/fuzz.py
.PHONY: fuzz-sql
fuzz-sql:
	@scripts/setup test
	@$(MAKE) -s -j2 CC=$(CC) B=$(B) $(B)/unit/sqleval
	@scripts/postgres_local.sh run -- /usr/bin/python3 tests/sql/fuzz.py $(B)/unit/sqleval $(FUZZ)

# UPDATE=--update writes the list anew
.PHONY: digests
digests:
	@scripts/setup test
	@$(MAKE) -s -j2 CC=$(CC) B=$(B) all
	@BIN=$(abspath $(B)/bin) scripts/digests $(UPDATE)

# Every generator in each locale on columns of 31 types, unique and not, 10,000 rows each; the suite walks fewer.
.PHONY: walk
WALK_ROWS ?= 10000
walk:
	@scripts/setup test
	@$(MAKE) -s -j2 CC=$(CC) B=$(B) all
	@d=$$(mktemp -d /tmp/dlwalk.XXXXXX); trap 'rm -rf "$$d"' EXIT; \
		POSTGRES_LOCAL_OPTS='-c max_locks_per_transaction=4096' scripts/postgres_local.sh run -- \
		/usr/bin/python3 tests/lib/walk.py $(abspath $(B)/bin) "$$d/walk" $(WALK_ROWS) $(TYPES)

.PHONY: demo bench evidence
demo:
	@scripts/setup demo
	@$(MAKE) -s -j2 CC=$(CC) B=$(B) all
	@BIN=$(abspath $(B)/bin) scripts/demo

# ROWS and GOALS choose, OLD is another build; the server gets the memory a real one would have
BENCH_SERVER	= -c shared_buffers=1GB -c max_wal_size=8GB -c maintenance_work_mem=256MB
bench:
	@scripts/setup test
	@$(MAKE) -s -j2 CC=$(CC) B=$(B) all $(B)/bench/calib $(B)/bench/lineitem $(B)/bench/predicates
	@BIN=$(abspath $(B)/bin) BENCH=$(abspath $(B)/bench) \
		POSTGRES_LOCAL_OPTS='$(BENCH_SERVER)' scripts/postgres_local.sh run -- \
		scripts/bench $(if $(ROWS),--rows $(ROWS)) $(if $(OLD),--old $(OLD)) $(GOALS)

$(B)/bench/%: $(B)/tests/bench/%.o $(B)/libcommon.a
	@mkdir -p $(@D)
	$(CC) -o $@ $^ $(LDFLAGS_ALL) $(LIBS)

evidence:
	@scripts/setup test
	@scripts/evidence

# setup comes first, in a make of its own: what follows looks for what it installs
test:
	@scripts/setup test
	@$(MAKE) -s -j2 CC=$(CC) B=$(B) all units
	@$(SUITE)

asan:
	@$(MAKE) test B=build/asan OPT='-O1 -g' \
		MODE_CFLAGS='-fsanitize=address,undefined -fno-sanitize-recover=all'

valgrind: T = tests/unit tests/stage
valgrind:
	@scripts/setup test
	@$(MAKE) -s -j2 CC=$(CC) B=$(B) all units
	@scripts/valgrind-wrap $(B) build/valgrind
	@BIN=$(abspath build/valgrind/bin) UNIT=$(abspath build/valgrind/unit) \
		scripts/run-tests $(wildcard $(T))

# KILLS, KILLS_SEED: how many, and the random numbers that choose their moments
kills:
	@KILLS=$(or $(KILLS),1000) $(MAKE) -s test T=tests/pipeline/kills.bats

# FUZZ_SECONDS: for all targets together
fuzz:
	@scripts/setup --fuzz
	@$(MAKE) -s -j2 CC=$(CC) B=$(B) all
	@$(MAKE) -s -j2 CC=clang B=build/fuzz OPT='-O1 -g' \
		MODE_CFLAGS='-fsanitize=fuzzer-no-link,address,undefined $(FUZZ_FLAGS)' fuzzers
	@BIN=$(abspath $(B)/bin) scripts/fuzz build/fuzz/fuzz $(or $(FUZZ_SECONDS),80)

faults:
	@FAULTS=every $(MAKE) -s test T=tests/pipeline/faults.bats

.PHONY: corpus
CORPUS_ROWS := 100,10000# in a variable, because a comma would end an argument of $(or)
corpus: all
	@scripts/setup test
	@BIN=$(abspath $(B)/bin) scripts/corpus --rows $(or $(ROWS),$(CORPUS_ROWS)) $(NAMES)

.PHONY: coverage
coverage:
	@scripts/setup test
	@scripts/coverage $(T)

# they read what is built
.PHONY: check-dead check-circles
check-dead: all
	@B=$(B) scripts/check-dead

check-circles: all
	@scripts/check-circles $(B)

# What is made of the generators' table: the page of them, and their part of the schema of plans.
.PHONY: catalogue
catalogue: all
	@BIN=$(abspath $(B)/bin) scripts/make-catalogue

.PHONY: check fmt
check:
	@scripts/setup test
	@$(MAKE) -s -j2 CC=$(CC) B=$(B) $(B)/bin/generators $(B)/bin/plan-check
	@bad=0; for c in floors size banned format shell; do scripts/check-$$c || bad=1; done; \
		BIN=$(abspath $(B)/bin) scripts/make-catalogue --check || bad=1; exit $$bad

fmt:
	git ls-files -z --cached --others --exclude-standard '*.c' '*.h' | xargs -0 clang-format -i

# bin/ has the front door; the stages, and what they call, are its libexec
PREFIX		?= /usr/local
LIBEXEC		= $(DESTDIR)$(PREFIX)/libexec/datalchemy
MAN		= $(DESTDIR)$(PREFIX)/share/man

.PHONY: install uninstall clean
install: all
	scripts/make-man $(B)/bin $(B)/man
	install -d $(DESTDIR)$(PREFIX)/bin $(LIBEXEC) $(MAN)/man1 $(MAN)/man7
	install $(addprefix $(B)/bin/,$(STAGES)) scripts/postgres_local.sh $(LIBEXEC)
	cp -R pipelines $(LIBEXEC)
	chmod -R u=rwX,go=rX $(LIBEXEC)/pipelines
	install scripts/datalchemy $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(B)/man/*.1 $(MAN)/man1
	install -m 644 $(B)/man/*.7 $(MAN)/man7

uninstall:
	rm -rf $(LIBEXEC)
	rm -f $(DESTDIR)$(PREFIX)/bin/datalchemy $(MAN)/man1/datalchemy.1 $(MAN)/man1/datalchemy-*.1 \
		$(MAN)/man7/datalchemy-*.7

clean:
	rm -rf build
