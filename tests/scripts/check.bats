#!/usr/bin/env bats
# A check that passes everything is worse than none: each is shown what it must refuse.

load ../lib/common

# a project with nothing wrong in it
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	git init -q .
	mkdir -p common stages/one stages/two
	cp -r "$ROOT/scripts" "$ROOT/.clang-format" .
	cp "$ROOT/common/STYLE" common/
	printf '0\terr\n1\tstr num*\n2\tgen_*\n' >common/FLOORS
	touch common/err.h common/str.h common/num.h common/gen_a.h stages/two/two.h
	printf '#include "common/str.h"\n\n#include "common/err.h"\n' >common/str.c
	printf '#include "common/num.h"\n' >common/num_more.c
	printf '#include "common/gen_a.h"\n#include "stages/one/one.h"\n' >stages/one/main.c
	touch stages/one/one.h
}

# refused CHECK TEXT...: the check fails, and says so
refused() {
	run "scripts/check-$1"
	expect 1
	shift
	says "$@"
}

@test "check: a project with nothing wrong passes every check" {
	local c
	for c in floors banned format; do
		run "scripts/check-$c"
		expect 0
		[ -z "$output" ]
	done
}

@test "check-floors: an include of the same floor or of a higher one" {
	printf '#include "common/num.h"\n' >>common/str.c
	printf '#include "common/gen_a.h"\n' >common/err.c
	refused floors 'common/str.c:4: floor 1 includes common/num.h of floor 1' \
		'common/err.c:1: floor 0 includes common/gen_a.h of floor 2'
}

@test "check-floors: a module nobody listed" {
	printf '#include "common/err.h"\n' >common/stray.c
	refused floors 'module stray is not in common/FLOORS'
}

@test "check-floors: a stage that includes another, common that includes a stage" {
	printf '#include "stages/two/two.h"\n' >stages/one/more.c
	printf '#include "stages/two/two.h"\n' >common/err.c
	refused floors 'stages/one/more.c:1: includes stages/two/two.h' \
		'common/err.c:1: includes stages/two/two.h'
}

@test "check-banned: calls are found; comments, strings and longer names are not calls" {
	printf '%s\n' '/* strcpy(a, b) of' ' * atoi(c) */ int a;' 'char *s = "sprintf(x)";' \
		'int x = my_rand(1) + asprintf(&s, "") + o->system(2); // alloca(2)' >common/err.c
	run scripts/check-banned
	expect 0
	printf '%s\n' 'int y = atoi (s);' '/* a */ strcpy(a, b);' >>common/err.c
	refused banned 'common/err.c:5' 'common/err.c:6'
	[ ${#lines[@]} -eq 2 ]
}

@test "check-format: a file that clang-format would change" {
	printf 'int  a ;\n' >common/err.c
	refused format 'common/err.c: is not formatted'
}

@test "check-shell: what shellcheck complains of, in scripts without a suffix too" {
	printf '#!/bin/bash\nrm -r $1\n' >scripts/careless
	run scripts/check-shell
	[ "$status" -ne 0 ]
	says 'SC2086'
}
