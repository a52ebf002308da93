// Long work shows its progress by itself. Without this script the page has a link that looks again.
(() => {
  "use strict";
  const every = 2000;

  const look = async () => {
    const shown = document.querySelector("[data-progress]");
    if (!shown) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-progress]");
      if (answer.ok && !fresh) return location.reload();
      if (fresh && fresh.textContent !== shown.textContent) {
        shown.querySelector("label").textContent = fresh.querySelector("label").textContent;
        shown.querySelector("progress").value = fresh.querySelector("progress").value;
      }
    } catch {
      // The network was away for a moment: look again later.
    }
    setTimeout(look, every);
  };

  setTimeout(look, every);
})();
