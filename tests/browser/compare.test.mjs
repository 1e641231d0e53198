// Results side by side: what can be chosen, sorted, renamed, deleted and taken back; what can be saved; what moves on a first visit.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { TOY, by, commandLine, fits, kept, launch, open, quiet, run, serve, state, visit } from "./helper.mjs";
import { fill } from "./many.mjs";

let site, browser, toy, digits;
before(async () => {
  [site, browser] = [await serve(), await launch()];
  toy = commandLine(TOY).link();
  const recipe = { ...TOY, title: "Digits", data: { samples: 1000 }, network: { architecture: "mlp", widths: [16] }, training: { epochs: 1 } };
  digits = commandLine({ ...recipe, variants: TOY.variants.slice(0, 3) }).link();
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** Opens a link, runs it, and runs the digits in the same page where they are asked for, too. */
async function ran([link, further], options) {
  const opened = await open(browser, site.url + link, options);
  const { page } = opened;
  await run(page);
  await kept(page);
  if (further) {
    await page.evaluate((link) => (location.hash = link), further);
    await by(page, "opened").filter({ hasText: "Digits" }).waitFor();
    await run(page);
    await kept(page);
  }
  return opened;
}

const go = async (page) => {
  await page.getByRole("link", { name: "Compare", exact: true }).click();
  await by(page, "result").first().waitFor();
};
const names = (page) => by(page, "result").locator("th").evaluateAll((all) => all.map((th) => th.textContent.trim()));
const column = (page, nth) =>
  by(page, "result").locator(`td:nth-child(${nth})`).evaluateAll((all) => all.map((td) => parseFloat(td.firstChild.textContent)));
const compared = (page) => by(page, "compared").locator("li").allInnerTexts();

/** What a click saves: its name and its content. */
async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

/** A CSV text as rows of cells. */
function csv(text) {
  const rows = [[""]];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    const row = rows.at(-1);
    if (quoted) {
      if (c !== '"') row[row.length - 1] += c;
      else if (text[i + 1] === '"') row[row.length - 1] += text[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ",") row.push("");
    else if (c === "\n") rows.push([""]);
    else if (c !== "\r") row[row.length - 1] += c;
  }
  assert.deepEqual(rows.pop(), [""], "the last line is ended");
  return rows;
}

test("results of two runs stand side by side, chosen in the table and in the list", async () => {
  const opened = await ran([toy, digits]);
  const { page } = opened;
  await by(page, "results-table").locator("input.tick").nth(0).check();
  await by(page, "to-compare").click();
  await by(page, "result").nth(6).waitFor();
  assert.deepEqual(await compared(page), ["dense"], "what was ticked there is ticked here");
  // One of the other run as well: names now tell the runs apart.
  await by(page, "filter").fill("toy pruned");
  assert.deepEqual(await names(page), ["pruned"]);
  await by(page, "tick-listed").click();
  await by(page, "filter").fill("");
  assert.match((await compared(page)).join("\n"), /^dense · Digits.*\npruned · Toy/);
  assert.match(await by(page, "compare-curves").locator("svg").first().getAttribute("aria-label"), /dense · Digits[^]*pruned · Toy/);
  for (const id of ["compare-matrices", "compare-latency", "compare-weights"]) {
    assert.match(await by(page, id).innerText(), /dense · Digits[^]*pruned · Toy/, id);
  }
  assert.equal(await by(page, "compare-curves").locator(".line").count(), 4, "two lines in each of two charts");
  assert.equal(await by(page, "compare-matrices").locator("table").count(), 2);
  assert.equal(await by(page, "compare-planes").locator("canvas").count(), 1, "the digits have no plane");
  // Both networks' weights, though they are of two runs.
  await by(page, "compare-weights").locator("canvas").nth(1).waitFor();
  for (const canvas of await by(page, "compare-weights").locator("canvas").all()) {
    assert.ok(await canvas.evaluate((c) => c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v) => v > 0)));
  }
  // Different data: their predictions cannot be held against each other.
  assert.equal(await by(page, "differ-start").isDisabled(), true);
  // The playground has its own models back.
  await page.getByRole("link", { name: "Playground" }).click();
  await by(page, "inside-variant").selectOption("int8");
  await by(page, "mask").waitFor();
  quiet(opened);
  await opened.close();
});

