// Attempts over time, one lane for each job at a time; the wait before each, and the critical path.
// Only what is in sight is drawn; the lists below have the critical path and the longest attempts.

function showTimeline(known) {
  const section = part('timeline');
  const n = known.spanJob.length;
  const build = 'build ' + known.build.number + ', ' + moment(known.build.started) + ' UTC';
  if (n === 0) {
    section.append(soft('Nothing ran in ' + build + '.'));
    return;
  }
  let begin = 0; // below 0 if an earlier build handed out a job whose result this one took
  let end = 0.001;
  let lanes = 0;
  for (let i = 0; i < n; i++) {
    begin = Math.min(begin, known.spanStart[i]);
    end = Math.max(end, known.spanStart[i] + (known.spanWall[i] || 0));
    lanes = Math.max(lanes, known.spanLane[i] + 1);
  }
  const lane = Math.max(3, Math.min(22, Math.floor(520 / lanes)));
  let from = begin;
  let to = end;
  let room = 1;
  const critical = i => known.criticalJobs.has(known.spanJob[i]);
  const look = (a, b) => {
    const width = Math.min(end - begin, Math.max(end / 1e5, 0.001, b - a));
    from = Math.max(begin, Math.min(a, end - width));
    to = from + width;
  };

  function paint(context, width, height, chosen) {
    room = width;
    const scale = width / (to - from);
    const hues = { ran: colour('bar'), failed: colour('failed'), interrupted: colour('interrupted') };
    const text = colour('text');
    const back = colour('back');
    context.font = '12px system-ui, sans-serif';
    context.fillStyle = colour('soft');
    for (let i = 0; i < n && lane > 5; i++) { // the waits first, so that they cross no bar
      const x = (known.spanStart[i] - from) * scale;
      const queued = known.spanQueued[i] * scale;
      if (queued > 2 && x > 0 && x - queued < width) {
        context.fillRect(x - queued, known.spanLane[i] * lane + lane / 2 - 0.5, queued, 1);
      }
    }
    for (let i = 0; i < n; i++) {
      const x = (known.spanStart[i] - from) * scale;
      const w = Math.max(0.7, (known.spanWall[i] || 0) * scale - 0.5);
      if (x + w < 0 || x > width) {
        continue;
      }
      const y = known.spanLane[i] * lane;
      const state = known.states[known.spanState[i]];
      context.fillStyle = hues[state];
      context.fillRect(x, y + 1, w, lane - 2);
      if (critical(i)) {
        context.fillStyle = text;
        context.fillRect(x, y + lane - 1 - Math.max(1, lane / 8), w, Math.max(1, lane / 8));
      }
      if (i === chosen) {
        context.strokeStyle = text;
        context.lineWidth = 2;
        context.strokeRect(x, y + 1, Math.max(2, w), lane - 2);
      }
      if (w > 60 && lane > 13) {
        context.save();
        context.beginPath();
        context.rect(Math.max(0, x), y, Math.min(w, x + w), lane);
        context.clip();
        context.fillStyle = state === 'ran' ? text : back;
        context.fillText((state === 'ran' ? '' : MARKS[state][1] + ' ') + known.name[known.spanJob[i]], Math.max(0, x) + 4, y + lane / 2 + 4);
        context.restore();
      }
    }
    context.fillStyle = colour('soft');
    const ticks = Math.max(2, Math.min(8, Math.floor(width / 110)));
    for (let tick = 0; tick <= ticks; tick++) {
      const said = time(from + (to - from) * tick / ticks);
      const x = Math.min(width - context.measureText(said).width - 2, width * tick / ticks + 2);
      context.fillText(said, x, height - 6);
    }
  }

  const shown = pane('Timeline of ' + count(n, 'attempt') + ' in ' + count(lanes, 'lane'), {
    height: lanes * lane + 22, n, paint,
    help: 'Each lane holds one job at a time. A thin line is the wait for resources or a scheduler. A dark lower edge marks the critical path: the job that ended last, the job it waited for last, and so on.',
    move: x => look(from + x * (to - from) / room, to + x * (to - from) / room),
    zoom: (factor, x) => {
      const at = from + (to - from) * x / room;
      look(at - (at - from) / factor, at + (to - at) / factor);
    },
    all: () => look(begin, end),
    find: (x, y) => {
      const at = from + (to - from) * x / room;
      const slack = 3 * (to - from) / room;
      const row = Math.floor(y / lane);
      return known.spanLane.findIndex((each, i) => each === row && known.spanStart[i] - slack <= at
        && at <= known.spanStart[i] + (known.spanWall[i] || 0) + slack);
    },
    tell: i => {
      const job = known.spanJob[i];
      const start = known.spanStart[i];
      if (start < from || start > to) {
        look(start - (to - from) / 2, start + (to - from) / 2);
      }
      return known.name[job] + ': ' + known.states[known.spanState[i]] + ', began at ' + time(start) + ' after waiting '
        + time(known.spanQueued[i]) + ', took ' + time(known.spanWall[i]) + (critical(i) ? ', on the critical path' : '');
    },
  });
  const order = [...known.spanWall.keys()];
  const line = i => [known.name[known.spanJob[i]], known.states[known.spanState[i]]];
  const times = [known.spanStart, known.spanQueued, known.spanWall];
  const list = (label, some) => grid(label, [
    column('job', i => line(some[i])[0]), column('state', i => line(some[i])[1], null, (i, word) => [mark(word), word]),
    ...['began', 'waited', 'took'].map((title, c) => column(title, i => time(times[c][some[i]]), i => times[c][some[i]]))], some.length);
  section.append(
    soft((known.asked > 0 ? 'Shown is ' : known.build.number === known.history[0].number ? 'Last build: ' : 'Last build that ran something: ') + build
      + (known.build.seconds === null ? '' : ', took ' + time(known.build.seconds))
      + (known.gone > 0 ? '; ' + count(known.gone, 'more job') + (known.gone === 1 ? ' is' : ' are') + ' no longer in the build file' : '') + '.'),
    shown,
    folded('The critical path', false, () => list('critical path',
      known.critical.map(job => order.findLast(i => known.spanJob[i] === job)))),
    folded('The longest attempts', false, () => list('longest attempts', order.sort((a, b) => (known.spanWall[b] || 0) - (known.spanWall[a] || 0)).slice(0, 1000))));
}
