#!/usr/bin/env bats

load ../lib/common

setup() {
	[ -x "$BIN/plan-check" ] || skip 'the stages are not built'
	unset MAKEFLAGS MAKELEVEL MFLAGS
	DEST=$BATS_TEST_TMPDIR/dest
	make=(make -s -C "$ROOT" "B=$(realpath --relative-to="$ROOT" "${BIN%/bin}")" PREFIX=/usr
		"DESTDIR=$DEST")
}

@test "install: the front door finds the stages where it was put, each has its page" {
	"${make[@]}" install
	local stage
	for stage in "$BIN"/*; do
		stage=${stage##*/}
		run "$DEST/usr/bin/datalchemy" "$stage" --help
		expect 0
		grep -q '^\.SH SYNOPSIS' "$DEST/usr/share/man/man1/datalchemy-$stage.1"
	done
	for verb in run slurm parallel kubernetes; do
		run env DATALCHEMY_BIN= "$DEST/usr/bin/datalchemy" $verb --help
		expect 0
		grep -q '^\.SH SYNOPSIS' "$DEST/usr/share/man/man1/datalchemy-$verb.1"
	done
	[ -x "$DEST/usr/libexec/datalchemy/postgres_local.sh" ]
	[ -s "$DEST/usr/share/man/man1/datalchemy.1" ]
}

@test "uninstall: takes away every file that install put there" {
	"${make[@]}" install
	"${make[@]}" uninstall
	run find "$DEST" ! -type d
	[ -z "$output" ]
}
