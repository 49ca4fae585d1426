/* Comfort only: the parquet's list with the keyboard alone. Loaded by the pages that show one (templates/components/decisions.html). */
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* Keys act only while the focus is inside the list, where it starts. */
  for (const list of all("[data-decisions]")) {
    const rows = all("[data-row]", list);
    const progress = list.querySelector("[data-progress]");
    const radio = (row) => row.querySelector("input:checked") || row.querySelector("input[type=radio]");
    const refresh = () => {
      const answered = rows.filter((row) => row.toggleAttribute("data-answered", Boolean(row.querySelector("input:checked"))));
      progress.querySelector("[data-count]").textContent = String(answered.length);
      progress.hidden = false;
    };
    const go = (index) => {
      const row = rows[index];
      const target = row ? radio(row) : list.closest("form")?.querySelector("button[type=submit]");
      if (index < 0 || !target) return;
      target.focus();
      (row || target).scrollIntoView({ block: "nearest" });
    };
    list.addEventListener("change", refresh);
    list.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("textarea, select, input:not([type=radio])")) return;
      const index = rows.findIndex((row) => row.contains(event.target));
      if (index < 0) return;
      const key = event.key.toLowerCase();
      const choice = /^[a-z]$/.test(key) && rows[index].querySelector(`input[data-key="${key}"]`);
      if (key === "j" || key === "arrowdown") go(index + 1);
      else if (key === "k" || key === "arrowup") go(index - 1);
      else if (key === "?") document.getElementById(list.dataset.help)?.showModal();
      else if (choice) {
        choice.checked = true;
        choice.dispatchEvent(new Event("input", { bubbles: true }));
        choice.dispatchEvent(new Event("change", { bubbles: true }));
        go(index + 1);
      } else return;
      event.preventDefault();
    });
    refresh();
    if (!document.querySelector("[data-focus]")) radio(rows[0]).focus({ preventScroll: true });
  }
})();
