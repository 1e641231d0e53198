// The course: its overview, its chapters in both languages, what they have to move and to run.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DIST, by, fits, go, kept, launch, open, quiet, serve, state } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

const index = (language) => JSON.parse(readFileSync(join(DIST, "learn", language, "index.json"), "utf8"));
const chapter = (name, options) => open(browser, `${site.url}#learn=${name}`, options);
const slide = (page, id, value) => by(page, id).fill(String(value));
const said = (page, id) => by(page, id).innerText();
const accessible = async (page) => {
  const { violations } = await new AxeBuilder({ page }).include(".learn").analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
};

test("the overview leads through the chapters and remembers which were read", async () => {
  const opened = await open(browser, `${site.url}#learn`);
  const { page } = opened;
  const names = index("en");
  await by(page, "chapters").waitFor();
  assert.equal(await by(page, "chapters").locator("li").count(), names.length);
  assert.equal(await said(page, "learn-progress"), `0 of ${names.length} chapters read`);
  await accessible(page);
  await by(page, "learn-go").click();
  // Of the second level: the overview's own headings, a level below, have the chapters' names, too.
  await page.getByRole("heading", { name: names[0].title, level: 2 }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H2", "a chapter begins at its head");
  // By the keyboard alone to the next one; this one then counts as read.
  await by(page, "chapter-next").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: names[1].title, level: 2 }).waitFor();
  await by(page, "chapter-read").check();
  await page.locator(".ways.top .all").click();
  await by(page, "chapters").waitFor();
  assert.equal(await said(page, "learn-progress"), `2 of ${names.length} chapters read`);
  await page.reload();
  await by(page, "chapters").waitFor();
  assert.equal(await said(page, "learn-progress"), `2 of ${names.length} chapters read`);
  assert.match(await by(page, "learn-go").getAttribute("href"), new RegExp(`=${names[2].name}$`));
  // A chapter that there is not is told of, and all that there are stand there.
  await go(page, "#learn=nothing");
  await page.getByText('There is no chapter "nothing"').waitFor();
  quiet(opened);
  await opened.close();
});

for (const language of ["en", "fa"]) {
  test(`every chapter stands complete and accessible, in ${language}, on a phone too`, async () => {
    const opened = await open(browser, `${site.url}#learn`, { viewport: { width: 360, height: 740 } });
    const { page } = opened;
    await by(page, "chapters").waitFor();
    await page.evaluate((language) => (document.documentElement.lang = language), language);
    await page.waitForFunction((language) => document.querySelector("#course").lang === language, language);
    assert.equal(await page.locator("#course").getAttribute("dir"), language === "fa" ? "rtl" : "ltr");
    for (const { name, title } of index(language)) {
      await go(page, `#learn=${name}`);
      await page.getByRole("heading", { name: title, exact: true, level: 2 }).waitFor();
      const empty = await page.locator("[data-live]:empty, [data-recipe]:empty, [data-exhibit]:empty").count();
      assert.equal(empty, 0, `${name}: a place is empty`);
      assert.ok((await page.locator("section[data-slide]").count()) >= 3, `${name}: slides`);
      assert.equal(await page.locator("math:not([dir=ltr])").count(), 0, `${name}: a formula from right to left`);
      await fits(page);
      await accessible(page);
    }
    quiet(opened);
    await opened.close();
  });
}

test("the language of the page is followed", async () => {
  const opened = await chapter("lottery");
  const { page } = opened;
  const titles = ["en", "fa"].map((language) => index(language).find((entry) => entry.name === "lottery").title);
  await page.getByRole("heading", { name: titles[0] }).waitFor();
  await page.evaluate(() => (document.documentElement.lang = "fa"));
  await page.getByRole("heading", { name: titles[1] }).waitFor();
  await page.evaluate(() => (document.documentElement.lang = "en"));
  await page.getByRole("heading", { name: titles[0] }).waitFor();
  quiet(opened);
  await opened.close();
});

// A chapter, its handle, two places of it, and what it must say at each.
const HANDLES = [
  ["damage", "saliency-ha", [["0.5", /saliency deletes A/], ["5", /Deleting A costs 2\.5/]], "saliency-verdict"],
  ["lottery", "rounds-n", [["3", /136,\d{3} of 266,200 weights are left, 51\.\d+\s%/], ["15", /3\.5\d\s%|3\.6\d?\s%/]], "rounds-verdict"],
  ["flow", "flow-removed", [["5", /25 of 30 weights are left, and a way leads/], ["6", /Layer 3 has 0/]], "flow-verdict"],
  ["integers", "number-w", [["0.5", /0\.5 becomes 64/], ["1.4", /clipped to 127/]], "number-verdict"],
  ["rounding", "staircase-w", [["0.4", /0\.4 becomes 0\.333.*multiplied by 1/], ["1.3", /1\.3 becomes 1.*multiplied by 0/]], "staircase-verdict"],
  ["soft-targets", "temperature-t", [["1", /the 3 has 99\.\d+\s%/], ["20", /At temperature 20 the 3 has 1\d/]], "temperature-verdict"],
  ["ensemble", "vote-n", [["1", /A majority of 1 networks.*is right 80/], ["5", /right 94\.2/]], "vote-verdict"],
  ["together", "factors-bits", [["8", /= 40 times smaller/], ["2", /= 160 times smaller/]], "factors-verdict"],
];
for (const [name, handle, places, verdict] of HANDLES) {
  test(`${name}: the handle changes what is drawn`, async () => {
    const opened = await chapter(name);
    const { page } = opened;
    for (const [value, expected] of places) {
      await slide(page, handle, value);
      assert.match(await said(page, verdict), expected);
    }
    quiet(opened);
    await opened.close();
  });
}

