// What every page of the desk adds where scripts run: keys, questions before what can't be undone, and
// buttons that say that they are busy. Each of them works without, as plain forms and links.

const typing = (target) => target.closest('input, textarea, select, [contenteditable]') !== null;

// One key each; `g` and a letter goes to a tab. The list of them is on the help page.
let went = 0;
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === 'Escape') {
    document.querySelectorAll('details:is(.menu, .chip)[open]').forEach((menu) => {
      menu.open = false;
      menu.querySelector('summary').focus();
    });
    if (typing(event.target)) event.target.blur();
    return;
  }
  if (typing(event.target) || document.querySelector('dialog[open]')) return;
  if (went && Date.now() - went < 1500) {
    went = 0;
    const tab = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (tab) {
      event.preventDefault();
      tab.click();
      return;
    }
  }
  if (event.key === 'g') {
    went = Date.now();
    return;
  }
  if (event.key === '?') {
    event.preventDefault();
    document.querySelector('[data-shortcuts]')?.click();
    return;
  }
  const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!control) return;
  event.preventDefault();
  if (control.matches('input, textarea, select')) control.focus();
  else control.click();
});

// A menu closes when one looks elsewhere.
addEventListener('click', (event) => {
  document.querySelectorAll('details:is(.menu, .chip)[open]').forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// `data-dialog="id"` opens a dialog that the page holds, in place of following the link.
document.querySelectorAll('[data-dialog]').forEach((opener) => {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog) return;
  opener.addEventListener('click', (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  dialog.querySelectorAll('[data-close]').forEach((button) => button.addEventListener('click', (event) => {
    event.preventDefault();
    dialog.close();
  }));
});

// The keys open as a dialog, read from the help page once.
document.querySelector('[data-shortcuts]')?.addEventListener('click', async (event) => {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const opener = event.currentTarget;
  event.preventDefault();
  let dialog = document.getElementById('shortcuts');
  if (!dialog) {
    const answer = await fetch(opener.href).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html');
    const keys = page && page.getElementById('keys');
    if (!keys) {
      location.assign(opener.href);
      return;
    }
    keys.querySelectorAll('[id]').forEach((part) => part.removeAttribute('id'));
    dialog = document.createElement('dialog');
    dialog.id = 'shortcuts';
    dialog.setAttribute('aria-label', opener.dataset.title);
    const close = document.createElement('button');
    close.className = 'button small close';
    close.textContent = opener.dataset.closeLabel;
    close.addEventListener('click', () => dialog.close());
    dialog.append(...keys.childNodes, close);
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
});

// A form is sent once; its button says so.
addEventListener('submit', (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.matches('.button[type="submit"]')) return;
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = 'yes';
  button.style.minInlineSize = `${button.offsetWidth}px`;
  button.setAttribute('aria-busy', 'true');
  if (button.dataset.busy) button.textContent = button.dataset.busy;
});
addEventListener('pageshow', (event) => {
  if (event.persisted) document.querySelectorAll('[data-sent]').forEach((form) => delete form.dataset.sent);
});

// Filters act when chosen.
document.querySelectorAll('form[data-auto] select').forEach((select) => {
  select.addEventListener('change', () => select.form.requestSubmit());
});

// Browsers don't say by `:focus` that a frame has it, nor bring it into sight: the page around it does.
let looking;
const showFrame = () => {
  const here = document.activeElement;
  document.querySelectorAll('iframe').forEach((frame) => {
    const had = frame.classList.contains('focused');
    frame.classList.toggle('focused', frame === here);
    if (frame === here && !had) frame.scrollIntoView({ block: 'nearest' });
  });
  return here?.localName === 'iframe';
};
addEventListener('blur', () => {
  // From one frame to the next nothing is said either.
  if (showFrame()) looking ??= setInterval(showFrame, 200);
});
addEventListener('focus', () => {
  looking = clearInterval(looking);
  document.querySelectorAll('iframe.focused').forEach((frame) => frame.classList.remove('focused'));
});

// On a phone the tabs scroll: the one that is open is to be seen.
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
