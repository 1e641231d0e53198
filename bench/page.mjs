// `cargo xtask bench page`: how smooth the page stays with 500 results and curves of 10,000 points. Prints, and judges nothing:
// times are those of this machine at this moment.
import { cpus } from "node:os";
import { TOY, by, commandLine, launch, open, run, serve } from "../tests/browser/helper.mjs";
import { fill } from "../tests/browser/many.mjs";

/** 125 runs of 4 variants. */
const MANY = { runs: 125, long: 3, points: 10_000 };

/** Frames and long tasks of the page's thread while `act` is done and for a second after. */
async function measured(page, name, act) {
  await page.evaluate(() => {
    const frames = [];
    const tasks = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
    observer.observe({ type: "longtask" });
    let last = performance.now();
    let going = true;
    const frame = (now) => {
      frames.push(now - last);
      last = now;
      if (going) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    window.measuredUntil = async () => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      going = false;
      observer.disconnect();
      return { frames: frames.slice(1), tasks };
    };
  });
  await act();
  const { frames, tasks } = await page.evaluate(() => window.measuredUntil());
  frames.sort((a, b) => a - b);
  const at = (share) => frames[Math.min(frames.length - 1, Math.floor(share * frames.length))] ?? NaN;
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  const number = (value) => value.toFixed(0).padStart(7);
  console.log(
    `${name.padEnd(46)}${number(at(0.5))}${number(at(0.99))}${number(frames.at(-1) ?? NaN)}${String(tasks.length).padStart(7)}${number(Math.max(0, ...tasks))}${String(nodes).padStart(8)}`,
  );
}

const [site, browser] = [await serve(), await launch()];
try {
  const opened = await open(browser, site.url + commandLine(TOY).link());
  const { page } = opened;
  await run(page);
  await page.waitForFunction(() => document.documentElement.dataset.kept === "yes");
  await fill(page, MANY);
  console.log(`${cpus()[0].model}, ${cpus().length} cores; ${browser.version()}`);
  console.log(`${"in milliseconds".padEnd(46)} median    99 %   worst  tasks longest   nodes`);
  await page.goto(`${site.url}#playground`);
  await page.reload();
  await page.waitForFunction(() => document.documentElement.dataset.parts === "all");
  await by(page, "run-item").nth(MANY.runs - 1).waitFor();
  await measured(page, "go to the 500 results", async () => {
    await page.getByRole("link", { name: "Compare", exact: true }).click();
    await by(page, "result").first().waitFor();
  });
  const rows = by(page, "result");
  const sort = (name) => page.locator("button.sort", { hasText: name }).click();
  await measured(page, "sort by accuracy", () => sort("Accuracy"));
  await measured(page, "sort by bytes", () => sort("Bytes"));
  await measured(page, "filter, letter by letter", () => by(page, "filter").pressSequentially("copy 1", { delay: 60 }));
  await measured(page, "filter emptied", () => by(page, "filter").fill(""));
  await measured(page, "next page", () => by(page, "page-after").click());
  await measured(page, "other axes", async () => {
    await by(page, "front-up").selectOption("loss");
    await by(page, "front-across").selectOption("latency_1_us");
  });
  await measured(page, "pointer over the front", async () => {
    const box = await by(page, "pareto").boundingBox();
    await page.mouse.move(box.x + 60, box.y + 30);
    await page.mouse.move(box.x + box.width - 20, box.y + box.height - 60, { steps: 60 });
  });
  await by(page, "untick-all").click();
  await by(page, "filter").fill("copy 1");
  await sort("Run");
  await measured(page, "tick one with a curve of 10,000 points", () => rows.nth(0).locator("input[type=checkbox]").check());
  await measured(page, "tick three more", async () => {
    for (const i of [1, 2, 3]) await rows.nth(i).locator("input[type=checkbox]").check();
  });
  await measured(page, "scroll through all of it", async () => {
    for (let i = 0; i < 20; i++) {
      await page.mouse.wheel(0, 300);
      await page.waitForTimeout(16);
    }
  });
  await measured(page, "numbers behind the curves", () => by(page, "compare-curves").locator("summary").first().click());
  await opened.close();
} finally {
  await browser.close();
  await site.close();
}
