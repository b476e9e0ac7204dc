/// The look of the page; light or dark as the reader's browser is.
enum PageStyle {
  static let css = """
    :root{--page:#fff;--ink:#1c2024;--faint:#626a75;--line:#d9dde3;--panel:#f6f7f9;--accent:#2563b0;
    --pending:#b45309;--active:#1a7f4b;--both:#7c3aed;--bad:#c0362c;--mark:#fff3c4}
    @media(prefers-color-scheme:dark){:root{--page:#14171b;--ink:#e4e7eb;--faint:#98a1ad;--line:#2d333b;--panel:#1b1f25;
    --accent:#7ab2f4;--pending:#f0a94b;--active:#4cc38a;--both:#b794f6;--bad:#f2766b;--mark:#3a3215}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--ink);font:14px/1.45 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif}
    header{position:sticky;top:0;z-index:1;background:var(--page);border-bottom:1px solid var(--line);padding:10px 20px 6px}
    h1{font-size:16px;margin:0;overflow-wrap:anywhere}h2{font-size:14px;margin:0 0 6px}h3{font-size:13px;margin:0 0 4px}
    p{margin:2px 0}.faint{color:var(--faint)}.hidden{position:absolute;left:-9999px}
    canvas{width:100%;height:40px;display:block;margin-top:6px}
    input[type=range]{width:100%;margin:0;accent-color:var(--accent)}
    nav{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center;margin:4px 0}
    nav form{margin:0}.pair{white-space:nowrap}
    button,select,input:not([type=range]){font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);
    border-radius:6px;padding:3px 9px}
    button{cursor:pointer}button:hover{border-color:var(--accent)}
    :focus-visible{outline:2px solid var(--accent);outline-offset:1px}
    #now{font:13px/1.4 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere;min-height:2.8em}
    main{display:grid;grid-template-columns:1fr 1fr;gap:16px;padding:16px 20px 40px}
    section{grid-column:1/-1;min-width:0}section.what{grid-column:auto}
    @media(max-width:760px){main{grid-template-columns:1fr;padding:12px}section.what{grid-column:1/-1}header{padding:8px 12px}}
    table{border-collapse:collapse;font-size:13px}td,th{text-align:left;padding:1px 10px 1px 0;vertical-align:top}
    th{color:var(--faint);font-weight:400}td{font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
    .scroll{overflow-x:auto;max-height:320px;overflow-y:auto}
    .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(340px,100%),1fr));gap:12px}
    .card{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:10px 12px;min-width:0}
    .card.here{border-color:var(--accent);box-shadow:0 0 0 1px var(--accent)}
    .registers{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(170px,100%),1fr));gap:0 12px;font-size:12px;margin:4px 0}
    .registers div{display:flex;justify-content:space-between;gap:6px}.registers b{font-weight:500;overflow-wrap:anywhere;text-align:right}.registers span{white-space:nowrap}
    #changes td:first-child,#transitions td:first-child{min-width:8em}
    .changed{background:var(--mark)}
    .chips{display:flex;flex-wrap:wrap;gap:4px;margin:4px 0}
    .chip{border:1px solid var(--line);background:var(--page);border-radius:12px;padding:0 8px;font-size:12px;color:var(--faint)}
    .chip.pending{color:var(--pending);border-color:var(--pending)}.chip.active{color:var(--active);border-color:var(--active)}
    .chip.both{color:var(--both);border-color:var(--both)}
    .lrs{display:flex;flex-wrap:wrap;gap:6px;margin:4px 0}
    .lr{border:1px solid var(--line);border-radius:6px;padding:2px 8px;min-width:84px;font-size:12px;background:var(--page);color:var(--faint)}
    .lr b{display:block;color:var(--ink)}.lr.pending{border-color:var(--pending);border-width:2px}
    .lr.active{border-color:var(--active);border-width:2px}.lr.both{border-color:var(--both);border-width:2px}
    .error{color:var(--bad)}.warning{color:var(--pending)}
    details{margin:4px 0}summary{cursor:pointer;color:var(--faint)}
    """
}
