// Saving by itself, and a preview that keeps up. Without scripts the form's own buttons do both.

const form = document.querySelector('form[data-autosave]');
const said = document.querySelector('[data-saved]');
const frame = document.querySelector('iframe[name="preview"]');
const reader = document.querySelector('.preview-reader');
const say = (...parts) => said?.replaceChildren(...parts);

// The preview: one frame, as one of its tabs, for one reader.
let as = document.querySelector('[data-as][aria-current]')?.dataset.as ?? 'mail';
const show = () => {
  if (!frame) return;
  const url = new URL(frame.src);
  if (reader) {
    url.searchParams.set('as', as);
    const address = reader.elements.reader.value.trim();
    if (address) url.searchParams.set('reader', address);
  }
  // Not by `src`: that would fill the browser's history.
  frame.contentWindow.location.replace(url);
};
const tabs = document.querySelectorAll('[data-as]');
tabs.forEach((tab) => {
  tab.addEventListener('click', (event) => {
    if (!frame || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    as = tab.dataset.as;
    frame.classList.toggle('wide', as === 'mail');
    tabs.forEach((other) => other.removeAttribute('aria-current'));
    tab.setAttribute('aria-current', 'true');
    show();
  });
});
reader?.addEventListener('submit', (event) => {
  event.preventDefault();
  show();
});

if (form) {
  let timer;
  let changed = false;
  // Two versions: nothing more is saved by itself until somebody has chosen.
  let stopped = false;
  let saving = null;
  const title = document.querySelector('h1');
  const subject = form.elements.subject ?? form.elements.title;
  document.querySelector('[data-without-scripts]')?.remove();

  // The checks follow what is saved, and what the links answer.
  let asking;
  const check = async (left = 10) => {
    const checks = document.querySelector('[data-checks]');
    if (!checks) return;
    clearTimeout(asking);
    const answer = await fetch(location.pathname, { headers: { accept: 'text/html' } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('[data-checks]');
    if (fresh) checks.replaceChildren(...fresh.childNodes);
    ask(left - 1);
  };
  const ask = (left) => {
    if (left > 0 && document.querySelector('[data-awaited]')) asking = setTimeout(() => check(left).catch(() => {}), 1500);
  };
  ask(10);

  const send = async () => {
    changed = false;
    say(form.dataset.saving);
    try {
      const answer = await fetch(form.action, {
        method: 'POST',
        body: new URLSearchParams(new FormData(form)),
        headers: { accept: 'application/json' },
      });
      const body = await answer.json();
      say(body.said ?? body.detail ?? '');
      if (answer.ok) {
        const version = document.querySelector('[data-version]');
        if (version) version.textContent = body.version;
        document.querySelectorAll('input[name="version"]').forEach((field) => { field.value = body.version; });
        title.textContent = subject.value.trim() || form.dataset.untitled;
        show();
        check().catch(() => {});
        return true;
      }
      changed = true;
      if (answer.status === 409) {
        stopped = true;
        const both = document.createElement('button');
        both.className = 'button small';
        both.textContent = form.dataset.compare;
        both.addEventListener('click', () => form.requestSubmit());
        say(body.said, ' ', both);
      }
    } catch {
      say(form.dataset.unsaved);
      changed = true;
      timer = setTimeout(save, 5000);
    }
    return false;
  };

  // One at a time: each names the version that the one before it made.
  async function save() {
    clearTimeout(timer);
    while (saving) await saving;
    if (stopped) return false;
    if (!changed) return true;
    saving = send();
    const saved = await saving;
    saving = null;
    return saved;
  }

  form.addEventListener('input', () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, 900);
  });
  let leaving = false;
  form.addEventListener('submit', () => { leaving = true; clearTimeout(timer); });
  addEventListener('pageshow', () => { leaving = false; });
  addEventListener('beforeunload', (event) => { if (changed && !leaving) event.preventDefault(); });
  addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's' || event.altKey) return;
    event.preventDefault();
    save();
  });

  // What is sent is what is saved: a time is given, and a test mailed, only after the last words are kept.
  document.querySelectorAll('form[data-after-save]').forEach((after) => {
    after.addEventListener('submit', async (event) => {
      if (!changed && !saving) return;
      event.preventDefault();
      const { submitter } = event;
      if (await save()) after.requestSubmit(submitter);
      else said?.scrollIntoView({ block: 'center' });
    });
  });
}
