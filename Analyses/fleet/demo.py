"""A fleet of captures with known answers, through everything: make fleet-demo

Makes captures (the bundled ones, windows of the large ones, generated ones, one in a hundred cut short), analyses
them, writes Parquet, asks the questions, and compares: the generator's answers,
a merge by this program alone, and three readers.
"""

import argparse
import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

import fleet_rows
import questions
import report
import readers

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "../.."))
KINDS = ["summary", "latency", "findings", "guests", "list-registers", "its-caches"]
KERNELS = ["6.01", "6.06", "6.12"]
WORKLOADS = ["linux-60/immediate", "linux-60/reconfigure", "uniform-50/deep", "linux-1k/burst-64"]


def gicscope(program, *arguments):
    result = subprocess.run([program, *arguments], text=True, capture_output=True)
    if result.returncode not in (0, 4):
        sys.exit(f"{program} {' '.join(arguments)}: {result.stderr.strip()}")
    return result


def place(folder, number, kind):
    """Where a capture goes: `2026-01-03/6.12/host-04/linux/windows-000123`, which gives it its labels."""
    day = f"2026-01-{number % 28 + 1:02}"
    path = os.path.join(
        folder, day, KERNELS[number % 3], f"host-{number % 20:02}", "linux" if number % 2 else "bare",
        f"{kind}-{number:06}")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def distinct(program, folder):
    """Captures to copy: `(path, kind)`; and the answers that the generator knows, by path."""
    sources, answers = [], {}
    for path in sorted(glob.glob(ROOT + "/Traces/**/*", recursive=True)):
        name = os.path.basename(path)
        is_named = re.search(r"\.(log|dat|pcap)(\.(lz4|zst|gz|xz))?$", name)
        if is_named and os.path.isfile(path) and "/hostile/" not in path:
            sources.append((path, "bundled"))
    os.makedirs(folder, exist_ok=True)
    for source in ["linux-gicv3-its/trace.log.zst", "gicv4/trace.log.zst", "nested-gicv3/trace.log.zst",
                   "linux-gicv2/trace.log.gz", "random-gicv3/trace.log.lz4", "middle-of-a-run/trace.log.lz4"]:
        for i in range(6):
            path = os.path.join(folder, f"{source.split('/')[0]}-{i}.pcap.lz4")
            gicscope(program, "convert", f"{ROOT}/Traces/{source}", "-o", path, "--quiet",
                     "--from", f"#{i * 4000 + 1}", "--to", f"#{(i + 2) * 8000}")
            sources.append((path, "window"))
    for seed in range(40):
        path = os.path.join(folder, f"generated-{seed}.pcap.lz4")
        said = gicscope(program, "generate", WORKLOADS[seed % 4], "-o", path, "--seed", str(seed + 1)).stderr
        messages, acknowledges = re.search(r"([\d,]+) MSIs, ([\d,]+) acknowledges", said).groups()
        answers[path] = (int(messages.replace(",", "")), int(acknowledges.replace(",", "")))
        sources.append((path, "generated"))
    return sources, answers