test("magnitude cuts the tiny network, SynFlow keeps a way open to the end, and flow is conserved", async () => {
  const opened = await chapter("flow");
  const { page } = opened;
  await slide(page, "flow-removed", 27);
  assert.match(await said(page, "flow-verdict"), /the network is cut/);
  await by(page, "flow-synflow").check();
  assert.match(await said(page, "flow-verdict"), /3 of 30 weights are left, and a way leads/);
  await slide(page, "flow-removed", 12);
  const figures = await by(page, "live-flow").locator("svg.tiny-net text").allInnerTexts();
  assert.equal(figures.length, 14, "two figures at each of seven hidden units");
  for (let unit = 0; unit < figures.length; unit += 2) assert.equal(figures[unit], figures[unit + 1], `unit ${unit / 2}`);
  quiet(opened);
  await opened.close();
});

test("the chapter of sums shows an overflow, the chapter of devices leads to the measuring", async () => {
  const opened = await chapter("integers");
  const { page } = opened;
  const sums = by(page, "live-overflow");
  await sums.locator("[data-testid=overflow-largest]").click();
  assert.match(await sums.locator("[data-testid=overflow-verdict]").innerText(), /in 16 bits it first overflows at step 2/);
  await go(page, "#learn=hardware");
  await by(page, "device-none").waitFor();
  await page.getByRole("link", { name: "Measure this device" }).click();
  await page.locator("#measured").waitFor();
  quiet(opened);
  await opened.close();
});

test("an experiment runs in its chapter, and opens in the playground", async () => {
  const opened = await chapter("why-compress");
  const { page } = opened;
  const lesson = by(page, "lesson-ladder");
  await lesson.locator("[data-testid=lesson-run]").click();
  await state(page, "done");
  await lesson.getByText("Measured here, on this device.").waitFor();
  // Five networks and their front.
  assert.equal(await lesson.locator("svg.chart .line").count(), 6);
  assert.equal(await lesson.locator(".legend li").count(), 6);
  await accessible(page);
  // Kept over a reload, and the playground has the same experiment.
  await kept(page);
  await page.reload();
  await by(page, "lesson-ladder").locator("svg.chart").waitFor();
  await by(page, "lesson-ladder").locator("[data-testid=lesson-open]").click();
  await page.locator("main.playground").waitFor();
  await page.locator(".side").getByText("64 units").first().waitFor();
  quiet(opened);
  await opened.close();
});

test("the sparsity is dragged over real networks", async () => {
  const opened = await chapter("prune");
  const { page } = opened;
  await by(page, "lesson-run").click();
  await state(page, "done");
  const drag = by(page, "drag");
  await slide(page, "drag-sparsity", 7);
  assert.match(await said(page, "drag-told"), /Sparsity 99\.0+\s%: accuracy/);
  await drag.locator("canvas:not([hidden])").waitFor();
  const worst = Number((await said(page, "drag-told")).match(/accuracy ([\d.]+)/)[1]);
  const filled = () => drag.locator("canvas").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 3; i < data.length; i += 4) count += data[i] > 0 ? 1 : 0;
    return count / (data.length / 4);
  });
  assert.ok((await filled()) < 0.05);
  await slide(page, "drag-sparsity", 0);
  await page.waitForFunction(() => {
    const canvas = document.querySelector("[data-testid=drag] canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 3; i < data.length; i += 4) count += data[i] > 0 ? 1 : 0;
    return count > 0.3 * (data.length / 4);
  });
  assert.ok(Number((await said(page, "drag-told")).match(/accuracy ([\d.]+)/)[1]) > worst + 10);
  await accessible(page);
  quiet(opened);
  await opened.close();
});

test("an exhibit's link leads to that exhibit", async () => {
  const opened = await chapter("lottery");
  const { page } = opened;
  await by(page, "to-exhibit").getByRole("link").click();
  await page.locator("#lottery-ticket").waitFor();
  await page.waitForFunction(() => Math.abs(document.querySelector("#lottery-ticket").getBoundingClientRect().top) < 200);
  quiet(opened);
  await opened.close();
});

test("where the course does not come, that is said, and it can be tried again", async () => {
  let refuse = true;
  const broken = await serve((path) => refuse && path.includes("/learn/"));
  const opened = await open(browser, `${broken.url}#learn=flow`, { expected: [/404/] });
  const { page } = opened;
  await by(page, "course-missing").waitFor();
  refuse = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await by(page, "live-flow").waitFor();
  quiet(opened);
  await opened.close();
  await broken.close();
});
