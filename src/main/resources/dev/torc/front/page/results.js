// Results: the tables among the files, and the values that jobs stored, with a plot for each group.

function showResults(known) {
  const section = part('results');
  section.querySelectorAll('.rows').forEach((place, t) => {
    const [head, ...rows] = known.tables[t].length > 0 ? known.tables[t] : [['(empty)']];
    const wide = Math.max(head.length, ...rows.map(row => row.length));
    place.append(table(place.parentElement.querySelector('h3').textContent, [...head, ...Array(wide - head.length).fill('')], rows));
  });
  known.values.forEach((values, i) => {
    const title = values.group === '' ? 'Values of single jobs' : 'Values of ' + values.group;
    section.append(known.values.length < 6 ? make('h3', null, title) : '',
      known.values.length < 6 ? valuesOf(known, values, i) : folded(title, i < 3, () => valuesOf(known, values, i)));
  });
  if (section.querySelectorAll('article').length === 0 && known.values.length === 0) {
    section.remove();
  }
}

// A value as text: a JSON string without its quotes, all else as it was written.
function plain(text) {
  if (text !== null && text.startsWith('"')) {
    try {
      return JSON.parse(text);
    } catch (cut) {
      return text;
    }
  }
  return text ?? '';
}

function valuesOf(known, values, place) {
  const label = 'Values of ' + (values.group || 'jobs');
  const n = values.parameters.length;
  if (values.group === '') {
    const of = values.rows.flatMap(row => values.keys.map((key, k) => [row[0], known.name[row[0]], key, row[1 + k]]))
      .filter(([, , , text]) => text !== null);
    const lines = of.map(([, name, key, text]) => [name, key, plain(text)]);
    return marked(known, label, columnsOf(['job', 'key', 'value'], lines), of.map(([job]) => job));
  }
  const rows = values.rows.map(row => row.slice(1).map(plain));
  const columns = columnsOf([...values.parameters, ...values.keys], rows);
  const list = marked(known, label, columns, values.rows.map(row => row[0]));
  const chart = valuesPlot(values.group, columns, n, rows.length, place);
  return chart === null ? list : make('div', { class: 'values' }, list, chart);
}

// A grid of values, with a row's job in `jobs`; if one is not up to date, a column says so, as a file's note does.
function marked(known, label, columns, jobs) {
  const state = i => known.states[known.state[jobs[i]]];
  const note = i => {
    const now = known.texts[known.now[jobs[i]]];
    return ['up to date', 'ran', 'restored'].includes(state(i)) ? '' : now === '' ? state(i) : 'out of date: ' + now;
  };
  const notes = jobs.map((_, i) => note(i));
  return grid(label, notes.every(text => text === '') ? columns
    : [...columns, column('state', i => notes[i], null, (i, text) => text === '' ? [] : [mark(state(i)), text])], jobs.length);
}

// Plots a value against a parameter or another value; a third column, a parameter, gives colours.
function valuesPlot(group, columns, parameters, rows, place) {
  const distinct = columns.map(each => [...new Set(Array.from({ length: rows }, (_, i) => each.text(i)))].sort(NATURAL.compare));
  const heights = columns.map((_, c) => c).filter(c => c >= parameters && columns[c].number);
  const widths = columns.map((_, c) => c).filter(c => columns[c].number || c < parameters);
  if (heights.length === 0 || widths.length < 1 || rows < 2) {
    return null;
  }
  const best = [...widths].sort((a, b) => (b < parameters) - (a < parameters) || columns[b].number - columns[a].number
    || (distinct[b].length > 1) - (distinct[a].length > 1) || a - b);
  let x = best.find(c => distinct[c].length > 1) ?? best[0];
  let y = heights[0];
  const groups = () => columns.map((_, c) => c).filter(c => c < parameters && c !== x && distinct[c].length > 1 && distinct[c].length <= HUES.length);
  let by = groups()[0] ?? -1;
  const figure = make('figure');
  const show = () => {
    const at = columns[x].number ? columns[x].key : i => distinct[x].indexOf(columns[x].text(i));
    const order = [...Array(rows).keys()].filter(i => Number.isFinite(at(i))).sort((a, b) => at(a) - at(b));
    const value = i => { const v = columns[y].key(i); return Number.isFinite(v) ? v : null; };
    const lines = by < 0 ? [{ label: columns[y].title, values: order.map(value) }]
      : distinct[by].map(each => ({ label: columns[by].title + ' ' + each, values: order.map(i => columns[by].text(i) === each ? value(i) : null) }));
    figure.querySelector('[role=img]')?.remove();
    figure.append(plot(columns[y].title + ' of ' + group + ' against ' + columns[x].title + ', ' + count(order.length, 'point'),
      order.map(at), lines, { points: true, x: columns[x].title, y: columns[y].title, names: columns[x].number ? null : distinct[x] }));
  };
  const title = c => columns[c].title;
  const colours = [-1, ...columns.keys()].filter(c => c < parameters && (c < 0 || distinct[c].length > 1 && distinct[c].length <= HUES.length));
  figure.append(make('div', { class: 'bar' },
    ...choice('y' + place, 'Plot', heights.map(title), 0, i => { y = heights[i]; show(); }),
    ...choice('x' + place, 'against', widths.map(title), widths.indexOf(x), i => { x = widths[i]; show(); }),
    ...(colours.length > 1 ? choice('by' + place, 'color', colours.map(c => c < 0 ? 'none' : title(c)), colours.indexOf(by), i => { by = colours[i]; show(); }) : [])));
  show();
  return figure;
}
