# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# tests/slurm_cluster.bash - a cluster of four nodes on this machine, for tests. To
# be sourced after tap.bash. Nothing of it is outside of $TMP, and all of it ends
# with the test.
#
#	cluster_start		munge, the controller, nodes n1 to n4
#	controller_start	controller_stop
#	node_start NODE		node_kill NODE: as if its power was cut
#	cluster_scenario FILE	writes a scenario that takes seconds
#
# A node is a process namespace, so that with its first process all of it ends.

CLUSTER=$TMP/cluster
export SLURM_CONF=$CLUSTER/slurm.conf
declare -A CLUSTER_PID=()
CLUSTER_NODES=4
CLUSTER_CPUS=1	# of a node, whatever this machine has: guests share it

# Ports that nobody listens on: PORT for the controller, those after it for nodes.
cluster_ports() {
	local port i free

	for ((port = 26800; port < 32000; port += 10)); do
		free=1
		for ((i = 0; i <= CLUSTER_NODES; i++)); do
			! (: <"/dev/tcp/127.0.0.1/$((port + i))") 2>/dev/null || free=
		done
		[[ -z $free ]] || break
	done
	PORT=$port
}

cluster_config() {
	local host
	host=$(hostname -s)

	cat <<-END
		ClusterName=labyrinth-test
		SlurmctldHost=$host(127.0.0.1)
		SlurmctldPort=$PORT
		SlurmUser=$(id -un)
		SlurmdUser=$(id -un)
		AuthType=auth/munge
		AuthInfo=socket=$CLUSTER/munge/socket
		CredType=cred/munge
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU_Memory
		JobAcctGatherType=jobacct_gather/none
		AccountingStorageType=accounting_storage/none
		JobCompType=jobcomp/none
		MpiDefault=none
		ReturnToService=2
		SlurmctldTimeout=30
		SlurmdTimeout=10
		SlurmdParameters=config_overrides
		MaxArraySize=17
		StateSaveLocation=$CLUSTER/state
		SlurmdSpoolDir=$CLUSTER/spool/%n
		SlurmctldPidFile=$CLUSTER/controller.pid
		SlurmdPidFile=$CLUSTER/%n.pid
		SlurmctldLogFile=$CLUSTER/log/controller
		SlurmdLogFile=$CLUSTER/log/%n
		NodeName=n[1-$CLUSTER_NODES] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((PORT + 1))-$((PORT + CLUSTER_NODES))] CPUs=$CLUSTER_CPUS RealMemory=4000 State=UNKNOWN
		PartitionName=lab Nodes=ALL Default=YES MaxTime=INFINITE State=UP
	END
}

cluster_scenario() {
	cat >"$1" <<-END
		[scenario]
		claim = There is a page
		takes = 3s
		[guest]
		cpus = 1
		nodes = 1
		memory = 96M
		[phase plenty]
		context = task hardirq_hrtimer
		shots = 40
		expect = each ok > 0
	END
}

controller_start() {
	setsid slurmctld -D >"$CLUSTER/log/controller.out" 2>&1 </dev/null &
	CLUSTER_PID[controller]=$!
}

controller_stop() {
	kill "${CLUSTER_PID[controller]}"
	wait "${CLUSTER_PID[controller]}" 2>/dev/null
	unset 'CLUSTER_PID[controller]'
}

node_start() {
	setsid unshare --pid --fork --kill-child --mount-proc \
		slurmd -D -N "$1" >"$CLUSTER/log/$1.out" 2>&1 </dev/null &
	CLUSTER_PID[$1]=$!
}

node_kill() {
	[[ -n ${CLUSTER_PID[$1]:-} ]] || return 0
	kill -KILL "${CLUSTER_PID[$1]}"
	wait "${CLUSTER_PID[$1]}" 2>/dev/null
	unset "CLUSTER_PID[$1]"
}

# wait_until SECONDS COMMAND...
wait_until() {
	local end=$((SECONDS + $1))
	shift

	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || return 1
		sleep 0.5
	done
}

nodes_are_idle() {
	(($(sinfo --noheader --Node --states=idle --format=%N | wc -l) == CLUSTER_NODES))
}

cluster_stop() {
	local i

	for ((i = 1; i <= CLUSTER_NODES; i++)); do
		node_kill "n$i"
	done
	[[ -z ${CLUSTER_PID[controller]:-} ]] || controller_stop
	[[ ! -s $CLUSTER/munge/pid ]] || kill "$(<"$CLUSTER/munge/pid")"
}

# The munge of the machine, if it has one, is left alone.
cluster_start() {
	local i

	mkdir -p "$CLUSTER"/{state,spool,log,munge}
	chmod 700 "$CLUSTER/munge"
	head -c 128 /dev/urandom >"$CLUSTER/munge/key"
	chmod 600 "$CLUSTER/munge/key"
	munged --force --key-file="$CLUSTER/munge/key" --socket="$CLUSTER/munge/socket" \
		--pid-file="$CLUSTER/munge/pid" --log-file="$CLUSTER/munge/log" \
		--seed-file="$CLUSTER/munge/seed" >/dev/null 2>&1 || return
	trap 'cluster_stop; rm -rf "$TMP"' EXIT
	cluster_ports
	cluster_config >"$SLURM_CONF"
	controller_start
	wait_until 30 scontrol ping
	for ((i = 1; i <= CLUSTER_NODES; i++)); do
		node_start "n$i"
	done
	wait_until 60 nodes_are_idle
}
