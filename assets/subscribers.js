// Ticking many subscribers: a range with Shift, all on the page, all that match; Esc clears. Without it each
// is ticked by itself, and the bar says the same.

const form = document.querySelector('form.subs');
if (form?.querySelector('[data-count]')) {
  const boxes = [...form.querySelectorAll('tbody input[type="checkbox"]')];
  const page = form.querySelector('[data-page]');
  const all = form.querySelector('[data-all]');
  const count = form.querySelector('[data-count]');
  page.hidden = false;
  let last = -1;

  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    count.textContent = all.checked ? count.dataset.everyone : count.dataset.some.replace('%', ticked);
    page.checked = ticked === boxes.length;
    page.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  boxes.forEach((box, at) => box.addEventListener('click', (event) => {
    if (event.shiftKey && last >= 0) {
      const [from, to] = [Math.min(at, last), Math.max(at, last)];
      boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
    }
    last = at;
  }));
  page.addEventListener('change', () => boxes.forEach((box) => { box.checked = page.checked; }));
  form.addEventListener('change', show);
  form.addEventListener('reset', () => setTimeout(show));
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && boxes.some((box) => box.checked)) form.reset();
  });
  // All that match are named by the filters: the ticks would only make the address long.
  form.addEventListener('submit', () => {
    if (all.checked) boxes.forEach((box) => { box.disabled = true; });
  });
  addEventListener('pageshow', () => {
    boxes.forEach((box) => { box.disabled = false; });
    show();
  });
}
