#!/usr/bin/env python3
"""Makes programs with and without build gates: make_corpus.py FOLDER --seed N --count N [--jobs N].

Every program is a random choice of a source of the version, a way to pass it on, a predicate, an effect, a compiler, a
processor and an optimisation level (templates/). The truth is not derived: all predicates are compiled natively, too, and run over
every rung. FOLDER/truth.csv is what `measure_lanes` reads. Seeds below 1000 are for debugging; others are for acceptance only.
"""
import argparse
import concurrent.futures
import os
import random
import re
import struct
import subprocess
import sys

from templates import effects, guards, kept_styles, predicates, real_predicates, real_sources, real_styles, shipped_styles, sources, styles, text_sources
from templates.common import BUILDS, KERNEL, PRELUDE, RELEASES, USER, Program, near

SOURCES = {True: sources.KERNEL_SOURCES + real_sources.KERNEL_SOURCES + text_sources.KERNEL_SOURCES,
           False: sources.USER_SOURCES + real_sources.USER_SOURCES + text_sources.USER_SOURCES}
STYLES = styles.STYLES + real_styles.STYLES + shipped_styles.STYLES + kept_styles.STYLES
PREDICATES = predicates.PREDICATES + real_predicates.PREDICATES
NEEDS_MAJOR = predicates.NEEDS_MAJOR | real_predicates.NEEDS_MAJOR
EFFECTS = effects.EFFECTS + real_predicates.EFFECTS
DECOYS = effects.DECOYS + text_sources.DECOYS
DECIDING = (real_sources.src_text,) + text_sources.NUMBER_TEXTS  # sources that compare by themselves
BIG = 0.02  # share of large programs
GUARDED = 0.15  # share of programs that ask for something else before they look at the version


def verify_program(p):
    """VerifyVersionInfo: the predicate lies in the API."""
    value, how = near(p.r), p.r.randint(1, 5)
    words = {1: "==", 2: ">", 3: ">=", 4: "<", 5: "<="}
    call = "RtlVerifyVersionInfo(&v, 4, VerSetConditionMask(0, 4, %d)) == 0" % how if p.kernel else "VerifyVersionInfoW(&v, 4, VerSetConditionMask(0, 4, %d))" % how
    text = "ENTRY { OSVW v; for (u32 i = 0; i < sizeof v; ++i) ((volatile u8*)&v)[i] = 0; v.size = sizeof v; v.build = %d; int d = %s; %s }" % (value, call, effects.effect_return(p))
    return text, "return build %s %d;" % (words[how], value)


def make(number, seed):
    """Returns (kind, C text, predicate body, what the source sees, settings, what the effect shows)."""
    r = random.Random(seed * 1000003 + number)
    arch, kernel = r.choice(["x86", "x64"]), r.random() < .65
    p = Program(r, number, arch, kernel)
    p.compiler, p.level = r.choice(["gcc", "clang"]), r.choice(["-O0", "-O1", "-O2", "-O2", "-O3", "-Os"])
    gate, view = r.random() < .62, "d"
    if gate and r.random() < .06:
        entry, body = verify_program(p)
        kind, sees = "verify", ""
    else:
        source, sees = r.choice(SOURCES[kernel])
        sees = {True: "", False: real_sources.SEES_BUILD}.get(sees, sees)
        full = sees != real_sources.SEES_BUILD and not callable(sees)
        style = real_styles.style_big if r.random() < BIG else r.choice(STYLES)
        if source in DECIDING:  # what is kept of it would be seen
            gate, style = True, r.choice([styles.style_direct, styles.style_function])
        if gate:
            predicate = r.choice([q for q in PREDICATES if full or q not in NEEDS_MAJOR])
            body = predicate(r)
            inline = r.choice(["static inline", "static NOINLINE", "static"])
            decide = "%s int decide(u32 build, u32 major, u32 minor) { (void)major; (void)minor; (void)build; %s }" % (inline, body)
            effect, view = r.choice(EFFECTS)
            use = "int d = decide(build, major, minor); " + effect(p)
            kind = predicate.__name__
        else:
            decoy = r.choice(DECOYS)
            body, decide, use, kind = "return 0;", "", decoy(p), decoy.__name__
            if decoy is effects.decoy_major:
                body = "return major < 5 ? 1 : 0;" if full else "return 0;"
        if r.random() < GUARDED:
            guard = r.choice(guards.GUARDS)
            use = guard(p) + " " + use
            kind += "/" + guard.__name__
        text = source(p)
        sees = sees(p) if callable(sees) else sees
        entry = style(p, text, use)
        p.data.insert(0, decide)
        kind += "/" + style.__name__[6:] + "/" + source.__name__[4:]
    noise = [n % i for i, n in enumerate(r.sample(styles.NOISE, r.randint(0, 3)))]
    head = PRELUDE + "typedef %s size_type;\n" % ("u64" if arch == "x64" else "u32") + (KERNEL if kernel else USER)
    head += "#define NOINLINE __attribute__((noinline))\n#define EXPORT __declspec(dllexport)\n#define BAD ((i32)0xC00000BB)\n"
    head += "EXPORT u32 g_corpus = 1; volatile u32 g_keep; volatile u32 g_port, g_size; P volatile g_ptr;\n"
    head += "#define ENTRY i32 STD DriverEntry(P ctx, P path)\n"
    users = "".join("EXPORT u32 STD Noise%d(P c) { return (u32)helper_%d(%s); }\n" % (i, i, "c" if "(P c)" in n else "(u32)(size_type)c") for i, n in enumerate(noise))
    text = head + "\n".join(p.data + noise + p.top) + "\n" + users + entry + "\n"
    settings = {"arch": arch, "kernel": kernel, "compiler": p.compiler, "level": p.level, "classes": "\n".join(p.cpp), "late": p.late}
    return kind, text, body, sees, settings, view


