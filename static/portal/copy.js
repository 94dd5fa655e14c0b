// A button that copies a text of the page; without the clipboard it selects the text to copy by hand.
async function copy(event) {
  const button = event.target.closest("button[data-copy]");
  const source = button && document.getElementById(button.dataset.copy);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = button.dataset.copied;
  } catch {
    window.getSelection().selectAllChildren(source);
  }
}

document.addEventListener("click", copy);
