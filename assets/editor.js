// Saving by itself, and a preview that keeps up. Without scripts the form's own buttons do both.

const form = document.querySelector('form[data-autosave]');
const said = document.querySelector('[data-saved]');
const frame = document.querySelector('iframe[name="preview"]');
// Not by `src`: that would fill the browser's history.
const show = (url) => { if (frame && url) frame.contentWindow.location.replace(url); };
const say = (text) => { if (said) said.textContent = text; };

if (form) {
  let timer;
  let saving = false;
  let changed = false;
  let stopped = false;

  const save = async () => {
    clearTimeout(timer);
    if (saving || stopped || !changed) return !stopped;
    saving = true;
    changed = false;
    say('Saving…');
    try {
      const answer = await fetch(form.action, {
        method: 'POST',
        body: new URLSearchParams(new FormData(form)),
        headers: { accept: 'application/json' },
      });
      const body = await answer.json();
      say(body.said ?? body.detail ?? '');
      if (answer.ok) {
        document.querySelectorAll('input[name="version"]').forEach((field) => { field.value = body.version; });
        show(frame?.dataset.at ?? frame?.src);
      } else {
        // A conflict, or signed out: what is typed stays here, and nothing is overwritten by itself.
        stopped = true;
        changed = true;
      }
    } catch {
      say('Not saved: no answer. Trying again.');
      changed = true;
      timer = setTimeout(save, 5000);
    } finally {
      saving = false;
    }
    return !stopped;
  };

  form.addEventListener('input', () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, 900);
  });
  form.addEventListener('submit', () => { changed = false; });
  addEventListener('beforeunload', (event) => { if (changed) event.preventDefault(); });

  // What is sent is what is saved: a time is given only after the last words are kept.
  document.querySelectorAll('form[data-after-save]').forEach((after) => {
    after.addEventListener('submit', async (event) => {
      if (!changed) return;
      event.preventDefault();
      const submitter = event.submitter;
      delete after.dataset.sent;
      if (await save()) after.requestSubmit(submitter);
    });
  });
}

// The previews' names, as tabs: one frame, narrow for the phone.
document.querySelectorAll('[data-as]').forEach((tab) => {
  tab.addEventListener('click', (event) => {
    if (!frame || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    frame.classList.toggle('narrow', tab.dataset.as === 'phone');
    frame.dataset.at = tab.href;
    show(tab.href);
    document.querySelectorAll('[data-as]').forEach((other) => other.removeAttribute('aria-current'));
    tab.setAttribute('aria-current', 'true');
  });
});
