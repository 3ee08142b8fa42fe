# shellcheck shell=bash
# Commands of the documents, word for word.

# Prints a block of docs/deploying.md.
block() { # block NUMBER
  awk -v wanted="$1" '/^```sh$/ { n++; on = 1; next } /^```$/ { on = 0 } on && n == wanted' docs/deploying.md
}

# Prints the paragraph of the blocks whose first comment begins with these words.
deploying() { # deploying WORDS
  sed -n '/^```sh/,/^```$/{/^```sh/d;s/^```$//;p}' docs/deploying.md |
    awk -v RS= -v start="^# $1" '$0 ~ start { found = 1; print } END { exit !found }'
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
units="assay-api@1 assay-api@2 assay-worker@1 assay-seal"

wait_for_database() { until runuser -u postgres -- psql -qc 'select' >/dev/null 2>&1; do sleep 0.2; done; }
