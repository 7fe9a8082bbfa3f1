// Shows what jobs and groups used and requested, by the same runs as torc list --resources; for a group also the
// spread over its instances, and for the build on the timeline the use over time.

function showResources(known) {
  const groups = new Map();
  for (let job = 0; job < known.jobs; job++) {
    if (known.told[job] >= 0) {
      const grouped = known.group[job] >= 0;
      const name = grouped ? known.texts[known.group[job]] : known.name[job];
      const key = (grouped ? 'group ' : 'job ') + name;
      groups.has(key) || groups.set(key, { name, grouped, jobs: [] });
      groups.get(key).jobs.push(job);
    }
  }
  const section = part('resources');
  const all = [...groups.values()];
  if (all.length === 0) {
    section.append(soft('No run with resource use is recorded.'));
    return;
  }
  const kind = (title, values, asked, told, limit = told) => {
    const five = all.map(group => quartiles(group.jobs.map(job => values[known.told[job]])));
    const most = all.map(group => asked === null ? 0 : group.jobs.reduce((top, job) => Math.max(top, asked[job] || 0), 0));
    return column(title, i => five[i] === null ? '–' : told(five[i][4], most[i]) + (most[i] > 0 ? ' of ' + limit(most[i], most[i]) : ''),
      i => five[i] === null ? NaN : five[i][4],
      (i, text) => five[i] !== null && all[i].jobs.length > 1 && asked !== null
        ? [box(five[i], most[i], 'from ' + told(five[i][0], most[i]) + ', median ' + told(five[i][2], most[i])), text] : [text]);
  };
  section.append(
    make('div', { class: 'bar' }, make('span', null, 'Largest values, as in torc list --resources.'),
      make('details', { class: 'help' }, make('summary', { 'aria-label': 'Help' }, '?'),
        make('span', null, 'The box spans the middle half of a group’s instances, with a line at the median. The thin line runs from the smallest to the largest value; the dashed line is the request. Runs of less than a second have no CPU figure. Waited is the time in the queue of torc or of a scheduler, before the run.'))),
    grid('resources of jobs and groups', [
      column('job', i => all[i].grouped ? all[i].name + ' (' + all[i].jobs.length + ')' : all[i].name),
      kind('longest', known.wall, known.askedTime, time), kind('CPUs', known.busy, known.askedCpus, cpus, String),
      kind('memory', known.memory, known.askedMemory, size),
      ...(some(known.gpu) || some(known.gpuMemory)
        ? [kind('GPUs', known.gpu, known.askedGpus, cpus, String), kind('GPU memory', known.gpuMemory, null, size)] : []),
      kind('read', known.read, null, size),
      kind('written', known.written, null, size), kind('waited', known.queued, null, time)], all.length, { sort: 1, fold: 10 }));
  overTime(known, section);
}

function some(values) {
  return values.some(value => value >= 0);
}

function quartiles(values) {
  const some = values.filter(value => value >= 0).sort((a, b) => a - b);
  const at = share => some[Math.min(some.length - 1, Math.floor(share * some.length))];
  return some.length === 0 ? null : [some[0], at(0.25), at(0.5), at(0.75), some[some.length - 1]];
}

function box(five, asked, label) {
  const most = Math.max(five[4], asked) || 1;
  const x = value => (2 + 116 * value / most).toFixed(1);
  const line = (value, y1, y2, look) => draw('line', { x1: x(value), x2: x(value), y1, y2, class: look });
  return draw('svg', { class: 'inline', viewBox: '0 0 120 16', role: 'img', 'aria-label': label },
    draw('line', { x1: x(five[0]), x2: x(five[4]), y1: 8, y2: 8, class: 'grid' }),
    draw('rect', { x: x(five[1]), width: Math.max(1, x(five[3]) - x(five[1])), y: 3, height: 10, class: 'box' }),
    line(five[2], 1, 15, 'mid'), asked > 0 ? line(asked, 0, 16, 'asked') : null);
}

function overTime(known, section) {
  if (known.machine_points > 1) {
    section.append(make('h3', null, 'The machine in build ' + known.build.number),
      plotsOf(known, 'The machine', 0, known.machine_points, known.machine_cpus, known.machine_memory));
  }
  if (known.series.length === 0) {
    return;
  }
  const place = make('div');
  const names = known.series.map(used => known.name[used.job] + (used.attempt > 1 ? ', attempt ' + used.attempt : ''));
  const show = i => {
    const used = known.series[i];
    place.replaceChildren(plotsOf(known, names[i], used.from, used.count, known.askedCpus[used.job], known.askedMemory[used.job]));
  };
  section.append(make('h3', null, 'Jobs over time in build ' + known.build.number),
    make('div', { class: 'bar' }, ...choice('series', 'Job', names, 0, show)), place);
  show(0);
}

function plotsOf(known, title, from, n, cpuLimit, memoryLimit) {
  const cut = values => [...values.subarray(from, from + n)];
  const one = (what, values, told, limit) => {
    const top = Math.max(...values);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const words = what + ': ' + told(mean) + ' average, ' + told(top) + ' peak' + (limit > 0 ? ', limit ' + told(limit) : '');
    const lines = [{ label: what, values }];
    if (limit > 0) {
      lines.push({ label: 'limit', values: values.map(() => limit), dash: [4, 4], hue: 'two' });
    }
    return make('figure', null, plot(title + ', ' + words, cut(known.pointTime), lines, { time: true, told }),
      make('figcaption', null, words));
  };
  const gpus = (what, values, told) => some(values)
    ? one(what, values.map(value => value >= 0 ? value : 0), told, 0) : null;
  return make('div', { class: 'plots' },
    one('CPUs busy', cut(known.pointCpu), cpus, cpuLimit),
    one('Memory', cut(known.pointMemory), value => size(value, memoryLimit), memoryLimit),
    gpus('GPUs busy', cut(known.pointGpu), cpus), gpus('GPU memory', cut(known.pointGpuMemory), size));
}
