// Puts in what the server tells about, and copies a key. Every page works without it.
const find = (what) => document.querySelector(what);
const say = (text) => { find('[role=status]').textContent = text; };
const show = () => find('[data-fresh]')?.scrollIntoView({ block: 'nearest' });
const live = find('#live'), key = find('#key'), copy = find('#copy'), dialog = find('dialog');

// A page that the browser kept must not show its key again.
onpageshow = (e) => { if (e.persisted) location.reload(); };
onkeydown = (e) => { if (e.key === 'Escape') find('#cancel')?.click(); };
show();

if (copy) {
  copy.hidden = false;
  key.onfocus = () => key.select();
  copy.onclick = () => navigator.clipboard.writeText(key.value).then(
    () => say('Copied. Now paste it in the terminal.'),
    () => { key.focus(); say('The browser did not copy the key. It is selected: press Ctrl+C.'); });
}

// In a frame, autofocus is blocked once another frame has the focus.
find('[data-focus]')?.focus();
find('[data-go]')?.addEventListener('click', () => parent.frames.server?.focus()); // the terminal, beside this page

// listen hears about changes while the page is in sight: a browser has few connections to one server.
let events;
const listen = () => {
  let lost = 0;
  events?.close();
  if (!live || document.hidden) return;
  events = new EventSource(live.dataset.events);
  const on = (name, f) => events.addEventListener(name, (e) => f(e.data));
  on('open', () => { lost = 0; });
  on('live', (html) => {
    const id = document.hasFocus() && document.activeElement.id; // the terminal beside this page may have it
    live.innerHTML = html;
    if (id) (document.getElementById(id) || live).focus();
    show();
  });
  on('news', say);
  on('connected', (id) => { if (dialog?.dataset.of === id) location.replace(dialog.dataset.then); });
  on('error', () => {
    if (events.readyState < 2 && !lost++) return; // the browser tries again
    events.close();
    say('The simulated Pleo has ended. Start it again, and open its new address.');
  });
};
document.onvisibilitychange = listen;
onpagehide = () => events?.close();
listen();
