// Plots by uPlot, in the colours of the theme and as wide as their place.

const HUES = ['one', 'two', 'three', 'four', 'five', 'six'];

// `lines` have a label and values beside `x`. `look` has `points` (no lines), `told` (the text of a
// number), the titles `x` and `y`, `time` (x is seconds), and `names`, if `x` counts them.
function plot(label, x, lines, look) {
  const place = make('div');
  const tens = (u, at) => at.map(v => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9 ? v : null);
  const axis = (values, more) => ({ stroke: () => colour('soft'), grid: { stroke: () => colour('line'), width: 1, ...(wide(values) ? { filter: tens } : {}) },
    ticks: { stroke: () => colour('line'), width: 1 }, font: '12px system-ui, sans-serif', ...more });
  const all = lines.flatMap(line => line.values);
  const wide = values => {
    const some = values.filter(value => value !== null);
    const least = Math.min(...some);
    return look.points && some.length > 0 && least > 0 && Math.max(...some) / least >= 30;
  };
  const around = (u, low, high) => {
    const edge = (high - low || Math.abs(high) || 1) * 0.05;
    return [low - edge, high + edge];
  };
  const scale = values => wide(values) ? { distr: 3 } : look.points ? { range: around } : {};
  const names = look.names;
  const options = {
    height: look.points ? 320 : 200,
    cursor: { drag: { x: false, y: false }, ...(look.points ? { points: { show: false } } : {}) },
    legend: { show: lines.length > 1, live: false },
    scales: { x: { time: false, ...(names ? { range: [-0.5, names.length - 0.5] } : scale(x)) },
      y: look.points ? scale(all) : { range: (u, low, high) => [0, (high || 1) * 1.05] } },
    axes: [
      axis(names ? [] : x, { label: look.x, labelSize: look.x ? 20 : 0, labelFont: '12px system-ui, sans-serif', size: 34,
        ...(names ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000], values: (u, at) => at.map(v => shorter(names[v] ?? '')) }
          : look.time ? { values: (u, at) => at.map(time) } : {}) }),
      axis(all, { size: 72, label: look.y, labelSize: look.y ? 20 : 0, labelFont: '12px system-ui, sans-serif',
        ...(look.told ? { values: (u, at) => at.map(look.told) } : {}) })],
    series: [{}, ...lines.map((line, i) => ({
      label: line.label, scale: 'y', stroke: () => colour(line.hue || HUES[i % HUES.length]), width: 1.5, dash: line.dash,
      ...(look.points ? { paths: () => null, points: { show: true, size: 7, width: 1,
        fill: () => x.length > 300 ? 'transparent' : colour(HUES[i % HUES.length]) } } : { points: { show: false } }),
    }))],
  };
  const chart = make('div', { role: 'img', 'aria-label': label }, place);
  let drawn = null;
  new ResizeObserver(() => {
    const width = Math.floor(chart.clientWidth);
    if (width === 0) {
      return;
    }
    drawn ? drawn.setSize({ width, height: options.height })
      : drawn = new uPlot({ ...options, width }, [x, ...lines.map(line => line.values)], place);
  }).observe(chart);
  document.addEventListener('theme', () => drawn && drawn.redraw(false));
  return chart;
}

function shorter(text) {
  return text.length > 14 ? '…' + text.slice(-13) : text;
}
