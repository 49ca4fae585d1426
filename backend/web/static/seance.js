/* Mode séance: what is decided survives a network that drops, what is projected follows. Page memory only: no storage, no
   service worker, and nothing but closed values and references waits (domain.md section 5). */
"use strict";
(() => {
  const AGAIN_EVERY = 5000;

  /* A form that waits for the network. Its version and a key of this sending travel with it: sent twice, it happens once. */
  for (const form of document.querySelectorAll("form[data-queued]")) {
    const waiting = document.getElementById("waiting");
    let pending = null;
    const leave = (event) => {
      event.preventDefault();
      event.returnValue = "";
    };
    const sent = () => {
      removeEventListener("beforeunload", leave);
      form.dispatchEvent(new Event("reset")); // nothing is emptied: it tells cenacle.js that nothing is left to save
      location.assign(form.dataset.queued);
    };
    const refused = () => {
      removeEventListener("beforeunload", leave);
      form.submit(); // the server draws the page again, with what was typed and why
    };
    const attempt = async () => {
      let answer = null;
      try {
        answer = await fetch(form.action, { method: "POST", body: pending, redirect: "manual" });
      } catch {
        answer = null;
      }
      if (answer && answer.type === "opaqueredirect") sent();
      else if (answer && answer.status !== 503) refused();
      else {
        waiting.hidden = false;
        addEventListener("beforeunload", leave);
        setTimeout(attempt, AGAIN_EVERY);
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (pending) return;
      pending = new URLSearchParams(new FormData(form));
      pending.set("idempotency", crypto.randomUUID());
      attempt();
    });
  }

  /* The page that is projected goes blank as soon as the one that conducts the meeting shows another situation. */
  const channel = new BroadcastChannel("cenacle-seance");
  const conducted = document.body.dataset.seance;
  if (conducted) channel.postMessage({ meeting: conducted, situation: document.body.dataset.situation });
  const projected = document.body.dataset.projection;
  if (projected) {
    channel.addEventListener("message", ({ data }) => {
      if (data.meeting !== projected || data.situation === document.body.dataset.situation) return;
      document.querySelector("[data-projected]").replaceChildren();
      location.reload();
    });
  }

  /* The name, only while a key or the button is held. */
  const held = document.querySelector("[data-held]");
  const button = document.querySelector("[data-holds]");
  if (held && button) {
    const show = () => { held.hidden = false; };
    const hide = () => { held.hidden = true; };
    button.hidden = false;
    document.addEventListener("keydown", (event) => { if (event.key.toLowerCase() === "n" && !event.ctrlKey && !event.metaKey && !event.altKey) show(); });
    document.addEventListener("keyup", hide);
    button.addEventListener("pointerdown", show);
    button.addEventListener("keydown", (event) => { if (event.key === " " || event.key === "Enter") show(); });
    for (const kind of ["pointerup", "pointercancel", "pointerleave"]) button.addEventListener(kind, hide);
    addEventListener("blur", hide);
  }
})();
