// Every place for everyone: by keyboard, by screen reader, in both themes, without motion.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PLACES, TOY, by, commandLine, fits, go, launch, open, quiet, rows, run, serve, state, visit } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

const PHONE = { viewport: { width: 360, height: 780 } };

for (const { name, fragment, matter, last } of PLACES) {
  for (const [how, options, direction] of [
    ["light", {}, "ltr"],
    ["dark, on a phone", { colorScheme: "dark", ...PHONE }, "ltr"],
    ["right to left", PHONE, "rtl"],
  ]) {
    test(`${name} is accessible and fits: ${how}`, async () => {
      const opened = await open(browser, site.url + fragment, options);
      const { page } = opened;
      await page.evaluate((direction) => (document.documentElement.dir = direction), direction);
      await page.locator(last).waitFor();
      for (const details of await page.locator("main:visible details").all()) {
        await details.evaluate((element) => (element.open = true));
      }
      await fits(page);
      const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
      assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`), []);
      quiet(opened);
      await opened.close();
    });
  }

  test(`${name} is reached and skipped to by keyboard`, async () => {
    const opened = await open(browser, site.url);
    const { page } = opened;
    await press(page, "Tab", () => document.activeElement.getAttribute("href"), fragment);
    await page.keyboard.press("Enter");
    await page.locator(matter).waitFor();
    await page.evaluate(() => document.activeElement.blur());
    await page.locator("a.skip").focus();
    await page.keyboard.press("Enter");
    const inside = await page.evaluate((matter) => document.querySelector(matter).contains(document.activeElement), matter);
    assert.ok(inside, `the skip link leads to ${matter}`);
    quiet(opened);
    await opened.close();
  });
}

/** Presses a key until what the page says of the focused element is what is wanted. */
async function press(page, key, read, wanted) {
  const seen = [];
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press(key);
    const at = await page.evaluate(read);
    if (at === wanted) return;
    seen.push(at);
  }
  assert.fail(`${wanted} was not reached; ${key} led to ${[...new Set(seen)].join(", ")}`);
}

const testid = () => document.activeElement.dataset?.testid;

test("an experiment is laid out, run and stopped by keyboard alone, and focus is seen wherever it is", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  const reach = async (id, key = "Tab") => {
    await press(page, key, testid, id);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.notEqual(outline, "none", `${id} shows no focus`);
  };
  await reach("preset");
  // Each key press may lay out another; the wanted one is chosen by its first letters, as people do.
  await page.keyboard.type("Watch");
  await page.waitForFunction(() => document.querySelectorAll("[data-testid=variant]").length === 3);
  await reach("add-variant");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll("[data-testid=variant]").length === 4);
  await reach("run", "Shift+Tab");
  await page.keyboard.press("Enter");
  await state(page, "done");
  await rows(page, 4);
  // One that takes long enough to be stopped.
  await visit(page, site.url + commandLine({ ...TOY, training: { epochs: 100, batch: 1 } }).link());
  await reach("run");
  await page.keyboard.press("Enter");
  await by(page, "stop").waitFor();
  assert.equal(await page.evaluate(testid), "stop", "the keyboard is still at the button, which has become another");
  await page.keyboard.press("Enter");
  await state(page, "done");
  quiet(opened);
  await opened.close();
});

test("a run is told of in one place, and seldom", async () => {
  const opened = await open(browser, site.url + commandLine({ ...TOY, training: { epochs: 60, learning_rate: 0.02 } }).link());
  const { page } = opened;
  await page.evaluate(() => {
    window.told = [];
    const region = document.querySelector("[data-testid=announced]");
    new MutationObserver(() => window.told.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
  });
  await run(page);
  await page.waitForFunction(() => /Most accurate/.test(window.told.at(-1)));
  const told = await page.evaluate(() => window.told);
  assert.match(told.at(-1), /^Finished after .*: 4 variants\. Most accurate: (dense|pruned|int8|student), \d+\.\d\d\s%\.$/);
  // Four quarters and four variants, the beginning and the end.
  assert.ok(told.length <= 11, `it spoke ${told.length} times: ${told.join(" | ")}`);
  const moving = await page.evaluate(() => {
    const regions = [...document.querySelectorAll("[aria-live], [role=status], [role=log]")];
    return regions.filter((region) => region.contains(document.querySelector("progress")) || region.matches(".stage, .facts")).length;
  });
  assert.equal(moving, 0, "what moves all the time is not spoken");
  quiet(opened);
  await opened.close();
});

test("nothing moves where motion is not wanted", async () => {
  const opened = await open(browser, site.url + commandLine(TOY).link(), { reducedMotion: "reduce" });
  const { page } = opened;
  await run(page);
  for (const { fragment, last } of PLACES) {
    await go(page, fragment);
    await page.locator(last).waitFor();
    const moving = await page.evaluate(() => {
      const moves = (style) => style.animationName !== "none" || style.transitionDuration.split(",").some((time) => parseFloat(time) > 0);
      const parts = [...document.querySelectorAll("*")].filter((element) => moves(getComputedStyle(element)));
      return [...parts.map((element) => element.className || element.tagName), getComputedStyle(document.documentElement).scrollBehavior];
    });
    assert.deepEqual(moving, ["auto"]);
  }
  quiet(opened);
  await opened.close();
});

test("everything that is pressed is large enough", async () => {
  const opened = await open(browser, site.url + commandLine(TOY).link(), PHONE);
  const { page } = opened;
  await run(page);
  for (const { fragment, last } of PLACES) {
    await go(page, fragment);
    await page.locator(last).waitFor();
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("button, select, summary, input:not([type=file])")]
        .filter((element) => element.checkVisibility() && !element.closest("label")?.matches("label:has(input[type=checkbox], input[type=radio])"))
        .map((element) => [element, element.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
        .map(([element, box]) => `${element.outerHTML.slice(0, 80)} is ${box.width} x ${box.height}`),
    );
    assert.deepEqual(small, []);
  }
  quiet(opened);
  await opened.close();
});