def set_delay_directory(path):
    """GNU ld leaves the directory of delay imports empty; linkers of Windows set it to the first record, which names ntdll.dll."""
    with open(path, "rb") as f:
        data = bytearray(f.read())
    head = struct.unpack_from("<I", data, 60)[0]
    count, optional = struct.unpack_from("<H12xH", data, head + 6)
    sections = [struct.unpack_from("<IIII", data, head + 24 + optional + 40 * i + 8) for i in range(count)]
    offset_of = lambda rva: next((rva - at + raw for size, at, stored, raw in sections if at <= rva < at + stored), 0)
    directory = head + 24 + (96 if struct.unpack_from("<H", data, head + 24)[0] == 0x10B else 112) + 13 * 8
    for size, at, stored, raw in sections:
        for i in range(0, stored - 32, 4):
            kind, dll = struct.unpack_from("<II", data, raw + i)
            if kind == 1 and data[offset_of(dll):offset_of(dll) + 10] == b"ntdll.dll\0":
                struct.pack_into("<II", data, directory, at + i, 64)
                with open(path, "wb") as f:
                    f.write(data)
                return


def build(folder, name, text, s):
    """Compiles one program; returns an error text or None."""
    mingw = "x86_64-w64-mingw32-gcc" if s["arch"] == "x64" else "i686-w64-mingw32-gcc"
    source, obj, out = f"{folder}/{name}.c", f"{folder}/{name}.o", f"{folder}/{name}.sys"
    with open(source, "w", encoding="ascii") as f:
        f.write(text)
    flags = [s["level"], "-w", "-ffreestanding", "-fno-stack-protector", "-c", source, "-o", obj]
    objects = [obj]
    triple = "x86_64-pc-windows-msvc" if s["arch"] == "x64" else "i686-pc-windows-msvc"
    compiler = [mingw] if s["compiler"] == "gcc" else ["clang-19", "--target=" + triple, "-fms-extensions"]
    entry = "DriverEntry" if s["arch"] == "x64" else "_DriverEntry@8"
    libraries = ["-lbuildnumber-" + s["arch"], "-lntoskrnl", "-lhal"] if s["kernel"] else ["-llate-" + s["arch"], "-lkernel32", "-ladvapi32", "-luser32", "-lversion", "-lmsvcrt", "-lmingwex", "-lmsvcrt", "-lkernel32"]
    # The linker cannot read the export directives of clang's msvc objects, and would then export everything.
    exports = re.findall(r"EXPORT \w+ (STD )?(\w+)", text)
    with open(f"{folder}/{name}.def", "w", encoding="ascii") as f:
        f.write("EXPORTS\n" + "".join(n + ("@4" if std and s["arch"] == "x86" else "") + "\n" for std, n in exports))
    commands = [compiler + flags]
    if s["classes"]:
        with open(f"{folder}/{name}_classes.cpp", "w", encoding="ascii") as f:
            f.write(s["classes"])
        objects.append(f"{folder}/{name}_classes.o")
        plus = flags[:-4] + ["-x", "c++", "-fno-exceptions", "-fno-rtti", "-c", f"{folder}/{name}_classes.cpp", "-o", objects[-1]]
        commands.append(compiler + plus)
    link = [mingw, "-nostdlib", "-shared", "-s", "-L" + folder, "-Wl,--entry," + entry, "-Wl,--subsystem," + ("native" if s["kernel"] else "windows"), "-o", out, *objects, f"{folder}/{name}.def"] + libraries
    for command in commands + [link]:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return done.stderr[:600]
    if s["late"]:
        set_delay_directory(out)
    for o in objects:
        os.remove(o)
    os.remove(f"{folder}/{name}.def")
    return None


