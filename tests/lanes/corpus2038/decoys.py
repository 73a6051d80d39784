"""Programs that look like 2038 and are not: each returns the statements of an entry point."""


def ticks(p):
    """49.7 days are another matter."""
    return p.pick("if ((i32)GetTickCount() > unknown_number) sink32 = 1;", "u32 start = GetTickCount(); while (GetTickCount() - start < 5000) Sleep(10);", "sink64 = (i32)GetTickCount();")


def counter(p):
    return "i64 c; QueryPerformanceCounter(&c); i32 low = (i32)c; if (low < unknown_number) sink32 = low; sink64 = low;"


def cookie(p):
    """The start code of every Visual C++ program since 2003."""
    p.top.append("""static size_type cookie = 0xBB40E64E; NOINLINE static void init_cookie(void) { FT f; i64 c; GetSystemTimeAsFileTime(&f); size_type v = f.lo ^ f.hi;
      v ^= GetCurrentProcessId() ^ GetCurrentThreadId() ^ GetTickCount(); QueryPerformanceCounter(&c); v ^= (u32)c ^ (u32)(c >> 32); if (v == 0) v = 0xBB40E64F; cookie = v; }""")
    return "init_cookie(); sink32 = (i32)cookie;"


def compared_filetimes(p):
    return "LI a, b; GetSystemTimeAsFileTime(&a.f); b.q = a.q + unknown_number * 10000000LL; " + p.pick(
        "if (CompareFileTime(&a.f, &b.f) < 0) sink32 = 1;", "if (a.q < b.q) sink32 = 1;", "if (a.h.hi > b.h.hi || (a.h.hi == b.h.hi && a.h.lo > b.h.lo)) sink32 = 2;")


def elapsed_ticks(p):
    """100 ns units between two readings, as milliseconds of 32 bits."""
    return "LI a, b; GetSystemTimeAsFileTime(&a.f); Sleep(50); GetSystemTimeAsFileTime(&b.f); i32 ms = (i32)((b.q - a.q) / 10000); if (ms > 100) sink32 = ms; sink64 = ms;"


def fields(p):
    return "ST st; GetLocalTime(&st); if (st.y >= 2030 && st.mo > 6) sink32 = st.d; sink64 = (i32)(st.h * 3600 + st.mi * 60 + st.s);"


def days(p):
    """Days since 1970 in 32 bits last for millions of years."""
    return "LI f; GetSystemTimeAsFileTime(&f.f); i32 d = (i32)((f.q - 116444736000000000LL) / 864000000000LL); if (d > unknown_number) sink32 = d; sink64 = d;"


def minutes(p):
    return "LI f; GetSystemTimeAsFileTime(&f.f); i32 m = (i32)((f.q - 116444736000000000LL) / 600000000LL); if (m > 30000000) sink32 = m; sink64 = m;"


def numbers(p):
    """The constants of 2038 in other roles."""
    return p.pick("if ((i32)unknown_number < 0x7FFFFFFF) sink32 = 2147483647;", "sink64 = unknown_number * 10000000LL;", "sink64 = 116444736000000000LL; sink32 = 11644473;",
                  "u32 size = unknown_number; if (size > 0x7FFFFFFEu) size = 0x7FFFFFFE; sink32 = size / 10000000;")


def named_only(p):
    """A 32-bit function is imported and kept as a pointer, never called."""
    p.need("msvcr90.dll", "_time32", "i32 _time32(i32*)", narrow=True)
    return "sink64 = (i64)(size_type)_time32;"


def listing(p):
    """Files by the 32-bit structure; only names and sizes are used."""
    p.data.append("struct found { u32 attrib; i32 ctime, atime, wtime; u32 size; char name[260]; };")
    name, dll = p.pick(("_findfirst", "msvcrt.dll"), ("_findfirst32", "msvcr90.dll")) if not p.x64 else ("_findfirst32", "msvcr90.dll")
    p.need(dll, name, "size_type %s(const char*, struct found*)" % name, narrow=True)
    return 'struct found f; if (%s("*.log", &f) != (size_type)-1 && f.size > 4096) sink32 = f.size;' % name


def stamped(p):
    """What 64-bit functions have narrow-looking names on x64."""
    if not p.x64:
        p.need("msvcr90.dll", "_ctime64", "char* _ctime64(i64*)")
        return "i64 v = sink64; OutputDebugStringA(_ctime64(&v));"
    p.need("msvcrt.dll", "ctime", "char* ctime(i64*)")
    p.need("msvcrt.dll", "difftime", "double difftime(i64, i64)")
    return "i64 v = sink64; OutputDebugStringA(ctime(&v)); sink32 = difftime(v, 5) > 2.0;"


def since_1980(p):
    """32 bits counted from 1980 reach 2038 without a sign, and 2048 with one."""
    p.data.append("IMP u8 STD RtlTimeToSecondsSince1980(i64*, u32*);")
    return "LI f; u32 s; GetSystemTimeAsFileTime(&f.f); if (RtlTimeToSecondsSince1980(&f.q, &s) && s > (u32)unknown_number) sink32 = s;"


def stamp_of_image(p):
    """The time of a PE header: a number in a file, not a clock."""
    return "P m = GetModuleHandleA(0); i32 stamp = *(i32*)((u8*)m + *(i32*)((u8*)m + 0x3C) + 8); if (stamp < 0) sink32 = 1; sink64 = stamp;"


def of(_):
    return [ticks, counter, cookie, compared_filetimes, elapsed_ticks, fields, days, minutes, numbers, named_only, listing, stamped, since_1980, stamp_of_image]
