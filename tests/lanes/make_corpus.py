#!/usr/bin/env python3
"""Makes programs with and without build gates: make_corpus.py FOLDER --seed N --count N [--jobs N].

Every program is a random choice of a source of the version, a way to pass it on, a predicate, an effect, a compiler, a
processor and an optimisation level. The truth is not derived: all predicates are compiled natively, too, and run over every
rung. FOLDER/truth.csv is what `measure_lanes` reads. Seeds below 1000 are for debugging; others are for acceptance only.
"""
import argparse
import concurrent.futures
import os
import random
import re
import subprocess
import sys

BUILDS = [2600, 3790, 6000, 6001, 6002, 6003, 7600, 7601, 9200, 9600, 14393, 19045]
RELEASES = [(0, 4, 0), (2600, 5, 1), (3790, 5, 2), (6000, 6, 0), (7600, 6, 1), (9200, 6, 2), (9600, 6, 3), (10240, 10, 0)]
NEAR = [5999, 6000, 6001, 6002, 6003, 6004, 7600, 7601, 3790, 2600, 9200, 9600]

PRELUDE = r"""
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64; typedef int i32;
typedef void* P;
#define IMP __declspec(dllimport)
#define STD __stdcall
typedef struct { u32 size, major, minor, build, platform; u16 csd[128]; u16 spmajor, spminor, suite; u8 product, reserved; } OSVW;
typedef struct { u32 size, major, minor, build, platform; char csd[128]; } OSVA;
typedef struct { u16 length, maximum; u16* buffer; } USTR;
"""
KERNEL = r"""
IMP i32 STD RtlGetVersion(OSVW*); IMP u8 STD PsGetVersion(u32*, u32*, u32*, P); IMP i32 STD RtlVerifyVersionInfo(OSVW*, u32, u64);
IMP u64 STD VerSetConditionMask(u64, u32, u8);
IMP P STD MmGetSystemRoutineAddress(USTR*); IMP void STD RtlInitUnicodeString(USTR*, const u16*); IMP u32 DbgPrint(const char*, ...);
IMP P STD ExAllocatePoolWithTag(u32, size_type, u32); IMP void STD ExFreePoolWithTag(P, u32); IMP i32 STD IoCreateDevice(P, u32, USTR*, u32, u32, u8, P*);
IMP i32 STD IoCreateSymbolicLink(USTR*, USTR*);
IMP i32 STD PsCreateSystemThread(P*, u32, P, P, P, P, P); IMP void STD KeInitializeDpc(P, P, P); IMP i32 STD IoDeleteSymbolicLink(USTR*);
IMP i32 STD ZwOpenKey(P*, u32, P); IMP i32 STD ZwQueryValueKey(P, USTR*, u32, P, u32, u32*); IMP i32 STD ZwClose(P);
IMP void STD KeInitializeEvent(P, u32, u8); IMP i32 STD ObReferenceObjectByHandle(P, u32, P, u8, P*, P); IMP void STD KeBugCheckEx(u32, P, P, P, P);
IMP i32 STD PsSetCreateProcessNotifyRoutine(P, u8); IMP i32 STD PsSetLoadImageNotifyRoutine(P);
"""
USER = r"""
IMP i32 STD GetVersionExA(OSVA*); IMP i32 STD GetVersionExW(OSVW*); IMP u32 STD GetVersion(void); IMP P STD GetProcAddress(P, const char*);
IMP P STD GetModuleHandleA(const char*); IMP P STD GetModuleHandleW(const u16*); IMP void STD OutputDebugStringA(const char*); IMP P STD HeapAlloc(P, u32, size_type); IMP P STD GetProcessHeap(void);
IMP i32 STD VerifyVersionInfoW(OSVW*, u32, u64); IMP u64 STD VerSetConditionMask(u64, u32, u8); IMP u32 STD GetTickCount(void); IMP void STD Sleep(u32);
IMP u32 STD SetErrorMode(u32); IMP i32 STD CloseHandle(P); IMP P STD CreateFileA(const char*, u32, u32, P, u32, u32, P); IMP u32 STD GetLastError(void);
IMP i32 STD RegOpenKeyExA(P, const char*, u32, u32, P*); IMP i32 STD RegQueryValueExA(P, const char*, u32*, u32*, P, u32*); IMP i32 STD RegCloseKey(P);
IMP i32 STD RegQueryValueExW(P, const u16*, u32*, u32*, P, u32*); IMP P STD CreateThread(P, size_type, P, P, u32, u32*); IMP i32 STD EnumWindows(P, P);
"""


