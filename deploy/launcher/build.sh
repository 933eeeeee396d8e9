# Native and managed builds, each skipped when nothing changed. Sourced by ./pgan.

artifacts="$root/artifacts"
configuration=Release

product_binary() { printf '%s' "$root/src/ProjectedGan.Node/bin/$configuration/net10.0/pgan"; }

# changed_since STAMP PATH...: true when a source is newer than the stamp, or there is no stamp.
changed_since() {
  local stamp=$1
  shift
  [[ -f $stamp ]] || return 0
  [[ -n $(cd "$root" && find "$@" \( -name bin -o -name obj \) -prune -o -newer "$stamp" -print -quit) ]]
}

build_native() {
  local stamp="$artifacts/native.stamp" libtorch=${LIBTORCH:-}
  if [[ -f $stamp && $(cat "$stamp") == "$libtorch" ]] && ! changed_since "$stamp" native src/standins/TorchSharp/native; then return 0; fi
  say "building the native libraries against ${libtorch:-the libtorch of this system}"
  mkdir -p "$artifacts"
  local log="$artifacts/native.log" started
  started=$(mktemp "$artifacts/.stamp-XXXXXX")
  { cmake -S "$root/native" -B "$artifacts/cmake" -G Ninja -DLIBTORCH="$libtorch" && cmake --build "$artifacts/cmake"; } >"$log" 2>&1 ||
    { rm -f "$started"; tail -n 25 "$log" >&2; fail "the native build failed; the whole log is in ${log#"$root"/}."; }
  printf '%s' "$libtorch" >"$stamp"
  touch -r "$started" "$stamp"
  rm -f "$started"
}

# The official packages are used where the feed has them; the answer is kept for later builds.
choose_dependency_mode() {
  [[ ! -f $root/Dependencies.props ]] || return 0
  local official=false why probe="$artifacts/probe"
  mkdir -p "$probe"
  cat >"$probe/probe.csproj" <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <RestorePackagesWithLockFile>false</RestorePackagesWithLockFile>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="TorchSharp" />
    <PackageReference Include="TorchSharp-cpu" />
    <PackageReference Include="Grpc.AspNetCore" />
    <PackageReference Include="Grpc.Net.Client" />
    <PackageReference Include="Microsoft.Orleans.Server" />
  </ItemGroup>
</Project>
XML
  if ! dotnet restore "$probe/probe.csproj" -p:OfficialPackages=true --nologo >"$probe/restore.log" 2>&1; then
    why="the package feed lacks $(grep -oE 'NU110[0-9]: Unable to find package [A-Za-z.-]+' "$probe/restore.log" | sed 's/.* //; s/\.$//' | sort -u | tr '\n' ' ' || true)"
  elif [[ -z ${LIBTORCH:-} ]]; then
    why="the official TorchSharp restores, but LIBTORCH does not name a libtorch of the same version with headers for our native library"
  else
    official=true why="the official packages restore and LIBTORCH is set"
  fi
  say "dependency mode: $([[ $official == true ]] && echo 'official packages' || echo 'stand-ins'), because $why"
  cat >"$root/Dependencies.props" <<XML
<!-- Written once by ./pgan; delete it to choose again. Reason: $why -->
<Project>
  <PropertyGroup>
    <OfficialPackages>$official</OfficialPackages>
  </PropertyGroup>
</Project>
XML
}

# build_managed product|all
build_managed() {
  choose_dependency_mode
  local stamp="$artifacts/managed-$1.stamp" target=src/ProjectedGan.Node sources=(src Directory.Build.props Directory.Build.targets Directory.Packages.props Dependencies.props)
  if [[ $1 == all ]]; then
    target=ProjectedGan.Distributed.sln
    sources+=(tests)
  fi
  if ! changed_since "$stamp" "${sources[@]}" "artifacts/native.stamp"; then return 0; fi
  say "building $target"
  local log="$artifacts/managed.log" started restore=()
  started=$(mktemp "$artifacts/.stamp-XXXXXX")
  # Continuous integration restores exactly what the committed lock files say.
  if [[ ${CI:-} == true ]]; then restore=(--locked-mode); fi
  (cd "$root" && dotnet restore "$target" --nologo "${restore[@]}" && dotnet build "$target" --no-restore -c $configuration --nologo) >"$log" 2>&1 ||
    { rm -f "$started"; grep -E 'error|warn' "$log" | sort -u | head -n 25 >&2; fail "the build failed; the whole log is in ${log#"$root"/}."; }
  mv "$started" "$stamp"
}
