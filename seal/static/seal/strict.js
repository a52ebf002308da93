// JSON as we write it: UTF-8, each key once, whole numbers, not too deep. All else is refused, so that no two readers
// understand one file differently. The same stands in verify.py.
const SealStrict = (() => {
  "use strict";

  const MOST_DEEP = 60;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  const refuse = (what) => {
    throw new SyntaxError(what);
  };

  // How many keys stand in a value; half a character is no text.
  const keysIn = (value) => {
    if (typeof value === "string" && /\p{Surrogate}/u.test(value)) refuse("half a character");
    if (value === null || typeof value !== "object") return 0;
    if (Array.isArray(value)) return value.reduce((sum, each) => sum + keysIn(each), 0);
    return Object.entries(value).reduce((sum, [key, each]) => sum + 1 + keysIn(key) + keysIn(each), 0);
  };

  const strictJson = (content) => {
    const text = typeof content === "string" ? content : decoder.decode(content);
    const bare = text.replace(/"(?:[^"\\]|\\[^])*"/g, '"');
    let depth = 0;
    for (const [bracket] of bare.matchAll(/[[\]{}]/g)) {
      depth += bracket === "[" || bracket === "{" ? 1 : -1;
      if (depth > MOST_DEEP) refuse("too deep");
    }
    const value = JSON.parse(text);
    for (const [number] of bare.matchAll(/-?\d[-+.\deE]*/g)) {
      if (!/^(?:0|-?[1-9]\d*)$/.test(number) || !Number.isSafeInteger(Number(number))) refuse("no whole number");
    }
    if (keysIn(value) !== (bare.match(/:/g) ?? []).length) refuse("a key twice");
    return value;
  };

  const isText = (value) => typeof value === "string" && value !== "" && ![...value].some((sign) => sign < " ");

  const isMonth = (value) =>
    Number.isSafeInteger(value) && value > 190000 && value < 1000000 && value % 100 >= 1 && value % 100 <= 12;

  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  return { isMonth, isObject, isText, strictJson };
})();
