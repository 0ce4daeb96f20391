// A list's form shows beside itself what readers will see, as it is typed.

document.querySelectorAll('[data-shows]').forEach((input) => {
  const shown = document.getElementById(input.dataset.shows);
  if (!shown) return;
  const write = () => {
    shown.textContent = input.value.trim() || shown.dataset.otherwise || '';
    shown.hidden = shown.textContent === '';
  };
  input.addEventListener('input', write);
  write();
});
