// Keeps a part of a page fresh while somebody looks at it, and leaves alone what they are just using.

const part = document.querySelector('[data-fresh]');

async function renew() {
  if (document.hidden || part.contains(document.activeElement) || part.querySelector('details[open]')) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('[data-fresh]');
  if (fresh) part.replaceChildren(...fresh.childNodes);
}

if (part) setInterval(() => { renew().catch(() => {}); }, Number(part.dataset.fresh) * 1000);
