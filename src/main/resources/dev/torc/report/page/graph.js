// The graph as torc laid it out: to move, to enlarge, to choose from; and stage by stage as a list.

const BOX = 24;

function showGraph(known) {
  const section = part('graph');
  if (known.pictures[0].Label.length === 0) {
    section.append(make('p', { class: 'soft' }, 'There are no jobs.'));
    return;
  }
  let of = known.pictures[0];
  let scale = 1;
  let left = 0;
  let top = 0;
  let chosen = -1;
  let fitted = false;
  const names = { ran: 'ran', failed: 'failed', interrupted: 'interrupted', blocked: 'blocked',
    restored: 'restored' };

  const height = Math.max(...known.pictures.map(picture => picture.height)) + 40;
  const shown = canvas(of.stages ? 'Stages of the graph' : 'Graph of jobs and groups', Math.max(80, Math.min(420, height)),
    (context, width, room) => {
      if (!fitted) {
        fitted = true;
        scale = Math.min(1, Math.max(0.05, Math.min(width / (of.width + 20), room / (of.height + 20))));
        left = -10;
        top = -10;
      }
      context.clearRect(0, 0, width, room);
      context.save();
      context.scale(scale, scale);
      context.translate(-left, -top);
      const right = left + width / scale;
      const bottom = top + room / scale;
      edges(context, right, bottom);
      const colours = known.states.map(state => colour(names[state] || 'still'));
      const back = colour('back');
      const text = colour('text');
      context.font = '12px system-ui, sans-serif';
      for (let v = 0; v < of.Label.length; v++) {
        const x = of.X[v];
        const y = of.Y[v] - BOX / 2;
        if (x > right || x + of.Width[v] < left || y > bottom || y + BOX < top) {
          continue;
        }
        context.fillStyle = back;
        context.fillRect(x, y, of.Width[v], BOX);
        context.fillStyle = colours[of.State[v]];
        context.fillRect(x, y, 5, BOX);
        context.strokeStyle = v === chosen ? text : colours[of.State[v]];
        context.lineWidth = v === chosen ? 3 : 1;
        context.strokeRect(x, y, of.Width[v], BOX);
        if (scale > 0.35) {
          context.fillStyle = text;
          let label = of.Label[v];
          if (label.length > 40) {
            label = label.slice(0, 39) + '…';
          }
          context.fillText(label, x + 10, of.Y[v] + 4, of.Width[v] - 14);
        }
      }
      context.restore();
    });

  function edges(context, right, bottom) {
    const plain = colour('line');
    const strong = colour('text');
    for (let e = 0; e < of.Before.length; e++) {
      const a = of.Before[e];
      const b = of.After[e];
      const on = a === chosen || b === chosen;
      let x = of.X[a] + of.Width[a];
      let y = of.Y[a];
      const low = Math.min(of.Y[a], of.Y[b]);
      const high = Math.max(of.Y[a], of.Y[b]);
      const straight = of.BendFrom[e] === of.BendFrom[e + 1];
      if (straight && (high < top || low > bottom || Math.max(of.X[a], of.X[b]) < left || Math.min(of.X[a], of.X[b]) > right)) {
        continue;
      }
      context.strokeStyle = on ? strong : plain;
      context.lineWidth = on ? 2 : 1;
      context.beginPath();
      context.moveTo(x, y);
      const to = (x2, y2) => {
        const half = x === x2 ? x + 14 : (x + x2) / 2; // those that wait for each other are in one column
        context.bezierCurveTo(half, y, half, y2, x2, y2);
        x = x2;
        y = y2;
      };
      for (let k = of.BendFrom[e]; k < of.BendFrom[e + 1]; k += 2) {
        to(of.Bends[k], of.Bends[k + 1]);
      }
      to(of.X[a] < of.X[b] ? of.X[b] : of.X[b] + of.Width[b], of.Y[b]);
      context.stroke();
    }
  }

  const said = make('p', { role: 'status', id: 'chosen-job' },
    'Choose a ' + (of.stages ? 'stage' : 'job') + ' with ↑ and ↓, or by a click.');
  const words = (from, to, v) => {
    const found = [];
    let more = 0;
    for (let e = 0; e < from.length; e++) {
      if (to[e] === v) {
        found.length < 5 ? found.push(of.Label[from[e]]) : more++;
      }
    }
    return found.join(', ') + (more > 0 ? ' and ' + more + ' more' : '');
  };
  const choose = v => {
    chosen = Math.max(0, Math.min(of.Label.length - 1, v));
    const room = { x: shown.element.clientWidth / scale, y: shown.element.clientHeight / scale };
    const x = of.X[chosen];
    const y = of.Y[chosen];
    if (x < left || x + of.Width[chosen] > left + room.x || y < top || y > top + room.y) {
      left = x - room.x / 3;
      top = y - room.y / 2;
    }
    const before = words(of.Before, of.After, chosen);
    const after = words(of.After, of.Before, chosen);
    said.textContent = of.stages ? of.Label[chosen] : of.Label[chosen] + ': ' + known.states[of.State[chosen]]
      + (before === '' ? '' : ', waits for ' + before) + (after === '' ? '' : ', is waited for by ' + after);
    shown.again();
  };
  const zoom = (factor, x, y) => {
    const next = Math.min(4, Math.max(0.02, scale * factor));
    left += x / scale - x / next;
    top += y / scale - y / next;
    scale = next;
    shown.again();
  };
  const middle = factor => zoom(factor, shown.element.clientWidth / 2, shown.element.clientHeight / 2);
  const move = (x, y) => {
    left += x / scale;
    top += y / scale;
    shown.again();
  };
  const all = () => {
    fitted = false;
    shown.again();
  };
  shown.element.addEventListener('keydown', event => {
    const keys = {
      ArrowLeft: () => move(-80, 0), ArrowRight: () => move(80, 0),
      ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen < 0 ? 0 : chosen - 1),
      PageDown: () => move(0, 300), PageUp: () => move(0, -300),
      Home: () => choose(0), End: () => choose(of.Label.length - 1),
      '+': () => middle(1.5), '-': () => middle(1 / 1.5), '0': all,
    };
    if (keys[event.key] && !event.ctrlKey && !event.metaKey) {
      keys[event.key]();
      event.preventDefault();
    }
  });
  shown.element.addEventListener('wheel', event => {
    if (event.ctrlKey || event.shiftKey) {
      zoom(event.deltaY > 0 ? 0.8 : 1.25, event.offsetX, event.offsetY);
      event.preventDefault();
    }
  }, { passive: false });
  let dragged = null;
  shown.element.addEventListener('pointerdown', event => {
    dragged = { x: event.offsetX, y: event.offsetY, moved: false };
    shown.element.setPointerCapture(event.pointerId);
  });
  shown.element.addEventListener('pointermove', event => {
    if (dragged && (dragged.moved || Math.abs(event.offsetX - dragged.x) + Math.abs(event.offsetY - dragged.y) > 3)) {
      move(dragged.x - event.offsetX, dragged.y - event.offsetY);
      dragged = { x: event.offsetX, y: event.offsetY, moved: true };
    }
  });
  shown.element.addEventListener('pointerup', event => {
    if (dragged && !dragged.moved) {
      const x = left + event.offsetX / scale;
      const y = top + event.offsetY / scale;
      for (let v = 0; v < of.Label.length; v++) {
        if (of.X[v] <= x && x <= of.X[v] + of.Width[v] && Math.abs(of.Y[v] - y) <= BOX / 2) {
          choose(v);
          break;
        }
      }
    }
    dragged = null;
  });

  const button = (text, act) => make('button', { type: 'button', click: act }, text);
  const bar = make('div', { class: 'bar' }, button('Zoom in', () => middle(1.5)),
    button('Zoom out', () => middle(1 / 1.5)), button('All', all));
  const list = make('details', null, make('summary', null, 'Stage by stage as a list'));
  const fill = () => {
    while (list.children.length > 1) {
      list.lastChild.remove();
    }
    if (list.open) {
      if (of.stages) {
        list.append(table('Stages', [['stage', 'jobs'], ...of.Label.map(label => label.split(': '))], 9));
        return;
      }
      const order = [...of.Label.keys()].sort((a, b) => of.Stage[a] - of.Stage[b] || a - b);
      list.append(table('Stages', [['stage', 'job', 'state', 'waits for'],
        ...order.map(v => [String(of.Stage[v] + 1), of.Label[v], known.states[of.State[v]], words(of.Before, of.After, v)])], 9));
    }
  };
  list.addEventListener('toggle', fill);
  if (known.pictures.length > 1) {
    bar.append(make('label', null, make('input', { type: 'checkbox', id: 'instances', change: event => {
      of = known.pictures[event.target.checked ? 1 : 0];
      chosen = -1;
      fill();
      all();
    } }), ' each instance of a group'));
  }
  section.append(
    make('p', { class: 'soft' }, (of.stages
      ? 'There are more jobs and groups than can be drawn, so each box is a stage: all in it waits for something in the one to the left, and has the colour of what wants most attention.'
      : 'Jobs to the right wait for those to the left.') + ' Keys: ← → page up and down move, + − zoom, 0 all, ↑ ↓ choose. Drag, or shift and the wheel.'),
    bar, shown.element, said, list);
}
