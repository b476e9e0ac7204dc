'use strict';
(() => {
const root = document.documentElement, $ = id => document.getElementById(id);
root.classList.add('scripted');

// Light or dark: as the system has it, unless the reader chooses.
const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = () => root.dataset.theme || (dark.matches ? 'dark' : 'light');
$('theme').onclick = () => { root.dataset.theme = theme() === 'dark' ? 'light' : 'dark'; redraw(); };
dark.addEventListener('change', () => redraw());

// Tables that sort by a column and filter by a word.
for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.textContent = '';
    head.append(button);
    button.onclick = () => {
      const down = head.getAttribute('aria-sort') !== 'descending';
      for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const key = row => { const cell = row.cells[column]; return cell.dataset.value ?? cell.textContent; };
      const rows = [...body.rows].sort((a, b) => {
        const x = key(a), y = key(b), n = parseFloat(x) - parseFloat(y);
        return Number.isNaN(n) ? x.localeCompare(y) : n;
      });
      body.append(...(down ? rows.reverse() : rows));
    };
  });
  const filter = document.createElement('input');
  filter.className = 'filter';
  filter.type = 'search';
  filter.placeholder = 'Filter: 27, LPI, …';
  filter.setAttribute('aria-label', 'Filter the table');
  filter.oninput = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of body.rows) {
      const cells = [...row.cells].map(cell => cell.textContent.toLowerCase());
      row.hidden = !words.every(word => cells.some(cell => /^\d+$/.test(word) ? cell === word : cell.includes(word)));
    }
  };
  table.closest('.scroll').before(filter);
}

const canvas = $('bars');
let redraw = () => {};
if (!canvas) return;

