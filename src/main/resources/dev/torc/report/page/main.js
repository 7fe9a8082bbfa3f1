// Puts the parts of the page together when all is read.

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
  showSummary(known);
  showTimeline(known);
  showGraph(known);
  showResources(known);
  showGroups(known);
  showTable(known);
  showLogs(known);
  showFacts(known);
  showHistory(known);
  part('wait').remove();
  document.documentElement.dataset.ready = 'yes';
}, wrong => {
  part('wait').textContent = 'The data of this page cannot be read: ' + wrong;
});
