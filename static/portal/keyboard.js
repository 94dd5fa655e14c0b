// What django-unfold leaves to the mouse: its clickable words become buttons, its symbols are not read aloud as words,
// and what scrolls can be scrolled by keyboard.
(() => {
  const CLICKABLE = "a[x-on\\:click]:not([href]), span[x-on\\:click], #nav-sidebar-inner div[x-on\\:click]";

  function makeButton(part) {
    part.tabIndex = 0;
    part.setAttribute("role", "button");
  }

  function press(event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (!event.target.matches?.(CLICKABLE)) return;
    event.preventDefault();
    event.target.click();
  }

  // A symbol is a word in a font of symbols. Where it is all that a link or button has, it stays its name.
  function hide(symbol) {
    const around = symbol.closest("a, button, [role=button]") ?? symbol.parentElement;
    const named = around.title || around.ariaLabel || around.textContent.trim() !== symbol.textContent.trim();
    if (named) symbol.ariaHidden = "true";
  }

  // simplebar makes each scrolling part a region; two need two names
  function name(part) {
    const from = part.closest("nav")?.ariaLabel ?? document.querySelector("h1")?.innerText ?? document.title;
    part.dataset.simplebarAriaLabel = from.trim();
  }

  function reachScrolling() {
    document.querySelectorAll(".av-scroll").forEach((part) => {
      part.toggleAttribute("tabindex", part.scrollWidth > part.clientWidth);
      if (part.hasAttribute("tabindex")) part.tabIndex = 0;
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(CLICKABLE).forEach(makeButton);
    document.querySelectorAll(".material-symbols-outlined").forEach(hide);
    document.querySelectorAll("[data-simplebar]").forEach(name);
    reachScrolling();
    new MutationObserver(reachScrolling).observe(document.body, { childList: true, subtree: true });
  });
  window.addEventListener("resize", reachScrolling);
  document.addEventListener("toggle", reachScrolling, true);
  document.addEventListener("keydown", press);
})();