class Program:
    """One program being written: top-level text, and the statements of its entry."""

    def __init__(self, rng, number, arch, kernel):
        self.r, self.n, self.x64, self.kernel = rng, number, arch == "x64", kernel
        self.top, self.data = [], []

    def pick(self, *what):
        return self.r.choice(what)


# ---- sources: text that leaves major, minor and build in three variables -------------------------------------------

def wide(text):
    return "{" + ",".join(str(ord(c)) for c in text) + ",0}"


def src_ps(p):
    return "PsGetVersion(&major, &minor, &build, 0);"


def src_rtl(p):
    p.top.append("")
    check = p.pick("RtlGetVersion(&v);", "if (RtlGetVersion(&v) < 0) return BAD;")
    clear = p.pick("", "for (u32 i = 0; i < sizeof v; ++i) ((u8*)&v)[i] = 0;")
    return "OSVW v; %s v.size = %s; %s major = v.major; minor = v.minor; build = v.build;" % (clear, p.pick("sizeof v", "276"), check)


def src_number(p):
    p.top.append("extern IMP u32 NtBuildNumber;" if p.r.random() < .5 else "extern IMP volatile u32 NtBuildNumber;")
    read = p.pick("(u16)NtBuildNumber", "NtBuildNumber & 0xffff", "NtBuildNumber & 0x0fffffff", "*(u16*)&NtBuildNumber", "NtBuildNumber & 0x3fff_".replace("0x3fff_", "0x7fff"))
    return "build = %s; major = minor = 0;" % read


def src_mm(p):
    name = p.pick("RtlGetVersion", "PsGetVersion")
    p.data.append("static const u16 fn_name[] = %s;" % wide(name))
    if name == "RtlGetVersion":
        body = "i32 (STD *f)(OSVW*) = (i32 (STD *)(OSVW*))MmGetSystemRoutineAddress(&s); OSVW v; v.size = sizeof v; if (!f) return BAD; f(&v); major = v.major; minor = v.minor; build = v.build;"
    else:
        body = "u8 (STD *f)(u32*, u32*, u32*, P) = (u8 (STD *)(u32*, u32*, u32*, P))MmGetSystemRoutineAddress(&s); if (f) f(&major, &minor, &build, 0); else return BAD;"
    init = p.pick("USTR s; RtlInitUnicodeString(&s, fn_name);", "USTR s; s.length = sizeof fn_name - 2; s.maximum = sizeof fn_name; s.buffer = (u16*)fn_name;")
    return init + body


def src_zw(p):
    p.data.append("static const u16 val_name[] = %s;" % wide(p.pick("CurrentBuildNumber", "CurrentBuild")))
    p.data.append("struct attrs { u32 length; P root; P name; u32 a; P sd; P qos; };")
    return """USTR s; P key; u32 got; struct { u32 title, type, size; u16 text[40]; } info; struct attrs oa = {sizeof oa, 0, 0, 64, 0, 0};
      if (ZwOpenKey(&key, 1, &oa) < 0) return BAD; RtlInitUnicodeString(&s, val_name);
      if (ZwQueryValueKey(key, &s, 2, &info, sizeof info, &got) < 0) { ZwClose(key); return BAD; } ZwClose(key);
      build = 0; for (u32 i = 0; i < info.size / 2 && info.text[i] >= '0' && info.text[i] <= '9'; ++i) build = build * 10 + (info.text[i] - '0'); major = minor = 0;"""


def src_exa(p):
    kind = p.pick("A", "W")
    return "OSV%s v; v.size = sizeof v; if (!GetVersionEx%s(&v)) return BAD; major = v.major; minor = v.minor; build = v.build;" % (kind, kind)


