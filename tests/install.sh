#!/usr/bin/env bash
# Shows that a clone installs and works on a machine that has Node, npm and git and nothing else of ours: python3, make and
# compilers are hidden from PATH, the npm cache is empty, and both README commands run under npm 10 and npm 11.
# Takes about 15 minutes. `tests/install.sh start` or `tests/install.sh test` runs one of the two commands only.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
which_command=${1:-both}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Every program of the system except those that build native code.
mkdir "$work/bin"
IFS=: read -ra folders <<<"$PATH"
for folder in "${folders[@]}"; do
  for program in "$folder"/*; do
    name=$(basename "$program")
    case "$name" in
      python* | make | gmake | cmake | cc | c++ | gcc* | g++* | clang* | ld | ld.* | *-linux-gnu-* | npm | npx | corepack) continue ;;
    esac
    if [ -x "$program" ] && [ ! -d "$program" ] && [ ! -e "$work/bin/$name" ]; then ln -s "$program" "$work/bin/$name"; fi
  done
done

start_and_stop() {
  # The demonstration ends in a table; Ctrl-C then ends the server.
  npm ci
  npm start -- --port "$1" >"$2" 2>&1 &
  local pid=$!
  for _ in $(seq 600); do
    if grep -q 'no conclusion' "$2"; then
      local page
      page=$(curl -fsS "http://127.0.0.1:$1/")
      grep -q 'simple-cnn' <<<"$page"
      pkill -INT -P "$pid" || kill -INT "$pid"
      wait "$pid"
      return
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 1
  done
  tail -n 40 "$2"
  return 1
}

for major in 10 11; do
  folder="$work/npm-$major"
  mkdir -p "$folder/bin"
  (cd "$folder" && npm pack --silent "npm@$major" >/dev/null && tar xzf npm-*.tgz)
  for name in npm npx; do
    printf '#!/bin/sh\nexec node "%s/package/bin/%s-cli.js" "$@"\n' "$folder" "$name" >"$folder/bin/$name"
    chmod +x "$folder/bin/$name"
  done
  git clone --quiet "$top" "$folder/runledger"
  (
    export PATH="$folder/bin:$work/bin" npm_config_cache="$folder/cache"
    cd "$folder/runledger"
    for hidden in python3 make cc gcc; do
      if command -v "$hidden" >/dev/null; then echo "$hidden is still on PATH" && exit 1; fi
    done
    echo "== npm $(npm --version), node $(node --version)"
    if [ "$which_command" != test ]; then start_and_stop $((4300 + major)) "$folder/start.log" && echo "== npm ci && npm start works under npm $major"; fi
    if [ "$which_command" != start ]; then npm ci && npm test && echo "== npm ci && npm test works under npm $major"; fi
  )
done
echo 'both commands work'
