// An issued sheet goes to the printer by itself; the button prints it again.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
if (document.body.hasAttribute("data-issued")) window.addEventListener("load", () => window.print());
