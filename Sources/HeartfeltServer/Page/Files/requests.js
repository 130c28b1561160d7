// Requests to the server that the page comes from, with the token where it asks for one.

const kept = { token: sessionStorage.getItem("heartfelt-token") ?? "" };

/** What the server says is wrong, with its status. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function useToken(token) {
  kept.token = token;
  sessionStorage.setItem("heartfelt-token", token);
}

/** The response, or a Refusal with the server's own sentence. */
export async function request(path, options = {}) {
  const headers = new Headers(options.headers);
  if (kept.token) headers.set("Authorization", `Bearer ${kept.token}`);
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, "The server does not answer. Is it still running?");
  }
  if (response.ok) return response;
  let message = `The server answers ${response.status}.`;
  try {
    message = (await response.json()).error.message;
  } catch { /* not one of its own answers */ }
  throw new Refusal(response.status, message);
}

export async function json(path, options) {
  return (await request(path, options)).json();
}

/** The address with those parameters that say something. */
export function address(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== "" && value !== null && value !== undefined) query.set(name, value);
  }
  return query.size ? `${path}?${query}` : path;
}

/**
 * Server-sent events, one after the other. EventSource would be shorter, but sends no token.
 * A connection that breaks is made again from the last event on.
 */
export async function* events(path, signal) {
  let last = "";
  for (let failures = 0; ;) {
    try {
      const response = await request(path, { signal, headers: last ? { "Last-Event-ID": last } : {} });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      failures = 0;
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
        for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
          const event = { type: "message", data: "" };
          for (const line of text.slice(0, end).split("\n")) {
            if (line.startsWith("id: ")) last = line.slice(4);
            if (line.startsWith("event: ")) event.type = line.slice(7);
            if (line.startsWith("data: ")) event.data += line.slice(6);
          }
          if (!event.data) continue;
          yield { type: event.type, ...JSON.parse(event.data) };
          if (event.type === "end") return;
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      // A stream that is not there, or has ended, will not come back; a connection may.
      if (error.status || ++failures > 5) throw error;
    }
    if (signal.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
