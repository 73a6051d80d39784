"""What all templates share: declarations in C, the rungs, and the program being written."""
BUILDS = [2600, 3790, 6000, 6001, 6002, 6003, 7600, 7601, 9200, 9600, 14393, 19045]
RELEASES = [(0, 4, 0), (2600, 5, 1), (3790, 5, 2), (6000, 6, 0), (7600, 6, 1), (9200, 6, 2), (9600, 6, 3), (10240, 10, 0)]
NEAR = [5999, 6000, 6001, 6002, 6003, 6004, 7600, 7601, 3790, 2600, 9200, 9600]

PRELUDE = r"""
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64; typedef int i32;
typedef void* P;
#define IMP __declspec(dllimport)
#define STD __stdcall
typedef struct { u32 size, major, minor, build, platform; u16 csd[128]; u16 spmajor, spminor, suite; u8 product, reserved; } OSVW;
typedef struct { u32 size, major, minor, build, platform; char csd[128]; } OSVA;
typedef struct { u16 length, maximum; u16* buffer; } USTR;
"""
KERNEL = r"""
IMP i32 STD RtlGetVersion(OSVW*); IMP u8 STD PsGetVersion(u32*, u32*, u32*, P); IMP i32 STD RtlVerifyVersionInfo(OSVW*, u32, u64);
IMP u64 STD VerSetConditionMask(u64, u32, u8);
IMP P STD MmGetSystemRoutineAddress(USTR*); IMP void STD RtlInitUnicodeString(USTR*, const u16*); IMP u32 DbgPrint(const char*, ...);
IMP P STD ExAllocatePoolWithTag(u32, size_type, u32); IMP void STD ExFreePoolWithTag(P, u32); IMP i32 STD IoCreateDevice(P, u32, USTR*, u32, u32, u8, P*);
IMP i32 STD IoCreateSymbolicLink(USTR*, USTR*);
IMP i32 STD PsCreateSystemThread(P*, u32, P, P, P, P, P); IMP void STD KeInitializeDpc(P, P, P); IMP i32 STD IoDeleteSymbolicLink(USTR*);
IMP i32 STD ZwOpenKey(P*, u32, P); IMP i32 STD ZwQueryValueKey(P, USTR*, u32, P, u32, u32*); IMP i32 STD ZwClose(P);
IMP void STD KeInitializeEvent(P, u32, u8); IMP i32 STD ObReferenceObjectByHandle(P, u32, P, u8, P*, P); IMP void STD KeBugCheckEx(u32, P, P, P, P);
IMP i32 STD PsSetCreateProcessNotifyRoutine(P, u8); IMP i32 STD PsSetLoadImageNotifyRoutine(P);
IMP i32 STD RtlUnicodeStringToInteger(USTR*, u32, u32*); IMP i32 STD RtlQueryRegistryValues(u32, P, P, P, P); IMP u32 wcstoul(const u16*, P, int);
IMP int wcscmp(const u16*, const u16*); IMP int wcsncmp(const u16*, const u16*, size_type); IMP i32 STD RtlCompareUnicodeString(USTR*, USTR*, u8);
IMP u8 STD RtlEqualUnicodeString(USTR*, USTR*, u8); IMP P STD IoAllocateWorkItem(P); IMP void STD IoQueueWorkItem(P, P, u32, P); IMP void STD ExQueueWorkItem(P, u32);
"""
USER = r"""
IMP i32 STD GetVersionExA(OSVA*); IMP i32 STD GetVersionExW(OSVW*); IMP u32 STD GetVersion(void); IMP P STD GetProcAddress(P, const char*);
IMP P STD GetModuleHandleA(const char*); IMP P STD GetModuleHandleW(const u16*); IMP void STD OutputDebugStringA(const char*); IMP P STD HeapAlloc(P, u32, size_type); IMP P STD GetProcessHeap(void);
IMP i32 STD VerifyVersionInfoW(OSVW*, u32, u64); IMP u64 STD VerSetConditionMask(u64, u32, u8); IMP u32 STD GetTickCount(void); IMP void STD Sleep(u32);
IMP u32 STD SetErrorMode(u32); IMP i32 STD CloseHandle(P); IMP P STD CreateFileA(const char*, u32, u32, P, u32, u32, P); IMP u32 STD GetLastError(void);
IMP i32 STD RegOpenKeyExA(P, const char*, u32, u32, P*); IMP i32 STD RegQueryValueExA(P, const char*, u32*, u32*, P, u32*); IMP i32 STD RegCloseKey(P);
IMP u32 STD GetFileVersionInfoSizeW(const u16*, u32*); IMP i32 STD GetFileVersionInfoW(const u16*, u32, u32, P); IMP i32 STD VerQueryValueW(P, const u16*, P*, u32*);
IMP i32 STD RegQueryValueExW(P, const u16*, u32*, u32*, P, u32*); IMP P STD CreateThread(P, size_type, P, P, u32, u32*); IMP i32 STD EnumWindows(P, P);
"""


class Program:
    """One program being written: top-level text, and the statements of its entry."""

    def __init__(self, rng, number, arch, kernel):
        self.r, self.n, self.x64, self.kernel = rng, number, arch == "x64", kernel
        self.top, self.data = [], []
        self.cpp = []  # classes: a second source, in C++
        self.compiler, self.level, self.same_as = "gcc", "-O2", 0
        self.late = False  # functions of ntdll.dll are loaded when they are called first

    def declare(self, text):
        """Functions of Windows and of the run time that not every program knows; each once."""
        for declared in filter(None, (d.strip() for d in text.split(";"))):
            if declared + ";" not in self.data:
                self.data.append(declared + ";")

    def pick(self, *what):
        return self.r.choice(what)


def wide(text):
    return "{" + ",".join(str(ord(c)) for c in text) + ",0}"


def near(r):
    return r.choice(NEAR[:6] * 3 + NEAR)
