# Written by plan-check: the tables of this run and what each waits for.
# Set from outside: BIN (a folder and its slash), RUN, GENFLAGS (--format ...), LAUNCH
# (srun ..., nice ...); EXT, of the files with rows, follows from GENFLAGS.
RUN_HERE := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
RUN ?= $(RUN_HERE)
DATALCHEMY_BIN ?=
BIN ?= $(DATALCHEMY_BIN)
GENFLAGS ?=
LAUNCH ?=
EXT_binary := bin
EXT_text := txt
EXT_jsonl := jsonl
FORMAT := $(patsubst --format=%,%,\
	$(lastword $(filter --format=%,$(subst --format ,--format=,$(GENFLAGS)))))
EXT ?= $(or $(EXT_$(FORMAT)),csv)$(if $(findstring --compress,$(GENFLAGS)),.zst)

LEVEL_0 := \
	$(RUN)/receipts/gen.shop.customers.json
LEVEL_1 := \
	$(RUN)/receipts/gen.shop.orders.json
PARENTS := $(LEVEL_0)
CHILDREN := $(LEVEL_1)
ALL_RECEIPTS := $(PARENTS) $(CHILDREN)
ALL_FILES := $(ALL_RECEIPTS) \
	$(RUN)/data/shop.customers.$(EXT) \
	$(RUN)/data/shop.orders.$(EXT) \
	$(RUN)/keys/shop.customers.msgpack

$(RUN)/receipts/gen.shop.customers.json $(RUN)/data/shop.customers.$(EXT) $(RUN)/keys/shop.customers.msgpack &: \
	$(RUN)/tables/shop.customers.digest
	$(LAUNCH) $(BIN)gen-parents --run '$(RUN)' --table 'shop.customers' $(GENFLAGS)

$(RUN)/receipts/gen.shop.orders.json $(RUN)/data/shop.orders.$(EXT) &: \
	$(RUN)/tables/shop.orders.digest \
	$(RUN)/receipts/gen.shop.customers.json | \
	$(RUN)/keys/shop.customers.msgpack
	$(LAUNCH) $(BIN)gen-children --run '$(RUN)' --table 'shop.orders' $(GENFLAGS)
