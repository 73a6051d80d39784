"""Sources as shipped drivers and programs use them. Each comes with what it sees of the version, as a statement in C for the oracle."""
from templates.common import near, wide

SEES_BUILD = "major = minor = 0;"


def src_shared(p):
    """Shared user data by its fixed address; the build stands there only since Windows 10."""
    base = p.pick("0x7ffe0000u", "0xfffff78000000000ull" if p.x64 else "0xffdf0000u") if p.kernel else "0x7ffe0000u"
    build = "build = *(volatile u32*)(k + 0x260) & 0xffff;"
    return "u8* k = (u8*)(size_type)%s; major = *(volatile u32*)(k + 0x26c); minor = *(volatile u32*)(k + 0x270); %s" % (base, build)


def src_ps_some(p):
    """PsGetVersion without some of its results."""
    return p.pick("USTR csd; PsGetVersion(&major, &minor, &build, &csd);", "PsGetVersion(&major, &minor, &build, 0);",
                  "u32 unused; PsGetVersion(&unused, 0, &build, 0); PsGetVersion(&major, &minor, 0, 0);")


def src_integer(p):
    """The registry text through RtlUnicodeStringToInteger."""
    p.data.append("static const u16 val_name[] = %s;" % wide("CurrentBuildNumber"))
    p.data.append("struct attrs { u32 length; P root; P name; u32 a; P sd; P qos; };")
    return """USTR s, n; P key; u32 got; struct { u32 title, type, size; u16 text[40]; } info; struct attrs oa = {sizeof oa, 0, 0, 64, 0, 0};
      if (ZwOpenKey(&key, 1, &oa) < 0) return BAD; RtlInitUnicodeString(&s, val_name);
      if (ZwQueryValueKey(key, &s, 2, &info, sizeof info, &got) < 0) { ZwClose(key); return BAD; } ZwClose(key);
      if (info.type != 1) return BAD; n.buffer = info.text; n.length = (u16)(info.size - 2); n.maximum = (u16)info.size;
      if (RtlUnicodeStringToInteger(&n, %s, &build) < 0) return BAD;""" % p.pick("10", "0")


def src_table(p):
    """RtlQueryRegistryValues with a direct entry, then a conversion."""
    p.data.append("static const u16 val_name[] = %s; static const u16 no_path[] = {0};" % wide("CurrentBuildNumber"))
    p.data.append("struct query { P routine; u32 flags; P name; P entry; u32 type; P value; u32 length; };")
    convert = p.pick("RtlUnicodeStringToInteger(&answer, 10, &build);", "build = wcstoul(answer.buffer, 0, 10);",
                     "for (u32 i = 0; i < answer.length / 2u; ++i) build = build * 10 + answer.buffer[i] - '0';")
    return """struct query q[2]; USTR answer; for (u32 i = 0; i < sizeof q; ++i) ((volatile u8*)q)[i] = 0; answer.length = answer.maximum = 0; answer.buffer = 0;
      q[0].flags = 0x20; q[0].name = (P)val_name; q[0].entry = &answer; if (RtlQueryRegistryValues(3, (P)no_path, q, 0, 0) < 0) return BAD; %s""" % convert


def src_file(p):
    """The version of a file of Windows."""
    p.data.append("static u8 info[4096]; static const u16 file_name[] = %s; static const u16 root[] = {92, 0};" % wide(p.pick("kernel32.dll", "ntoskrnl.exe", "C:\\Windows\\System32\\ntdll.dll")))
    return """u32 none, n = GetFileVersionInfoSizeW(file_name, &none), len; u32* f; if (n == 0 || n > sizeof info) return BAD;
      if (!GetFileVersionInfoW(file_name, 0, n, info) || !VerQueryValueW(info, root, (P*)&f, &len)) return BAD; if (f[0] != 0xFEEF04BDu) return BAD;
      major = f[2] >> 16; minor = f[2] & 0xffff; build = f[3] >> 16;"""


def src_thread(p):
    """The process block through the thread block's pointer to itself."""
    code = 'u8* teb; __asm__ volatile("mov%s %%%%%s:%s, %%0" : "=r"(teb)); u8* peb = *(u8**)(teb + %s);' % (("q", "gs", "0x30", "0x60") if p.x64 else ("l", "fs", "0x18", "0x30"))
    at = ("0x118", "0x11c", "0x120") if p.x64 else ("0xa4", "0xa8", "0xac")
    return code + "major = *(u32*)(peb + %s); minor = *(u32*)(peb + %s); build = *(u16*)(peb + %s);" % at


