#!/bin/bash
# A throwaway PostgreSQL on a private socket: no port, no password, no trace.
#
#   scripts/postgres_local.sh run -- CMD...   run CMD with DATABASE_URL set, then stop
#   scripts/postgres_local.sh start DIR [PID] start in DIR (new, short), print its URL; it
#                                             stops when PID (default: the caller) ends,
#                                             however it ends
#   scripts/postgres_local.sh stop DIR        stop it and remove DIR
#
# The first start makes a template cluster and caches it, later ones unpack that.
# PGBIN names another PostgreSQL's folder of programs, 13 to 18; POSTGRES_LOCAL_OPTS adds options
# for the server.
set -euo pipefail
mask=$(umask)
umask 077

USER_NAME=datalchemy
# Only options that every supported version knows: what initdb prints goes to a log, so its
# instructions (--no-instructions came with 14) are in nobody's way.
INIT_FLAGS=(-U "$USER_NAME" -A trust -E UTF8 --lc-collate=C --lc-ctype=C.UTF-8
	--no-sync --wal-segsize=1)
SERVER_FLAGS=(-F -c listen_addresses= -c unix_socket_permissions=0700
	-c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal
	-c max_wal_senders=0 -c autovacuum=off -c shared_buffers=16MB -c max_connections=20
	-c dynamic_shared_memory_type=mmap -c max_wal_size=4GB -c log_statement=none)

die() {
	echo "postgres_local.sh: $1" >&2
	exit "${2:-2}"
}

usage() {
	sed -n '2,12s/^# \{0,1\}//p' "$0"
}

# the programs of the newest PostgreSQL here
find_programs() {
	if [ -z "${PGBIN:-}" ]; then
		PGBIN=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
		[ -x "$PGBIN/postgres" ] || PGBIN=$(dirname "$(command -v postgres || true)")
	fi
	[ -x "$PGBIN/initdb" ] || die "no PostgreSQL server is installed: run scripts/setup"
	PGBIN=$(cd "$PGBIN" && pwd)
}

# The server refuses to be root, so root becomes postgres (or nobody).
find_user() {
	DROP=()
	if [ "$(id -u)" = 0 ]; then
		OWNER=postgres
		id postgres >/dev/null 2>&1 || OWNER=nobody
		DROP=(setpriv "--reuid=$OWNER" "--regid=$(id -g "$OWNER")" --clear-groups)
	fi
}

# as_server CMD...: run it as the server's user with nothing of our environment
as_server() {
	env -i TZ=UTC LC_ALL=C PATH=/usr/bin:/bin "${DROP[@]}" "$@"
}

