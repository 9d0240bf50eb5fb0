# Word lists (common/data/pt_BR/NAME.txt, UTF-8, one entry a line) become arrays of C,
# #included by gen_br_data.c: {text, bytes}, and for the lists by state {state, {text, bytes}}.
BR_TEXT		:= $(wildcard common/data/pt_BR/*.txt)
BR_INC		:= $(BR_TEXT:common/data/%.txt=$(B)/%.inc)

$(B)/pt_BR/%.inc: common/data/pt_BR/%.txt common/data/words.awk
	@mkdir -p $(@D)
	LC_ALL=C awk -v list=$* -f common/data/words.awk $< > $@

$(B)/common/generators/gen_br_data.o: $(BR_INC)
