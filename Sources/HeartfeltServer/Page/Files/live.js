// Live sessions: a recording replayed packet by packet, or a stream that somebody else sends.

import { address, events, request } from "/requests.js";

const packetSamples = 73;
const tick = 500;

/**
 * What comes of live sessions, one a target, in the form that recordings have: results with windows,
 * and a signal that grows.
 */
export class LiveRun {
  constructor(name, models, listeners) {
    this.name = name;
    this.listeners = listeners;
    this.abort = new AbortController();
    this.results = models.map(({ target, classes }) => ({ target, classes, windows: [] }));
    this.signal = { start: 0, samplingRate: 0, unit: "unknown", samples: [] };
    this.isOver = false;
    this.made = [];
  }

  /** Sends a recording as a sensor would, at a speed, to a session for each target. */
  async replay(recording, speed) {
    const { samplingRate, samples, unit } = recording;
    this.signal.unit = unit;
    const paths = this.results.map(({ target }) =>
      [target, `/v1/live/${this.results.length > 1 ? `${this.name}-${slug(target)}` : this.name}`]);
    const send = (body, parameters = {}) => Promise.all(paths.map(([target, path]) =>
      request(address(`${path}/samples`, { rate: samplingRate, target, ...parameters }), {
        method: "POST", body, signal: this.abort.signal, headers: { "Content-Type": "text/plain" },
      })));
    const lines = (from, to) => {
      const text = [];
      for (let first = from; first < to; first += packetSamples) {
        text.push(JSON.stringify({
          time: first / samplingRate, samples: samples.slice(first, Math.min(to, first + packetSamples)),
        }));
      }
      return text.join("\n") + "\n";
    };
    await send("# begins\n");
    this.made = paths.map(([, path]) => path);
    const watching = Promise.all(paths.map(([, path], index) => this.follow(path, index)));
    const started = performance.now();
    try {
      for (let sent = 0; sent < samples.length && !this.abort.signal.aborted;) {
        const due = Math.min(samples.length, Math.ceil((performance.now() - started + tick) / 1000 * speed * samplingRate));
        if (due > sent) await send(lines(sent, due));
        sent = Math.max(sent, due);
        await new Promise((resolve) => setTimeout(resolve, tick));
      }
      await send("", { end: true });
    } catch (error) {
      if (!this.abort.signal.aborted) throw error;
    }
    await watching;
  }

  /** Listens to a session that somebody else feeds. */
  async watch(progress) {
    const index = this.results.findIndex(({ target }) => target === progress.target);
    this.results = [this.results[Math.max(0, index)]];
    await this.follow(`/v1/live/${this.name}`, 0);
  }

  async follow(path, index) {
    const withSignal = index === 0 ? "?signal=true" : "";
    for await (const event of events(`${path}/events${withSignal}`, this.abort.signal)) {
      if (event.type === "samples") this.append(event);
      if (event.type === "remark" && index === 0) this.listeners.remark(event.message);
      if (event.type === "prediction") {
        const { classes, windows } = this.results[index];
        const shares = classes.map((name) => event.probabilities[name]);
        windows.push({ ...event, probabilities: shares.every((share) => share !== undefined) ? shares : [] });
        if (windows.length > 3600) windows.shift();
        this.listeners.prediction();
      }
      if (event.type === "end") this.listeners.end(event.reason, event.progress.summary);
    }
  }

  append({ start, samplingRate, samples }) {
    const signal = this.signal;
    if (!signal.samples.length) signal.start = start;
    signal.samplingRate = samplingRate;
    for (const sample of samples) signal.samples.push(sample);
    // Ten minutes are kept.
    const surplus = signal.samples.length - 600 * samplingRate;
    if (surplus > 10 * samplingRate) {
      signal.samples.splice(0, surplus);
      signal.start += surplus / samplingRate;
    }
    this.listeners.samples?.();
  }

  stop() {
    this.isOver = true;
    this.abort.abort();
    // What this page made it ends too; what somebody else feeds goes on.
    for (const path of this.made) request(path, { method: "DELETE", keepalive: true }).catch(() => {});
  }
}

const slug = (text) => text.replace(/[^A-Za-z0-9_-]/g, "_");
