// What visitors come for, from its beginning to its end: at a desktop in English, and with a phone in Persian.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DIST, LONG, PLACES, TOY, by, commandLine, fits, framed, handed, installed, kept } from "./helper.mjs";
import { launch, layOut, loaded, open, quiet, rows, run, serve, state } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

const PERSIAN = new Map(JSON.parse(readFileSync(join(DIST, "texts", "fa.json"), "utf8"))[0]);

const VISITORS = [
  { who: "at a desktop, in English", lang: "en", dir: "ltr", options: { locale: "en-US", viewport: { width: 1280, height: 800 } } },
  { who: "with a phone, in Persian", lang: "fa", dir: "rtl", options: { locale: "fa-IR", viewport: { width: 360, height: 740 } } },
];

for (const { who, lang, dir, options } of VISITORS) {
  const persian = lang === "fa";
  /** A text of the page in the visitor's language. */
  const words = (english) => (persian ? PERSIAN.get(english) : english);

  /** Fails if a sentence is in another language. */
  function spoken(sentence) {
    assert.match(sentence, persian ? /[\u0600-\u06ff]{2}/ : /[A-Za-z]{2}/);
    if (!persian) assert.doesNotMatch(sentence, /[\u0600-\u06ff]/);
  }

  /** Fails if these have no numbers, or numbers in another script. */
  function counted(texts) {
    assert.ok(texts.length > 0);
    for (const text of texts) assert.match(text, persian ? /^[^0-9]*[۰-۹][^0-9]*$/ : /^[^۰-۹]*[0-9][^۰-۹]*$/);
  }

  /** Goes to a place by its link. */
  const to = (page, fragment) => page.locator(`.places a[href="${fragment}"]`).click();

  /** What each flow leaves behind: a page in the visitor's language, within the window, without complaints. */
  async function end(opened) {
    const { page } = opened;
    const root = await page.evaluate(() => [document.documentElement.lang, getComputedStyle(document.documentElement).direction]);
    assert.deepEqual(root, [lang, dir]);
    await fits(page);
    quiet(opened);
    await opened.close();
  }

  /** A flow, which begins where the page is opened. */
  function flow(name, walk, { fragment = () => "", ...more } = {}) {
    test(`${name}: ${who}`, async () => {
      const opened = await open(browser, site.url + fragment(), { ...options, ...more });
      await walk(opened.page);
      await end(opened);
    });
  }

  /** Runs the toy experiment to its end. */
  async function ran(page) {
    await layOut(page, TOY);
    await run(page);
    await rows(page, TOY.variants.length);
  }

  /** Waits until the table of results begins with this variant. */
  const first = (page, name) => by(page, "results-table").locator("tbody tr").first().locator("bdi", { hasText: name }).waitFor();

  flow("a first visit", async (page) => {
    spoken(await page.title());
    assert.equal(await by(page, "run").innerText(), words("Run"));
    await page.waitForFunction(() => Number(document.querySelector("[data-testid=demo]")?.dataset.at) >= 2);
    spoken(await by(page, "demo").innerText());
    for (const { fragment, last } of PLACES) {
      await to(page, fragment);
      await page.locator(last).waitFor();
      await fits(page);
    }
  });

  flow("an experiment is built and run", async (page) => {
    await by(page, "preset").selectOption(words("Watch a decision boundary"));
    const variants = by(page, "variant");
    await variants.nth(2).waitFor();
    await by(page, "add-variant").click();
    await variants.nth(3).getByRole("button", { name: words("Quantize"), exact: true }).click();
    await variants.nth(3).getByTestId("step").waitFor();
    await fits(page);
    await run(page);
    await rows(page, 4);
    counted(await by(page, "results-table").locator("tbody td").allInnerTexts());
    await by(page, "boundary").locator("canvas").nth(1).waitFor();
  });

  flow("a run is stopped", async (page) => {
    await layOut(page, LONG);
    await by(page, "run").click();
    const rate = page.locator(".facts span").nth(1).filter({ hasText: /\S/ });
    await rate.waitFor();
    counted(await rate.allInnerTexts());
    await fits(page);
    await by(page, "stop").click();
    await state(page, "done");
    spoken(await by(page, "ended").innerText());
    await first(page, "dense");
    assert.equal(await by(page, "digest").count(), 0);
    assert.equal(await by(page, "run").innerText(), words("Run again"));
  });

  flow("results are compared", async (page) => {
    await ran(page);
    await kept(page);
    await to(page, "#compare");
    const compared = by(page, "compared").locator("li");
    await by(page, "compare-weights").locator("canvas").nth(3).waitFor();
    assert.equal(await compared.count(), 4);
    counted(await by(page, "result").locator("td:nth-child(6)").allInnerTexts());
    await by(page, "result").first().getByRole("checkbox").uncheck();
    await compared.nth(3).waitFor({ state: "detached" });
    await by(page, "compare-weights").locator("canvas").nth(3).waitFor({ state: "detached" });
  });

  flow("an exhibit is run as far as its first chart", async (page) => {
    await to(page, "#gallery");
    const exhibit = page.locator("#lottery-ticket");
    spoken(await exhibit.innerText());
    await exhibit.getByTestId("run-quick").click();
    await exhibit.locator("svg.chart path.stroke").first().waitFor({ timeout: 60_000 });
    await fits(page);
    await exhibit.locator(".exhibit-progress button").click();
    await state(page, "done");
    assert.match((await exhibit.locator("svg.chart text").allTextContents()).join(" "), persian ? /[۰-۹]/ : /[0-9]/);
    spoken(await exhibit.locator(".exhibit-told").innerText());
  });

  flow("a link is shared, and reproduces what it says", async (page) => {
    await ran(page);
    const digest = await by(page, "digest").innerText();
    await by(page, "share").click();
    spoken(await by(page, "note").innerText());
    const other = await open(browser, await by(page, "share-text").inputValue(), options);
    const verdict = (kind) => other.page.locator(`[data-testid=verdict][data-verdict=${kind}]`);
    spoken(await by(other.page, "opened").innerText());
    await verdict("waiting").waitFor();
    await run(other.page);
    spoken(await verdict("same").innerText());
    assert.equal(await by(other.page, "digest").innerText(), digest);
    await end(other);
  });

  flow(
    "a damaged link is told of, and the page goes on",
    async (page) => {
      spoken(await by(page, "error").innerText());
      await fits(page);
      await ran(page);
    },
    { fragment: () => commandLine(TOY).link().slice(0, -9) },
  );

  flow("an assignment is set, done, handed in and read", async (page) => {
    await layOut(page, TOY);
    await to(page, "#class");
    await by(page, "lesson-title").fill("Half of it");
    await by(page, "bound").first().fill("50");
    await by(page, "add-question").click();
    await by(page, "question").locator("input").fill("Why?");
    await by(page, "make-link").click();
    const assignment = await handed(page);

    const student = await open(browser, assignment, options);
    spoken(await by(student.page, "assignment").innerText());
    await run(student.page);
    await student.page.locator("[data-testid=condition][data-met=yes]").waitFor();
    await by(student.page, "answer").fill("Half is enough.");
    await by(student.page, "student-name").fill("Ada");
    await by(student.page, "hand-in").click();
    const answer = await handed(student.page);
    await end(student);

    await by(page, "class-links").fill(`${assignment}\n${answer}\n`);
    const row = by(page, "class-row");
    counted([await row.locator("td").nth(2).innerText()]);
    assert.equal(await by(page, "class-goal").getAttribute("data-met"), "yes");
    await fits(page);
    await by(page, "class-check").click();
    await by(page, "class-verdict").filter({ hasText: words("same, bit for bit") }).waitFor();
  });

  flow("a chart is put into another site's page", async (page) => {
    await layOut(page, TOY);
    await by(page, "show-embed").click();
    await by(page, "embed-which").selectOption("tradeoff");
    await fits(page);
    const lesson = await framed(browser, await by(page, "embed-html").inputValue(), options);
    await by(page, "dialog-close").click();
    const { frame } = lesson;
    await frame.getByTestId("run").click();
    await frame.locator(`html[lang=${lang}][data-state=done]`).waitFor();
    await frame.locator("svg.chart .point").nth(TOY.variants.length - 1).waitFor();
    await fits(lesson.page.frames()[1]);
    await fits(lesson.page);
    quiet(lesson);
    await lesson.close();
  });

  flow("results are presented", async (page) => {
    await ran(page);
    await by(page, "present").click();
    await page.keyboard.press("Home");
    const at = by(page, "slide-at");
    const home = await at.innerText();
    counted([home]);
    await by(page, "slide-next").click();
    await at.filter({ hasNotText: home }).waitFor();
    assert.equal(await page.locator(".slide").count(), 1);
    const covers = await page.locator(".slide").evaluate((slide) => {
      const { width, height } = slide.getBoundingClientRect();
      return width >= innerWidth - 1 && height >= innerHeight - 1;
    });
    assert.ok(covers, "the slide fills the window");
    await fits(page);
    await by(page, "slide-leave").click();
    await by(page, "presenter").waitFor({ state: "detached" });
  });

  test(`the page is loaded again and computes without a network: ${who}`, async () => {
    const gone = await serve();
    const opened = await installed(browser, gone.url, { ...options, expected: [/ERR_/] });
    await gone.close();
    await opened.page.reload();
    await loaded(opened.page);
    await ran(opened.page);
    counted(await by(opened.page, "results-table").locator("tbody td").allInnerTexts());
    await end(opened);
  });

  flow("a full disk is told of, and results stay", async (page) => {
    await page.evaluate(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("no room", "QuotaExceededError");
      };
    });
    await ran(page);
    await kept(page, "no");
    spoken(await by(page, "note").innerText());
    counted(await by(page, "results-table").locator("tbody td").allInnerTexts());
    await by(page, "digest").waitFor();
  });

  const LOST = { ...TOY, training: { epochs: 1, batch: 1 }, variants: [{ name: "dense" }, { name: "long", from: "dense", steps: [{ prune: { epochs: 100 } }] }] };
  flow(
    "a worker ends in mid-run, and what was finished is kept",
    async (page) => {
      await by(page, "run").click();
      await by(page, "results-table").locator("tbody tr:first-child td:not(.wait)").first().waitFor();
      await page.locator(".stages li:nth-child(2).now").waitFor();
      // What the engine does when there is no more memory.
      await page.workers()[0].evaluate(() => void setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }));
      spoken(await by(page, "error").innerText());
      await fits(page);
      await state(page, "done");
      await kept(page);
      await first(page, "dense");
      await ran(page);
    },
    { fragment: () => commandLine(LOST).link(), workers: 1, expected: [/unreachable/] },
  );
}
