#!/usr/bin/env bash
# Copies Prometheus rules and Grafana dashboards into the chart: a packaged chart holds only what lies in its own folder.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
files="$root/helm/projectedgan/files"

# sync FOLDER PATTERN MARK TARGET: files of the pattern that contain the mark, and no others.
sync() {
  mkdir -p "$files/$4"
  find "$files/$4" -type f -delete
  if [[ -d $root/$1 ]]; then
    find "$root/$1" -type f -name "$2" -exec grep -lE "$3" {} + | while read -r file; do cp "$file" "$files/$4/"; done
  fi
}

sync deploy/prometheus '*.y*ml' '^groups:' rules
sync deploy/grafana '*.json' '"panels"' dashboards
