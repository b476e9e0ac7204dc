'use strict';
// One window of time for all pictures, the markers A and B, and the address that keeps them. Times in ns.
const shared = (() => {
  const whole = { from: null, to: null };
  const state = { ...whole, a: null, b: null, event: null, only: null };
  const listeners = [];
  const plots = [...document.querySelectorAll('svg.plot')].map(plot => {
    const [x, y, w, h] = plot.getAttribute('viewBox').split(' ').map(Number), picture = plot.parentNode.closest('svg');
    const times = picture.querySelector('.times');
    return { plot, picture, x, y, w, h, start: +plot.dataset.start, length: +plot.dataset.length, times, own: times.innerHTML };
  });
  const bar = document.getElementById('window');
  const seconds = ns => (ns / 1e9).toFixed(9) + ' s';
  const duration = ns => ns < 1e3 ? ns + ' ns' : ns < 1e6 ? +(ns / 1e3).toPrecision(4) + ' µs'
    : ns < 1e9 ? +(ns / 1e6).toPrecision(4) + ' ms' : +(ns / 1e9).toPrecision(4) + ' s';

  // Round times: 1, 2, 2.5 or 5 of a power of ten apart, as many as there is room for.
  function ticks(from, to, room) {
    const least = (to - from) / room, power = 10 ** Math.floor(Math.log10(least));
    const step = power * [1, 2, 2.5, 5, 10].find(n => n * power >= least);
    const digits = Math.min(9, Math.max(0, -Math.floor(Math.log10(power / 1e9) + 1e-9) + (step === 2.5 * power)));
    const all = [];
    for (let n = Math.ceil(from / step); n * step <= to; n++) all.push({ time: n * step, name: (n * step / 1e9).toFixed(digits) + ' s' });
    return all;
  }

  const svg = (name, attributes) => {
    const element = document.createElementNS(plots[0].picture.namespaceURI, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    return element;
  };
  const span = p => [state.from ?? p.start, state.to ?? p.start + p.length];

  function drawTimes(p, from, to) {
    if (state.from === null) { p.times.innerHTML = p.own; return; }
    p.times.replaceChildren(...ticks(from, to, 8).flatMap(({ time, name }) => {
      const x = p.x + (time - from) / (to - from) * p.w, foot = p.y + p.h;
      const anchor = x < p.x + 24 ? 'start' : x > p.x + p.w - 24 ? 'end' : 'middle';
      const text = svg('text', { class: 'tick', 'text-anchor': anchor, x, y: foot + 16 });
      text.textContent = name;
      return [svg('line', { class: 'grid', x1: x, x2: x, y1: foot, y2: foot + 4 }), text];
    }));
  }

  function drawPlot(p) {
    const [from, to] = span(p), at = time => p.x + (time - p.start) / p.length * p.w;
    const part = (to - from) / p.length;
    p.plot.setAttribute('viewBox', [at(from), p.y, p.w * part, p.h].join(' '));
    for (const ring of p.plot.querySelectorAll('ellipse')) ring.setAttribute('rx', ring.getAttribute('ry') * part);
    for (const old of p.plot.querySelectorAll('.marker')) old.remove();
    for (const name of ['a', 'b']) {
      if (state[name] === null) continue;
      p.plot.append(svg('line', { class: 'marker ' + name, x1: at(state[name]), x2: at(state[name]), y1: p.y, y2: p.y + p.h }));
    }
    drawTimes(p, from, to);
  }

  function say() {
    const { from, to, a, b } = state, parts = [];
    if (from !== null) parts.push(seconds(from) + ' to ' + seconds(to) + ' (' + duration(to - from) + ')');
    if (a !== null) parts.push('A ' + seconds(a));
    if (b !== null) parts.push('B ' + seconds(b));
    if (a !== null && b !== null) parts.push('B − A ' + (b < a ? '−' : '') + duration(Math.abs(b - a)));
    bar.hidden = parts.length === 0;
    bar.querySelector('span').textContent = parts.join(' · ');
  }

  // The whole view is in the address: #w=FROM-TO&a=…&b=…&e=EVENT&i=INTID.
  function remember() {
    const parts = [];
    if (state.from !== null) parts.push('w=' + Math.round(state.from) + '-' + Math.round(state.to));
    for (const [key, value] of [['a', state.a], ['b', state.b], ['e', state.event], ['i', state.only]]) {
      if (value !== null) parts.push(key + '=' + Math.round(value));
    }
    const view = document.documentElement.dataset.theme;
    if (view) parts.push('theme=' + view);
    history.replaceState(null, '', parts.length ? '#' + parts.join('&') : location.pathname + location.search);
  }
  let later = 0;
  function change(part, by) {
    Object.assign(state, part);
    for (const p of plots) drawPlot(p);
    say();
    clearTimeout(later);
    later = setTimeout(remember, 150);
    for (const listener of listeners) if (listener !== by) listener(state);
  }

  function fromAddress() {
    const parts = new URLSearchParams(location.hash.slice(1)), numbers = {}, found = /^(\d+)-(\d+)$/.exec(parts.get('w') ?? '');
    if (found && +found[1] < +found[2]) [numbers.from, numbers.to] = [+found[1], +found[2]];
    for (const [key, name] of [['a', 'a'], ['b', 'b'], ['e', 'event'], ['i', 'only']]) {
      if (/^\d+$/.test(parts.get(key) ?? '')) numbers[name] = +parts.get(key);
    }
    if (['light', 'dark'].includes(parts.get('theme'))) document.documentElement.dataset.theme = parts.get('theme');
    if (Object.keys(numbers).length) change(numbers);
  }

  // On a picture: a drag zooms, a click sets A, with Shift B, a double click shows all.
  for (const p of plots) {
    const time = event => {
      const box = p.picture.getBoundingClientRect(), [from, to] = span(p);
      const part = ((event.clientX - box.left) / box.width * p.picture.viewBox.baseVal.width - p.x) / p.w;
      return from + Math.min(1, Math.max(0, part)) * (to - from);
    };
    let drag = null;
    p.picture.addEventListener('pointerdown', event => {
      if (event.button === 0) drag = { x: event.clientX, time: time(event), touch: event.pointerType === 'touch' };
    });
    addEventListener('pointerup', event => {
      if (!drag) return;
      const far = Math.abs(event.clientX - drag.x) > 4, [from, to] = [drag.time, time(event)].sort((x, y) => x - y);
      const { touch } = drag;
      drag = null;
      if (!far) change(event.shiftKey ? { b: from } : { a: from });
      else if (!touch && to - from >= 1) change({ from, to });
    });
    addEventListener('pointercancel', () => { drag = null; });
    p.picture.addEventListener('dblclick', () => change({ ...whole, a: null, b: null }));
  }
  bar.querySelector('[data-window=all]').onclick = () => change(whole);
  bar.querySelector('[data-window=clear]').onclick = () => change({ a: null, b: null });
  addEventListener('hashchange', fromAddress);
  fromAddress();
  return { state, change, ticks, duration, follow: listener => listeners.push(listener) };
})();
