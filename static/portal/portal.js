// Two small comforts; every page works without them.

// 1. A run page renews itself while the run is open.
function renew(box) {
  const again = () => window.setTimeout(step, 2000);
  const step = async () => {
    if (document.hidden || document.querySelector("dialog[open]")) return again();
    try {
      const answer = await fetch(box.dataset.live, { credentials: "same-origin", redirect: "error" });
      if (answer.ok) show(box, await answer.text());
      if (answer.status === 403 || answer.status === 404) return;
    } catch (problem) {
      console.warn("The page could not be renewed; trying again.", problem);
    }
    if (isOpen(box)) again();
  };
  if (isOpen(box)) again();
}

const isOpen = (box) => box.querySelector("[data-open]")?.dataset.open === "yes";

function show(box, html) {
  const unfolded = [...box.querySelectorAll("details[open][id]")].map((part) => part.id);
  const focused = box.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  box.innerHTML = html;
  unfolded.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  if (focused) [...box.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
}

// 2. An operation's question opens as a dialog over the page; its form is the same POST.
async function ask(event) {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const form = page.querySelector("form[data-operation]");
    if (!answer.ok || !form) throw new Error(`answer ${answer.status}`);
    openDialog(form);
  } catch {
    window.location.assign(link.href);
  }
}

function openDialog(form) {
  const dialog = document.createElement("dialog");
  dialog.className = "av-dialog";
  dialog.setAttribute("aria-labelledby", "av-question");
  dialog.append(document.importNode(form, true));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) {
      event.preventDefault();
      dialog.close();
    }
  });
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("click", ask);
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-live]").forEach(renew));