test("where predictions differ is shown sample by sample", async () => {
  const opened = await ran([digits]);
  const { page } = opened;
  await go(page);
  await page.waitForFunction(() => !document.querySelector("[data-testid=differ-start]").disabled);
  await by(page, "differ-second").selectOption({ label: "pruned" });
  await by(page, "differ-start").click();
  const differ = by(page, "compare-differ");
  await differ.locator("[data-testid=agreement-counts]").waitFor({ timeout: 60_000 });
  const counts = (await differ.locator("dd").allInnerTexts()).map((text) => Number(text.replaceAll(",", "")));
  assert.equal(counts.reduce((sum, count) => sum + count, 0), 10_000, "each test sample is counted once");
  const samples = differ.locator("[data-testid=samples] button");
  await samples.nth(1).click();
  assert.equal(await samples.nth(1).getAttribute("aria-pressed"), "true");
  assert.match(await differ.locator(".chosen").innerText(), /Test sample \d+/);
  quiet(opened);
  await opened.close();
});

test("the list is sorted, filtered, pinned, renamed; a deletion can be taken back; names outlive a reload", async () => {
  const opened = await ran([toy]);
  const { page } = opened;
  await go(page);
  const sort = (name) => page.locator("button.sort", { hasText: name }).click();
  await sort("Bytes");
  const bytes = async () => (await by(page, "result").locator("td:nth-child(6)").allInnerTexts()).map((text) => parseFloat(text) * (/kB/.test(text) ? 1000 : 1));
  const up = await bytes();
  assert.deepEqual(up, up.toSorted((a, b) => a - b));
  await sort("Bytes");
  assert.deepEqual(await bytes(), up.toReversed());
  assert.equal(await page.locator("th[aria-sort=descending]").innerText(), "Bytes ↓");
  await sort("Variant");
  assert.deepEqual(await names(page), ["dense", "int8", "pruned", "student"]);
  await page.getByRole("button", { name: "Pin pruned" }).click();
  assert.equal((await names(page))[0], "pruned");
  // The row has moved, and the keyboard with it.
  await page.waitForFunction(() => document.activeElement.getAttribute("aria-label")?.startsWith("Pin pruned"));
  await kept(page);
  await page.getByRole("button", { name: "Rename or delete student" }).click();
  await by(page, "result-name").fill("small one");
  await by(page, "result-name").press("Enter");
  await page.locator("th", { hasText: "small one" }).waitFor();
  await page.waitForFunction(() => document.activeElement.dataset.testid === "result-name");
  await kept(page);
  await by(page, "filter").fill("SMALL");
  assert.deepEqual(await names(page), ["small one"]);
  await by(page, "filter").fill("nothing of this kind");
  assert.equal(await by(page, "result").count(), 0);
  assert.match(await page.locator(".compare").innerText(), /No result has these words/);
  await page.reload();
  await by(page, "result").nth(3).waitFor();
  assert.deepEqual(await names(page), ["pruned", "dense", "int8", "small one"]);
  await page.getByRole("button", { name: "Rename or delete dense" }).click();
  await by(page, "result-delete").click();
  await page.locator(".compare").getByText("Nothing is kept here yet").waitFor();
  await by(page, "undo").click();
  await by(page, "result").nth(3).waitFor();
  assert.deepEqual(await names(page), ["pruned", "dense", "int8", "small one"]);
  quiet(opened);
  await opened.close();
});

