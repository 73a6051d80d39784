#!/usr/bin/env python3
"""Makes programs that will and will not break in 2038: make_corpus2038.py FOLDER --seed N --count N [--jobs N].

Every program is a random choice of a source of the time, a conversion, a width, a way to pass the value on, a use, a compiler, a
processor and an optimisation level. The truth follows from the choice: `exposed` when the program itself uses 32 bits of a clock value
as signed, else `uses_32bit_api` when a function with a 32-bit time_t is imported, else `no_evidence`. FOLDER/truth2038.csv is what
`measure_2038` reads. Seeds below 1000 are for debugging; others are for acceptance only.
"""
import argparse
import concurrent.futures
import os
import random
import subprocess
import sys

from corpus2038 import decoys, hosted, sources, uses

PRELUDE = r"""
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64; typedef int i32; typedef long long i64;
typedef void* P; typedef struct { u32 lo, hi; } FT; typedef union { struct { u32 lo, hi; } h; i64 q; u64 u; FT f; } LI;
typedef struct { u16 y, mo, dw, d, h, mi, s, ms; } ST; typedef struct { i32 bias; u16 a[32]; ST b; i32 sb; u16 c[32]; ST d; i32 db; } TZI;
typedef struct { u32 attr; FT c, a, w; u32 sh, sl; } FAD; typedef struct { u16 length, maximum; u16* buffer; } USTR;
#define IMP __declspec(dllimport)
#define STD __stdcall
#ifdef _WIN64
typedef u64 size_type;
#else
typedef u32 size_type;
#endif
"""
USER = r"""
IMP void STD GetSystemTimeAsFileTime(FT*); IMP void STD GetSystemTime(ST*); IMP void STD GetLocalTime(ST*); IMP i32 STD SystemTimeToFileTime(const ST*, FT*);
IMP i32 STD FileTimeToLocalFileTime(const FT*, FT*); IMP u32 STD GetTimeZoneInformation(TZI*); IMP i32 STD CompareFileTime(const FT*, const FT*);
IMP u32 STD GetTickCount(void); IMP i32 STD QueryPerformanceCounter(i64*); IMP void STD Sleep(u32); IMP void STD OutputDebugStringA(const char*);
IMP u32 STD GetCurrentProcessId(void); IMP u32 STD GetCurrentThreadId(void); IMP i32 STD FileTimeToSystemTime(const FT*, ST*);
IMP P STD GetProcAddress(P, const char*); IMP P STD GetModuleHandleA(const char*); IMP P STD GetProcessHeap(void); IMP P STD HeapAlloc(P, u32, size_type);
IMP i32 STD GetFileTime(P, FT*, FT*, FT*); IMP P STD CreateFileA(const char*, u32, u32, P, u32, u32, P); IMP i32 STD CloseHandle(P);
IMP i32 STD GetFileAttributesExA(const char*, i32, FAD*); IMP i32 STD WriteFile(P, const void*, u32, u32*, P); IMP P STD CreateThread(P, size_type, P, P, u32, u32*);
IMP i32 STD RegOpenKeyExA(P, const char*, u32, u32, P*); IMP i32 STD RegQueryValueExA(P, const char*, u32*, u32*, P, u32*); IMP i32 STD RegCloseKey(P);
IMP i32 STD RegSetValueExA(P, const char*, u32, u32, const void*, u32); IMP int wsprintfA(char*, const char*, ...); IMP P STD LoadLibraryA(const char*);
IMP i32 STD RegQueryValueExW(P, const u16*, u32*, u32*, P, u32*); IMP i32 STD RegGetValueA(P, const char*, const char*, u32, u32*, P, u32*);
"""
KERNEL = r"""
IMP u32 DbgPrint(const char*, ...); IMP P STD ExAllocatePoolWithTag(u32, size_type, u32); IMP i32 STD ZwSetValueKey(P, USTR*, u32, u32, P, u32);
"""


class Program:
    """One program being written. `need(dll, name, prototype)` declares an import that the linker finds in a library made for it."""

    def __init__(self, rng, arch, level):
        self.r, self.arch, self.x64, self.level = rng, arch, arch == "x64", level
        self.kernel = False
        self.data, self.top, self.crt = [], [], {}
        self.api32 = False

    def pick(self, *what):
        return self.r.choice(what)

    def need(self, dll, name, prototype, narrow=False):
        self.crt.setdefault(dll, set()).add(name)
        self.data.append("IMP %s;" % prototype)
        self.api32 = self.api32 or narrow


