# shellcheck shell=bash
# A Slurm cluster of the suite's own: munged, slurmctld and a few slurmd on this machine, all below one
# folder, none of them known to the system.
#
#	setup_file() {
#		slurm_missing || return 0
#		slurm_start 3 2		# three nodes n1, n2, n3 of two processors
#	}
#	setup() { [ -z "${MISSING:-}" ] || skip "$MISSING"; }	# bats 1.8 has no skip for a file
#	teardown_file() { slurm_stop; }
#
# The folder's name is short, because the paths of sockets in it may have 107 bytes.

PATH=$PATH:/usr/sbin

# slurm_daemon NAME CWD CMD...: in the background, in a session of its own, without bats' open files; its pid to a file
slurm_daemon() {
	local name=$1 cwd=$2
	shift 2
	(
		for fd in /proc/self/fd/*; do
			fd=${fd##*/}
			((fd <= 2)) || eval "exec $fd>&-"
		done 2>/dev/null
		cd "$cwd" || exit
		exec setsid "$@" </dev/null >>"$SLURM_DIR/log/$name" 2>&1
	) &
	echo $! >"$SLURM_DIR/pid/$name"
	disown
}

# slurm_until SECONDS CMD...: wait until it succeeds
slurm_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || return 1
		sleep 0.1
	done
}

slurm_free() {
	! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# slurm_conf PORT NODES CPUS
slurm_conf() {
	local me i listen='' host
	me=$(id -un)
	host=$(hostname -s)
	# only where the machine's name is an address of the loopback can they listen on that alone
	[[ $(getent ahostsv4 "$host") != 127.0.* ]] || listen=CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
	cat <<-END
		ClusterName=suite
		SlurmctldHost=$host(127.0.0.1)
		SlurmctldPort=$1
		SlurmUser=$me
		SlurmdUser=$me
		AuthType=auth/munge
		AuthInfo=socket=$SLURM_DIR/munge/sock
		CredType=cred/munge
		$listen
		StateSaveLocation=$SLURM_DIR/state
		SlurmdSpoolDir=$SLURM_DIR/spool.%n
		SlurmctldPidFile=$SLURM_DIR/slurmctld.pid
		SlurmdPidFile=$SLURM_DIR/slurmd.%n.pid
		SlurmctldLogFile=$SLURM_DIR/log/slurmctld.log
		SlurmdLogFile=$SLURM_DIR/log/slurmd.%n.log
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		SwitchType=switch/none
		MpiDefault=none
		JobAcctGatherType=jobacct_gather/none
		AccountingStorageType=accounting_storage/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		SchedulerType=sched/backfill
		SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0,batch_sched_delay=0
		SlurmdParameters=config_overrides
		SlurmdTimeout=30
		InactiveLimit=0
		KillWait=2
		ReturnToService=2
		MaxArraySize=5
	END
	for ((i = 1; i <= $2; i++)); do
		echo "NodeName=n$i NodeHostname=n$i NodeAddr=127.0.0.1 Port=$(($1 + i)) CPUs=$3 RealMemory=8000 State=UNKNOWN"
	done
	echo 'PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP'
}

slurm_node_start() {
	mkdir -p "$SLURM_DIR/cwd.$1"
	slurm_daemon "slurmd.$1" "$SLURM_DIR/cwd.$1" slurmd -D -N "$1" -f "$SLURM_CONF"
}

# slurm_idle NODES: whether so many nodes are up
slurm_idle() {
	[ "$(sinfo -hN -o %T | grep -cx idle)" = "$1" ]
}

# slurm_missing: false, and $MISSING says what, where the packages are not installed
slurm_missing() {
	type -P slurmctld slurmd munged >/dev/null && return
	export MISSING='slurm-wlm and munge are not installed: scripts/setup --engines'
	return 1
}

# slurm_start NODES CPUS
slurm_start() {
	local port i tries
	SLURM_DIR=$(mktemp -d /tmp/dlslurm.XXXXXX)
	SLURM_CONF=$SLURM_DIR/slurm.conf
	export SLURM_DIR SLURM_CONF
	mkdir -p "$SLURM_DIR"/{state,log,pid,munge}
	chmod 755 "$SLURM_DIR" "$SLURM_DIR/munge"
	for ((tries = 0; tries < 50; tries++)); do
		port=$((20000 + RANDOM % 10000))
		for ((i = 0; i <= $1; i++)); do
			slurm_free $((port + i)) || continue 2
		done
		break
	done
	(umask 077 && head -c 1024 /dev/urandom >"$SLURM_DIR/munge/key")
	# "autodetect" ends slurmd where control groups are those of version 2 and systemd is not there
	echo 'CgroupPlugin=cgroup/v1' >"$SLURM_DIR/cgroup.conf"
	slurm_conf "$port" "$1" "$2" >"$SLURM_CONF"
	slurm_daemon munged "$SLURM_DIR" munged --force --foreground --key-file="$SLURM_DIR/munge/key" \
		--socket="$SLURM_DIR/munge/sock" --pid-file="$SLURM_DIR/munged.pid" \
		--seed-file="$SLURM_DIR/munge/seed" --log-file="$SLURM_DIR/log/munged.log"
	slurm_until 10 test -S "$SLURM_DIR/munge/sock" || slurm_broken
	slurm_daemon slurmctld "$SLURM_DIR" slurmctld -D -f "$SLURM_CONF"
	for ((i = 1; i <= $1; i++)); do
		slurm_node_start "n$i"
	done
	slurm_until 30 slurm_idle "$1" || slurm_broken
}

# slurm_broken: the cluster cannot be had on this machine, and why
slurm_broken() {
	local why
	why=$(tail -qn 2 "$SLURM_DIR"/log/* | tail -n 5)
	slurm_stop
	fail "Slurm did not start: $why"
}

# slurm_steps [NODE]: the pids of slurmstepd of a node, or of all.  It wipes its environment, but keeps the folder
# that its slurmd was started in.
slurm_steps() {
	local p
	for p in $(pgrep -x slurmstepd); do
		# shellcheck disable=SC2053
		[[ $(readlink "/proc/$p/cwd") != "$SLURM_DIR"/cwd.${1:-*} ]] || echo "$p"
	done
}

# slurm_kill_steps [NODE]: with all that they run
slurm_kill_steps() {
	local p c
	for p in $(slurm_steps "${1:-}"); do
		for c in $(pgrep -P "$p"); do
			kill -9 -- "-$c" 2>/dev/null || kill -9 "$c" 2>/dev/null || true
		done
		kill -9 "$p" 2>/dev/null || true
	done
}

# slurm_node_kill NODE: as if it lost its power.  Slurm would find out after SlurmdTimeout and some; it is told.
slurm_node_kill() {
	kill -9 "$(<"$SLURM_DIR/pid/slurmd.$1")"
	slurm_kill_steps "$1"
	scontrol update NodeName="$1" State=DOWN Reason=killed
}

slurm_stop() {
	local f
	[ -n "${SLURM_DIR:-}" ] || return 0
	slurm_kill_steps
	for f in "$SLURM_DIR"/pid/slurm* "$SLURM_DIR"/pid/munged; do
		[ ! -s "$f" ] || kill -9 "$(<"$f")" 2>/dev/null || true
	done
	rm -rf "$SLURM_DIR"
}
