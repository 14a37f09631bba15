// A box that scrolls sideways is a stop of the keyboard and, with a name, a landmark. While all of it is in view it is neither,
// and the head of its table stays in view on the page (parts.css). Without this file every such box is both.

const names = new WeakMap();
const observer = new ResizeObserver((entries) => {
  for (const box of new Set(entries.map(({ target }) => target.closest(".scroll, .code")))) {
    // What is not laid out yet is asked once it is.
    if (!box || box.firstElementChild.checkVisibility?.({ contentVisibilityAuto: true }) === false) continue;
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    for (const [name, value] of names.get(box)) scrolls ? box.setAttribute(name, value) : box.removeAttribute(name);
  }
});
const watch = (part) => {
  for (const box of part.querySelectorAll(".scroll, .code")) {
    names.set(box, ["tabindex", "role", "aria-label"].map((name) => [name, box.getAttribute(name)]).filter(([, value]) => value));
    for (const one of [box, box.firstElementChild]) observer.observe(one);
  }
};
watch(document);
// A preview puts new pages in the place of this one.
new MutationObserver((changes) => {
  for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) if (node instanceof Element) watch(node);
}).observe(document.body, { childList: true });
