// The acting person changes at once; the live part of a ticket renews itself every two seconds.
for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => select.form.submit());
}

const live = document.querySelector("[data-refresh]");

async function refresh() {
  if (document.hidden || live.contains(document.activeElement)) return;
  const answer = await fetch(live.dataset.refresh).catch(() => null);
  if (!answer || !answer.ok) return;
  const html = await answer.text();
  if (html === live.lastHtml) return;
  const open = [...live.querySelectorAll("details")].map((details) => details.open);
  live.lastHtml = html;
  live.innerHTML = html; // our own server's page, escaped there
  live.querySelectorAll("details").forEach((details, index) => { details.open = open[index] ?? false; });
}

if (live) setInterval(refresh, 2000);
