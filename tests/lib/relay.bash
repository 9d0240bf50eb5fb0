# shellcheck shell=bash
# A relay between a suite's stages and its server (relay.py).  After postgres.bash.

# relayed RULE... -- CMD...: run CMD, whose DATABASE_URL leads through a relay that breaks what the rules say.  The
# relay goes on with what it is about after CMD.
relayed() {
	local rules=() dir in out line
	while [ "$1" != -- ]; do
		rules+=("$1")
		shift
	done
	shift
	dir=$(mktemp -d /tmp/dlrelay.XXXXXX)
	coproc RELAY { exec "$PYTHON" "$ROOT/tests/lib/relay.py" "$dir" "$PG_DIR/.s.PGSQL.5432" "${rules[@]}" 3>&-; }
	in=${RELAY[1]} out=${RELAY[0]}
	read -r line <&"$out" && [ "$line" = ready ] || return
	DATABASE_URL=${DATABASE_URL/"host=$PG_DIR"/"host=$dir"} run "$@"
	exec {in}>&-
	rm -rf "$dir"
}
