/* Shown once an answer is ticked; always, without script. */
for (const part of document.querySelectorAll("[data-shown-with]")) {
  const box = part.closest("form").querySelector(`input[name="${part.dataset.shownWith}"][value="${part.dataset.shownValue}"]`);
  const show = () => { part.hidden = !box.checked; };
  box.addEventListener("change", show);
  show();
}
