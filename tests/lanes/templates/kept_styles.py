"""Passing styles in which Windows keeps the version for the program: slots of a thread, a window's word, a driver's extension, and a
function that is called back once."""
from templates.real_styles import allocate
from templates.styles import fetch

KEPT = "struct kept { u32 tag, build, major, minor; };"
TAKE = "u32 build = c->build, major = c->major, minor = c->minor; (void)major; (void)minor; (void)build;"
PUT = "c->tag = 1; c->build = build; c->major = major; c->minor = minor;"


def style_slot(p, source, body):
    """A pointer in a slot of the thread; in a driver, in the extension of its object."""
    p.data.append(KEPT)
    if p.kernel:
        p.declare("IMP i32 STD IoAllocateDriverObjectExtension(P, P, u32, P*); IMP P STD IoGetDriverObjectExtension(P, P);")
        p.data.append("static u32 g_id;")
        make, put, get = "if (IoAllocateDriverObjectExtension(ctx, &g_id, sizeof *c, (P*)&c) < 0) return BAD;", "", "IoGetDriverObjectExtension(ctx, &g_id)"
    else:
        p.declare("IMP u32 STD TlsAlloc(void); IMP i32 STD TlsSetValue(u32, P); IMP P STD TlsGetValue(u32);")
        p.data.append("static u32 g_slot;")
        make, put, get = "c = %s; if (!c) return BAD;" % allocate(p), "g_slot = TlsAlloc(); TlsSetValue(g_slot, c);", "TlsGetValue(g_slot)"
    p.top.append("NOINLINE static i32 use(P ctx) { struct kept* c = (struct kept*)%s; (void)ctx; if (!c) return BAD; %s %s }" % (get, TAKE, body))
    return "ENTRY { struct kept* c; %s %s %s %s return use(ctx); }" % (make, fetch(p, source), PUT, put)


def style_window(p, source, body):
    """A pointer that a window keeps between messages."""
    if p.kernel:
        return style_slot(p, source, body)
    p.data.append(KEPT)
    which = "" if not p.x64 else "Ptr"
    p.declare("IMP P STD SetWindowLong%sW(P, i32, P); IMP P STD GetWindowLong%sW(P, i32); IMP i32 STD EnumChildWindows(P, P, P);" % (which, which))
    p.top.append("static i32 STD message(P ctx, P lparam) { struct kept* c = (struct kept*)GetWindowLong%sW(ctx, -21); (void)lparam; if (!c) return BAD; %s %s }" % (which, TAKE, body))
    return "ENTRY { struct kept* c = %s; if (!c) return BAD; %s %s SetWindowLong%sW(ctx, -21, c); EnumChildWindows(ctx, (P)message, 0); return 0; }" % (
        allocate(p), fetch(p, source), PUT, which)


def style_once(p, source, body):
    """A function that is called back fills a structure of the one who hands it over."""
    p.data.append(KEPT)
    name, order = ("RtlRunOnceExecuteOnce", "P once, P into, P* out") if p.kernel else ("InitOnceExecuteOnce", "P once, P into, P* out")
    p.declare("IMP i32 STD %s(P*, P, P, P*);" % name)
    p.data.append("static P g_once;")
    p.top.append("static i32 STD once_only(%s) { struct kept* c = (struct kept*)into; (void)once; (void)out; %s %s return 1; }" % (order, fetch(p, source), PUT))
    p.top.append("NOINLINE static i32 act(P ctx, struct kept* c) { %s (void)ctx; %s }" % (TAKE, body))
    return "ENTRY { struct kept v; v.tag = v.build = v.major = v.minor = 0; %s(&g_once, (P)once_only, &v, 0); return act(ctx, &v); }" % name


STYLES = [style_slot, style_window, style_once]
