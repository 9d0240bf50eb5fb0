# The pipeline as Make rules: parallel, resumable, one stage or one shard at a time.
#
#	make -f pipelines/run.mk RUN=runs/a PLAN=plans/examples/minimal.plan.json -j4
#	make -f pipelines/run.mk RUN=runs/a load	# needs DATABASE_URL
#
# RUN/tables.mk, which plan-check writes, holds the middle: one rule for each table and shard,
# its targets the shard's files, its prerequisites the receipts of the table's parents.
#
# Goals: all (the default: rows, and their audit), plan (nothing after plan-check), rows, load, clean.
#
# Variables that are read:
#	RUN		the run directory
#	PLAN		the plan
#	DDL		SQL text with the schema, instead of the database that DATABASE_URL names
#	KEYS		tables whose rows children attach to: crm.empresas(data_criacao),crm.usuarios
#	SHARDS		--shards of plan-check
#	CHECKFLAGS	other options of plan-check
#	GENFLAGS	options of the generators
#	EVALFLAGS	options of eval
#	LOADFLAGS	options of load
#	LAUNCH		is put before every generator call, e.g. LAUNCH='srun -Q -n1'
#	BIN		the folder of the executables
RUN		?= run

# Where the executables are: installed, they are in the folder above this one; in a checkout, below
# build.  This is expanded now, because once tables.mk is included the last word is another.
here		:= $(dir $(lastword $(MAKEFILE_LIST)))
ifndef BIN
BIN		:= $(firstword $(DATALCHEMY_BIN) $(patsubst %/plan-check,%,$(wildcard \
		   $(here)../plan-check $(here)../build/gcc/bin/plan-check $(here)../build/clang/bin/plan-check)))
endif

# ---- what a name may have -----------------------------------------------------------------------

# The names of files become targets and words of commands.  Make has no way to quote a space there, and
# means something by these characters; a name that has one would stand for other files.
empty		:=
space		:= $(empty) $(empty)
tab		:= $(empty)	$(empty)
hash		:= \#
reserved	:= $(space) $(tab) $$ $(hash) : % \ ; & | < > ( ) * ? [ ] { } ~ ! = ' " `

# plain NAME: ends with one line if the value of that variable has a reserved character.  What was
# typed is looked at as it stands, since make takes the character after a dollar sign for a variable.
typed		= $(if $(filter file,$(origin $1)),$($1),$(value $1))
plain		= $(if $(or $(findstring $(space),$(typed)),$(findstring $(tab),$(typed)),\
		  $(strip $(foreach c,$(reserved),$(findstring $c,$(typed))))),\
		  $(error $1 is '$(typed)': run.mk takes names without spaces, quotes and \
		  $$ $(hash) : % \ ; & | < > ( ) * ? [ ] { } ~ ! =; rename it, or use `datalchemy run`))

# quoted TEXT: as one word of the shell
quoted		= '$(subst ','\'',$1)'

$(call plain,RUN)
$(call plain,BIN)
ifeq ($(BIN),)
$(error no executables found: run make, or name their folder by BIN)
endif
ifeq ($(RUN),)
$(error RUN is empty: it names the run directory)
endif
# with or without its slash
override BIN	:= $(if $(filter-out %/,$(BIN)),$(BIN)/,$(BIN))
export RUN BIN

# ---- what an earlier call was given -------------------------------------------------------------

# Files are remade when what they are made from is newer.  The values of these variables decide about
# them too, so each is written into the run directory once it has had its effect: RUN/.make-NAME.  A
# variable that is not given has the value of the call before; one that has another value than then
# has its stage run again, by way of FORCE.
memory		= $(eval $1.was := $$(file <$$(RUN)/.make-$1))\
		  $(if $(filter undefined,$(origin $1)),$(eval $1 := $$($1.was)))
$(foreach name,PLAN DDL KEYS SHARDS CHECKFLAGS GENFLAGS EVALFLAGS,$(call memory,$(name)))
PLAN		:= $(or $(PLAN),plan.json)
$(call plain,PLAN)
$(call plain,DDL)

# changed NAME...: FORCE if one of them is not what it was
changed		= $(if $(strip $(foreach name,$1,$(if $(call same,$($(name)),$($(name).was)),,x))),FORCE)
same		= $(and $(findstring x$1x,x$2x),$(findstring x$2x,x$1x))
# noted NAME...: commands that write down what they are
noted		= @$(foreach name,$1,printf '%s\n' $(call quoted,$($(name))) >'$(RUN)/.make-$(name)' && ):

# ---- rules --------------------------------------------------------------------------------------

.DELETE_ON_ERROR:
.PHONY: all plan rows load FORCE
all: $(RUN)/.evaluated
FORCE:

$(RUN)/schema.msgpack: $(wildcard $(DDL)) $(call changed,DDL KEYS)
	$(BIN)introspect $(if $(DDL),--ddl $(call quoted,$(DDL))) $(if $(KEYS),--keys $(call quoted,$(KEYS))) --run '$(RUN)'
	@touch $@
	$(call noted,DDL KEYS)

# plan-check leaves artefacts untouched whose bytes would not change; the stamp remembers the look
$(RUN)/.plan-checked: $(RUN)/schema.msgpack $(PLAN) $(wildcard $(RUN)/keys/*.existing.msgpack) \
		$(call changed,PLAN SHARDS CHECKFLAGS)
	$(BIN)plan-check '$(PLAN)' --run '$(RUN)' $(if $(SHARDS),--shards $(call quoted,$(SHARDS))) $(CHECKFLAGS)
	@touch $@
	$(call noted,PLAN SHARDS CHECKFLAGS)

# introspect takes away the keys of tables that KEYS does not name any more
$(RUN)/keys/%.existing.msgpack: ;

plan: $(RUN)/.plan-checked

# tables.mk is remade, and make starts again with it, whenever the plan was looked at anew
$(RUN)/tables.mk: $(RUN)/.plan-checked ;

ifeq ($(filter clean,$(MAKECMDGOALS)),)
include $(RUN)/tables.mk
endif

# Other options than those of the call before: every generator is called, and makes what is not in the form that
# they ask for.  They are written down when all of them have.
$(ALL_RECEIPTS): $(call changed,GENFLAGS)

$(RUN)/.make-GENFLAGS: $(ALL_FILES) $(call changed,GENFLAGS)
	$(call noted,GENFLAGS)

rows: $(ALL_FILES) $(RUN)/.make-GENFLAGS

# a stamp, not the report: .DELETE_ON_ERROR must not take away the report of what was found
$(RUN)/.evaluated: $(ALL_FILES) $(RUN)/.make-GENFLAGS $(call changed,EVALFLAGS)
	$(BIN)eval --run '$(RUN)' $(EVALFLAGS)
	@touch $@
	$(call noted,EVALFLAGS)

load: $(RUN)/.evaluated
	$(BIN)load --run '$(RUN)' $(LOADFLAGS)

.PHONY: clean
clean:
	rm -rf '$(RUN)'
