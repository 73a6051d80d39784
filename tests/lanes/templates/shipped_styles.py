"""Passing styles with what compilers add: C++ objects, timers with a DPC in their structure, handlers that decide, frames of their own."""
from templates.real_styles import CONTEXT, FILL, READ, allocate, style_notify
from templates.styles import fetch

IGNORE = "(void)ctx; (void)major; (void)minor; (void)build;"
CLASSES = r"""
typedef unsigned u32; typedef int i32; typedef void* P;
extern "C" i32 act(P ctx, u32 build, u32 major, u32 minor);
extern "C" P new_memory(u32 bytes);
void* operator new(decltype(sizeof 0) n) { return new_memory((u32)n); }
struct Release { u32 state = 1; virtual u32 build() const = 0; virtual i32 decide(P ctx) = 0; virtual i32 close() { state = 0; return 0; } };
struct Known : Release {
  u32 major_, minor_, build_;
  Known(u32 b, u32 ma, u32 mi) : major_(ma), minor_(mi), build_(b) {}
  u32 build() const override { return build_; }
  i32 decide(P ctx) override { return act(ctx, build(), major_, minor_); }
};
struct Counted : Known { u32 uses = 0; using Known::Known; i32 decide(P ctx) override { ++uses; return Known::decide(ctx); } };
Release* g_release;
extern "C" i32 made(u32 build, u32 major, u32 minor) { g_release = new CLASS(build, major, minor); return 0; }
extern "C" i32 asked(P ctx) { return g_release ? g_release->decide(ctx) : 0; }
"""


def style_class_object(p, source, body):
    """An object of C++, made in one place and asked through its virtual functions in another."""
    p.cpp.append(CLASSES.replace("CLASS", p.pick("Known", "Counted")))
    memory = "ExAllocatePoolWithTag(0, n, 0x41414141)" if p.kernel else "HeapAlloc(GetProcessHeap(), 8, n)"
    p.top.append("P new_memory(u32 n) { return %s; } int _purecall(void) { return 0; } void __cxa_pure_virtual(void) {}" % memory)
    p.top.append("i32 made(u32 build, u32 major, u32 minor); i32 asked(P ctx);")
    p.top.append("NOINLINE i32 act(P ctx, u32 build, u32 major, u32 minor) { %s %s }" % (IGNORE, body))
    if p.pick(0, 1):
        return "EXPORT i32 STD Later(P ctx) { return asked(ctx); } ENTRY { %s (void)ctx; return made(build, major, minor); }" % fetch(p, source)
    return "ENTRY { %s made(build, major, minor); return asked(ctx); }" % fetch(p, source)


def style_timer(p, source, body):
    """A timer and its DPC lie in the structure that the routine finds by the address of the DPC."""
    if not p.kernel:
        return style_notify(p, source, body)
    p.data.append("volatile u32 g_shown; IMP void STD KeInitializeTimer(P); IMP u8 STD KeSetTimer(P, u64, P); IMP i32 STD IoInitializeTimer(P, P, P);")
    p.data.append(CONTEXT.replace("struct context {", "struct context { u64 timer[8]; u64 dpc[8];"))
    record = "(struct context*)((u8*)dpc - 64)"
    c = p.pick("(struct context*)first", record)
    p.top.append("static void STD later(P dpc, P first, P a, P b) { struct context* c = %s; P ctx = first; i32 st; %s %s }" % (c, READ, "st = inner(ctx, build, major, minor); g_shown = (u32)st;"))
    p.top.insert(len(p.top) - 1, "NOINLINE static i32 inner(P ctx, u32 build, u32 major, u32 minor) { %s %s }" % (IGNORE, body))
    start = "KeInitializeTimer(c->timer); KeInitializeDpc(c->dpc, (P)later, c); KeSetTimer(c->timer, -10000000ll, c->dpc);"
    return "ENTRY { struct context* c = %s; %s if (!c) return BAD; %s %s return 0; }" % (allocate(p), fetch(p, source), FILL, start)


def guarded(p, body):
    """What is done and what may go wrong, each a function of its own."""
    p.top.append("NOINLINE static i32 use(P ctx, u32 build, u32 major, u32 minor) { %s %s }" % (IGNORE, body))
    p.top.append("NOINLINE static i32 touch(P where) { g_keep = *(volatile u32*)where; return 0; }")


def style_except(p, source, body):
    """The handler of an exception decides."""
    if p.compiler != "clang":
        return style_class_object(p, source, body)
    guarded(p, body)
    return "ENTRY { i32 st; %s __try { st = touch(path); } __except (1) { st = use(ctx, build, major, minor); } return st; }" % fetch(p, source)


def style_finally(p, source, body):
    """A __finally block decides: code of its own that reaches the variables of another frame."""
    if p.compiler != "clang":
        return style_timer(p, source, body)
    guarded(p, body)
    return "ENTRY { i32 st = 0; %s __try { touch(path); } __finally { st = use(ctx, build, major, minor); } return st; }" % fetch(p, source)


STYLES = [style_class_object, style_timer, style_except, style_finally]