def src_get(p):
    return "u32 gv = GetVersion(); major = gv & 0xff; minor = gv >> 8 & 0xff; build = gv >> 16;"


def src_peb(p):
    off = "0x60" if p.x64 else "0x30"
    seg = "gs" if p.x64 else "fs"
    reg = "q" if p.x64 else "l"
    asm = 'u8* peb; __asm__ volatile("mov%s %%%%%s:%s, %%0" : "=r"(peb));' % (reg, seg, off)
    at = ("0x118", "0x11c", "0x120") if p.x64 else ("0xa4", "0xa8", "0xac")
    return asm + "major = *(u32*)(peb + %s); minor = *(u32*)(peb + %s); build = *(u16*)(peb + %s);" % at


def src_proc(p):
    kind = p.pick("numbers", "rtl")
    if kind == "numbers":
        return """void (STD *f)(u32*, u32*, u32*) = (void (STD *)(u32*, u32*, u32*))GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlGetNtVersionNumbers");
          if (!f) return BAD; f(&major, &minor, &build); build &= 0xffff;"""
    return """i32 (STD *f)(OSVW*) = (i32 (STD *)(OSVW*))GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlGetVersion"); OSVW v; v.size = sizeof v;
      if (!f || f(&v) != 0) return BAD; major = v.major; minor = v.minor; build = v.build;"""


def src_reg(p):
    if p.pick(0, 1):
        return """P key; char text[32]; u32 size = sizeof text, type; if (RegOpenKeyExA((P)0x80000002, "SOFTWARE\\\\Microsoft\\\\Windows NT\\\\CurrentVersion", 0, 1, &key)) return BAD;
          if (RegQueryValueExA(key, "CurrentBuildNumber", 0, &type, text, &size)) return BAD; RegCloseKey(key);
          build = 0; for (char* c = text; *c; ++c) build = build * 10 + (*c - '0'); major = minor = 0;"""
    p.data.append("static const u16 val_name[] = %s;" % wide("CurrentBuild"))
    return """P key; u16 text[32]; u32 size = sizeof text; if (RegOpenKeyExA((P)0x80000002, "SOFTWARE\\\\Microsoft\\\\Windows NT\\\\CurrentVersion", 0, 1, &key)) return BAD;
      if (RegQueryValueExW(key, val_name, 0, 0, text, &size)) return BAD; RegCloseKey(key);
      build = 0; for (u32 i = 0; text[i] >= '0' && text[i] <= '9'; ++i) build = build * 10 + text[i] - '0'; major = minor = 0;"""


# registry and NtBuildNumber give no major and minor: predicates over them see zeros there
KERNEL_SOURCES = [(src_ps, True), (src_ps, True), (src_rtl, True), (src_rtl, True), (src_number, False), (src_number, False), (src_mm, True), (src_zw, False)]
USER_SOURCES = [(src_exa, True), (src_exa, True), (src_get, True), (src_peb, True), (src_proc, True), (src_reg, False)]


# ---- predicates: the body of `static int decide(u32 build, u32 major, u32 minor)` ----------------------------------

def near(r):
    return r.choice(NEAR[:6] * 3 + NEAR)


def pred_eq(r):
    return "return build %s %d;" % (r.choice(["==", "!="]), near(r))


def pred_cmp(r):
    return "return build %s %d;" % (r.choice(["<", "<=", ">", ">="]), near(r))


def pred_range(r):
    a, b = sorted(r.sample(NEAR, 2))
    return "return %sbuild >= %d && build <= %d%s;" % (("!(", a, b, ")") if r.random() < .3 else ("", a, b, ""))


def pred_set(r):
    return "return " + " || ".join("build == %d" % b for b in r.sample(NEAR, r.randint(2, 4))) + ";"


def pred_switch(r):
    cases = r.sample(NEAR, r.randint(3, 7))
    body = "".join("case %d: %s" % (c, "return %d; " % r.randint(1, 5) if r.random() < .75 else "") for c in cases)
    return "switch (build) { %s return %d; default: return 0; }" % (body, r.randint(1, 5))


def pred_dense(r):
    low = r.choice([5998, 5999, 6000])
    body = "".join("case %d: return %d; " % (low + i, r.choice([1, 2, 3, 7, 9, 11])) for i in range(r.randint(5, 8)))
    return "switch (build) { %s default: return 0; }" % body


