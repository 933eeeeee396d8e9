// Follows an experiment's events. A hidden tab lets its connection go: browsers have six for a server.
import { api } from "./api.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15000;
// The coordinator shows a sign of life every 15 seconds.
const SILENCE = 45000;
/** How long after a failure something is asked for anew, in milliseconds. */
export const RETRY_PAUSE = 5000;

/** Calls `take` with each event behind `after` and `ended` when no more can come; ends with `signal`. */
export async function follow(id, after, { take, ended, connection, signal }) {
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    await visible(signal);
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    const hide = () => document.hidden && stop();
    let watchdog;
    const alive = () => { clearTimeout(watchdog); watchdog = setTimeout(stop, SILENCE); };
    signal.addEventListener("abort", stop);
    document.addEventListener("visibilitychange", hide);
    try {
      const response = await api.stream(id, after, attempt.signal);
      connection(true);
      pause = FIRST_PAUSE;
      for await (const message of messages(response.body, alive)) {
        if (message.event === "end") return ended();
        const event = JSON.parse(message.data);
        after = Number(event.sequence);
        heed(take, event);
      }
    } catch (error) {
      if (error.status === 401 || error.status === 404) return;
    } finally {
      clearTimeout(watchdog);
      signal.removeEventListener("abort", stop);
      document.removeEventListener("visibilitychange", hide);
    }
    if (signal.aborted) return;
    if (!document.hidden) {
      connection(false);
      await wait(pause, signal);
      pause = Math.min(LONGEST_PAUSE, pause * 2);
    }
  }
}

/** Repeats `act` while the tab is visible. Failures are shown by `act` itself. */
export async function repeat(interval, act, signal) {
  while (!signal.aborted) {
    await wait(interval, signal);
    await visible(signal);
    if (!signal.aborted) await act();
  }
}

// A fault of a view must not look like a lost connection.
function heed(take, event) {
  try {
    take(event);
  } catch (error) {
    reportError(error);
  }
}

async function* messages(body, alive) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    alive();
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const fields = Object.fromEntries(part.split("\n").filter((line) => !line.startsWith(":")).map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trimStart()]));
      if (fields.data) yield fields;
    }
  }
}

const wait = (milliseconds, signal) => new Promise((resolve) => {
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    resolve();
  };
  const timer = setTimeout(end, milliseconds);
  signal.addEventListener("abort", end);
});

const visible = (signal) => (document.hidden && !signal.aborted ? new Promise((resolve) => {
  const look = () => {
    if (document.hidden && !signal.aborted) return;
    document.removeEventListener("visibilitychange", look);
    signal.removeEventListener("abort", look);
    resolve();
  };
  document.addEventListener("visibilitychange", look);
  signal.addEventListener("abort", look);
}) : Promise.resolve());
