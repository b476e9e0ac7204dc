'use strict';
(() => {
// A cell's number: what the page gives, else what it shows, with its unit; NaN for a word.
const scales = { ns: 1, 'µs': 1e3, ms: 1e6, s: 1e9, min: 60e9, h: 3600e9, k: 1e3, M: 1e6, G: 1e9 };
function number(cell) {
  if (cell.dataset.value !== undefined) return parseFloat(cell.dataset.value);
  const text = cell.textContent.trim(), hex = /^0x([0-9a-f]+)$/i.exec(text);
  if (hex) return parseInt(hex[1], 16);
  const part = /^#?(-?[\d., \u00a0\u2009\u202f]*\d)\s*(ns|µs|ms|s|min|h|k|M|G)?(?![a-z])/.exec(text);
  return part ? parseFloat(part[1].replace(/[^\d.-]/g, '')) * (scales[part[2]] ?? 1) : NaN;
}
// Words by the alphabet, numbers by their value; what is empty comes before both.
function order(a, b) {
  const x = number(a), y = number(b);
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? -1 : 1;
  return a.textContent.localeCompare(b.textContent);
}
// The rows between headings that go across the table.
function groups(body) {
  const parts = [[]];
  for (const row of [...body.rows]) {
    if (row.cells.length === 1) parts.push([row], []); else parts[parts.length - 1].push(row);
  }
  return parts;
}

// Tables that sort by a column; long ones filter by a word.
for (const table of document.querySelectorAll('table')) {
  const body = table.tBodies[0];
  if (body.rows.length < 2) continue;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (head.tagName !== 'TH') return;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.textContent = '';
    head.append(button);
    button.onclick = () => {
      const down = head.getAttribute('aria-sort') !== 'descending';
      for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      for (const rows of groups(body)) {
        rows.sort((a, b) => order(a.cells[column], b.cells[column]));
        body.append(...(down ? rows.reverse() : rows));
      }
    };
  });
  if (!table.classList.contains('sortable')) continue;
  const filter = document.createElement('input');
  filter.className = 'filter';
  filter.type = 'search';
  filter.placeholder = [...table.tHead.rows[0].cells].some(cell => cell.textContent.endsWith('INTID')) ? 'Filter: 27, LPI, …' : 'Filter';
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
})();
