// Persian: every word of the page, from right to left, and nothing lost on the way there and back.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DIST, LONG, PLACES, TOY, by, fits, go, launch, layOut, open, quiet, rows, run, serve, state } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

async function speak(page, language) {
  await by(page, "language").click();
  await page.waitForFunction((language) => document.documentElement.lang === language, language);
}

/**
 * What Latin letters may spell on the Persian page: what they spell within Persian translations, or where a name of few words
 * is its own translation. What is left in English has other words, too.
 */
const NAMES = new Set(
  JSON.parse(readFileSync(join(DIST, "texts", "fa.json"), "utf8"))[0]
    .map(([, persian]) => persian.replace(/\{\w*\}/g, ""))
    .filter((persian) => /[\u0600-\u06ff]/.test(persian) || persian.split(" ").length <= 3)
    .flatMap((persian) => persian.match(/[A-Za-z]+/g) ?? []),
);

/** Strings of the page, seen or read out, that hold a word which is no name, the visitor's own names set apart. */
async function english(page) {
  const { strings, own } = await page.evaluate(() => {
    const own = "code, pre, textarea, script, style, noscript, bdi, [lang=en], input[type=text]";
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      if (!node.parentElement.closest(own)) found.push(node.data);
    }
    for (const name of ["title", "aria-label", "aria-valuetext", "alt"]) {
      for (const element of document.querySelectorAll(`[${name}]`)) found.push(element.getAttribute(name));
    }
    const names = [...document.querySelectorAll("bdi")].map((bdi) => bdi.textContent);
    return { strings: [document.title, ...found], own: names.sort((a, b) => b.length - a.length) };
  });
  const stripped = (string) => [...own, TOY.title].reduce((left, name) => left.replaceAll(name, ""), string);
  const words = (string) => stripped(string).match(/[A-Za-z]{2,}/g) ?? [];
  return [...new Set(strings)].filter((string) => words(string).some((word) => !NAMES.has(word)));
}

/** Opens all that is folded. */
async function unfold(page) {
  for (let closed = 1; closed > 0; ) {
    closed = await page.evaluate(() => {
      const folded = [...document.querySelectorAll("details:not([open])")];
      for (const details of folded) details.open = true;
      return folded.length;
    });
    await page.waitForTimeout(50);
  }
}

async function accessible(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
  assert.deepEqual(told, []);
}

test("an experiment comes to one digest in both languages, and stays where it is when the language changes", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await layOut(page, TOY);
  await run(page);
  const digest = await by(page, "digest").innerText();
  await speak(page, "fa");
  assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), "language");
  assert.equal(await by(page, "digest").innerText(), digest);
  assert.equal(await by(page, "variant").count(), TOY.variants.length);
  await rows(page, TOY.variants.length);
  await run(page);
  assert.equal(await by(page, "digest").innerText(), digest);
  assert.equal(await by(page, "verdict").getAttribute("data-verdict"), "same");
  await speak(page, "en");
  assert.equal(await page.evaluate(() => document.documentElement.dir), "ltr");
  assert.equal(await by(page, "run-item").count(), 2);
  assert.equal(await by(page, "digest").innerText(), digest);
  assert.match(await by(page, "verdict").innerText(), /^Same, bit for bit/);
  quiet(opened);
  await opened.close();
});

test("a run goes on while the language changes", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await layOut(page, LONG);
  await by(page, "run").click();
  const stages = page.locator(".stages li");
  await stages.nth(3).waitFor();
  for (const language of ["fa", "en"]) {
    await speak(page, language);
    // It is drawn anew; what stood there was in the other language.
    const persian = { [language === "fa" ? "hasText" : "hasNotText"]: /[\u0600-\u06ff]/ };
    await stages.filter(persian).nth(3).waitFor();
    assert.match(await stages.first().getAttribute("class"), /now/);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.state), "running");
  }
  await by(page, "stop").click();
  await state(page, "done");
  await by(page, "results-table").locator("tbody tr").first().getByText("dense").first().waitFor();
  quiet(opened);
  await opened.close();
});

