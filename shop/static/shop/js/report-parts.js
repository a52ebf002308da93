// A report's parts are shut until they are opened. Browsers open what a link, a search or paper needs; this helps older
// ones, and offers to open all of them at once. Without this script each part opens by its own heading.
(() => {
  "use strict";
  const folds = () => document.querySelectorAll("main details");

  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target?.closest("main details")) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...folds()].filter((fold) => !fold.open);
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
  });

  const button = document.querySelector("[data-open-parts]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const fold of document.querySelectorAll(".report-parts > details")) fold.open = true;
    button.hidden = true;
  });
})();