def pred_table(r):
    rows = sorted(r.sample(NEAR, r.randint(3, 7)))
    form = r.choice(["u16", "u32"])
    quals = r.choice(["static const", "static"])
    return """%s %s tab[] = {%s}; for (u32 i = 0; i < sizeof tab / sizeof tab[0]; ++i) if (tab[i] == build) return %s; return 0;""" % (
        quals, form, ",".join(map(str, rows)), r.choice(["1", "(int)i + 1"]))


def pred_minmax(r):
    rows = []
    for _ in range(r.randint(2, 4)):
        a, b = sorted(r.sample(NEAR, 2))
        rows.append("{%d, %d, %d}" % (a, b, r.randint(1, 9)))
    return """static const struct { u32 low, high; int value; } tab[] = {%s};
      for (u32 i = 0; i < sizeof tab / sizeof tab[0]; ++i) if (build >= tab[i].low && build <= tab[i].high) return tab[i].value; return 0;""" % ",".join(rows)


def pred_threshold(r):
    rows = sorted(r.sample(NEAR, r.randint(3, 6)))
    return """static const struct { u16 from; u8 value; } tab[] = {%s}; int found = 0;
      for (u32 i = 0; i < sizeof tab / sizeof tab[0]; ++i) { if (build < tab[i].from) break; found = tab[i].value; } return found;""" % ",".join(
        "{%d, %d}" % (b, r.randint(1, 9)) for b in rows)


def pred_bsearch(r):
    rows = sorted(r.sample(NEAR, r.randint(4, 9)))
    return """static const u32 tab[] = {%s}; int lo = 0, hi = sizeof tab / sizeof tab[0] - 1;
      while (lo <= hi) { int mid = (lo + hi) / 2; if (tab[mid] == build) return 1; if (tab[mid] < build) lo = mid + 1; else hi = mid - 1; } return 0;""" % ",".join(map(str, rows))


def pred_bitmap(r):
    base = r.choice([5995, 6000, 5984])
    return "u32 at = build - %d; return at < 32 && (0x%xu >> at & 1);" % (base, r.getrandbits(32))


def pred_hash(r):
    return "u32 h = build * 0x%xu; h ^= h >> %d; return h %% %d == %d;" % (r.getrandbits(32) | 1, r.randint(8, 20), r.choice([3, 4, 5, 7]), r.randint(0, 2))


def pred_packed(r):
    a = near(r)
    return "u64 v = (u64)major << 32 | minor << 16 | build; return v %s 0x%xull;" % (r.choice(["<", ">=", "==", ">"]), (6 << 32) | a)


def pred_nested(r):
    return "if (major != 6) return major > 6 ? 2 : 0; if (minor %s %d) return 3; return build %s %d;" % (
        r.choice([">", ">=", "!="]), r.randint(0, 2), r.choice(["<", "<=", "==", ">"]), near(r))


def pred_ternary(r):
    return "return (build > %d) * 4 + (build < %d ? 1 : build == %d ? 3 : 0) - (build >= %d);" % (near(r), near(r), near(r), near(r))


def expression(r, depth):
    if depth == 0:
        return r.choice(["build", "build", "build", "major", "minor", str(near(r)), str(r.randint(1, 64))])
    a, b = expression(r, depth - 1), expression(r, depth - 1)
    op = r.choice(["+", "-", "*", "&", "|", "^", "<", "==", ">", ">>", "%", "!=", "?", "<="])
    if op == ">>":
        return "(%s >> (%s & 15))" % (a, b)
    if op == "%":
        return "(%s %% (%s | 1))" % (a, b)
    if op == "?":
        return "(%s ? %s : %s)" % (expression(r, depth - 1), a, b)
    return "(%s %s %s)" % (a, op, b)


def pred_random(r):
    return "return (%s) %% %d == %d;" % (expression(r, r.randint(1, 3)), r.choice([2, 3, 5]), r.randint(0, 1))


def pred_older(r):
    return "return major > %d || (major == %d && minor >= %d);" % (r.choice([5, 6]), r.choice([5, 6]), r.randint(0, 2))


