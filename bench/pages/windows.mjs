// Timing in windows: after a warm-up a window repeats the work until the clock's grain no longer matters; the median of the
// windows is the figure, and the quartiles say how far it is to be trusted.

/**
 * Times `run`, which is told how often it has run. `settings` has `count`, the windows, and `milliseconds`, the least length
 * of each; `atLeast` is a least number of repetitions in a window. Gives the microseconds of one repetition.
 */
export async function windows(run, settings, atLeast = 1) {
  let index = 0;
  const repeat = async (enough) => {
    const begun = performance.now();
    let count = 0;
    do {
      const running = run(index++);
      if (running?.then) await running;
      count += 1;
    } while (!enough(count, performance.now() - begun));
    return (1000 * (performance.now() - begun)) / count;
  };
  const warm = await repeat((count, passed) => count >= 2 && passed >= settings.milliseconds);
  const repetitions = Math.max(atLeast, Math.round((1000 * settings.milliseconds) / warm));
  const samples = [];
  while (samples.length < settings.count) samples.push(await repeat((count) => count >= repetitions));
  return quartiles(samples);
}

/** The median and the quartiles of samples, linear between neighbours. */
export function quartiles(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
  };
  return { median: at(0.5), q1: at(0.25), q3: at(0.75), windows: sorted.length };
}

/** Microseconds a batch as samples a second. */
export function rate({ median, q1, q3, windows }, batch) {
  const of = (microseconds) => (1e6 * batch) / microseconds;
  return { unit: "samples/s", median: of(median), q1: of(q3), q3: of(q1), windows };
}

/** Loads a script of the kind that leaves its library in a global. */
export function script(url) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement("script"), { src: url });
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${url} cannot be loaded`));
    document.head.append(element);
  });
}

/** A file's bytes, for `mnist`. */
export const load = async (name) => new Uint8Array(await (await fetch(`/mnist/${name}`)).arrayBuffer());
