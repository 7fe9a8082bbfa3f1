'use strict';
// What the page knows: the head as JSON, the columns as typed arrays. It draws nothing.

async function load() {
  const known = JSON.parse(document.getElementById('head').textContent);
  const packed = atob(document.getElementById('data').textContent.trim());
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) {
    bytes[i] = packed.charCodeAt(i);
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  const buffer = await new Response(stream).arrayBuffer();
  const types = { Int32Array, Float32Array, Uint8Array };
  for (const column of known.columns) {
    known[column.name] = new types[column.type](buffer, column.from, column.count);
  }
  for (const texts of ['name', 'texts']) {
    known[texts] = new TextDecoder().decode(known[texts]).split('\n');
    known[texts].pop();
  }
  known.pictures.forEach((picture, i) => {
    for (const column of ['Label', 'Job', 'State', 'Stage', 'X', 'Y', 'Width', 'Before', 'After', 'BendFrom', 'Bends']) {
      picture[column] = known['graph' + i + column];
    }
    picture.Label = new TextDecoder().decode(picture.Label).split('\n');
    picture.Label.pop();
  });
  known.jobs = known.name.length;
  known.criticalJobs = new Set(known.critical.map(Number));
  return known;
}

// Seconds as torc writes them: 1.2 s, 2 min 05 s, 3 h 04 min.
function time(seconds) {
  if (!(seconds >= 0)) {
    return '–';
  }
  if (Math.round(seconds * 10) < 600) {
    return (Math.round(seconds * 10) / 10).toFixed(1) + ' s';
  }
  const two = n => String(n).padStart(2, '0');
  const whole = Math.round(seconds);
  if (whole < 3600) {
    return Math.floor(whole / 60) + ' min ' + two(whole % 60) + ' s';
  }
  const minutes = Math.round(seconds / 60);
  return Math.floor(minutes / 60) + ' h ' + two(minutes % 60) + ' min';
}

// Bytes as torc writes them: 512 B, 1.5 KiB; 4.0 GB beside an amount that a user wrote so (Amount.java).
function size(bytes, written) {
  if (!(bytes >= 0)) {
    return '–';
  }
  const decimal = written > 0 && written % 1e6 === 0 && written % 2 ** 30 !== 0;
  const step = decimal ? 1000 : 1024;
  let unit = -1;
  while (bytes >= step - 0.05 && unit < 4) {
    bytes /= step;
    unit++;
  }
  return unit < 0 ? bytes + ' B' : bytes.toFixed(1) + ' ' + 'KMGTP'[unit] + (decimal ? 'B' : 'iB');
}

function moment(millis) {
  return new Date(millis).toISOString().replace('T', ' ').slice(0, 19) + ' UTC';
}

function count(n, noun) {
  return n + ' ' + noun + (n === 1 ? '' : 's');
}

// CPUs that were busy on average; NaN unknown.
function cpus(known, job) {
  return known.wall[job] > 0 ? known.cpu[job] / known.wall[job] : NaN;
}
