"""What a program does with the time in `t`: as a signed number of 32 bits, as an unsigned one, with 64 bits, or handing it back to the run time."""

from . import sources


def limit(p):
    return p.pick("unknown_number", "unknown_number", "1700000000", "1893456000", "2000000000", "1262304000", "0", "1")


# ---- signed --------------------------------------------------------------------------------------------------------

def compared(p):
    op = p.pick("<", "<=", ">", ">=")
    return p.pick("if (t %s %s) { sink32 = how; return 7; }", "sink32 = t %s %s ? 5 : 9;", "return t %s %s;") % (op, limit(p))


def negative(p):
    return p.pick("if (t < 0) return -1; sink32 = t;", "return t < 0;", "if (t >= 0) sink32 = how; else return 3;")


def extended(p):
    return p.pick("sink64 = t;", "i64 w = t; sink64 = w * 10000000 + 116444736000000000LL;", "sink64 = (i64)t + unknown_wide;")


def divided(p):
    return p.pick("sink32 = t / 86400;", "sink32 = t % 3600;", "sink32 = t / 60 % 60; sink64 = t / 3600 % 24;", "sink32 = (t / 86400 + 4) % 7;", "sink32 = t / unknown_number;")


def as_double(p):
    return p.pick("sink_double = t;", "sink_double = (double)t / 86400.0 + 25569.0;")


def printed(p):
    spec = p.pick("%d", "%ld", "%i", "%10d")
    if p.kernel:
        return 'DbgPrint("now %s\\n", t);' % spec
    if p.r.random() < .5:
        return 'char text[64]; wsprintfA(text, "stamp=%s;", t); OutputDebugStringA(text);' % spec.replace("%i", "%d")
    name = p.pick("printf", "sprintf", "_snprintf")
    p.need("msvcrt.dll", name, {"printf": "int printf(const char*, ...)", "sprintf": "int sprintf(char*, const char*, ...)", "_snprintf": "int _snprintf(char*, size_type, const char*, ...)"}[name])
    first = {"printf": "", "sprintf": "text, ", "_snprintf": "text, 64, "}[name]
    return 'char text[64]; %s(%s"%%s at %s", "x", t); OutputDebugStringA(text);' % (name, first, spec)


def to_text(p):
    if p.kernel:
        return printed(p)
    name = p.pick("_itoa", "_ltoa")
    p.need("msvcrt.dll", name, "char* %s(i32, char*, int)" % name)
    return "char text[40]; %s(t, text, 10); OutputDebugStringA(text);" % name


def latest(p):
    return p.pick("sink32 = t > unknown_number ? t : unknown_number;", "if (t > sink32) sink32 = t;", "sink32 = t < unknown_number ? t : unknown_number;")


def stepping(p):
    return "i32 n = 0; i32 at = unknown_number; while (at < t) { at += 86400; ++n; } return n;"


def two_clocks(p):
    """Until a deadline a minute away: the deadline wraps before the clock does."""
    return "volatile i32 end = t + %d; i32 n = 0; while (unknown_source < end) ++n; return n;" % p.pick(60, 300, 3600)


def table(p):
    return "static const i32 eras[] = {0, 946684800, 1262304000, 1577836800, 1893456000}; int i = 0; while (i < 5 && t >= eras[i]) ++i; return i;"


def shifted(p):
    return p.pick("sink32 = t >> 16;", "sink32 = t >> 8;")


def distance(p):
    return "i32 d = t - 1000; sink32 = (d < 0 ? -d : d) ^ how; return t < 0 ? 1 : 2;"


def to_filetime(p):
    """The conversion of many articles: Int32x32To64."""
    return "LI out; out.q = (i64)(i32)t * 10000000 + 116444736000000000LL; sink32 = out.h.lo; sink64 = out.h.hi;"


def widened(p):
    """Cut first, then given to a function that takes 64 bits."""
    if p.kernel:
        return extended(p)
    p.data.append("struct tm_;")
    p.need(p.pick("msvcrt.dll", "msvcr90.dll"), "_localtime64", "struct tm_* _localtime64(i64*)")
    return "i64 w = t; if (!_localtime64(&w)) return 1;"


# ---- unsigned ------------------------------------------------------------------------------------------------------

def u_compared(p):
    op = p.pick("<", "<=", ">", ">=")
    k = p.pick("(u32)unknown_number", "1700000000u", "2000000000u", "3000000000u")
    return p.pick("if (t %s %s) { sink32 = how; return 7; }", "return t %s %s;", "sink32 = t %s %s ? 3 : 4;") % (op, k)


def u_extended(p):
    return p.pick("sink64 = t;", "sink64 = (u64)t * 10000000u + 116444736000000000ULL;")


def u_divided(p):
    return p.pick("sink32 = t / 86400u;", "sink32 = t % 3600u;", "sink32 = (t / 60u) % 60u;")


def u_printed(p):
    spec = p.pick("%u", "%lu", "%x", "%08lX", "%o")
    if p.kernel:
        return 'DbgPrint("now %s\\n", t);' % spec
    return 'char text[64]; wsprintfA(text, "stamp=%s;", t); OutputDebugStringA(text);' % spec.replace("%o", "%x")


