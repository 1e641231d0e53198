// Four trials through the page itself, on one worker and on two: how much less they take, and whether the result is the same.
// As long as the page's first experiment trains: what a run has once and by itself (the last timing) is part of it, but not
// most of it.

const RECIPE = {
  version: 1,
  title: "Four trials",
  data: { dataset: "mnist" },
  network: { architecture: "lenet-300-100" },
  training: { epochs: 3 },
  variants: [{ name: "dense" }],
  seeds: [1, 2, 3, 4],
};

/** Seconds of each run on so many workers, taken `times` times in turn; medians, their ratio, and whether digests agree. */
export async function workers(browser, url, times) {
  const runs = { 1: [], 2: [] };
  const digests = new Set();
  for (let i = 0; i < times; i++) {
    for (const count of [1, 2]) {
      const { seconds, digest } = await run(browser, url, count);
      runs[count].push(seconds);
      digests.add(digest);
    }
  }
  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const seconds = { 1: median(runs[1]), 2: median(runs[2]) };
  return { seconds, ratio: seconds[1] / seconds[2], same: digests.size === 1, runs };
}

async function run(browser, url, count) {
  const context = await browser.newContext();
  try {
    await context.addInitScript((count) => {
      Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => count });
    }, count);
    const page = await context.newPage();
    const state = (wanted) =>
      page.waitForFunction((wanted) => document.documentElement.dataset.state === wanted, wanted, { timeout: 300_000 });
    const by = (id) => page.locator(`[data-testid=${id}]`);
    await page.goto(`${url}/dist/`);
    await state("ready");
    await page.locator(".json summary").click();
    await by("recipe-json").fill(JSON.stringify(RECIPE));
    await by("recipe-apply").click();
    // Once over, so that the images lie in the workers and the engine is compiled to its best.
    await by("run").click();
    await state("done");
    const begun = performance.now();
    await by("run").click();
    await state("running");
    await state("done");
    return { seconds: (performance.now() - begun) / 1000, digest: await by("digest").innerText() };
  } finally {
    await context.close();
  }
}
