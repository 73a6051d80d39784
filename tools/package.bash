#!/usr/bin/env bash
# Builds what is handed out:  tools/package.bash deb|folder|windows...
#   deb      build/package/package/tourniquet_VERSION-1_amd64.deb
#   folder   build/package/tourniquet-VERSION-linux-x86_64.tar.gz: runs on any x86-64 Linux, from any place
#   windows  build/mingw/tourniquet.exe (docs/windows.md says what it leaves out)
# Prints the path and size of each. docs/install.md is for those who receive them.
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd) || exit 1
me=package
. "$root/tools/setup.bash"
. "$root/tools/support/portable.bash"
cd "$root" || exit 1

# The day of the last commit, so that the same sources make the same package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH-$(git log -1 --format=%ct 2>/dev/null)}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0}

announce() { printf '%s  %s KiB\n' "$1" "$(($(stat -c %s -- "$1") / 1024))"; }

make_deb() {
  tq_build package tourniquet || return 1
  # umask: the permissions inside the package are those of the staged files.
  (umask 022 && rm -rf build/package/package && cmake --build --preset package --target package) >build/package.deb.log 2>&1 </dev/null || {
    tail -n 20 build/package.deb.log >&2
    return 1
  }
  announce "$(ls build/package/package/*.deb)"
}

make_folder() {
  tq_build package tourniquet || return 1
  (umask 022 && portable_folder build/package) || return 1
  announce "$(ls build/package/tourniquet-*.tar.gz)"
}

make_windows() {
  tq_build mingw tourniquet || return 1
  x86_64-w64-mingw32-strip build/mingw/tourniquet.exe
  announce build/mingw/tourniquet.exe
}

(($# > 0)) || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
for what; do
  case $what in
    deb | folder | windows) "make_$what" || { tq_say "$what: failed"; exit 1; } ;;
    *) tq_say "there is no package '$what': deb, folder, windows"; exit 2 ;;
  esac
done