def import_libraries(folder):
    """What the import libraries of mingw-w64 lack: NtBuildNumber, which is data, and functions of ntdll.dll that are loaded late."""
    with open(f"{folder}/nt.def", "w", encoding="ascii") as f:
        f.write("LIBRARY ntoskrnl.exe\nEXPORTS\nNtBuildNumber DATA\n")
    for arch, prefix, bytes_of in (("x86", "i686", "@%d"), ("x64", "x86_64", "")):
        with open(f"{folder}/late.def", "w", encoding="ascii") as f:
            decorated = [name + (bytes_of % taken if bytes_of else "") for name, taken in (("RtlGetVersion", 4), ("RtlGetNtVersionNumbers", 12))]
            f.write("LIBRARY ntdll.dll\nEXPORTS\n" + "\n".join(decorated) + "\n")
        tool = prefix + "-w64-mingw32-dlltool"
        subprocess.run([tool, "-d", f"{folder}/nt.def", "-l", f"{folder}/libbuildnumber-{arch}.a"], check=True)
        subprocess.run([tool, "-k", "-d", f"{folder}/late.def", "-y", f"{folder}/liblate-{arch}.a"], check=True)


def oracle(folder, tests):
    """Runs every predicate natively over every build; returns a list of lists of words."""
    releases = ",".join("{%d,%d,%d}" % x for x in RELEASES)
    text = PRELUDE.split("#define IMP")[0] + "#include <stdio.h>\n"
    for i, (body, sees, view) in enumerate(tests):
        text += "static int p%d(u32 build, u32 major, u32 minor) { %s %s }\n" % (i, sees, body)
        text += "static int d%d(u32 b, u32 ma, u32 mi) { int d = p%d(b, ma, mi); return %s; }\n" % (i, i, view)
    text += "static int (*const all[])(u32, u32, u32) = {%s};\n" % ",".join("d%d" % i for i in range(len(tests)))
    text += """int main(void) { static const u32 b[] = {%s}, rel[][3] = {%s};
      for (unsigned i = 0; i < sizeof all / sizeof all[0]; ++i) { for (unsigned k = 0; k < 12; ++k) { u32 ma = 0, mi = 0;
        for (unsigned j = 0; j < sizeof rel / sizeof rel[0]; ++j) if (b[k] >= rel[j][0]) { ma = rel[j][1]; mi = rel[j][2]; }
        printf("%%s%%d", k ? "," : "", all[i](b[k], ma, mi)); } printf("\\n"); } return 0; }""" % (",".join(map(str, BUILDS)), releases)
    with open(f"{folder}/oracle.c", "w", encoding="ascii") as f:
        f.write(text)
    subprocess.run(["gcc", "-O1", "-w", "-o", f"{folder}/oracle", f"{folder}/oracle.c"], check=True)
    return subprocess.run([f"{folder}/oracle"], capture_output=True, text=True, check=True).stdout.split("\n")


def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("folder")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--count", type=int, default=200)
    a.add_argument("--jobs", type=int, default=os.cpu_count())
    args = a.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    import_libraries(args.folder)
    made = [make(i, args.seed) for i in range(args.count)]
    words = oracle(args.folder, [(m[2], m[3], m[5]) for m in made])
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        errors = list(pool.map(lambda i: build(args.folder, f"p{i:05}", made[i][1], made[i][4]), range(args.count)))
    failed = 0
    with open(f"{args.folder}/truth.csv", "w", encoding="ascii") as f:
        for i, m in enumerate(made):
            if errors[i]:
                failed += 1
                print(f"p{i:05} {m[0]}: {errors[i]}", file=sys.stderr)
                continue
            s = m[4]
            f.write(f"p{i:05}.sys,{m[0]}/{s['compiler']}/{s['arch']}/{s['level']},{words[i]}\n")
    print(f"{args.count - failed} programs, {failed} that did not compile")


if __name__ == "__main__":
    main()
