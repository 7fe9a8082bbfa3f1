// Puts the parts of the page together when the data is read.

function themes() {
  const button = part('theme');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let chosen = null;
  const isDark = () => chosen === null ? dark.matches : chosen === 'dark';
  const tell = () => {
    button.textContent = isDark() ? 'Light theme' : 'Dark theme';
    document.dispatchEvent(new Event('theme'));
  };
  button.addEventListener('click', () => {
    chosen = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = chosen;
    tell();
  });
  dark.addEventListener('change', tell);
  tell();
}

load().then(known => {
  themes();
  for (const show of [showStand, showResults, showFailed, showJobs, showGraph, showTimeline, showResources, showHistory, showEvents, showEnd]) {
    show(known);
  }
  for (const section of document.querySelectorAll('main > section')) {
    document.querySelector('nav').append(make('a', { href: '#' + section.id }, section.firstElementChild.textContent));
  }
  document.documentElement.dataset.ready = 'yes';
}).catch(wrong => {
  part('stand').textContent = 'The data of this page cannot be read: ' + wrong;
  throw wrong;
});
