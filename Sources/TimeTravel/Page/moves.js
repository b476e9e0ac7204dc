// Asking, moving, the address.
'use strict';
const $ = id => document.getElementById(id);
let trace = null, moment = null, chosen = null;

async function ask(path) {
  const reply = await fetch(path).catch(() => {
    throw new Error('The server is gone: gicscope serve has ended. Start it again, then reload this page.');
  });
  const body = await reply.json().catch(() => { throw new Error(`The server's answer is no JSON (status ${reply.status}).`); });
  if (!reply.ok) throw new Error(body.error || reply.status);
  return body;
}
// What a search is restricted to; a filter that is no number is said, and not left out.
function filters() {
  let all = '', wrong = null;
  for (const [id, name] of [['irq', 'INTID'], ['pe', 'PE']]) {
    const text = $(id).value.trim(), isGood = /^\d*$/.test(text) && Number(text) < 2 ** 32;
    $(id).setAttribute('aria-invalid', String(!isGood));
    if (!isGood) wrong ??= `${name} “${text}” is not a number below 2³²: correct the field, or empty it.`;
    if (text) all += `&${id}=${text}`;
  }
  if (wrong) throw new Error(wrong);
  return all;
}
const say = text => { $('now').textContent = text; };

// One question at a time: while the slider moves, only the last place that was wanted is asked for next.
let isAsking = false, wanted = null;
async function show(event, how = {}) {
  if (isAsking) { wanted = [event, how]; return; }
  isAsking = true;
  try {
    const since = moment ? '&since=' + moment.event : '';
    const reply = await ask(`/api/at?event=${event}${since}`);
    if (reply) {
      moment = reply;
      $('slider').value = moment.event;
      if (how.isPlace) history.pushState(null, '', address(moment.event, chosen));
      else if (!how.keepsAddress) history.replaceState(null, '', address(moment.event, chosen));
      drawMoment();
      drawDensity();
      if (chosen) await explain(chosen.intid, chosen.pe, chosen.domain);
    }
  } catch (error) { say(error.message); }
  isAsking = false;
  if (wanted) {
    const [next, way] = wanted;
    wanted = null;
    await show(next, way);
  }
}

// Moves that come while another is on its way wait for it, each from where the one before it led; only the place where the
// last one leads is shown.
const moves = [];
let isMoving = false;
async function move(next) {
  moves.push(next);
  if (isMoving) return;
  isMoving = true;
  let at = moment.event;
  try {
    while (moves.length) {
      const found = await moves.shift()(at);
      if (!found) continue;
      at = found.event;
      if (!moves.length) await show(at, found.how);
    }
    if (at !== moment.event && !isAsking) await show(at);
  } finally {
    moves.length = 0;
    isMoving = false;
  }
}
const step = back => move(async at => {
  const { event } = await ask(`/api/step?event=${at}${back ? '&back=1' : ''}`);
  return event === null ? null : { event, how: {} };
});
const find = (what, back) => move(async at => {
  if (what === 'finding') return findFinding(at, back);
  const restriction = filters();
  say('Looking …');
  const { event } = await ask(`/api/find?event=${at}&what=${what}${restriction}${back ? '&back=1' : ''}`);
  if (event !== null) return { event, how: { isPlace: true } };
  say(`There is no ${back ? 'earlier' : 'later'} ${what.replace('-', ' ')}${restriction ? ' of that INTID or PE' : ''}.`);
  return null;
});
function findFinding(at, back) {
  const all = trace.findings.filter(f => Number.isInteger(f.first_event)).sort((a, b) => a.first_event - b.first_event);
  const place = back ? all.filter(f => f.first_event < at).pop() : all.find(f => f.first_event > at);
  if (!place) { say(`There is no ${back ? 'earlier' : 'later'} finding.`); return null; }
  chosen = ofFinding(place);
  return { event: place.first_event, how: { isPlace: true } };
}
// Ladders are of physical interrupts, and of those that a hypervisor keeps for its guests.
const ofFinding = f => Number.isInteger(f.intid) && !f.virtual ? { intid: f.intid, pe: f.pe ?? null, domain: f.domain } : null;

