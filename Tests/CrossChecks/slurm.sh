#!/usr/bin/env bash
# A Slurm cluster on this machine, for root, without systemd: munged, slurmctld and nodes with one processor each and
# names of their own, all on loopback, every process started and ended by its number.
#   slurm.sh up FOLDER [NODES]     then: . FOLDER/env; sinfo. All or nothing: where it fails, nothing of it runs on
#   slurm.sh kill FOLDER NODE      ends a node's slurmd at once, as a failure of the machine would
#   slurm.sh start FOLDER NODE     starts it again, with nothing left of what ran there
#   slurm.sh down FOLDER
set -euo pipefail
command=$1 base=$(realpath -m "$2")

wait_for() { # SECONDS COMMAND…
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < end)) || return 1
        sleep 0.2
    done
}

answers() { # NAME SECONDS COMMAND…: false as soon as the process is gone
    local pid
    pid=$(<"$base/pid/$1")
    wait_for "$2" answers_or_gone "$pid" "${@:3}" && kill -0 "$pid" 2>/dev/null || {
        echo "slurm.sh: $1 does not answer" >&2
        tail -n 20 "$base/log/$1"* >&2
        return 1
    }
}

answers_or_gone() { # PID COMMAND…
    "${@:2}" || ! kill -0 "$1"
}

begin() { # NAME COMMAND…
    local name=$1
    shift
    "$@" >"$base/log/$name.out" 2>&1 </dev/null &
    echo $! >"$base/pid/$name"
}

end() { # NAME [SIGNAL]
    [ -s "$base/pid/$1" ] || return 0
    local pid
    pid=$(<"$base/pid/$1")
    rm -f "$base/pid/$1"
    kill "-${2:-TERM}" "$pid" 2>/dev/null || return 0
    wait_for 10 sh -c "! kill -0 $pid 2>/dev/null" || kill -KILL "$pid" 2>/dev/null || true
}

down() {
    for file in "$base"/pid/node*; do
        case $file in *.own | *\*) ;; *) end "${file##*/}" ;; esac
    done
    end slurmctld
    end munged
}

node() { # NAME
    # What a killed slurmstepd leaves there would keep the same job's steps from starting again.
    rm -rf "$base/tmp-$1" "$base/spool-$1"
    mkdir -p "$base/tmp-$1"
    begin "$1" unshare --uts sh -c "hostname $1; exec slurmd -D -N $1 -f '$SLURM_CONF'"
}

configuration() { # NODES PORT
    cat <<CONF
ClusterName=test
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$2
AuthType=auth/munge
CredType=cred/munge
# A lost job is held off for as long as its credential lives: 2 minutes by default.
AuthInfo=socket=$base/munge/socket,cred_expire=5
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$base/state
SlurmdSpoolDir=$base/spool-%n
TmpFS=$base/tmp-%n
SlurmctldPidFile=$base/pid/slurmctld.own
SlurmdPidFile=$base/pid/%n.own
SlurmctldLogFile=$base/log/slurmctld.log
SlurmdLogFile=$base/log/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=2,sched_interval=2,requeue_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=10
SlurmctldTimeout=10
MessageTimeout=5
KillWait=5
InactiveLimit=0
MinJobAge=600
NodeName=node[1-$1] NodeAddr=127.0.0.1 NodeHostname=$(hostname -s) Port=[$(($2 + 1))-$(($2 + $1))] CPUs=1 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
}

export SLURM_CONF=$base/slurm.conf
case $command in
up)
    nodes=${3:-2}
    # Also where it is stopped by a signal.
    trap down EXIT
    # A base of ports that another cluster on this machine is unlikely to have.
    port=$((20000 + $$ % 400 * 100))
    mkdir -p "$base"/{log,pid,state,munge}
    chmod 711 "$base" "$base/munge"
    head -c 128 /dev/urandom >"$base/munge/key"
    chmod 400 "$base/munge/key"
    configuration "$nodes" "$port" >"$base/slurm.conf"
    echo "export SLURM_CONF='$SLURM_CONF'" >"$base/env"
    begin munged munged --foreground --force --key-file="$base/munge/key" --socket="$base/munge/socket" \
        --pid-file="$base/munge/pid" --log-file="$base/munge/log" --seed-file="$base/munge/seed"
    answers munged 10 test -S "$base/munge/socket"
    begin slurmctld slurmctld -D -f "$SLURM_CONF"
    answers slurmctld 15 scontrol ping
    for ((i = 1; i <= nodes; i++)); do node "node$i"; done
    wait_for 30 sh -c "[ \$(sinfo -h -N -t idle -o %N | wc -l) -eq $nodes ]" || {
        tail -n 20 "$base"/log/* >&2
        exit 1
    }
    trap - EXIT
    ;;
kill) end "$3" KILL ;;
start) node "$3" ;;
down) down ;;
esac
