// Pieces of the page. All that comes from the capture is set as text, never as markup.
function make(tag, text, className) {
  const node = document.createElement(tag);
  if (text !== undefined && text !== null) node.textContent = text;
  if (className) node.className = className;
  return node;
}
// What is too big for its place can be scrolled with the keyboard.
function reach() {
  for (const part of document.querySelectorAll('.scroll')) {
    if (part.scrollWidth <= part.clientWidth + 1 && part.scrollHeight <= part.clientHeight + 1) {
      for (const name of ['tabindex', 'role', 'aria-label']) part.removeAttribute(name);
      continue;
    }
    part.tabIndex = 0;
    part.setAttribute('role', 'group');
    part.setAttribute('aria-label', 'rows');
  }
}
addEventListener('resize', reach);
document.addEventListener('toggle', reach, true);
function table(columns, rows, className) {
  const result = make('table', null, className);
  if (columns.some(Boolean)) {
    const head = make('tr');
    for (const name of columns) {
      const cell = make(name ? 'th' : 'td', name);
      if (name) cell.scope = 'col';
      head.append(cell);
    }
    result.append(head);
  }
  for (const cells of rows) {
    const row = make('tr', null, cells.className);
    for (const cell of cells) {
      const field = make('td');
      field.append(cell instanceof Node ? cell : document.createTextNode(plain(cell)));
      row.append(field);
    }
    result.append(row);
  }
  const scroll = make('div', null, 'scroll');
  scroll.append(result);
  return scroll;
}
function plain(value) {
  if (value === null || value === undefined) return '–';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (value === '?') return 'not known';
  if (Array.isArray(value)) return value.length ? value.map(plain).join(', ') : 'none';
  if (typeof value === 'object') return Object.entries(value).map(([k, v]) => title(k) + ' ' + (k === 'priority' ? hex(v) : plain(v))).join(', ');
  return String(value);
}
const hex = value => typeof value === 'number' ? '0x' + value.toString(16) : plain(value);
const replace = (id, ...nodes) => {
  $(id).replaceChildren(...nodes);
  requestAnimationFrame(reach);
};

const titles = { intid: 'INTID', pe: 'PE', device_id: 'DeviceID', event_id: 'EventID', icid: 'ICID', vpeid: 'vPEID', its: 'ITS', edge: 'edge-triggered' };
const title = name => titles[name] || (/^[a-z_]+$/.test(name) ? name.replaceAll('_', ' ') : name);
const places = { cpu_interfaces: 'CPU interface', redistributors: 'Redistributor', virtual_interfaces: 'virtual interface',
  distributor: 'Distributor', lpis: 'LPIs', list_registers: '', interrupts: '', guests: '', vcpus: '', devices: '', events: '', collections: '', its: '' };
const keys = { pe: 'PE', lr: 'LR', its: 'ITS', intid: 'INTID', device_id: 'DeviceID', event_id: 'EventID', icid: 'collection', vpeid: 'vPE', guest: 'guest', vcpu: 'vCPU' };
// A place in the state in words: "redistributors[pe 1].interrupts[intid 27].pending" is "PE 1 Redistributor › INTID 27 › pending".
function where(path) {
  return path.split(/\.(?![^[]*\])/).map(part => {
    const [, name, key, value] = /^([^[]*)(?:\[(\S+) (.+)\])?$/.exec(part) || [null, part];
    if (key === 'intid') {
      const [intid, , target] = value.split(' ');
      return `${classOf(+intid)} ${intid}` + (target && target !== '?' ? ` of vCPU ${target}` : '');
    }
    const place = name in places ? places[name] : title(name);
    return [key ? `${keys[key] || key} ${value}` : '', place].filter(Boolean).join(' ');
  }).filter(Boolean).join(' › ');
}
const classOf = intid => intid < 16 ? 'SGI' : intid < 32 ? 'PPI' : intid < 1020 ? 'SPI' : intid < 1024 ? 'special' : intid < 1056 ? 'reserved'
  : intid < 1120 ? 'PPI' : intid < 4096 ? 'reserved' : intid < 5120 ? 'SPI' : intid < 8192 ? 'reserved' : 'LPI';

// Links and buttons.
function eventLink(event, interrupt) {
  const link = make('a', '#' + event);
  link.href = address(event, interrupt === undefined ? chosen : interrupt);
  return link;
}
function interrupt(intid, pe, text, domain) {
  if (intid === null || intid === undefined) return '';
  const button = make('button', text || `${classOf(intid)} ${intid}`, 'chip');
  button.title = 'Why it is, or is not, delivered';
  button.onclick = () => told(explain(intid, pe === undefined ? null : pe, domain || 0)
    .then(() => $('whySection').scrollIntoView({ block: 'nearest' })));
  return button;
}
function time(ns) {
  const [whole, part] = [Math.floor(ns / 1e9), String(ns % 1e9).padStart(9, '0')];
  return `${whole}.${part.slice(0, 3)} ${part.slice(3, 6)} ${part.slice(6)} s`;
}
function openable(name, text, ...content) {
  const more = make('details');
  more.open = openParts.has(name);
  more.ontoggle = () => more.open ? openParts.add(name) : openParts.delete(name);
  more.append(make('summary', text), ...content);
  return more;
}
const openParts = new Set(innerWidth > 760 ? ['events'] : []);
