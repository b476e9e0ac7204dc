extension PageScript {
  /// The controller as boxes, chips and tables. All that comes from the capture is set as text, never as markup.
  static let drawing = #"""
    function make(tag, text, className) {
      const node = document.createElement(tag);
      if (text !== undefined && text !== null) node.textContent = text;
      if (className) node.className = className;
      return node;
    }
    function table(columns, rows, className) {
      const result = make('table', null, className), head = make('tr');
      for (const name of columns) head.append(make('th', name));
      result.append(head);
      for (const cells of rows) {
        const row = make('tr');
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
      if (Array.isArray(value)) return value.length ? value.map(plain).join(', ') : 'none';
      if (typeof value === 'object') return Object.entries(value).map(([k, v]) => k + ' ' + plain(v)).join(', ');
      return String(value);
    }
    const replace = (id, ...nodes) => $(id).replaceChildren(...nodes);

    function drawMoment() {
      $('now').textContent = moment.text;
      replace('transitions', moment.transitions.length
        ? table(['', 'PE', 'INTID', 'priority', 'operands', ''], moment.transitions.map(t => [
            t.kind.replace(/([A-Z])/g, ' $1').toLowerCase(), t.pe, interrupt(t.intid, t.pe), t.intid === null ? null : t.priority,
            t.a + ' ' + t.b, t.provenance === 'derived' ? '' : t.provenance]))
        : make('p', 'Nothing.', 'faint'));
      replace('changes', moment.changes.length
        ? table(['', 'before', 'after'], moment.changes.slice(0, 200).map(c => [c.path, c.before, c.after]))
        : make('p', 'Nothing that the state shows.', 'faint'));
      if (moment.changes.length > 200) $('changes').append(make('p', `and ${moment.changes.length - 200} more`, 'faint'));
      drawElements();
      drawShared();
    }
    function interrupt(intid, pe) {
      if (intid === null || intid === undefined) return '';
      const button = make('button', intid, 'chip');
      button.title = 'Why is it, or is it not, delivered?';
      button.onclick = () => explain(intid, pe === undefined ? null : pe);
      return button;
    }

    const changedPaths = () => new Set(moment.changes.map(c => c.path));
    function registers(object, path, changed) {
      const result = make('div', null, 'registers');
      for (const [name, value] of Object.entries(object)) {
        if (value !== null && typeof value === 'object') continue;
        if (name === 'pe') continue;
        const cell = make('div', null, changed.has(path + '.' + name) ? 'changed' : '');
        cell.append(make('span', name.replace(/_EL[123]$/, ''), 'faint'), make('b', plain(value)));
        result.append(cell);
      }
      return result;
    }
    const stateClass = i => i.active === true ? (i.pending === true ? 'both' : 'active') : i.pending === true ? 'pending' : '';
    function chips(interrupts, pe) {
      const result = make('div', null, 'chips');
      const busy = interrupts.filter(i => i.pending === true || i.active === true || i.level === true);
      for (const i of busy) {
        const chip = interrupt(i.intid, pe);
        const state = stateClass(i);
        chip.className = 'chip ' + state;
        chip.textContent = `${i.intid} ${state === 'both' ? 'active and pending' : state || 'line high'}`
          + (i.enabled === false ? ', disabled' : '') + ` · ${plain(i.priority)}`;
        result.append(chip);
      }
      if (!busy.length) result.append(make('span', 'nothing pending or active', 'faint'));
      return result;
    }
    function listRegister(entry) {
      const value = Object.entries(entry).find(([name]) => /^(ICH|GICH)_LR/.test(name));
      const raw = value && /^0x/.test(value[1]) ? BigInt(value[1]) : null;
      const wide = value && value[0].startsWith('ICH');
      const state = raw === null ? 0 : Number((raw >> (wide ? 62n : 28n)) & 3n);
      const names = ['', 'pending', 'active', 'both'];
      const box = make('div', null, 'lr ' + names[state]);
      box.append(make('span', 'LR' + entry.lr));
      if (raw === null) box.append(make('b', '?'));
      else if (state === 0) box.append(make('b', '–'));
      else {
        box.append(make('b', wide ? raw & 0xFFFFFFFFn : raw & 0x3FFn));
        box.append(make('span', names[state] === 'both' ? 'active+pending' : names[state]));
        const priority = wide ? (raw >> 48n) & 0xFFn : ((raw >> 23n) & 0x1Fn) << 3n;
        box.append(make('span', ' · ' + priority));
        const linked = (raw >> (wide ? 61n : 31n)) & 1n;
        if (linked) box.append(make('span', ' · hw ' + (wide ? (raw >> 32n) & 0x1FFFn : (raw >> 10n) & 0x3FFn)));
      }
      box.title = value ? value[0] + ' ' + value[1] : '';
      return box;
    }

    function drawElements() {
      const state = moment.state, changed = changedPaths();
      const parts = ['cpu_interfaces', 'redistributors', 'virtual_interfaces'].filter(p => Array.isArray(state[p]));
      const numbers = [...new Set(parts.flatMap(p => state[p].map(e => e.pe)))];
      replace('elements', ...numbers.map(pe => {
        const card = make('article', null, 'card' + (pe === moment.pe ? ' here' : ''));
        card.append(make('h3', 'PE ' + pe));
        for (const part of parts) {
          const entry = state[part].find(e => e.pe === pe);
          if (!entry) continue;
          const path = `${part}[pe ${pe}]`;
          if (part === 'cpu_interfaces') card.append(registers(entry, path, changed));
          if (Array.isArray(entry.interrupts)) card.append(chips(entry.interrupts, pe));
          if (Array.isArray(entry.list_registers)) {
            const boxes = make('div', null, 'lrs');
            boxes.append(...entry.list_registers.map(listRegister));
            card.append(boxes);
          }
          if (part !== 'cpu_interfaces') {
            const more = make('details');
            more.open = openParts.has(part);
            more.ontoggle = () => more.open ? openParts.add(part) : openParts.delete(part);
            more.append(make('summary', part === 'redistributors' ? 'Redistributor' : 'virtual interface'));
            more.append(registers(entry, path, changed));
            card.append(more);
          }
        }
        return card;
      }));
    }
    const openParts = new Set();

    function drawShared() {
      const state = moment.state, changed = changedPaths();
      const shared = state.distributor || {};
      const all = make('details');
      all.open = openParts.has('spis');
      all.ontoggle = () => all.open ? openParts.add('spis') : openParts.delete('spis');
      const interrupts = shared.interrupts || [];
      all.append(make('summary', interrupts.length + ' SPIs that are configured or busy'));
      if (interrupts.length) all.append(objects(interrupts));
      replace('distributor', registers(shared, 'distributor', changed), chips(interrupts, undefined), all);
      const lpis = state.lpis || [];
      $('lpiSection').hidden = !lpis.length;
      replace('lpis', objects(lpis.slice(0, 1000)));
      if (lpis.length > 1000) $('lpis').append(make('p', `and ${lpis.length - 1000} more`, 'faint'));
      const units = state.its || [];
      $('itsSection').hidden = !units.length;
      replace('its', ...units.flatMap(unit => {
        const rows = (unit.devices || []).flatMap(device => (device.events || []).map(event =>
          ({ device_id: device.device_id, ...event })));
        const result = [registers(unit, `its[its ${unit.its}]`, changed)];
        if (unit.collections) result.push(make('p', 'collections: ' + unit.collections.map(c => `${c.icid} → PE ${plain(c.pe)}`).join(', '), 'faint'));
        if (rows.length) result.push(objects(rows.slice(0, 1000)));
        return result;
      }));
    }
    function objects(list) {
      const columns = [...new Set(list.flatMap(o => Object.keys(o)))];
      return table(columns, list.map(o => columns.map(c => c === 'intid' ? interrupt(o.intid) : o[c] === undefined ? '' : o[c])));
    }

    function drawFindings() {
      $('findingSection').hidden = !trace.findings.length;
      replace('findings', table(['', '', 'first at', 'count', ''], trace.findings.slice(0, 200).map(f => {
        const jump = make('button', '#' + plain(f.first_event));
        jump.onclick = () => { chosen = f.intid === undefined || f.intid === null ? null : { intid: f.intid, pe: f.pe ?? null }; show(f.first_event); };
        return [make('span', f.severity, f.severity), f.kind, jump, f.count, f.summary];
      })));
    }
    function drawWhy(why, intid, pe) {
      $('whySection').hidden = false;
      $('whyTitle').textContent = `Why: INTID ${intid}` + (pe === null || pe === undefined ? '' : ` on PE ${pe}`);
      if (why && why.rungs) {
        replace('why', make('p', why.sentence), table(['', 'state', 'since', ''], why.rungs.map(r => [
          r.name, make('span', r.state, r.holds === false ? 'error' : ''),
          r.since_event === null || r.since_event === undefined ? '' : eventLink(r.since_event), r.provenance === 'derived' ? '' : r.provenance])));
        return;
      }
      const rows = [];
      const visit = (value, path) => {
        if (Array.isArray(value)) value.forEach((v, i) => visit(v, `${path}[${i}]`));
        else if (value && typeof value === 'object') {
          if (value.intid === intid) rows.push([path.replace(/\[\d+\]$/, ''), plain(value)]);
          else Object.entries(value).forEach(([k, v]) => visit(v, path ? path + '.' + k : k));
        }
      };
      visit(moment.state, '');
      replace('why', rows.length ? table(['where', 'state'], rows) : make('p', 'The state does not show it.', 'faint'));
    }
    function eventLink(event) {
      const button = make('button', '#' + event);
      button.onclick = () => show(event);
      return button;
    }

    function drawDensity() {
      const canvas = $('density'), scale = devicePixelRatio || 1;
      canvas.width = canvas.clientWidth * scale; canvas.height = 40 * scale;
      const paint = canvas.getContext('2d'), style = getComputedStyle(document.documentElement);
      const { width, counts } = trace.density, total = Math.max(1, trace.trace.events);
      const top = Math.max(1, ...counts);
      paint.fillStyle = style.getPropertyValue('--line');
      counts.forEach((count, i) => {
        if (!count) return;
        const x = i * width / total * canvas.width, height = Math.max(2, Math.sqrt(count / top) * canvas.height);
        paint.fillRect(x, canvas.height - height, Math.max(1, width / total * canvas.width - 0.5), height);
      });
      paint.fillStyle = style.getPropertyValue('--bad');
      for (const f of trace.findings.slice(0, 500)) paint.fillRect(f.first_event / total * canvas.width, 0, 2 * scale, 8 * scale);
      paint.fillStyle = style.getPropertyValue('--accent');
      paint.fillRect(moment.event / total * canvas.width - scale, 0, 2 * scale, canvas.height);
    }
    begin().catch(error => { $('now').textContent = error.message; });
    """#
}
