// What a teacher knows: soft targets under a temperature, classes that it finds alike, and where a student says something else.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { by, commandLine, launch, open, quiet, run, serve } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

const DIGITS = {
  version: 1,
  data: { samples: 2000 },
  network: { architecture: "mlp", widths: [64] },
  training: { epochs: 2 },
  variants: [
    { name: "teacher" },
    {
      name: "student",
      from: "teacher",
      steps: [{ distill: { method: "hints", student: { architecture: "mlp", widths: [12] }, training: { epochs: 2 } } }],
    },
    { name: "int8", from: "teacher", steps: [{ quantize: {} }] },
  ],
};

const numbers = async (locator) => (await locator.allInnerTexts()).map((text) => Number(text.replace(/[,%\s]/g, "")));

test("a teacher's soft targets and its student's mistakes can be looked at", async () => {
  const native = commandLine(DIGITS);
  const opened = await open(browser, site.url + native.link());
  const { page } = opened;
  await run(page);
  const card = by(page, "agreement");
  assert.equal(await by(page, "agreement-variant").locator("option").count(), 2, "the teacher was taught by nobody");
  assert.match(await by(page, "agreement-start").innerText(), /Compare with teacher/);
  await by(page, "agreement-start").click();
  await by(page, "agreement-counts").waitFor({ timeout: 60_000 });
  const counts = await numbers(by(page, "agreement-counts").locator("dd"));
  assert.equal(counts.reduce((sum, count) => sum + count), 10_000);
  assert.ok(counts[1] > counts[2], "a teacher of 64 units is right more often than its student of 12");

  // Each row is a distribution; a higher temperature takes from the right class and gives to the wrong ones.
  const row = () => numbers(by(page, "alike").locator("tbody tr").nth(4).locator("td"));
  const at4 = await row();
  assert.ok(Math.abs(at4.reduce((sum, share) => sum + share) - 100) < 1.5, `${at4}`);
  await by(page, "alike-temperature").fill("0");
  const at1 = await row();
  assert.ok(at1[4] > at4[4]);
  assert.equal(Math.max(...at1), at1[4]);

  // The sample that is looked at, under a temperature of its own.
  const targets = () => numbers(by(page, "soft-targets").locator("tbody tr td:nth-child(2)"));
  const soft = await targets();
  await by(page, "soft-temperature").fill("0.5");
  const hard = await targets();
  assert.ok(Math.max(...hard) > Math.max(...soft));
  assert.ok(Math.abs(hard.reduce((sum, share) => sum + share) - 100) < 1);

  // Pictures to click through.
  const pictures = card.locator(".pictures").last().locator("button");
  assert.ok((await pictures.count()) > 10);
  const label = await pictures.nth(3).getAttribute("aria-label");
  await pictures.nth(3).click();
  assert.equal(await card.locator(".chosen p").innerText(), label);
  const [, teacher, student] = label.match(/teacher says (\d), student says (\d)/);
  assert.notEqual(teacher, student, "they disagree about it");
  assert.equal(await card.locator(".picture[aria-pressed=true]").count(), 1);

  const { violations } = await new AxeBuilder({ page }).include("[data-testid=agreement]").analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);

  // The command line counts the same.
  const told = native.said("--agreement", "student");
  const [, ...same] = told.match(/both right (\d+), only the teacher (\d+), only the student (\d+), both wrong (\d+)/).map(Number);
  assert.deepEqual(same, counts);

  // Another variant is another question.
  await by(page, "agreement-variant").selectOption("int8");
  await by(page, "agreement-counts").waitFor({ state: "detached" });
  quiet(opened);
  await opened.close();
});
