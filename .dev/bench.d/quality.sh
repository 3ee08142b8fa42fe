# shellcheck shell=bash disable=SC2154
# Sourced by .dev/bench: what the search for near duplicates costs, beside the decoder alone and
# beside imagededup's PHash, where Python can have it.

accuracy=$checkout/.build/release/Accuracy
quality_python() { # a Python with imagededup, without PyTorch, which its PHash does not use
  local own=$checkout/.build/imagededup
  [[ -x $own/bin/python ]] || python3 -m venv "$own" || return
  "$own/bin/python" -c 'import pywt, sklearn, matplotlib, tqdm, PIL, scipy' 2>/dev/null || {
    "$own/bin/pip" -q install --no-deps imagededup==0.3.3.post2 &&
      "$own/bin/pip" -q install pillow numpy scipy PyWavelets scikit-learn matplotlib tqdm
  } >"$work/pip.log" 2>&1 || return
  printf '%s\n' "$own/bin/python"
}

quality_pictures() { # quality_pictures NAME SIZE: the same photographs at a size
  local photo number=0
  mkdir -p "$work/$1"
  for photo in "$(.dev/photos)"/*; do
    number=$((number + 1))
    vipsthumbnail "$(readlink -f "$photo")" --size "$2" --smartcrop centre \
      -o "$work/$1/$number.jpg[Q=88,strip]" 2>>"$work/vips.log" || fail "$(<"$work/vips.log")"
  done
}

figure() { awk -v name="$1" '$1 == name { print $2 }' <<<"$2"; }
over() { awk -v a="$1" -v b="$2" 'BEGIN { if (a != "" && b > 0) print a / b }'; }

quality_speed() {
  local python size ours theirs
  python=$(quality_python) || printf 'no imagededup, not compared: %s\n' "$(tail -n 1 "$work/pip.log")"
  printf '%-10s %10s %10s %10s %12s   CPU ms a picture\n' '' decoding hash likeness imagededup
  for size in "500x375 3.5" "4000x3000 6"; do
    quality_pictures "${size% *}" "${size% *}"
    ours=$("$accuracy" speed "$work/${size% *}")
    theirs=
    [[ -z $python ]] ||
      theirs=$(OMP_NUM_THREADS=1 "$python" Tests/Accuracy/phash.py "$work/${size% *}")
    printf '%-10s %10.3f %10.3f %10.3f %12s\n' "${size% *}" "$(figure limit "$ours")" \
      "$(figure hash "$ours")" "$(figure likeness "$ours")" "${theirs:0:6}"
    target "hash at ${size% *}, of decoding alone" \
      "$(over "$(figure hash "$ours")" "$(figure limit "$ours")")" '<=' 1.15
    target "imagededup at ${size% *}, of our hash" \
      "$(over "$theirs" "$(figure hash "$ours")")" '>=' "${size#* }"
    [[ ${size% *} != 500x375 ]] || target "all windows, ms beyond decoding" \
      "$(awk -v a="$(figure likeness "$ours")" -v b="$(figure limit "$ours")" \
        'BEGIN { print a - b }')" '<=' 1.2
  done
  target "all pairs of 5,000, CPU s" "$(figure pairs "$("$accuracy" pairs 5000)")" '<=' 2
}

# A worker that compares new pictures with 100,000 others.
quality_memory() {
  local form=() file rounds=600 worker before request
  .dev/psql -X -q -f "$scripts/quality.sql" >"$work/quality.log" 2>&1 ||
    fail "$(tail -n 3 "$work/quality.log")"
  for file in "$work"/500x375/*.jpg; do form+=(-F "files=@$file"); done
  # One of its own: the others have thousands of pictures that nobody has looked at.
  request=$(customer /requests -H 'Content-Type: application/json' \
    --data '{"title": "quality", "classes": ["any"]}' | sed 's/.*"id":"\([^"]*\)".*/\1/')
  customer "/requests/$request/uploads" "${form[@]}" >"$work/uploaded"
  worker=$(awk '$1 == "worker" { print $2; exit }' "$socket.pids")
  before=$(awk '{ print $14 + $15 }' "/proc/$worker/stat")
  customer "/requests/$request/qc/run" -X POST >/dev/null
  until [[ $(customer "/requests/$request/qc") == *'"completed"'* ]]; do
    ((rounds-- > 0)) || fail "quality control does not end: $(tail -n 3 "$state"/log/*.log)"
    sleep 0.2
  done
  printf '%-44s %7.2f\n' "  CPU s a picture, with 100,000 to compare" "$(awk -v before="$before" \
    -v n="$((${#form[@]} / 2))" '{ print ($14 + $15 - before) / 100 / n }' "/proc/$worker/stat")"
  target "worker with 100,000 pictures, MB at most" \
    "$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$worker/status" |
      awk '{ print $1 / 1024 }')" '<=' 200
}

quality() {
  # Always: one of other sources than those of ASSAY_BIN would measure something else.
  timeout 1200 swift build -c release --product Accuracy >&2
  quality_speed
  quality_memory
}