def pred_loop(r):
    return "u32 n = 0; for (u32 b = build; b > %d; b -= 1) { if (++n > 6) break; } return (int)n;" % near(r)


PREDICATES = [pred_eq, pred_eq, pred_cmp, pred_cmp, pred_range, pred_range, pred_set, pred_switch, pred_dense, pred_table, pred_minmax, pred_threshold, pred_bsearch,
              pred_bitmap, pred_hash, pred_packed, pred_nested, pred_ternary, pred_random, pred_random, pred_older, pred_loop]
NEEDS_MAJOR = {pred_packed, pred_nested, pred_older, pred_random}


# ---- effects: what the program does with the decision `d` ----------------------------------------------------------

def log(p, what):
    return 'DbgPrint("%s\\n");' % what if p.kernel else 'OutputDebugStringA("%s");' % what


def effect_return(p):
    return "if (d) return BAD + d; return 0;"


def effect_value(p):
    return "return (i32)(d * 3);"


def effect_call(p):
    if p.kernel:
        return "if (d) { %s IoDeleteSymbolicLink((USTR*)ctx); } return 0;" % log(p, "other path")
    return "if (d) { Sleep(5); SetErrorMode(1); } return 0;"


def effect_argument(p):
    return "P dev; return IoCreateDevice(ctx, d ? 64 : 128, 0, 34, d, 0, &dev);" if p.kernel else "SetErrorMode(d * 2); return 0;"


def effect_global(p):
    p.data.append("volatile u32 g_mode;")
    return "g_mode = d ? 17 : 4; return 0;"


def effect_offset(p):
    p.data.append("struct offs { u32 pid, links, name; };")
    p.data.append("struct offs g_offs;")
    return "if (d == 0) { g_offs.pid = 0x84; g_offs.links = 0x88; } else { g_offs.pid = 0x9c + 8 * (d & 3); g_offs.links = 0xa0; } return *(i32*)((u8*)ctx + g_offs.pid) == 0;"


def effect_thread(p):
    if p.kernel:
        p.top.append("static void STD worker(P c) { (void)c; }")
        return "P h; if (d) PsCreateSystemThread(&h, 0, 0, 0, 0, worker, 0); return 0;"
    p.top.append("static u32 STD worker(P c) { (void)c; return 0; }")
    return "if (d) CreateThread(0, 0, worker, 0, 0, 0); return 0;"


# With each effect: what of the decision can be seen from outside.
EFFECTS = [(effect_return, "d"), (effect_return, "d"), (effect_value, "d"), (effect_call, "d != 0"), (effect_argument, "d"), (effect_global, "d != 0"),
           (effect_offset, "d == 0 ? 9 : d & 3"), (effect_thread, "d != 0")]


# ---- decoys: the version is read and decides nothing ---------------------------------------------------------------

def decoy_log(p):
    return 'DbgPrint("build %u.%u.%u\\n", major, minor, build); return 0;' if p.kernel else 'g_keep = build; return 0;'


def decoy_save(p):
    return "g_keep = %s; return 0;" % p.pick("build", "(major << 16 | minor << 8)", "major << 24 | minor << 16 | build", "major * 100 + minor")


def decoy_error(p):
    call = "ZwClose(ctx)" if p.kernel else "(i32)GetLastError()"
    return "i32 err = %s; g_keep = build; if (err == 6002 || err == 6003) return 6000; return err == 6001 ? 1 : 0;" % call


def decoy_port(p):
    return "g_keep = build; g_port = 6002; g_size = 6003; return 0;"


def decoy_equal(p):
    body = "if (build == %d) g_keep = 5; else g_keep = 5;" % p.pick(6002, 6003)
    return "volatile u32 t = 0; for (u32 i = 0; i < 4; ++i) if (build == 6000 + i) t = i; (void)t; %s return 0;" % body


def decoy_digits(p):
    out = log(p, "digits")
    return "char text[16]; u32 n = 0, v = build; do { text[n++] = '0' + v %% 10; v /= 10; } while (v); text[n] = 0; %s return 0;" % out


