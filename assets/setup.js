// Proposes the browser's time zone where nobody has chosen one yet.

const field = document.querySelector('[data-propose-zone] select');
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const option = [...(field?.options ?? [])].find((one) => one.value === zone);
if (option) field.value = option.value;
