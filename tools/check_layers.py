#!/usr/bin/env python3
"""Keeps the house in order: check_layers.py [ROOT]

1. #include "room/..." only as layers.txt allows, and never by a path relative to the file.
2. Only the rooms named under "opens:" open files, list folders, start programs or use the network.
3. No KB number stands in src/: knowledge lies in data/catalog (tests are free to name them).
4. fmt is included in .cpp files only; std::format and std::expected are not there in g++ 12.

Prints "file:line: what" for every breach; exit status 0 when there is none, 1 otherwise.
"""
import csv
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Without these headers the calls are not declared, so looking at includes finds what a search for names might miss.
OPENING_HEADERS = {
    "fcntl.h", "fstream", "filesystem", "dirent.h", "sys/socket.h", "sys/mman.h", "spawn.h", "ftw.h", "glob.h", "netdb.h",
    "dlfcn.h", "sys/sendfile.h",
}
OPENING_CALL = re.compile(
    r"(?<![\w.>:])::(?:open|openat|creat|system|socket|connect|mmap|fork|dlopen)\s*\("
    r"|(?<![\w.>])(?:std::|::)?(?:fopen|freopen|fdopen|popen|opendir|scandir|nftw|execl|execv|execve|execvp|execlp|posix_spawnp?|tmpfile|mkstemp)\s*\("
    r"|\bstd::system\s*\("
    r"|\bstd::(?:basic_)?[io]?fstream\b|\bstd::filesystem\b"
)
KB_NAME = re.compile(r"KB\s?(\d{4,7})(?!\d)", re.I)
BARE_NUMBER = re.compile(r"(?<![\w.'])(\d[\d']{5,8})(?![\w.'])")
BANNED_HEADERS = {"format": "std::format is not in g++ 12: use fmt", "expected": "std::expected is not in g++ 12: use core/result.hpp"}


def read_layers(path):
    """({room: allowed rooms, or None for all}, [prefixes that may open files])."""
    rooms, opens = {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, _, allowed = line.partition(":")
        if name == "opens":
            opens = allowed.split()
        else:
            rooms[name] = None if allowed.strip() == "*" else set(allowed.split()) | {name}
    return rooms, opens


def check_order(rooms):
    """layers.txt itself: a room may name only rooms above it, which is what rules a cycle out."""
    seen = set()
    for room, allowed in rooms.items():
        for other in sorted((allowed or set()) - seen - {room}):
            yield f"layers.txt: {room} may not name {other}, which does not stand above it"
        seen.add(room)


def is_test(path):
    return path.name.endswith("_test.cpp")


def without_comments_and_strings(text):
    """The same text, same lines, with the insides of comments and string literals blanked."""
    pattern = re.compile(r'R"(\w*)\((?:.|\n)*?\)\1"|//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'')
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def check_includes(relative, text, rooms, opens):
    room = relative.parts[1] if len(relative.parts) > 2 else None
    allowed = rooms.get(room)
    if room is not None and room not in rooms:
        yield 1, f"room {room} is not in layers.txt"
    for number, line in enumerate(text.splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        quote, name = found.groups()
        first = name.split("/")[0]
        if quote == '"' and "/" not in name:
            yield number, f'include by full path from src/: "{name}"'
        elif quote == '"' and first not in rooms:
            yield number, f'"{name}" is not in a room of src/'
        elif quote == '"' and allowed is not None and first not in allowed:
            yield number, f'room {room} may not include "{name}" (layers.txt)'
        if quote == "<" and name in BANNED_HEADERS:
            yield number, BANNED_HEADERS[name]
        if quote == "<" and first == "fmt" and relative.suffix == ".hpp":
            yield number, "fmt belongs into .cpp files only: it is slow to compile"
        if quote == "<" and name in OPENING_HEADERS and not may_open(relative, opens):
            yield number, f"<{name}>: only {' '.join(opens)} may open files, list folders or reach outside"


def may_open(relative, opens):
    inside = relative.relative_to("src").as_posix()
    return any(inside == allowed or inside.startswith(allowed.rstrip("/") + "/") for allowed in opens)


def check_calls(relative, text, opens):
    if may_open(relative, opens):
        return
    for number, line in enumerate(without_comments_and_strings(text).splitlines(), 1):
        found = OPENING_CALL.search(line)
        if found:
            yield number, f"{found[0].strip()}: only {' '.join(opens)} may open files, list folders or reach outside"


def catalog_kbs(root):
    """Every KB number of six or seven digits that the catalog knows: shorter ones are too common as plain numbers."""
    kbs = set()
    for path in (root / "data" / "catalog").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                kb = (row.get("kb") or "").upper().removeprefix("KB")
                if kb.isdigit() and 6 <= len(kb) <= 7:
                    kbs.add(kb)
    return kbs


def check_kbs(text, kbs):
    """One breach a line at most: the first number is enough to find it."""
    for number, line in enumerate(text.splitlines(), 1):
        named = KB_NAME.search(line)
        bare = next((m for m in BARE_NUMBER.finditer(line) if m[1].replace("'", "") in kbs), None)
        if named:
            yield number, f"{named[0]}: KB numbers belong into data/catalog, not even into comments"
        elif bare:
            yield number, f"{bare[1]} is a KB number of the catalog: it belongs into data/catalog"


def check_tree(root):
    """Every breach below root/src, as "file:line: what", sorted."""
    rooms, opens = read_layers(root / "layers.txt")
    breaches = list(check_order(rooms))
    kbs = catalog_kbs(root)
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in (".cpp", ".hpp") or is_test(path):
            continue
        relative = path.relative_to(root)
        text = path.read_text(encoding="utf-8")
        found = [*check_includes(relative, text, rooms, opens), *check_calls(relative, text, opens), *check_kbs(text, kbs)]
        breaches += [f"{relative}:{number}: {what}" for number, what in sorted(found)]
    return breaches


def main(argv):
    root = pathlib.Path(argv[1]) if len(argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    breaches = check_tree(root)
    for line in breaches:
        print(line)
    print(f"check_layers: {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
