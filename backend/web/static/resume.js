/* The proof that takes a locked page up again where it is: nothing that was typed leaves it. Loaded when it is asked for. */
const FAILED = {
  401: "Ce mot de passe ou ce code ne correspond pas, ou votre session est terminée. Ce qui est saisi est toujours là.",
  429: "Trop d'essais : attendez une minute, puis réessayez. Ce qui est saisi est toujours là.",
};

export const ask = (cover, link, resumed) => {
  const csrf = document.querySelector("[name=csrf]").value;
  const made = (name, properties, ...inside) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...inside);
    return element;
  };
  const field = made("input", { className: "input", id: "champ-reprise", type: "password", autocomplete: "current-password", required: true });
  const label = made("label", { htmlFor: field.id }, "Mot de passe, ou code de votre application");
  const said = made("p", { id: "reprise-refus", role: "alert" });
  field.setAttribute("aria-describedby", said.id);
  const button = made("button", { className: "button" }, "Reprendre");
  button.dataset.kind = "primary";
  const form = made("form", { className: "cover-locked stack" }, made("div", { className: "field" }, label, field), said, made("p", {}, button));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams({ csrf, proof: field.value, next: "/compte" });
    field.value = "";
    const answer = await fetch("/connexion/reprise", { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") {
      form.remove();
      link.hidden = false;
      resumed();
    } else {
      said.textContent = FAILED[answer?.status] || "Le service ne répond pas. Réessayez : ce qui est saisi est toujours là.";
      field.focus();
    }
  });
  link.hidden = true;
  cover.append(form);
  field.focus();
};
