# What the machine must have. Sourced by ./pgan.

# Peers of the tests: PyTorch reads what we write and writes what we read; Prometheus scrapes us; another gRPC
# implementation calls us; PostgreSQL is one of the two databases of the coordinator; Chromium opens the web page;
# ffmpeg writes and reads videos.
# The product itself needs none.
test_packages=(postgresql faketime python3 python3-torch python3-torchvision libopenblas0-openmp python3-numpy python3-pil prometheus python3-grpcio python3-grpc-tools chromium ffmpeg)

say() { printf 'pgan: %s\n' "$*" >&2; }
fail() { printf 'pgan: %s\n' "$*" >&2; exit 1; }

processors=/proc/cpuinfo

check_machine() {
  local machine
  machine=$(uname -sm)
  [[ $machine == 'Linux x86_64' ]] || fail "this machine is '$machine', and libtorch's package is for 'Linux x86_64': use such a machine or container."
  # The program asks for the same; here it is said before anything is built.
  grep -qw avx "$processors" || fail "this processor has no AVX, which libtorch is fast and tested with: run on one that has (most made since 2011)."
}

check_sdk() {
  command -v dotnet >/dev/null || fail "the .NET SDK is missing: install the .NET 10 SDK so that 'dotnet' is on the PATH."
  (cd "$root" && dotnet --version >/dev/null 2>&1) ||
    fail "no .NET 10 SDK among those of 'dotnet' (found: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ')): install one, $(grep -o '"version": "[^"]*"' "$root/global.json" | cut -d'"' -f4) or newer."
}

# missing_packages PACKAGE...: prints those that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == 'install ok installed' ]] || printf '%s\n' "$package"
  done
}

install_test_packages() {
  command -v dpkg-query >/dev/null || fail "the tests need what these Debian packages hold, and this is no Debian system: ${test_packages[*]}."
  local missing
  mapfile -t missing < <(missing_packages "${test_packages[@]}")
  if [[ ${#missing[@]} -eq 0 ]]; then return 0; fi
  [[ -z ${PGAN_NO_INSTALL:-} ]] || fail "missing Debian packages of the tests: ${missing[*]}. Install them, or unset PGAN_NO_INSTALL."
  local elevate=() log="$artifacts/install.log"
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || fail "missing Debian packages of the tests: ${missing[*]}. Install them as root: apt-get install ${missing[*]}"
    elevate=(sudo)
  fi
  say "installing Debian packages for the tests: ${missing[*]}"
  { "${elevate[@]}" apt-get update &&
    "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 ||
    { tail -n 5 "$log" >&2; fail "could not install: ${missing[*]}. The whole log is in ${log#"$root"/}."; }
}