def decoy_copy(p):
    return "static OSVW kept; kept.build = build; kept.major = major; kept.minor = minor; g_ptr = &kept; return 0;"


def decoy_major(p):
    return "if (major < 5) return BAD; g_keep = build; return 0;"


DECOYS = [decoy_log, decoy_save, decoy_error, decoy_port, decoy_equal, decoy_digits, decoy_copy, decoy_major]


# ---- passing styles ------------------------------------------------------------------------------------------------

NOISE = ["static u32 STD helper_%d(u32 a) { u32 h = 5381; for (u32 i = 0; i < (a & 15); ++i) h = h * 33 + i; return h; }",
         "static NOINLINE i32 helper_%d(P c) { i32 s = 0; u32* q = c; while (q && s < 9) { if (*q == 6002) return s; q = *(u32**)(q + 2); ++s; } return -1; }",
         "static NOINLINE u32 helper_%d(u32 a) { switch (a & 7) { case 0: return 6000; case 1: return 6001; case 2: return 6003; case 3: return 11; case 4: return 12; default: return a; } }"]
OPEN = "NOINLINE static i32 act(P ctx, u32 build, u32 major, u32 minor) { (void)ctx; (void)major; (void)minor; (void)build; %s }"


def fetch(p, source):
    return "u32 major = 0, minor = 0, build = 0; %s" % source


def style_direct(p, source, body):
    return "ENTRY { %s { %s } }" % (fetch(p, source), body)


def style_function(p, source, body):
    p.top.append(OPEN % body)
    return "ENTRY { %s return act(ctx, build, major, minor); }" % fetch(p, source)


def style_out(p, source, body):
    p.top.append("struct ver { u32 major, minor, build; }; NOINLINE static i32 fetch(struct ver* out) { %s out->major = major; out->minor = minor; out->build = build; return 0; }" % fetch(p, source))
    p.top.append(OPEN % body)
    return "ENTRY { struct ver v; v.major = v.minor = v.build = 0; if (fetch(&v) < 0) return BAD; return act(ctx, v.build, v.major, v.minor); }"


def style_global(p, source, body):
    p.data.append("u32 g_major, g_minor, g_build;")
    p.top.append("NOINLINE static i32 fetch(void) { %s g_major = major; g_minor = minor; g_build = build; return 0; }" % fetch(p, source))
    p.top.append("NOINLINE static i32 use(P ctx) { u32 build = g_build, major = g_major, minor = g_minor; (void)major; (void)minor; (void)build; %s }" % body)
    if p.pick(0, 1):
        return "EXPORT i32 STD Later(P ctx) { return use(ctx); } ENTRY { (void)ctx; return fetch(); }"
    return "ENTRY { i32 st = fetch(); if (st < 0) return st; return use(ctx); }"


def style_heap(p, source, body):
    alloc = "ExAllocatePoolWithTag(0, sizeof *c, 0x41414141)" if p.kernel else "HeapAlloc(GetProcessHeap(), 8, sizeof *c)"
    p.data.append("struct context { P next; u32 flags, build, major, minor; }; struct context* g_context;")
    p.top.append("NOINLINE static i32 use(P ctx) { struct context* c = g_context; u32 build, major, minor; if (!c) return 0; build = c->build; major = c->major; minor = c->minor; (void)major; (void)minor; (void)build; %s }" % body)
    return "EXPORT i32 STD Later(P ctx) { return use(ctx); } ENTRY { struct context* c = %s; %s if (!c) return BAD; c->flags = 1; c->build = build; c->major = major; c->minor = minor; g_context = c; return 0; }" % (
        alloc, fetch(p, source))


def style_extension(p, source, body):
    if not p.kernel:
        return style_heap(p, source, body)
    ext, table = ("0x40", "0x70") if p.x64 else ("0x28", "0x38")
    p.data.append("struct extension { P self; u32 state, build, major, minor; };")
    p.top.append("""static i32 STD dispatch(P ctx, P irp) { struct extension* e = *(struct extension**)((u8*)ctx + %s); u32 build = e->build, major = e->major, minor = e->minor; (void)irp; (void)major; (void)minor; (void)build; %s }""" % (ext, body))
    return """ENTRY { P dev; struct extension* e; %s if (IoCreateDevice(ctx, sizeof *e, 0, 34, 0, 0, &dev) < 0) return BAD; e = *(struct extension**)((u8*)dev + %s);
      e->self = dev; e->build = build; e->major = major; e->minor = minor; e->state = 1; for (u32 i = 0; i < 28; ++i) ((P*)((u8*)ctx + %s))[i] = (P)dispatch; return 0; }""" % (fetch(p, source), ext, table)


