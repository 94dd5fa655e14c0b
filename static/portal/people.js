// The hint above Django's lists of permissions is a symbol with a label: it says that it is a picture.
function namePictures() {
  for (const hint of document.querySelectorAll(".selector .search-label-icon")) hint.setAttribute("role", "img");
}

window.addEventListener("load", () => setTimeout(namePictures)); // after Django's own script, which makes them on load
