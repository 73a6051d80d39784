"""Passing styles as shipped drivers have them: extensions, pool, callbacks, virtual calls, tables of functions, handlers."""
from templates.styles import fetch

READ = "u32 build = c->build, major = c->major, minor = c->minor; (void)major; (void)minor; (void)build;"
CONTEXT = "struct context { P list[2]; u32 tag, flags, build, major, minor; P owner; }; struct context* g_context;"
FILL = "c->tag = 7; c->build = build; c->major = major; c->minor = minor;"


def allocate(p):
    return "(struct context*)ExAllocatePoolWithTag(0, sizeof *c, 0x41414141)" if p.kernel else "(struct context*)HeapAlloc(GetProcessHeap(), 8, sizeof *c)"


def style_pool(p, source, body):
    """A pool structure that hangs on the device extension, used by one of several dispatch routines."""
    if not p.kernel:
        return style_notify(p, source, body)
    ext, table = ("0x40", "0x70") if p.x64 else ("0x28", "0x38")
    p.data.append(CONTEXT + " struct extension { P self; u32 state; struct context* c; };")
    p.top.append("""static i32 STD passes(P ctx, P irp) { struct extension* e = *(struct extension**)((u8*)ctx + %s); (void)irp; return e->state == 9; }
      static i32 STD dispatch(P ctx, P irp) { struct extension* e = *(struct extension**)((u8*)ctx + %s); struct context* c = e->c; (void)irp; if (!c) return BAD; %s %s }""" % (ext, ext, READ, body))
    return """ENTRY { P dev; struct extension* e; struct context* c; %s if (IoCreateDevice(ctx, sizeof *e, 0, 34, 0, 0, &dev) < 0) return BAD;
      c = %s; if (!c) return BAD; e = *(struct extension**)((u8*)dev + %s); e->self = dev; e->state = 1; e->c = c; %s
      for (u32 i = 0; i < 28; ++i) ((P*)((u8*)ctx + %s))[i] = (P)passes; ((P*)((u8*)ctx + %s))[14] = (P)dispatch; return 0; }""" % (fetch(p, source), allocate(p), ext, FILL, table, table)


def style_notify(p, source, body):
    """A notification routine looks at globals."""
    p.data.append("u32 g_major, g_minor, g_build; static P ctx_of(void) { return (P)g_ptr; }")
    use = "u32 build = g_build, major = g_major, minor = g_minor; P ctx = ctx_of(); (void)ctx; (void)major; (void)minor; (void)build; "
    if p.kernel:
        p.top.append("static i32 STD notified(P parent, P process, u8 made) { (void)parent; (void)process; if (!made) return 0; %s %s }" % (use, body))
        start = "return PsSetCreateProcessNotifyRoutine((P)notified, 0);"
    else:
        p.top.append("static i32 STD notified(P window, P data) { (void)window; (void)data; %s %s }" % (use, body))
        start = "return EnumWindows((P)notified, 0);"
    return "ENTRY { %s g_major = major; g_minor = minor; g_build = build; (void)ctx; %s }" % (fetch(p, source), start)


def style_deferred(p, source, body):
    """A DPC, a work item, or a structure with a routine and its context in it."""
    if not p.kernel:
        return style_notify(p, source, body)
    p.data.append(CONTEXT + " struct item { P flink, blink; P routine; P context; }; struct item g_item; u64 g_dpc[16];")
    kind = p.pick("dpc", "item", "queue")
    arguments = {"dpc": "P dpc, P first, P a, P b", "item": "P device, P first", "queue": "P first"}[kind]
    p.top.append("static i32 STD later(%s) { struct context* c = (struct context*)first; P ctx = first; (void)ctx; %s %s }" % (arguments, READ, body))
    start = {"dpc": "KeInitializeDpc(g_dpc, (P)later, c); return 0;",
             "item": "IoQueueWorkItem(IoAllocateWorkItem(ctx), (P)later, 1, c); return 0;",
             "queue": "g_item.routine = (P)later; g_item.context = c; ExQueueWorkItem(&g_item, 1); return 0;"}[kind]
    return "ENTRY { struct context* c = %s; %s if (!c) return BAD; %s %s }" % (allocate(p), fetch(p, source), FILL, start)


def style_virtual(p, source, body):
    """Objects with virtual functions, made by a function of their own."""
    p.data.append(CONTEXT.replace("struct context {", "struct context; struct methods { i32 (*act)(struct context*, P); i32 (*close)(struct context*, P); }; struct context { const struct methods* m;"))
    p.top.append("static i32 act_on(struct context* c, P ctx) { (void)ctx; %s %s } static i32 close_it(struct context* c, P ctx) { (void)ctx; c->flags = 0; return 0; }" % (READ, body))
    p.top.append("static const struct methods g_methods = {act_on, close_it}; NOINLINE static struct context* create(void) { struct context* c = %s; if (c) { c->m = &g_methods; c->flags = 0; } return c; }" % allocate(p))
    p.top.append("NOINLINE static void prepare(struct context* c, u32 build, u32 major, u32 minor) { %s }" % FILL)
    return "ENTRY { struct context* c = create(); i32 st; %s if (!c) return BAD; prepare(c, build, major, minor); st = c->m->act(c, ctx); c->m->close(c, ctx); return st; }" % fetch(p, source)


