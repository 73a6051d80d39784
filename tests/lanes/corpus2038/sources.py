"""Ways a program learns the time. Each returns statements that leave it in `now`, and whether `now` has 64 bits (`i64`) or 32 (`i32`).

A function with a 32-bit time_t is declared with narrow=True: the program then uses a 32-bit API whatever else it does. Which name that is
depends on the generation of the run time: plain names in those before Visual C++ 2005 on x86, names with 32 since.
"""

OLD = ["msvcrt.dll", "crtdll.dll", "msvcrt20.dll", "msvcrt40.dll", "msvcr70.dll", "msvcr71.dll"]
NEW = ["msvcr80.dll", "msvcr90.dll", "msvcr100.dll", "msvcr110.dll", "msvcr120.dll", "ucrtbase.dll", "api-ms-win-crt-time-l1-1-0.dll"]


def filetime_to_unix(p, ft):
    """FILETIME (an i64 expression) to seconds since 1970, the ways people write it."""
    form = p.r.randrange(6)
    if form == 0:
        return "i64 now = (%s - 116444736000000000LL) / 10000000;" % ft
    if form == 1:
        return "i64 now = (i64)((u64)(%s) / 10000000u - 11644473600ULL);" % ft
    if form == 2:
        return "u64 ticks_ = (u64)(%s); ticks_ -= 116444736000000000ULL; i64 now = (i64)(ticks_ / 10000000u);" % ft
    if form == 3:
        return "i64 now = (%s) / 10000000 - 11644473600LL;" % ft
    if form == 4:  # by milliseconds
        return "i64 now = ((%s) / 10000 - 11644473600000LL) / 1000;" % ft
    p.top.append("NOINLINE static i64 to_unix(FT* f) { u64 v = ((u64)f->hi << 32) | f->lo; v -= 0x019DB1DED53E8000ULL; return (i64)(v / 10000000u); }")
    return "i64 ft_ = %s; i64 now = to_unix((FT*)&ft_);" % ft


# ---- the C run time ------------------------------------------------------------------------------------------------

def crt_plain(p):
    """time() by its plain name: 32 bits on x86, 64 on x64."""
    dll = p.r.choice(OLD) if not p.x64 else "msvcrt.dll"
    p.need(dll, "time", ("i64" if p.x64 else "i32") + " time(P)", narrow=not p.x64)
    return p.pick("%s now = time(0);", "%s now; time(&now);") % ("i64" if p.x64 else "i32"), p.x64


def crt_32(p):
    p.need(p.pick("msvcrt.dll", *NEW), "_time32", "i32 _time32(i32*)", narrow=True)
    return p.pick("i32 now = _time32(0);", "i32 now; _time32(&now);"), False


def crt_64(p):
    p.need(p.pick("msvcrt.dll", *NEW), "_time64", "i64 _time64(i64*)")
    return p.pick("i64 now = _time64(0);", "i64 now; _time64(&now);"), True


def crt_ftime(p):
    p.data.append("struct timeb32 { i32 time; u16 ms; u16 zone, dst; }; struct timeb64 { i64 time; u16 ms; u16 zone, dst; };")
    name = p.pick("_ftime64", "_ftime32", "_ftime") if not p.x64 else p.pick("_ftime64", "_ftime32")
    wide = name == "_ftime64"
    dll = p.r.choice(OLD) if name == "_ftime" else p.pick("msvcrt.dll", "msvcr90.dll", "ucrtbase.dll")
    p.need(dll, name, "void %s(struct timeb%s*)" % (name, "64" if wide else "32"), narrow=not wide)
    return "struct timeb%s tb; %s(&tb); %s now = tb.time;" % ("64" if wide else "32", name, "i64" if wide else "i32"), wide


def crt_mktime(p):
    """Broken-down time through the run time."""
    p.data.append("struct tm { i32 sec, min, hour, mday, mon, year, wday, yday, isdst; };")
    wide = p.x64 or p.r.random() < .4
    name, dll = ("_mktime64", "msvcr100.dll") if wide else p.pick(("mktime", "msvcrt.dll"), ("_mktime32", "msvcr90.dll"))
    kind = "i64" if wide else "i32"
    p.need(dll, name, "%s %s(struct tm*)" % (kind, name), narrow=not wide)
    return "ST st; GetSystemTime(&st); struct tm tm = {st.s, st.mi, st.h, st.d, st.mo - 1, st.y - 1900, 0, 0, 0}; %s now = %s(&tm);" % (kind, name), wide


