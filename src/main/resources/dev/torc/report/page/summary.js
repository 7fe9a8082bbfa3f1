// The head of the page, the counts, what failed and why, what was left out, the history of builds.

function showSummary(known) {
  const build = known.build;
  part('title').textContent = known.project + ': build ' + build.number;
  part('subtitle').textContent = moment(build.started) + ', '
    + (build.seconds === null ? 'did not end in order' : time(build.seconds))
    + (build.exit === null ? '' : ', exit status ' + build.exit) + ', in ' + known.root;
  const words = { RAN: 'ran', RESTORED: 'restored', UP_TO_DATE: 'up to date', FAILED: 'failed', BLOCKED: 'blocked',
    INTERRUPTED: 'interrupted', SUBMITTED: 'submitted', NOT_REACHED: 'not reached' };
  const list = make('ul', { class: 'counts' });
  for (const [key, word] of Object.entries(words)) {
    const n = build.counts[key] || 0;
    if (n > 0 || ['RAN', 'UP_TO_DATE', 'FAILED'].includes(key)) {
      list.append(make('li', { class: word.replaceAll(' ', '-') }, make('b', null, String(n)), word));
    }
  }
  const section = part('summary');
  section.append(list);
  if (known.where !== null) {
    section.append(make('p', { class: 'soft', id: 'where' }, 'torc ran on ' + known.where));
  }
  const failed = [];
  for (let job = 0; job < known.jobs; job++) {
    if (known.states[known.state[job]] === 'failed') {
      failed.push(job);
    }
  }
  if (failed.length > 0) {
    section.append(make('h3', null, 'What failed'));
    const some = failed.slice(0, 50).map(job => [known.name[job],
      known.texts[known.what[job]] || '–', known.texts[known.why[job]] || '–']);
    section.append(table('Failed jobs', [['job', 'how it failed', 'why it ran'], ...some], 9));
    if (failed.length > 50) {
      section.append(make('p', { class: 'soft' }, 'and ' + (failed.length - 50) + ' more'));
    }
  }
  const whys = new Map();
  for (let job = 0; job < known.jobs; job++) {
    if (known.attempts[job] > 0) {
      // Of a need the file does not count here: "need a.csv changed" and "need b.csv changed" are alike.
      const why = (known.texts[known.why[job]] || 'not on record')
        .replace(/^(need|product) .* (changed|added|removed|missing|altered).*/, '$1 $2');
      whys.set(why, (whys.get(why) || 0) + 1);
    }
  }
  if (whys.size > 0) {
    section.append(make('h3', null, 'Why jobs ran'));
    const rows = [...whys].sort((a, b) => b[1] - a[1]).slice(0, 20).map(([why, n]) => [why, String(n)]);
    section.append(table('Why jobs ran', [['reason', 'jobs'], ...rows], 1));
  }
  if (known.leftOut.length > 0) {
    section.append(make('p', { class: 'soft', id: 'left-out' },
      'The page has no room for ' + known.leftOut.join('; ') + '.'));
  }
  if (!known.last) {
    section.append(make('p', { class: 'soft' },
      'Later builds are on record: of this one the page knows the attempts, and of what was restored '
      + 'just the jobs that did not run since; what was up to date it does not know.'));
  }
}

function showHistory(known) {
  const builds = [...known.history].reverse();
  const most = Math.max(...builds.map(build => build.seconds || 0), 0.001);
  const width = 900;
  const step = Math.min(30, width / builds.length);
  const svg = draw('svg', { viewBox: '0 0 ' + width + ' 110', role: 'img', preserveAspectRatio: 'none',
    'aria-label': 'How long the last ' + count(builds.length, 'build') + ' took' });
  builds.forEach((build, i) => {
    const height = Math.max(1, 100 * (build.seconds || 0) / most);
    svg.append(draw('rect', { x: i * step + step * 0.1, width: step * 0.8, y: 105 - height, height,
      class: build.exit === 0 ? 'ok' : 'bad' }, draw('title', null,
      'build ' + build.number + ': ' + time(build.seconds ?? NaN))));
  });
  const rows = known.history.map(build => ['build ' + build.number, moment(build.started),
    time(build.seconds ?? NaN), String(build.counts.RAN || 0), String(build.counts.RESTORED || 0), String(build.counts.UP_TO_DATE || 0),
    String(build.counts.FAILED || 0), build.exit === null ? '–' : String(build.exit)]);
  part('history').append(
    make('figure', null, svg, make('figcaption', null,
      'Duration of each build, oldest first; the longest took ' + time(most) + '.')),
    make('details', null, make('summary', null, 'As a table'),
      table('Builds', [['build', 'began', 'took', 'ran', 'restored', 'up to date', 'failed', 'exit'], ...rows], 2)));
}

function showFacts(known) {
  const section = part('facts');
  for (const [title, facts] of [['Data', known.data], ['Events', known.events]]) {
    section.append(make('h3', null, title));
    section.append(facts.length === 0 ? make('p', { class: 'soft' }, 'None.')
      : table(title, [['job', 'value'], ...facts.map(fact => [fact.job, fact.text])], 9));
  }
}

function showLogs(known) {
  const section = part('logs');
  if (known.tails.length === 0) {
    section.append(make('p', { class: 'soft' }, 'None.'));
  }
  for (const tail of known.tails) {
    section.append(make('details', known.tails.length < 6 ? { open: '' } : null,
      make('summary', null, known.name[tail.job]),
      make('pre', { tabindex: 0, role: 'group', 'aria-label': 'End of the log of ' + known.name[tail.job] },
        tail.text === '' ? '(no output)' : tail.text)));
  }
}
