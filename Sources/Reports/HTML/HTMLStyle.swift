/// The look of the HTML report; light or dark as the reader's browser is.
public enum HTMLStyle {
  /// The style sheet.
  public static let css = """
    :root{--page:#fff;--ink:#1c2024;--faint:#5b626d;--line:#e3e6ea;--panel:#f7f8fa;--good:#1a7f4b;--bad:#c0362c;--warn:#945600;
    --link:#2b66ab;--SGI:#3a78c2;--PPI:#d08a1e;--SPI:#8a5cb8;--LPI:#2a9d78}
    @media(prefers-color-scheme:dark){:root:not([data-theme=light]){--page:#15181c;--ink:#e4e7eb;--faint:#9199a4;
    --line:#2b3037;--panel:#1c2026;--good:#4cc38a;--bad:#f2766b;--warn:#e6ab4e;--link:#6aa5ea;--SGI:#6aa5ea;--PPI:#e6ab4e;--SPI:#b48ae0;--LPI:#4fc9a2}}
    :root[data-theme=dark]{--page:#15181c;--ink:#e4e7eb;--faint:#9199a4;--line:#2b3037;--panel:#1c2026;
    --good:#4cc38a;--bad:#f2766b;--warn:#e6ab4e;--link:#6aa5ea;--SGI:#6aa5ea;--PPI:#e6ab4e;--SPI:#b48ae0;--LPI:#4fc9a2}
    *{box-sizing:border-box}
    body{margin:0 auto;padding:32px 24px 64px;max-width:1080px;background:var(--page);color:var(--ink);
    font:15px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
    h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:40px 0 8px}h3{font-size:15px;margin:24px 0 4px;font-weight:600}
    p{margin:4px 0 12px}.faint{color:var(--faint)}.good{color:var(--good)}.bad{color:var(--bad)}
    .tiles{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0}
    .tile{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:10px 16px;min-width:130px}
    .tile b{display:block;font-size:22px;font-weight:600;font-variant-numeric:tabular-nums}.tile span{color:var(--faint);font-size:13px}
    svg:not(.plot){display:block;width:100%;height:auto;margin:4px 0 8px}
    svg .grid{stroke:var(--line);stroke-width:1}svg .mark{stroke:var(--ink);stroke-width:1;opacity:.55}
    svg .tick{fill:var(--faint);font-size:11px}svg .label{fill:var(--ink);font-size:12px;font-weight:600}
    svg .SGI{fill:var(--SGI)}svg .PPI{fill:var(--PPI)}svg .SPI{fill:var(--SPI)}svg .LPI{fill:var(--LPI)}
    svg .line{fill:none;stroke-width:2}svg .line.SGI{stroke:var(--SGI)}svg .line.PPI{stroke:var(--PPI)}
    svg .line.SPI{stroke:var(--SPI)}svg .line.LPI{stroke:var(--LPI)}
    svg .line.thin{stroke-width:1.2;stroke-dasharray:5 4}svg .axis{fill:var(--faint);font-size:12px;font-style:italic}
    .legend{display:flex;gap:16px;font-size:13px}.legend i{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:6px}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px;margin:4px 0 8px}
    th{font-weight:500;color:var(--faint);text-align:left;border-bottom:1px solid var(--line)}
    th,td{padding:3px 14px 3px 0;white-space:nowrap}td.n,th.n{text-align:right}tbody tr:hover{background:var(--panel)}
    td.head{padding-top:10px;font-weight:600}
    """
}
