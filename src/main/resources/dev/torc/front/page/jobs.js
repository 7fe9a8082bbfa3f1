// The table of all jobs: search, choice of states, sorting, and more of a job when it is opened.

function showJobs(known) {
  const text = (column, job) => known.texts[known[column][job]];
  // Returns the failure, else what the next build does, else why the job ran; after a restored result's origin.
  const why = job => {
    const from = text('from', job);
    const reason = text('what', job) || text('now', job) || text('why', job);
    return from === '' ? reason : 'from ' + from + (reason === '' ? '' : ': ' + reason);
  };
  const number = (title, values, told) => column(title, job => told(values[job]), job => values[job]);
  const rare = column => ({ ...column, rare: true });
  const columns = [
    column('job', job => known.name[job]),
    column('state', job => known.states[known.state[job]], null, (job, word) => [mark(word), word]),
    column('began', job => known.start[job] === known.start[job] ? moment(began(known, job)) : '–', job => known.start[job]),
    rare(number('waited', known.queued, time)),
    number('took', known.wall, time),
    number('CPUs', known.busy, cpus),
    number('memory', known.memory, size),
    rare(number('read', known.read, size)),
    rare(number('written', known.written, size)),
    ({ rare: known.tries.every(tries => tries < 2), ...column('attempts', job => known.tries[job] + (known.tries[job] > 1 && text('what', job) === '' ? ' (flaky)' : ''), job => known.tries[job]) }),
    column('reason', why),
  ];
  const words = known.states.filter((_, i) => known.state.includes(i));
  let only = -1;
  const [label, select] = choice('state', 'State', ['all', ...words], 0, i => {
    only = known.states.indexOf(words[i - 1]);
    list.again();
  });
  const list = grid('jobs', columns, known.jobs, {
    find: job => known.name[job] + '\n' + why(job),
    pick: job => only < 0 || known.state[job] === only,
    first: job => ({ failed: 2, blocked: 1 })[known.states[known.state[job]]] ?? 0,
    details: job => details(known, job, text),
    bar: [label, select],
  });
  part('jobs').append(list);
  const whys = new Map();
  for (let job = 0; job < known.jobs; job++) {
    if (known.start[job] === known.start[job]) {
      // A need's name does not count here: "need a.csv changed" and "need b.csv changed" are alike.
      const reason = (text('why', job) || 'not recorded')
        .replace(/^(need|product) .* (changed|added|removed|missing|altered).*/, '$1 $2');
      whys.set(reason, (whys.get(reason) || 0) + 1);
    }
  }
  if (whys.size > 0) {
    part('jobs').append(folded('Reasons', false, () =>
      table('reasons', ['reason', 'jobs'], [...whys].sort((a, b) => b[1] - a[1]).map(([reason, n]) => [reason, String(n)]))));
  }
}

function details(known, job, text) {
  const facts = [['state', known.states[known.state[job]]], ['next build', text('now', job)],
    ['restored from', text('from', job)], ['reason', text('why', job)],
    ['failure', text('what', job)],
    ['began', known.start[job] === known.start[job] ? moment(began(known, job)) + ' UTC' : ''],
    ['waited', time(known.queued[job])],
    ['took', time(known.wall[job]) + (known.askedTime[job] > 0 ? ' of ' + time(known.askedTime[job]) : '')],
    ['CPU time', time(known.cpu[job])], ['CPUs requested', String(known.askedCpus[job])],
    ['memory', size(known.memory[job], known.askedMemory[job])
      + (known.askedMemory[job] > 0 ? ' of ' + size(known.askedMemory[job], known.askedMemory[job]) : '')],
    ['read, written', size(known.read[job]) + ', ' + size(known.written[job])],
    ['host', known.texts[known.host[job]]], ['git', text('commit', job)]];
  return make('dl', null, ...facts.filter(([, told]) => told && !told.startsWith('–'))
    .flatMap(([title, told]) => [make('dt', { class: 'soft' }, title), make('dd', null, told)]));
}
