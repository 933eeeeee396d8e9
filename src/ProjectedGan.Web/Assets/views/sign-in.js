// Asks for a token.
import { h } from "../app/dom.js";
import { api } from "../app/api.js";
import { session } from "../app/session.js";

export function signInView(wasRefused, done) {
  const error = h("p", { class: "error-text", role: "alert", id: "sign-in-error" }, wasRefused && "This token is not known here.");
  const field = h("input", { type: "password", id: "token", autocomplete: "off", required: true, "aria-describedby": "sign-in-error" });
  const submit = async (event) => {
    event.preventDefault();
    session.token = field.value.trim();
    try {
      await api.session();
      done();
    } catch (failure) {
      // A refused token draws this form anew; other failures are told here.
      error.textContent = failure.message;
      session.token = "";
    }
  };
  return h("section", { class: "card sign-in" },
    h("h1", {}, "Sign in"),
    h("p", { class: "quiet" }, "This coordinator asks for a token with the role ", h("code", {}, "read"), " or ", h("code", {}, "submit"), ". It stays in this tab and is forgotten with it."),
    h("form", { onsubmit: submit }, h("label", { for: "token" }, "Token"), field, error, h("button", { class: "primary", type: "submit" }, "Sign in")));
}