test("the front is drawn in any two figures, and its points can be ticked", async () => {
  const opened = await ran([toy]);
  const { page } = opened;
  await go(page);
  const label = () => by(page, "pareto").getAttribute("aria-label");
  assert.match(await label(), /^Accuracy against Bytes: 4 results/);
  for (const up of ["accuracy", "loss", "bytes", "macs", "latency_1_us", "memory_bytes"]) {
    for (const across of ["accuracy", "loss", "bytes", "macs", "latency_1_us", "memory_bytes"]) {
      await by(page, "front-up").selectOption(up);
      await by(page, "front-across").selectOption(across);
      const of = Number((await label()).match(/(\d+) are on the front/)[1]);
      assert.ok(of >= 1 && of <= 4, `${up} against ${across}: ${of}`);
      const line = await by(page, "pareto").locator("path.front").getAttribute("d");
      assert.equal(line.match(/[ML]/g).length, of);
      assert.ok(!/NaN|Infinity/.test(line), line);
    }
  }
  // Of results that are equal in one figure only the best in the other is on the front.
  await by(page, "front-up").selectOption("bytes");
  await by(page, "front-across").selectOption("bytes");
  assert.match(await label(), /of which 1 are on the front/);
  await by(page, "untick-all").click();
  await by(page, "front-up").selectOption("accuracy");
  assert.equal(await page.locator(".pareto .point").count(), 0);
  const [x, y] = (await by(page, "pareto").locator("path.unbeaten").getAttribute("d")).match(/M([\d.]+) ([\d.]+)/).slice(1).map(Number);
  await by(page, "pareto").scrollIntoViewIfNeeded();
  const box = await by(page, "pareto").boundingBox();
  await page.mouse.click(box.x + x * box.width / 420, box.y + y * box.height / 270);
  assert.equal((await compared(page)).length, 1);
  assert.equal(await page.locator(".pareto .point").count(), 1);
  quiet(opened);
  await opened.close();
});

