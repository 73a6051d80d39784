"""Predicates: the body of `static int decide(u32 build, u32 major, u32 minor)`."""
from templates.common import NEAR, near


def pred_eq(r):
    return "return build %s %d;" % (r.choice(["==", "!="]), near(r))


def pred_cmp(r):
    return "return build %s %d;" % (r.choice(["<", "<=", ">", ">="]), near(r))


def pred_range(r):
    a, b = sorted(r.sample(NEAR, 2))
    return "return %sbuild >= %d && build <= %d%s;" % (("!(", a, b, ")") if r.random() < .3 else ("", a, b, ""))


def pred_set(r):
    return "return " + " || ".join("build == %d" % b for b in r.sample(NEAR, r.randint(2, 4))) + ";"


def pred_switch(r):
    cases = r.sample(NEAR, r.randint(3, 7))
    body = "".join("case %d: %s" % (c, "return %d; " % r.randint(1, 5) if r.random() < .75 else "") for c in cases)
    return "switch (build) { %s return %d; default: return 0; }" % (body, r.randint(1, 5))


def pred_dense(r):
    low = r.choice([5998, 5999, 6000])
    body = "".join("case %d: return %d; " % (low + i, r.choice([1, 2, 3, 7, 9, 11])) for i in range(r.randint(5, 8)))
    return "switch (build) { %s default: return 0; }" % body


def pred_table(r):
    rows = sorted(r.sample(NEAR, r.randint(3, 7)))
    form = r.choice(["u16", "u32"])
    quals = r.choice(["static const", "static"])
    return """%s %s tab[] = {%s}; for (u32 i = 0; i < sizeof tab / sizeof tab[0]; ++i) if (tab[i] == build) return %s; return 0;""" % (
        quals, form, ",".join(map(str, rows)), r.choice(["1", "(int)i + 1"]))


def pred_minmax(r):
    rows = []
    for _ in range(r.randint(2, 4)):
        a, b = sorted(r.sample(NEAR, 2))
        rows.append("{%d, %d, %d}" % (a, b, r.randint(1, 9)))
    return """static const struct { u32 low, high; int value; } tab[] = {%s};
      for (u32 i = 0; i < sizeof tab / sizeof tab[0]; ++i) if (build >= tab[i].low && build <= tab[i].high) return tab[i].value; return 0;""" % ",".join(rows)


def pred_threshold(r):
    rows = sorted(r.sample(NEAR, r.randint(3, 6)))
    return """static const struct { u16 from; u8 value; } tab[] = {%s}; int found = 0;
      for (u32 i = 0; i < sizeof tab / sizeof tab[0]; ++i) { if (build < tab[i].from) break; found = tab[i].value; } return found;""" % ",".join(
        "{%d, %d}" % (b, r.randint(1, 9)) for b in rows)


def pred_bsearch(r):
    rows = sorted(r.sample(NEAR, r.randint(4, 9)))
    return """static const u32 tab[] = {%s}; int lo = 0, hi = sizeof tab / sizeof tab[0] - 1;
      while (lo <= hi) { int mid = (lo + hi) / 2; if (tab[mid] == build) return 1; if (tab[mid] < build) lo = mid + 1; else hi = mid - 1; } return 0;""" % ",".join(map(str, rows))


def pred_bitmap(r):
    base = r.choice([5995, 6000, 5984])
    return "u32 at = build - %d; return at < 32 && (0x%xu >> at & 1);" % (base, r.getrandbits(32))


def pred_hash(r):
    return "u32 h = build * 0x%xu; h ^= h >> %d; return h %% %d == %d;" % (r.getrandbits(32) | 1, r.randint(8, 20), r.choice([3, 4, 5, 7]), r.randint(0, 2))


def pred_packed(r):
    a = near(r)
    return "u64 v = (u64)major << 32 | minor << 16 | build; return v %s 0x%xull;" % (r.choice(["<", ">=", "==", ">"]), (6 << 32) | a)


def pred_nested(r):
    return "if (major != 6) return major > 6 ? 2 : 0; if (minor %s %d) return 3; return build %s %d;" % (
        r.choice([">", ">=", "!="]), r.randint(0, 2), r.choice(["<", "<=", "==", ">"]), near(r))


def pred_ternary(r):
    return "return (build > %d) * 4 + (build < %d ? 1 : build == %d ? 3 : 0) - (build >= %d);" % (near(r), near(r), near(r), near(r))


def expression(r, depth):
    if depth == 0:
        return r.choice(["build", "build", "build", "major", "minor", str(near(r)), str(r.randint(1, 64))])
    a, b = expression(r, depth - 1), expression(r, depth - 1)
    op = r.choice(["+", "-", "*", "&", "|", "^", "<", "==", ">", ">>", "%", "!=", "?", "<="])
    if op == ">>":
        return "(%s >> (%s & 15))" % (a, b)
    if op == "%":
        return "(%s %% (%s | 1))" % (a, b)
    if op == "?":
        return "(%s ? %s : %s)" % (expression(r, depth - 1), a, b)
    return "(%s %s %s)" % (a, op, b)


def pred_random(r):
    return "return (%s) %% %d == %d;" % (expression(r, r.randint(1, 3)), r.choice([2, 3, 5]), r.randint(0, 1))


def pred_older(r):
    return "return major > %d || (major == %d && minor >= %d);" % (r.choice([5, 6]), r.choice([5, 6]), r.randint(0, 2))


def pred_loop(r):
    return "u32 n = 0; for (u32 b = build; b > %d; b -= 1) { if (++n > 6) break; } return (int)n;" % near(r)


PREDICATES = [pred_eq, pred_eq, pred_cmp, pred_cmp, pred_range, pred_range, pred_set, pred_switch, pred_dense, pred_table, pred_minmax, pred_threshold, pred_bsearch,
              pred_bitmap, pred_hash, pred_packed, pred_nested, pred_ternary, pred_random, pred_random, pred_older, pred_loop]
NEEDS_MAJOR = {pred_packed, pred_nested, pred_older, pred_random}
