/* Comfort only: pages work without it. No storage; no request but what a button names, and while one types. */
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;
  const french = new Intl.NumberFormat("fr-FR");
  const plural = (count, word) => `${french.format(count)} ${word}${count > 1 ? "s" : ""}`;

  /* Controls that need the script appear with it. */
  for (const control of all("[data-hide-screen], [data-print], [data-copy]")) control.hidden = false;

  /* « Masquer l'écran »: nothing is removed, so nothing typed is lost. */
  const cover = document.getElementById("cover");
  let before = null;
  let escapedAt = -Infinity;
  const hide = (state) => {
    if (root.dataset.covered) return;
    for (const dialogue of all("dialog[open]")) dialogue.close();
    before = document.activeElement;
    root.dataset.covered = state;
    cover.hidden = false;
    cover.focus();
  };
  const restore = () => {
    delete root.dataset.covered;
    cover.hidden = true;
    if (before && before.isConnected) before.focus({ preventScroll: true });
  };
  document.addEventListener("keydown", (event) => {
    if (root.dataset.covered === "masked") {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!["Escape", "Shift", "Control", "Alt", "Meta"].includes(event.key)) restore();
    } else if (event.key === "Escape" && !event.repeat) {
      if (event.timeStamp - escapedAt < 700) hide("masked");
      escapedAt = event.timeStamp;
    }
  }, true);
  cover.addEventListener("click", () => { if (root.dataset.covered === "masked") restore(); });
  for (const button of all("[data-hide-screen]")) button.addEventListener("click", (event) => { event.stopPropagation(); hide("masked"); });

  /* Idle lock, counted from the last request: ask again for who types, warn the others. */
  const idle = Number(document.body.dataset.idleMinutes) * 60000;
  if (idle) {
    let answeredAt = Date.now();
    let touchedAt = answeredAt;
    for (const kind of ["keydown", "pointerdown", "pointermove"]) document.addEventListener(kind, () => { if (!root.dataset.covered) touchedAt = Date.now(); }, { passive: true });
    const warning = document.getElementById("idle");
    const prolonged = async () => {
      const answer = await fetch("/compte", { redirect: "manual" }).catch(() => null);
      if (answer?.ok) answeredAt = Date.now();
      return warning.hidden = Boolean(answer?.ok);
    };
    setInterval(() => {
      const now = Date.now();
      if (warning.hidden && now - answeredAt > idle - 120000) {
        if (now - touchedAt < 120000) prolonged();
        else warning.hidden = false;
      }
      if (now - touchedAt > idle) {
        if (root.dataset.covered) root.dataset.covered = "locked";
        else hide("locked");
      }
    }, 5000);

    /* By one gesture (RGAA 13.1); locked already, the warning stays. */
    const prolong = warning.querySelector("[data-prolong]");
    let left = null;
    prolong.addEventListener("focus", (event) => { left = event.relatedTarget; });
    prolong.addEventListener("click", async () => {
      if (await prolonged()) (left || document.querySelector("main")).focus();
    });

    const resume = cover.querySelector("[data-resume]");
    resume.addEventListener("click", async (event) => {
      event.preventDefault();
      (await import(resume.dataset.resume)).ask(cover, resume, () => {
        answeredAt = touchedAt = Date.now();
        warning.hidden = true;
        restore();
      });
    });
  }

  /* Room left in a text: the counter has the limit, so a pasted text is not cut in silence. */
  for (const area of all("textarea[maxlength]")) {
    const limit = Number(area.getAttribute("maxlength"));
    const counter = document.getElementById(`${area.id}-compte`);
    if (!counter) continue;
    const spoken = counter.cloneNode();
    spoken.removeAttribute("id");
    spoken.className = "visually-hidden";
    spoken.setAttribute("role", "status");
    counter.after(spoken);
    area.removeAttribute("maxlength");
    let timer = 0;
    const count = () => {
      const left = limit - [...area.value].length;
      counter.textContent = left < 0 ? `${plural(-left, "caractère")} en trop` : `Il reste ${plural(left, "caractère")}`;
      counter.toggleAttribute("data-over", left < 0);
    };
    area.addEventListener("input", () => {
      count();
      clearTimeout(timer);
      timer = setTimeout(() => { spoken.textContent = counter.textContent; }, 1200);
    });
    if (area.value) count();
  }

  /* Forms: warn before leaving unsaved work; send once. */
  const unsaved = new Set();
  for (const form of all("form[data-guard]")) {
    form.addEventListener("input", () => unsaved.add(form));
    form.addEventListener("reset", () => unsaved.delete(form));
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    unsaved.clear();
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  });
  addEventListener("beforeunload", (event) => {
    if (!unsaved.size) return;
    event.preventDefault();
    event.returnValue = "";
  });
  addEventListener("pageshow", () => {
    for (const form of all("form[data-sending]")) {
      delete form.dataset.sending;
      for (const button of all("button[aria-disabled]", form)) button.removeAttribute("aria-disabled");
    }
  });
  for (const summary of all("[data-focus]")) summary.focus();

  /* The menu of the other pages closes with Escape, or once focus or mouse goes elsewhere. */
  for (const menu of all("details[data-light]")) {
    const leave = (event) => { if (!menu.contains(event.relatedTarget || event.target)) menu.open = false; };
    document.addEventListener("click", leave);
    menu.addEventListener("focusout", (event) => { if (event.relatedTarget) leave(event); });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.firstElementChild.focus();
    });
  }

  /* Dialogues, print, copy. */
  document.addEventListener("click", (event) => {
    const control = event.target.closest("[data-opens], [data-closes], [data-print], [data-copy]");
    if (!control) return;
    if (control.dataset.opens) {
      const dialogue = document.getElementById(control.dataset.opens);
      if (!dialogue || !dialogue.showModal) return;
      event.preventDefault();
      dialogue.showModal();
    } else if ("closes" in control.dataset) {
      const dialogue = control.closest("dialog[open]");
      if (!dialogue) return;
      event.preventDefault();
      dialogue.close();
    } else if ("print" in control.dataset) {
      print();
    } else {
      const words = control.querySelector("[aria-live]");
      navigator.clipboard.writeText(document.getElementById(control.dataset.copy).textContent.trim())
        .then(() => { words.textContent = control.dataset.done; });
    }
  });
})();
