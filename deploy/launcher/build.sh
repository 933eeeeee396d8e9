# The build, skipped when nothing changed. Sourced by ./pgan.

artifacts="$root/artifacts"
configuration=Release
# The SDK's own programs need ICU otherwise, which small systems lack.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-1}

product_binary() { printf '%s' "$root/src/ProjectedGan.Cli/bin/$configuration/net10.0/pgan"; }

# alone COMMAND...: runs it while no other ./pgan prepares this checkout.
alone() {
  mkdir -p "$artifacts"
  exec 9>"$artifacts/lock"
  flock --nonblock 9 || { say "another ./pgan prepares this checkout; waiting for it"; flock 9; }
  # Without the descriptor: the compiler's servers outlive the command and would keep the lock.
  "$@" 9>&-
  exec 9>&-
}

# fingerprint product|all: a line that changes with any file that the build reads.
fingerprint() (
  cd "$root"
  sources=(src protos build .editorconfig global.json Directory.*)
  if [[ $1 == all ]]; then sources+=(tests ./*.sln); fi
  find "${sources[@]}" \( -name bin -o -name obj \) -prune -o -type f -printf '%p %s %T@\n' | LC_ALL=C sort | sha256sum
)

is_built() {
  [[ -x $(product_binary) && -f $artifacts/built-$1 && $(<"$artifacts/built-$1") == "$(fingerprint "$1")" ]]
}

# build product|all
build() {
  if is_built "$1"; then return 0; fi
  check_sdk
  local target=src/ProjectedGan.Cli log="$artifacts/build.log" restore=() product all
  if [[ $1 == all ]]; then target=ProjectedGan.Distributed.sln; fi
  # Continuous integration restores exactly what the committed lock files say.
  if [[ ${CI:-} == true ]]; then restore=(--locked-mode); fi
  say "building $target"
  (cd "$root" && dotnet restore "$target" --nologo "${restore[@]}") >"$log" 2>&1 || explain_restore "$log"
  # After restoring, which may write lock files, and before the compiler reads: what changes meanwhile is built next time.
  product=$(fingerprint product) all=$(fingerprint all)
  (cd "$root" && dotnet build "$target" --no-restore -c $configuration --nologo) >>"$log" 2>&1 || explain "$log"
  printf '%s' "$product" >"$artifacts/built-product"
  if [[ $1 == all ]]; then printf '%s' "$all" >"$artifacts/built-all"; fi
}

explain() {
  grep -E 'error|warn' "$1" | sort -u | head -n 25 >&2
  fail "the build failed; the whole log is in ${1#"$root"/}."
}

explain_restore() {
  local missing
  missing=$(sed -nE 's/.*error NU110[1-3]: Unable to find (a stable )?package ([A-Za-z0-9._-]+[A-Za-z0-9])( with version \(([^)]*)\))?.*/\2 \4/p' "$1" | sed 's/ *$//' | sort -u | paste -sd, | sed 's/,/, /g')
  [[ -z $missing ]] || fail "the package feed lacks $missing: name a feed that has it in your NuGet configuration; docs/air-gapped.md. The whole log is in ${1#"$root"/}."
  ! grep -q 'error NU1004' "$1" || fail "the lock files are not those of the projects, and CI=true allows no others: run ./pgan build without it and commit packages.lock.json. The whole log is in ${1#"$root"/}."
  explain "$1"
}
