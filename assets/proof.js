// The page that asks for a proof of work: finds the number that the server hides, and sends the form with it. A hash is
// made here, not by crypto.subtle, which is missing on plain http and slower for texts so short.

const K = new Int32Array(64);
const START = new Int32Array(8);

// The first bits of the fractions of the roots of the first primes (FIPS 180-4).
for (let n = 2, primes = 0; primes < 64; n++) {
  let isPrime = true;
  for (let d = 2; d * d <= n; d++) isPrime = isPrime && n % d !== 0;
  if (!isPrime) continue;
  if (primes < 8) START[primes] = (Math.sqrt(n) % 1) * 2 ** 32 | 0;
  K[primes++] = (Math.cbrt(n) % 1) * 2 ** 32 | 0;
}

const turn = (x, n) => (x >>> n) | (x << (32 - n));
const words = new Int32Array(64);

// SHA-256 of a text of ASCII characters, as eight words.
function sha256(text) {
  const bytes = text.length;
  const blocks = ((bytes + 8) >> 6) + 1;
  const sum = START.slice();
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < 16; i++) {
      let word = 0;
      for (let j = 0; j < 4; j++) {
        const at = block * 64 + i * 4 + j;
        word = (word << 8) | (at < bytes ? text.charCodeAt(at) : at === bytes ? 128 : 0);
      }
      words[i] = word;
    }
    if (block === blocks - 1) words[15] = bytes * 8;
    for (let i = 16; i < 64; i++) {
      const a = words[i - 15];
      const b = words[i - 2];
      const mixed = (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
      words[i] = (words[i - 16] + words[i - 7] + mixed) | 0;
    }
    let [a, b, c, d, e, f, g, h] = sum;
    for (let i = 0; i < 64; i++) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    sum[0] += a;
    sum[1] += b;
    sum[2] += c;
    sum[3] += d;
    sum[4] += e;
    sum[5] += f;
    sum[6] += g;
    sum[7] += h;
  }
  return sum;
}

const hex = (sum) => Array.from(sum, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');

// In turns, so that the page stays awake.
async function solve({ challenge, salt, maxnumber }) {
  const first = parseInt(challenge.slice(0, 8), 16) | 0;
  for (let number = 0; number <= maxnumber; number++) {
    const sum = sha256(salt + number);
    if (sum[0] === first && hex(sum) === challenge) return number;
    if (number % 2000 === 1999) await new Promise((go) => { setTimeout(go); });
  }
  return null;
}

async function prove(form) {
  form.querySelector('[role=status]').textContent = form.dataset.busy;
  const answer = await fetch(form.dataset.challenge, { headers: { accept: 'application/json' } });
  if (!answer.ok) return;
  const asked = await answer.json();
  const number = await solve(asked);
  if (number === null) return;
  const { algorithm, challenge, salt, signature } = asked;
  const input = document.createElement('input');
  input.type = 'hidden';
  input.name = 'altcha';
  input.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
  form.append(input);
  form.removeAttribute('target');
  form.requestSubmit();
}

const form = document.querySelector('form[data-challenge]');
if (form) {
  const lead = form.querySelector('[role=status]');
  const asked = lead.textContent;
  // Whoever can't be proved by this has the button, as without a script.
  prove(form).catch(() => { lead.textContent = asked; });
}
