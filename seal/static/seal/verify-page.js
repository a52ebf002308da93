// The page that checks a donation: the link's part after the # stays here, only public files are fetched.
(() => {
  "use strict";
  const frame = document.getElementById("verify");
  if (!frame || !window.crypto) return;
  const words = JSON.parse(document.getElementById("verify-words").textContent);
  const language = document.documentElement.lang;
  const form = document.getElementById("verify-form");
  const answer = document.getElementById("verify-answer");
  const typed = form.elements.link;
  let asked = 0;

  const say = (lines, state) => {
    answer.className = `notice notice--${state}`;
    answer.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
    answer.hidden = false;
  };

  // For a browser whose WebCrypto lacks Ed25519: asked for once, and only there.
  let ed25519;
  SealCheck.outside.ed25519 = () => {
    ed25519 ??= new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = frame.dataset.ed25519;
      script.onload = () => resolve(SealEd25519);
      script.onerror = () => resolve(null);
      document.head.append(script);
    });
    return ed25519;
  };

  const load = async (address) => {
    const got = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
    if (got.status === 404) return null;
    if (!got.ok) throw new TypeError(`answered ${got.status}`);
    return new Uint8Array(await got.arrayBuffer());
  };

  const files = async (slug) => {
    const at = (address) => address.replace("SLUG", slug);
    const [report, notes] = await Promise.all([load(at(frame.dataset.report)), load(at(frame.dataset.notes))]);
    return { report, notes };
  };

  const check = async ({ link = "", slug = null }) => {
    const proof = link ? SealCheck.readLink(link) : null;
    const log = await load(frame.dataset.log);
    if (log === null) return proof ? SealCheck.notYet(proof) : SealCheck.check({});
    const { leaves } = await SealCheck.readLog(log, { key: proof?.key ?? null });
    const wanted = slug ?? SealCheck.newestOf(leaves, proof.period);
    return SealCheck.check({ log, proof, ...(wanted === null ? {} : await files(wanted)) });
  };

  const run = async (what) => {
    const mine = ++asked;
    say([frame.dataset.busy], "info");
    let lines, state;
    try {
      const { code, facts, beside } = await check(what);
      const all = [{ code, facts }, ...beside];
      lines = all.map((each) => SealCheck.sentence(words, each.code, each.facts, language));
      state = "success";
    } catch (fault) {
      const isOurs = fault instanceof SealCheck.Refused;
      lines = [isOurs ? SealCheck.sentence(words, fault.code, fault.facts, language) : frame.dataset.away];
      state = "error";
    }
    if (mine === asked) say(lines, state);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run({ link: typed.value });
  });
  for (const button of document.querySelectorAll("[data-check-report]")) {
    button.hidden = false;
    button.addEventListener("click", () => run({ slug: button.dataset.checkReport }));
  }
  const follow = () => {
    if (!location.hash.includes("s=")) return;
    typed.value = location.href;
    run({ link: location.hash });
  };
  window.addEventListener("hashchange", follow);
  for (const each of document.querySelectorAll("[data-without-script]")) each.hidden = true;
  for (const each of document.querySelectorAll("[data-with-script]")) each.hidden = false;
  follow();
})();
