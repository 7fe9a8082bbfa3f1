'use strict';
// Reads the data of the page: the head as JSON, the columns as typed arrays. Tells times and sizes.
// It draws nothing.

async function load() {
  const packed = atob(document.getElementById('data').textContent.trim());
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) {
    bytes[i] = packed.charCodeAt(i);
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  const buffer = await new Response(stream).arrayBuffer();
  const types = { Int32Array, Float32Array, Uint8Array };
  const columns = {};
  for (const column of JSON.parse(document.getElementById('columns').textContent)) {
    columns[column.name] = new types[column.type](buffer, column.from, column.count);
  }
  const known = JSON.parse(new TextDecoder().decode(columns.head));
  for (const texts of ['name', 'texts', 'boxLabel']) {
    columns[texts] = new TextDecoder().decode(columns[texts]).split('\n');
    columns[texts].pop();
  }
  Object.assign(known, columns);
  known.jobs = known.name.length;
  known.criticalJobs = new Set(known.critical);
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
  const both = (n, large, small) =>
    Math.floor(n / 60) + large + (n % 60 === 0 ? '' : ' ' + String(n % 60).padStart(2, '0') + small);
  const whole = Math.round(seconds);
  if (whole < 3600) {
    return both(whole, ' min', ' s');
  }
  return both(Math.round(seconds / 60), ' h', ' min');
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

// CPUs as torc writes them; NaN if unknown.
function cpus(busy) {
  return busy >= 0 ? busy.toFixed(1) : '–';
}

function moment(millis) {
  return new Date(millis).toISOString().replace('T', ' ').slice(0, 16);
}

// A number of things; from 10 000 on with a thin space before each group of three digits.
function digits(n) {
  return n < 10000 ? String(n) : n.toLocaleString('en').replaceAll(',', '\u202f');
}

function count(n, noun) {
  return digits(n) + ' ' + noun + (n === 1 ? '' : 's');
}

// When the last run of a job began, in milliseconds since 1970; NaN for none.
function began(known, run) {
  return known.build.started + known.start[run] * 1000;
}
