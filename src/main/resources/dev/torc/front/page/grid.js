// One table for all lists. A click on a title sorts it, by number if the column holds numbers. It
// shows 50 rows at first; a search finds the rest.

const FOLD = 50;
const MORE = 500;
const PRINTED = 2000; // rows
const NATURAL = new Intl.Collator('en', { numeric: true });

// A column: its title, a row's text, the number that sorts a row (null: the text), the cell's look.
function column(title, text, key, look) {
  return { title, text, key: key || text, number: key !== undefined && key !== null, look };
}

// The numbers that no axis shows, as programs write them.
const NOT_FINITE = ['NaN', 'Infinity', '-Infinity'];

// The columns of rows of texts; one holds numbers if all its texts that are not empty are numbers,
// some of them finite.
function columnsOf(titles, rows) {
  return titles.map((title, c) => {
    const cells = rows.map(row => row[c] ?? '');
    const some = cells.filter(cell => cell.trim() !== '');
    const finite = some.filter(cell => Number.isFinite(Number(cell)));
    const numbers = finite.length > 0 && some.every(cell => NOT_FINITE.includes(cell) || Number.isFinite(Number(cell)));
    return column(title, i => cells[i], numbers ? i => cells[i].trim() === '' ? NaN : Number(cells[i]) : null);
  });
}

// `more` may have `find` (the text of a row for the search), `pick` (whether a row is wanted), `first`
// (a number; rows with larger ones come first), `details` (what the first cell of a row opens), `bar` (what
// stands beside the search), `fold` (how many rows are shown) and `sort` (the column that sorts them).
// Columns that are `rare` are off at first.
function grid(label, columns, rows, more = {}) {
  const fold = more.fold || FOLD;
  let order = [];
  let sorted = -1;
  let down = false;
  let shown = fold;
  let wide = false;
  const find = more.find || (i => columns.map(each => each.text(i)).join('\n'));
  const body = make('tbody');
  const said = make('span', { role: 'status' });
  const search = make('input', { type: 'search', 'aria-label': 'Search in ' + label, placeholder: 'Search', input: () => pick() });
  const heads = columns.map((each, c) => make('th', { scope: 'col', class: each.number ? 'number' : null },
    make('button', { type: 'button', click: () => sort(c) }, each.title)));
  const rest = make('button', { type: 'button', click: () => { shown += MORE; paint(); } });
  const few = rows <= 10 && !more.bar;
  const titles = make('tr');
  const all = make('button', { type: 'button', click: () => { wide = !wide; paint(); } });
  const bar = few ? '' : make('div', { class: 'bar' }, search, ...(more.bar || []), columns.some(each => each.rare) ? all : '', said);
  const seen = cells => cells.filter((_, c) => wide || !columns[c].rare);

  function pick() {
    const wanted = search.value.toLowerCase();
    order = [];
    for (let i = 0; i < rows; i++) {
      if ((!more.pick || more.pick(i)) && (wanted === '' || find(i).toLowerCase().includes(wanted))) {
        order.push(i);
      }
    }
    if (more.first) {
      order.sort((a, b) => more.first(b) - more.first(a) || a - b);
    }
    shown = fold;
    arrange();
  }

  function sort(c) {
    down = sorted === c ? !down : columns[c].number;
    sorted = c;
    heads.forEach((head, i) => i === c ? head.setAttribute('aria-sort', down ? 'descending' : 'ascending') : head.removeAttribute('aria-sort'));
    arrange();
  }

  function arrange() {
    if (sorted >= 0) {
      const { key, number } = columns[sorted];
      const keys = new Map(order.map(i => [i, key(i)]));
      const way = down ? -1 : 1;
      order.sort((a, b) => {
        const x = keys.get(a);
        const y = keys.get(b);
        const first = number ? Number.isNaN(x) - Number.isNaN(y) : (x === '') - (y === ''); // unknown values come last
        return first || way * (number ? x - y || 0 : NATURAL.compare(x, y)) || a - b;
      });
    }
    paint();
  }

  function paint(printed) {
    titles.replaceChildren(...seen(heads));
    all.textContent = wide ? 'Fewer columns' : 'More columns';
    body.replaceChildren(...order.slice(0, shown).map(line));
    const left = order.length - shown;
    rest.textContent = left > MORE ? 'Show ' + MORE + ' more' : 'Show all';
    rest.hidden = left <= 0;
    said.textContent = (order.length < rows ? digits(order.length) + ' of ' : '') + count(rows, 'row')
      + (left <= 0 ? '' : printed ? ', ' + digits(left) + ' of them not printed' : ', ' + digits(shown) + ' shown');
  }

  addEventListener('beforeprint', () => {
    const before = shown;
    shown = Math.max(shown, PRINTED);
    paint(true);
    addEventListener('afterprint', () => { shown = before; paint(); }, { once: true });
  });

  function line(i) {
    return make('tr', null, ...seen(columns.map((each, c) => {
      const text = each.text(i);
      const content = each.look ? each.look(i, text) : [text];
      return make('td', { class: each.number ? 'number' : text.length > 40 ? 'long' : null, title: text.length > 40 ? text : null },
        ...(c === 0 && more.details ? [opener(i, content)] : content));
    })));
  }

  function opener(i, content) {
    return make('button', { type: 'button', class: 'open', 'aria-expanded': 'false', click: event => {
      const button = event.currentTarget;
      const row = button.closest('tr');
      const open = button.getAttribute('aria-expanded') === 'true';
      button.setAttribute('aria-expanded', String(!open));
      open ? row.nextSibling.remove() : row.after(make('tr', null,
        make('td', { colspan: columns.length, class: 'detail' }, more.details(i))));
    } }, ...content);
  }

  const element = make('div', { class: 'list' }, bar,
    make('div', { class: 'scroll tall', tabindex: 0, role: 'group', 'aria-label': label },
      make('table', null, make('thead', null, titles), body)),
    rows > fold ? make('div', { class: 'bar' }, rest) : '');
  element.again = pick;
  pick();
  if (more.sort !== undefined) {
    sort(more.sort);
  }
  return element;
}

// A grid of rows of texts.
function table(label, titles, rows) {
  return grid(label, columnsOf(titles, rows), rows.length);
}
