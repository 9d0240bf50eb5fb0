# shellcheck shell=bash
# Hosts of the suite's own, h1, h2 ...: each an sshd with a home directory of its own.  They are ports of the
# loopback, and share no folder.
#
#	setup_file() {
#		hosts_missing || return 0
#		hosts_start 3
#	}
#	setup() { [ -z "${MISSING:-}" ] || skip "$MISSING"; }	# bats 1.8 has no skip for a file
#	teardown_file() { hosts_stop; }
#	ssh -F "$HOSTS_DIR/ssh_config" h1 ...

PATH=$PATH:/usr/sbin

# hosts_daemon NAME CMD...: in a session of its own, without bats' open files; its pid to a file
hosts_daemon() {
	local name=$1
	shift
	(
		for fd in /proc/self/fd/*; do
			fd=${fd##*/}
			((fd <= 2)) || eval "exec $fd>&-"
		done 2>/dev/null
		exec setsid "$@" </dev/null >"$HOSTS_DIR/$name.log" 2>&1
	) &
	echo $! >"$HOSTS_DIR/$name.pid"
	disown
}

# hosts_say NAME TEXT: a command of a shell, which the host runs before each command that it is asked to run
hosts_say() {
	printf '#!/bin/bash\nexport HOME=%q\ncd\n%s\neval "$SSH_ORIGINAL_COMMAND"\n' "$HOSTS_DIR/$1" "$2" >"$HOSTS_DIR/$1.sh"
	chmod +x "$HOSTS_DIR/$1.sh"
}

# hosts_plain NAME...: hosts that do what they are asked to do
hosts_plain() {
	local host
	for host; do
		hosts_say "$host" :
	done
}

# hosts_begin NAME: its sshd, at the port of its number; what it is asked to do it does at home
hosts_begin() {
	mkdir -p "$HOSTS_DIR/$1"
	hosts_plain "$1"
	cat >"$HOSTS_DIR/$1.conf" <<-END
		ListenAddress 127.0.0.1
		Port $((HOSTS_PORT + ${1#h}))
		HostKey $HOSTS_DIR/key
		AuthorizedKeysFile $HOSTS_DIR/id.pub
		PidFile none
		UsePAM no
		StrictModes no
		PasswordAuthentication no
		MaxStartups 100
		ForceCommand $HOSTS_DIR/$1.sh
	END
	hosts_daemon "$1" /usr/sbin/sshd -D -e -f "$HOSTS_DIR/$1.conf"
}

# hosts_missing: false, and $MISSING says what, where the packages are not installed
hosts_missing() {
	type -P sshd ssh parallel zstd xxhsum >/dev/null && return
	export MISSING='openssh-server, parallel or xxhash is not installed: scripts/setup --engines'
	return 1
}

# hosts_start N
hosts_start() {
	local i end
	HOSTS_DIR=$(mktemp -d /tmp/dlhosts.XXXXXX)
	HOSTS_PORT=$((30000 + RANDOM % 2000))
	export HOSTS_DIR HOSTS_PORT
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$HOSTS_DIR/key"
	ssh-keygen -q -t ed25519 -N '' -f "$HOSTS_DIR/id"
	for ((i = 1; i <= $1; i++)); do
		hosts_begin "h$i"
		printf 'Host h%d\n\tHostname 127.0.0.1\n\tPort %d\n' "$i" $((HOSTS_PORT + i))
	done >"$HOSTS_DIR/ssh_config"
	cat >>"$HOSTS_DIR/ssh_config" <<-END
		Host *
			IdentityFile $HOSTS_DIR/id
			IdentitiesOnly yes
			StrictHostKeyChecking no
			UserKnownHostsFile /dev/null
			LogLevel ERROR
	END
	end=$((SECONDS + 10))
	for ((i = 1; i <= $1; i++)); do
		until ssh -F "$HOSTS_DIR/ssh_config" -o BatchMode=yes "h$i" true; do
			((SECONDS < end)) || {
				cat "$HOSTS_DIR/h$i.log" >&2
				hosts_stop
				fail 'sshd did not start'
			}
			sleep 0.1
		done
	done
}

# hosts_family PID: it, and all that it began, directly or not
hosts_family() {
	local p
	echo "$1"
	for p in $(pgrep -P "$1"); do
		hosts_family "$p"
	done
}

# hosts_kill NAME: as if it lost its power: its sshd, and all that it began
hosts_kill() {
	hosts_family "$(<"$HOSTS_DIR/$1.pid")" | xargs kill -9 2>/dev/null || true
}

# hosts_cut NAME: as if its cable were pulled: connections stay open, and nothing answers any more.  hosts_plug NAME: it is in again.
hosts_cut() {
	hosts_family "$(<"$HOSTS_DIR/$1.pid")" | xargs kill -STOP 2>/dev/null || true
}

hosts_plug() {
	hosts_family "$(<"$HOSTS_DIR/$1.pid")" | xargs kill -CONT 2>/dev/null || true
}

hosts_stop() {
	local f
	[ -n "${HOSTS_DIR:-}" ] || return 0
	for f in "$HOSTS_DIR"/h*.pid; do
		f=${f##*/}
		hosts_kill "${f%.pid}"
	done
	rm -rf "$HOSTS_DIR"
}
