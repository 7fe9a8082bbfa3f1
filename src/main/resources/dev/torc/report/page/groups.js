// For each group how time, CPU and memory of its instances spread, beside what they ask for.

function quartiles(values) {
  const known = values.filter(value => value >= 0).sort((a, b) => a - b);
  const at = share => known[Math.min(known.length - 1, Math.floor(share * known.length))];
  return known.length === 0 ? null : [known[0], at(0.25), at(0.5), at(0.75), known[known.length - 1]];
}

function box(five, asked, label) {
  const most = Math.max(five[4], asked > 0 ? asked : 0) || 1;
  const x = value => (2 + 146 * value / most).toFixed(1);
  const svg = draw('svg', { class: 'inline', viewBox: '0 0 150 18', role: 'img', 'aria-label': label },
    draw('line', { x1: x(five[0]), x2: x(five[4]), y1: 9, y2: 9, class: 'grid' }),
    draw('rect', { x: x(five[1]), width: Math.max(1, x(five[3]) - x(five[1])), y: 4, height: 10, class: 'box' }),
    draw('line', { x1: x(five[2]), x2: x(five[2]), y1: 2, y2: 16, class: 'one' }));
  if (asked > 0) {
    svg.append(draw('line', { x1: x(asked), x2: x(asked), y1: 0, y2: 18, class: 'asked' }));
  }
  return svg;
}

function largest(jobs, column) {
  return jobs.reduce((most, job) => Math.max(most, column[job] || 0), 0);
}

function showGroups(known) {
  const groups = new Map();
  for (let job = 0; job < known.jobs; job++) {
    if (known.attempts[job] > 0) {
      const name = known.group[job] < 0 ? 'jobs without a group' : known.texts[known.group[job]];
      if (!groups.has(name)) {
        groups.set(name, []);
      }
      groups.get(name).push(job);
    }
  }
  const section = part('groups');
  if (groups.size === 0) {
    section.append(make('p', { class: 'soft' }, 'Nothing ran.'));
    return;
  }
  const head = ['group', 'ran', 'time', 'CPUs busy', 'memory'];
  const body = make('tbody');
  for (const [name, jobs] of groups) {
    const row = make('tr', null, make('td', null, name), make('td', { class: 'number' }, String(jobs.length)));
    const kinds = [
      [jobs.map(job => known.wall[job]), largest(jobs, known.askedTime), time],
      [jobs.map(job => cpus(known, job)), largest(jobs, known.askedCpus), v => v.toFixed(1)],
      [jobs.map(job => known.memory[job]), largest(jobs, known.askedMemory), size]];
    for (const [values, asked, format] of kinds) {
      const five = quartiles(values);
      if (five === null) {
        row.append(make('td', null, '–'));
      } else {
        const words = format(five[0], asked) + ' to ' + format(five[4], asked) + ', median ' + format(five[2], asked)
          + (asked > 0 ? ', asked ' + format(asked, asked) : '');
        row.append(make('td', null, box(five, asked, words), ' ', words));
      }
    }
    body.append(row);
  }
  section.append(make('p', { class: 'soft' }, 'The box holds the middle half of the instances, the line in it is the median; dashed is what they ask for.'),
    make('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Groups' },
      make('table', null, make('thead', null, make('tr', null, ...head.map(text => make('th', { scope: 'col' }, text)))), body)));
}
