// Looks every two seconds how work in the background comes on, while it does. Without it there is a link.

const look = async () => {
  const shown = document.getElementById('progress');
  if (!shown?.querySelector('[data-open]')) return;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('progress');
      if (!fresh) return;
      shown.replaceChildren(...fresh.childNodes);
    } catch {
      // The server is away: the next look may find it.
    }
  }
  setTimeout(look, 2000);
};
setTimeout(look, 2000);
