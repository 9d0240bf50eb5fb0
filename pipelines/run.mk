# The pipeline as Make rules: parallel, resumable, one stage or one shard at a time.
#
#	make -f pipelines/run.mk RUN=runs/a PLAN=plans/examples/minimal.plan.json -j4
#	make -f pipelines/run.mk RUN=runs/a PLAN=... load	# needs DATABASE_URL
#
# RUN/tables.mk, which plan-check writes, holds the middle: one rule for each table and shard,
# its targets the shard's files, its prerequisites the receipts of the table's parents.
RUN		?= run
PLAN		?= plan.json
ifndef BIN # now: once tables.mk is included the last word is another
BIN		:= $(dir $(lastword $(MAKEFILE_LIST)))../build/gcc/bin/
endif
# with or without its slash
override BIN	:= $(if $(filter-out %/,$(BIN)),$(BIN)/,$(BIN))
GENFLAGS	?=
# tables that have rows to attach children to: crm.empresas(data_criacao),crm.usuarios
KEYS		?=
CHECKFLAGS	?=
# put before every generator call, e.g. LAUNCH='srun -Q -n1'
LAUNCH		?=
export RUN BIN

.DELETE_ON_ERROR:
.PHONY: all rows load
all: $(RUN)/.evaluated

$(RUN)/schema.msgpack:
	$(BIN)introspect $(if $(DDL),--ddl '$(DDL)') $(if $(KEYS),--keys '$(KEYS)') --run '$(RUN)'

# plan-check leaves artefacts untouched whose bytes would not change; the stamp remembers the look
$(RUN)/.plan-checked: $(RUN)/schema.msgpack $(PLAN) $(wildcard $(RUN)/keys/*.existing.msgpack)
	$(BIN)plan-check '$(PLAN)' --run '$(RUN)' $(CHECKFLAGS)
	@touch $@

# tables.mk is remade, and make starts again with it, whenever the plan was looked at anew
$(RUN)/tables.mk: $(RUN)/.plan-checked ;

ifeq ($(filter clean,$(MAKECMDGOALS)),)
include $(RUN)/tables.mk
endif

rows: $(ALL_FILES)

# a stamp, not the report: .DELETE_ON_ERROR must not take away the report of what was found
$(RUN)/.evaluated: $(ALL_FILES)
	$(BIN)eval --run '$(RUN)' $(EVALFLAGS)
	@touch $@

load: $(RUN)/.evaluated
	$(BIN)load --run '$(RUN)' $(LOADFLAGS)

.PHONY: clean
clean:
	rm -rf '$(RUN)'
