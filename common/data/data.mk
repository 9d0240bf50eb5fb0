# Each folder of common/data but roles is a locale, or any: what no language changes. Its lists (*.txt, *.tsv)
# become one C file, which locale.c finds through all.c. A file that is not UTF-8, or that
# words.awk refuses, stops the build by its name and line.
LOCALE_DIRS	:= $(filter-out roles,$(sort $(patsubst common/data/%/,%,$(wildcard common/data/*/))))
LOCALE_C	:= $(LOCALE_DIRS:%=$(B)/common/data/%.c) $(B)/common/data/all.c
COMMON_OBJ	+= $(LOCALE_C:.c=.o)

define LOCALE_DATA
$(B)/common/data/$(1).c: common/data/words.awk common/data/$(1) $(wildcard common/data/$(1)/*.t*)
	@mkdir -p $$(@D)
	@for f in $$(filter %.txt %.tsv,$$^); do \
		iconv -f UTF-8 -t UTF-8 $$$$f >/dev/null || { echo "$$$$f: not UTF-8" >&2; exit 1; }; done
	LC_ALL=C awk -v locale=$(1) -f common/data/words.awk $$(filter %.txt %.tsv,$$^) >$$@.new
	@mv $$@.new $$@
endef
$(foreach d,$(LOCALE_DIRS),$(eval $(call LOCALE_DATA,$(d))))

$(B)/common/data/all.c: common/data common/data/data.mk
	@mkdir -p $(@D)
	@{ echo '#include "common/generators/locale.h"'; \
	for d in $(LOCALE_DIRS); do echo "extern const struct locale locale_data_$$d;"; done; \
	echo 'const struct locale *const locale_all[] = {'; \
	for d in $(LOCALE_DIRS); do echo "	&locale_data_$$d,"; done; \
	echo '	NULL};'; } >$@

$(B)/common/data/%.o: $(B)/common/data/%.c
	$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
