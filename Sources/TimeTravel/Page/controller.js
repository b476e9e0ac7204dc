// The controller as boxes: Distributor and ITS, then for each PE its Redistributor, CPU interface and list registers.
let changedPaths = new Set();
function drawController() {
  changedPaths = new Set([...moment.changes, ...moment.differences].map(c => c.path));
  drawShared();
  drawElements();
}
function registers(object, path) {
  const result = make('div', null, 'registers');
  for (const [name, value] of Object.entries(object)) {
    if (value !== null && typeof value === 'object' || name === 'pe' || name === 'its') continue;
    const cell = make('div', null, changedPaths.has(path + '.' + name) ? 'changed' : '');
    cell.append(make('span', title(name.replace(/_EL[123]$/, '')), 'faint'), make('b', plain(value)));
    result.append(cell);
  }
  return result;
}
const isChanged = path => [...changedPaths].some(p => p.startsWith(path));
// `pending` of an interrupt with a state is what was latched; the state also counts its line.
function stateOf(i) {
  const isPending = i.state ? i.state.includes('pending') : i.pending === true;
  const isActive = i.state ? /^active/.test(i.state) : i.active === true;
  return isActive ? (isPending ? 'both' : 'active') : isPending ? 'pending' : '';
}
const stateNames = { both: 'active and pending', active: 'active', pending: 'pending', '': 'line high' };
function chips(interrupts, pe, path) {
  const result = make('div', null, 'chips');
  for (const i of interrupts) {
    const state = stateOf(i);
    if (!state && i.level !== true) continue;
    const chip = interrupt(i.intid, pe, `${classOf(i.intid)} ${i.intid} ${stateNames[state]}`
      + (i.enabled === false ? ', disabled' : '') + `, priority ${hex(i.priority)}`);
    chip.className = 'chip ' + state + (isChanged(`${path}[intid ${i.intid}]`) ? ' changed' : '');
    result.append(chip);
  }
  return result;
}
const many = (count, name) => `${count} ${name}${count === 1 ? '' : 's'}`;
function box(name, ...content) {
  const result = make('div', null, 'box');
  result.append(make('h4', name), ...content);
  return result;
}

function drawElements() {
  const state = moment.state;
  const parts = ['redistributors', 'cpu_interfaces', 'virtual_interfaces'].filter(p => Array.isArray(state[p]));
  const numbers = [...new Set(parts.flatMap(p => state[p].map(e => e.pe)))];
  replace('elements', ...numbers.map(pe => {
    const card = make('article', null, 'card' + (pe === moment.pe ? ' here' : ''));
    card.append(make('h3', 'PE ' + pe + (pe === moment.pe ? ', where the event is' : '')));
    for (const part of parts) {
      const entry = state[part].find(e => e.pe === pe);
      if (entry) card.append(elementPart[part](entry, pe, `${part}[pe ${pe}]`));
    }
    return card;
  }));
}
const elementPart = {
  redistributors(entry, pe, path) {
    const lpis = (moment.state.lpis || []).filter(i => (i.pending_on || []).includes(pe));
    const busy = chips(entry.interrupts || [], pe, path + '.interrupts');
    busy.append(...chips(lpis, pe, 'lpis').children);
    if (!busy.children.length) busy.append(make('span', 'nothing pending or active', 'faint'));
    return box('Redistributor', busy, openable('redistributors', 'registers', registers(entry, path)));
  },
  cpu_interfaces(entry, pe, path) {
    const running = Object.entries(entry).find(([name]) => /_RPR/.test(name));
    const best = entry.highest_pending;
    const line = make('p', null, 'line' + (isChanged(path + '.highest_pending') ? ' changed' : ''));
    line.append(running && !/^0xff$/i.test(running[1]) && running[1] !== '?' ? `runs at priority ${running[1]}; ` : 'nothing runs; ');
    if (best) line.append('highest pending: ', interrupt(best.intid, pe), `, priority ${hex(best.priority)}`);
    else line.append('nothing to signal');
    const parts = [line];
    if (Array.isArray(entry.interrupts)) parts.push(chips(entry.interrupts, pe, path + '.interrupts'));
    return box('CPU interface', ...parts, registers(entry, path));
  },
  virtual_interfaces(entry, pe, path) {
    const lists = make('div', null, 'lrs');
    lists.append(...(entry.list_registers || []).map(l => listRegister(l, isChanged(`${path}.list_registers[lr ${l.lr}]`))));
    return box('List registers', lists, openable('virtual_interfaces', 'virtual interface’s registers', registers(entry, path)));
  },
};
function listRegister(entry, hasChanged) {
  const raw = Object.entries(entry).find(([name]) => /^(ICH|GICH)_LR/.test(name));
  const state = entry.state ? stateOf(entry) : '';
  const node = make('div', null, 'lr ' + state + (hasChanged ? ' changed' : ''));
  node.append(make('span', 'LR' + entry.lr));
  const isUsed = entry.state && state;
  node.append(make('b', raw && raw[1] === '?' ? '?' : isUsed ? entry.intid : 'empty', isUsed ? '' : 'faint'));
  if (isUsed) {
    node.append(make('span', stateNames[state]), make('span', 'priority ' + hex(entry.priority)));
    if (entry.physical_intid !== undefined) node.append(make('span', 'physical ' + entry.physical_intid));
  }
  node.title = raw ? raw[0] + ' ' + raw[1] : '';
  return node;
}