def u_equal(p):
    return p.pick("if (t == (u32)unknown_number) return 3;", "if (t != 0) sink32 = how;")


def u_hashed(p):
    return "sink32 = (t * 1103515245u + 12345u) ^ (t >> 5);"


def u_written(p):
    if p.kernel:
        return "sink32 = (i32)t;"
    return p.pick('u32 n; WriteFile((P)3, &t, 4, &n, 0);', 'P key; if (!RegOpenKeyExA((P)0x80000002, "SOFTWARE\\\\Example", 0, 2, &key)) { RegSetValueExA(key, "LastRun", 0, 4, &t, 4); RegCloseKey(key); }')


def u_kept(p):
    return "sink32 = (i32)t;"


def u_elapsed(p):
    """A difference of two stamps is right however they wrap."""
    return p.pick("if (t - (u32)unknown_number > 3600u) sink32 = how;", "i32 age = (i32)(t - (u32)unknown_number); if (age > 3600) return 5;")


def u_seeded(p):
    if p.kernel:
        return u_hashed(p)
    p.need("msvcrt.dll", "srand", "void srand(u32)")
    return "srand(t);"


def u_to_time(p):
    if not p.kernel and not p.x64 and p.r.random() < .5:
        return u_extended(p)
    p.data.append("IMP void STD RtlSecondsSince1970ToTime(u32, i64*);")
    return "LI out; RtlSecondsSince1970ToTime(t, &out.q); sink64 = out.q;"


# ---- 64 bits -------------------------------------------------------------------------------------------------------

def w_compared(p):
    op = p.pick("<", "<=", ">", ">=")
    k = p.pick("unknown_wide", "1700000000LL", "4102444800LL", "0x7FFFFFFFLL")
    return p.pick("if (t %s %s) { sink32 = how; return 7; }", "return t %s %s;", "sink32 = t %s %s ? 3 : 4;") % (op, k)


def w_divided(p):
    return p.pick("sink64 = t / 86400;", "sink32 = (i32)(t % 3600);", "sink32 = (i32)(t / 60 % 60);", "sink32 = (i32)(t / 86400);")


def w_kept(p):
    return "sink64 = t;"


def w_broken_down(p):
    if p.kernel:
        return w_kept(p)
    p.data.append("struct tm_;")
    name = p.pick("_localtime64", "_gmtime64")
    p.need(p.pick("msvcrt.dll", "msvcr90.dll", "ucrtbase.dll"), name, "struct tm_* %s(i64*)" % name)
    return "i64 w = t; if (!%s(&w)) return 1;" % name


def w_printed(p):
    if p.kernel:
        return 'DbgPrint("now %I64d\\n", t);'
    p.need("msvcrt.dll", "printf", "int printf(const char*, ...)")
    return p.pick('printf("%I64d %d\\n", t, how);', 'printf("%lld %d\\n", t, how);')


def w_until(p):
    return "i64 end = t + 60; i32 n = 0; while (t + unknown_source < end) ++n; return n;"


def w_back(p):
    return "LI out; out.q = t * 10000000 + 116444736000000000LL; sink64 = out.q;"


# ---- handed back to the run time, or not used as a number at all ------------------------------------------------------

def h_broken_down(p):
    name, dll = p.pick(("localtime", p.r.choice(sources.OLD)), ("gmtime", "msvcrt.dll"), ("ctime", "msvcrt.dll")) if not p.x64 else ("_localtime32", "msvcr90.dll")
    p.data.append("struct tm_;")
    p.need(dll, name, "struct tm_* %s(const i32*)" % name, narrow=True)
    return "if (!%s(&t)) return 1;" % name


def h_later(p):
    p.data.append("struct tm_;")
    p.need("msvcr80.dll", "_gmtime32", "struct tm_* _gmtime32(const i32*)", narrow=True)
    return "t += 86400; if (!_gmtime32(&t)) return 1;"


def h_difference(p):
    p.need("msvcr90.dll", "_difftime32", "double _difftime32(i32, i32)", narrow=True)
    return "sink_double = _difftime32(t, unknown_number);"


def h_failed(p):
    return "if (t == -1) return 1; sink32 = t;"


def h_kept(p):
    return "sink32 = t;"


SIGNED = [compared, compared, compared, negative, extended, divided, as_double, printed, to_text, latest, stepping, two_clocks, table, shifted, distance,
          to_filetime, widened]
UNSIGNED = [u_compared, u_extended, u_divided, u_printed, u_equal, u_hashed, u_written, u_kept, u_elapsed, u_seeded, u_to_time]
WIDE = [w_compared, w_divided, w_kept, w_broken_down, w_printed, w_until, w_back]
HANDED = [h_broken_down, h_later, h_difference, h_failed, h_kept]


def of(p, how):
    return {"signed": SIGNED, "unsigned": UNSIGNED, "wide": WIDE, "handed": HANDED}[how]
