'use strict';
(() => {
const root = document.documentElement, $ = id => document.getElementById(id);
root.classList.add('scripted');

// Light or dark: as the system has it, unless the reader chooses.
const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = () => root.dataset.theme || (dark.matches ? 'dark' : 'light');
$('theme').onclick = () => { root.dataset.theme = theme() === 'dark' ? 'light' : 'dark'; shared.change({}); redraw(); };
dark.addEventListener('change', () => redraw());

// What is too big for its place can be scrolled with the keyboard.
function reach() {
  for (const part of document.querySelectorAll('.scroll, .picture')) {
    const scrolls = part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1;
    if (!scrolls) { part.removeAttribute('tabindex'); part.removeAttribute('role'); continue; }
    part.tabIndex = 0;
    part.setAttribute('role', 'group');
    part.setAttribute('aria-label', part.querySelector('[aria-label]')?.getAttribute('aria-label') ?? 'picture');
  }
}
reach();
addEventListener('resize', reach);

const canvas = $('bars');
let redraw = () => {};
if (!canvas) return;

// The lives: columns of 32-bit numbers, deflated. See TimelineEncoding.
const facts = JSON.parse($('lives').dataset.facts);
const columns = ['start', 'wait', 'run', 'active', 'listed', 'intid', 'row', 'event', 'flags'];
const outcomes = ['ended', 'withdrawn', 'acknowledged again', 'pending at the end', 'active at the end',
  'listed again, its end not shown', 'in a list register at the end'];
const certainties = ['observed', 'derived', 'inferred', 'assumed'];
const names = ['SGI', 'PPI', 'SPI', 'LPI'];
const VIRTUAL = 1 << 16, WAITS = 1 << 17, RUNS = 1 << 18, LISTED = 1 << 19, BY_EXIT = 1 << 22;

async function load() {
  const packed = Uint8Array.from(atob($('lives').textContent), c => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  const words = new Uint32Array(await new Response(stream).arrayBuffer());
  const data = {};
  columns.forEach((name, i) => { data[name] = words.subarray(i * facts.count, (i + 1) * facts.count); });
  for (let i = 1; i < facts.count; i++) data.start[i] += data.start[i - 1];
  return data;
}

load().then(data => {
  const rows = facts.rows.map(of => ({ ...of, lives: [], reach: [] }));
  for (let i = 0; i < facts.count; i++) {
    const row = rows[data.row[i]];
    if (!row) continue;
    row.lives.push(i);
    const end = data.start[i] + data.wait[i] + Math.max(data.run[i], data.active[i]);
    row.reach.push(Math.max(end, row.reach.length ? row.reach[row.reach.length - 1] : 0));
  }
  const FONT = '11px system-ui, sans-serif', ROW = 24, TOP = 22, span = Math.max(1, facts.length);
  const measure = canvas.getContext('2d');
  measure.font = FONT;
  const LEFT = Math.max(64, 12 + Math.ceil(Math.max(...rows.map(row => measure.measureText(row.name).width))));
  let from = 0, to = span, chosen = -1, only = null, waiting = false, marked = null;

  const ticks = ns => (Number(ns) - facts.start) / facts.tick;
  const color = name => getComputedStyle(root).getPropertyValue('--' + name).trim();
  const duration = shared.duration;

  function first(row, t) {            // the first life whose predecessors have all ended before t
    let low = 0, high = row.reach.length;
    while (low < high) { const middle = (low + high) >> 1; if (row.reach[middle] < t) low = middle + 1; else high = middle; }
    return low;
  }

  function draw() {
    waiting = false;
    const ratio = devicePixelRatio || 1, width = canvas.clientWidth, height = TOP + rows.length * ROW + 4;
    canvas.style.height = height + 'px';
    if (canvas.width !== width * ratio || canvas.height !== height * ratio) { canvas.width = width * ratio; canvas.height = height * ratio; }
    const g = canvas.getContext('2d');
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    const scale = (width - LEFT - 4) / (to - from), x = t => LEFT + (t - from) * scale;
    const ink = color('ink'), faint = color('faint'), line = color('line'), colors = names.map(color);
    g.font = FONT;
    g.textBaseline = 'middle';
    const ns = t => facts.start + t * facts.tick;
    for (const { time, name } of shared.ticks(ns(from), ns(to), Math.max(2, Math.floor((width - LEFT) / 90)))) {
      const at = Math.round(x(ticks(time))) + .5;
      g.strokeStyle = line;
      g.beginPath(); g.moveTo(at, TOP - 4); g.lineTo(at, height); g.stroke();
      g.fillStyle = faint;
      g.textAlign = at < LEFT + 30 ? 'left' : at > width - 34 ? 'right' : 'center';
      g.fillText(name, at, 9);
    }
    g.save();
    rows.forEach((row, n) => {
      const y = TOP + n * ROW;
      g.fillStyle = faint;
      g.textAlign = 'right';
      g.fillText(row.name, LEFT - 6, y + ROW / 2);
      g.strokeStyle = line;
      g.beginPath(); g.moveTo(LEFT, y + ROW - .5); g.lineTo(width, y + ROW - .5); g.stroke();
    });
    g.beginPath(); g.rect(LEFT, TOP - 4, width - LEFT, height); g.clip();
    rows.forEach((row, n) => {
      const y = TOP + n * ROW;
      // Bars that would fall on pixels that are drawn already are left out: what is drawn follows the width of the
      // picture and not the number of interrupts.
      const drawn = [-1, -1, -1, -1].map(() => [-1, -1, -1]);
      for (let k = first(row, from); k < row.lives.length; k++) {
        const i = row.lives[k], start = data.start[i];
        if (start > to) break;
        if (only !== null && data.intid[i] !== only) continue;
        const flags = data.flags[i], kind = flags & 3;
        const a = x(start), b = x(start + data.wait[i]), c = x(start + data.wait[i] + data.run[i]);
        g.fillStyle = colors[kind];
        // In a list register from l on; before that, and for who never is, merely pending.
        const l = flags & LISTED ? x(start + data.listed[i]) : b;
        if (flags & LISTED && b > drawn[kind][2] + .5) {
          g.globalAlpha = (flags >> 20 & 3) === 3 && flags & BY_EXIT ? .26 : .5;
          g.fillRect(l, y + 10, Math.max(b - l, .8), 9);
          g.globalAlpha = 1;
          drawn[kind][2] = b;
        }
        if (flags & WAITS && l > a && l > drawn[kind][0] + .5 || flags & WAITS && !(flags & LISTED) && b > drawn[kind][0] + .5) {
          g.globalAlpha = .45; g.fillRect(a, y + 4, Math.max(l - a, .8), 4); g.globalAlpha = 1;
          drawn[kind][0] = l;
        }
        if (flags & RUNS && c > drawn[kind][1] + .5) {
          g.fillRect(b, y + 10, Math.max(c - b, .8), 9);
          drawn[kind][1] = c;
        }
      }
    });
    for (const [name, dash] of [['a', [5, 3]], ['b', [1.5, 3]]]) {
      if (shared.state[name] === null) continue;
      const at = Math.round(x(ticks(shared.state[name]))) + .5;
      g.strokeStyle = ink;
      g.setLineDash(dash);
      g.beginPath(); g.moveTo(at, TOP - 4); g.lineTo(at, height); g.stroke();
      g.setLineDash([]);
    }
    if (marked) {
      const at = Math.round(x(marked.at)) + .5;
      g.strokeStyle = color('bad');
      g.setLineDash([4, 3]);
      g.beginPath(); g.moveTo(at, TOP - 4); g.lineTo(at, height); g.stroke();
      g.setLineDash([]);
    }
    if (chosen >= 0 && data.row[chosen] < rows.length) {
      const n = data.row[chosen], start = data.start[chosen];
      const a = x(start), c = x(start + data.wait[chosen] + data.run[chosen]);
      g.strokeStyle = ink; g.lineWidth = 1.5;
      g.strokeRect(a - 2, TOP + n * ROW + 1.5, Math.max(c - a, 1) + 4, ROW - 4);
      g.lineWidth = 1;
    }
    g.restore();
  }
  redraw = () => { if (!waiting) { waiting = true; requestAnimationFrame(draw); } };

  function view(a, b) {
    show(a, b);
    const time = t => Math.round(facts.start + t * facts.tick);
    shared.change(from <= 0 && to >= span ? { from: null, to: null } : { from: time(from), to: time(to) }, follow);
  }
  function show(a, b) {
    const least = Math.max(2, Math.min(20, span));
    let width = Math.min(Math.max(b - a, least), span);
    from = Math.max(0, Math.min(a, span - width));
    to = from + width;
    redraw();
  }
  function follow(state) {
    if (state.from === null) show(0, span); else show(ticks(state.from), ticks(state.to));
  }
  const mark = name => {
    const at = chosen >= 0 ? data.start[chosen] : (from + to) / 2;
    shared.change({ [name]: Math.round(facts.start + at * facts.tick) });
  };
  const zoom = (factor, at) => view(at - (at - from) * factor, at + (to - at) * factor);

  function describe(i) {
    const flags = data.flags[i], wait = data.wait[i] * facts.tick, run = data.run[i] * facts.tick;
    const parts = [(flags & VIRTUAL ? 'v' : '') + names[flags & 3] + ' ' + data.intid[i], rows[data.row[i]]?.name ?? 'PE –',
      'from ' + ((facts.start + data.start[i] * facts.tick) / 1e9).toFixed(9) + ' s', 'event #' + data.event[i]];
    const listed = data.listed[i] * facts.tick;
    if (!(flags & LISTED)) { if (flags & WAITS) parts.push('pending ' + duration(wait)); }
    else {
      if (listed) parts.push('pending ' + duration(listed));
      parts.push('in a list register ' + duration(wait - listed) + (flags & BY_EXIT ? ', ended by an exit then' : ''));
    }
    if (flags & RUNS) parts.push('acknowledged to end ' + duration(run));
    if (data.active[i]) parts.push('to deactivation ' + duration(data.active[i] * facts.tick));
    const certainty = flags >> 20 & 3;
    parts.push('priority ' + (flags >> 8 & 255), outcomes[flags >> 2 & 7], certainties[certainty]
      + (certainty === 3 && flags & BY_EXIT ? ': nothing tells when it ended' : ''));
    return parts.join(' · ');
  }
  function choose(i, follow) {
    chosen = i;
    marked = null;
    $('chosen').textContent = i < 0 ? 'Nothing chosen: click on a bar.' : describe(i);
    if (i >= 0 && follow) {
      const length = Math.max(data.wait[i] + Math.max(data.run[i], data.active[i]), 10), middle = data.start[i] + length / 2;
      if (data.start[i] < from || data.start[i] + length > to || length < (to - from) / 400) view(middle - length * 4, middle + length * 4);
    }
    shared.change({ event: i >= 0 ? data.event[i] : null }, follow);
    redraw();
  }
  function step(direction) {
    let i = chosen < 0 ? (direction > 0 ? -1 : facts.count) : chosen;
    do i += direction; while (i >= 0 && i < facts.count && only !== null && data.intid[i] !== only);
    if (i >= 0 && i < facts.count) choose(i, true);
  }
  function pick(px, py) {
    const width = canvas.clientWidth, scale = (width - LEFT - 4) / (to - from), t = from + (px - LEFT) / scale;
    const row = rows[Math.floor((py - TOP) / ROW)];
    if (!row) return -1;
    const near = 3 / scale;
    let best = -1, least = Infinity;
    for (let k = first(row, t - near); k < row.lives.length; k++) {
      const i = row.lives[k], start = data.start[i], end = start + data.wait[i] + data.run[i];
      if (start > t + near) break;
      if (end < t - near || (only !== null && data.intid[i] !== only)) continue;
      if (end - start < least) { least = end - start; best = i; }
    }
    return best;
  }

  const actions = {
    earlier: () => view(from - (to - from) / 3, to - (to - from) / 3), later: () => view(from + (to - from) / 3, to + (to - from) / 3),
    in: () => zoom(.5, (from + to) / 2), out: () => zoom(2, (from + to) / 2), all: () => view(0, span),
    previous: () => step(-1), next: () => step(1), a: () => mark('a'), b: () => mark('b'),
  };
  for (const button of document.querySelectorAll('.tools button')) button.onclick = actions[button.dataset.do];
  const keys = { ArrowLeft: 'earlier', ArrowRight: 'later', '+': 'in', '=': 'in', '-': 'out', Home: 'all', n: 'next', p: 'previous', a: 'a', b: 'b' };
  canvas.onkeydown = event => {
    const action = keys[event.key];
    if (action && !event.ctrlKey && !event.metaKey && !event.altKey) { actions[action](); event.preventDefault(); }
  };
  canvas.addEventListener('wheel', event => {
    if (!event.ctrlKey && !event.shiftKey && document.activeElement !== canvas) return;   // the page scrolls
    event.preventDefault();
    const at = from + (event.offsetX - LEFT) / (canvas.clientWidth - LEFT - 4) * (to - from);
    zoom(Math.exp(event.deltaY / 300), at);
  }, { passive: false });
  let drag = null;
  canvas.onpointerdown = event => { drag = { x: event.clientX, from, to, moved: false }; canvas.setPointerCapture(event.pointerId); };
  canvas.onpointermove = event => {
    if (!drag) return;
    const dx = event.clientX - drag.x;
    if (Math.abs(dx) > 3) drag.moved = true;
    if (drag.moved) { const dt = dx / (canvas.clientWidth - LEFT - 4) * (drag.to - drag.from); view(drag.from - dt, drag.to - dt); }
  };
  canvas.onpointerup = event => {
    if (drag && !drag.moved) choose(pick(event.offsetX, event.offsetY), false);
    drag = null;
  };
  $('only').oninput = event => { const text = event.target.value.trim(); shared.change({ only: only = /^\d+$/.test(text) ? +text : null }, follow); redraw(); };

  // Links to moments: findings, the worst interrupts, the address bar.
  const lengthOf = i => data.wait[i] + Math.max(data.run[i], data.active[i]);
  // The interrupt that a link is about: by its event, else the one that was there at the moment, or is the nearest.
  function find(link, at) {
    const number = name => link.dataset[name] ? +link.dataset[name] : null;
    const event = number('event'), intid = number('intid'), pe = number('pe'), domain = number('domain');
    if (event !== null) { const i = data.event.indexOf(event); if (i >= 0) return i; }
    let best = -1, least = Infinity;
    for (let i = 0; i < facts.count; i++) {
      const row = rows[data.row[i]];
      if (!row || intid !== null && data.intid[i] !== intid || pe !== null && row.pe !== pe) continue;
      if (domain !== null && (row.domain !== domain || row.virtual !== (link.dataset.virtual === 'yes'))) continue;
      const end = data.start[i] + lengthOf(i);
      const far = at < data.start[i] ? data.start[i] - at : at > end ? at - end : 0;
      if (far < least) { least = far; best = i; }
    }
    return best;
  }
  function go(link) {
    const a = ticks(link.dataset.time), b = ticks(link.dataset.last || link.dataset.time);
    const best = find(link, a), mark = link.dataset.mark;
    // Wide enough to see the interrupt, if it is not out of all proportion.
    let [low, high] = [a, Math.max(b, a)];
    if (best >= 0 && Math.abs(data.start[best] - a) < span / 50) {
      low = Math.min(low, data.start[best]);
      high = Math.max(high, Math.min(data.start[best] + lengthOf(best), low + span / 50));
    }
    const width = Math.max((high - low) * 1.5, 1000 / facts.tick, Math.min(span, 1e5 / facts.tick));
    if (best >= 0 && !mark) choose(best, link.dataset.event || link.dataset.intid);
    else choose(mark ? best : -1, false);
    if (!link.dataset.event) view((low + high) / 2 - width / 2, (low + high) / 2 + width / 2);
    if (mark) {
      marked = { at: a, event: mark };
      $('chosen').textContent = 'Event #' + mark + ', the dashed line, ' + (a < b ? 'soon after ' : 'at ')
        + (Number(link.dataset.time) / 1e9).toFixed(9) + ' s' + (best >= 0 ? '; ' + describe(best) : '');
    }
    redraw();
    $('timeline').scrollIntoView({ block: 'start' });
    canvas.focus({ preventScroll: true });
  }
  for (const link of document.querySelectorAll('.moment')) {
    link.addEventListener('click', event => { event.preventDefault(); go(link); });
  }
  function fromAddress() {
    const parts = new URLSearchParams(location.hash.slice(1)), event = parts.get('e'), moment = /^#t=(\d+)$/.exec(location.hash);
    if (parts.has('i')) { $('only').value = parts.get('i'); only = +parts.get('i'); }
    if (event !== null) { const i = data.event.indexOf(+event); if (i >= 0) choose(i, !parts.has('w')); }
    if (shared.state.from !== null) follow(shared.state);
    if (moment) go({ dataset: { time: moment[1] } });
  }
  // On paper the picture is light too.
  addEventListener('beforeprint', () => { root.dataset.paper = ''; draw(); });
  addEventListener('afterprint', () => { delete root.dataset.paper; draw(); });
  addEventListener('hashchange', fromAddress);
  addEventListener('resize', redraw);
  shared.follow(follow);
  fromAddress();
  draw();
  // For whoever drives the page from outside.
  window.gicscope = { view: () => ({ from, to, span }), chosen: () => chosen, marked: () => marked, rows, draw, count: facts.count, choose, facts };
  root.dataset.ready = 'yes';
});
})();
