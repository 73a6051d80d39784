#!/usr/bin/env python3
"""Writes data/api/arity.csv: how many stack words each function of Windows takes on 32-bit x86.

The numbers are the decorations (_Name@12, @Name@8) of the import libraries of mingw-w64, read with its nm.
Needs the Debian packages mingw-w64-i686-dev and binutils-mingw-w64-i686.
"""
import glob
import re
import subprocess
import sys

LIBRARIES = """ntoskrnl hal ndis fltmgr tdi ks usbd storport scsiport videoprt win32k wdfldr wmilib ntdll kernel32 advapi32
user32 gdi32 ole32 oleaut32 shell32 shlwapi ws2_32 version setupapi psapi winmm wininet crypt32 iphlpapi netapi32 msi secur32
userenv wtsapi32 rpcrt4 comctl32 imagehlp powrprof cfgmgr32 winspool hid winhttp bcrypt cabinet""".split()


def main():
    out = {}
    for library in LIBRARIES:
        for path in glob.glob(f"/usr/i686-w64-mingw32/lib/lib{library}.a"):
            text = subprocess.run(["i686-w64-mingw32-nm", path], capture_output=True, text=True, check=False).stdout
            for kind, name, size in re.findall(r" T ([_@])([A-Za-z][A-Za-z0-9_]*)@(\d+)$", text, re.M):
                out.setdefault(name, (int(size) // 4, "f" if kind == "@" else "s"))
    with open(sys.argv[1] if len(sys.argv) > 1 else "data/api/arity.csv", "w", encoding="ascii", newline="\n") as f:
        for name in sorted(out):
            f.write(f"{name},{out[name][0]},{out[name][1]}\n")


if __name__ == "__main__":
    main()
