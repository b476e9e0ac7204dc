// What followed and changed, the ladder, the findings.
function drawMoment() {
  const link = eventLink(moment.event);
  link.title = 'A link to this moment';
  replace('now', link, ` · ${time(moment.time_ns)} · ${moment.text.replace(/^#\d+\s+[\d.]+\s+/, '').replace(/\s{2,}/g, ' ')}`);
  replace('transitions', moment.transitions.length
    ? table(['', '', 'PE', ''], moment.transitions.map(t => [
        interrupt(t.intid, t.pe, undefined, t.domain), t.kind, t.pe === null ? '' : t.pe,
        [t.detail, t.provenance === 'derived' ? '' : t.provenance].filter(Boolean).join('; ')]), 'wide')
    : make('p', 'Nothing.', 'faint'));
  replace('changes', ...changes(moment.changes));
  const isFar = moment.since !== null && moment.since !== moment.event
    && JSON.stringify(moment.differences) !== JSON.stringify(moment.changes);
  $('sinceSection').hidden = !isFar;
  if (isFar) {
    $('sinceTitle').textContent = `What is different from #${moment.since}, where you were (${moment.differences.length})`;
    replace('differences', ...changes(moment.differences));
  }
  drawController();
  drawGuests();
  drawRunning();
}
function changes(list) {
  if (!list.length) return [make('p', 'Nothing that the state shows.', 'faint')];
  const result = [table(['', 'before', 'after'], list.slice(0, 200).map(c => {
    const show = /\.priority$/.test(c.path) ? hex : plain;
    return [where(c.path), show(c.before), show(c.after)];
  }), 'wide')];
  if (list.length > 200) result.push(make('p', `and ${list.length - 200} more`, 'faint'));
  return result;
}

const marks = { holds: 'yes', broken: 'NO', unknown: '?', open: '–' };
const meanings = { holds: 'it holds', broken: 'it does not hold', unknown: 'the capture does not show it', open: 'it does not come into question' };
function drawWhy(ladders, { intid, pe, domain }) {
  $('whySection').hidden = false;
  $('whyTitle').textContent = `Why ${classOf(intid)} ${intid}` + (domain ? ` of guest ${domain}` : '') + (pe === null ? '' : ` on ${domain ? 'vCPU' : 'PE'} ${pe}`) + ` is, or is not, delivered at #${moment.event}`;
  const close = make('button', 'Close', 'close');
  close.onclick = () => {
    chosen = null;
    $('whySection').hidden = true;
    history.replaceState(null, '', address(moment.event, null));
  };
  replace('why', close, ...ladders.flatMap(ladder => drawLadder(ladder, ladders.length > 1)));
}
function drawLadder(ladder, isOneOfMany) {
  const interrupt = { intid: ladder.intid, pe: ladder.pe, domain: ladder.domain };
  const parts = [make('p', ladder.conclusion, 'conclusion')];
  if (isOneOfMany) parts.unshift(make('h3', (ladder.domain ? 'vCPU ' : 'PE ') + ladder.pe));
  if (ladder.first_broken) parts.push(make('p', 'First condition that does not hold: ' + ladder.first_broken.replace('-', ' '), 'broken'));
  parts.push(table(['', 'condition', 'how it stands', 'since'], ladder.rungs.map(r => {
    const mark = make('span', marks[r.state], 'mark ' + r.state);
    mark.title = meanings[r.state];
    const since = make('span');
    if (r.event !== null) since.append(eventLink(r.event, interrupt), r.since_ns === null ? '' : ' · ' + time(r.since_ns));
    const cells = [mark, r.name.replace('-', ' '), r.text, since];
    if (r.name === ladder.first_broken) cells.className = 'first';
    return cells;
  }), 'ladder'));
  return parts;
}

function drawFindings() {
  $('findingSection').hidden = !trace.findings.length;
  replace('findings', ...trace.findings.slice(0, 200).map((f, n) => {
    const line = make('p', null, 'finding');
    const link = eventLink(f.first_event, ofFinding(f));
    line.append(make('span', f.severity, 'severity ' + f.severity), ' ', f.summary, ' ', make('span', '(' + f.kind
      + (f.count > 1 ? `, ${f.count.toLocaleString('en')} times` : '') + ') ', 'faint'), link);
    const all = make('div');
    all.append(line, chain(f, n));
    return all;
  }));
  if (trace.findings.length > 200) $('findings').append(make('p', `and ${trace.findings.length - 200} more`, 'faint'));
}

// Why it is so: each condition leads to the event that made it so.
function chain(f, n) {
  const list = make('ol');
  for (const condition of f.chain) {
    const item = make('li', condition.text);
    if (condition.event !== null) item.append(' ', eventLink(condition.event, ofFinding(f)));
    list.append(item);
  }
  const parts = [list];
  if (f.next) parts.push(make('p', 'Next: ' + f.next));
  const more = openable('finding ' + n, 'why', ...parts);
  more.querySelector('summary').setAttribute('aria-label', 'why: ' + f.summary);
  return more;
}

function drawScale() {
  const { events, first_ns, last_ns } = trace.trace;
  const moment = ns => ns === null || ns === undefined ? '' : ` · ${+(ns / 1e9).toPrecision(4)} s`;
  $('from').textContent = '#0' + moment(first_ns);
  $('marks').textContent = 'acknowledges' + (trace.findings.length ? ', findings in red' : '');
  $('to').textContent = `#${events - 1}` + moment(last_ns);
}
function drawDensity() {
  const canvas = $('density'), scale = devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * scale; canvas.height = 40 * scale;
  const paint = canvas.getContext('2d'), style = getComputedStyle(document.documentElement);
  const { width, counts } = trace.density, total = Math.max(1, trace.trace.events);
  const top = Math.max(1, ...counts);
  paint.fillStyle = style.getPropertyValue('--bars');
  counts.forEach((count, i) => {
    if (!count) return;
    const x = i * width / total * canvas.width, height = Math.max(2, count / top * canvas.height);
    paint.fillRect(x, canvas.height - height, Math.max(1, width / total * canvas.width - 0.5), height);
  });
  paint.fillStyle = style.getPropertyValue('--bad');
  for (const f of trace.findings.slice(0, 500)) paint.fillRect(f.first_event / total * canvas.width - scale, 0, 2 * scale, 10 * scale);
  paint.fillStyle = style.getPropertyValue('--accent');
  paint.fillRect(moment.event / total * canvas.width - scale, 0, 2 * scale, canvas.height);
}
