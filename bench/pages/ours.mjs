// This project's engine, in the worker that the page starts, asked for the works of its page "This device".

let worker;

/** Starts the engine and waits until it takes messages. */
export async function start() {
  worker = new Worker("/dist/worker-start.js", { type: "module" });
  await answers((message) => (message === "ready" ? true : undefined));
}

/** Waits for a message that `wanted` makes something of. */
function answers(wanted) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data?.failed) return reject(new Error(data.failed.message));
      const found = wanted(data);
      if (found !== undefined) resolve(found);
    };
    worker.onerror = (event) => reject(new Error(`the engine's worker failed: ${event.message}`));
  });
}

/** One work by its name. */
export async function measure(work) {
  let measurement;
  worker.postMessage({ benchmark: { run: 1, works: [work] } });
  return answers((message) => {
    if (message.measured) measurement = message.measured.measurement;
    return message.benchmark_ended ? (measurement ?? null) : undefined;
  });
}
