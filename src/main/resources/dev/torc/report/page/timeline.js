// Attempts over time, one lane per slot; the wait before each, and the critical path. Drawn is what
// is in sight; the list beside it has the longest ones.

function showTimeline(known) {
  const section = part('timeline');
  const n = known.spanJob.length;
  if (n === 0) {
    section.append(make('p', { class: 'soft' }, 'Nothing ran.'));
    return;
  }
  let begin = 0; // an earlier build may have handed out what this one took
  let end = 0.001;
  let lanes = 0;
  for (let i = 0; i < n; i++) {
    begin = Math.min(begin, known.spanStart[i]);
    end = Math.max(end, known.spanStart[i] + known.spanWall[i]);
    lanes = Math.max(lanes, known.spanLane[i] + 1);
  }
  const lane = Math.max(3, Math.min(22, Math.floor(520 / lanes)));
  const bottom = 22;
  let from = begin;
  let to = end;
  let chosen = -1;
  const critical = i => known.criticalJobs.has(known.spanJob[i]);
  const colours = () => known.states.map(state => colour({ ran: 'ran', failed: 'failed',
    interrupted: 'interrupted' }[state] || 'still'));

  const shown = canvas('Timeline of ' + count(n, 'attempt') + ' in ' + count(lanes, 'lane'),
    lanes * lane + bottom, (context, width, height) => {
      context.clearRect(0, 0, width, height);
      const scale = width / (to - from);
      const states = colours();
      const wait = colour('line');
      const path = colour('critical');
      context.fillStyle = wait;
      for (let i = 0; i < n && lane > 5; i++) { // first, so that nothing is struck through
        const x = (known.spanStart[i] - from) * scale;
        const queued = known.spanQueued[i] * scale;
        if (queued > 2 && x > 0 && x - queued < width) {
          context.fillRect(x - queued, known.spanLane[i] * lane + lane / 2 - 1, queued, 2);
        }
      }
      for (let i = 0; i < n; i++) {
        const x = (known.spanStart[i] - from) * scale;
        const w = Math.max(0.7, known.spanWall[i] * scale);
        if (x + w < 0 || x > width) {
          continue;
        }
        const y = known.spanLane[i] * lane;
        context.fillStyle = states[known.spanState[i]];
        context.fillRect(x, y + 1, w, lane - 1);
        if (critical(i)) {
          context.fillStyle = path;
          context.fillRect(x, y + lane - Math.max(2, lane / 5), w, Math.max(2, lane / 5));
        }
        if (i === chosen) {
          context.strokeStyle = colour('text');
          context.lineWidth = 2;
          context.strokeRect(x, y + 1, Math.max(2, w), lane - 1);
        }
        if (w > 60 && lane > 13) {
          context.save();
          context.beginPath();
          context.rect(Math.max(0, x), y, Math.min(w, x + w), lane);
          context.clip();
          context.fillStyle = colour('back');
          context.font = '11px system-ui, sans-serif';
          context.fillText(known.name[known.spanJob[i]], Math.max(0, x) + 4, y + lane / 2 + 4);
          context.restore();
        }
      }
      context.fillStyle = colour('soft');
      context.font = '11px system-ui, sans-serif';
      for (let tick = 0; tick <= 6; tick++) {
        const text = time(from + (to - from) * tick / 6);
        const x = Math.min(width - context.measureText(text).width - 2, width * tick / 6 + 2);
        context.fillText(text, x, height - 6);
      }
    });

  const said = make('p', { role: 'status', id: 'chosen-span' }, 'Choose an attempt with ↑ and ↓, or by a click.');
  const tell = () => {
    const job = known.spanJob[chosen];
    said.textContent = known.name[job] + ': ' + known.states[known.spanState[chosen]] + ', began at '
      + time(known.spanStart[chosen]) + ' after waiting ' + time(known.spanQueued[chosen]) + ', took '
      + time(known.spanWall[chosen]) + (critical(chosen) ? ', on the critical path' : '');
    shown.again();
  };
  const look = (a, b) => {
    const least = Math.max(end / 1e5, 0.001);
    const width = Math.min(end - begin, Math.max(least, b - a));
    from = Math.max(begin, Math.min(a, end - width));
    to = from + width;
    shown.again();
  };
  const zoom = (factor, at) => look(at - (at - from) * factor, at + (to - at) * factor);
  const choose = i => {
    chosen = Math.max(0, Math.min(n - 1, i));
    const start = known.spanStart[chosen];
    if (start < from || start > to) {
      look(start - (to - from) / 2, start + (to - from) / 2);
    }
    tell();
  };
  shown.element.addEventListener('keydown', event => {
    const step = (to - from) / 8;
    const keys = {
      ArrowLeft: () => look(from - step, to - step), ArrowRight: () => look(from + step, to + step),
      ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen < 0 ? 0 : chosen - 1),
      Home: () => choose(0), End: () => choose(n - 1),
      '+': () => zoom(0.5, (from + to) / 2), '-': () => zoom(2, (from + to) / 2), '0': () => look(begin, end),
    };
    if (keys[event.key] && !event.ctrlKey && !event.metaKey) {
      keys[event.key]();
      event.preventDefault();
    }
  });
  shown.element.addEventListener('wheel', event => {
    if (event.ctrlKey || event.shiftKey) {
      const at = from + (to - from) * event.offsetX / shown.element.clientWidth;
      zoom(event.deltaY > 0 ? 1.25 : 0.8, at);
      event.preventDefault();
    }
  }, { passive: false });
  let dragged = null;
  shown.element.addEventListener('pointerdown', event => {
    dragged = { x: event.offsetX, from, to, moved: false };
    shown.element.setPointerCapture(event.pointerId);
  });
  shown.element.addEventListener('pointermove', event => {
    if (dragged && Math.abs(event.offsetX - dragged.x) > 3) {
      dragged.moved = true;
      const by = (dragged.x - event.offsetX) * (dragged.to - dragged.from) / shown.element.clientWidth;
      look(dragged.from + by, dragged.to + by);
    }
  });
  shown.element.addEventListener('pointerup', event => {
    if (dragged && !dragged.moved) {
      const at = from + (to - from) * event.offsetX / shown.element.clientWidth;
      const slack = 3 * (to - from) / shown.element.clientWidth;
      const row = Math.floor(event.offsetY / lane);
      for (let i = 0; i < n; i++) {
        if (known.spanLane[i] === row && known.spanStart[i] - slack <= at
            && at <= known.spanStart[i] + known.spanWall[i] + slack) {
          choose(i);
          break;
        }
      }
    }
    dragged = null;
  });

  const button = (text, act) => make('button', { type: 'button', click: act }, text);
  const longest = [...known.spanWall.keys()].sort((a, b) => known.spanWall[b] - known.spanWall[a]).slice(0, 100);
  const path = known.critical.map(Number);
  section.append(
    make('p', { class: 'soft' }, 'One lane for each job at a time. A thin line is the wait for resources, the lower edge marks the critical path. '
      + 'Keys: ← → move, + − zoom, 0 all, ↑ ↓ choose. Shift and the wheel zooms.'),
    make('div', { class: 'bar' }, button('Zoom in', () => zoom(0.5, (from + to) / 2)),
      button('Zoom out', () => zoom(2, (from + to) / 2)), button('All', () => look(begin, end))),
    shown.element, said,
    make('details', null, make('summary', null, 'The critical path as a list'),
      table('Critical path', [['job', 'began', 'took'],
        ...path.map(job => [known.name[job], time(known.start[job]), time(known.wall[job])])], 1)),
    make('details', null, make('summary', null, 'The longest attempts as a list'),
      table('Longest attempts', [['job', 'state', 'began', 'waited', 'took'],
        ...longest.map(i => [known.name[known.spanJob[i]], known.states[known.spanState[i]],
          time(known.spanStart[i]), time(known.spanQueued[i]), time(known.spanWall[i])])], 2)));
}
