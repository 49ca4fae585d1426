/* Mode séance: what is decided survives a network that drops, what is projected follows. Page memory only: no storage, no
   service worker, and nothing but closed values and references waits (domain.md section 5). */
"use strict";
(() => {
  const AGAIN_EVERY = 5000;

  /* Forms that wait for the network, in their order. A version and a key of this sending travel with each: sent twice, it happens
     once. What a part of the page sends draws that part again, and nothing ticked elsewhere is lost; the last one goes on to the
     next page. A refusal is drawn by the server, with what was typed and why. */
  const waiting = document.getElementById("waiting");
  const queue = [];
  const stay = (event) => {
    event.preventDefault();
    event.returnValue = "";
  };
  const settle = (form) => form.dispatchEvent(new Event("reset")); // nothing is emptied: it tells cenacle.js that it is saved
  const versions = (root) => [...root.querySelectorAll("form input[name=version]")];

  /* Draw a part again. A version elsewhere that moved by our own change alone follows; by somebody else's, the page is read again. */
  const redraw = (form, fresh) => {
    const own = form.closest(`[aria-labelledby="${form.dataset.part}"]`);
    const drawn = fresh.querySelector(`[aria-labelledby="${form.dataset.part}"]`);
    if (!own || !drawn) return false;
    const now = new Map(versions(fresh).map((field) => [field.form.getAttribute("action"), field.value]));
    const others = versions(document).filter((field) => !own.contains(field));
    const moved = others.filter((field) => now.get(field.form.getAttribute("action")) !== field.value);
    if (moved.some((field) => now.get(field.form.getAttribute("action")) !== String(Number(field.value) + 1))) return false;
    for (const field of moved) {
      field.value = now.get(field.form.getAttribute("action"));
      for (const { form: queued, body } of queue) if (queued === field.form) body.set("version", field.value);
    }
    own.replaceWith(drawn);
    document.querySelector(".notice")?.remove();
    document.querySelector("main").prepend(fresh.querySelector(".notice") || "");
    drawn.querySelector("h2").tabIndex = -1;
    drawn.querySelector("h2").focus();
    return true;
  };

  const sendNext = async () => {
    const { form, body } = queue[0];
    let answer = null;
    let text = "";
    try {
      answer = await fetch(form.action, { method: "POST", body, redirect: form.dataset.part ? "follow" : "manual" });
      text = form.dataset.part ? await answer.text() : "";
    } catch {
      answer = null;
    }
    if (!answer || answer.status === 503) {
      waiting.hidden = false;
      addEventListener("beforeunload", stay);
      setTimeout(sendNext, AGAIN_EVERY);
      return;
    }
    waiting.hidden = true;
    removeEventListener("beforeunload", stay);
    settle(form);
    if (answer.type !== "opaqueredirect" && !(answer.ok && answer.redirected)) {
      form.submit();
      return;
    }
    queue.shift();
    const redrawn = form.dataset.part && redraw(form, new DOMParser().parseFromString(text, "text/html"));
    if (queue.length) sendNext();
    else if (!redrawn) location.assign(form.dataset.queued);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.queued) return;
    event.preventDefault(); // heard before cenacle.js, which then leaves the form alone
    if (queue.some((item) => item.form === form)) return;
    const body = new URLSearchParams(new FormData(form));
    body.set("idempotency", crypto.randomUUID());
    queue.push({ form, body });
    if (queue.length === 1) sendNext();
  }, true);

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

  /* The name, only while the button is held, or a key while the button has the focus, which it takes (RGAA 12.10). */
  const held = document.querySelector("[data-held]");
  const button = document.querySelector("[data-holds]");
  if (held && button) {
    const show = () => { held.hidden = false; };
    const hide = () => { held.hidden = true; };
    button.hidden = false;
    button.focus({ preventScroll: true });
    button.addEventListener("keyup", hide);
    button.addEventListener("pointerdown", show);
    button.addEventListener("keydown", (event) => { if ([" ", "Enter", "n", "N"].includes(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) show(); });
    for (const kind of ["pointerup", "pointercancel", "pointerleave", "blur"]) button.addEventListener(kind, hide);
    addEventListener("blur", hide);
  }
})();
