# shellcheck shell=bash
# The binaries, their settings and secrets, and the supervisor with the pool and the workers.

# The instance runs copies, so that the next build does not change them.
copy_binary() { # copy_binary NAME
  local from=$ASSAY_BIN/$1 to=$state/bin/$1 source
  [[ -x $from ]] || fail "$from is missing"
  source=$(stat -Lc '%n %s %.9Y %i' "$from")
  [[ -x $to ]] && ! changed "$1" "$source" && return 0
  strip -o "$to.next" "$from" 2>/dev/null || cp "$from" "$to.next"
  chmod 0755 "$to.next"
  # A build with equal bytes restarts nothing: the file stays.
  if cmp -s "$to.next" "$to"; then rm "$to.next"; else mv "$to.next" "$to"; fi
  stamp "$1" "$source"
}

copy_folder() { # copy_folder FROM TO: the same files, no others, readable by all
  diff -rq "$1" "$2" >/dev/null 2>&1 && return 0
  rm -rf "$2.next"
  cp -r "$1" "$2.next"
  chmod -R u=rwX,go=rX "$2.next"
  rm -rf "$2"
  mv "$2.next" "$2"
}

make_secrets() {
  local name group
  group=$(id -gn "$app_user")
  install -d -o "$app_user" -g "$group" -m 0700 "$state/secrets"
  for name in token link; do
    [[ -s $state/secrets/$name.key ]] && continue
    openssl rand -hex 32 >"$state/secrets/.next"
    chown "$app_user:$group" "$state/secrets/.next"
    chmod 0600 "$state/secrets/.next"
    mv "$state/secrets/.next" "$state/secrets/$name.key"
  done
}

make_store() {
  local folder
  for folder in store pool; do
    install -d -o "$app_user" -g "$(id -gn "$app_user")" -m 0750 "$state/$folder"
  done
}

# Other ASSAY_… variables of the environment are settings, too, except those of these scripts.
write_settings() {
  local name
  {
    for name in $(compgen -A export ASSAY_); do
      case $name in
        *_RUN | *_INSTANCES | *_BIN | *_PORT | *_LISTEN | *_PROCESSES | *_WORKERS | *_PHOTOS | *_WINDOW) ;;
        ASSAY_TEST_* | *_GOLDEN | *_DEBIAN | *_PHOTO | *_DAMAGED | *_QC_PICTURES | *_QC_KILLS) ;;
        ASSAY_URL | ASSAY_PLAIN_URL | ASSAY_CA | *_USERNAME | *_PASSWORD) ;;
        *) printf '%s=%q\n' "$name" "${!name}" ;;
      esac
    done
    cat <<ENV
ASSAY_DATABASE="host=$sockets dbname=assay"
ASSAY_STORE=$state/store
ASSAY_SECRETS=$state/secrets
ASSAY_DECODE=$state/bin/assay-decode
ASSAY_SQL=$state/migrations
ASSAY_QC=${ASSAY_QC:-worker}
ASSAY_THREADS=${ASSAY_THREADS:-8}
ENV
  } >"$state/assay.env.next"
  chmod 0644 "$state/assay.env.next"
  mv "$state/assay.env.next" "$state/assay.env"
}

# Runs assay as the owner of the tables: the user who started us, not the service's.
as_owner() { (cd "$state" && with_settings "$(id -un)" "$state/bin/assay" "$@"); }

start_pool() {
  local arguments print
  arguments=(supervise --socket "$socket" --processes "$processes" --workers "$workers")
  print=$(cat "$state/assay.env" "$state/bin/assay" "$state/bin/assay-decode" \
    "$state"/secrets/*.key "$state"/migrations/*.sql "$state"/functions/*.sql | sha256sum)
  print+=${arguments[*]}
  if ours "$pids/pool" >/dev/null; then
    changed pool "$print" || return 0
    say "restarting the pool: the program or its settings changed"
    stop_process "$pids/pool" TERM 75
  fi
  stop_orphans
  rm -f "$socket"
  touch "$state/log/pool.log"
  chown "$app_user" "$state/log/pool.log"
  # Without this shell's lock. 1,024 files, because libfcgi's select() takes no more.
  # shellcheck disable=SC2016
  (cd "$state" && with_settings "$app_user" setsid --fork bash -c \
    'echo $$ >&8; exec 8>&- 9>&-; ulimit -n 1024; umask 0027; exec "$@"' \
    pool "$state/bin/assay" "${arguments[@]}" \
    8>"$pids/pool" </dev/null >>"$state/log/pool.log" 2>&1)
  local rounds=200
  until [[ -S $socket ]]; do
    ((rounds-- > 0)) || fail "the pool did not start: $(tail -n 5 "$state/log/pool.log")"
    sleep 0.05
  done
  stamp pool "$print"
}

# Stops the children of a supervisor that was killed: their pids are in a file beside the socket.
stop_orphans() {
  local pid
  [[ -r $socket.pids ]] || return 0
  while read -r _ pid; do
    printf '%s\n' "$pid" >"$pids/orphan"
    stop_process "$pids/orphan" TERM 75
  done <"$socket.pids"
}
