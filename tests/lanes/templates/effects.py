"""Effects: what a program does with the decision `d`; decoys: the version is read and decides nothing."""


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
    return "char digits[16]; u32 count = 0, rest = build; do { digits[count++] = '0' + rest %% 10; rest /= 10; } while (rest); digits[count] = 0; %s return 0;" % out


def decoy_copy(p):
    return "static OSVW kept; kept.build = build; kept.major = major; kept.minor = minor; g_ptr = &kept; return 0;"


def decoy_major(p):
    return "if (major < 5) return BAD; g_keep = build; return 0;"


DECOYS = [decoy_log, decoy_save, decoy_error, decoy_port, decoy_equal, decoy_digits, decoy_copy, decoy_major]
