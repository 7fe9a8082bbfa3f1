// The first screen: the state of the project or build, and as of when; then what failed, before the results.

function showStand(known) {
  part('description').textContent = known.description;
  const counts = new Map();
  let newest = -1;
  for (let job = 0; job < known.jobs; job++) {
    const word = known.states[known.state[job]];
    counts.set(word, (counts.get(word) || 0) + 1);
    if (known.start[job] >= 0 || known.start[job] < 0) {
      newest = newest < 0 || known.start[job] > known.start[newest] ? job : newest;
    }
  }
  const [state, answer] = known.asked > 0 ? ofBuild(known, counts) : ofProject(known, counts);
  const commit = known.git;
  const made = 'Written ' + moment(known.made) + ' UTC by ' + known.author + ' with torc ' + known.torc
    + (commit === null ? '' : ' · git commit ' + commit.hash.slice(0, 12)
      + (commit.differs === null ? '' : commit.differs ? ', and tracked files differ from it' : ', and tracked files are the same')) + '.';
  const build = known.build;
  const asOf = known.asked > 0
    ? 'It began ' + moment(build.started) + ' UTC and ' + (build.seconds === null ? 'did not finish' : 'took ' + time(build.seconds))
      + (build.exit < 0 ? '' : ', exit status ' + build.exit) + '.'
    : newest < 0 ? 'Nothing has run.'
    : 'As of ' + moment(began(known, newest) + (known.wall[newest] || 0) * 1000) + ' UTC, when the last job ended.';
  part('stand').replaceChildren(
    make('p', { class: 'answer' }, mark(state), answer),
    soft(asOf), soft(made),
    known.root === null ? '' : make('p', { class: 'soft' }, 'In ' + known.root));
}

function ofProject(known, counts) {
  const manual = counts.get('manual') || 0;
  const skipped = counts.get('skipped') || 0;
  const all = known.jobs - manual - skipped;
  const good = counts.get('up to date') || 0;
  const open = known.open.length > 0 ? ' The instances of ' + known.open.slice(0, 5).join(', ') + ' are not known yet.' : '';
  const end = (manual > 0 ? ' ' + count(manual, 'manual job') + ' never ran.' : '')
    + (skipped > 0 ? ' ' + count(skipped, 'job') + (skipped === 1 ? ' is' : ' are') + ' skipped.' : '') + open;
  if (good === all) {
    return [open ? 'out of date' : 'up to date', (known.jobs === 0 ? 'There are no jobs.' : all === 0 ? 'Up to date.'
      : all === 1 ? 'Up to date: the only job.' : 'Up to date: all ' + count(all, 'job') + '.') + end];
  }
  const others = known.states.filter(word => word !== 'up to date' && word !== 'manual' && word !== 'skipped' && counts.has(word));
  return [others[0] === 'failed' ? 'failed' : 'out of date',
    'Not up to date: ' + others.map(word => digits(counts.get(word)) + ' ' + word).join(', ')
      + (good > 0 ? '; ' + digits(good) + ' of ' + count(all, 'job') + (good === 1 ? ' is' : ' are') + ' up to date.' : ' of ' + count(all, 'job') + '.') + end];
}

function ofBuild(known, counts) {
  const words = { RAN: 'ran', RESTORED: 'restored', UP_TO_DATE: 'up to date', FAILED: 'failed', BLOCKED: 'blocked',
    INTERRUPTED: 'interrupted', SUBMITTED: 'submitted', NOT_REACHED: 'not started',
    FROZEN: 'frozen', SKIPPED: 'skipped' };
  const told = Object.entries(words).filter(([key]) => known.build.counts[key] > 0).map(([key, word]) => known.build.counts[key] + ' ' + word);
  return [known.build.exit === 0 ? 'ran' : counts.has('failed') ? 'failed' : 'interrupted', 'Build ' + known.build.number + ': ' + (told.join(', ') || 'nothing ran') + '.'
    + (known.last ? '' : ' Of an earlier build, only attempts are recorded, and restored jobs that have not run since.')];
}

const FIRST = 10;

function showFailed(known) {
  const section = part('failed');
  const failed = [...known.name.keys()].filter(job => known.states[known.state[job]] === 'failed');
  if (failed.length === 0) {
    section.remove();
    return;
  }
  const tails = new Map(known.tails.map(tail => [tail.job, tail]));
  part('main').prepend(section);
  const one = job => {
    const { command, lines } = tails.get(job) ?? {};
    return [make('h3', null, mark('failed'), known.name[job]),
      soft([known.texts[known.what[job]] || 'failed', known.start[job] === known.start[job] && moment(began(known, job)) + ' UTC']
        .filter(text => text).join(' · ')),
      command ? make('p', null, make('code', null, command)) : '',
      lines ? folded('Log', failed.length < 6, () => make('pre', { tabindex: 0, role: 'group',
        'aria-label': 'Log of ' + known.name[job] }, lines.length === 0 ? '(no output)' : lines.join('\n'))) : ''];
  };
  section.append(...failed.slice(0, FIRST).flatMap(one));
  if (failed.length > FIRST) { // the results below stay near
    section.append(folded(count(failed.length - FIRST, 'more failed job'), false, () => make('div', null,
      ...failed.slice(FIRST, FOLD).flatMap(one),
      failed.length > FOLD ? soft((failed.length - FOLD) + ' more: select “failed” in the list of jobs') : '')));
  }
}
