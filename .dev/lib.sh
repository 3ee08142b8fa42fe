# shellcheck shell=bash
# Shared by the bash scripts: an instance's folders, users and processes.
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
run=${ASSAY_RUN:-$checkout/.run}
quiet=${quiet:-}

say() { [[ -n $quiet ]] || printf '%s\n' "$*"; }
fail() {
  printf 'assay: %s\n' "$*" >&2
  exit 1
}
is_root() { [[ $EUID == 0 ]]; }

# Root starts everything but nginx's master as these users; anybody else runs all of it.
if is_root; then database_user=postgres app_user=www-data; else
  database_user=$(id -un) app_user=$(id -un)
fi

as() { # as USER COMMAND…
  local user=$1
  shift
  if [[ $user == "$(id -un)" ]]; then "$@"; else
    setpriv --reuid="$user" --regid="$user" --init-groups -- "$@"
  fi
}

# Some programs that are used are outside an ordinary user's path on Debian.
PATH=$PATH:/usr/sbin:/sbin
newest_postgres() { printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1; }

# --- where the state lives -------------------------------------------------------------------

reaches() { # succeeds when both users may enter this directory
  as "$database_user" test -x "$1" && as "$app_user" test -x "$1"
}

# The state is in $run/state, or in /var/tmp when the unprivileged users cannot enter $run (a
# checkout under /root), when its path is too long for a Unix socket, or when nginx needs quotes.
find_state() {
  mkdir -p "$run"
  run=$(cd "$run" && pwd -P)
  # mktemp -d makes 0700: the folder is opened when it is ours. instance.env stays 0600.
  if [[ -O $run ]] && ! reaches "$run"; then chmod a+x "$run"; fi
  state=$run/state
  if [[ -L $state ]]; then
    # The processes that run were started under this path, so it stays.
    state=$(readlink "$state")
  fi
  if [[ $state != "$run/state" ]] || ! reaches "$run" || ((${#state} > 80)) || [[ ! $state =~ ^[A-Za-z0-9/._+-]+$ ]]; then
    state=/var/tmp/assay-$(printf %s "$run" | sha256sum | cut -c1-12)
    mkdir -m 0755 "$state" 2>/dev/null || true
    # Everybody can write to /var/tmp: another user's directory of this name is refused.
    [[ -d $state && -O $state && ! -L $state ]] || fail "$state belongs to somebody else"
    ln -sfn "$state" "$run/state"
  else
    mkdir -p "$state"
  fi
  chmod 0755 "$state"
  # shellcheck disable=SC2034
  pids=$state/pids socket=$state/pool/api.sock cluster=$state/postgres/data
  # shellcheck disable=SC2034
  sockets=$state/postgres/socket instance=$run/instance.env
}

# Lets one command run at a time: two `up` of one instance would start everything twice.
lock_state() {
  exec 9>"$run/lock"
  flock -w 300 9 || fail "another command holds $run/lock"
}

# --- the processes ---------------------------------------------------------------------

# Prints the pid of a pid file when the command line of this process names the instance's folder: a
# file may be older than the machine's last start.
ours() { # ours PIDFILE
  local pid
  [[ -r $1 ]] && read -r pid _ <"$1" || return 1
  [[ $pid =~ ^[0-9]+$ ]] || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "$state/" || return 1
  printf '%s\n' "$pid"
}

gone() { # gone PID SECONDS: waits until the process has ended
  local rounds=$(($2 * 20))
  # A zombie has ended, but its parent has not waited for it yet.
  while [[ -e /proc/$1 ]] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; do
    ((rounds-- > 0)) || return 1
    sleep 0.05
  done
}

stop_process() { # stop_process PIDFILE SIGNAL SECONDS: ends a process, after SECONDS by SIGKILL
  local pid
  if pid=$(ours "$1"); then
    kill "-$2" "$pid" 2>/dev/null || true
    gone "$pid" "$3" || {
      printf 'assay: %s did not stop within %s s; killed\n' "${1##*/}" "$3" >&2
      kill -KILL "$pid" 2>/dev/null || true
      gone "$pid" 5 || true
    }
  fi
  rm -f "$1"
}

# nginx's workers outlive a killed master and keep its ports. Their command lines do not name the
# instance, but they hold its log open.
stop_nginx() {
  local file pid
  stop_process "$pids/nginx" QUIT 12
  for file in $(find /proc/[0-9]*/fd -lname "$state/log/assay.access.log" 2>/dev/null); do
    pid=${file#/proc/}
    pid=${pid%%/*}
    [[ "$(cat "/proc/$pid/comm" 2>/dev/null)" == nginx ]] || continue
    kill -TERM "$pid" 2>/dev/null || true
    gone "$pid" 5 || kill -KILL "$pid" 2>/dev/null || true
  done
}

# --- settings --------------------------------------------------------------------------------

# Runs a command as a user, with this instance's settings and no other variables.
with_settings() { # with_settings USER COMMAND…
  local user=$1
  shift
  # shellcheck disable=SC2016
  as "$user" env -i PATH="$PATH" HOME="$state" LANG=C.UTF-8 SWIFT_BACKTRACE=enable=no \
    bash -c 'set -a; . "$0"; exec "$@"' "$state/assay.env" "$@"
}

saved() { # saved NAME: a value of instance.env
  [[ -r $instance ]] && sed -n "s/^$1=//p" "$instance"
}

changed() { # changed STAMP TEXT: succeeds when TEXT differs from what `stamp` has kept
  [[ "$(cat "$state/stamps/$1" 2>/dev/null)" != "$2" ]]
}
stamp() { printf '%s\n' "$2" >"$state/stamps/$1"; }