function drawShared() {
  const state = moment.state, shared = state.distributor || {}, interrupts = shared.interrupts || [];
  if (!state.distributor) {
    $('its').hidden = true;
    return replace('distributor', make('p', 'This capture shows no controller.'));
  }
  const busy = chips(interrupts, undefined, 'distributor.interrupts');
  if (!busy.children.length) busy.append(make('span', 'no SPI pending or active', 'faint'));
  replace('distributor', make('h3', 'Distributor'), registers(shared, 'distributor'), busy);
  const spis = interrupts.filter(i => i.enabled !== false);
  if (spis.length) $('distributor').append(openable('spis', many(spis.length, 'enabled SPI'), objects(spis)));
  if (interrupts.length > spis.length) $('distributor').append(openable('idle', many(interrupts.length - spis.length, 'disabled SPI'), objects(interrupts.filter(i => i.enabled === false))));
  const lpis = state.lpis || [], units = state.its || [];
  $('its').hidden = !units.length && !lpis.length;
  $('its').className = 'card';
  replace('its', ...units.flatMap(unit => drawITS(unit, units.length > 1)));
  if (lpis.length) $('its').append(openable('lpis', (state.lpis_in_all ? `${lpis.length} of ${many(state.lpis_in_all, 'LPI')}, ` : many(lpis.length, 'LPI') + ', ') + lpis.filter(i => i.pending === true).length + ' pending', objects(lpis)));
}
function drawITS(unit, isOneOfMany) {
  const devices = unit.devices || [], collections = unit.collections || [];
  const events = devices.flatMap(d => (d.events || []).map(e => ({ device_id: hex(d.device_id), ...e })));
  const inAll = devices.reduce((sum, d) => sum + (d.events_in_all || (d.events || []).length), 0);
  const parts = [make('h3', isOneOfMany ? 'ITS ' + unit.its : 'ITS'), openable('its', 'registers', registers(unit, `its[its ${unit.its}]`))];
  parts.push(openable('devices', many(devices.length, 'device') + ' in the device table', objects(devices.map(d =>
    ({ device_id: hex(d.device_id), 'EventID bits': d.event_bits, 'ITT address': d.itt_address, 'EventIDs mapped': d.events_in_all || (d.events || []).length })))));
  parts.push(openable('events', (inAll > events.length ? events.length + ' of ' : '') + many(inAll, 'translation') + ': DeviceID and EventID to INTID', objects(events)));
  parts.push(openable('collections', many(collections.length, 'collection'), objects(collections)));
  if (unit.vpes) parts.push(openable('vpes', many(unit.vpes.length, 'vPE'), objects(unit.vpes)));
  return parts;
}
function objects(list, domain) {
  const columns = [...new Set(list.flatMap(o => Object.keys(o)))].filter(c => c !== 'GICD_IROUTER');
  const rows = list.slice(0, 1000).map(o => columns.map(c =>
    c === 'intid' ? interrupt(o.intid, domain && o.intid < 32 ? o.target : undefined, undefined, domain) : o[c] === undefined ? '' : c === 'priority' ? hex(o[c]) : o[c]));
  const result = table(columns.map(title), rows);
  if (list.length > 1000) result.append(make('p', `and ${list.length - 1000} more`, 'faint'));
  return result;
}

