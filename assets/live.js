// A campaign's page that follows what happens. The server sends words and numbers that are ready to be
// shown; here they are put in their places, so that nothing jumps. Without this the page looks again by itself.

const live = document.querySelector('[data-live]');

const put = (place, text) => {
  if (place && place.textContent !== text) place.textContent = text;
};

let said = 0;
function show(message) {
  put(live.querySelector('[data-figure]'), message.figure);
  put(live.querySelector('[data-line]'), message.line);
  put(live.querySelector('[data-readers]'), message.readers);
  put(live.querySelector('[data-updated]'), message.updated);
  for (const [name, [n, meaning]] of Object.entries(message.states)) {
    const state = live.querySelector(`[data-state="${CSS.escape(name)}"]`);
    put(state?.querySelector('[data-n]'), n);
    put(state?.querySelector('[data-meaning]'), meaning);
  }
  // Our own markup, made of numbers.
  const bar = live.querySelector('[data-bar]');
  if (bar) bar.innerHTML = message.bar;
  // The question before the rest is cancelled asks with the numbers of when it is opened.
  const ask = document.querySelector('#cancel:not([open])');
  if (ask?.querySelector('[data-open]')) {
    put(ask.querySelector('[data-rest]'), message.rest);
    put(ask.querySelector('[data-have]'), message.have);
    put(ask.querySelector('[data-open]'), message.open);
    ask.querySelector('[name="shown"]').value = message.open;
  }
  const plot = document.querySelector('[data-plot]');
  if (plot && message.plot) plot.innerHTML = message.plot;
  // Once in half a minute is enough to be read out.
  if (Date.now() - said > 30000) {
    said = Date.now();
    put(live.querySelector('[data-say]'), `${message.figure}. ${message.line}`);
  }
}

// A form is on its way, or a link: loading the page again would call it back. What only downloads leaves the page
// where it is, so that it is loaded again a little later.
const LEAVING_MS = 5000;
let left = -LEAVING_MS;
addEventListener('beforeunload', () => { left = performance.now(); });

// Another status has other buttons. A question that is open is not taken away.
function turn() {
  const question = document.querySelector('dialog[open]');
  const wait = left + LEAVING_MS - performance.now();
  if (question) question.addEventListener('close', turn, { once: true });
  else if (wait > 0) setTimeout(turn, wait);
  else location.reload();
}

if (live && window.EventSource) {
  said = Date.now();
  const events = new EventSource(live.dataset.live);
  const take = (event) => {
    const message = JSON.parse(event.data);
    show(message);
    if (message.status !== live.dataset.status || event.type === 'over') {
      events.close();
      turn();
    }
  };
  events.addEventListener('progress', take);
  events.addEventListener('over', take);
  events.addEventListener('out', () => {
    events.close();
    put(live.querySelector('[data-line]'), live.dataset.signedOut);
  });
  addEventListener('pagehide', () => events.close());
}
