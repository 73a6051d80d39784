"""Predicates as shipped programs have them, and effects that show them."""
from templates.common import near


def pred_offsets(r):
    """A row of offsets for each span of builds."""
    edges = sorted(r.sample([2600, 3790, 6000, 6001, 6002, 6003, 7600, 9200], r.randint(3, 5)))
    rows = ",".join("{%d, %d, {%d, %d, %d}}" % (a, b - 1, *[r.randrange(0x80, 0x400, 4) for _ in range(3)]) for a, b in zip(edges, edges[1:] + [20000]))
    return """static const struct { u32 from, to; u32 at[3]; } rows[] = {%s}; for (u32 i = 0; i < sizeof rows / sizeof rows[0]; ++i)
      if (build >= rows[i].from && build <= rows[i].to) return (int)rows[i].at[%d]; return 0;""" % (rows, r.randint(0, 2))


def pred_kinds(r):
    """Names of releases, then one of them."""
    return """enum { K0, K1, K2, K3, K4, K5 } k = K0; switch (major) { case 5: k = minor == 0 ? K1 : K2; break;
      case 6: switch (minor) { case 0: k = build < %d ? K3 : K4; break; case 1: k = K5; break; default: break; } break; default: break; } return k == K%d;""" % (near(r), r.randint(1, 5))


def pred_digits(r):
    return "return build / 1000 == %d && build %% 10 %s %d;" % (r.choice([6, 6, 7, 9]), r.choice(["<", ">=", "=="]), r.randint(0, 3))


def pred_wide(r):
    return "u64 v = ((u64)major << 48) | ((u64)minor << 32) | (build << 16) | 18005; return v >= ((6ull << 48) | (%dull << 16));" % near(r)


def pred_stepped(r):
    return "u32 n = 0; while (n < 12 && 5990u + n * %d < build) ++n; return (int)(n %% %d);" % (r.choice([1, 2, 4, 6]), r.choice([2, 3, 5]))


def pred_mask(r):
    bits = " | ".join("1u << %d" % (b - 5990) for b in r.sample([5999, 6000, 6001, 6002, 6003, 6004], 3))
    return "if (build < 5990 || build > 6021) return 0; return ((%s) >> (build - 5990)) & 1;" % bits


def pred_list(r):
    """A table that ends with a zero, of builds that are known to work."""
    rows = r.sample([2600, 3790, 6000, 6001, 6002, 6003, 7600, 7601], r.randint(3, 6))
    return "static const u16 rows[] = {%s, 0}; const u16* q = rows; while (*q && *q != build) ++q; return *q != 0;" % ",".join(map(str, rows))


PREDICATES = [pred_offsets, pred_offsets, pred_kinds, pred_digits, pred_wide, pred_stepped, pred_mask, pred_list]
NEEDS_MAJOR = {pred_kinds, pred_wide}


def effect_field(p):
    """Memory at an offset that hangs on the decision is handed on, as drivers do that walk structures of the kernel."""
    call = 'IoDeleteSymbolicLink((USTR*)(size_type)seen); return seen == 0;' if p.kernel else "SetErrorMode(seen); return seen == 0;"
    return "u32 seen = *(volatile u32*)((u8*)ctx + (d & 0x3fc)); " + call


def effect_patch(p):
    return "*(volatile u32*)((u8*)ctx + (d ? 0x10 : 0x18)) = 1; return 0;"


def effect_table(p):
    """A table of functions is chosen."""
    p.data.append("struct ops { i32 (*run)(P); i32 (*stop)(P); };")
    p.top.append("static i32 run_old(P c) { (void)c; g_port = 1; return 0; } static i32 run_new(P c) { (void)c; g_port = 2; return 0; } static i32 stop_any(P c) { (void)c; return 4; }")
    p.top.append("static const struct ops old_ops = {run_old, stop_any}, new_ops = {run_new, stop_any};")
    return "const struct ops* chosen = d ? &new_ops : &old_ops; return chosen->run(ctx) + chosen->stop(ctx);"


EFFECTS = [(effect_field, "d & 0x3fc"), (effect_patch, "d != 0"), (effect_table, "d != 0")]
