// How a test finds its way on a page: by what a person reads there, or a screen reader says.

const tidy = (text) => text.replace(/\s+/g, ' ').trim();
const visible = (element) => element.checkVisibility({ visibilityProperty: true });
const within = () => document.querySelector('dialog[open]') ?? document;

const words = (element) => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll('.meta, .hint, input, select, textarea, svg').forEach((part) => part.remove());
  return tidy(copy.textContent);
};
const called = (element) => tidy(element.getAttribute('aria-label') ?? element.textContent);
const labelled = (field) => tidy(field.getAttribute('aria-label')
  ?? document.getElementById(field.getAttribute('aria-labelledby'))?.textContent
  ?? [...(field.labels ?? [])].map(words).join(' '));

// The button, link or opener with this name.
function control(name) {
  const all = [...within().querySelectorAll('a[href], button, summary')];
  return all.find((one) => called(one) === name && visible(one)) ?? null;
}

// The menu whose name begins so.
function menu(name) {
  return [...document.querySelectorAll('details > summary')].find((one) => called(one).startsWith(name)) ?? null;
}

// The field with this label.
function field(name) {
  const all = [...within().querySelectorAll('input, select, textarea')];
  return all.find((one) => labelled(one) === name && visible(one)) ?? null;
}

// What has the focus, and whether that can be seen.
function focus() {
  const here = document.activeElement;
  const box = here.getBoundingClientRect();
  const style = getComputedStyle(here);
  const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const inside = box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0
    && box.x < innerWidth && box.y < innerHeight;
  return {
    name: here.matches('input, select, textarea') ? labelled(here) : called(here),
    what: here.localName,
    outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    box: [box.x, box.y, box.width, box.height, top?.outerHTML.slice(0, 80)],
    seen: inside && top !== null && (here.contains(top) || top.contains(here)),
  };
}