// The lives: columns of 32-bit numbers, deflated. See TimelineEncoding.
const facts = JSON.parse($('lives').dataset.facts);
const columns = ['start', 'wait', 'run', 'active', 'intid', 'pe', 'event', 'flags'];
const outcomes = ['ended', 'withdrawn', 'acknowledged again', 'pending at the end', 'active at the end'];
const names = ['SGI', 'PPI', 'SPI', 'LPI'];
const LISTED = 1 << 16, WAITS = 1 << 17, RUNS = 1 << 18;

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
  const rows = facts.pes.map(pe => ({ pe, lives: [], reach: [] }));
  const byPE = new Map(rows.map((row, i) => [row.pe.number, i]));
  for (let i = 0; i < facts.count; i++) {
    const row = rows[byPE.get(data.pe[i])];
    if (!row) continue;
    row.lives.push(i);
    const end = data.start[i] + data.wait[i] + Math.max(data.run[i], data.active[i]);
    row.reach.push(Math.max(end, row.reach.length ? row.reach[row.reach.length - 1] : 0));
  }
  const ROW = facts.lists ? 34 : 24, TOP = 22, LEFT = 64, span = Math.max(1, facts.length);
  let from = 0, to = span, chosen = -1, only = null, waiting = false;

  const color = name => getComputedStyle(root).getPropertyValue('--' + name).trim();
  const duration = ns => ns < 1e3 ? ns + ' ns' : ns < 1e6 ? +(ns / 1e3).toPrecision(4) + ' µs'
    : ns < 1e9 ? +(ns / 1e6).toPrecision(4) + ' ms' : +(ns / 1e9).toPrecision(4) + ' s';

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
    g.font = '11px system-ui, sans-serif';
    g.textBaseline = 'middle';
    // Ticks at round times: 1, 2, 2.5 or 5 of a power of ten apart, as many as there is room for.
    const ns = t => facts.start + t * facts.tick, room = Math.max(2, Math.floor((width - LEFT) / 90));
    const least = (to - from) * facts.tick / room, power = 10 ** Math.floor(Math.log10(least));
    const step = power * [1, 2, 2.5, 5, 10].find(n => n * power >= least);
    const digits = Math.min(9, Math.max(0, -Math.floor(Math.log10(power / 1e9) + 1e-9) + (step === 2.5 * power)));
    for (let n = Math.ceil(ns(from) / step); n * step <= ns(to); n++) {
      const at = Math.round(x((n * step - facts.start) / facts.tick)) + .5;
      g.strokeStyle = line;
      g.beginPath(); g.moveTo(at, TOP - 4); g.lineTo(at, height); g.stroke();
      g.fillStyle = faint;
      g.textAlign = at < LEFT + 30 ? 'left' : at > width - 34 ? 'right' : 'center';
      g.fillText((n * step / 1e9).toFixed(digits) + ' s', at, 9);
    }
    g.save();
    rows.forEach((row, n) => {
      const y = TOP + n * ROW;
      g.fillStyle = faint;
      g.textAlign = 'right';
      g.fillText('PE ' + row.pe.name, LEFT - 6, y + ROW / 2);
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
        if (flags & LISTED) {
          if (c > drawn[kind][2] + .5) {
            g.globalAlpha = .35; g.fillRect(a, y + 23, Math.max(c - a, .8), 8);
            g.globalAlpha = 1; if (flags & RUNS) g.fillRect(b, y + 23, Math.max(c - b, .8), 8);
            drawn[kind][2] = c;
          }
          continue;
        }
        if (flags & WAITS && b > drawn[kind][0] + .5) {
          g.globalAlpha = .45; g.fillRect(a, y + 4, Math.max(b - a, .8), 4); g.globalAlpha = 1;
          drawn[kind][0] = b;
        }
        if (flags & RUNS && c > drawn[kind][1] + .5) {
          g.fillRect(b, y + 10, Math.max(c - b, .8), 9);
          drawn[kind][1] = c;
        }
      }
    });
    if (chosen >= 0) {
      const n = byPE.get(data.pe[chosen]), start = data.start[chosen];
      const a = x(start), c = x(start + data.wait[chosen] + data.run[chosen]);
      g.strokeStyle = ink; g.lineWidth = 1.5;
      g.strokeRect(a - 2, TOP + n * ROW + 1.5, Math.max(c - a, 1) + 4, ROW - 4);
      g.lineWidth = 1;
    }
    g.restore();
  }
  redraw = () => { if (!waiting) { waiting = true; requestAnimationFrame(draw); } };

  function view(a, b) {
    const least = Math.max(2, Math.min(20, span));
    let width = Math.min(Math.max(b - a, least), span);
    from = Math.max(0, Math.min(a, span - width));
    to = from + width;
    redraw();
  }
  const zoom = (factor, at) => view(at - (at - from) * factor, at + (to - at) * factor);

  function describe(i) {
    const flags = data.flags[i], wait = data.wait[i] * facts.tick, run = data.run[i] * facts.tick;
    const parts = [names[flags & 3] + ' ' + data.intid[i], 'PE ' + rows[byPE.get(data.pe[i])].pe.name,
      'from ' + ((facts.start + data.start[i] * facts.tick) / 1e9).toFixed(9) + ' s', 'event #' + data.event[i]];
    if (flags & LISTED) parts.push('in list register ' + (flags >> 8 & 63) + ' for ' + duration(wait + run));
    else {
      if (flags & WAITS) parts.push('pending ' + duration(wait));
      if (flags & RUNS) parts.push('acknowledged to end ' + duration(run));
      if (data.active[i]) parts.push('to deactivation ' + duration(data.active[i] * facts.tick));
      parts.push('priority ' + (flags >> 8 & 255), outcomes[flags >> 2 & 7]);
    }
    return parts.join(' · ');
  }
  function choose(i, follow) {
    chosen = i;
    $('chosen').textContent = i < 0 ? 'Nothing chosen: click on a bar.' : describe(i);
    if (i >= 0 && follow) {
      const length = Math.max(data.wait[i] + Math.max(data.run[i], data.active[i]), 10), middle = data.start[i] + length / 2;
      if (data.start[i] < from || data.start[i] + length > to || length < (to - from) / 400) view(middle - length * 4, middle + length * 4);
      history.replaceState(null, '', '#e=' + data.event[i]);
    }
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
    const near = 3 / scale, inLists = facts.lists && (py - TOP) % ROW > 21;
    let best = -1, least = Infinity;
    for (let k = first(row, t - near); k < row.lives.length; k++) {
      const i = row.lives[k], start = data.start[i], end = start + data.wait[i] + data.run[i];
      if (start > t + near) break;
      if (end < t - near || (only !== null && data.intid[i] !== only) || !!(data.flags[i] & LISTED) !== !!inLists) continue;
      if (end - start < least) { least = end - start; best = i; }
    }
    return best;
  }

  const actions = {
    earlier: () => view(from - (to - from) / 3, to - (to - from) / 3), later: () => view(from + (to - from) / 3, to + (to - from) / 3),
    in: () => zoom(.5, (from + to) / 2), out: () => zoom(2, (from + to) / 2), all: () => view(0, span),
    previous: () => step(-1), next: () => step(1),
  };
  for (const button of document.querySelectorAll('.tools button')) button.onclick = actions[button.dataset.do];
  const keys = { ArrowLeft: 'earlier', ArrowRight: 'later', '+': 'in', '=': 'in', '-': 'out', Home: 'all', n: 'next', p: 'previous' };
  canvas.onkeydown = event => {
    const action = keys[event.key];
    if (action) { actions[action](); event.preventDefault(); }
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
  $('only').oninput = event => { const text = event.target.value.trim(); only = /^\d+$/.test(text) ? +text : null; redraw(); };

  // Links to moments: findings, the worst interrupts, the address bar.
  function go(link) {
    const ticks = ns => (Number(ns) - facts.start) / facts.tick;
    const a = ticks(link.dataset.time), b = ticks(link.dataset.last || link.dataset.time);
    const intid = link.dataset.intid ? +link.dataset.intid : null, pe = link.dataset.pe ? +link.dataset.pe : null;
    const event = link.dataset.event ? +link.dataset.event : null;
    let best = -1, distance = Infinity;
    for (let i = 0; i < facts.count; i++) {
      if (event !== null && data.event[i] === event) { best = i; break; }
      if ((intid !== null && data.intid[i] !== intid) || (pe !== null && data.pe[i] !== pe)) continue;
      const d = Math.abs(data.start[i] - a);
      if (d < distance) { distance = d; best = i; }
    }
    const width = Math.max(b - a, 1000) * 1.5;
    view((a + b) / 2 - width / 2, (a + b) / 2 + width / 2);
    if (best >= 0) choose(best, event !== null || intid !== null);
    $('timeline').scrollIntoView({ block: 'start' });
    canvas.focus({ preventScroll: true });
  }
  for (const link of document.querySelectorAll('.moment')) {
    link.addEventListener('click', event => { event.preventDefault(); go(link); });
  }
  function fromAddress() {
    const event = /^#e=(\d+)$/.exec(location.hash), moment = /^#t=(\d+)$/.exec(location.hash);
    if (event) { const i = data.event.indexOf(+event[1]); if (i >= 0) choose(i, true); }
    if (moment) go({ dataset: { time: moment[1] } });
  }
  addEventListener('hashchange', fromAddress);
  addEventListener('resize', redraw);
  fromAddress();
  draw();
  // For whoever drives the page from outside.
  window.gicscope = { view: () => ({ from, to, span }), chosen: () => chosen, draw, count: facts.count, choose, facts };
  root.dataset.ready = 'yes';
});
})();
