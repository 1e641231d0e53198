// Data of the visitor's own: dropped, looked at, trained on, kept, and asked for where a link is opened without them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { crc32, deflateRawSync, deflateSync } from "node:zlib";
import { TOY, by, commandLine, launch, open, quiet, run, serve } from "./helper.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "release", "featherweight");

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

/** Numbers in four bytes, the greatest first. */
const word = (value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);

/** A picture as a PNG file: grey, or in colour where a value is three numbers. */
function png(side, value) {
  const chunk = (name, data) => {
    const content = Buffer.concat([Buffer.from(name), data]);
    return Buffer.concat([word(data.length), content, word(crc32(content))]);
  };
  const rows = Array.from({ length: side }, (_, y) => [0, ...Array.from({ length: side }, (_, x) => value(x, y)).flat()]);
  const head = Buffer.concat([word(side), word(side), Buffer.from([8, Array.isArray(value(0, 0)) ? 2 : 0, 0, 0, 0])]);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.from(rows.flat()))), chunk("IEND", Buffer.alloc(0))]);
}

/** A zip of these files. */
function zip(files) {
  const short = (value) => Buffer.from([value, value >>> 8]);
  const long = (value) => Buffer.from(word(value)).reverse();
  const [bodies, heads] = [[], []];
  let at = 0;
  for (const [name, content] of files) {
    const packed = deflateRawSync(content);
    const about = Buffer.concat([short(20), short(0), short(8), long(0), long(crc32(content)), long(packed.length), long(content.length), short(name.length), short(0)]);
    const body = Buffer.concat([Buffer.from("PK\x03\x04"), about, Buffer.from(name), packed]);
    heads.push(Buffer.concat([Buffer.from("PK\x01\x02"), short(20), about, short(0), short(0), short(0), long(0), long(at), Buffer.from(name)]));
    bodies.push(body);
    at += body.length;
  }
  const directory = Buffer.concat(heads);
  const end = Buffer.concat([Buffer.from("PK\x05\x06"), long(0), short(files.length), short(files.length), long(directory.length), long(at), short(0)]);
  return Buffer.concat([...bodies, directory, end]);
}

/** Pictures of two classes: lines that fall and lines that rise, and a photograph each. */
const LINES = zip(
  ["falling", "rising"].flatMap((name, rises) => [
    ...Array.from({ length: 20 }, (_, i) => [`lines/${name}/${i}.png`, png(12, (x, y) => (Math.abs((rises ? 11 - x : x) - y) < 3 ? 200 + i : 10 * (i % 3)))]),
    [`lines/${name}/photograph.jpg`, readFileSync(join(ROOT, "src", "data", "import", "tests.jpg"))],
  ]),
);

/** Drops a file on the page's place for data. */
async function drop(page, name, bytes) {
  const data = await page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
      return transfer;
    },
    [name, bytes.toString("base64")],
  );
  await by(page, "own-drop").dispatchEvent("drop", { dataTransfer: data });
}

/** Unfolds the data form and chooses own data. */
async function own(page) {
  await page.locator("summary", { hasText: "Data" }).first().click();
  await by(page, "dataset").selectOption("own");
  await by(page, "own-drop").waitFor();
}

/** Sets a field by its label. */
const set = (page, label, value) => page.locator(".own").getByLabel(label, { exact: true }).first().fill(value).then(() => page.keyboard.press("Tab"));