def make(program, folder, count):
    """Makes the captures; returns the generator's answers by label, and how many are cut short."""
    sources, answers = distinct(program, folder + ".sources")
    kinds = {kind: [path for path, own in sources if own == kind] for kind in ("bundled", "window", "generated")}
    known, cut = collections.Counter(), 0
    for number in range(count):
        kind = ["bundled", "window", "generated"][number % 3]
        source = kinds[kind][number // 3 % len(kinds[kind])]
        path = place(folder, number, kind) + "." + os.path.basename(source).split(".", 1)[1]
        if number % 100 == 99:
            with open(source, "rb") as whole, open(path.replace(kind + "-", "cut-"), "wb") as part:
                content = whole.read()
                part.write(content[: len(content) // 2])
            cut += 1
            continue
        shutil.copyfile(source, path)
        if kind == "generated":
            known["msis"] += answers[source][0]
            known["acknowledges"] += answers[source][1]
    return known, cut


def check(what, found, expected):
    print(f"{'ok  ' if found == expected else 'WRONG'} {what}: {found}")
    if found != expected:
        sys.exit(f"{what}: {found}, expected {expected}")


def compare(rows, parquet, known, cut):
    """Compares the totals of every way to them."""
    database = questions.connect(parquet)
    generated = "FROM summary WHERE label_kind = 'generated'"
    for name in ("msis", "acknowledges"):
        check(f"{name} of the generated captures are the generator's",
              int(database.execute(f"SELECT sum({name}) {generated}").fetchone()[0]), known[name])
    found = database.execute("SELECT count(*) FILTER (error IS NOT NULL AND label_kind = 'cut'), "
                         "count(*) FILTER (label_kind = 'cut') FROM summary").fetchone()
    check("captures that were cut short", found[1], cut)
    print(f"     of them with an error: {found[0]}, the others were text, of which half is a whole capture, too")
    # One process, no engine: sums and percentiles from the lines alone.
    sums, extremes, totals = {}, {}, collections.Counter()
    with open(rows + "/latency.jsonl") as file:
        for row in map(json.loads, file):
            if not row["buckets"]:
                continue
            key = (row["label_kernel"], row["virtual"], row["class"], row["stage"])
            sums[key] = fleet_rows.merged([sums.get(key, {}).items(), row["buckets"]])
            least, most = extremes.get(key, (row["min_ns"], row["max_ns"]))
            extremes[key] = (min(least, row["min_ns"]), max(most, row["max_ns"]))
    with open(rows + "/summary.jsonl") as file:
        for row in map(json.loads, file):
            for name in ("events", "acknowledges", "msis", "its_commands"):
                totals[name] += row[name] or 0
    for name, total in totals.items():
        check(f"{name} of all captures", int(database.execute(f"SELECT sum({name}) FROM summary").fetchone()[0]), total)
    expected = {
        key: tuple(fleet_rows.percentile(sums[key], n, *extremes[key]) for n in (500, 990, 999)) for key in sums}
    answer = database.execute(questions.questions()["latency-by-kernel"]).fetchall()
    check("percentiles by kernel are those of a merge in one process",
          {row[:4]: row[5:8] for row in answer} == expected, True)
    p99 = {name: read(parquet) for name, read in readers.READERS.items()}
    check(f"the fleet's p99 by {', '.join(p99)}", len({tuple(sorted(value.items())) for value in p99.values()}), 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gicscope", default=ROOT + "/.build/release/gicscope")
    parser.add_argument("--out", default=ROOT + "/out/fleet")
    parser.add_argument("--captures", type=int, default=1000)
    options = parser.parse_args()
    shutil.rmtree(options.out, ignore_errors=True)
    captures, rows, parquet = (os.path.join(options.out, name) for name in ("captures", "rows", "parquet"))
    os.makedirs(options.out)
    known, cut = make(options.gicscope, captures, options.captures)
    start = time.monotonic()
    kinds = [argument for kind in KINDS for argument in ("--rows", kind)]
    print(gicscope(
        options.gicscope, "fleet", captures, "--out", rows, *kinds, "--no-progress",
        "--label-pattern", "{day}/{kernel}/{host}/{guest}/{kind}-{run}.*").stderr.strip())
    print(f"     {options.captures / (time.monotonic() - start):,.0f} captures/s")
    fleet_rows.write_parquet(rows, parquet, ["label_kernel"])
    compare(rows, parquet, known, cut)
    database = questions.connect(parquet)
    for name, sql in questions.questions().items():
        start = time.monotonic()
        count = len(database.execute(sql).fetchall())
        print(f"     {name}: {count:,} rows in {time.monotonic() - start:.3f} s")
    with open(options.out + "/report.html", "w") as file:
        file.write(report.page(database, "gicscope fleet demo"))
    print(f"\nreport: {options.out}/report.html")


if __name__ == "__main__":
    main()
