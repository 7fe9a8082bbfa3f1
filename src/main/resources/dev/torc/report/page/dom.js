// Makes elements. Texts are always set as text: no name of a job becomes HTML.

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  fill(element, attributes, children);
  return element;
}

function draw(name, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  fill(element, attributes, children);
  return element;
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') {
      element.addEventListener(key, value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value);
    }
  }
  for (const child of children) {
    if (child !== null && child !== undefined) {
      element.append(child);
    }
  }
}

function part(id) {
  return document.getElementById(id);
}

// A colour of the theme as a canvas takes it.
function colour(name) {
  const probe = part('probe');
  probe.style.color = 'var(--' + name + ')';
  return getComputedStyle(probe).color;
}

// A table of texts, the first row its head; columns from `numbers` on are numbers.
function table(label, rows, numbers) {
  const cells = (row, tag) => row.map((text, i) =>
    make(tag, { class: i >= numbers ? 'number' : null, scope: tag === 'th' ? 'col' : null }, text));
  return make('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': label },
    make('table', null,
      make('thead', null, make('tr', null, ...cells(rows[0], 'th'))),
      make('tbody', null, ...rows.slice(1).map(row => make('tr', null, ...cells(row, 'td'))))));
}
