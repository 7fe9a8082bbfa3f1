// A canvas that shows a part of a picture: sharp on each screen, drawn again when its size or the
// theme changes. A user drags it, zooms it, and chooses one of its things by keys or a click.

// `of` has paint(context, width, height, chosen), move(x, y), zoom(factor, x, y), all(), find(x, y)
// (-1 for nothing), tell(i, width), the text of one of `n` things; `width` limits the canvas's.
function pane(label, of) {
  const canvas = make('canvas', { class: 'pane', role: 'img', 'aria-label': label, tabindex: 0,
    style: 'height:' + of.height + 'px;width:' + (of.width ? of.width + 'px' : '100%') });
  let due = false;
  let chosen = -1;
  const again = () => {
    if (!due) {
      due = true;
      requestAnimationFrame(() => {
        due = false;
        const scale = window.devicePixelRatio || 1;
        canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale));
        canvas.height = Math.round(of.height * scale);
        const context = canvas.getContext('2d');
        context.setTransform(scale, 0, 0, scale, 0, 0);
        context.clearRect(0, 0, canvas.clientWidth, of.height);
        of.paint(context, canvas.clientWidth, of.height, chosen);
      });
    }
  };
  const then = act => (...given) => {
    act(...given);
    again();
  };
  const move = then(of.move);
  const zoom = then(of.zoom);
  const all = then(of.all);
  const said = make('p', { role: 'status', class: 'soft' });
  const choose = i => {
    chosen = Math.max(0, Math.min(of.n - 1, i));
    said.textContent = of.tell(chosen, canvas.clientWidth);
    again();
  };
  const middle = factor => zoom(factor, canvas.clientWidth / 2, of.height / 2);
  canvas.addEventListener('keydown', event => {
    const keys = {
      ArrowLeft: () => move(-80, 0), ArrowRight: () => move(80, 0), PageDown: () => move(0, 300), PageUp: () => move(0, -300),
      ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen < 0 ? 0 : chosen - 1),
      Home: () => choose(0), End: () => choose(of.n - 1), '+': () => middle(1.5), '-': () => middle(1 / 1.5), '0': all,
    };
    if (keys[event.key] && !event.ctrlKey && !event.metaKey) {
      keys[event.key]();
      event.preventDefault();
    }
  });
  canvas.addEventListener('wheel', event => {
    if (event.ctrlKey || event.shiftKey) {
      zoom(event.deltaY > 0 ? 0.8 : 1.25, event.offsetX, event.offsetY);
      event.preventDefault();
    }
  }, { passive: false });
  let dragged = null;
  canvas.addEventListener('pointerdown', event => {
    dragged = { x: event.offsetX, y: event.offsetY, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', event => {
    if (dragged && (dragged.moved || Math.abs(event.offsetX - dragged.x) + Math.abs(event.offsetY - dragged.y) > 3)) {
      move(dragged.x - event.offsetX, dragged.y - event.offsetY);
      dragged = { x: event.offsetX, y: event.offsetY, moved: true };
    }
  });
  canvas.addEventListener('pointerup', event => {
    const found = dragged && !dragged.moved ? of.find(event.offsetX, event.offsetY, canvas.clientWidth) : -1;
    if (found >= 0) {
      choose(found);
    }
    dragged = null;
  });
  new ResizeObserver(again).observe(canvas);
  document.addEventListener('theme', again);
  const button = (text, label, act) => make('button', { type: 'button', 'aria-label': label, click: act }, text);
  return make('div', null, make('div', { class: 'bar' }, button('+', 'Zoom in', () => middle(1.5)),
    button('−', 'Zoom out', () => middle(1 / 1.5)), button('Fit', null, all),
    make('details', { class: 'help' }, make('summary', { 'aria-label': 'Help' }, '?'),
      make('span', null, of.help + ' Drag to move, or use ← → Page Up Page Down. Zoom with + − or Shift and the wheel; 0 fits all. Select with a click or ↑ ↓.'))),
  canvas, said);
}