test("every form that charts, tables and reports are saved in can be read", async () => {
  const opened = await ran([toy]);
  const { page } = opened;
  const chart = page.locator("figure", { has: page.locator("svg.chart") }).first();
  await chart.locator("summary").click();
  const svg = await saved(page, chart.locator("[data-testid=save-svg]"));
  const drawn = await page.evaluate(async (text) => {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    const styled = [...parsed.querySelectorAll("path, line, text")].every((e) => e.style.stroke !== "" && !e.hasAttribute("class"));
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    await image.decode();
    return { errors: parsed.querySelectorAll("parsererror").length, title: parsed.querySelector("title").textContent, styled, width: image.width };
  }, svg.content.toString());
  assert.deepEqual({ ...drawn, title: drawn.title.length > 0 }, { errors: 0, title: true, styled: true, width: 420 });
  const png = await saved(page, chart.locator("[data-testid=save-png]"));
  assert.equal(png.content.subarray(1, 4).toString(), "PNG");
  assert.equal(png.content.readUInt32BE(16), 840, "twice the drawing's width");
  const rows = csv((await saved(page, chart.locator("[data-testid=save-csv]"))).content.toString());
  assert.equal(rows[0][0], "Variant");
  assert.deepEqual(rows.slice(1).map((row) => row[0]), TOY.variants.map((v) => v.name));
  const json = JSON.parse((await saved(page, chart.locator("[data-testid=save-json]"))).content);
  assert.equal(json.rows.length, 4);
  assert.deepEqual(json.rows.map((row) => String(row[1])), rows.slice(1).map((row) => row[1]), "the same numbers");
  const recipe = JSON.parse((await saved(page, chart.locator("[data-testid=save-recipe]"))).content);
  assert.equal(recipe.title, "Toy");
  // What is drawn on a canvas, too: its points enlarged, and its numbers where they say something.
  const plane = by(page, "boundary").locator("figure").first();
  await plane.locator("summary").click();
  const side = await plane.locator("canvas").evaluate((canvas) => canvas.width);
  const points = csv((await saved(page, plane.locator("[data-testid=save-csv]"))).content.toString());
  assert.deepEqual([points.length, points[0]], [side * side + 1, ["x", "y", "Class"]]);
  assert.ok(points.slice(1).every((row) => ["upper", "lower"].includes(row[2]) && Math.abs(row[0]) < 2 && Math.abs(row[1]) < 2));
  await by(page, "mask").waitFor();
  for (const figure of [plane, page.locator("figure", { has: page.locator("[data-testid=mask]") })]) {
    const [width, height] = await figure.locator("canvas").evaluate((canvas) => [canvas.width, canvas.height]);
    const { content } = await saved(page, figure.locator("[data-testid=save-png]"));
    const scale = Math.floor(960 / Math.max(width, height));
    assert.deepEqual([content.readUInt32BE(16), content.readUInt32BE(20)], [width * scale, height * scale]);
  }
  // Whole reports.
  const report = JSON.parse((await saved(page, by(page, "report"))).content);
  assert.equal(report.variants.length, 4);
  const table = csv((await saved(page, by(page, "report-csv"))).content.toString());
  assert.ok(table.every((row) => row.length === table[0].length));
  const accuracy = table[0].indexOf("Accuracy");
  assert.deepEqual(table.slice(1).map((row) => Number(row[accuracy])), report.variants.map((v) => v.accuracy));
  const markdown = (await saved(page, by(page, "report-markdown"))).content.toString().trim().split("\n");
  assert.equal(markdown.length, 2 + 4);
  assert.match(markdown[2], /^\| dense \|.* % \|/);
  const html = (await saved(page, by(page, "report-html"))).content.toString();
  const read = await opened.context.newPage();
  const asked = [];
  read.on("request", (request) => asked.push(request.url()));
  await read.setContent(html);
  assert.ok((await read.locator("svg").count()) >= 4, "its charts are in it");
  assert.equal(await read.locator("tbody tr").count(), 4);
  assert.match(await read.locator("pre").innerText(), /"title": "Toy"/);
  assert.match(await read.locator("a").getAttribute("href"), /#x=/);
  assert.equal(await read.locator("code").innerText(), report.digest);
  assert.deepEqual(asked.filter((url) => url.startsWith("http")), [], "it needs nothing else");
  quiet(opened);
  await opened.close();
});

test("hundreds of results and curves of thousands of points are drawn with few elements", async () => {
  const opened = await ran([toy]);
  const { page } = opened;
  await fill(page, { runs: 125, long: 3, points: 10_000 });
  await visit(page, `${site.url}#compare`);
  await by(page, "result").nth(24).waitFor();
  assert.equal(await by(page, "result").count(), 25, "a page of the list");
  assert.match(await by(page, "showing").innerText(), /1 to 25 of 500/);
  assert.match(await by(page, "pareto").getAttribute("aria-label"), /500 results/);
  assert.ok((await by(page, "pareto").locator("*").count()) < 150);
  await by(page, "page-after").click();
  assert.match(await by(page, "showing").innerText(), /26 to 50 of 500/);
  await by(page, "untick-all").click();
  await by(page, "filter").fill("copy dense");
  assert.match(await by(page, "showing").innerText(), /1 to 25 of 124/);
  await by(page, "tick-listed").click();
  assert.equal((await compared(page)).length, 12);
  assert.match(await by(page, "note").innerText(), /12 results can be compared at once/);
  const path = await by(page, "compare-curves").locator("path.stroke").first().getAttribute("d");
  const points = path.match(/[ML]/g).length;
  assert.ok(points > 300 && points <= 4 * 350, `${points} points stand for 10,000`);
  await by(page, "compare-curves").locator("summary").first().click();
  // They are drawn when they are unfolded.
  await by(page, "compare-curves").locator("details[open] tbody tr").nth(199).waitFor();
  assert.equal(await by(page, "compare-curves").locator("details[open] tbody tr").count(), 200);
  assert.match(await by(page, "compare-curves").innerText(), /further rows are in the files/);
  const rows = csv((await saved(page, by(page, "compare-curves").locator("[data-testid=save-csv]"))).content.toString());
  assert.ok(rows.length > 30_000, `${rows.length} rows`);
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  assert.ok(nodes < 6000, `${nodes} elements`);
  quiet(opened);
  await opened.close();
});

test("on a first visit a boundary forms and is pruned; a run ends it", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  const demo = by(page, "demo");
  const colours = () => demo.locator("canvas").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.join().length + data.filter((_, i) => i % 4 === 0).reduce((sum, v, i) => sum + v * (i % 97), 0);
  });
  await page.waitForFunction(() => Number(document.querySelector("[data-testid=demo]")?.dataset.at) >= 2);
  const early = await colours();
  await page.waitForFunction(() => Number(document.querySelector("[data-testid=demo]")?.dataset.at) >= 20);
  assert.notEqual(await colours(), early, "it changes");
  await by(page, "demo-pause").click();
  const paused = await demo.getAttribute("data-at");
  await page.waitForTimeout(400);
  assert.equal(await demo.getAttribute("data-at"), paused);
  await by(page, "demo-pause").click();
  await demo.getByText("of its weights removed").waitFor();
  await demo.getByText("Measured here").waitFor({ timeout: 30_000 });
  assert.match(await demo.locator("p").innerText(), /100\s% right with all weights, (9\d(\.\d)?|100)\s% with 85\s% of them removed/);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.state), "ready", "no run of the visitor's");
  assert.equal(page.workers().length, 1, "its worker has ended");
  await by(page, "demo-again").click();
  await page.waitForFunction(() => Number(document.querySelector("[data-testid=demo]")?.dataset.at) >= 1);
  await by(page, "preset").selectOption({ label: "Watch a decision boundary" });
  await by(page, "run").click();
  await state(page, "done");
  assert.equal(await demo.count(), 0);
  await kept(page);
  quiet(opened);
  await opened.close();
});

