/// What the page does.
enum PageScript {
  /// Asking, moving, the address.
  static let moves = #"""
    'use strict';
    const $ = id => document.getElementById(id);
    let trace = null, moment = null, asked = 0;

    async function ask(path) {
      const reply = await fetch(path);
      const body = await reply.json();
      if (!reply.ok) throw new Error(body.error || reply.status);
      return body;
    }
    const filters = () =>
      ['irq', 'pe'].map(id => /^\d+$/.test($(id).value.trim()) ? `&${id}=${$(id).value.trim()}` : '').join('');

    async function show(event, keepsAddress) {
      const number = ++asked;
      try {
        const reply = await ask(`/api/at?event=${event}`);
        if (number !== asked || !reply) return;
        moment = reply;
      } catch (error) { $('now').textContent = error.message; return; }
      $('slider').value = moment.event;
      if (!keepsAddress) history.replaceState(null, '', '#event=' + moment.event + whyAddress());
      drawMoment();
      drawDensity();
      if (chosen) explain(chosen.intid, chosen.pe);
    }
    async function step(back) {
      const reply = await ask(`/api/step?event=${moment.event}${back ? '&back=1' : ''}`);
      if (reply.event !== null) show(reply.event);
    }
    async function find(back) {
      $('now').classList.add('faint');
      const what = $('what').value;
      if (what === 'finding') { findFinding(back); return; }
      const reply = await ask(`/api/find?event=${moment.event}&what=${what}${filters()}${back ? '&back=1' : ''}`);
      $('now').classList.remove('faint');
      if (reply.event === null) $('now').textContent = `no ${back ? 'earlier' : 'later'} ${what}`;
      else show(reply.event);
    }
    function findFinding(back) {
      const places = trace.findings.map(f => f.first_event).filter(e => e !== undefined && e !== null).sort((a, b) => a - b);
      const place = back ? places.filter(e => e < moment.event).pop() : places.find(e => e > moment.event);
      $('now').classList.remove('faint');
      if (place === undefined) $('now').textContent = `no ${back ? 'earlier' : 'later'} finding`;
      else show(place);
    }

    let chosen = null;
    const whyAddress = () => chosen ? `&irq=${chosen.intid}` + (chosen.pe === null ? '' : `&pe=${chosen.pe}`) : '';
    async function explain(intid, pe) {
      chosen = { intid, pe };
      history.replaceState(null, '', '#event=' + moment.event + whyAddress());
      const reply = await ask(`/api/why?event=${moment.event}&irq=${intid}${pe === null ? '' : '&pe=' + pe}`);
      drawWhy(reply.why, intid, pe);
    }
    function readAddress() {
      const parts = new URLSearchParams(location.hash.slice(1));
      const number = name => /^\d+$/.test(parts.get(name) || '') ? Number(parts.get(name)) : null;
      chosen = number('irq') === null ? null : { intid: number('irq'), pe: number('pe') };
      return number('event');
    }

    async function begin() {
      trace = await ask('/api/trace');
      document.title = 'gicscope: ' + trace.trace.path.split('/').pop();
      $('path').textContent = trace.trace.path;
      $('controller').textContent = trace.controller + ', ' + trace.trace.events.toLocaleString('en') + ' events';
      $('slider').max = Math.max(0, trace.trace.events - 1);
      for (const name of trace.searches.concat(trace.findings.length ? ['finding'] : [])) {
        const option = document.createElement('option');
        option.value = name; option.textContent = name.replace('-', ' ');
        $('what').append(option);
      }
      drawFindings();
      if (!trace.trace.events) { $('now').textContent = 'There are no events in this capture.'; return; }
      await show(readAddress() ?? 0, false);
    }

    $('previous').onclick = () => step(true);
    $('next').onclick = () => step(false);
    $('findBack').onclick = () => find(true);
    $('findNext').onclick = () => find(false);
    $('slider').oninput = () => show(Number($('slider').value));
    $('go').onsubmit = async submission => {
      submission.preventDefault();
      try {
        show((await ask('/api/place?place=' + encodeURIComponent($('place').value.trim()))).event);
      } catch (error) { $('now').textContent = error.message; }
    };
    addEventListener('hashchange', () => { const event = readAddress(); if (event !== null && event !== moment.event) show(event); });
    addEventListener('resize', () => moment && drawDensity());
    addEventListener('keydown', key => {
      if (key.target.matches('input:not([type=range]), select') || !moment) return;
      if (key.key !== 'ArrowLeft' && key.key !== 'ArrowRight') return;
      key.preventDefault();
      const back = key.key === 'ArrowLeft';
      if (key.shiftKey) find(back); else step(back);
    });

    """#
}
