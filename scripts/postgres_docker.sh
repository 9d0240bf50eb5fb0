#!/bin/bash
# PostgreSQL 15 in Docker with the CRM fixture in it, for those who like to look around.
#
#   scripts/postgres_docker.sh [start]   make or start it, load the fixture, print DATABASE_URL
#   scripts/postgres_docker.sh stop      remove the container and all that is in it
#
# Container datalchemy-postgres, port 5432 (PORT=5433 for another), user and password
# datalchemy, database datalchemy_crm.  Tests and the demo do not need it.
set -euo pipefail

NAME=datalchemy-postgres
PORT=${PORT:-5432}
ROOT=$(cd "$(dirname "$0")/.." && pwd)

die() {
	echo "postgres_docker.sh: $1" >&2
	exit "${2:-2}"
}

need_docker() {
	command -v docker >/dev/null ||
		die "docker is not installed; scripts/postgres_local.sh needs none"
	docker info >/dev/null 2>&1 ||
		die "the docker engine does not answer: start it, or use scripts/postgres_local.sh" 75
}

# in_container CMD...: run it there, stdin included
in_container() {
	docker exec -i "$NAME" "$@"
}

# The image starts a first, private server to set itself up, on the socket alone: only TCP
# tells that the real one is there.
wait_ready() {
	local tries
	for ((tries = 0; tries < 300; tries++)); do
		in_container pg_isready -qh 127.0.0.1 -U datalchemy -d datalchemy_crm && return
		sleep 0.2
	done
	die "the server does not answer: see docker logs $NAME" 75
}

start() {
	local state
	state=$(docker inspect -f '{{.State.Running}}' "$NAME" 2>/dev/null || echo none)
	case $state in
	true) ;;
	false) docker start "$NAME" >/dev/null || die "docker cannot start $NAME" 75 ;;
	*)
		docker run -d --name "$NAME" -p "127.0.0.1:$PORT:5432" \
			-e POSTGRES_USER=datalchemy -e POSTGRES_PASSWORD=datalchemy \
			-e POSTGRES_DB=datalchemy_crm postgres:15 >/dev/null || {
			docker rm -f "$NAME" >/dev/null 2>&1 || true
			die "docker cannot run postgres:15 on port $PORT: is the port in use?" 75
		}
		;;
	esac
	wait_ready
	cat "$ROOT"/tests/fixtures/crm/*.sql "$ROOT"/tests/fixtures/crm/data/*.sql |
		in_container env PGOPTIONS='-c client_min_messages=warning' \
			psql -Xq -v ON_ERROR_STOP=1 -U datalchemy -d datalchemy_crm
	# the port it was made with, which may not be today's $PORT
	PORT=$(docker port "$NAME" 5432/tcp | head -n 1 | sed 's/.*://')
	echo "DATABASE_URL=postgresql://datalchemy:datalchemy@127.0.0.1:$PORT/datalchemy_crm"
}

case ${1:-start} in
start)
	need_docker
	start
	;;
stop)
	need_docker
	docker rm -fv "$NAME" >/dev/null
	;;
-h | --help)
	sed -n '2,8s/^# \{0,1\}//p' "$0"
	;;
*)
	sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
