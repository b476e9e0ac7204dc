/// The page, whole: what it needs is in it.
enum Page {
  static let html = """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>gicscope</title><style>\(PageStyle.css)</style></head>
    <body>
    <header>
      <h1 id="path">gicscope</h1><p id="controller" class="faint"></p>
      <canvas id="density" height="40" aria-hidden="true"></canvas>
      <input id="slider" type="range" min="0" max="0" value="0" step="1" aria-label="Event">
      <nav aria-label="Moves">
        <button id="previous" title="Previous event (left arrow)">◀ event</button>
        <button id="next" title="Next event (right arrow)">event ▶</button>
        <span class="pair"><button id="findBack" title="Shift and left arrow">◀</button>
        <label><span class="hidden">What to look for</span><select id="what"></select></label>
        <button id="findNext" title="Shift and right arrow">▶</button></span>
        <label>INTID <input id="irq" inputmode="numeric" size="6" placeholder="any"></label>
        <label>PE <input id="pe" inputmode="numeric" size="4" placeholder="any"></label>
        <form id="go"><label>Go to <input id="place" size="10" placeholder="#17, 1.5s, end"></label></form>
      </nav>
      <p id="now" role="status" aria-live="polite"></p>
    </header>
    <main>
      <section class="what"><h2>What followed</h2><div id="transitions"></div></section>
      <section class="what"><h2>What changed</h2><div id="changes"></div></section>
      <section id="whySection" hidden><h2 id="whyTitle"></h2><div id="why"></div></section>
      <section id="findingSection" hidden><h2>Findings</h2><div id="findings"></div></section>
      <section><h2>Processing elements</h2><div id="elements" class="cards"></div></section>
      <section id="sharedSection"><h2>Distributor</h2><div id="distributor"></div></section>
      <section id="lpiSection" hidden><h2>LPIs</h2><div id="lpis"></div></section>
      <section id="itsSection" hidden><h2>ITS</h2><div id="its"></div></section>
    </main>
    <script>\(PageScript.moves)\(PageScript.drawing)</script>
    </body></html>

    """
}
