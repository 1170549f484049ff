"""The results as tables for people and as a document for programs."""

LEVELS = [("l1", "first cache"), ("l2", "second cache"), ("l3", "third cache"), ("memory", "memory")]


def _table(head, rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def _microseconds(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def fastest(result, is_ours):
    """The contestant with the least time, of ours or of the rivals; None where there is none."""
    return min((c for c in result["contestants"] if c["ours"] == is_ours), key=lambda c: c["us"], default=None)


def _percent(result, contestant):
    return f"{100 * result['flops'] / (contestant['us'] * 1e3) / result['peak_gflops']:.0f} %" if result["peak_gflops"] else ""


def _row(result):
    ours = {c["name"]: c["us"] for c in result["contestants"] if c["ours"]}
    rival, default = fastest(result, False), next(c for c in result["contestants"] if c["ours"])
    return [
        result["workload"], str(result["threads"]), _microseconds(ours.get("nncc tcc")), _microseconds(ours.get("nncc cc")),
        _percent(result, default),
        f"{_microseconds(rival['us'])} ({rival['name']})" if rival else "",
        f"{rival['us'] / default['us']:.2f}" if rival else "",
    ]


def ratios(results):
    """Ours through libtcc against the best rival: what everything else here is about."""
    head = ["us a call", "threads", "nncc, tcc", "nncc, cc", "of FMA peak", "best rival", "rival / nncc"]
    return _table(head, [_row(result) for result in results])


def everyone(results):
    names = list(dict.fromkeys(c["name"] for r in results for c in r["contestants"]))
    rows = []
    for result in results:
        times = {c["name"]: c["us"] for c in result["contestants"]}
        rows.append([result["workload"], str(result["threads"]), *(_microseconds(times.get(name)) for name in names)])
    return _table(["us a call", "threads", *names], rows)


def starts(results):
    """From the start of a process to the end of its first call."""
    head, rows = ["workload", "nncc, tcc", "best rival"], []
    for result in {r["workload"]: r for r in reversed(results)}.values():
        default = next(c for c in result["contestants"] if c["ours"])
        rivals = [c for c in result["contestants"] if not c["ours"]]
        best = min(rivals, key=lambda c: c["start_seconds"], default=None)
        text = f"{best['start_seconds'] * 1e3:,.0f} ms ({best['name']})" if best else ""
        rows.insert(0, [result["workload"], f"{default['start_seconds'] * 1e3:,.0f} ms", text])
    return _table(head, rows)


def machine(limits):
    columns = sorted(limits)
    head = ["this machine", *(f"{threads} thread{'s' if threads > 1 else ''}" for threads in columns)]
    rows = [["multiply-adds, GFLOP/s", *(f"{limits[t]['gflops']:,.0f}" for t in columns)]]
    for key, name in LEVELS:
        for what in ("read", "update"):
            rows.append([f"{name}, {what}, GB/s", *(f"{limits[t][f'{key}_{what}']:,.0f}" for t in columns)])
    return _table(head, rows)


def products(records, peak):
    """The product kernel alone, against the peak of one core."""
    head = ["product, one thread", "us", "GFLOP/s", "of FMA peak", "packing, us", "of FMA peak with packing"]
    rows = []
    for r in records:
        packing = [_microseconds(r["packing_us"]), f"{100 * r['gflops_with_packing'] / peak:.0f} %"] if r["packing_us"] else ["", ""]
        rows.append([r["product"], _microseconds(r["us"]), f"{r['gflops']:.0f}", f"{100 * r['gflops'] / peak:.0f} %", *packing])
    return _table(head, rows)
