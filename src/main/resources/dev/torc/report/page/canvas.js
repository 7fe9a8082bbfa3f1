// A canvas that is as sharp as the screen and is drawn again when its size or the theme changes.

function canvas(label, height, paint) {
  const element = make('canvas', { role: 'img', 'aria-label': label, tabindex: 0, style: 'height:' + height + 'px' });
  let due = false;
  const again = () => {
    if (!due) {
      due = true;
      requestAnimationFrame(() => {
        due = false;
        const scale = window.devicePixelRatio || 1;
        const width = element.clientWidth;
        element.width = Math.max(1, Math.round(width * scale));
        element.height = Math.round(height * scale);
        const context = element.getContext('2d');
        context.setTransform(scale, 0, 0, scale, 0, 0);
        paint(context, width, height);
      });
    }
  };
  new ResizeObserver(again).observe(element);
  document.addEventListener('theme', again);
  return { element, again };
}
