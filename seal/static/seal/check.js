// Checks a report, its notes, the log and a donor's proof, in the reader's own browser. It asks nobody for anything.
//
// The same checks stand in verify.py. Contents are Uint8Array; sums are whole grosze; facts are told apart by their kind:
// ["money", grosze], ["month", 202611], ["day", 202611], ["name", {pl, en}], ["gifts", [[name, grosze]]]. The sentences come
// from whoever calls. hashes.js and strict.js come first.
const SealCheck = (() => {
  "use strict";

  const PROOF = "store-without-borders/proof/1";
  const LOG = "store-without-borders/log/1";
  const LEAF = 32;
  const MOST_BYTES = 640000000;
  const MONTH_SLUG = /^(\d{4})-(\d{2})-r([1-9]\d{0,8})$/;
  const SPACES = /^[ \t\r\n]+|[ \t\r\n]+$/g;

  class Refused extends Error {
    constructor(code, facts = {}) {
      super(code);
      this.code = code;
      this.facts = facts;
    }
  }

  const { bytesOf, compared, fromBase64, fromHex, hexOf, hmac, joined, leafHash, rootOf, sha256 } = SealHashes;
  const { isMonth, isObject, isText, strictJson } = SealStrict;

  // --- the proof ---

  const wholeProof = (proof, fault) => {
    const { gifts, donee, period, key, checkpoint } = proof;
    const texts = [...gifts.map(([fund]) => fund), donee, key].every(isText);
    const sums = gifts.every(([, amount]) => Number.isSafeInteger(amount) && amount > 0 && amount < 1e15);
    const once = new Set(gifts.map(([fund]) => fund)).size === gifts.length && gifts.length > 0;
    const then = checkpoint === null || (typeof checkpoint === "string" && checkpoint !== "");
    if (!texts || !sums || !once || !then || !isMonth(period)) throw new Refused(fault);
    return proof;
  };

  const readProof = (content) => {
    let proof;
    try {
      const said = strictJson(content);
      if (said.format !== PROOF || !/^[0-9a-f]{64}$/.test(said.seed)) throw new SyntaxError("not a proof");
      if (typeof said.seed !== "string" || !Array.isArray(said.gifts)) throw new SyntaxError("not a proof");
      const gifts = said.gifts.map((gift) => [gift.fund, gift.amount_minor]);
      const { donee, period, key } = said;
      proof = { seed: fromHex(said.seed), gifts, donee, period, key, checkpoint: said.checkpoint ?? null };
    } catch {
      throw new Refused("proof_damaged");
    }
    return wholeProof(proof, "proof_damaged");
  };

  const given = (part) => {
    const found = /^([^:]+):([1-9]\d{0,14})$/.exec(part);
    if (!found) throw new SyntaxError("no gift");
    return [found[1], Number(found[2])];
  };

  const readLink = (link) => {
    let proof;
    try {
      const typed = link.replace(SPACES, "");
      const after = typed.includes("#") ? typed.slice(typed.indexOf("#") + 1) : "";
      const pairs = (after || typed).split("&").map((each) => each.split("="));
      if (!pairs.every((pair) => pair.length === 2)) throw new SyntaxError("not a link of ours");
      const said = new Map(pairs.map(([name, value]) => [name, decodeURIComponent(value)]));
      if (said.size !== pairs.length || said.get("v") !== "1") throw new SyntaxError("not a link of ours");
      if (!/^\d{6}$/.test(said.get("p")) || !/^[\w-]{43}$/.test(said.get("s"))) throw new SyntaxError("no month, or no seed");
      const seed = fromBase64(`${said.get("s").replaceAll("-", "+").replaceAll("_", "/")}=`);
      const gifts = said.get("g").split(",").map(given);
      proof = { seed, gifts, donee: said.get("d"), period: Number(said.get("p")), key: said.get("k"), checkpoint: null };
    } catch {
      throw new Refused("link_damaged");
    }
    return wholeProof(proof, "link_damaged");
  };

  // --- the log ---

  const fingerprint = (publicKey) =>
    btoa(String.fromCharCode(...sha256(publicKey).slice(0, 16))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  // What this file doesn't hold: Ed25519 for browsers whose WebCrypto lacks it. The page loads it when it is needed.
  const outside = { ed25519: async () => (typeof SealEd25519 === "undefined" ? null : SealEd25519) };

  // Under the points of small order anyone's signature holds; none of them is a key, and no point has two encodings.
  const SMALL_ORDER = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  ];
  const unsigned = (point) => joined(point.subarray(0, 31), Uint8Array.of(point[31] & 0x7f));
  const isCanonical = (point) => {
    const [low, ...rest] = unsigned(point);
    return low < 0xed || rest.some((byte, at) => byte !== (at === 30 ? 0x7f : 0xff));
  };

  // true, false, or null where nothing here can tell.
  const isSigned = async (publicKey, message, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    if (!isCanonical(publicKey) || !isCanonical(signature.subarray(0, 32))) return false;
    if (SMALL_ORDER.includes(hexOf(unsigned(publicKey)))) return false;
    let key;
    try {
      key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    } catch (fault) {
      if (fault.name === "DataError") return false;
      const ed25519 = crypto.subtle ? await outside.ed25519() : null;
      return ed25519 ? ed25519.verifyAsync(signature, message, publicKey, { zip215: false }) : null;
    }
    return crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
  };

  const BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?";
  // Origin, size, root, and lines of signatures: name and base64.
  const CHECKPOINT = new RegExp(
    `^([^\\n]+)\\n(0|[1-9][0-9]{0,14})\\n([A-Za-z0-9+/]{43}=)\\n\\n((?:\u2014 [^ \\n]+ ${BASE64}\\n)+)$`,
  );
  const VKEY = /^([^+ \n]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/;

  const readCheckpoint = (text, fault) => {
    const found = CHECKPOINT.exec(text);
    if (!found) throw new Refused(fault);
    const [, origin, size, root, signed] = found;
    const lines = signed.split("\n").slice(0, -1).map((line) => line.split(" "));
    const signatures = lines.map(([, name, value]) => [name, fromBase64(value)]);
    return { text: `${origin}\n${size}\n${root}\n`, origin, size: Number(size), root: fromBase64(root), signatures };
  };

  const namedKey = (vkey) => {
    const found = typeof vkey === "string" ? VKEY.exec(vkey) : null;
    if (!found) throw new Refused("log_damaged");
    const [, name, number, encoded] = found;
    const key = fromBase64(encoded);
    const id = sha256(joined(bytesOf(`${name}\n`), key)).slice(0, 4);
    if (key[0] !== 1 || hexOf(id) !== number) throw new Refused("log_damaged");
    return { name, id, publicKey: key.slice(1) };
  };

  const keyChain = async (leaves) => {
    const keys = [];
    let last = "";
    for (const leaf of leaves.filter((each) => each.kind === "key")) {
      const named = namedKey(leaf.key);
      const { signature } = leaf;
      if (typeof signature !== "string" || !new RegExp(`^${BASE64}$`).test(signature)) throw new Refused("log_damaged");
      const signer = keys.length ? keys[keys.length - 1].publicKey : named.publicKey;
      const message = bytesOf(`store-without-borders/key\n${last}\n${leaf.key}\n`);
      const isVouched = leaf.before === last && (await isSigned(signer, message, fromBase64(signature))) !== false;
      if (!isVouched) throw new Refused("key_change");
      keys.push(named);
      last = leaf.key;
    }
    if (!keys.length || leaves[0].kind !== "key") throw new Refused("key_change");
    return keys;
  };

  const checkSignature = async (said, key) => {
    const mine = said.signatures.filter(([name, value]) => name === key.name && hexOf(value.slice(0, 4)) === hexOf(key.id));
    if (!mine.length) throw new Refused("other_key");
    const found = await Promise.all(mine.map(([, value]) => isSigned(key.publicKey, bytesOf(said.text), value.slice(4))));
    if (!found.includes(true) && !found.includes(null)) throw new Refused("signature");
    return found.includes(true);
  };

  const logParts = (content) => {
    try {
      const log = strictJson(content);
      const texts = [log.checkpoint, ...log.entries];
      if (log.format !== LOG || !Array.isArray(log.entries) || !texts.every((text) => typeof text === "string")) throw new SyntaxError("not a log");
      return [log.entries, log.checkpoint];
    } catch {
      throw new Refused("log_damaged");
    }
  };

  const leafOf = (entry) => {
    try {
      const leaf = strictJson(entry);
      if (!isObject(leaf)) throw new SyntaxError("not a leaf");
      return leaf;
    } catch {
      throw new Refused("log_damaged");
    }
  };

  const readLog = async (content, { key = null, before = null } = {}) => {
    const [entries, checkpoint] = logParts(content);
    const said = readCheckpoint(checkpoint, "log_damaged");
    if (!entries.length || said.size === 0) throw new Refused("log_empty");
    if (said.size !== entries.length) throw new Refused("log_length", { said: said.size, held: entries.length });
    const hashes = entries.map((entry) => leafHash(bytesOf(entry)));
    if (compared(rootOf(hashes), said.root)) throw new Refused("log_root");
    const leaves = entries.map(leafOf);
    const keys = await keyChain(leaves);
    if (key !== null && !keys.some((each) => fingerprint(each.publicKey) === key)) throw new Refused("other_key");
    const isOfLog = ({ origin }, known) => {
      if (!known.some(({ name }) => name === origin)) throw new Refused("other_log", { origin });
    };
    isOfLog(said, keys.slice(-1));
    const isChecked = await checkSignature(said, keys[keys.length - 1]);
    if (before !== null) {
      const older = readCheckpoint(before, "proof_damaged");
      isOfLog(older, keys);
      const begins = older.size > 0 && older.size <= hashes.length;
      if (!begins || compared(rootOf(hashes.slice(0, older.size)), older.root)) {
        throw new Refused("log_rewritten", { size: older.size });
      }
    }
    return { leaves, isChecked };
  };

  const listedIn = (leaves) => leaves.filter((leaf) => leaf.kind === "report" || leaf.kind === "correction");

  const newestOf = (leaves, period) => {
    const slugs = listedIn(leaves).map((leaf) => leaf.slug);
    const found = slugs.map((slug) => typeof slug === "string" && MONTH_SLUG.exec(slug)).filter(Boolean);
    const mine = found.filter(([, year, month]) => Number(year) * 100 + Number(month) === period);
    mine.sort((left, right) => Number(right[3]) - Number(left[3]));
    return mine.length ? mine[0][0] : null;
  };

  // --- the report ---

  // Whether everything that the checks read of a report is there and of its kind.
  const isReport = (value) => {
    try {
      const { report: head, donee, lines, funds } = value;
      const isNamed = ({ code, name }) => {
        const said = isObject(name) ? Object.values(name) : [];
        return isText(code) && said.length > 0 && said.every(isText);
      };
      const isRow = (row) => isNamed(row) && (row.merged === undefined || (Array.isArray(row.merged) && row.merged.every(isNamed)));
      const numbers = Number.isSafeInteger(lines.came_in) && Number.isSafeInteger(head.revision) && head.revision > 0;
      const months = isMonth(head.first_period) && isMonth(head.last_period);
      return numbers && months && [head.slug, head.kind, donee.code].every(isText) && Array.isArray(funds) && funds.every(isRow);
    } catch {
      return false;
    }
  };

  const readReport = (content, leaves) => {
    const digest = hexOf(sha256(content));
    const listed = listedIn(leaves);
    const found = listed.filter((leaf) => leaf.sha256 === digest);
    let report;
    try {
      report = strictJson(content);
    } catch {
      throw new Refused("report_damaged");
    }
    if (!isReport(report)) throw new Refused("report_damaged");
    const { slug } = report.report;
    if (!found.length) throw new Refused(listed.some((leaf) => leaf.slug === slug) ? "report_changed" : "report_unlisted", { slug });
    const leaf = found[found.length - 1];
    if (leaf.slug !== slug) throw new Refused("report_changed", { slug });
    return { report, leaf };
  };

  const checkSums = (report) => {
    const notes = report.notes;
    if (!isObject(notes) || !("denominations" in notes)) throw new Refused("no_notes", { slug: report.report.slug });
    if (!Array.isArray(notes.denominations)) throw new Refused("bad_counts");
    const rows = notes.denominations.map((row) => [row?.fund, row?.denomination, row?.count]);
    const numbers = [...rows.flatMap((row) => row.slice(1)), notes.sum, notes.taken_back, notes.leaves];
    const isStandard = ([fund, note, count]) => isText(fund) && /^[125]0*$/.test(String(note)) && count > 0;
    const once = new Set(rows.map(([fund, note]) => `${fund}\0${note}`)).size === rows.length;
    const whole = numbers.every(Number.isSafeInteger) && numbers.slice(-3).every((said) => said >= 0);
    if (!whole || !rows.every(isStandard) || !once) throw new Refused("bad_counts");
    const total = rows.reduce((sum, [, note, count]) => sum + note * count, 0);
    const counted = rows.reduce((sum, [, , count]) => sum + count, 0);
    if (!Number.isSafeInteger(total) || !Number.isSafeInteger(counted)) throw new Refused("bad_counts");
    const { came_in: cameIn } = report.lines;
    if (total !== notes.sum) throw new Refused("sum_differs", { counted: ["money", total], said: ["money", notes.sum] });
    const left = total - notes.taken_back;
    if (left !== cameIn) throw new Refused("came_in_differs", { counted: ["money", left], said: ["money", cameIn] });
    if (counted !== notes.leaves) throw new Refused("count_differs", { counted, said: notes.leaves });
  };

  const checkNotes = (report, content) => {
    const said = report.notes.leaves * LEAF;
    const facts = { held: content.length, said };
    if (content.length !== said) throw new Refused(content.length < said ? "notes_short" : "notes_long", facts);
    const leaves = [];
    for (let at = 0; at < said; at += LEAF) leaves.push(content.subarray(at, at + LEAF));
    for (let at = 1; at < leaves.length; at++) {
      const order = compared(leaves[at - 1], leaves[at]);
      if (order >= 0) throw new Refused(order ? "unsorted" : "doubled");
    }
    // a month without gifts has no notes, and no root that would prove anything
    if (leaves.length && hexOf(rootOf(leaves.map(leafHash))) !== report.notes.root) throw new Refused("notes_root");
    return leaves;
  };

  const isAmong = (leaves, leaf) => {
    let low = 0;
    let high = leaves.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compared(leaves[middle], leaf) < 0) low = middle + 1;
      else high = middle;
    }
    return low < leaves.length && compared(leaves[low], leaf) === 0;
  };

  const broken = (amount) => {
    const notes = [];
    let left = amount;
    for (let unit = 10 ** (String(amount).length - 1); left > 0; unit /= 10) {
      for (const note of [5 * unit, 2 * unit, unit]) {
        for (; left >= note; left -= note) notes.push(note);
      }
    }
    return notes;
  };

  const isCounted = (report, leaves, seed, fund, amount) => {
    const common = [report.donee.code, report.report.slug, fund];
    const seen = new Map();
    return broken(amount).every((note) => {
      const index = seen.get(note) ?? 0;
      seen.set(note, index + 1);
      const salt = hmac(seed, bytesOf(["note 1", ...common, note, index].join("\0")));
      return isAmong(leaves, sha256(joined(salt, bytesOf([...common, note].join("\0")))));
    });
  };

  const fundsOf = (report) => {
    const names = new Map();
    const under = new Map();
    const withNotes = new Set(report.notes.denominations.map((row) => row.fund));
    for (const row of report.funds) {
      names.set(row.code, row.name);
      for (const small of row.merged ?? []) {
        if (!names.has(small.code)) names.set(small.code, small.name);
        if (!withNotes.has(small.code)) under.set(small.code, row.code);
      }
    }
    return { names, under };
  };

  const checkGift = (report, leaves, proof) => {
    if (report.donee.code !== proof.donee) throw new Refused("other_donee");
    const month = ["month", proof.period];
    if (report.report.kind !== "month" || report.report.first_period !== proof.period) throw new Refused("other_month", { month });
    const { names, under } = fundsOf(report);
    const called = (fund) => names.get(fund) ?? { "": fund };
    const sums = new Map();
    for (const [fund, amount] of proof.gifts) {
      const counted = under.get(fund) ?? fund;
      sums.set(counted, (sums.get(counted) ?? 0) + amount);
    }
    for (const [fund, amount] of sums) {
      if (isCounted(report, leaves, proof.seed, fund, amount)) continue;
      const what = ["money", amount];
      const others = [...names.keys()].sort().filter((other) => other !== fund);
      const other = others.find((each) => isCounted(report, leaves, proof.seed, each, amount));
      if (other !== undefined) throw new Refused("swapped", { what, fund: ["name", called(fund)], other: ["name", called(other)] });
      throw new Refused("missing", { what, month });
    }
    return proof.gifts.map(([fund, amount]) => [called(fund), amount]);
  };

  // --- all of it ---

  const notYet = (proof) => {
    const total = proof.gifts.reduce((sum, [, amount]) => sum + amount, 0);
    const facts = { what: ["gifts", [[null, total]]], month: ["month", proof.period], day: ["day", proof.period] };
    return { code: "not_yet", facts, beside: [] };
  };

  // { code, facts, beside: [{ code, facts }] } if everything holds; throws Refused.
  const check = async ({ report = null, notes = null, log = null, proof = null, key = null }) => {
    if (log === null) throw new Refused("log_missing");
    const { leaves, isChecked } = await readLog(log, { key: key ?? proof?.key ?? null, before: proof?.checkpoint ?? null });
    const beside = isChecked ? [] : [{ code: "signature_unchecked", facts: {} }];
    if (proof && report === null && newestOf(leaves, proof.period) === null) {
      return { ...notYet(proof), beside };
    }
    if (report === null) throw new Refused("report_missing");
    const { report: content, leaf } = readReport(report, leaves);
    checkSums(content);
    if (notes === null && content.notes.leaves) throw new Refused("notes_missing");
    const found = checkNotes(content, notes ?? new Uint8Array());
    const head = content.report;
    const newer = head.kind === "month" ? newestOf(leaves, head.first_period) : null;
    if (newer !== null && newer !== leaf.slug) beside.push({ code: "newer", facts: { slug: newer } });
    if (proof === null) {
      const { sum, taken_back: takenBack, leaves: count } = content.notes;
      const sums = { sum: ["money", sum], taken_back: ["money", takenBack], came_in: ["money", content.lines.came_in] };
      return { code: "adds_up", facts: { ...sums, slug: leaf.slug, leaves: count }, beside };
    }
    const given = checkGift(content, found, proof);
    const facts = { what: ["gifts", given], month: ["month", proof.period], revision: head.revision };
    return { code: given.length === 1 ? "counted" : "counted_all", facts, beside };
  };

  const startOf = (content, length) => new TextDecoder("latin1").decode(content.subarray(0, length));

  const kindOf = (content) => {
    const head = startOf(content, 4000);
    if (!head.replace(SPACES, "").startsWith("{") || !head.slice(0, 8).includes('"')) {
      // eslint-disable-next-line no-control-regex -- what isn't ASCII is no text of ours
      if (/^[\x00-\x7f]+$/.test(head.slice(0, 200)) && head.slice(0, 200).replace(SPACES, "")) throw new Refused("unknown_file");
      return "notes";
    }
    if (head.includes('"entries"') || head.includes(LOG)) return "log";
    return head.includes('"seed"') || head.includes(PROOF) || head.startsWith('{"checkpoint"') ? "proof" : "report";
  };

  const answer = async ({ files, link = "", key = null }) => {
    const parts = {};
    for (const content of files) {
      if (content.length > MOST_BYTES) throw new Refused("too_large");
      const kind = kindOf(content);
      if (kind in parts) throw new Refused("same_kind");
      parts[kind] = content;
    }
    const held = parts.proof ?? null;
    const proof = link.replace(SPACES, "") ? readLink(link) : held && readProof(held);
    return check({ ...parts, proof, key });
  };

  // --- the sentence ---

  const money = (minor, language) => {
    const whole = String(Math.floor(Math.abs(minor) / 100)).replace(/\B(?=(\d{3})+$)/g, language === "en" ? "," : "\u00a0");
    const part = Math.abs(minor) % 100;
    const tail = part ? `${language === "en" ? "." : ","}${String(part).padStart(2, "0")}` : "";
    return `${minor < 0 ? "-" : ""}${whole}${tail}\u00a0zł`;
  };

  const filled = (text, told) => text.replace(/\{(\w+)\}/g, (_, name) => told[name]);

  const sentence = (words, code, facts, language) => {
    const said = words.sentences[language];
    const named = (name) => name[language] || (Object.values(name)[0] ?? "");
    const gift = ([name, amount]) =>
      name ? filled(said.gift, { amount: money(amount, language), fund: named(name) }) : money(amount, language);
    const told = (fact) => {
      if (!Array.isArray(fact)) return String(fact);
      const [kind, value] = fact;
      if (kind === "money") return money(value, language);
      if (kind === "name") return named(value);
      if (kind === "gifts") return value.map(gift).join(said.and);
      const [year, month] = [Math.floor(value / 100), value % 100];
      if (kind === "month") return `${words.months[language][month - 1]} ${year}`;
      const after = month % 12;
      const name = language === "pl" ? words.months_of[after] : words.months[language][after];
      return `16 ${name} ${month === 12 ? year + 1 : year}`;
    };
    const text = filled(said[code], Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, told(fact)])));
    return text.charAt(0).toUpperCase() + text.slice(1);
  };

  return { MOST_BYTES, Refused, answer, bytesOf, check, newestOf, notYet, outside, readLink, readLog, sentence };
})();
