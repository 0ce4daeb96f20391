// The page that builds the subscribe box's code: previews and code follow the form while one chooses. Without scripts,
// the button does it.

const form = document.querySelector('form[data-box]');
const frames = [...document.querySelectorAll('iframe[data-preview]')];
let waiting = 0;
let turn = 0;

// How tall the box is in a preview, once its words are there; 0: it stands in no text, or never came.
async function height(frame) {
  for (let tries = 0; tries < 40; tries += 1) {
    const inside = frame.contentDocument;
    const box = inside?.querySelector('postrider-box[form="inline"], postrider-box[form="post"]');
    if (box?.shadowRoot?.querySelector('h2')) return Math.ceil(box.offsetHeight);
    if (inside?.readyState === 'complete' && !inside.querySelector('script, postrider-box')) return 0;
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
  if (is_new) {
    history.replaceState(null, '', `${location.pathname}?${query}`);
    frames.forEach((frame) => frame.contentWindow.location.replace(`${frame.dataset.preview}?${query}`));
    await new Promise((go) => { setTimeout(go, 100); });
  }
  const [wide, narrow] = await Promise.all(frames.map(height));
  if (wide && narrow) query.set('height', `${narrow} ${wide}`);
  if (mine === turn) await show(query);
}

form?.addEventListener('input', () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => follow(true), 200);
});
form?.querySelector('[data-without-script]')?.remove();
offer_copy();
follow(false);
