# shellcheck shell=bash
# The private PostgreSQL cluster: a Unix socket in a directory of its own, nothing else.

postgres_bin() { # of the version that made the cluster
  if [[ -s $cluster/PG_VERSION ]]; then
    printf '/usr/lib/postgresql/%s/bin\n' "$(<"$cluster/PG_VERSION")"
  else
    newest_postgres
  fi
}

pg_control() {
  (cd "$state" && as "$database_user" "$(postgres_bin)/pg_ctl" --pgdata "$cluster" "$@" 9>&-)
}

as_superuser() {
  (cd "$state" && as "$database_user" psql -X -q -At -v ON_ERROR_STOP=1 \
    "host=$sockets dbname=postgres user=postgres")
}

make_cluster() {
  [[ ! -s $cluster/PG_VERSION ]] || return 0
  say "making the database cluster"
  rm -rf "$cluster"
  install -d -o "$database_user" -m 0700 "$cluster"
  (cd "$state" && as "$database_user" "$(newest_postgres)/initdb" --pgdata "$cluster" \
    --username postgres --auth peer --encoding UTF8 --locale C.UTF-8 --data-checksums \
    >"$state/log/initdb.log" 2>&1) || fail "initdb failed: $(cat "$state/log/initdb.log")"
  printf "include 'assay.conf'\n" >>"$cluster/postgresql.conf"
}

# As in production (systemd/assay-migrate.service): PostgreSQL knows a role by the system user.
database_access() {
  local who
  printf 'local all all peer map=assay\n' >"$cluster/pg_hba.conf"
  {
    printf 'assay %s assay_app\nassay %s assay_worker\n' "$app_user" "$app_user"
    printf 'assay %s postgres\n' "$database_user"
    for who in assay_owner assay_app assay_worker; do
      [[ $who != assay_owner && $app_user == "$(id -un)" ]] ||
        printf 'assay %s %s\n' "$(id -un)" "$who"
    done
  } >"$cluster/pg_ident.conf"
}

database_settings() {
  local threads=${ASSAY_THREADS:-8}
  cat <<CONF
listen_addresses = ''
unix_socket_directories = '$sockets'
shared_buffers = 256MB
max_connections = $((processes * threads + workers * 8 + 64))
log_line_prefix = '%m [%p] %u '
CONF
}

start_database() {
  make_cluster
  # Only the service's group may enter.
  install -d -o "$database_user" -g "$(id -gn "$app_user")" -m 0750 "$sockets"
  local settings pid
  settings=$(database_settings)
  if pid=$(ours "$cluster/postmaster.pid"); then
    changed database "$settings" || return 0
    say "restarting PostgreSQL: its settings changed"
    pg_control stop --mode fast --wait --silent
  elif [[ -r $cluster/postmaster.pid ]]; then
    # Left by a crash. PostgreSQL itself checks whether the pid is another postmaster, but not
    # whether another program has it now.
    read -r pid <"$cluster/postmaster.pid"
    [[ "$(cat "/proc/$pid/comm" 2>/dev/null)" == postgres ]] || rm -f "$cluster/postmaster.pid"
    rm -f "$sockets"/.s.PGSQL.*.lock
  fi
  printf '%s\n' "$settings" >"$cluster/assay.conf"
  database_access
  touch "$state/log/postgres.log"
  chown "$database_user" "$state/log/postgres.log" "$cluster"/*.conf
  # After a crash its last process may take a moment to end.
  local tries=5
  until pg_control start --wait --silent --log "$state/log/postgres.log" \
    </dev/null >/dev/null 2>&1; do
    ((--tries > 0)) || fail "PostgreSQL did not start: $(tail -n 5 "$state/log/postgres.log")"
    sleep 1
  done
  stamp database "$settings"
}

make_database() {
  [[ -z $(as_superuser <<<"select 1 from pg_database where datname = 'assay'") ]] || return 0
  as_superuser <<'SQL'
create role assay_owner login createrole;
create database assay owner assay_owner;
SQL
}