def crt_looked_up(p):
    """By name, so that no import tells."""
    name = p.pick("_time32", "_time64")
    wide = name == "_time64"
    kind = "i64" if wide else "i32"
    p.api32 = p.api32 or not wide
    return '%s (*f)(P) = (%s (*)(P))GetProcAddress(LoadLibraryA("msvcrt.dll"), "%s"); if (!f) return 0; %s now = f(0);' % (kind, kind, name, kind), wide


def crt_stat(p):
    """The time a file was written, in the structure of 32-bit times."""
    name, dll = p.pick(("_stat", p.r.choice(OLD)), ("_stat32", p.r.choice(NEW[:6]))) if not p.x64 else ("_stat32", p.r.choice(NEW[:6]))
    p.data.append("struct stat32 { u32 dev; u16 ino, mode; short links, uid, gid; u32 rdev; i32 size, atime, mtime, ctime; };")
    p.need(dll, name, "int %s(const char*, struct stat32*)" % name, narrow=True)
    return 'struct stat32 st; if (%s("c:\\\\x.log", &st)) return 0; i32 now = st.mtime;' % name, False


def crt_own(p):
    """A time() that is linked in: what static run times since Visual C++ 2005 hold."""
    bits = p.pick("32", "64")
    p.top.append("""NOINLINE static i64 crt_time64(i64* out) { LI f; GetSystemTimeAsFileTime(&f.f); i64 v = (i64)((f.u - 116444736000000000ULL) / 10000000ULL);
      if (v > 0x793406FFFLL) v = -1; if (out) *out = v; return v; }""")
    if bits == "64":
        return "i64 now = crt_time64(0);", True
    p.top.append("""NOINLINE static i32 crt_time32(i32* out) { LI f; GetSystemTimeAsFileTime(&f.f); i64 v = (i64)((f.u - 116444736000000000ULL) / 10000000ULL);
      if (v > 0x7FFFD27FLL) v = -1; if (out) *out = (i32)v; return (i32)v; }""")
    p.api32 = True
    return "i32 now = crt_time32(0);", False


# ---- Windows itself ------------------------------------------------------------------------------------------------

def win_filetime(p):
    return "LI f; GetSystemTimeAsFileTime(&f.f); " + filetime_to_unix(p, "f.q"), True


def win_looked_up(p):
    return ('void (STD *f)(FT*) = (void (STD *)(FT*))GetProcAddress(GetModuleHandleA("kernel32.dll"), "GetSystemTimePreciseAsFileTime"); LI v; if (f) f(&v.f); else GetSystemTimeAsFileTime(&v.f); '
            + filetime_to_unix(p, "v.q")), True


def win_halves(p):
    """As compilers of the nineties did it: two words and a borrow."""
    return """FT f; GetSystemTimeAsFileTime(&f); u32 lo = f.lo - 0xD53E8000u, hi = f.hi - 0x019DB1DEu - (f.lo < 0xD53E8000u);
      u64 rest = hi % 10000000u; i64 now = (i64)((((u64)(hi / 10000000u)) << 32) | (u32)(((rest << 32) | lo) / 10000000u));""", True


def win_systemtime(p):
    get = p.pick("GetSystemTime", "GetLocalTime")
    return "ST st; LI f; %s(&st); SystemTimeToFileTime(&st, &f.f); " % get + filetime_to_unix(p, "f.q"), True


def win_local(p):
    return "FT u; LI f; GetSystemTimeAsFileTime(&u); FileTimeToLocalFileTime(&u, &f.f); " + filetime_to_unix(p, "f.q"), True


def win_zone(p):
    return "LI f; TZI z; GetSystemTimeAsFileTime(&f.f); GetTimeZoneInformation(&z); " + filetime_to_unix(p, "f.q") + " now -= z.bias * 60;", True


def win_civil(p):
    """Days counted by hand from the fields of a date."""
    return """ST st; GetSystemTime(&st); i64 y = st.y, m = st.mo; if (m <= 2) { --y; m += 12; }
      i64 days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m - 457) / 5 + st.d - 719469; i64 now = days * 86400 + st.h * 3600 + st.mi * 60 + st.s;""", True


def win_shared(p):
    at = "0x7FFE0014" if not p.kernel else "0xFFFFF78000000014ULL" if p.x64 else "0xFFDF0014"
    base = at[:-2] + "00" if not at.endswith("ULL") else "0xFFFFF78000000000ULL"
    if p.r.random() < .4:
        return "LI f; f.q = *(volatile i64*)%s; " % at + filetime_to_unix(p, "f.q"), True
    return ("LI f; volatile u8* shared = (u8*)%s; do { f.h.hi = *(volatile u32*)(shared + 0x18); f.h.lo = *(volatile u32*)(shared + 0x14); } while (f.h.hi != *(volatile u32*)(shared + 0x1C)); " % base
            + filetime_to_unix(p, "f.q")), True


