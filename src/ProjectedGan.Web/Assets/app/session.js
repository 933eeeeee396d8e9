// The token lives in this tab only and travels in a header only.
const KEY = "pgan.token";

export const session = {
  user: "",
  asksForToken: false,
  version: "",
  get token() { return sessionStorage.getItem(KEY) ?? ""; },
  set token(value) {
    if (value) sessionStorage.setItem(KEY, value);
    else sessionStorage.removeItem(KEY);
  },
};
