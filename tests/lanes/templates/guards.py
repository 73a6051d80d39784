"""What a program asks beside the version, and no build tells: its edition, whether a module or a function is there. The answer may be
either, so what lies behind it counts."""
from templates.common import wide

ZEROED = "OSVW asked; for (u32 i = 0; i < sizeof asked; ++i) ((volatile u8*)&asked)[i] = 0; asked.size = sizeof asked; "


def guard_edition(p):
    """Product type or suite of the structure that holds the version."""
    get = "if (RtlGetVersion(&asked) < 0) return 0; " if p.kernel else "if (!GetVersionExW(&asked)) return 0; "
    return ZEROED + get + p.pick("if (asked.product == 1) return 0;", "if (asked.product != 1) return 0;", "if (!(asked.suite & 0x80)) return 0;")


def guard_verify(p):
    """The same question to VerifyVersionInfo, either answer."""
    fails = p.pick(0, 1)
    if p.kernel:
        call = "RtlVerifyVersionInfo(&asked, 128, VerSetConditionMask(0, 128, 1)) %s 0" % ("==" if fails else "!=")
    else:
        call = "%sVerifyVersionInfoW(&asked, 128, VerSetConditionMask(0, 128, 1))" % ("" if fails else "!")
    return ZEROED + "asked.product = %d; if (%s) return 0;" % (p.pick(1, 3), call)


def guard_digits(p):
    """A lower digit with a condition of its own: no Windows has a version of 0.x or a minor service pack."""
    call = "RtlVerifyVersionInfo(&asked, %s) == 0" if p.kernel else "VerifyVersionInfoW(&asked, %s)"
    asked = p.pick("asked.spminor = 1; if (%s) return 0;" % call % "16, VerSetConditionMask(0, 16, 3)",
                   "asked.platform = 1; if (%s) return 0;" % call % "8, VerSetConditionMask(0, 8, 1)",
                   "asked.build = 1; if (%s) return 0;" % call % "4, VerSetConditionMask(0, 2, 3)")
    return ZEROED + asked


def guard_function(p):
    """A function that only some Windows has."""
    there = p.pick("", "!")
    if p.kernel:
        p.data.append("static const u16 optional_name[] = %s;" % wide(p.pick("ExAllocatePool2", "KeQueryActiveGroupCount")))
        return "USTR n; RtlInitUnicodeString(&n, optional_name); if (%sMmGetSystemRoutineAddress(&n)) return 0;" % there
    name = p.pick("SetProcessMitigationPolicy", "GetProductInfo")
    return 'if (%sGetProcAddress(GetModuleHandleA("kernel32.dll"), "%s")) return 0;' % (there, name)


def guard_module(p):
    """A module that may be there."""
    if p.kernel:
        return guard_function(p)
    p.declare("IMP P STD LoadLibraryA(const char*);")
    return 'if (%s%s("helper.dll")) return 0;' % (p.pick("", "!"), p.pick("LoadLibraryA", "GetModuleHandleA"))


GUARDS = [guard_edition, guard_edition, guard_verify, guard_digits, guard_function, guard_module]