test("the choice is kept, and until there is one the browser's language counts", async () => {
  const opened = await open(browser, site.url, { locale: "fa-IR" });
  const { page } = opened;
  assert.equal(await page.evaluate(() => document.documentElement.lang), "fa");
  assert.match(await page.title(), /فشرده‌سازی/);
  await speak(page, "en");
  await page.reload();
  await state(page, "ready");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  quiet(opened);
  await opened.close();
});

test("numbers are written as Persian writes them, but where they are typed", async () => {
  const opened = await open(browser, site.url, { locale: "fa-IR" });
  const { page } = opened;
  await layOut(page, TOY);
  await run(page);
  const cells = await by(page, "results-table").locator("tbody td").allInnerTexts();
  assert.equal(cells.length > 20, true);
  for (const cell of cells) assert.match(cell, /^[^0-9]*[۰-۹][^0-9]*$/, cell);
  assert.match(cells[0], /^[۰-۹]+٫[۰-۹]+٪/);
  await unfold(page);
  for (const input of await page.locator("input[type=number]").all()) assert.match(await input.inputValue(), /^[-\d.e]+$/);
  quiet(opened);
  await opened.close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`no English is left, and everything is accessible: ${colorScheme}`, async () => {
    const opened = await open(browser, site.url, { locale: "fa-IR", colorScheme });
    const { page } = opened;
    assert.deepEqual(await english(page), []);
    await layOut(page, TOY);
    await run(page);
    await unfold(page);
    assert.deepEqual(await english(page), []);
    await accessible(page);
    for (const { name, fragment, last } of PLACES) {
      await go(page, fragment);
      await page.locator(last).waitFor();
      assert.deepEqual(await english(page), [], name);
      await accessible(page);
    }
    quiet(opened);
    await opened.close();
  });
}

test("nothing sticks out on a phone", async () => {
  const opened = await open(browser, site.url, { locale: "fa-IR", viewport: { width: 360, height: 780 } });
  const { page } = opened;
  await layOut(page, TOY);
  await run(page);
  for (const { fragment, last } of PLACES) {
    await go(page, fragment);
    await page.locator(last).waitFor();
    await fits(page);
  }
  quiet(opened);
  await opened.close();
});

test("what the engine complains of is told in Persian, with its values", async () => {
  const opened = await open(browser, site.url, { locale: "fa-IR" });
  const { page } = opened;
  const wrong = { ...TOY, variants: [{ name: "dense" }, { name: "cut", from: "dense", steps: [{ prune: { sparsity: 1.5 } }] }] };
  await layOut(page, wrong);
  const sentence = await by(page, "recipe-error").innerText();
  for (const part of ["prune.sparsity", "۱٫۵", "پذیرفته نیست", "۰٫۹۹۹۹"]) assert.ok(sentence.includes(part), sentence);
  assert.doesNotMatch(sentence, /allowed|between/);
  await layOut(page, { ...TOY, version: 7 });
  const refused = await by(page, "error").innerText();
  for (const part of ["پذیرفته نشد", "version", "۷"]) assert.ok(refused.includes(part), refused);
  assert.doesNotMatch(refused, /known|program/);
  quiet(opened);
  await opened.close();
});

test("where the Persian texts do not come, the page says so and stays English", async () => {
  const bare = await serve((path) => path.endsWith("fa.json"));
  const opened = await open(browser, bare.url, { expected: [/404/] });
  const { page } = opened;
  await by(page, "language").click();
  assert.match(await by(page, "error").innerText(), /Persian texts did not load/);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  await run(page);
  quiet(opened);
  await opened.close();
  const persian = await open(browser, bare.url, { locale: "fa-IR", expected: [/404/, /preload/] });
  assert.equal(await persian.page.evaluate(() => document.documentElement.dir), "ltr");
  assert.equal(await by(persian.page, "run").innerText(), "Run");
  quiet(persian);
  await persian.close();
  await bare.close();
});