// The address names the moment, and the interrupt that is explained.
function address(event, interrupt) {
  const why = interrupt ? `&irq=${interrupt.intid}` + (interrupt.pe === null ? '' : `&pe=${interrupt.pe}`)
    + (interrupt.domain ? `&domain=${interrupt.domain}` : '') : '';
  return `#event=${event}${why}`;
}
function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const number = name => /^\d+$/.test(parts.get(name) || '') ? Number(parts.get(name)) : null;
  chosen = number('irq') === null ? null : { intid: number('irq'), pe: number('pe'), domain: number('domain') ?? 0 };
  return number('event');
}
async function explain(intid, pe, domain) {
  chosen = { intid, pe, domain };
  history.replaceState(null, '', address(moment.event, chosen));
  const event = moment.event;
  const reply = await ask(`/api/why?event=${event}&irq=${intid}${pe === null ? '' : '&pe=' + pe}${domain ? '&domain=' + domain : ''}`);
  if (event === moment.event && chosen && chosen.intid === intid) drawWhy(reply.why, chosen);
}

async function begin() {
  trace = await ask('/api/trace');
  document.title = 'gicscope: ' + trace.trace.path.split('/').pop();
  $('path').textContent = trace.trace.path;
  $('controller').textContent = trace.controller + ', ' + trace.trace.events.toLocaleString('en') + ' events';
  $('slider').max = Math.max(0, trace.trace.events - 1);
  $('findingPair').hidden = !trace.findings.length;
  for (const name of trace.searches) {
    if (name === 'acknowledge') continue;
    const option = document.createElement('option');
    option.value = name;
    option.textContent = name === 'its' ? 'ITS' : name === 'any' ? 'anything' : name.replace('-', ' ');
    $('what').append(option);
  }
  drawFindings();
  if (!trace.trace.events) { say('There are no events in this capture.'); return; }
  drawScale();
  await show(readAddress() ?? 0);
  document.documentElement.dataset.ready = 'yes';
}

const told = promise => promise.catch(error => say(error.message));
$('previous').onclick = () => told(step(true));
$('next').onclick = () => told(step(false));
for (const button of document.querySelectorAll('[data-find]')) {
  button.onclick = () => told(find(button.dataset.find, 'back' in button.dataset));
}
$('findBack').onclick = () => told(find($('what').value, true));
$('findNext').onclick = () => told(find($('what').value, false));
$('slider').oninput = () => show(Number($('slider').value));
$('go').onsubmit = submission => {
  submission.preventDefault();
  told(ask('/api/place?place=' + encodeURIComponent($('place').value.trim())).then(reply => show(reply.event, { isPlace: true })));
};
addEventListener('hashchange', () => {
  const event = readAddress();
  if (!chosen) $('whySection').hidden = true;
  if (event !== null) show(event, { keepsAddress: true });
});
addEventListener('resize', () => moment && drawDensity());
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => moment && drawDensity());
addEventListener('keydown', key => {
  if (!moment || key.ctrlKey || key.altKey || key.metaKey) return;
  if (key.target.matches('input:not([type=range]), select')) {
    if (key.key === 'Escape') key.target.blur();
    if (key.key === 'Enter' && key.target.matches('#irq, #pe, #what')) told(find($('what').value, key.shiftKey));
    return;
  }
  const back = key.key === 'ArrowLeft' || /^[A-Z]$/.test(key.key);
  const action = {
    arrowleft: () => key.shiftKey ? find($('what').value, back) : step(back),
    arrowright: () => key.shiftKey ? find($('what').value, back) : step(back),
    a: () => find('acknowledge', back), f: () => find('finding', back), '/': async () => $('what').focus(),
  }[key.key.toLowerCase()];
  if (!action) return;
  key.preventDefault();
  told(action());
});
