// The description of the API is light or dark as the portal is: unfold keeps the choice, "auto" asks the browser.
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function paint() {
  const chosen = JSON.parse(localStorage.getItem("adminTheme")) || "auto";
  document.documentElement.classList.toggle("dark-mode", chosen === "dark" || (chosen === "auto" && dark.matches));
}

dark.addEventListener("change", paint);
paint();
