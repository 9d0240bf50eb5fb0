#!/usr/bin/env bats
# A check that passes everything is worse than none: each is shown what it must refuse.

load ../lib/common

# a project with nothing wrong in it
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	git init -q .
	mkdir -p common/base common/generators stages/one stages/two
	cp -r "$ROOT/scripts" "$ROOT/.clang-format" .
	cp "$ROOT/common/STYLE" common/
	printf '%s\n' '# lowest first' 'base err < str num*' 'generators gen_*' >common/FLOORS
	touch common/base/err.h common/base/str.h common/base/num.h common/generators/gen_a.h stages/two/two.h
	printf '#include "common/base/str.h"\n\n#include "common/base/err.h"\n' >common/base/str.c
	printf '#include "common/base/num.h"\n' >common/base/num_more.c
	printf '#include "common/generators/gen_a.h"\n#include "stages/one/one.h"\n' >stages/one/main.c
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
	for c in floors size banned format; do
		run "scripts/check-$c"
		expect 0
		[ -z "$output" ]
	done
}

@test "check-floors: an include of the same inner floor, and of a higher folder" {
	printf '#include "common/base/num.h"\n' >>common/base/str.c
	printf '#include "common/generators/gen_a.h"\n' >common/base/err.c
	refused floors 'common/base/str.c:4: includes common/base/num.h: str is not above num* in base' \
		'common/base/err.c:1: includes common/generators/gen_a.h: folder base is not above generators'
}

@test "check-floors: a file, a folder or a name that the list or the tree does not have" {
	printf '#include "common/base/err.h"\n' >common/base/stray.c
	mkdir common/attic
	touch common/attic/old.c
	rm common/base/str.*
	refused floors 'common/base/stray.c: is not in common/FLOORS' \
		'common/attic/old.c: folder attic is not in common/FLOORS' \
		'common/FLOORS: base has no file for str'
}

@test "check-floors: files of one module that include each other in a circle" {
	printf '#include "common/base/num_b.h"\n' >common/base/num_a.h
	printf '#include "common/base/num_c.h"\n' >common/base/num_b.h
	printf '#include "common/base/num_a.h"\n' >common/base/num_c.h
	refused floors 'a circle of files' common/base/num_a.h common/base/num_b.h common/base/num_c.h
}

@test "check-floors: a stage that includes another, common that includes a stage" {
	printf '#include "stages/two/two.h"\n' >stages/one/more.c
	printf '#include "stages/two/two.h"\n' >common/base/err.c
	refused floors 'stages/one/more.c:1: includes stages/two/two.h' \
		'common/base/err.c:1: includes stages/two/two.h'
}

@test "check-size: a file of more than 500 lines, a function of more than 60" {
	lines() {
		local i
		for ((i = 0; i < $1; i++)); do echo "	;"; done
	}
	{
		printf 'int long_one(void)\n{\n'
		lines 58
		printf '}\n\nstruct pair {\n'
		lines 70
		printf '};\n'
	} >common/base/err.c
	lines 500 >stages/two/two.h
	run scripts/check-size
	expect 0
	sed -i '3i ;' common/base/err.c
	echo ';' >>stages/two/two.h
	refused size 'common/base/err.c:2: a function of 61 lines' 'stages/two/two.h: has more than 500 lines'
	[ ${#lines[@]} -eq 2 ]
}

@test "check-banned: calls are found; comments, strings and longer names are not calls" {
	printf '%s\n' '/* strcpy(a, b) of' ' * atoi(c) */ int a;' 'char *s = "sprintf(x)";' \
		'int x = my_rand(1) + asprintf(&s, "") + o->system(2); // alloca(2)' >common/base/err.c
	run scripts/check-banned
	expect 0
	printf '%s\n' 'int y = atoi (s);' '/* a */ strcpy(a, b);' >>common/base/err.c
	refused banned 'common/base/err.c:5' 'common/base/err.c:6'
	[ ${#lines[@]} -eq 2 ]
}

@test "check-dead: a function that no executable has, in common/ and in a stage, static or not" {
	need() {
		for f in base/err base/str; do
			gcc -O1 -ffunction-sections -c "common/$f.c" -o "b/common/$f.o"
		done
		for s in one two; do
			gcc -O1 -ffunction-sections -c "stages/$s/main.c" -o "b/stages/$s/main.o"
			gcc -Wl,--gc-sections -o "b/bin/$s" "b/stages/$s/main.o" b/common/base/*.o
		done
		touch b/libcommon.a
		git add -A
	}
	rm common/base/num_more.c
	mkdir -p b/bin b/common/base b/stages/one b/stages/two
	printf '%s\n' '__attribute__((noinline)) static int low(int a) { return a * 7; }' \
		'int err_one(int a) { return low(a); }' 'int err_both(int a) { return a / 3; }' >common/base/err.c
	echo 'int str_one(int a) { return a + 9; }' >common/base/str.c
	echo 'int err_both(int), err_one(int); int main(int c, char **v) { (void)v; return err_both(c) + err_one(c); }' >stages/one/main.c
	echo 'int err_both(int), str_one(int); int main(int c, char **v) { (void)v; return err_both(c) + str_one(c); }' >stages/two/main.c
	need
	B=b run scripts/check-dead
	expect 0
	[ -z "$output" ]
	echo 'int str_none(int a) { return a + 1; }' >>common/base/str.c
	echo 'int err_both(int); int two_none(int a) { return a; } int main(int c, char **v) { (void)v; return err_both(c); }' >stages/two/main.c
	echo 'int err_both(int); int main(int c, char **v) { (void)v; return err_both(c); }' >stages/one/main.c
	need
	B=b refused dead 'common/base/err.c: low() is in no executable' 'common/base/err.c: err_one() is in' \
		'common/base/str.c: str_none() is in' 'common/base/str.c: str_one() is in' 'stages/two/main.c: two_none() is in'
	[ ${#lines[@]} -eq 5 ]
}

@test "check-circles: files that call each other, at a distance; stages may name functions alike" {
	need() {
		for f in common/base/err common/base/str common/base/num_more stages/one/main stages/two/main; do
			gcc -c "$f.c" -o "b/$f.o"
		done
	}
	mkdir -p b/common/base b/stages/one b/stages/two
	echo 'int err_one(void) { return 1; }' >common/base/err.c
	echo 'int err_one(void); int str_one(void) { return err_one(); }' >common/base/str.c
	echo 'int str_one(void); int num_one(void) { return str_one(); }' >common/base/num_more.c
	echo 'int num_one(void); int low(void) { return 1; } int main(void) { return num_one(); }' >stages/one/main.c
	echo 'int low(void); int str_one(void); int main(void) { return str_one(); }' >stages/two/main.c
	need
	run scripts/check-circles b
	expect 0
	[ -z "$output" ]
	echo 'int num_one(void); int err_one(void) { return num_one(); }' >common/base/err.c
	need
	run scripts/check-circles b
	expect 1
	says 'common/base/err.c calls common/base/num_more.c: num_one' \
		'common/base/str.c calls common/base/err.c: err_one' \
		'common/base/num_more.c calls common/base/str.c: str_one'
}

@test "check-format: a file that clang-format would change" {
	printf 'int  a ;\n' >common/base/err.c
	refused format 'common/base/err.c: is not formatted'
}

@test "check-shell: what shellcheck complains of, in scripts without a suffix too" {
	printf '#!/bin/bash\nrm -r $1\n' >scripts/careless
	run scripts/check-shell
	[ "$status" -ne 0 ]
	says 'SC2086'
}
