# Debian packages that the build and the tests need. Sourced by ./pgan.

build_packages=(g++ cmake ninja-build pkg-config libtorch-dev libopenblas0-openmp libturbojpeg0-dev libpng-dev libwebp-dev)
# Peers in the tests: PyTorch reads what we write and writes what we read; Prometheus scrapes us;
# another gRPC implementation calls us; PostgreSQL is one of the two databases of the coordinator; Chromium opens the web page.
test_packages=(postgresql python3 python3-torch python3-numpy python3-pil prometheus python3-grpcio python3-grpc-tools chromium)

say() { printf 'pgan: %s\n' "$*" >&2; }
fail() { printf 'pgan: %s\n' "$*" >&2; exit 1; }

# missing_packages PACKAGE...: prints those that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == 'install ok installed' ]] || printf '%s\n' "$package"
  done
}

# install_prerequisites product|tests
install_prerequisites() {
  command -v dotnet >/dev/null || fail "the .NET SDK is missing: install the .NET 10 SDK so that 'dotnet' is on the PATH."
  if ! command -v dpkg-query >/dev/null; then
    command -v cmake >/dev/null || fail "this is no Debian system: install by hand what these Debian packages hold: ${build_packages[*]}."
    return 0
  fi
  local wanted=("${build_packages[@]}") missing
  # Another libtorch takes the place of Debian's.
  if [[ -n ${LIBTORCH:-} ]]; then wanted=("${wanted[@]/libtorch-dev/}"); fi
  if [[ $1 == tests ]]; then wanted+=("${test_packages[@]}"); fi
  mapfile -t missing < <(missing_packages ${wanted[@]})
  if [[ ${#missing[@]} -eq 0 ]]; then return 0; fi
  [[ -z ${PGAN_NO_INSTALL:-} ]] || fail "missing Debian packages: ${missing[*]}. Install them, or unset PGAN_NO_INSTALL."
  install_packages "${missing[@]}"
}

install_packages() {
  local elevate=()
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || fail "missing Debian packages: $*. Install them as root: apt-get install $*"
    elevate=(sudo)
  fi
  say "installing Debian packages: $*"
  local log="$root/artifacts/install.log"
  mkdir -p "$root/artifacts"
  { "${elevate[@]}" apt-get update &&
    "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 ||
    { tail -n 5 "$log" >&2; fail "could not install: $*. The whole log is in ${log#"$root"/}."; }
}