def src_text(p):
    """The registry text is compared as a text."""
    p.same_as = near(p.r)
    p.data.append("static const u16 val_name[] = %s; static const u16 wanted[] = %s;" % (wide("CurrentBuildNumber"), wide(str(p.same_as))))
    p.data.append("struct attrs { u32 length; P root; P name; u32 a; P sd; P qos; };")
    compare = p.pick("wcscmp(info.text, wanted) == 0", "wcsncmp(info.text, wanted, %d) == 0" % len(str(p.same_as)),
                     "(RtlInitUnicodeString(&s, wanted), RtlInitUnicodeString(&t, info.text), RtlCompareUnicodeString(&s, &t, 1) == 0)",
                     "(RtlInitUnicodeString(&s, wanted), RtlInitUnicodeString(&t, info.text), RtlEqualUnicodeString(&s, &t, 0))")
    return """USTR s, t; P key; u32 got; struct { u32 title, type, size; u16 text[40]; } info; struct attrs oa = {sizeof oa, 0, 0, 64, 0, 0};
      if (ZwOpenKey(&key, 1, &oa) < 0) return BAD; RtlInitUnicodeString(&s, val_name);
      if (ZwQueryValueKey(key, &s, 2, &info, sizeof info, &got) < 0) return BAD; if (%s) build = %d;""" % (compare, p.same_as)


def sees_text(p):
    return "major = minor = 0; build = build == %d ? build : 0;" % p.same_as


LATE = "build = build >= 10240 ? build : 0;"
def src_found(p):
    """Functions are looked up by a helper that is handed their names."""
    if p.kernel:
        p.data.append("static const u16 first_name[] = %s, other_name[] = %s;" % (wide("RtlGetVersion"), wide("ZwClose")))
        p.top.append("NOINLINE static P find(const u16* name) { USTR s; RtlInitUnicodeString(&s, name); return MmGetSystemRoutineAddress(&s); }")
        names = "first_name", "other_name"
    else:
        p.top.append('NOINLINE static P find(const char* name) { return GetProcAddress(GetModuleHandleA("ntdll.dll"), name); }')
        names = '"RtlGetVersion"', '"NtClose"'
    return "i32 (STD *f)(OSVW*) = (i32 (STD *)(OSVW*))find(%s); OSVW v; v.size = sizeof v; if (!find(%s) || !f) return BAD; f(&v); major = v.major; minor = v.minor; build = v.build;" % names


def src_room(p):
    """A value of the registry, asked first how much room it takes."""
    if p.kernel:
        p.data.append("static const u16 val_name[] = %s;" % wide(p.pick("CurrentBuildNumber", "CurrentBuild")))
        return """USTR s; u32 got = 0; u8* info; RtlInitUnicodeString(&s, val_name); if ((u32)ZwQueryValueKey((P)8, &s, 2, 0, 0, &got) != 0xC0000023) return BAD;
          info = ExAllocatePoolWithTag(0, got, 1); if (!info) return BAD; if (ZwQueryValueKey((P)8, &s, 2, info, got, &got) < 0) return BAD;
          build = wcstoul((u16*)(info + 12), 0, 10);"""
    p.top.append("NOINLINE static i32 value(const char* name, char* to, u32 size) { return RegQueryValueExA((P)8, name, 0, 0, to, &size); }")
    p.declare("IMP int atoi(const char*);")
    return """char text[32], lab[64]; if (value("BuildLab", lab, 1) != 234) return BAD; if (value("CurrentBuildNumber", text, sizeof text)) return BAD; build = (u32)atoi(text);"""


KERNEL_SOURCES = [(src_shared, LATE), (src_ps_some, ""), (src_integer, SEES_BUILD), (src_table, SEES_BUILD), (src_text, sees_text), (src_found, ""), (src_room, SEES_BUILD)]
USER_SOURCES = [(src_shared, LATE), (src_thread, ""), (src_file, "build = build == 19045 ? 19041 : build;"), (src_found, ""), (src_room, SEES_BUILD)]
