// The page that builds the subscribe box's code: previews and code follow the form while one chooses. Without scripts,
// the button does it.

const form = document.querySelector('form[data-box]');
const frames = [...document.querySelectorAll('iframe[data-preview]')];
let waiting = 0;
let turn = 0;

// How tall the box is in a preview, once its words are there; 0: it stands in no text, or never came. `before` is the
// page that the frame is leaving.
async function height(frame, before) {
  for (let tries = 0; tries < 400; tries += 1) {
    const inside = frame.contentDocument;
    // A frame begins with an empty page, which is complete.
    if (inside !== before && inside?.URL !== 'about:blank' && inside?.readyState === 'complete') {
      const box = inside.querySelector('postrider-box');
      if (!box?.matches('[form="inline"], [form="post"]')) return 0;
      if (box.shadowRoot?.querySelector('h2')) return Math.ceil(box.offsetHeight);
    }
    await new Promise((go) => { setTimeout(go, 50); });
  }
  return 0;
}

function offer_copy() {
  document.querySelectorAll('button[data-copy]').forEach((button) => {
    const code = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener('click', async () => {
      code.select();
      await navigator.clipboard?.writeText(code.value);
      button.textContent = button.dataset.copied;
    });
  });
}

async function show(query) {
  const answer = await fetch(`${location.pathname}?${query}`, { headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const snippet = page.getElementById('snippet');
  if (!snippet) return;
  document.getElementById('snippet').replaceChildren(...snippet.childNodes);
  offer_copy();
}

async function follow(is_new) {
  turn += 1;
  const mine = turn;
  const query = new URLSearchParams(new FormData(form));
  const before = frames.map((frame) => is_new && frame.contentDocument);
  if (is_new) {
    history.replaceState(null, '', `${location.pathname}?${query}`);
    frames.forEach((frame) => frame.contentWindow.location.replace(`${frame.dataset.preview}?${query}`));
  }
  const [wide, narrow] = await Promise.all(frames.map((frame, at) => height(frame, before[at])));
  if (wide && narrow) query.set('height', `${narrow} ${wide}`);
  if (mine === turn) await show(query);
}

for (const event of ['input', 'change']) {
  form?.addEventListener(event, () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => follow(true), 200);
  });
}
form?.querySelector('[data-without-script]')?.remove();
offer_copy();
follow(false);