test("nothing moves where motion is not wanted, nor behind a link", async () => {
  const still = await open(browser, site.url, { reducedMotion: "reduce" });
  const { page } = still;
  await page.evaluate(() => {
    window.seen = new Set();
    new MutationObserver(() => window.seen.add(document.querySelector("[data-testid=demo]")?.dataset.at)).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await by(page, "demo").getByText("Measured here").waitFor({ timeout: 30_000 });
  const seen = await page.evaluate(() => [...window.seen].filter((at) => at !== undefined));
  assert.ok(seen.length <= 1, `only the last picture: ${seen}`);
  quiet(still);
  await still.close();
  const linked = await open(browser, site.url + toy);
  await linked.page.waitForTimeout(600);
  assert.equal(await by(linked.page, "demo").count(), 0);
  assert.equal(linked.page.workers().length, 1);
  quiet(linked);
  await linked.close();
});

for (const [name, options, direction] of [
  ["wide", {}, "ltr"],
  ["dark", { colorScheme: "dark" }, "ltr"],
  ["a phone", { viewport: { width: 360, height: 780 } }, "ltr"],
  ["a phone, right to left", { viewport: { width: 360, height: 780 } }, "rtl"],
]) {
  test(`nothing sticks out and everything is accessible: ${name}`, async () => {
    const first = await open(browser, site.url, options);
    await by(first.page, "demo").waitFor();
    await first.page.evaluate((direction) => (document.documentElement.dir = direction), direction);
    await sound(first.page);
    await first.close();
    const opened = await ran([toy], options);
    const { page } = opened;
    await go(page);
    await page.evaluate((direction) => (document.documentElement.dir = direction), direction);
    await page.getByRole("button", { name: "Rename or delete int8" }).click();
    await by(page, "compare-weights").locator("canvas").nth(3).waitFor();
    await page.locator("details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
    await page.locator(".compare [data-testid=save]").nth(3).waitFor();
    await sound(page);
    quiet(opened);
    await opened.close();
  });
}

async function sound(page) {
  await fits(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`), []);
}