def style_callback(p, source, body):
    p.data.append("struct context { u32 build, major, minor; };")
    p.top.append("static i32 STD called(P first) { struct context* c = first; P ctx = first; u32 build = c->build, major = c->major, minor = c->minor; (void)ctx; (void)major; (void)minor; (void)build; %s }" % body)
    p.data.append("struct context g_context;")
    start = "P h; return PsCreateSystemThread(&h, 0, 0, 0, 0, (P)called, &g_context);" if p.kernel else "CreateThread(0, 0, (P)called, &g_context, 0, 0); return 0;"
    return "ENTRY { %s g_context.build = build; g_context.major = major; g_context.minor = minor; (void)ctx; %s }" % (fetch(p, source), start)


def style_object(p, source, body):
    p.data.append("struct object; struct table { i32 (*act)(struct object*, P); void (*set)(struct object*, u32, u32, u32); }; struct object { const struct table* vt; u32 build, major, minor; };")
    p.top.append("static i32 object_act(struct object* o, P ctx) { u32 build = o->build, major = o->major, minor = o->minor; (void)ctx; (void)major; (void)minor; (void)build; %s }" % body)
    p.top.append("static void object_set(struct object* o, u32 b, u32 ma, u32 mi) { o->build = b; o->major = ma; o->minor = mi; }")
    p.top.append("static const struct table object_table = {object_act, object_set}; NOINLINE static void construct(struct object* o) { o->vt = &object_table; o->build = 0; }")
    return "ENTRY { struct object o; %s construct(&o); o.vt->set(&o, build, major, minor); return o.vt->act(&o, ctx); }" % fetch(p, source)


STYLES = [style_direct, style_direct, style_function, style_function, style_out, style_global, style_global, style_heap, style_extension, style_callback, style_object]


def verify_program(p):
    """VerifyVersionInfo: the predicate lies in the API."""
    value, how = near(p.r), p.r.randint(1, 5)
    words = {1: "==", 2: ">", 3: ">=", 4: "<", 5: "<="}
    call = "RtlVerifyVersionInfo(&v, 4, VerSetConditionMask(0, 4, %d)) == 0" % how if p.kernel else "VerifyVersionInfoW(&v, 4, VerSetConditionMask(0, 4, %d))" % how
    text = "ENTRY { OSVW v; for (u32 i = 0; i < sizeof v; ++i) ((volatile u8*)&v)[i] = 0; v.size = sizeof v; v.build = %d; int d = %s; %s }" % (value, call, effect_return(p))
    return text, "return build %s %d;" % (words[how], value)


def make(number, seed):
    """Returns (kind, C text, predicate body, has major, settings)."""
    r = random.Random(seed * 1000003 + number)
    arch, kernel = r.choice(["x86", "x64"]), r.random() < .65
    p = Program(r, number, arch, kernel)
    gate, view = r.random() < .62, "d"
    if gate and r.random() < .06:
        entry, body = verify_program(p)
        kind, full = "verify", True
    else:
        source, full = r.choice(KERNEL_SOURCES if kernel else USER_SOURCES)
        style = r.choice(STYLES)
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
            if decoy is decoy_major:
                body = "return major < 5 ? 1 : 0;" if full else "return 0;"
        text = source(p)
        entry = style(p, text, use)
        p.data.insert(0, decide)
        kind += "/" + style.__name__[6:] + "/" + source.__name__[4:]
    noise = [n % i for i, n in enumerate(r.sample(NOISE, r.randint(0, 3)))]
    head = PRELUDE + "typedef %s size_type;\n" % ("u64" if arch == "x64" else "u32") + (KERNEL if kernel else USER)
    head += "#define NOINLINE __attribute__((noinline))\n#define EXPORT __declspec(dllexport)\n#define BAD ((i32)0xC00000BB)\n"
    head += "EXPORT u32 g_corpus = 1; volatile u32 g_keep; volatile u32 g_port, g_size; P volatile g_ptr;\n"
    head += "#define ENTRY i32 STD DriverEntry(P ctx, P path)\n"
    users = "".join("EXPORT u32 STD Noise%d(P c) { return (u32)helper_%d(%s); }\n" % (i, i, "c" if "(P c)" in n else "(u32)(size_type)c") for i, n in enumerate(noise))
    text = head + "\n".join(p.data + noise + p.top) + "\n" + users + entry + "\n"
    settings = {"arch": arch, "kernel": kernel, "compiler": r.choice(["gcc", "clang"]), "level": r.choice(["-O0", "-O1", "-O2", "-O2", "-Os"])}
    return kind, text, body, full, settings, view


