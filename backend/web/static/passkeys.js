/* Passkeys, on the pages that use one (templates/members/_passkeys.html): the browser answers in the hidden field. Shown only where
   it can read what it is asked. */
"use strict";
for (const part of document.querySelectorAll("[data-passkey]")) {
  const read = { get: "parseRequestOptionsFromJSON", create: "parseCreationOptionsFromJSON" }[part.dataset.passkey];
  if (!window.PublicKeyCredential || !PublicKeyCredential[read]) continue;
  part.hidden = false;
  const silent = part.querySelector("[role=alert]");
  part.querySelector("button").addEventListener("click", async () => {
    silent.hidden = true;
    try {
      const publicKey = PublicKeyCredential[read](JSON.parse(part.dataset.asked));
      const answer = await navigator.credentials[part.dataset.passkey]({ publicKey });
      const form = part.closest("form");
      form.elements.passkey.value = JSON.stringify(answer);
      form.requestSubmit();
    } catch {
      silent.hidden = false;
    }
  });
}
