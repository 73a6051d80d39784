# Shared by ./tourniquet and ./test: which Debian packages are needed, how they are installed, how a preset is built.
# Sourced, not run. Needs $root (the repository) and $me (the name to put before a message).

# What the program itself needs, on Debian 12 names.
tq_build_packages=(cmake ninja-build g++ libfmt-dev nlohmann-json3-dev libcli11-dev libexpat1-dev libssl-dev zlib1g-dev libzstd-dev libarchive-dev libxlsxwriter-dev libzydis-dev libmspack-dev libsqlite3-dev libseccomp-dev libpq-dev libcpp-httplib-dev)
# What the tests cannot run without.
tq_test_packages=(python3 doctest-dev xz-utils unzip)
# What makes the tests say more; each one that is missing is a visible skip.
tq_extra_packages=(libhivex-dev libregf-dev clang-19 libclang-rt-19-dev clang-format-19 p7zip-full zip strace qemu-utils ewf-tools sleuthkit ntfs-3g osslsigncode gcab msitools openssl wine wine64 poppler-utils postgresql slurm-wlm munge chromium)
# Only for ./test --packages and --windows: they are large, and what needs them otherwise is a visible skip.
tq_packaging_packages=(debootstrap dpkg-dev lintian)
tq_windows_packages=(g++-mingw-w64-x86-64-posix libz-mingw-w64-dev)

# npm often comes with a Node.js of another origin, which Debian's package would fight with.
command -v npm >/dev/null || tq_extra_packages+=(nodejs npm)

tq_say() { printf '%s: %s\n' "$me" "$*" >&2; }

# Prints, one a line, those of its arguments that dpkg does not know as installed.
tq_missing() {
  local have p
  have=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null)
  for p in "$@"; do
    grep -qx "installed $p" <<<"$have" || printf '%s\n' "$p"
  done
}

tq_on_debian() { command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; }

# The compiler and its libraries for sanitizers and fuzzing, which are a package of their own.
tq_has_clang() { command -v clang++-19 >/dev/null && compgen -G '/usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.fuzzer-*.a' >/dev/null; }

# Says how to go on by hand: the one text for "offline" and for "not Debian".
tq_manual() {
  {
    printf '%s: install these by hand (Debian 12 names):\n  %s\n' "$me" "$*"
    printf '%s: then build with:\n  cd %q && cmake --preset release && cmake --build --preset release\n' "$me" "$root"
  } >&2
}

# Asks once, only when a person can answer. $1 = yes goes on without asking.
tq_may_install() {
  local answer
  [[ $1 == yes || ! -t 0 || ! -t 2 ]] && return 0
  read -r -p "$me: install them now? [Y/n] " answer || return 1
  [[ -z $answer || $answer == [Yy]* ]]
}

tq_as_root() {
  if ((EUID == 0)); then
    "$@"
  elif ! command -v sudo >/dev/null; then
    tq_say "not root, and there is no sudo"
    return 1
  elif [[ -t 0 ]]; then
    sudo "$@"
  else
    sudo -n "$@"  # nobody is there to type a password: fail instead of hanging
  fi
}

# tq_install yes|ask PACKAGE... : true when every package is there afterwards.
tq_install() {
  local mode=$1 log=$root/build/packages.log missing
  shift
  mapfile -t missing < <(tq_missing "$@")
  ((${#missing[@]} == 0)) && return 0
  tq_say "missing Debian packages: ${missing[*]}"
  tq_may_install "$mode" || { tq_say "not installed, as you asked"; return 1; }
  mkdir -p "$root/build"
  tq_say "installing them (log: build/packages.log)"
  # Lists are fetched first: a fresh machine has none. A stale list is no reason to stop, a failed install is.
  tq_as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >"$log" 2>&1 </dev/null
  tq_as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null
  mapfile -t missing < <(tq_missing "$@")
  ((${#missing[@]} == 0)) && return 0
  tail -n 15 "$log" >&2
  tq_say "could not install: ${missing[*]} (offline? no rights?)"
  return 1
}

# Keeps a log and, on a terminal, one moving line of progress. Reads the build's output.
tq_progress() {
  local line
  if [[ ! -t 2 ]]; then
    cat >"$1"
    return
  fi
  : >"$1"
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$1"
    [[ $line == \[*/*\]* ]] && printf '\r%s: building %s\033[K' "$me" "${line%%]*}]" >&2
  done
  printf '\r\033[K' >&2
}

# tq_build PRESET [TARGET...] : configures and builds; on failure shows the end of the log. One builder at a time.
tq_build() {
  local preset=$1 log=$root/build/$1.log status
  shift
  mkdir -p "$root/build"
  exec {lock}>"$root/build/$preset.lock"
  flock "$lock" 2>/dev/null
  (
    set -o pipefail
    cd "$root" || exit 1
    { cmake --preset "$preset" && cmake --build --preset "$preset" ${1:+--target "$@"}; } 2>&1 </dev/null | tq_progress "$log"
  )
  status=$?
  exec {lock}>&-
  ((status == 0)) && return 0
  # The first errors are what explains a failure; the end of a parallel build's log rarely does.
  grep -n -m 20 -E 'error|FAILED|CMake Error' "$log" >&2
  tail -n 20 "$log" >&2
  tq_say "the build failed; the whole log is build/$preset.log"
  return 1
}
