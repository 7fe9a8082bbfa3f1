// Makes elements. Texts are always set as text: no name of a job becomes HTML.

// The marks of states; they differ without colour too.
const MARKS = {
  'up to date': ['ok', '✓'], ran: ['ok', '✓'], failed: ['failed', '✕'], interrupted: ['interrupted', '‖'],
  blocked: ['blocked', '⊘'], restored: ['restored', '↺'], 'out of date': ['stale', '≠'], 'not run': ['idle', '○'], manual: ['idle', '○'],
  skipped: ['idle', '–'],
};

function make(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function draw(name, attributes, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') {
      element.addEventListener(key, value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

function part(id) {
  return document.getElementById(id);
}

function soft(text) {
  return make('p', { class: 'soft' }, text);
}

// A colour of the theme as a canvas takes it.
function colour(name) {
  const probe = part('probe');
  probe.style.color = 'var(--' + name + ')';
  return getComputedStyle(probe).color;
}

function mark(state) {
  return make('span', { class: 'mark ' + MARKS[state][0], 'aria-hidden': 'true' }, MARKS[state][1]);
}

// A section that can be folded; `build` makes its contents when it is first opened.
function folded(title, open, build) {
  const element = make('details', null, make('summary', null, title));
  let made = false;
  element.addEventListener('toggle', () => {
    if (element.open && !made) {
      made = true;
      element.append(build());
    }
  });
  element.open = open;
  return element;
}

// A list of choices and its label; `act` takes the number of the choice that a user makes.
function choice(id, label, texts, at, act) {
  const select = make('select', { id, change: () => act(Number(select.value)) },
    ...texts.map((text, i) => make('option', { value: i }, text)));
  select.value = at;
  return [make('label', { for: id }, label), select];
}
