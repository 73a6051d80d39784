"""Sources that make a text of the version and take it apart again, the string table of a file, and functions that are loaded late."""
from templates.common import near, wide
from templates.real_sources import SEES_BUILD, sees_text

KEY = "SOFTWARE\\\\Microsoft\\\\Windows NT\\\\CurrentVersion"
SCAN = "IMP int sscanf(const char*, const char*, ...); IMP unsigned long strtoul(const char*, char**, int); IMP char* strchr(const char*, int); IMP int atoi(const char*);"
READ = """P key; char text[64]; u32 size = sizeof text; if (RegOpenKeyExA((P)0x80000002, "%s", 0, 1, &key)) return BAD;
      if (RegQueryValueExA(key, "%s", 0, 0, text, &size)) return BAD; RegCloseKey(key);"""
VERSION_A = "OSVA v; v.size = sizeof v; if (!GetVersionExA(&v)) return BAD;"


def apart(p, text):
    """Takes "6.0.6002.18005" apart."""
    p.declare(SCAN)
    return p.pick('if (sscanf(%s, "%%u.%%u.%%u", &major, &minor, &build) != 3) return BAD;' % text,
                  "char* at = %s; major = strtoul(at, &at, 10); minor = strtoul(at + 1, &at, 10); build = strtoul(at + 1, &at, 10);" % text,
                  "char* at = strchr(%s, '.'); if (!at) return BAD; major = (u32)atoi(%s); minor = (u32)atoi(at + 1); at = strchr(at + 1, '.'); if (!at) return BAD; build = (u32)atoi(at + 1);" % (text, text))


def src_scanned(p):
    """The registry text through sscanf, or copied and cut first."""
    p.declare(SCAN + "IMP char* strcpy(char*, const char*); IMP char* STD lstrcpyA(char*, const char*);")
    name = p.pick("CurrentBuildNumber", "CurrentBuild", "BuildLab")
    cut = "if (strchr(%s, '.')) *strchr(%s, '.') = 0;" if name == "BuildLab" else ""
    if p.pick(0, 1):
        return READ % (KEY, name) + 'if (sscanf(text, "%u", &build) != 1) return BAD;'
    copy = "char kept[64]; %s(kept, text); " % p.pick("strcpy", "lstrcpyA") + cut.replace("%s", "kept")
    return READ % (KEY, name) + copy + p.pick("build = (u32)atoi(kept);", "build = strtoul(kept, 0, 10);")


def src_printed(p):
    """A text is made of the version and taken apart again."""
    p.declare("IMP int wsprintfA(char*, const char*, ...); IMP int sprintf(char*, const char*, ...); IMP int _snprintf(char*, size_type, const char*, ...);")
    print_to = p.pick("wsprintfA(", "sprintf(", "_snprintf(").replace("(", "(shape, ")
    room = "sizeof shape, " if "_sn" in print_to else ""
    return VERSION_A + "char shape[64]; " + print_to + room + '"%u.%u.%u", v.major, v.minor, v.build);' + apart(p, "shape")


def src_string_table(p):
    """The text that a file of Windows has for its version."""
    p.declare("IMP i32 STD GetFileVersionInfoA(const char*, u32, u32, P); IMP i32 STD VerQueryValueA(P, const char*, P*, u32*); IMP int wsprintfA(char*, const char*, ...);")
    p.data.append("static u8 info[4096];")
    name = p.pick("FileVersion", "ProductVersion")
    plain = 'if (!VerQueryValueA(info, "\\\\StringFileInfo\\\\040904B0\\\\%s", (P*)&found, &len)) return BAD;' % name
    looked_up = """u16* language; char way[80]; if (!VerQueryValueA(info, "\\\\VarFileInfo\\\\Translation", (P*)&language, &len)) return BAD;
      wsprintfA(way, "\\\\StringFileInfo\\\\%%04x%%04x\\\\%s", language[0], language[1]); if (!VerQueryValueA(info, way, (P*)&found, &len)) return BAD;""" % name
    return 'char* found; u32 len; if (!GetFileVersionInfoA("kernel32.dll", 0, sizeof info, info)) return BAD;' + p.pick(plain, looked_up) + apart(p, "found")