// What a hypervisor keeps of its guests.
function drawGuests() {
  const guests = moment.state.guests || [];
  $('guestSection').hidden = !guests.length;
  replace('guests', ...guests.map(guest => {
    const card = make('article', null, 'card' + (guest.guest === moment.domain ? ' here' : ''));
    const kind = guest.controller === '?' ? 'which controller it has is not known' : guest.controller;
    card.append(make('h3', `Guest ${guest.guest}, ${kind}`));
    if (!guest.start_shown) card.append(make('p', 'The capture does not show its start.', 'faint'));
    card.append(...guest.vcpus.map(vcpu => drawVCPU(guest, vcpu)));
    const count = guest.interrupts_in_all || guest.interrupts.length;
    card.append(openable('guest interrupts', (count > guest.interrupts.length ? guest.interrupts.length + ' of ' : '')
      + many(count, 'interrupt'), objects(guest.interrupts, guest.guest)));
    return card;
  }));
}
const whereabouts = vcpu => vcpu.inside === true ? 'in its guest' + (vcpu.cpu === '?' ? '' : `, on CPU ${vcpu.cpu}`)
  : vcpu.inside === false ? 'not in its guest' : 'whether it is in its guest is not known';
function drawVCPU(guest, vcpu) {
  const line = make('p', whereabouts(vcpu), 'line' + (isChanged(`guests[guest ${guest.guest}].vcpus[vcpu ${vcpu.vcpu}]`) ? ' changed' : ''));
  const chipsOf = (intids, state) => intids.map(intid => {
    const chip = interrupt(intid, intid < 32 ? vcpu.vcpu : undefined, undefined, guest.guest);
    chip.className = 'chip ' + state;
    return chip;
  });
  const list = make('div', null, 'chips');
  list.append(...chipsOf(vcpu.list, 'pending'));
  if (!vcpu.list.length) list.append(make('span', vcpu.list_known ? 'nothing on its list' : 'nothing is known to be on its list', 'faint'));
  else if (!vcpu.list_known) list.append(make('span', 'more may be on its list', 'faint'));
  const parts = [line, list];
  if (vcpu.undecided.length) {
    const open = make('div', null, 'chips');
    open.append(make('span', 'not decided:', 'faint'), ...chipsOf(vcpu.undecided, ''));
    parts.push(open);
  }
  if (vcpu.list_registers) parts.push(make('p', 'list registers: ' + (vcpu.list_registers.join(', ') || 'none used'), 'faint'));
  return box('vCPU ' + vcpu.vcpu, ...parts);
}

// What a traced kernel's CPUs have entered and not left.
function drawRunning() {
  const cpus = moment.running;
  $('runningSection').hidden = !cpus.length;
  $('controllerSection').hidden = !moment.state.distributor && (cpus.length > 0 || !$('guestSection').hidden);
  replace('running', table(['', 'CPU', 'runs', 'since'], cpus.flatMap(cpu => {
    const whose = cpu.domain ? 'guest ' + cpu.domain : '';
    if (!cpu.running.length) return [[whose, cpu.pe, 'no handler or softirq that the capture shows', '']];
    return cpu.running.map((frame, n) => [n ? '' : whose, n ? '' : cpu.pe, (n ? 'over it: ' : '') + frame.what, eventLink(frame.event)]);
  })));
}
begin().catch(error => say(error.message));
