// The subscribe box for any site. One script tag places it, or the element <postrider-box>; README, "The box on your
// site", says what can be set. It defines that element and no global name, loads nothing but its words from where it
// came from, and keeps nothing but when a pop-up may come again. All of its own markup is in a shadow root, made
// without HTML or style attributes, so that a strict policy of the page (script-src, connect-src) is enough.
(() => {
  const script = document.currentScript ?? document.querySelector('script[src*="/embed.js"]');
  const home = new URL('.', script.src).href;
  const memory = `postrider ${home}`;
  const NEVER = 8.64e15;
  const FLOATING = ['button', 'page', 'popup'];
  // What an element says as `list="world"`, a script tag says as `data-list="world"`.
  const NAMES = ['form', 'list', 'lang', 'scheme', 'ask', 'heading', 'lead', 'height', 'after', 'at', 'days', 'preview'];
  // Where a post ends, in the themes that most sites have.
  const POSTS = ['.entry-content', '.post-content', '.gh-content', '.wp-block-post-content', 'article', 'main'];

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    /* In a shadow root the rules of the page win, unless ours are important. Only font and colour come from it. */
    :host {
      all: initial !important;
      display: block !important;
      margin-block: var(--postrider-margin, 0) !important;
      color: inherit !important;
      font-family: var(--postrider-font, inherit) !important;
      font-size: var(--postrider-size, medium) !important;
      line-height: 1.5 !important;
    }
    :host([form="button"]), :host([form="page"]), :host([form="popup"]) {
      position: fixed !important;
      inset: auto 0 0 auto !important;
      z-index: 2147483000 !important;
      margin: 0 !important;
    }
    :host([hidden]) { display: none !important; }
    * { box-sizing: border-box; }
    .box, .corner {
      --edge: var(--postrider-edge, color-mix(in srgb, currentColor 60%, transparent));
      --bad: var(--postrider-bad, #a3262a);
      --main: var(--postrider-accent, var(--accent));
      color: var(--postrider-ink, inherit);
      text-align: start;
      overflow-wrap: anywhere;
      color-scheme: light;
    }
    .dark { --bad: var(--postrider-bad, #f0918c); color-scheme: dark; }
    .rule { block-size: 6px; border-block: solid var(--main); border-block-width: 3px 1px; }
    h2, p, fieldset { margin: 0; padding: 0; border: 0; min-inline-size: 0; }
    h2 {
      margin-block-start: .5em; font-family: var(--postrider-heading-font, inherit); font-size: 1.625em;
      font-weight: 700; line-height: 1.2; text-wrap: balance;
    }
    h2:focus { outline: 0; }
    .lead { margin-block-start: .375em; font-size: 1.0625em; }
    form { margin: 0; }
    .ask { display: flex; flex-wrap: wrap; gap: .5em; margin-block-start: 1em; }
    .field { flex: 999 1 13em; min-inline-size: 0; }
    .ask button { flex: 1 0 auto; max-inline-size: 100%; }
    .hidden {
      position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap;
    }
    input, select, button { font: inherit; color: inherit; margin: 0; }
    .field input, .field select {
      display: block; inline-size: 100%; min-inline-size: 0; block-size: 3em; padding: 0 .875em;
      border: 1px solid var(--edge); border-radius: var(--postrider-radius, 3px);
      background: var(--postrider-field, transparent);
    }
    .dark option { background: #171816; color: #eceae4; }
    input::placeholder { color: inherit; opacity: .75; }
    [aria-invalid] { border: 2px solid var(--bad) !important; padding-inline: calc(.875em - 1px) !important; }
    :focus-visible { outline: 2px solid var(--main); outline-offset: 2px; }
    button {
      min-block-size: 3em; padding: .375em 1.375em; border: 1px solid var(--edge);
      border-radius: var(--postrider-radius, 3px); background: none; font-weight: 500; line-height: 1.375;
      cursor: pointer; text-align: center;
    }
    button:hover { border-color: currentColor; }
    .first {
      background: var(--postrider-fill, var(--fill)); color: var(--postrider-label, var(--label));
      border-color: var(--postrider-fill, var(--rim)); font-weight: 600;
    }
    [aria-disabled] { cursor: progress; }
    .note { margin-block-start: .625em; min-block-size: 1.4em; font-size: .8125em; line-height: 1.4; }
    .wrong { color: var(--bad); font-weight: 500; }
    .part { margin-block-start: 1.125em; }
    legend, .field label:not(.hidden) { display: block; padding: 0; margin-block-end: .375em; font-size: .875em; font-weight: 600; }
    .often { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5em, 1fr)); gap: .375em; font-size: .875em; }
    .often label { position: relative; display: grid; border: 1px solid var(--edge); border-radius: var(--postrider-radius, 3px); cursor: pointer; }
    .often input { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; opacity: 0; cursor: pointer; }
    .often span { display: grid; place-items: center; min-block-size: 2.625em; padding: .25em .5em; text-align: center; line-height: 1.25; border-radius: 2px; }
    .often :checked + span { font-weight: 600; box-shadow: inset 0 -3px var(--main); }
    .often label:has(:focus-visible) { outline: 2px solid var(--main); outline-offset: 2px; }
    .tick { display: flex; gap: .625em; align-items: baseline; padding-block: .375em; cursor: pointer; }
    .tick input { flex: none; inline-size: 1.125em; block-size: 1.125em; accent-color: var(--postrider-fill, var(--fill)); position: relative; inset-block-start: .1875em; }
    .tick small { display: block; font-size: .8125em; }
    .box:dir(rtl) input:placeholder-shown { direction: rtl; }
    .fields { display: grid; gap: .875em; margin-block-start: 1.125em; }
    .choose { display: flex; flex-wrap: wrap; gap: .5em; margin-block-start: 1em; }
    .corner { position: fixed; inset-block-end: 1em; inset-inline-end: 1em; max-inline-size: calc(100vw - 2em); }
    .corner button { box-shadow: 0 1px 2px rgb(26 26 24 / .08), 0 4px 16px rgb(26 26 24 / .2); border-radius: var(--postrider-radius, 3px); }
    dialog {
      inset: 0; margin: auto; inline-size: min(35em, 100vw - 2em); max-block-size: calc(100dvh - 2em); max-inline-size: none;
      padding: 2em clamp(1.25em, 6vw, 2.5em); overflow: auto; overscroll-behavior: contain; border: 0; border-radius: 4px;
      background: var(--postrider-paper, #fff); box-shadow: 0 1px 2px rgb(26 26 24 / .08), 0 16px 48px rgb(26 26 24 / .2);
    }
    dialog.box { color: var(--postrider-ink, #1a1a18); }
    dialog.dark { background: var(--postrider-paper, #171816); color: var(--postrider-ink, #eceae4); outline: 1px solid #31322e; }
    dialog::backdrop { background: rgb(26 26 24 / .56); }
    dialog .rule { inline-size: 4em; }
    .whole { inline-size: 100vw; block-size: 100dvh; max-block-size: none; border-radius: 0; padding-block: max(4em, 20dvh) 4em; padding-inline: max(1.25em, 50vw - 17.5em); }
    .close { position: absolute; inset-block-start: .75em; inset-inline-end: .75em; min-block-size: 2.75em; inline-size: 2.75em; padding: 0; border: 0; font-size: 1em; }
    .close::before { content: "\\2715"; content: "\\2715" / ""; }
    .onward { display: block; min-block-size: 2.75em; margin-block: .5em -.75em; padding: 0; border: 0; text-decoration: underline; text-underline-offset: 3px; font-weight: 400; }
    @media (forced-colors: active) { .often :checked + span { outline: 3px solid Highlight; outline-offset: -3px; } }
  `);

  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) {
      if (typeof value === 'function') element[key] = value;
      else if (value || value === 0) element.setAttribute(key, value === true ? '' : value);
    }
    element.append(...children.filter((child) => child));
    return element;
  };

  const loads = new Map();
  const load = (url) => {
    if (!loads.has(url)) {
      loads.set(url, fetch(url, { credentials: 'omit' }).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status))));
    }
    return loads.get(url);
  };

  // Until when a pop-up stays away. Where the page may keep nothing, it never comes.
  const is_away = () => {
    try {
      return Number(localStorage.getItem(memory)) > Date.now();
    } catch {
      return true;
    }
  };
  const stay_away = (until) => {
    try {
      localStorage.setItem(memory, until);
      return true;
    } catch {
      return false;
    }
  };

  // SHA-256 of a text (FIPS 180-4). The browser's own is not there without https, and slower for many short texts.
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
  const fraction = (n) => ((n % 1) * 2 ** 32) | 0;
  const ROUNDS = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
  const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  const w = new Int32Array(64);
  const encoder = new TextEncoder();
  const sha256 = (text) => {
    const bytes = encoder.encode(text);
    const words = new Int32Array((((bytes.length + 8) >> 6) + 1) * 16);
    bytes.forEach((byte, at) => { words[at >> 2] |= byte << (24 - (at % 4) * 8); });
    words[bytes.length >> 2] |= 0x80 << (24 - (bytes.length % 4) * 8);
    words[words.length - 1] = bytes.length * 8;
    const hash = Int32Array.from(START);
    for (let block = 0; block < words.length; block += 16) {
      w.set(words.subarray(block, block + 16));
      for (let i = 16; i < 64; i += 1) {
        const x = w[i - 15];
        const y = w[i - 2];
        w[i] = (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 16] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)) + w[i - 7];
      }
      let [a, b, c, d, e, f, g, h] = hash;
      for (let i = 0; i < 64; i += 1) {
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[i] + w[i]) | 0;
        const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = (d + one) | 0;
        d = c;
        c = b;
        b = a;
        a = (one + two) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((x, at) => { hash[at] += x; });
    }
    return [...hash].map((x) => (x >>> 0).toString(16).padStart(8, '0')).join('');
  };

  // The proof of work that the server may ask for (ALTCHA's protocol): a few milliseconds at a time, so that the page
  // goes on.
  const solve = async ({ algorithm, challenge, salt, maxnumber, signature }) => {
    let paused = performance.now();
    for (let number = 0; number <= maxnumber; number += 1) {
      if (sha256(salt + number) === challenge) {
        return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
      }
      if (number % 64 === 0 && performance.now() - paused > 12) {
        await new Promise((go) => { setTimeout(go); });
        paused = performance.now();
      }
    }
    throw new Error(challenge);
  };

  class Box extends HTMLElement {
    connectedCallback() {
      if (this.panel) return;
      this.form = this.getAttribute('form') ?? 'inline';
      this.floats = FLOATING.includes(this.form);
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [sheet];
      this.panel = this.floats ? make('dialog', { closedby: 'any', onkeydown: (event) => this.keep(event) }) : make('section');
      this.panel.classList.add('box');
      this.panel.classList.toggle('whole', this.form === 'page');
      this.panel.setAttribute('aria-labelledby', 'heading');
      // What stands in the element, a plain form, is there until the box is.
      root.replaceChildren(this.panel, make('slot'));
      this.reserve();
      const lang = this.closest('[lang]')?.lang ?? '';
      const lists = (this.getAttribute('list') ?? '').split(/[\s,]+/).filter(Boolean).map(encodeURIComponent).join(',');
      load(`${home}embed${lists && '/'}${lists}.json?lang=${encodeURIComponent(lang)}`).then((data) => this.show(data), () => {
        this.panel.style.removeProperty('min-block-size');
      });
    }

    disconnectedCallback() {
      // Moved within its page, it stays what it is.
      queueMicrotask(() => { if (!this.isConnected) this.life?.abort(); });
    }

    // The height that the box will need, so that nothing on the page moves as its words come: `height="narrow wide"`, else
    // what most boxes need.
    reserve() {
      if (this.floats) return;
      const given = (this.getAttribute('height') ?? '').split(' ').map(Number).filter(Boolean);
      const heights = given.length ? given : this.asks('cadence') ? [412, 256] : [286, 174];
      this.panel.style.setProperty('min-block-size', `${this.offsetWidth < 480 ? heights[0] : heights.at(-1)}px`);
    }

    number(name, otherwise) {
      const value = parseFloat(this.getAttribute(name) ?? otherwise);
      return Number.isNaN(value) ? Infinity : value;
    }

    asks(what) {
      return (this.getAttribute('ask') ?? what).includes(what);
    }

    show(data) {
      this.data = data;
      this.life = new AbortController();
      const { signal } = this.life;
      this.shadowRoot.querySelector('slot').remove();
      for (const part of [this.panel, this.floats && this.form === 'button' && this.corner()]) {
        if (part) {
          part.lang = data.lang;
          part.dir = data.dir;
        }
      }
      this.build();
      this.tint();
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.tint(), { signal });
      if (!this.floats) return;
      // A link of the page's own opens it, too.
      document.addEventListener('click', (event) => {
        if (!event.target.closest?.('a[href$="#postrider"]')) return;
        event.preventDefault();
        this.open(true);
      }, { signal });
      if (this.form !== 'button') this.wait(signal);
    }

    // The button in the corner of the window.
    corner() {
      const button = make('button', { type: 'button', class: 'first', 'aria-haspopup': 'dialog', onclick: () => this.open(true) }, this.data.words.subscribe);
      const corner = make('section', { class: 'corner', 'aria-label': this.data.words.subscribe }, button);
      this.shadowRoot.prepend(corner);
      return corner;
    }

    // Comes by itself: after some seconds, or so far down the page; not again for some days; never to who subscribed.
    wait(signal) {
      if (is_away()) return;
      const is_page = this.form === 'page';
      const after = this.number('after', is_page ? 0 : 60);
      const at = this.number('at', is_page ? 'off' : 50);
      const come = () => {
        if (this.has_come || signal.aborted || is_away()) return;
        // Nobody is interrupted while they type, nor over something else that is open.
        if (document.querySelector('dialog[open]') || document.activeElement?.matches(':is(input, textarea, select, [contenteditable])')) {
          setTimeout(come, 3000);
          return;
        }
        this.has_come = true;
        if (stay_away(Date.now() + this.number('days', 1) * 864e5)) this.open(false);
      };
      if (after < 1e6) setTimeout(come, after * 1000);
      addEventListener('scroll', () => {
        const page = document.documentElement;
        if (page.scrollTop >= ((page.scrollHeight - page.clientHeight) * at) / 100) come();
      }, { signal, passive: true });
    }

    open(was_asked) {
      if (this.panel.open) return;
      if (this.is_done) this.build();
      this.tint();
      this.panel.showModal();
      this.find(was_asked ? 'input' : 'h2').focus();
    }

    find(selector) {
      return this.panel.querySelector(selector);
    }

    // Tab stays within the dialog.
    keep(event) {
      if (event.key !== 'Tab') return;
      const all = this.panel.querySelectorAll(':is(button, input, select)');
      const [first, last] = [all[0], all[all.length - 1]];
      const here = this.shadowRoot.activeElement;
      const next = event.shiftKey ? (here === first || here.matches('h2')) && last : here === last && first;
      if (!next) return;
      event.preventDefault();
      next.focus();
    }

    // Light or dark is what the text of the page says, whatever the system prefers; the publication's colours follow.
    tint() {
      const wanted = this.getAttribute('scheme');
      const ink = getComputedStyle(this.floats ? document.body : this.panel).color.match(/^rgba?\((\d+), (\d+), (\d+)/);
      const is_dark = wanted ? wanted === 'dark'
        : ink ? ink[1] * 0.3 + ink[2] * 0.59 + ink[3] * 0.11 > 140
          : matchMedia('(prefers-color-scheme: dark)').matches;
      const colours = this.data.colours[is_dark ? 'dark' : 'light'];
      this.shadowRoot.querySelectorAll('.box, .corner').forEach((part) => {
        part.classList.toggle('dark', is_dark);
        Object.entries(colours).forEach(([name, colour]) => part.style.setProperty(`--${name}`, colour));
      });
    }

    // What the panel shows: the rule, a heading, a sentence, and the rest.
    fill(heading, lead, ...rest) {
      const { words } = this.data;
      const close = () => this.panel.close();
      this.panel.replaceChildren(...[
        this.floats && make('button', { type: 'button', class: 'close', 'aria-label': words.close, onclick: close }),
        make('div', { class: 'rule' }),
        make('h2', { id: 'heading', tabindex: -1 }, heading),
        lead && make('p', { class: 'lead' }, lead),
        ...rest,
        this.floats && make('button', { type: 'button', class: 'onward', onclick: close }, words.onward),
      ].filter(Boolean));
    }

    // The form, new.
    build() {
      this.is_done = false;
      const { words, lists, cadences, fields } = this.data;
      this.entry = make('form', { novalidate: true, onsubmit: (event) => { event.preventDefault(); this.send(); } });
      this.note = make('p', { id: 'note', class: 'note', 'aria-live': 'polite' }, words.note);
      this.email = make('input', {
        id: 'email', name: 'email', type: 'email', dir: 'ltr', inputmode: 'email', autocomplete: 'email', autocapitalize: 'none',
        spellcheck: 'false', required: true, maxlength: 320, placeholder: words.placeholder, 'aria-describedby': 'note',
      });
      this.button = make('button', { class: 'first' }, words.subscribe);
      const label = (id, text, hidden) => make('label', { for: id, class: hidden && 'hidden' }, make('bdi', {}, text));
      const part = (legend, ...all) => make('fieldset', { class: 'part' }, make('legend', {}, legend), ...all);
      const often = this.asks('cadence') && cadences.length > 1 && part(words.often, make('div', { class: 'often' }, ...cadences.map((one) => make('label', {},
        make('input', { type: 'radio', name: 'cadence', value: one.value, checked: one.chosen }), make('span', {}, one.label)))));
      const choice = this.asks('lists') && lists.length > 1 && part(words.lists, ...lists.map((list, at) => make('label', { class: 'tick' },
        make('input', { type: 'checkbox', name: 'list', value: list.slug, checked: at === 0 }),
        make('span', {}, make('bdi', {}, list.name), list.description && make('small', {}, make('bdi', {}, list.description))))));
      const input = (field, id) => (field.kind === 'yes_no'
        ? make('select', { id, name: ['field', field.key].join('.') }, ...[['', '—'], ['yes', words.yes], ['no', words.no]].map(([value, text]) => make('option', { value: value || true }, text)))
        : make('input', { id, name: ['field', field.key].join('.'), type: field.kind === 'date' ? 'date' : 'text', inputmode: field.kind === 'number' && 'decimal', maxlength: 500, autocomplete: 'off', dir: 'auto' }));
      const more = this.asks('fields') && fields.length > 0 && make('div', { class: 'fields' }, ...fields.map((field, at) => make('div', { class: 'field' },
        label(`field-${at}`, field.label), input(field, `field-${at}`))));
      this.entry.append(...[
        make('div', { class: 'ask' }, make('div', { class: 'field' }, label('email', words.email, true), this.email), this.button),
        this.note, often, choice, more,
      ].filter(Boolean));
      this.ask();
    }

    ask() {
      const { words } = this.data;
      this.fill(this.getAttribute('heading') ?? words.heading, this.getAttribute('lead') ?? words.lead, this.entry);
    }

    // What was typed and chosen, as `POST /subscribe` reads it.
    typed() {
      const typed = new FormData(this.entry);
      const body = Object.fromEntries(typed);
      const { lists } = this.data;
      const can_choose = this.entry.querySelector('[name="list"]');
      body.list = can_choose ? typed.getAll('list') : lists.slice(0, this.getAttribute('list') ? lists.length : 1).map((list) => list.slug);
      if (can_choose) body['lists-shown'] = '1';
      return { ...body, form: 'box', language: this.data.lang, wording: this.data.wording };
    }

    async send(more) {
      if (this.is_busy) return;
      this.is_busy = true;
      // The panel keeps its height, whatever it says next, and the button its width.
      if (!this.floats) this.panel.style.setProperty('min-block-size', `${this.panel.offsetHeight}px`);
      const { words } = this.data;
      this.button.style.setProperty('min-inline-size', `${this.button.offsetWidth}px`);
      this.button.setAttribute('aria-disabled', 'true');
      this.button.textContent = words.busy;
      const body = { ...this.typed(), ...more };
      let said = {};
      let is_taken = this.hasAttribute('preview');
      if (!is_taken) [is_taken, said] = await this.post(body).catch(() => [false, {}]);
      this.is_busy = false;
      this.button.removeAttribute('aria-disabled');
      this.button.textContent = words.subscribe;
      const wrong = said.errors?.[0];
      if (is_taken) this.thank();
      else if (wrong?.suggestion) this.doubt(body.email, wrong);
      else this.refuse(said.detail ?? words.failed, wrong?.field);
    }

    async post(body) {
      const headers = { accept: 'application/json', 'content-type': 'application/json' };
      const answer = await fetch(`${home}subscribe`, { method: 'POST', credentials: 'omit', headers, body: JSON.stringify(body) });
      const said = await answer.json();
      if (said.challenge && !body.altcha) return this.post({ ...body, altcha: await solve(said.challenge) });
      return [answer.ok, said];
    }

    refuse(sentence, field) {
      if (!this.entry.isConnected) this.ask();
      this.note.textContent = sentence;
      this.note.classList.add('wrong');
      if (field === 'email') this.email.setAttribute('aria-invalid', 'true');
      else this.email.removeAttribute('aria-invalid');
      this.email.focus();
    }

    // "Did you mean ines@gmail.com?"
    doubt(typed, { detail, suggestion }) {
      const { words } = this.data;
      const answer = (text, is_first, more) => make('button', { type: 'button', class: is_first && 'first', onclick: () => { this.email.value = more.email; this.send(more); } }, text);
      this.fill(detail, '', make('div', { class: 'choose' },
        answer(words.meant, true, { email: suggestion }),
        answer(words.not_meant, false, { email: typed, asked: typed })));
      this.find('h2').focus();
    }

    thank() {
      if (!this.hasAttribute('preview')) stay_away(NEVER);
      this.is_done = true;
      this.fill(this.data.words.done, this.data.words.done_lead);
      this.find('h2').focus();
    }
  }

  if (!customElements.get('postrider-box')) customElements.define('postrider-box', Box);

  // Places the box that the script tag asks for.
  const place = ({ form = 'inline', target, ...wanted }) => {
    if (form === 'none') return;
    const box = document.createElement('postrider-box');
    for (const [name, value] of Object.entries({ form, ...wanted })) if (NAMES.includes(name)) box.setAttribute(name, value);
    const is_in_head = script.closest('head');
    if (form === 'inline' && !target && !is_in_head) {
      script.after(box);
      return;
    }
    const append = () => {
      const only = (selector) => { const all = document.querySelectorAll(selector); return all.length === 1 && all[0]; };
      const end = target ? document.querySelector(target) : POSTS.map(only).find(Boolean);
      (FLOATING.includes(form) ? document.body : end)?.append(box);
    };
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', append);
    else append();
  };
  place(script.dataset);
})();