def win_file(p):
    """When a file was written last: a time of 64 bits that the program brings to seconds."""
    if p.r.random() < .5:
        return 'FAD a; LI f; if (!GetFileAttributesExA("c:\\\\x.log", 0, &a)) return 0; f.f = a.w; ' + filetime_to_unix(p, "f.q"), True
    return 'LI f; P h = CreateFileA("c:\\\\x.log", 0x80000000u, 1, 0, 3, 0, 0); GetFileTime(h, 0, 0, &f.f); CloseHandle(h); ' + filetime_to_unix(p, "f.q"), True


def win_given(p):
    """A time that somebody else got: a parameter of an exported function."""
    p.top.append("NOINLINE static int given(FT*, int); __declspec(dllexport) int note_time(FT* when, int how) { return given(when, how); }")
    return "return how; } NOINLINE static int given(FT* when, int how) { LI f; f.f = *when; " + filetime_to_unix(p, "f.q"), True


def nt_query(p):
    p.data.append("IMP i32 STD NtQuerySystemTime(i64*);")
    return "LI f; NtQuerySystemTime(&f.q); " + filetime_to_unix(p, "f.q"), True


def nt_seconds(p):
    """RtlTimeToSecondsSince1970 gives 32 bits, unsigned, good until 2106: what the program makes of it decides."""
    p.data.append("IMP u8 STD RtlTimeToSecondsSince1970(i64*, u32*); IMP i32 STD NtQuerySystemTime(i64*);")
    read = "GetSystemTimeAsFileTime(&f.f);" if p.r.random() < .5 else "NtQuerySystemTime(&f.q);"
    return "LI f; u32 s_; %s if (!RtlTimeToSecondsSince1970(&f.q, &s_)) return 0; i32 now = (i32)s_;" % read, False


def registry_date(p):
    """InstallDate: seconds since 1970 in 32 bits."""
    path = '"SOFTWARE\\\\Microsoft\\\\Windows NT\\\\CurrentVersion"'
    form = p.r.randrange(3)
    if form == 0:
        return 'u32 v, size = 4; if (RegGetValueA((P)0x80000002, %s, "InstallDate", 0x10, 0, &v, &size)) return 0; i32 now = (i32)v;' % path, False
    opened = "P key; u32 v, type, size = 4; if (RegOpenKeyExA((P)0x80000002, %s, 0, 1, &key)) return 0; " % path
    if form == 1:
        return opened + 'if (RegQueryValueExA(key, "InstallDate", 0, &type, &v, &size)) return 0; RegCloseKey(key); i32 now = (i32)v;', False
    p.data.append("static const u16 date_name[] = {%s,0};" % ",".join(str(ord(c)) for c in "InstallDate"))
    return opened + "if (RegQueryValueExW(key, date_name, 0, &type, &v, &size)) return 0; RegCloseKey(key); i32 now = (i32)v;", False


# ---- drivers -------------------------------------------------------------------------------------------------------

def ke_time(p):
    if p.x64:
        return "LI f; f.q = *(volatile i64*)0xFFFFF78000000014ULL; " + filetime_to_unix(p, "f.q"), True
    p.data.append("IMP void STD KeQuerySystemTime(i64*);")
    return "LI f; KeQuerySystemTime(&f.q); " + filetime_to_unix(p, "f.q"), True


def ke_seconds(p):
    p.data.append("IMP u8 STD RtlTimeToSecondsSince1970(i64*, u32*);")
    read, _ = ke_time(p)
    return read.split(";")[0] + ";" + read.split(";")[1] + "; u32 s_; if (!RtlTimeToSecondsSince1970(&f.q, &s_)) return 0; i32 now = (i32)s_;", False


def ke_local(p):
    read, _ = ke_time(p)
    p.data.append("IMP void STD ExSystemTimeToLocalTime(i64*, i64*);")
    return read.split(";")[0] + ";" + read.split(";")[1] + "; LI l; ExSystemTimeToLocalTime(&f.q, &l.q); " + filetime_to_unix(p, "l.q"), True


def of(p):
    if p.kernel:
        return [ke_time, ke_time, ke_seconds, ke_local, win_shared]
    both = [crt_32, crt_64, crt_ftime, crt_mktime, crt_looked_up, crt_stat, crt_own, win_filetime, win_filetime, win_looked_up, win_halves, win_systemtime,
            win_local, win_zone, win_civil, win_shared, win_file, win_given, nt_query, nt_seconds, registry_date]
    return both + [crt_plain] * (3 if not p.x64 else 1)