def style_copied(p, source, body):
    """The version lies between other fields of structures that are copied as a whole."""
    p.data.append("struct ver { u32 tag, build, major, minor; P owner; u32 flags; }; struct ver g_ver; ")
    p.top.append("NOINLINE static i32 use(const struct ver* in, P ctx) { struct ver v = *in; u32 build = v.build, major = v.major, minor = v.minor; (void)ctx; (void)major; (void)minor; (void)build; %s }" % body)
    return "ENTRY { struct ver x, w; %s x.tag = (u32)(size_type)path; x.owner = ctx; x.flags = x.tag + 1; x.build = build; x.major = major; x.minor = minor; w = x; g_ver = w; return use(&g_ver, ctx); }" % fetch(p, source)


def style_control(p, source, body):
    """One case of a control routine with many; the code is not known."""
    p.data.append("u32 g_major, g_minor, g_build;")
    cases = "".join("case %d: return %d; " % (0x222000 + 4 * i, 100 + 7 * i) for i in range(p.r.randint(2, 9)))
    p.top.append("NOINLINE static i32 use(P ctx) { u32 build = g_build, major = g_major, minor = g_minor; (void)ctx; (void)major; (void)minor; (void)build; %s }" % body)
    p.top.append("EXPORT i32 STD Control(P ctx) { switch (*(volatile u32*)ctx) { %s case 0x222100: return use(ctx); case 0x222028: return 3; default: return BAD; } }" % cases)
    return "ENTRY { %s g_major = major; g_minor = minor; g_build = build; (void)ctx; return 0; }" % fetch(p, source)


def style_handler(p, source, body):
    """A __try block around the source, and around memory that may not be there."""
    if p.compiler != "clang":
        return style_virtual(p, source, body)
    p.top.append("NOINLINE static i32 use(P ctx, u32 build, u32 major, u32 minor) { (void)ctx; (void)major; (void)minor; (void)build; %s }" % body)
    p.top.append("NOINLINE static i32 fetch(u32* out) { %s out[0] = build; out[1] = major; out[2] = minor; return 0; }" % fetch(p, source))
    return """ENTRY { u32 v[3]; i32 st = 0; v[0] = v[1] = v[2] = 0; __try { st = fetch(v); g_keep = *(volatile u32*)path; } __except (1) { g_port = 1; }
      if (st < 0) return st; return use(ctx, v[0], v[1], v[2]); }"""


def style_class(p, source, body):
    """The version is turned into a kind of Windows, which is what the rest asks."""
    p.data.append("struct context { u32 kind; }; static struct context g_kind;")
    p.top.append("NOINLINE static i32 use(P ctx, u32 build, u32 major, u32 minor) { (void)ctx; (void)major; (void)minor; (void)build; %s }" % body)
    p.top.append("NOINLINE static u32 pack(u32 build, u32 major, u32 minor) { return major << 24 | minor << 16 | build; } NOINLINE static i32 ask(P ctx) { u32 k = g_kind.kind; return use(ctx, k & 0xffff, k >> 24, k >> 16 & 0xff); }")
    return "ENTRY { %s g_kind.kind = pack(build, major, minor); return ask(ctx); }" % fetch(p, source)


def style_big(p, source, body):
    """A large program around it."""
    unit = "push %ebp\\n mov %esp, %ebp\\n mov 8(%ebp), %eax\\n add $6002, %eax\\n test %eax, %eax\\n je 1f\\n xor %ecx, %ecx\\n 1: pop %ebp\\n ret\\n .balign 16\\n"
    if p.x64:
        unit = "sub $40, %rsp\\n mov (%rcx), %eax\\n add $6002, %eax\\n test %eax, %eax\\n je 1f\\n xor %edx, %edx\\n 1: add $40, %rsp\\n ret\\n .balign 16\\n"
    p.data.append('__asm__(".text\\n .balign 16\\n .rept %d\\n %s .endr\\n");' % (p.pick(20000, 60000), unit))
    p.top.append("NOINLINE static i32 use(P ctx, u32 build, u32 major, u32 minor) { (void)ctx; (void)major; (void)minor; (void)build; %s }" % body)
    return "ENTRY { %s return use(ctx, build, major, minor); }" % fetch(p, source)


STYLES = [style_pool, style_pool, style_notify, style_deferred, style_virtual, style_copied, style_control, style_handler, style_class]