def build(folder, name, text, s):
    """Compiles one program; returns an error text or None."""
    mingw = "x86_64-w64-mingw32-gcc" if s["arch"] == "x64" else "i686-w64-mingw32-gcc"
    source, obj, out = f"{folder}/{name}.c", f"{folder}/{name}.o", f"{folder}/{name}.sys"
    with open(source, "w", encoding="ascii") as f:
        f.write(text)
    flags = [s["level"], "-w", "-ffreestanding", "-fno-stack-protector", "-c", source, "-o", obj]
    triple = "x86_64-pc-windows-msvc" if s["arch"] == "x64" else "i686-pc-windows-msvc"
    compiler = [mingw] if s["compiler"] == "gcc" else ["clang-19", "--target=" + triple, "-fms-extensions"]
    entry = "DriverEntry" if s["arch"] == "x64" else "_DriverEntry@8"
    libraries = ["-lbuildnumber-" + s["arch"], "-lntoskrnl", "-lhal"] if s["kernel"] else ["-lkernel32", "-ladvapi32", "-luser32"]
    # The linker cannot read the export directives of clang's msvc objects, and would then export everything.
    exports = re.findall(r"EXPORT \w+ (STD )?(\w+)", text)
    with open(f"{folder}/{name}.def", "w", encoding="ascii") as f:
        f.write("EXPORTS\n" + "".join(n + ("@4" if std and s["arch"] == "x86" else "") + "\n" for std, n in exports))
    link = [mingw, "-nostdlib", "-shared", "-s", "-L" + folder, "-Wl,--entry," + entry, "-Wl,--subsystem," + ("native" if s["kernel"] else "windows"), "-o", out, obj, f"{folder}/{name}.def"] + libraries
    for command in (compiler + flags, link):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return done.stderr[:600]
    os.remove(obj)
    os.remove(f"{folder}/{name}.def")
    return None


def data_import(folder):
    """The import libraries of mingw-w64 lack NtBuildNumber, which is data."""
    with open(f"{folder}/nt.def", "w", encoding="ascii") as f:
        f.write("LIBRARY ntoskrnl.exe\nEXPORTS\nNtBuildNumber DATA\n")
    for arch, prefix in (("x86", "i686"), ("x64", "x86_64")):
        subprocess.run([prefix + "-w64-mingw32-dlltool", "-d", f"{folder}/nt.def", "-l", f"{folder}/libbuildnumber-{arch}.a"], check=True)


def oracle(folder, predicates):
    """Runs every predicate natively over every build; returns a list of lists of words."""
    releases = ",".join("{%d,%d,%d}" % x for x in RELEASES)
    text = PRELUDE.split("#define IMP")[0] + "#include <stdio.h>\n"
    for i, (body, full, view) in enumerate(predicates):
        text += "static int p%d(u32 build, u32 major, u32 minor) { %s %s }\n" % (i, "" if full else "major = minor = 0;", body)
        text += "static int d%d(u32 b, u32 ma, u32 mi) { int d = p%d(b, ma, mi); return %s; }\n" % (i, i, view)
    text += "static int (*const all[])(u32, u32, u32) = {%s};\n" % ",".join("d%d" % i for i in range(len(predicates)))
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
    data_import(args.folder)
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
