// Everything that this page asks of the coordinator.
import { session } from "./session.js";

const ROOT = "api/v1";

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function request(path, options = {}) {
  const headers = { ...options.headers };
  if (session.token) headers.Authorization = `Bearer ${session.token}`;
  let response;
  try {
    response = await fetch(`${ROOT}/${path}`, { ...options, headers, credentials: "omit" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "The coordinator does not answer. This page tries again.");
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  if (response.status === 401) document.dispatchEvent(new CustomEvent("pgan:signed-out"));
  throw new ApiError(response.status, body.message ?? `The coordinator answers ${response.status}.`);
}

export const getJson = async (path, signal) => (await request(path, { signal })).json();

const enc = encodeURIComponent;
export const api = {
  session: () => getJson("session"),
  experiments: (query, signal) => getJson(`experiments?${new URLSearchParams(query)}`, signal),
  experiment: (id, signal) => getJson(`experiments/${enc(id)}`, signal),
  events: (id, signal) => getJson(`experiments/${enc(id)}/events`, signal),
  statistics: (id, signal) => getJson(`experiments/${enc(id)}/statistics`, signal),
  nodes: (signal) => getJson("nodes", signal),
  stream: (id, after, signal) => request(`experiments/${enc(id)}/stream?after=${after}`, { signal }),
  samplePath: (id, images) => `experiments/${enc(id)}/samples/${images}.png`,
  neighboursPath: (id, images) => `experiments/${enc(id)}/neighbours/${images}.png`,
  walkPath: (id, images) => `experiments/${enc(id)}/walks/${images}.png`,
};

// Blobs of images that were shown lately; the oldest are let go.
const MOST_BLOBS = 80;
const blobs = new Map();

/** An address that an image element can load: the file's own, or with a token a blob, since a token must not be part of an address. */
export async function imageSource(path, signal) {
  if (!session.token) return `${ROOT}/${path}`;
  const known = blobs.get(path);
  if (known) return known;
  const url = URL.createObjectURL(await (await request(path, { signal })).blob());
  blobs.set(path, url);
  if (blobs.size > MOST_BLOBS) {
    const [oldest, gone] = blobs.entries().next().value;
    blobs.delete(oldest);
    URL.revokeObjectURL(gone);
  }
  return url;
}
