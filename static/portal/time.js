// Moments in the viewer's own zone. Without this script they stay in the server's; the exact UTC is in the title.
(() => {
  const language = document.documentElement.lang || "en";
  const parts = new Intl.DateTimeFormat(language, {
    day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
    hourCycle: "h23",
  });

  const dot = language.startsWith("de") ? "." : "";

  function show(time) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) return;
    const at = Object.fromEntries(parts.formatToParts(moment).map((part) => [part.type, part.value]));
    time.textContent = time.dataset.show === "time"
      ? `${at.hour}:${at.minute}`
      : `${at.day}${dot} ${at.month} ${at.year} ${at.hour}:${at.minute}:${at.second}`;
    delete time.dataset.show;
  }

  const showAll = (root) => root.querySelectorAll("time[data-show]").forEach(show);
  document.addEventListener("DOMContentLoaded", () => {
    showAll(document);
    // parts that renew themselves bring new moments
    new MutationObserver(() => showAll(document)).observe(document.body, { childList: true, subtree: true });
  });
})();
