# The roles of columns (common/data/roles) become one C file. A line that roles.awk refuses
# stops the build by its file and number.
ROLES_OBJ	:= $(B)/stages/plan-check/roles.o
$(B)/bin/plan-check: $(ROLES_OBJ)

$(B)/stages/plan-check/roles.c: common/data/roles common/data/roles/roles.awk $(wildcard common/data/roles/*.txt)
	@mkdir -p $(@D)
	@for f in $(filter %.txt,$^); do \
		iconv -f UTF-8 -t UTF-8 $$f >/dev/null || { echo "$$f: not UTF-8" >&2; exit 1; }; done
	LC_ALL=C awk -f common/data/roles/roles.awk $(filter %.txt,$^) >$@.new
	@mv $@.new $@

$(ROLES_OBJ): $(B)/stages/plan-check/roles.c
	$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
