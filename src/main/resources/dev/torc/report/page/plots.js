// What the machine and single jobs used over time, as lines; each says its numbers in words too.

function plot(title, times, lines, format, limit) {
  const width = 600;
  const height = 150;
  const right = times[times.length - 1] || 1;
  let most = limit && limit > 0 ? limit : 0;
  for (const line of lines) {
    for (const value of line.values) {
      most = Math.max(most, value >= 0 ? value : 0);
    }
  }
  most = most || 1;
  const y = value => 130 - 115 * value / most;
  const svg = draw('svg', { viewBox: '0 0 ' + width + ' ' + height, preserveAspectRatio: 'none', role: 'img', 'aria-label': title });
  for (const share of [0, 0.5, 1]) {
    svg.append(draw('line', { x1: 0, x2: width, y1: y(most * share), y2: y(most * share), class: 'grid' }));
    svg.append(draw('text', { x: 4, y: y(most * share) - 3 }, format(most * share)));
  }
  svg.append(draw('text', { x: 4, y: 145 }, '0 s'), draw('text', { x: width - 4, y: 145, 'text-anchor': 'end' }, time(right)));
  if (limit > 0) {
    svg.append(draw('line', { x1: 0, x2: width, y1: y(limit), y2: y(limit), class: 'asked' }));
  }
  const words = [];
  lines.forEach((line, i) => {
    let path = '';
    let sum = 0;
    let top = 0;
    line.values.forEach((value, k) => {
      path += (k === 0 ? 'M' : 'L') + (width * times[k] / right).toFixed(1) + ' ' + y(value).toFixed(1);
      sum += value;
      top = Math.max(top, value);
    });
    svg.append(draw('path', { d: path, class: i === 0 ? 'one' : 'two' }));
    words.push(line.label + ' ' + format(sum / line.values.length) + ' on average, ' + format(top) + ' at most');
  });
  const asked = limit > 0 ? '; ' + format(limit) + ' to be had or asked for' : '';
  return make('figure', null, svg, make('figcaption', null, title + ': ' + words.join('; ') + asked + '.'));
}

function plotsOf(known, title, from, n, cpuLimit, memoryLimit) {
  const cut = column => [...column.subarray(from, from + n)];
  const times = cut(known.pointTime);
  const gpu = cut(known.pointGpu);
  const plots = [
    plot(title + ', CPUs busy', times, [{ label: 'CPU', values: cut(known.pointCpu) }], v => v.toFixed(1), cpuLimit),
    plot(title + ', memory', times, [{ label: 'memory', values: cut(known.pointMemory) }], v => size(v, memoryLimit), memoryLimit)];
  if (gpu.some(value => value >= 0)) {
    plots.push(plot(title + ', GPUs busy', times, [{ label: 'GPU', values: gpu.map(v => v >= 0 ? v : 0) }], v => v.toFixed(1), 0));
  }
  return make('div', { class: 'plots' }, ...plots);
}

function showResources(known) {
  const section = part('resources');
  section.append(known.machinePoints > 1
    ? plotsOf(known, 'The machine', 0, known.machinePoints, known.machineCpus, known.machineMemory)
    : make('p', { class: 'soft' }, 'No job ran long enough for samples.'));
  if (known.series.length === 0) {
    return;
  }
  const place = make('div', { id: 'job-plots' });
  const show = i => {
    const used = known.series[i];
    const name = known.name[used.job] + (used.attempt > 1 ? ', attempt ' + used.attempt : '');
    place.replaceChildren(plotsOf(known, name, used.from, used.count, known.askedCpus[used.job], known.askedMemory[used.job]));
  };
  const select = make('select', { id: 'series', change: () => show(Number(select.value)) },
    ...known.series.map((used, i) => make('option', { value: i },
      known.name[used.job] + (used.attempt > 1 ? ' (attempt ' + used.attempt + ')' : ''))));
  section.append(make('div', { class: 'bar' }, make('label', { for: 'series' }, 'Job'), select), place);
  show(0);
}
