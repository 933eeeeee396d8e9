// Every view is an address behind the #: a path and a query, so that it can be shared and reloaded.
export function read() {
  const [path, query] = location.hash.replace(/^#/, "").split("?", 2);
  return { parts: path.split("/").filter(Boolean).map(decode), query: new URLSearchParams(query ?? "") };
}

// People type addresses too: what is no encoding stands for itself.
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const address = (path, query = {}) => {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "" && value !== undefined && value !== null)).toString();
  return `#/${path}${text ? `?${text}` : ""}`;
};

/** Changes parts of the query without another entry in the history and without drawing the view again. */
export function remember(changes) {
  const { parts, query } = read();
  for (const [name, value] of Object.entries(changes)) {
    if (value === "" || value === null || value === undefined) query.delete(name);
    else query.set(name, value);
  }
  history.replaceState(null, "", address(parts.map(encodeURIComponent).join("/"), Object.fromEntries(query)));
}
