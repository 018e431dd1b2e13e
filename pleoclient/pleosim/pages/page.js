// Puts in what the server tells about, and copies a key. Every page works without it.
const find = (what) => document.querySelector(what);
const say = (text) => { find('[role=status]').textContent = text; };
const live = find('#live'), key = find('#key'), copy = find('#copy');

// A page that the browser kept must not show its key again.
addEventListener('pageshow', (e) => { if (e.persisted) location.reload(); });

if (copy) {
  copy.hidden = false;
  key.onfocus = () => key.select();
  key.select();
  copy.onclick = () => navigator.clipboard.writeText(key.value).then(
    () => say('Copied. Now paste it in the terminal.'),
    () => { key.focus(); say('The browser did not copy it. The key is selected: press Ctrl+C.'); });
}

if (live) {
  const events = new EventSource('/events?view=' + live.dataset.view);
  let lost = 0;
  const on = (name, f) => events.addEventListener(name, (e) => f(e.data));
  on('open', () => { lost = 0; });
  on('live', (html) => {
    const { id } = document.activeElement, inside = live.contains(document.activeElement);
    live.innerHTML = html;
    if (inside) (id && document.getElementById(id) || live).focus();
  });
  on('news', say);
  on('connected', (id) => { if (find('dialog')?.dataset.of === id) location.replace('/settings/accounting'); });
  on('error', () => {
    if (events.readyState < 2 && ++lost < 2) return; // the browser tries again
    events.close();
    say('The simulated Pleo has ended. Start the demo again, then reload this page.');
  });
}
