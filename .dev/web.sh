# shellcheck shell=bash
# The certificate and nginx, which reads the files that ship with other paths and ports.

make_certificate() {
  local tls=$state/tls
  mkdir -p "$tls"
  openssl x509 -checkend 864000 -noout -in "$tls/certificate.pem" >/dev/null 2>&1 && return 0
  (
    umask 077
    cd "$tls"
    # An authority of this instance alone, whose key is thrown away: strict clients refuse a
    # server certificate that is its own authority.
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 800 \
      -subj "/CN=Assay on $(hostname)" -keyout authority.key -out ca.pem \
      -addext keyUsage=critical,keyCertSign,cRLSign
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 800 \
      -CA ca.pem -CAkey authority.key -subj /CN=localhost -keyout key.pem -out certificate.pem \
      -addext subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1 \
      -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
      -addext extendedKeyUsage=serverAuth
    rm authority.key
    chmod 0644 ca.pem certificate.pem
  ) >"$state/log/openssl.log" 2>&1 || fail "openssl failed: $(cat "$state/log/openssl.log")"
}

# The shipped files, and a main file of our own around them.
make_web_files() { # make_web_files FOLDER
  local file listen=${ASSAY_LISTEN:-127.0.0.1}
  mkdir -p "$1/assay"
  # Nothing else of these lines is in force then: the zones are only named.
  local limits='^never$'
  [[ ${ASSAY_LIMITS:-on} != off ]] || limits='^ *limit_\(req\|conn\) '
  (cd "$checkout/nginx" && find . -name '*.conf') | while read -r file; do
    sed -e "s#/run/assay/api.sock#$socket#" -e "s#/var/lib/assay/store#$state/store#" \
      -e "s#upload_window [0-9]*;#upload_window ${ASSAY_UPLOAD_WINDOW:-30};#" \
      -e "s#/usr/share/assay/html#$state/html#" -e "s#/etc/nginx/assay/#$state/nginx/assay/#" \
      -e "s#/etc/assay/tls#$state/tls#" -e "s#/etc/assay/nginx-link#$state/nginx/link#" \
      -e "s#/etc/assay/nginx-origins#$state/nginx/origins#" \
      -e "s#/var/log/nginx#$state/log#" -e '/listen \[::\]/d' -e "/$limits/d" \
      -e "s#listen 443 #listen $listen:$port #" -e "s#127.0.0.1:8080#127.0.0.1:$plain_port#" \
      "$checkout/nginx/$file" >"$1/$file"
  done
  sed -e "s#@STATE@#$state#g" "$checkout/.dev/nginx.conf" >"$1/nginx.conf"
  is_root && sed -i "1i user $app_user;" "$1/nginx.conf"
  # nginx warns when a worker may not have the files it is promised.
  local files
  files=$(ulimit -Hn)
  if [[ $files == unlimited ]] || ((files > 20000)); then files=20000; fi
  sed -i -e "s#@FILES@#$files#g" "$1/nginx.conf"
  # shellcheck disable=SC2016
  (umask 077 && sed 's#.*#secure_link_md5 "$secure_link_expires$uri &";#' \
    "$state/secrets/link.key" >"$1/link.conf")
  as_owner nginx-origins >"$1/origins.conf" || fail "ASSAY_CORS_ORIGINS could not be read"
}

free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 10000))
    if ! taken "$port"; then printf '%s\n' "$port" && return; fi
  done
  fail "no free port"
}

taken() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The plain port is ours to choose unless it was given: 8080 beside 8443, else the next free one.
choose_plain_port() {
  local last
  plain_port=${ASSAY_PLAIN_PORT:-}
  [[ -z $plain_port ]] || return 0
  last=$(saved ASSAY_PLAIN_URL) || true
  if [[ -n $last && $(saved ASSAY_URL) == "https://localhost:$port" ]]; then
    plain_port=${last##*:}
    return 0
  fi
  plain_port=$((port == 8443 ? 8080 : port > 64000 ? port - 1000 : port + 1000))
  while ((plain_port < 65535)) && taken "$plain_port"; do plain_port=$((plain_port + 1)); done
}

# Asked before anything starts. A port that this instance's nginx holds is not taken.
check_ports() {
  local number held=
  if ours "$pids/nginx" >/dev/null; then
    held=$(saved 'ASSAY_\(PLAIN_\)\?URL')
  else
    stop_nginx
  fi
  for number in "$port" "$plain_port"; do
    if ! grep -q ":$number\$" <<<"$held" && taken "$number"; then
      fail "port $number is taken; choose others, for example:" \
        "ASSAY_PORT=$((port + 1000)) ASSAY_PLAIN_PORT=$((port + 1001)) make up"
    fi
  done
}

start_nginx() {
  local print
  rm -rf "$state/nginx.next"
  make_web_files "$state/nginx.next"
  print=$(cd "$state/nginx.next" && find . -type f -exec sha256sum {} + | sort)
  print+=$(sha256sum <"$state/tls/certificate.pem")
  if ours "$pids/nginx" >/dev/null && ! changed nginx "$print"; then
    rm -rf "$state/nginx.next"
    return 0
  fi
  stop_nginx
  rm -rf "$state/nginx"
  mv "$state/nginx.next" "$state/nginx"
  mkdir -p "$state/nginx/temporary"
  # As systemd/nginx-batch.conf has it, where that is allowed.
  local turns=(chrt --batch 0)
  "${turns[@]}" true 2>/dev/null || turns=()
  "${turns[@]}" nginx -q -e "$state/log/nginx.log" -c "$state/nginx/nginx.conf" </dev/null 9>&- ||
    fail "nginx did not start; see $state/log/nginx.log"
  stamp nginx "$print"
}

answers() { # does the whole chain answer?
  curl -fsS --max-time 5 --cacert "$state/tls/ca.pem" "https://localhost:$port/health"
}

wait_for_answer() {
  local rounds=100
  until answers >/dev/null 2>&1; do
    ((rounds-- > 0)) || fail "no answer at https://localhost:$port/health: $(answers 2>&1)"
    sleep 0.1
  done
}
