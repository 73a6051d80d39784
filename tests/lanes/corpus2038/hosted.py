"""Whole programs with the headers and start code of mingw-w64: time_t is what the processor and the flags make of it."""

USES = [
    # text with T for the type; who is exposed: "narrow" when time_t has 32 bits, "always", "never"
    ("if (now > deadline) puts(\"late\");", "narrow"),
    ("if (now < 1893456000) puts(\"early\");", "narrow"),
    ("long long w = now; printf(\"%I64d\\n\", w);", "narrow"),
    ("printf(\"%02d:%02d\\n\", (int)(now / 3600 % 24), (int)(now / 60 % 60));", "narrow"),
    ("int t = (int)now; printf(\"%d\\n\", t);", "always"),
    ("long t = (long)now; if (t > (long)deadline) puts(\"late\");", "always"),
    ("int t = (int)now; if (t < 0) return 3;", "always"),
    ("srand((unsigned)now); printf(\"%d\\n\", rand());", "never"),
    ("printf(\"%s\", ctime(&now));", "never"),
    ("struct tm* tm = localtime(&now); char b[80]; strftime(b, sizeof b, \"%Y-%m-%d\", tm); puts(b);", "never"),
    ("unsigned t = (unsigned)now; printf(\"%u\\n\", t);", "never"),
    ("now += 86400; printf(\"%s\", asctime(gmtime(&now)));", "never"),
    ("if (difftime(now, deadline) > 10.0) puts(\"late\");", "never"),
]
FLAGS = {"x86": [[], ["-D_USE_32BIT_TIME_T"], ["-D__MINGW_USE_VC2005_COMPAT"]], "x64": [[]]}


def program(p):
    text, who = p.r.choice(USES)
    flags = p.r.choice(FLAGS[p.arch])
    narrow = p.arch == "x86" and "-D__MINGW_USE_VC2005_COMPAT" not in flags
    full = "#include <stdio.h>\n#include <stdlib.h>\n#include <time.h>\nint main(int argc, char** argv) { time_t deadline = (time_t)strtoul(argc > 1 ? argv[1] : \"0\", 0, 10); time_t now = time(0); %s return 0; }\n" % text
    exposed = who == "always" or (who == "narrow" and narrow)
    truth = "exposed" if exposed else "uses_32bit_api" if narrow else "no_evidence"
    return "hosted:%s%s" % (who, "-narrow" if narrow else ""), truth, full, flags