test("data are dropped, looked at, trained on, kept, and supplied to a link", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await own(page);
  await drop(page, "lines.zip", LINES);
  await by(page, "own-look").waitFor();
  assert.deepEqual(await by(page, "own-class").evaluateAll((inputs) => inputs.map((input) => input.value)), ["falling", "rising"]);
  assert.equal(await by(page, "own-name").inputValue(), "lines");
  await set(page, "Side of the pictures", "12");
  await page.waitForFunction(() => document.querySelector(".look canvas")?.height === 12);
  assert.deepEqual(await by(page, "own-look").locator("tbody tr").first().locator("td").allInnerTexts().then((t) => t.slice(0, 3)), ["15", "2", "4"]);
  const ink = await page.evaluate(() => {
    const canvas = document.querySelector(".look canvas");
    return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.filter((v, i) => i % 4 === 0 && v > 190).length;
  });
  assert.ok(ink > 100, `${ink} light pixels in the look`);
  const plain = (await by(page, "own-line").innerText()).match(/digest (\w{8})/)[1];
  await by(page, "own-class").nth(1).fill("rises");
  await page.keyboard.press("Tab");
  await by(page, "own-use").click();
  await page.waitForFunction(() => document.documentElement.dataset.supplied === "yes");
  await run(page);
  const digest = await by(page, "digest").innerText();
  assert.match(digest, /^\w{32}$/);
  assert.deepEqual(await by(page, "confusion").first().locator("thead th").allInnerTexts(), ["falling", "rises"]);

  // Over a reload they are still there.
  await page.reload();
  await page.waitForFunction(() => document.documentElement.dataset.parts === "all");
  await own(page);
  await by(page, "own-kept").waitFor();
  assert.match(await by(page, "own-kept").innerText(), /lines/);
  assert.equal(await by(page, "own-kept-use").isDisabled(), true);
  await by(page, "dataset").selectOption("moons");
  await by(page, "dataset").selectOption("own");
  await by(page, "own-kept-use").click();
  await run(page);
  assert.equal(await by(page, "digest").innerText(), digest);
  const [handed] = await Promise.all([page.waitForEvent("download"), by(page, "own-kept-save").click()]);
  assert.equal(handed.suggestedFilename(), "lines.fwdata");
  const file = readFileSync(await handed.path());

  // The command line comes to the same data from the same files, and to the same bits on them.
  const folder = mkdtempSync(join(tmpdir(), "featherweight-"));
  const call = (...words) => execFileSync(PROGRAM, [...words, "--data", folder], { encoding: "utf8" });
  writeFileSync(join(folder, "lines.zip"), LINES);
  assert.match(call("data", "import", join(folder, "lines.zip"), "--side", "12"), new RegExp(`digest ${plain}`));

  // Elsewhere the link asks for the file; another is refused, the right one gives the same bits.
  await by(page, "share").click();
  const address = await by(page, "share-text").inputValue();
  writeFileSync(join(folder, "lines.fwdata"), file);
  call("data", "import", join(folder, "lines.fwdata"));
  assert.match(call("run", address, "--quiet"), /same as the link's result, bit for bit/);
  const other = await open(browser, address);
  await by(other.page, "missing-file").waitFor();
  assert.match(await by(other.page, "missing-file").innerText(), /own data, lines \(42 samples\)/);
  await by(other.page, "supply").setInputFiles({ name: "other.fwdata", mimeType: "application/gzip", buffer: LINES });
  await by(other.page, "error").waitFor();
  await by(other.page, "supply").setInputFiles({ name: "lines.fwdata", mimeType: "application/gzip", buffer: file });
  await by(other.page, "missing-file").waitFor({ state: "detached" });
  await run(other.page);
  assert.equal(await by(other.page, "digest").innerText(), digest);
  quiet(other);
  await other.close();

  // Deleted, they are gone.
  await by(page, "own-kept-delete").click();
  await by(page, "own-kept").waitFor({ state: "detached" });
  quiet(opened);
  await opened.close();
});

test("of settings that change faster than files are read, the last hold; a refused name can be mended", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await own(page);
  await drop(page, "lines.zip", LINES);
  await by(page, "own-look").waitFor();
  // As a slider is dragged.
  await page.getByRole("slider", { name: "Share that tests" }).evaluate((slider) => {
    for (const value of [0.1, 0.3, 0.5, 0.4]) {
      slider.value = value;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  await page.waitForFunction(() => {
    const cells = [...document.querySelectorAll("[data-testid=own-look] tbody tr:first-child td")];
    return cells.slice(0, 3).map((cell) => cell.textContent).join() === "11,2,8";
  });
  await set(page, "Name of class 2", "falling");
  await by(page, "own-use").click();
  await by(page, "own-fault").filter({ hasText: "stands there twice" }).waitFor();
  await set(page, "Name of class 2", "steep");
  await by(page, "own-use").click();
  await by(page, "own-kept").getByText("lines").waitFor();
  await page.waitForFunction(() => document.documentElement.dataset.supplied === "yes");
  await run(page);
  assert.deepEqual(await by(page, "confusion").first().locator("thead th").allInnerTexts(), ["falling", "steep"]);
  quiet(opened);
  await opened.close();
});

test("what cannot be read is a sentence, and what is left out is named", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await own(page);
  const fault = async (name, bytes, pattern) => {
    await drop(page, name, bytes);
    await by(page, "own-fault").filter({ hasText: pattern }).waitFor();
    await page.locator(".own-chosen button").click();
  };
  await fault("cut.zip", LINES.subarray(0, LINES.length - 30), /cut\.zip is no zip that can be read/);
  await fault("a.csv", Buffer.from("2,3,b\n1,NaN,a\n"), /line 2, column 2: "NaN" is not a finite number/);
  await fault("a.txt", Buffer.from("nothing"), /there are no pictures/);
  await fault("a-images-idx3-ubyte", Buffer.from([0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 28, 0, 0, 0, 28]), /claims 4294967295 x 28 x 28 values and holds 0/);
  await drop(page, "lines.zip", LINES);
  await by(page, "own-look").waitFor();
  await drop(page, "about.txt", Buffer.from("lines"));
  await by(page, "own-left-out").waitFor();
  assert.match(await by(page, "own-left-out").innerText(), /1/);
  quiet(opened);
  await opened.close();
});

test("a table of two features is drawn with its boundary", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await own(page);
  const rows = Array.from({ length: 90 }, (_, i) => `${(i % 9) / 2},${(i % 10) * 3},${["low", "middle", "high"][Math.floor((i % 9) / 3)]}`);
  await by(page, "own-files").setInputFiles({ name: "heights.csv", mimeType: "text/csv", buffer: Buffer.from(`x,y,class\n${rows.join("\n")}\n`) });
  await by(page, "own-look").waitFor();
  assert.match(await by(page, "own-look").innerText(), /\d(\.5)?, \d/);
  await by(page, "own-use").click();
  await page.waitForFunction(() => document.documentElement.dataset.supplied === "yes");
  await run(page);
  assert.equal(await by(page, "boundary").locator("canvas").count() > 0, true);
  assert.deepEqual((await by(page, "boundary").locator(".legend li").allInnerTexts()).sort(), ["high", "low", "middle"]);
  assert.equal(await by(page, "draw-pad").count(), 0);
  quiet(opened);
  await opened.close();
});

