"""Sources: text that leaves major, minor and build in three variables, and what of the version such a program sees."""
from templates.common import wide


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
