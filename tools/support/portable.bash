# Sourced by tools/package.bash: puts the program, its loader, its libraries and their licences into one folder.

# What the program opens while it runs: no ldd shows it. Missing ones are left out and said.
portable_on_demand=(libarchive.so.13 libxlsxwriter.so.4)
# Character tables of the double-byte code pages that systeminfo texts come in (src/format/textcodec/codepage.cpp): CP936, CP932, CP949, CP950.
portable_tables=(GBK CP932 UHC libKSC BIG5)

# The file of a library as the linker of this system finds it.
portable_find() { ldconfig -p | awk -v name="$1" '$1 == name && /x86-64/ { print $NF; exit }'; }

# Every library a file needs, itself or through others, one path a line.
portable_needs() { ldd "$1" | awk '$3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }'; }

# portable_licences FOLDER FILE... : the copyright file of every package that one of the files comes from.
portable_licences() {
  local to=$1 file package real paths=() owned
  shift
  for file; do
    real=$(realpath "$file")
    # dpkg knows files by the path they were installed to, which a merged /usr hides.
    paths+=("$real" "${real#/usr}")
  done
  owned=$(dpkg -S "${paths[@]}" 2>/dev/null)
  for file; do
    grep -qF "/$(basename "$(realpath "$file")")" <<<"$owned" || { tq_say "no package owns $file"; return 1; }
  done
  for package in $(sed 's/[:,].*//' <<<"$owned" | sort -u); do
    cp -L "/usr/share/doc/$package/copyright" "$to/$package" || return 1
  done
}

portable_copy_libraries() {
  local folder=$1 program=$2 name path
  local files=()
  mapfile -t files < <(portable_needs "$program")
  # What `fleet serve` loads; its libraries come along.
  if [[ -e ${program%/*}/tourniquet-serve.so ]]; then
    strip -o "$folder/lib/tourniquet-serve.so" "${program%/*}/tourniquet-serve.so" || return 1
    mapfile -t -O "${#files[@]}" files < <(portable_needs "${program%/*}/tourniquet-serve.so")
  fi
  for name in "${portable_on_demand[@]}"; do
    path=$(portable_find "$name")
    [[ -n $path ]] || { tq_say "left out, not installed here: $name"; continue; }
    files+=("$path")
    mapfile -t -O "${#files[@]}" files < <(portable_needs "$path")
  done
  mapfile -t files < <(printf '%s\n' "${files[@]}" | sort -u)
  cp -L "${files[@]}" "$folder/lib/" && portable_licences "$folder/licences" "${files[@]}"
}

portable_copy_tables() {
  local folder=$1 table from=/usr/lib/x86_64-linux-gnu/gconv
  mkdir -p "$folder/lib/gconv"
  for table in "${portable_tables[@]}"; do
    cp -L "$from/$table.so" "$folder/lib/gconv/" || return 1
    # The text form of the list, cut to what lies here: every version of the C library reads it.
    grep -hE "^(module|alias).*[[:space:]]$table(//)?([[:space:]]|$)" "$from/gconv-modules" "$from"/gconv-modules.d/*.conf
  done | sort -u >"$folder/lib/gconv/gconv-modules"
}

# Where the source of every package lies whose files are inside: licences of the LGPL and GPL kind ask for it.
portable_sources() {
  local folder=$1 package
  printf 'Libraries are unchanged files of these Debian packages. Their sources: https://snapshot.debian.org/package/SOURCE/VERSION/\n\n'
  for package in "$folder"/licences/*; do
    dpkg-query -W -f='${Package} ${Version}: source ${source:Package} ${source:Version}\n' "${package##*/}" 2>/dev/null
  done | sort -u
}

# portable_folder BUILD : BUILD/tourniquet-VERSION-linux-x86_64.tar.gz of the program in BUILD.
portable_folder() {
  local build=$1 version name folder
  version=$("$build/tourniquet" --version | awk '{ print $2 }') || return 1
  name=tourniquet-$version-linux-x86_64 folder=$build/portable/$name
  rm -rf "$build/portable" "$build/$name.tar.gz"
  mkdir -p "$folder/lib" "$folder/licences" || return 1
  strip -o "$folder/lib/tourniquet.bin" "$build/tourniquet" || return 1
  portable_copy_libraries "$folder" "$build/tourniquet" || return 1
  portable_copy_tables "$folder" || return 1
  # Linked into the program itself.
  portable_licences "$folder/licences" /usr/lib/x86_64-linux-gnu/libcrypto.a /usr/include/nlohmann/json.hpp /usr/include/CLI/CLI.hpp || return 1
  "${CXX:-g++}" -std=c++20 -Os -s -static-pie -o "$folder/tourniquet" packaging/launcher.cpp || return 1
  portable_sources "$folder" >"$build/portable/SOURCES.txt" && mv "$build/portable/SOURCES.txt" "$folder/licences/" || return 1
  cp -r examples "$folder/examples" && cp packaging/portable.txt "$folder/README.txt" && cp LICENSE NOTICE THIRD_PARTY.md "$folder/licences/" || return 1
  cp "$build/gen/catalog.tqc" "$folder/catalog.tqc" || return 1
  # Names in order, no owner, one date: the same sources make the same file.
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$build/portable" -cf - "$name" | gzip -9n >"$build/$name.tar.gz"
}
