// This project's engine, in the worker that the page starts, asked for the works of the page "This device".

let worker;
let run = 0;

/** Starts the engine and waits until it takes messages. */
export async function start() {
  worker = new Worker("/dist/worker-start.js", { type: "module" });
  await answers((message) => message === "ready");
}

/** Hands messages to `ends` until it says so. */
function answers(ends) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data?.failed) reject(new Error(data.failed.message));
      else if (ends(data)) resolve();
    };
    worker.onerror = ({ message }) => reject(new Error(`the engine's worker ${message ? `failed: ${message}` : "could not be loaded from dist/"}`));
  });
}

/** Several works in one request, so that a model they share is trained once. */
export async function measureAll(works) {
  const measured = {};
  run += 1;
  worker.postMessage({ inspect: { run, question: JSON.stringify({ benchmark: { works } }) } });
  await answers((message) => {
    // Units are told in this table's letters.
    const { measurement } = message.measured ?? {};
    if (measurement) measured[measurement.work] = { ...measurement, unit: measurement.unit.replace("µ", "u") };
    return message.benchmark_ended;
  });
  for (const work of works) measured[work] ??= { error: "the engine ended without a figure" };
  return measured;
}
