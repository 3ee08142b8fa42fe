# shellcheck shell=bash
# Commands of the documents, word for word.

# Prints the paragraphs of docs/deploying.md whose first comment begins with one of these words.
deploying() { # deploying WORD…
  local word
  for word in "$@"; do
    awk -v RS= -v start="^# $word" '$0 ~ start' <(sed -n '/^```sh/,/^```$/{/^```/d;p}' docs/deploying.md)
  done
}

# Prints a named block of docs/restoring.md.
restoring() { # restoring NAME
  sed -n "/^\`\`\`sh $1\$/,/^\`\`\`\$/{/^\`\`\`/d;p}" docs/restoring.md
}

# Runs commands from standard input and shows them.
obey() {
  local commands
  commands=$(cat)
  [[ -n $commands ]] || { echo "no commands"; exit 1; }
  printf '%s\n' "$commands" | sed 's/^/$ /'
  bash -euo pipefail -c "$commands" </srv/password
}

expect() { # expect WHAT WANTED GOT
  if [[ $3 == *"$2"* ]]; then echo "ok: $1"; else
    echo "NOT OK: $1: wanted $2, got $3"
    exit 1
  fi
}

ask() { curl -sS -m 10 -w ' %{http_code} %{time_total}s' "$@" 2>&1; }
site=http://127.0.0.1:8080

wait_for_database() { until runuser -u postgres -- psql -qc 'select' >/dev/null 2>&1; do sleep 0.2; done; }
