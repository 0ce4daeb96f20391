// The branding page's previews follow the form while one chooses. Without scripts, the button does it.

const form = document.querySelector('form[data-branding]');
const frames = document.querySelectorAll('iframe[data-preview]');
let waiting = 0;

async function show() {
  const query = new URLSearchParams(new FormData(form));
  query.delete('seen');
  frames.forEach((frame) => frame.contentWindow.location.replace(`${frame.dataset.preview}?${query}`));
  const answer = await fetch(`${location.pathname}?${query}`, { headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const shades = page.getElementById('shades');
  if (shades) document.getElementById('shades').replaceChildren(...shades.childNodes);
}

form?.addEventListener('input', () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 200);
});
