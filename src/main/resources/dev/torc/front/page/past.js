// The history of builds, the events of the build on the timeline, and what the page leaves out.

function showHistory(known) {
  const builds = [...known.history].reverse();
  const most = Math.max(...builds.map(build => build.seconds || 0), 0.001);
  const step = Math.min(30, 900 / builds.length);
  const svg = draw('svg', { class: 'builds', viewBox: '0 0 900 110', role: 'img', preserveAspectRatio: 'none',
    'aria-label': 'Durations of the last ' + count(builds.length, 'build') });
  builds.forEach((build, i) => {
    const height = Math.max(1, 100 * (build.seconds || 0) / most);
    svg.append(draw('rect', { x: i * step + step * 0.1, width: step * 0.8, y: 105 - height, height,
      class: build.exit === 0 ? 'ok' : 'bad' }, draw('title', null, 'build ' + build.number + ': ' + time(build.seconds ?? NaN))));
  });
  const counts = { RAN: 'ran', RESTORED: 'restored', UP_TO_DATE: 'up to date', FAILED: 'failed', BLOCKED: 'blocked' };
  const git = known.history.some(build => build.commit);
  const commit = of => !of ? '–' : of.hash.slice(0, 12) + (of.differs === null ? ', changes unknown' : of.differs ? ' with changes' : '');
  const rows = known.history.map(build => [String(build.number), moment(build.started), time(build.seconds ?? NaN),
    ...Object.keys(counts).map(key => String(build.counts[key] || 0)),
    build.exit < 0 ? '–' : String(build.exit), ...(git ? [commit(build.commit)] : [])]);
  const columns = columnsOf(['build', 'began', 'took', ...Object.values(counts), 'exit', ...(git ? ['git commit'] : [])], rows);
  columns[2] = column('took', i => rows[i][2], i => known.history[i].seconds ?? NaN);
  part('history').append(
    builds.length > 2 ? make('figure', null, svg, make('figcaption', null, 'Duration of each build, oldest first; longest ' + time(most) + '.')) : '',
    grid('builds', columns, rows.length));
}

function showEvents(known) {
  const section = part('events');
  if (known.events.length === 0) {
    section.remove();
    return;
  }
  section.append(table('events', ['time', 'job', 'event'],
    known.events.map(event => [moment(event.time), event.job, event.text])));
}

function showEnd(known) {
  part('end').append(
    known.left_out.length > 0 ? make('p', null, 'Left out to limit the size of the page: ' + known.left_out.join('; ') + '.') : '',
    known.where === null ? '' : make('p', null, 'Build machine: ' + known.where + '.'),
    make('p', null, 'All times are UTC. Written by torc report. This page loads no other file.'));
}