/** Pictures of three classes, each of one colour. */
const COLOURS = zip(
  ["blue", "green", "red"].flatMap((name, c) =>
    Array.from({ length: 20 }, (_, i) => [`colours/${name}/${i}.png`, png(8, (x, y) => [0, 1, 2].map((part) => (part === 2 - c ? 200 + i : x + y)))]),
  ),
);

test("what a teacher knows of three classes of own pictures in colour", async () => {
  const recipe = { ...TOY, variants: TOY.variants.filter(({ name }) => ["dense", "student"].includes(name)) };
  const opened = await open(browser, site.url + commandLine(recipe).link());
  const { page } = opened;
  await own(page);
  await drop(page, "colours.zip", COLOURS);
  await by(page, "own-look").waitFor();
  await page.locator(".own").getByLabel("Keep colours", { exact: true }).check();
  // Read again: the first class is blue, and not grey any more.
  await page.waitForFunction(() => {
    const [red, , blue] = document.querySelector(".look canvas")?.getContext("2d").getImageData(0, 0, 1, 1).data ?? [];
    return blue > red + 100;
  });
  await by(page, "own-use").click();
  await page.waitForFunction(() => document.documentElement.dataset.supplied === "yes");
  await run(page);
  const card = by(page, "agreement");
  await by(page, "agreement-start").click();
  await by(page, "agreement-counts").waitFor({ timeout: 60_000 });
  const counts = (await by(page, "agreement-counts").locator("dd").allInnerTexts()).map(Number);
  assert.equal(counts.reduce((sum, count) => sum + count), 12, "a fifth of each class tests");
  assert.deepEqual((await by(page, "alike").locator("thead th").allInnerTexts()).slice(1), ["blue", "green", "red"]);
  assert.equal(await by(page, "soft-targets").locator("tbody tr").count(), 3);
  // Its picture is drawn, in its colour.
  await page.waitForFunction(() => {
    const pixel = document.querySelector("[data-testid=agreement] .chosen canvas")?.getContext("2d").getImageData(0, 0, 1, 1).data;
    return pixel && pixel[3] === 255 && Math.max(...pixel.slice(0, 3)) > 190 && Math.min(...pixel.slice(0, 3)) < 20;
  });
  // Any sample can be asked for, by its number.
  const other = (Number(await by(page, "sample-number").inputValue()) + 1) % 12;
  await by(page, "sample-number").fill(`${other}`);
  await by(page, "sample-number").press("Enter");
  await card.locator(".chosen p", { hasText: `Test sample ${other}, class ` }).waitFor();
  // What there is not, is not asked for.
  await by(page, "sample-number").fill("12");
  await by(page, "sample-number").press("Enter");
  assert.equal(await by(page, "sample-number").inputValue(), `${other}`);
  quiet(opened);
  await opened.close();
});

test("drawings become data", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await own(page);
  await by(page, "own-draw").click();
  const pad = by(page, "own-pad");
  await pad.scrollIntoViewIfNeeded();
  for (const [name, across] of [["line", true], ["pole", false]]) {
    await by(page, "own-draw-class").fill(name);
    for (let i = 0; i < 4; i++) {
      const { x, y, width } = await pad.boundingBox();
      const at = (along, beside) => (across ? [x + along * width, y + beside * width] : [x + beside * width, y + along * width]);
      await page.mouse.move(...at(0.1, 0.3 + 0.1 * i));
      await page.mouse.down();
      await page.mouse.move(...at(0.9, 0.3 + 0.1 * i), { steps: 5 });
      await page.mouse.up();
      await by(page, "own-draw-add").click();
    }
  }
  assert.match(await by(page, "own-drawn").innerText(), /line: 4\s+pole: 4/);
  await page.waitForFunction(() => document.querySelectorAll(".look tbody tr").length === 2);
  await page.waitForFunction(() => /8 samples/.test(document.querySelector("[data-testid=own-line]")?.textContent));
  await by(page, "own-use").click();
  await page.waitForFunction(() => document.documentElement.dataset.supplied === "yes");
  await run(page);
  assert.equal(await by(page, "draw-pad").count(), 1);
  quiet(opened);
  await opened.close();
});
