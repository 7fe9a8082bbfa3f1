// The graph as torc laid it out, with jobs and groups as boxes, in a canvas of the graph's size at
// most; and a list of the boxes, stage by stage.

const BOX = 24;

function showGraph(known) {
  const section = part('graph');
  const labels = known.boxLabel;
  if (labels.length === 0) {
    section.remove();
    return;
  }
  let scale = 1;
  let left = -10;
  let top = -10;
  let fitted = false;
  const height = Math.max(60, Math.min(460, known.height + 20));
  const straight = e => known.bendFrom[e] === known.bendFrom[e + 1];

  function paint(context, width, room, chosen) {
    if (!fitted) {
      fitted = true;
      scale = Math.min(1, Math.max(labels.length > 60 ? 0.1 : 0.6, Math.min(width / (known.width + 20), room / (known.height + 20))));
    }
    context.scale(scale, scale);
    context.translate(-left, -top);
    const right = left + width / scale;
    const bottom = top + room / scale;
    edges(context, right, bottom, chosen);
    const marks = known.states.map(state => MARKS[state]);
    const hues = marks.map(([hue]) => colour(hue));
    const back = colour('back');
    const text = colour('text');
    context.font = '12px system-ui, sans-serif';
    for (let v = 0; v < labels.length; v++) {
      const x = known.boxX[v];
      const y = known.boxY[v] - BOX / 2;
      const w = known.boxWidth[v];
      if (x > right || x + w < left || y > bottom || y + BOX < top) {
        continue;
      }
      context.fillStyle = back;
      context.fillRect(x, y, w, BOX);
      context.fillStyle = hues[known.boxState[v]];
      context.fillRect(x, y, 18, BOX);
      context.strokeStyle = v === chosen ? text : hues[known.boxState[v]];
      context.lineWidth = v === chosen ? 3 : 1;
      context.strokeRect(x, y, w, BOX);
      if (scale > 0.35) {
        context.fillStyle = back;
        context.fillText(marks[known.boxState[v]][1], x + 4, y + 16, 12);
        context.fillStyle = text;
        context.fillText(labels[v].length > 40 ? labels[v].slice(0, 39) + '…' : labels[v], x + 23, y + 16, w - 27);
      }
    }
  }

  function edges(context, right, bottom, chosen) {
    const plain = colour('idle');
    const strong = colour('text');
    for (let e = 0; e < known.edgeBefore.length; e++) {
      const a = known.edgeBefore[e];
      const b = known.edgeAfter[e];
      const on = a === chosen || b === chosen;
      let x = known.boxX[a] + known.boxWidth[a];
      let y = known.boxY[a];
      const [low, high] = [Math.min(y, known.boxY[b]), Math.max(y, known.boxY[b])];
      if (straight(e) && (high < top || low > bottom || Math.max(known.boxX[a], known.boxX[b]) < left
          || Math.min(known.boxX[a], known.boxX[b]) > right)) {
        continue;
      }
      context.strokeStyle = on ? strong : plain;
      context.lineWidth = on ? 2 : 1;
      context.beginPath();
      context.moveTo(x, y);
      const to = (x2, y2) => {
        const half = x === x2 ? x + 14 : (x + x2) / 2; // in one column, boxes wait for each other
        context.bezierCurveTo(half, y, half, y2, x2, y2);
        x = x2;
        y = y2;
      };
      for (let k = known.bendFrom[e]; k < known.bendFrom[e + 1]; k += 2) {
        to(known.bends[k], known.bends[k + 1]);
      }
      to(known.boxX[a] < known.boxX[b] ? known.boxX[b] : known.boxX[b] + known.boxWidth[b], known.boxY[b]);
      context.stroke();
    }
  }

  const words = (from, to, v) => {
    const found = [];
    to.forEach((each, e) => each === v && found.push(labels[from[e]]));
    return found.slice(0, 5).join(', ') + (found.length > 5 ? ' and ' + (found.length - 5) + ' more' : '');
  };
  const before = v => words(known.edgeBefore, known.edgeAfter, v);
  section.append(pane(known.stages ? 'Stages of the graph' : 'Graph of jobs and groups', {
    height, width: Math.ceil(known.width) + 20, n: labels.length, paint,
    help: known.stages
      ? 'There are too many jobs and groups to draw, so each box is a stage. Each job in it waits for a job in the stage to its left. The color is that of the most urgent state.'
      : 'Jobs on the right wait for jobs on the left. A group has the color of its most urgent state.',
    move: (x, y) => {
      left += x / scale;
      top += y / scale;
    },
    zoom: (factor, x, y) => {
      const next = Math.min(4, Math.max(0.02, scale * factor));
      left += x / scale - x / next;
      top += y / scale - y / next;
      scale = next;
    },
    all: () => {
      [fitted, left, top] = [false, -10, -10];
    },
    find: (px, py) => {
      const x = left + px / scale;
      const y = top + py / scale;
      return labels.findIndex((_, v) => known.boxX[v] <= x && x <= known.boxX[v] + known.boxWidth[v]
        && Math.abs(known.boxY[v] - y) <= BOX / 2);
    },
    tell: (v, width) => {
      const [x, y] = [known.boxX[v], known.boxY[v]];
      if (x < left || x + known.boxWidth[v] > left + width / scale || y < top || y > top + height / scale) {
        left = x - width / scale / 3;
        top = y - height / scale / 2;
      }
      const after = words(known.edgeAfter, known.edgeBefore, v);
      return known.stages ? labels[v] : labels[v] + ': ' + known.states[known.boxState[v]]
        + (before(v) === '' ? '' : ', waits for ' + before(v)) + (after === '' ? '' : ', needed by ' + after);
    },
  }), folded('List of stages', false, () => {
    const order = [...labels.keys()].sort((a, b) => known.boxStage[a] - known.boxStage[b] || a - b);
    return known.stages ? table('stages', ['stage', 'jobs'], labels.map(label => label.split(': ')))
      : table('stages', ['stage', 'job', 'state', 'waits for'],
        order.map(v => [String(known.boxStage[v] + 1), labels[v], known.states[known.boxState[v]], before(v)]));
  }));
}
