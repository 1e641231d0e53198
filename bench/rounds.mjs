// Runs the contenders one after another, round by round, and merges the rounds.
import { CONTENDERS } from "./contenders.mjs";
import { quartiles } from "./pages/windows.mjs";

/** No work may take longer than this many minutes. */
const PATIENCE = 6;

/** All contenders in `settings.rounds` rounds: `{ name: [{ work: measurement or { error } }] }`. */
export async function allRounds(browser, url, settings, say, contenders = CONTENDERS) {
  const rounds = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < settings.rounds; round++) {
    for (const contender of contenders) {
      if (contender.once && round > 0) continue;
      say(`round ${round + 1}: ${contender.title}`);
      const measured = await one(browser, url, contender, { ...settings, seed: round + 1, count: contender.windows ?? settings.count });
      rounds[contender.name].push(measured);
      for (const [work, { error, median, unit }] of Object.entries(measured)) say(`  ${work}: ${error ?? `${median.toPrecision(4)} ${unit}`}`);
    }
  }
  return rounds;
}

/** One contender in a page of its own. */
async function one(browser, url, contender, settings) {
  const context = await browser.newContext();
  const measured = {};
  try {
    const page = await context.newPage();
    await page.goto(`${url}/bench/pages/contender.html`);
    if (!(await page.evaluate(() => crossOriginIsolated))) throw new Error("the page may not share memory between threads");
    await patient(page.evaluate(start, [contender.module, contender.options]));
    for (const group of contender.groups) Object.assign(measured, await patient(page.evaluate(measure, [group, settings])));
  } catch (error) {
    for (const work of contender.groups.flat()) measured[work] ??= { error: firstLine(error) };
  } finally {
    await context.close();
  }
  return measured;
}

const firstLine = (error) => error.message.replace(/^page\.evaluate: (Error: )?/, "").split(/\n|; /)[0];

function patient(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} minutes`)), PATIENCE * 60_000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/* The next two run in the page. */

async function start([module, options]) {
  globalThis.contender = await import(`./${module}.mjs`);
  await globalThis.contender.start(options);
}

async function measure([works, settings]) {
  const { contender } = globalThis;
  const reason = (error) => ({ error: String(error.message ?? error).split(/\n|; /)[0] });
  if (contender.measureAll) return contender.measureAll(works).catch((error) => Object.fromEntries(works.map((work) => [work, reason(error)])));
  const measured = {};
  for (const work of works) measured[work] = await contender.measure(work, settings).catch(reason);
  return measured;
}

/**
 * The rounds of one work as one measurement: the median of their medians, the outermost of their quartiles, all their
 * windows, and `drift`, the largest of their medians over the smallest. An error in any round is an error.
 */
export function merge(rounds) {
  const failed = rounds.find((round) => round.error);
  if (failed) return failed;
  const medians = rounds.map((round) => round.median);
  return {
    ...rounds.at(-1),
    median: quartiles(medians).median,
    q1: Math.min(...rounds.map((round) => round.q1)),
    q3: Math.max(...rounds.map((round) => round.q3)),
    windows: rounds.reduce((sum, round) => sum + round.windows, 0),
    drift: Math.max(...medians) / Math.min(...medians),
    medians,
  };
}

/** `{ contender: { work: measurement } }` from all rounds. */
export function mergeAll(rounds) {
  const works = (all) => Object.keys(all[0] ?? {}).map((work) => [work, merge(all.map((round) => round[work]))]);
  return Object.fromEntries(Object.entries(rounds).map(([name, all]) => [name, Object.fromEntries(works(all))]));
}