def passed(p, kind):
    """Statements that bring `now` to a variable `t` of type `kind`, by some way that programs have."""
    style = p.pick("direct", "direct", "returned", "pointer", "global", "field", "heap", "indirect", "volatile", "structure")
    cast = "%s t = (%s)now;" % (kind, kind)
    wide = "i64" if p.wide else "i32"
    if style == "returned":
        p.top.append("NOINLINE static %s cut(%s now) { return (%s)now; }" % (kind, wide, kind))
        return "%s t = cut(now);" % kind
    if style == "pointer":
        p.top.append("NOINLINE static void cut(%s now, %s* out) { *out = (%s)now; }" % (wide, kind, kind))
        return "%s t; cut(now, &t);" % kind
    if style == "global":
        p.top.append("%s kept;" % kind)
        return "kept = (%s)now; return later(how); } NOINLINE int later(int how) { %s t = kept;" % (kind, kind)
    if style == "field":
        p.data.append("struct record { u32 id; %s when; u32 flags; };" % kind)
        p.top.append("NOINLINE static int look(struct record* r, int how);")
        return "struct record r = {1, (%s)now, 3}; return look(&r, how); } NOINLINE static int look(struct record* r, int how) { %s t = r->when;" % (kind, kind)
    if style == "heap" and not p.kernel:
        return "struct box { P next; %s when; }* b = HeapAlloc(GetProcessHeap(), 0, sizeof *b); if (!b) return 0; b->when = (%s)now; %s t = b->when;" % (kind, kind, kind)
    if style == "indirect":
        p.top.append("NOINLINE static int use_it(%s t, int how); static int (*volatile handler)(%s, int) = use_it;" % (kind, kind))
        return "return handler((%s)now, how); } NOINLINE static int use_it(%s t, int how) {" % (kind, kind)
    if style == "volatile":
        return "volatile %s kept_here = (%s)now; %s t = kept_here;" % (kind, kind, kind)
    if style == "structure":
        p.data.append("struct stamp { %s t; };" % kind)
        p.top.append("NOINLINE static struct stamp wrap(%s now) { struct stamp s = {(%s)now}; return s; }" % (wide, kind))
        return "struct stamp s = wrap(now); %s t = s.t;" % kind
    return cast


def freestanding(p):
    """A library or driver with one entry that reads the time and uses it; returns what was chosen and the truth."""
    source = p.r.choice(sources.of(p))
    get, p.wide = source(p)
    if not p.wide:
        how = p.r.choices(["signed", "unsigned", "handed"], [5, 3, 3 if p.api32 else 0])[0]
    else:
        how = p.r.choices(["signed", "unsigned", "wide"], [5, 3, 3])[0]
    kind = {"signed": "i32", "unsigned": "u32", "wide": "i64", "handed": "i32"}[how]
    use = p.r.choice(uses.of(p, how))
    body = passed(p, kind) + " " + use(p)
    text = PRELUDE + "#define NOINLINE __attribute__((noinline))\n" + (KERNEL if p.kernel else USER)
    text += "\n".join(p.data) + "\nextern volatile i32 unknown_source; extern i32 unknown_number; extern i64 unknown_wide; int later(int); extern i32 sink32; extern i64 sink64; extern double sink_double;\n"
    # What the prologue of `passed` names has to stand before the entry.
    text += "\n".join(p.top)
    text += "\nNOINLINE static int work(int how) { %s %s return how; }\n" % (get, body)
    text += "volatile i32 unknown_source; i32 unknown_number; i64 unknown_wide; i32 sink32; i64 sink64; double sink_double; int _fltused = 1;\n"
    text += "__declspec(dllexport) int set_numbers(int a, i64 b) { unknown_number = a; unknown_wide = b; return sink32 + (int)sink64; }\n"
    entry = "DriverEntry(P object, P path)" if p.kernel else "DllMain(P module, u32 reason, P reserved)"
    text += "int STD %s { return work((int)(size_type)%s); }\n" % (entry, "path" if p.kernel else "reason")
    truth = "exposed" if how == "signed" else "uses_32bit_api" if p.api32 else "no_evidence"
    return "%s>%s:%s" % (source.__name__, how, use.__name__), truth, text


