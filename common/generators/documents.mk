# Each common/generators/gen_id_NAME.c is a family of generators of documents' numbers, gen_id_NAME_ops, which
# genreg_plain.c finds through the list that is made here: a country's documents are one file more.
ID_SRC	:= $(sort $(wildcard common/generators/gen_id_*.c))
ID_LIST	:= $(B)/common/generators/documents.c
COMMON_OBJ	+= $(ID_LIST:.c=.o)

$(ID_LIST): common/generators $(ID_SRC) common/generators/documents.mk
	@mkdir -p $(@D)
	@{ echo '#include "common/generators/gen_id.h"'; \
	for f in $(basename $(notdir $(ID_SRC))); do echo "extern const struct gen_op $${f}_ops[];"; done; \
	echo 'const struct gen_op *const gen_id_all[] = {'; \
	for f in $(basename $(notdir $(ID_SRC))); do echo "	$${f}_ops,"; done; \
	echo '	NULL};'; } >$@

$(B)/common/generators/documents.o: $(ID_LIST)
	$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
