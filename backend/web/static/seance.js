/* Mode séance: what is decided survives a network that drops, what is projected follows. Page memory only: no storage, no
   service worker, and nothing but closed values and references waits (domain.md section 5). */
"use strict";
(() => {
  const AGAIN_EVERY = 5000;

  /* Forms that wait for the network, in their order. A version and a key of this sending travel with each: sent twice, it happens
     once. The page goes on when nothing is left; a refusal is drawn by the server, with what was typed and why. */
  const waiting = document.getElementById("waiting");
  const queue = [];
  const stay = (event) => {
    event.preventDefault();
    event.returnValue = "";
  };
  const sendNext = async () => {
    const { form, body } = queue[0];
    let answer = null;
    try {
      answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    } catch {
      answer = null;
    }
    if (!answer || answer.status === 503) {
      waiting.hidden = false;
      addEventListener("beforeunload", stay);
      setTimeout(sendNext, AGAIN_EVERY);
      return;
    }
    removeEventListener("beforeunload", stay);
    form.dispatchEvent(new Event("reset")); // nothing is emptied: it tells cenacle.js that nothing is left to save
    if (answer.type !== "opaqueredirect") {
      form.submit();
      return;
    }
    queue.shift();
    if (queue.length) sendNext();
    else location.assign(form.dataset.queued);
  };
  for (const form of document.querySelectorAll("form[data-queued]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (queue.some((item) => item.form === form)) return;
      const body = new URLSearchParams(new FormData(form));
      body.set("idempotency", crypto.randomUUID());
      queue.push({ form, body });
      if (queue.length === 1) sendNext();
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
