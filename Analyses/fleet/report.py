"""One HTML page about a fleet: report.py PARQUET report.html"""

import argparse
import html
import math
import os

import questions

HERE = os.path.dirname(os.path.abspath(__file__))
# The look of the report about one capture.
PAGES = os.path.join(HERE, "../../Sources/Reports/HTML")
# Captures that share a column of the heat map, so that it has at most so many.
COLUMNS = 120


def duration(ns):
    """`1.50 ms`"""
    for factor, unit in [(1e9, "s"), (1e6, "ms"), (1e3, "µs")]:
        if ns >= factor:
            return f"{ns / factor:.3g} {unit}"
    return f"{ns} ns"


def cell(name, value):
    if value is None:
        return "<td></td>"
    if name.endswith("_ns"):
        return f'<td class="n">{duration(value)}</td>'
    if isinstance(value, bool):
        return f"<td>{'yes' if value else 'no'}</td>"
    if isinstance(value, (int, float)):
        return f'<td class="n">{value:,}</td>'
    return f"<td>{html.escape(str(value))}</td>"


def table(names, rows):
    head = "".join(f"<th>{html.escape(name.removesuffix('_ns').replace('_', ' '))}</th>" for name in names)
    body = "".join("<tr>" + "".join(cell(n, v) for n, v in zip(names, row)) + "</tr>\n" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def answer(database, name, limit=60):
    """A question's answer as a section."""
    sql = questions.questions()[name]
    names, rows = questions.ask(database, sql)
    more = f'<p class="faint">and {len(rows) - limit:,} more: questions.py shows all</p>' if len(rows) > limit else ""
    body = table(names, rows[:limit]) + more if rows else '<p class="faint">none</p>'
    title = name.replace("-", " ").capitalize()
    return section(name, title, f'<p class="faint">{html.escape(questions.sentence(sql))}</p>{body}')


def section(id_, title, body):
    return f'<section id="{id_}" aria-labelledby="{id_}-title"><h2 id="{id_}-title">{title}</h2>\n{body}\n</section>\n'


def heat_map(database):
    """Latencies over the captures, in the order of their names: the darker, the larger its share of a column."""
    _, rows = questions.ask(database, f"""
      WITH numbered AS (SELECT capture, row_number() OVER (ORDER BY capture) - 1 AS n,
                          count(*) OVER () AS captures FROM summary)
      SELECT CAST(floor(n * least({COLUMNS}, captures) / captures) AS INTEGER) AS place,
        CAST(floor(log2(greatest(upper_ns, 1))) AS INTEGER) AS magnitude, CAST(sum(samples) AS BIGINT) AS samples,
        min(b.capture) AS first
      FROM buckets b JOIN numbered USING (capture)
      WHERE stage = 'injection_to_eoi' AND NOT virtual
      GROUP BY ALL ORDER BY ALL""")
    if not rows:
        return ""
    totals, first = {}, {}
    for place, _, samples, capture in rows:
        totals[place] = totals.get(place, 0) + samples
        first[place] = min(first.get(place, capture), capture)
    low, high = min(row[1] for row in rows), max(row[1] for row in rows)
    width, height, left = 7.0, 14.0, 70
    columns = max(totals) + 1
    cells = []
    for place, magnitude, samples, _ in rows:
        share = samples / totals[place]
        tip = f"{first[place]}: {samples:,} from {duration(2 ** magnitude)} to {duration(2 ** (magnitude + 1))}"
        cells.append(
            f'<rect class="cell" x="{left + place * width:.1f}" y="{(high - magnitude) * height:.1f}" '
            f'width="{width - 0.5}" height="{height - 1}" opacity="{max(0.06, math.sqrt(share)):.2f}">'
            f"<title>{html.escape(tip)}</title></rect>")
    ticks = [
        f'<text class="tick" x="{left - 6}" y="{(high - m) * height + 11}" text-anchor="end">{duration(2 ** m)}</text>'
        for m in range(low, high + 1, 2)]
    size = (left + columns * width + 4, (high - low + 1) * height + 4)
    picture = (
        f'<svg class="wide" viewBox="0 0 {size[0]:.0f} {size[1]:.0f}" role="img" '
        f'aria-label="Latencies over the captures of the fleet">{"".join(ticks)}{"".join(cells)}</svg>')
    return section(
        "over-captures", "Latency over the captures",
        '<p class="faint">From becoming pending to the end, physical interrupts; captures from the left in the order '
        f'of their names, which holds the time where names begin with it.</p><div class="picture">{picture}</div>')


def outliers(database):
    """The captures with the slowest interrupts, each with the command that opens it."""
    _, rows = questions.ask(database, questions.questions()["worst-captures"])
    lines = [
        f"<li>{html.escape(row[0])}, {row[3]}: p99 {duration(row[5])}, max {duration(row[6])}<br>"
        f"<code>gicscope serve {html.escape(shell(row[0]))}</code></li>" for row in rows]
    return section("outliers", "Outliers", f"<ol>{''.join(lines)}</ol>") if lines else ""


def shell(word):
    """A word as a shell reads it."""
    safe = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_")
    return word if word and set(word) <= safe else "'" + word.replace("'", "'\"'\"'") + "'"


def style():
    with open(PAGES + "/HTMLStyle.swift") as base, open(PAGES + "/Page/report.css") as more:
        return base.read().split('"""')[1] + more.read()


def page(database, title):
    _, [(captures, events, errors, findings)] = questions.ask(database, """
      SELECT count(*), CAST(sum(events) AS BIGINT), count(error),
        CAST(sum(findings_error + findings_warning) AS BIGINT) FROM summary""")
    tiles = [(captures, "captures"), (events or 0, "events"), (errors, "captures with an error"),
             (findings or 0, "findings")]
    shown = "".join(f'<div class="tile"><b>{value:,}</b><span>{name}</span></div>' for value, name in tiles)
    sections = (
        heat_map(database) + answer(database, "regressions") + answer(database, "latency-by-kernel")
        + answer(database, "findings-by-host") + outliers(database) + answer(database, "list-register-pressure")
        + answer(database, "damaged-captures"))
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>gicscope fleet: {html.escape(title)}</title>
<style>
{style()}
</style></head>
<body><header><h1>{html.escape(title)}</h1></header>
<main><section id="summary" aria-label="Summary"><div class="tiles">{shown}</div></section>
{sections}</main></body></html>
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parquet")
    parser.add_argument("html")
    arguments = parser.parse_args()
    text = page(questions.connect(arguments.parquet), arguments.parquet)
    scratch = arguments.html + ".new"
    with open(scratch, "w") as file:
        file.write(text)
    os.replace(scratch, arguments.html)
    print(arguments.html)


if __name__ == "__main__":
    main()
