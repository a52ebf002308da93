// Bytes, SHA-256, HMAC and the Merkle tree of RFC 6962: what the checks are made of. No network, no dependency.
const SealHashes = (() => {
  "use strict";

  const LEAF = 32;

  // --- bytes ---

  const encoder = new TextEncoder();
  const bytesOf = (text) => encoder.encode(text);
  const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  const joined = (...parts) => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };

  const compared = (left, right) => {
    for (let at = 0; at < LEAF; at++) if (left[at] !== right[at]) return left[at] - right[at];
    return 0;
  };

  const fromBase64 = (text) => {
    if (typeof text !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new SyntaxError("not base64");
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  };

  const fromHex = (text) => {
    if (typeof text !== "string" || !/^(?:[0-9a-f]{2})*$/.test(text)) throw new SyntaxError("not hexadecimal");
    return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  };

  // --- SHA-256 (FIPS 180-4) and HMAC (RFC 2104): written out, since a file of notes has hundreds of thousands of hashes ---

  const primes = [];
  for (let number = 2; primes.length < 64; number++) if (primes.every((prime) => number % prime)) primes.push(number);
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0;
  const ROUNDS = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
  const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
  const schedule = new Int32Array(64);
  const turned = (word, by) => (word >>> by) | (word << (32 - by));

  const block = (state, view, at) => {
    for (let i = 0; i < 16; i++) schedule[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const near = schedule[i - 15];
      const far = schedule[i - 2];
      const first = turned(near, 7) ^ turned(near, 18) ^ (near >>> 3);
      const second = turned(far, 17) ^ turned(far, 19) ^ (far >>> 10);
      schedule[i] = (schedule[i - 16] + first + schedule[i - 7] + second) | 0;
    }
    let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; i++) {
      const sum = (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + h + ROUNDS[i] + schedule[i];
      const more = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = (d + sum) | 0;
      d = c;
      c = b;
      b = a;
      a = (sum + more) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  };

  // Of what is short the padded copy is made in one place, again and again.
  const short = new Uint8Array(128);
  const shortView = new DataView(short.buffer);
  const state = new Int32Array(8);

  const sha256 = (bytes) => {
    const length = ((bytes.length + 72) >> 6) << 6;
    const padded = length <= short.length ? short : new Uint8Array(length);
    const view = length <= short.length ? shortView : new DataView(padded.buffer);
    padded.fill(0, bytes.length, length);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    view.setUint32(length - 8, Math.floor(bytes.length / 2 ** 29));
    view.setUint32(length - 4, bytes.length << 3);
    state.set(START);
    for (let at = 0; at < length; at += 64) block(state, view, at);
    const digest = new Uint8Array(32);
    for (let i = 0; i < 8; i++) {
      digest[4 * i] = state[i] >>> 24;
      digest[4 * i + 1] = state[i] >>> 16;
      digest[4 * i + 2] = state[i] >>> 8;
      digest[4 * i + 3] = state[i];
    }
    return digest;
  };

  const hmac = (key, message) => {
    const pad = (by) => Uint8Array.from({ length: 64 }, (_, at) => (key[at] ?? 0) ^ by);
    return sha256(joined(pad(0x5c), sha256(joined(pad(0x36), message))));
  };

  // --- the tree (RFC 6962) ---

  const leafHash = (data) => sha256(joined(Uint8Array.of(0), data));

  const rootOf = (hashes) => {
    let level = hashes;
    while (level.length > 1) {
      const above = [];
      for (let at = 0; at + 1 < level.length; at += 2) above.push(sha256(joined(Uint8Array.of(1), level[at], level[at + 1])));
      if (level.length % 2) above.push(level[level.length - 1]);
      level = above;
    }
    return level.length ? level[0] : sha256(new Uint8Array());
  };

  return { bytesOf, compared, fromBase64, fromHex, hexOf, hmac, joined, leafHash, rootOf, sha256 };
})();