def decoy(p):
    maker = p.r.choice(decoys.of(p))
    body = maker(p)
    text = PRELUDE + "#define NOINLINE __attribute__((noinline))\n" + USER + "\n".join(p.data) + "\n" + "\n".join(p.top)
    text += "\nvolatile i32 unknown_number; volatile i64 sink64; volatile i32 sink32;\nint STD DllMain(P module, u32 reason, P reserved) { int how = reason; %s return how; }\n" % body
    return "decoy:" + maker.__name__, "uses_32bit_api" if p.api32 else "no_evidence", text


def make(number, seed):
    """What is written for program `number`: what it is, its truth, its text, and how to build it."""
    rng = random.Random(seed * 1000003 + number)
    p = Program(rng, rng.choice(["x86", "x86", "x64"]), rng.choice(["-O0", "-O1", "-O2", "-O2", "-Os"]))
    shape = rng.random()
    p.compiler = rng.choice(["gcc", "gcc", "clang"])
    if shape < .12:
        p.compiler = "gcc"  # the headers of mingw-w64 are its own
        kind, truth, text, p.hosted = hosted.program(p)
        return kind, truth, text, p
    p.hosted = None
    p.kernel = shape > .85
    kind, truth, text = decoy(p) if shape < .25 else freestanding(p)
    return kind, truth, text, p


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else " ".join(command) + "\n" + done.stderr[:900]


def build(folder, name, text, p):
    """Compiles and links one program; returns what went wrong, or None."""
    prefix = ("x86_64" if p.x64 else "i686") + "-w64-mingw32-"
    source, obj, out = f"{folder}/{name}.c", f"{folder}/{name}.o", f"{folder}/{name}.{'sys' if p.kernel else 'dll' if p.hosted is None else 'exe'}"
    with open(source, "w", encoding="ascii") as f:
        f.write(text)
    if p.hosted is not None:
        return run([prefix + "gcc", p.level, "-w", "-s", "-o", out, source] + p.hosted)
    flags = [p.level, "-w", "-ffreestanding", "-fno-stack-protector", "-fno-builtin", "-fno-strict-aliasing", "-c", source, "-o", obj]
    triple = ("x86_64" if p.x64 else "i686") + "-w64-windows-gnu"
    error = run(([prefix + "gcc"] if p.compiler == "gcc" else ["clang-19", "--target=" + triple]) + flags)
    libraries = []
    for dll, names in sorted(p.crt.items()):
        definition, library = f"{folder}/{name}-{dll}.def", f"{folder}/lib{name}-{dll}.a"
        with open(definition, "w", encoding="ascii") as f:
            f.write("LIBRARY %s\nEXPORTS\n%s\n" % (dll, "\n".join(sorted(names))))
        # -k: 32-bit stdcall names lose their @n in the import table, as Windows has them.
        error = error or run([prefix + "dlltool", "-k", "-d", definition, "-l", library])
        libraries.append(library)
    entry = ("DriverEntry" if p.kernel else "DllMain") if p.x64 else ("_DriverEntry@8" if p.kernel else "_DllMain@12")
    system = ["-lntoskrnl", "-lhal"] if p.kernel else ["-lkernel32", "-luser32", "-ladvapi32", "-lntdll"]
    link = [prefix + "gcc", "-nostdlib", "-shared", "-s", "-Wl,--entry," + entry, "-Wl,--exclude-all-symbols", "-Wl,--subsystem," + ("native" if p.kernel else "windows")]
    error = error or run(link + ["-o", out, obj] + libraries + system + ["-lgcc"])
    for left in [obj] + libraries + [f"{folder}/{name}-{dll}.def" for dll in p.crt]:
        if os.path.exists(left):
            os.remove(left)
    return error


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("folder")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--count", type=int, default=300)
    a.add_argument("--jobs", type=int, default=os.cpu_count())
    args = a.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    made = [make(i, args.seed) for i in range(args.count)]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        errors = list(pool.map(lambda i: build(args.folder, f"t{i:05}", made[i][2], made[i][3]), range(args.count)))
    failed = 0
    with open(f"{args.folder}/truth2038.csv", "w", encoding="ascii") as f:
        for i, (kind, truth, _, p) in enumerate(made):
            if errors[i]:
                failed += 1
                print(f"t{i:05} {kind}: {errors[i]}", file=sys.stderr)
                continue
            end = "exe" if p.hosted is not None else "sys" if p.kernel else "dll"
            f.write(f"t{i:05}.{end},{kind}/{p.compiler}/{p.arch}/{p.level},{truth}\n")
    print(f"{args.count - failed} programs, {failed} that did not compile")


if __name__ == "__main__":
    main()
