# Runs the test projects and adds up their counts. Sourced by ./pgan.

# run_tests [--fast] [--filter NAME]
run_tests() {
  local name='' fast='' expression='' filter=()
  while [[ $# -gt 0 ]]; do
    case "$1" in
      --filter) [[ $# -ge 2 ]] || fail "--filter needs a part of a test's name."; name=$2; shift 2 ;;
      # Tests and classes that take seconds carry the trait Speed=Slow.
      --fast) fast='Speed!=Slow'; shift ;;
      *) fail "unknown option '$1' of 'test'; it takes --fast and --filter NAME." ;;
    esac
  done
  expression="${name:+FullyQualifiedName~$name}${name:+${fast:+&}}$fast"
  if [[ -n $expression ]]; then filter=(--filter "$expression"); fi
  local project log="$artifacts/test.log" passed=0 failed=0 skipped=0 broken=() line
  for project in "$root"/tests/*.Tests/*.csproj; do
    say "testing $(basename "$project" .csproj)"
    # Tests of which none ends for so long hang: they are named, and the others are not kept from running.
    dotnet test "$project" --no-build --no-restore -c $configuration --nologo "${filter[@]}" \
      --blame-hang-timeout 15min --blame-hang-dump-type none --results-directory "$artifacts/test-results" \
      --logger "trx;LogFileName=$(basename "$project" .csproj).trx" >"$log" 2>&1 || broken+=("$(basename "$project" .csproj)")
    grep -vE '^(Test run for|Results File|WARNING: Overwriting results file|VSTest version|Starting test execution|Data collector .Blame. message: All tests finished|A total of|No test matches|\s*$)' "$log" || true
    # VSTest's closing line: "Passed!  - Failed:     0, Passed:    12, Skipped:     0, Total:    12, Duration: …"
    line=$(grep -E 'Failed: +[0-9]+, Passed: +[0-9]+, Skipped: +[0-9]+' "$log" | tail -n 1 || true)
    [[ -n $line ]] || continue
    failed=$((failed + $(sed -E 's/.*Failed: +([0-9]+).*/\1/' <<<"$line")))
    passed=$((passed + $(sed -E 's/.*Passed: +([0-9]+).*/\1/' <<<"$line")))
    skipped=$((skipped + $(sed -E 's/.*Skipped: +([0-9]+).*/\1/' <<<"$line")))
  done
  if [[ ${#broken[@]} -gt 0 ]]; then say "not passed: ${broken[*]}"; fi
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  if [[ $((passed + failed)) -eq 0 ]]; then fail "no test ran${name:+: nothing matches $name}."; fi
  [[ $failed -eq 0 && ${#broken[@]} -eq 0 ]]
}
