# Datalchemy: build, test, check, bench, install.  `make help` lists the goals.
CC		?= gcc
ifeq ($(origin CC),default)
CC		:= gcc
endif
MODE		?= $(notdir $(CC))
B		?= build/$(MODE)
OPT		?= -O2 -g
WARN		:= -Wall -Wextra -Werror -Wshadow -Wvla -Wundef -Wpointer-arith -Wcast-qual \
		   -Wwrite-strings -Wmissing-prototypes -Wstrict-prototypes -Wformat=2 -Wunused-result
MODE_CFLAGS	?=
CFLAGS_ALL	:= -std=c11 -D_GNU_SOURCE -DXXH_INLINE_ALL -I. -I$(B) -march=x86-64-v2 $(OPT) $(WARN) \
		   -fvisibility=hidden -ffunction-sections -fdata-sections -fno-strict-aliasing \
		   -ffp-contract=off $(MODE_CFLAGS) $(CFLAGS)
ifneq ($(shell uname -m),x86_64)
CFLAGS_ALL	:= $(filter-out -march=x86-64-v2,$(CFLAGS_ALL))
endif
LDFLAGS_ALL	:= -Wl,--gc-sections -Wl,--as-needed $(MODE_CFLAGS) $(LDFLAGS)
LIBS		:= -lpg_query -lmsgpackc -ljansson -lpcre2-8 -lzstd -lcrypto -lm
PG_CFLAGS	:= -I/usr/include/postgresql

STAGES		:= $(notdir $(patsubst %/,%,$(wildcard stages/*/)))
UNITS		:= $(basename $(notdir $(wildcard tests/unit/*.c)))
COMMON_OBJ	:= $(patsubst %.c,$(B)/%.o,$(wildcard common/*.c))
-include $(wildcard stages/*/stage.mk)
-include $(wildcard common/*.mk)

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

define UNIT
$(B)/unit/$(1): $(B)/tests/unit/$(1).o $(B)/libcommon.a
	@mkdir -p $$(@D)
	$(CC) -o $$@ $$^ $(LDFLAGS_ALL) $$($(1)_LIBS) $(LIBS)
endef
$(foreach u,$(UNITS),$(eval $(call UNIT,$(u))))

.PHONY: units
units: $(addprefix $(B)/unit/,$(UNITS))

-include $(shell find $(B) -name '*.d' 2>/dev/null)