give() {
	[ ${#DROP[@]} -eq 0 ] || chown "$OWNER:" "$@"
}

# Make the cached template if there is none; sets TEMPLATE.  Builders that come at once
# wait for the first; the file appears by rename, so it is whole or not there.
template() {
	local cache key new lock
	cache=${XDG_CACHE_HOME:-/tmp}/datalchemy-$(id -u)
	mkdir -p "$cache"
	[ -O "$cache" ] || die "$cache belongs to somebody else: set XDG_CACHE_HOME"
	# Two builds of one version may differ (paths, libraries), so the folder is part of the key.
	key=$({ "$PGBIN/postgres" --version && printf '%s ' "$PGBIN" "${DROP[*]}" "${INIT_FLAGS[@]}"; } |
		sha256sum | cut -c 1-16)
	TEMPLATE=$cache/cluster-$key.tar
	[ -e "$TEMPLATE" ] && return
	exec {lock}>"$cache/lock"
	flock "$lock"
	if [ ! -e "$TEMPLATE" ]; then
		new=$(mktemp -d /tmp/dlpg.XXXXXX)
		give "$new"
		as_server "$PGBIN/initdb" -D "$new/data" "${INIT_FLAGS[@]}" >"$new/log" 2>&1 || {
			tail -n 3 "$new/log" >&2
			rm -rf "$new"
			die "initdb failed" 75
		}
		tar -C "$new" -cf "$TEMPLATE.$$" data && mv "$TEMPLATE.$$" "$TEMPLATE"
		rm -rf "$new"
	fi
	exec {lock}>&-
}

url() {
	echo "postgresql:///postgres?host=$1&user=$USER_NAME"
}

# wait a hundredth of a second without a fork; fd 9 is a pipe nobody writes to
nap() {
	read -rt 0.01 -u 9 _ || true
}

start() {
	local dir=$1 owner=$2 keeper tries
	[[ $dir == /* ]] || dir=$PWD/$dir
	[[ $dir =~ ^[A-Za-z0-9._/+-]+$ ]] || die "$dir: plain letters only, for the URL's sake"
	[ ${#dir} -le 90 ] || die "$dir: too long for a socket's name (90 at most)"
	find_programs
	find_user
	as_server test -x "$PGBIN/postgres" ||
		die "$PGBIN: user ${OWNER:-} cannot get there: put the server below /tmp or /usr"
	template
	if [ -e "$dir" ]; then
		rmdir "$dir" 2>/dev/null || die "$dir: exists and is not an empty directory"
	fi
	mkdir -p "$dir"
	mkfifo "$dir/control"
	tar -C "$dir" -xf "$TEMPLATE"
	give "$dir"
	as_server test -w "$dir" || {
		rm -rf "$dir"
		die "$dir: the server's user cannot get there: choose one under /tmp"
	}
	exec 9<>"$dir/control"
	setsid bash "${BASH_SOURCE[0]}" keep "$dir" "$owner" "$PGBIN" </dev/null >"$dir/log" 2>&1 9>&- &
	keeper=$!
	for ((tries = 0; tries < 3000; tries++)); do
		if grep -qs '^ready' "$dir/data/postmaster.pid"; then
			: >"$dir/up"
			exec 9>&-
			return
		fi
		kill -0 "$keeper" 2>/dev/null || break
		nap
	done
	tail -n 3 "$dir/log" >&2
	kill "$keeper" 2>/dev/null || true
	rm -rf "$dir"
	die "the server did not start" 75
}

# birth PID: sets BIRTH to when that process began, which tells it from a later one of the
# same number; empty when it has ended
birth() {
	local stat fields
	BIRTH=
	read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
	read -ra fields <<<"${stat##*) }"
	[[ ${fields[0]} == [ZX] ]] || BIRTH=${fields[19]}
}

# The keeper: the server's parent, in a session of its own so that a Ctrl-C does not
# reach it.  It ends the server when its owner ends or somebody writes to the pipe; when
# the keeper itself is killed, the kernel ends the server (pdeathsig).
keep() {
	local dir=$1 owner=$2 born server word='' fd
	PGBIN=$3
	for fd in /proc/self/fd/*; do
		fd=${fd##*/}
		[ "$fd" -le 2 ] || [ "$fd" -eq 255 ] || eval "exec $fd>&-" 2>/dev/null || true
	done
	cd /
	find_user
	birth "$owner"
	born=$BIRTH
	exec 9<>"$dir/control"
	# shellcheck disable=SC2086
	env -i TZ=UTC LC_ALL=C PATH=/usr/bin:/bin \
		setpriv "${DROP[@]:1}" --pdeathsig QUIT "$PGBIN/postgres" -D "$dir/data" \
		-c unix_socket_directories="$dir" "${SERVER_FLAGS[@]}" \
		${POSTGRES_LOCAL_OPTS:-} 9>&- &
	server=$!
	trap 'word=stop' TERM INT HUP
	while [ -z "$word" ] && kill -0 "$server" 2>/dev/null; do
		read -rt 0.2 -u 9 word || true
		birth "$owner"
		[ -n "$BIRTH" ] && [ "$BIRTH" = "$born" ] || word=stop
	done
	kill -QUIT "$server" 2>/dev/null || true
	wait "$server" || true
	[ ! -e "$dir/up" ] || rm -rf "$dir"
}

stop() {
	local dir=$1 tries
	[[ $dir == /* ]] || dir=$PWD/$dir
	[ -p "$dir/control" ] || die "$dir: no server of ours is there"
	exec 9<>"$dir/control"
	echo stop >&9
	for ((tries = 0; tries < 1000; tries++)); do
		[ -e "$dir" ] || return 0
		sleep 0.01
	done
	rm -rf "$dir"
}

run() {
	local status=0
	RUN_DIR=$(mktemp -d /tmp/dlpg.XXXXXX)
	trap '[ ! -p "$RUN_DIR/control" ] || stop "$RUN_DIR"; rm -rf "$RUN_DIR"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	start "$RUN_DIR" $$
	# what CMD makes is CMD's: with the mask we came with
	(umask "$mask" && DATABASE_URL=$(url "$RUN_DIR") exec "$@") || status=$?
	exit "$status"
}

case ${1:-} in
run)
	shift
	[ "${1:-}" != -- ] || shift
	[ $# -gt 0 ] || die "run: no command"
	run "$@"
	;;
start)
	[ $# -ge 2 ] || die "start: which directory?"
	start "$2" "${3:-$PPID}"
	url "$(cd "$2" && pwd)"
	;;
stop)
	[ $# -eq 2 ] || die "stop: which directory?"
	stop "$2"
	;;
keep)
	shift
	keep "$@"
	;;
-h | --help)
	usage
	;;
*)
	usage >&2
	exit 2
	;;
esac
