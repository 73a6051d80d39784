"""Passing styles: how the version comes from where it is read to where it is used."""


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
