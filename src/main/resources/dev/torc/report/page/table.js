// The table of all jobs: search, choice of states, sorting. Rows are made as they scroll into view.

const ROW = 26;

function showTable(known) {
  const columns = [
    ['job', job => known.name[job], (a, b) => known.name[a] < known.name[b] ? -1 : known.name[a] > known.name[b] ? 1 : 0],
    ['state', job => known.states[known.state[job]], (a, b) => known.state[a] - known.state[b]],
    ['began', job => time(known.start[job]), by(known.start)],
    ['waited', job => time(known.queued[job]), by(known.queued)],
    ['took', job => time(known.wall[job]), by(known.wall)],
    ['CPUs', job => { const n = cpus(known, job); return n >= 0 ? n.toFixed(1) : '–'; }, by({ at: job => cpus(known, job) })],
    ['memory', job => size(known.memory[job]), by(known.memory)],
    ['read', job => size(known.read[job]), by(known.read)],
    ['written', job => size(known.written[job]), by(known.written)],
    ['tries', job => String(known.attempts[job]), by(known.attempts)],
    ['why', why, (a, b) => known.why[a] - known.why[b]],
  ];
  const numbers = new Set(['began', 'waited', 'took', 'CPUs', 'memory', 'read', 'written', 'tries']);
  let order = Int32Array.from({ length: known.jobs }, (_, i) => i);
  let sorted = -1;
  let down = false;
  let active = 0;

  const search = make('input', { type: 'search', id: 'search', input: () => pick() });
  const state = make('select', { id: 'state', change: () => pick() }, make('option', { value: '' }, 'all'),
    ...known.states.map((word, i) => make('option', { value: i }, word)));
  const said = make('span', { role: 'status', id: 'found' });
  const body = make('tbody');
  const heads = columns.map(([title], i) => make('th',
    { scope: 'col', class: numbers.has(title) ? 'number' : null, 'aria-sort': 'none' },
    make('button', { type: 'button', click: () => sort(i) }, title)));
  const grid = make('table', { role: 'grid', 'aria-label': 'Jobs', 'aria-colcount': columns.length },
    make('thead', null, make('tr', null, ...heads)), body);
  const scroll = make('div', { class: 'scroll', id: 'table', scroll: () => paint() }, grid);
  const details = make('div', { id: 'details', 'aria-live': 'polite' });

  // How it failed, else why it ran or would have run.
  function why(job) {
    const from = known.texts[known.from[job]];
    const reason = known.texts[known.what[job]] || known.texts[known.why[job]];
    return from === '' ? reason : 'from ' + from + (reason === '' ? '' : ': ' + reason);
  }

  function by(values) {
    const at = values.at && !ArrayBuffer.isView(values) ? values.at : job => values[job];
    return (a, b) => {
      const x = at(a);
      const y = at(b);
      return x === y ? 0 : !(x >= 0) ? -1 : !(y >= 0) ? 1 : x - y;
    };
  }

  function pick() {
    const wanted = search.value.toLowerCase();
    const only = state.value === '' ? -1 : Number(state.value);
    const found = [];
    for (let job = 0; job < known.jobs; job++) {
      if ((only < 0 || known.state[job] === only)
          && (wanted === '' || known.name[job].toLowerCase().includes(wanted) || why(job).toLowerCase().includes(wanted))) {
        found.push(job);
      }
    }
    order = Int32Array.from(found);
    arrange();
  }

  function sort(column) {
    down = sorted === column ? !down : numbers.has(columns[column][0]);
    sorted = column;
    heads.forEach((head, i) => head.setAttribute('aria-sort', i !== column ? 'none' : down ? 'descending' : 'ascending'));
    arrange();
  }

  function arrange() {
    if (sorted >= 0) {
      const compare = columns[sorted][2];
      order.sort((a, b) => (down ? compare(b, a) : compare(a, b)) || a - b);
    } else {
      order.sort();
    }
    active = 0;
    scroll.scrollTop = 0;
    said.textContent = order.length + ' of ' + count(known.jobs, 'job');
    grid.setAttribute('aria-rowcount', order.length + 1);
    paint();
  }

  function paint() {
    const first = Math.max(0, Math.floor(scroll.scrollTop / ROW) - 10);
    const last = Math.min(order.length, first + Math.ceil(scroll.clientHeight / ROW) + 20);
    const held = body.contains(document.activeElement);
    const rows = [space(first)];
    for (let i = first; i < last; i++) {
      rows.push(line(i));
    }
    rows.push(space(order.length - last));
    body.replaceChildren(...rows);
    if (held) {
      focus();
    }
  }

  function space(n) {
    return make('tr', { 'aria-hidden': 'true', style: 'height:' + n * ROW + 'px' });
  }

  function line(i) {
    const job = order[i];
    const cells = columns.map(([title, text], c) => make('td',
      { class: c === 1 ? 'state ' + text(job).replaceAll(' ', '-') : numbers.has(title) ? 'number' : c === 10 || c === 0 ? 'long' : null,
        title: c === 10 || c === 0 ? text(job) : null }, text(job)));
    return make('tr', { tabindex: i === active ? 0 : -1, 'aria-rowindex': i + 2, 'aria-selected': String(i === active),
      'data-row': i, click: () => choose(i, true) }, ...cells);
  }

  function focus() {
    const row = body.querySelector('tr[data-row="' + active + '"]');
    if (row) {
      row.focus({ preventScroll: true });
    }
  }

  function choose(i, tell) {
    active = Math.max(0, Math.min(order.length - 1, i));
    const top = active * ROW;
    const room = scroll.clientHeight - 2 * ROW;
    if (top < scroll.scrollTop) {
      scroll.scrollTop = top;
    } else if (top > scroll.scrollTop + room) {
      scroll.scrollTop = top - room;
    }
    paint();
    focus();
    if (tell) {
      describe(order[active]);
    }
  }

  function describe(job) {
    const facts = [['state', known.states[known.state[job]]], ['restored from', known.texts[known.from[job]]],
      [known.texts[known.from[job]] === '' ? 'why it ran' : 'why it would have run', known.texts[known.why[job]]],
      ['how it failed', known.texts[known.what[job]]], ['began', time(known.start[job])],
      ['waited', time(known.queued[job])],
      ['took', time(known.wall[job]) + (known.askedTime[job] > 0 ? ' of ' + time(known.askedTime[job]) : '')],
      ['CPU time', time(known.cpu[job])], ['CPUs asked for', String(known.askedCpus[job])],
      ['memory', size(known.memory[job], known.askedMemory[job])
        + (known.askedMemory[job] > 0 ? ' of ' + size(known.askedMemory[job], known.askedMemory[job]) : '')],
      ['read, written', size(known.read[job]) + ', ' + size(known.written[job])],
      ['where', known.texts[known.host[job]]]];
    const list = make('dl');
    for (const [title, text] of facts) {
      if (text && text !== '–') {
        list.append(make('dt', { class: 'soft' }, title), make('dd', null, text));
      }
    }
    details.replaceChildren(make('h3', null, known.name[job]), list);
  }

  scroll.addEventListener('keydown', event => {
    const page = Math.max(1, Math.floor(scroll.clientHeight / ROW) - 2);
    const keys = {
      ArrowDown: () => choose(active + 1), ArrowUp: () => choose(active - 1), PageDown: () => choose(active + page),
      PageUp: () => choose(active - page), Home: () => choose(0), End: () => choose(order.length - 1),
      Enter: () => choose(active, true), ' ': () => choose(active, true),
    };
    if (body.contains(event.target) && keys[event.key]) {
      keys[event.key]();
      event.preventDefault();
    }
  });

  part('jobs').append(
    make('div', { class: 'bar' }, make('label', { for: 'search' }, 'Search'), search, make('label', { for: 'state' }, 'State'), state, said),
    scroll, details);
  arrange();
}