def src_delayed(p):
    """Functions of a library that is loaded when the first of them is called."""
    p.late = True
    if p.pick(0, 1):
        p.declare("void STD RtlGetNtVersionNumbers(u32*, u32*, u32*);")
        return "RtlGetNtVersionNumbers(&major, &minor, &build); build &= 0xffff;"
    p.declare("i32 STD RtlGetVersion(OSVW*);")
    return "OSVW v; v.size = sizeof v; if (RtlGetVersion(&v) < 0) return BAD; major = v.major; minor = v.minor; build = v.build;"


def src_counted(p):
    """The registry text becomes one of bytes, or is copied, before it becomes a number."""
    p.data.append("static const u16 val_name[] = %s;" % wide("CurrentBuildNumber"))
    p.data.append("struct attrs { u32 length; P root; P name; u32 a; P sd; P qos; };")
    p.declare("IMP i32 STD RtlUnicodeStringToAnsiString(USTR*, USTR*, u8); IMP i32 STD RtlCharToInteger(const char*, u32, u32*); IMP void STD RtlCopyUnicodeString(USTR*, USTR*); IMP int atoi(const char*);")
    narrow = "char room[40]; USTR to; to.length = 0; to.maximum = sizeof room; to.buffer = (u16*)room; if (RtlUnicodeStringToAnsiString(&to, &n, 0) < 0) return BAD; "
    copied = "u16 room[40]; USTR to; to.length = 0; to.maximum = sizeof room; to.buffer = room; RtlCopyUnicodeString(&to, &n); if (RtlUnicodeStringToInteger(&to, 10, &build) < 0) return BAD;"
    return """USTR s, n; P key; u32 got; struct { u32 title, type, size; u16 text[40]; } info; struct attrs oa = {sizeof oa, 0, 0, 64, 0, 0};
      if (ZwOpenKey(&key, 1, &oa) < 0) return BAD; RtlInitUnicodeString(&s, val_name);
      if (ZwQueryValueKey(key, &s, 2, &info, sizeof info, &got) < 0) { ZwClose(key); return BAD; } ZwClose(key); RtlInitUnicodeString(&n, info.text);
      """ + p.pick(narrow + "if (RtlCharToInteger(room, 10, &build) < 0) return BAD;", narrow + "build = (u32)atoi(room);", copied)


def src_number_text(p):
    """A text is made of the build and compared."""
    p.same_as = near(p.r)
    p.data.append("static const u16 wanted[] = %s; static const u16 format[] = %s;" % (wide(str(p.same_as)), wide(p.pick("%u", "%d", "%lu"))))
    p.declare("IMP i32 STD RtlIntegerToUnicodeString(u32, u32, USTR*); IMP int _snwprintf(u16*, size_type, const u16*, ...); IMP u16* _itow(int, u16*, int);")
    made = "u32 b; PsGetVersion(0, 0, &b, 0); u16 room[20]; "
    counted = made + "USTR s, t; s.length = 0; s.maximum = sizeof room; s.buffer = room; if (RtlIntegerToUnicodeString(b, 10, &s) < 0) return BAD; RtlInitUnicodeString(&t, wanted);" \
        "if (RtlEqualUnicodeString(&s, &t, 0)) build = %d;" % p.same_as
    plain = made + p.pick("_snwprintf(room, 20, format, b);", "_itow((int)b, room, 10);") + "if (wcscmp(room, wanted) == 0) build = %d;" % p.same_as
    return p.pick(counted, plain)


def decoy_text(p):
    """A text of the version is made and shown, or kept."""
    printer = "_snprintf" if p.kernel else p.pick("wsprintfA", "_snprintf")
    p.declare("IMP int wsprintfA(char*, const char*, ...); IMP int _snprintf(char*, size_type, const char*, ...);")
    p.top.append("char g_agent[80];")
    where = p.pick("g_agent", "shown")
    made = "%s(%s, %s\"agent/%%u.%%u.%%u\", major, minor, build);" % (printer, where, "" if printer == "wsprintfA" else "80, ")
    return "char shown[80]; (void)shown; " + made + ('DbgPrint("%%s", %s);' if p.kernel else "OutputDebugStringA(%s);") % where + " return 0;"


NUMBER_TEXTS = (src_number_text,)
KERNEL_SOURCES = [(src_counted, SEES_BUILD), (src_number_text, sees_text)]
USER_SOURCES = [(src_scanned, SEES_BUILD), (src_printed, ""), (src_string_table, "build = build == 19045 ? 19041 : build;"), (src_delayed, "")]
DECOYS = [decoy_text]
