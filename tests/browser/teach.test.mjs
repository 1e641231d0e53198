// Classrooms and what is shared beyond a link: assignments, answers, codes, frames, files, presenting.
import { AxeBuilder } from "@axe-core/playwright";
import jsQR from "jsqr";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { PNG } from "pngjs";
import { TOY, by, commandLine, fits, framed, go, handed, launch, open, quiet, run, serve, state } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

async function accessible(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`), []);
  await fits(page);
}

/** A link for the native command line's recipe, as an address of the site. */
const address = (recipe) => site.url + commandLine(recipe).link();

/** Makes an assignment over the toy experiment and gives its link. */
async function assign(options = {}) {
  const opened = await open(browser, address(TOY), options);
  const { page } = opened;
  await go(page, "#class");
  await by(page, "lesson-title").fill("Half of it");
  await by(page, "lesson-text").fill("Prune as much as you can.\n\nThen say why it works.");
  await by(page, "locks-mode").selectOption("all-but");
  await by(page, "locks-form").locator("input[value='variants[1].steps[0].prune.sparsity']").check();
  const bounds = by(page, "bound");
  await bounds.nth(0).fill("60");
  await bounds.nth(1).fill("0.001");
  await by(page, "add-question").click();
  await by(page, "question").locator("input").fill("Why does it work?");
  await by(page, "add-question").click();
  await by(page, "question").nth(1).locator("input").fill("Which is smallest?");
  await by(page, "question").nth(1).locator("textarea").fill("dense\nstudent");
  await accessible(page);
  await by(page, "make-link").click();
  await by(page, "dialog").waitFor();
  await accessible(page);
  const link = await handed(page);
  assert.match(link, /#a=[\w-]+$/);
  return { opened, link };
}

/** Answers an assignment as a student; gives the answer's link. */
async function answer(link, name) {
  const opened = await open(browser, link);
  const { page } = opened;
  await run(page);
  await by(page, "answer").first().fill("It is redundant.");
  await by(page, "answer").nth(1).getByText("student", { exact: true }).click();
  await by(page, "student-name").fill(name);
  await by(page, "hand-in").click();
  const answer = await handed(page);
  quiet(opened);
  return { opened, answer };
}

test("an assignment is set, done, handed in, and read; a run on the teacher's page says that it reproduces", async () => {
  const { opened: teacher, link } = await assign();
  const student = await open(browser, link);
  const { page } = student;
  const card = by(page, "assignment");
  assert.match(await card.innerText(), /Half of it[\s\S]*Then say why it works/);
  // What is locked cannot be changed, and says why; what is open can.
  const part = (title) => page.locator("details.part", { has: page.locator("summary strong", { hasText: title }) });
  await part("Training").locator("summary").first().click();
  const epochs = part("Training").getByRole("spinbutton").first();
  assert.equal(await epochs.isDisabled(), true);
  assert.match(await part("Training").innerText(), /locked by the assignment/i);
  await by(page, "variant").nth(1).locator("summary").first().click();
  const step = by(page, "variant").nth(1).getByTestId("step");
  const sparsity = step.getByRole("spinbutton").first();
  assert.equal(await sparsity.isDisabled(), false);
  assert.equal(await step.getByRole("button", { name: "Remove" }).isDisabled(), true);
  assert.equal(await by(page, "add-variant").isDisabled(), true);
  await accessible(page);
  assert.match(await by(page, "preview").first().innerText(), /no data to fetch.*training samples.*unknown/);
  // The goal: not judged before the run; the second condition is out of reach.
  assert.equal(await by(page, "condition").first().getAttribute("data-met"), null);
  assert.equal(await by(page, "hand-in").isDisabled(), true);
  await sparsity.fill("0.75");
  await sparsity.press("Enter");
  await run(page);
  assert.deepEqual(await by(page, "condition").evaluateAll((all) => all.map((c) => c.dataset.met)), ["yes", "no"]);
  await by(page, "answer").first().fill("It is redundant.");
  await by(page, "answer").nth(1).getByText("student", { exact: true }).click();
  await by(page, "student-name").fill("Ada");
  await accessible(page);
  // Nothing is lost over a reload, the setting that was changed included.
  await page.reload();
  await state(page, "ready");
  await by(page, "assignment").waitFor();
  assert.equal(await by(page, "student-name").inputValue(), "Ada");
  assert.equal(await by(page, "answer").first().inputValue(), "It is redundant.");
  await by(page, "variant").nth(1).locator("summary").first().click();
  assert.equal(await step.getByRole("spinbutton").first().inputValue(), "0.75");
  await page.waitForFunction(() => !document.querySelector("[data-testid=hand-in]").disabled);
  await by(page, "hand-in").click();
  const handedIn = await handed(page);
  assert.match(handedIn, /#s=[\w-]+$/);
  quiet(student);
  await student.close();

  const collected = teacher.page;
  await by(collected, "class-links").fill(`${link}\n${handedIn}\nnot a link\n`);
  const row = by(collected, "class-row");
  await row.first().waitFor();
  assert.equal(await row.count(), 1);
  assert.match(await row.innerText(), /Ada[\s\S]*not met[\s\S]*It is redundant\.[\s\S]*student/);
  assert.equal(await by(collected, "class-goal").getAttribute("data-met"), "no");
  assert.match(await by(collected, "class-problems").innerText(), /Line 3.*no answer's link/);
  assert.equal(await by(collected, "class-chart").locator("g.point").count(), 1);
  await accessible(collected);
  const [download] = await Promise.all([collected.waitForEvent("download"), by(collected, "class-csv").click()]);
  assert.match(readFileSync(await download.path(), "utf8"), /Why does it work\?[\s\S]*Ada,[\s\S]*It is redundant\./);
  await by(collected, "class-check").click();
  await collected.waitForFunction(() => /same/.test(document.querySelector("[data-testid=class-verdict]").innerText));
  quiet(teacher);
  await teacher.close();
});

test("another experiment leaves a student's work as it was; the assignment is there again after a reload elsewhere", async () => {
  const { opened: teacher, link } = await assign();
  await teacher.close();
  const opened = await open(browser, link);
  const { page } = opened;
  /** Waits until this is laid out: the toy's second variant pruned so far, or, without a number, another experiment. */
  const laid = (sparsity) =>
    page.waitForFunction((sparsity) => {
      const { title, variants } = JSON.parse(localStorage.getItem("featherweight-draft") ?? "{}");
      return title === "Toy" ? variants[1].steps[0].prune.sparsity === sparsity : sparsity === null;
    }, sparsity);
  await by(page, "assignment").waitFor();
  await by(page, "variant").nth(1).locator("summary").first().click();
  const field = by(page, "variant").nth(1).getByTestId("step").getByRole("spinbutton").first();
  await field.fill("0.75");
  await field.press("Enter");
  await laid(0.75);
  // An exhibit is no work on the assignment, which is left for it and can come back.
  const exhibit = async () => {
    await go(page, "#gallery");
    await by(page, "exhibit").first().getByRole("button", { name: "Open in the playground" }).click();
    await by(page, "assignment").waitFor({ state: "detached" });
    await laid(null);
  };
  await exhibit();
  await by(page, "undo").click();
  await by(page, "assignment").waitFor();
  await laid(0.75);
  // The address no longer names it.
  await page.reload();
  await by(page, "assignment").waitFor();
  await laid(0.75);
  await exhibit();
  await go(page, link.slice(link.indexOf("#")));
  await by(page, "assignment").waitFor();
  await laid(0.75);
  quiet(opened);
  await opened.close();
});

/** The same answer, its figures changed as only someone who takes the link apart can. */
function forge(link, change) {
  const packing = readFileSync(new URL("../../src/experiment/packing.rs", import.meta.url), "utf8");
  const dictionary = Buffer.from(packing.match(/DICTIONARY: &\[u8\] = br#"([\s\S]*?)"#;/)[1]);
  const [head, code] = link.split("#s=");
  const answer = JSON.parse(inflateRawSync(Buffer.from(code, "base64url").subarray(1), { dictionary }).toString());
  change(answer);
  const packed = deflateRawSync(JSON.stringify(answer), { dictionary });
  return `${head}#s=${Buffer.concat([Buffer.from([1]), packed]).toString("base64url")}`;
}

test("figures that a run does not come to are found out, and so is what was changed under a lock", async () => {
  const { opened: teacher, link } = await assign();
  const { opened: student, answer: honest } = await answer(link, "Bob");
  await student.close();
  const forged = forge(honest, (answer) => (answer.figures[0].accuracy = 1));
  const cheated = forge(honest, (answer) => (answer.recipe.training.epochs = 50));
  const { page } = teacher;
  await by(page, "class-links").fill(`${link}\n${forged}\n${cheated}\n${honest.slice(0, -6)}\n`);
  assert.match(await by(page, "class-problems").innerText(), /Line 4.*copy it again/);
  assert.equal(await by(page, "class-row").count(), 2);
  assert.match(await by(page, "class-row").nth(1).innerText(), /changed though locked: training\.epochs/);
  await by(page, "class-check").first().click();
  await page.waitForFunction(() => /differs in: dense$/.test(document.querySelector("[data-testid=class-verdict]").innerText));
  quiet(teacher);
  await teacher.close();
});

for (const [name, fragment, words] of [
  ["an assignment's link that is damaged", "#a=AbCdEf", /copy it again/],
  ["an answer's link that is damaged", "#s=not+a+link", /copy it again/],
  ["an assignment's link of a newer version", "#a=AgAAAAAA", /newer/],
  ["an answer's link of a newer version", "#s=AgAAAAAA", /newer/],
]) {
  test(`${name} is told in a sentence, and the page is ready all the same`, async () => {
    const opened = await open(browser, site.url + fragment);
    assert.match(await by(opened.page, "error").innerText(), words);
    await go(opened.page, "#playground");
    await by(opened.page, "run").waitFor();
    assert.equal(await by(opened.page, "run").isEnabled(), true);
    quiet(opened);
    await opened.close();
  });
}

test("an answer's link leads to the class page with that answer", async () => {
  const { opened: teacher, link } = await assign();
  await teacher.close();
  const { opened: student, answer: handedIn } = await answer(link, "Grace");
  await student.close();
  const opened = await open(browser, handedIn);
  assert.match(await by(opened.page, "class-row").innerText(), /Grace/);
  assert.match(await by(opened.page, "class-goal").innerText(), /link is missing/);
  // What was collected outlives a reload.
  await go(opened.page, "#class");
  await opened.page.reload();
  await by(opened.page, "class-row").getByText("Grace").waitFor();
  quiet(opened);
  await opened.close();
});

test("a QR code holds the link, also when it is shown large; a link that is too long becomes a file", async () => {
  const opened = await open(browser, address(TOY));
  const { page } = opened;
  const link = await by(page, "share-text").inputValue();
  await by(page, "show-code").click();
  const code = by(page, "code");
  const read = async () => {
    const { data, width, height } = PNG.sync.read(await code.screenshot());
    return jsQR(new Uint8ClampedArray(data), width, height)?.data;
  };
  assert.equal(await read(), link);
  await by(page, "code-large").click();
  assert.equal(await read(), link);
  const box = await code.boundingBox();
  assert.ok(box.width > 500, `the large code is ${box.width} wide`);
  await accessible(page);
  await page.keyboard.press("Escape");
  await by(page, "dialog").waitFor({ state: "detached" });
  // Names that do not compress make a link that no code holds.
  let seed = 1;
  const letter = () => String.fromCharCode(97 + ((seed = (seed * 48271) % 2147483647) % 26));
  const name = () => Array.from({ length: 75 }, letter).join("");
  const long = { ...TOY, variants: Array.from({ length: 60 }, (_, i) => ({ name: `${i} ${name()}` })) };
  await page.locator(".json summary").click();
  await by(page, "recipe-json").fill(JSON.stringify(long));
  await by(page, "recipe-apply").click();
  await by(page, "show-code").click();
  assert.match(await by(page, "code-too-long").innerText(), /holds at most 2,953/);
  const [download] = await Promise.all([page.waitForEvent("download"), by(page, "dialog-save").click()]);
  assert.match(download.suggestedFilename(), /\.featherweight\.txt$/);
  const saved = readFileSync(await download.path(), "utf8").trim();
  await by(page, "dialog-close").click();
  quiet(opened);
  await opened.close();
  // Dropped on a fresh page, the file opens the same experiment.
  const other = await open(browser, site.url);
  await drop(other.page, "link.txt", saved);
  await other.page.waitForFunction(() => document.querySelectorAll("[data-testid=variant]").length === 60);
  await drop(other.page, "toy.featherweight.json", JSON.stringify(TOY));
  await other.page.waitForFunction(() => document.querySelectorAll("[data-testid=variant]").length === 4);
  await drop(other.page, "holiday.txt", "Dear all");
  assert.match(await by(other.page, "error").innerText(), /neither a recipe nor a link.*Dear all/);
  quiet(other);
  await other.close();
});

/** Drops a file on the page. */
async function drop(page, name, text) {
  await page.evaluate(([name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name));
    document.querySelector("h1").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, [name, text]);
}

test("a chart runs in a frame of another site, without storage", async () => {
  const opened = await open(browser, address(TOY));
  await by(opened.page, "show-embed").click();
  await by(opened.page, "embed-which").selectOption("tradeoff");
  const html = await by(opened.page, "embed-html").inputValue();
  await accessible(opened.page);
  quiet(opened);
  await opened.close();
  const lesson = await framed(browser, html);
  const { page, frame } = lesson;
  await frame.getByTestId("run").click();
  await frame.locator("html[data-state=done]").waitFor({ timeout: 60_000 });
  await frame.locator("svg.chart .point").nth(TOY.variants.length - 1).waitFor();
  assert.equal(await frame.locator("#tradeoff-title").count(), 1);
  assert.equal(await frame.getByTestId("results-table").count(), 0);
  assert.equal(await frame.getByTestId("error").count(), 0);
  const { violations } = await new AxeBuilder({ page }).include("iframe").analyze();
  assert.deepEqual(violations.map((v) => v.id), []);
  const link = await frame.getByRole("link", { name: "Open in Featherweight" }).getAttribute("href");
  assert.ok(link.startsWith(site.url) && !link.includes("embed"), link);
  quiet(lesson);
  await lesson.close();
});

for (const [name, options, direction] of [
  ["wide", {}, "ltr"],
  ["dark", { colorScheme: "dark" }, "ltr"],
  ["right to left", {}, "rtl"],
]) {
  test(`results are presented by keyboard alone: ${name}`, async () => {
    const opened = await open(browser, address(TOY), options);
    const { page } = opened;
    await page.evaluate((direction) => (document.documentElement.dir = direction), direction);
    await run(page);
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press("p");
    const at = async () => (await by(page, "slide-at").innerText()).split(" / ").map(Number);
    const [, of] = await at();
    assert.ok(of >= 4, `${of} slides`);
    await page.keyboard.press("Home");
    const [forward, back] = direction === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    const seen = [(await at())[0]];
    // A live region that is drawn anew says nothing, so the bar has to stay.
    await by(page, "presenter").evaluate((bar) => (bar.dataset.same = "yes"));
    for (const key of [forward, "PageDown", "Space", "PageUp", back]) {
      await page.keyboard.press(key);
      seen.push((await at())[0]);
    }
    assert.deepEqual(seen, [1, 2, 3, 4, 3, 2]);
    assert.equal(await by(page, "presenter").getAttribute("data-same"), "yes");
    assert.equal(await page.locator(".slide").count(), 1);
    assert.equal(await page.locator(".slide").evaluate((slide) => slide === document.activeElement), true);
    const [size, covers] = await page.locator(".slide").evaluate((slide) => {
      const { width, height } = slide.getBoundingClientRect();
      return [parseFloat(getComputedStyle(document.documentElement).fontSize), width >= innerWidth - 1 && height >= innerHeight - 1];
    });
    assert.ok(covers && size > 20, `${size} pixels`);
    await accessible(page);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".slide, [inert]").count(), 0);
    assert.equal(await by(page, "presenter").count(), 0);
    // In a field the key is a letter, and it can be turned off.
    await page.locator(".json summary").click();
    await by(page, "recipe-json").press("p");
    assert.equal(await by(page, "presenter").count(), 0);
    await by(page, "present").click();
    await by(page, "presenter").getByRole("checkbox").uncheck();
    await by(page, "slide-leave").click();
    await page.keyboard.press("p");
    assert.equal(await by(page, "presenter").count(), 0);
    quiet(opened);
    await opened.close();
  });
}

test("where a link's result is not reproduced, a report says what differs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "featherweight-"));
  const opened = await open(browser, address(TOY));
  const { page } = opened;
  await run(page);
  const [download] = await Promise.all([page.waitForEvent("download"), by(page, "report").click()]);
  const report = JSON.parse(readFileSync(await download.path(), "utf8"));
  const code = Buffer.from((await by(page, "share-text").inputValue()).split("#x=")[1], "base64url");
  code[2] ^= 1;
  await go(page, `#x=${code.toString("base64url")}`);
  await page.locator("[data-testid=verdict][data-verdict=waiting]").waitFor();
  assert.match(await by(page, "preview").innerText(), /about .*as fast as this device ran/);
  await run(page);
  assert.match(await by(page, "differences").innerText(), /does not say which variant differs/);
  // Someone else's report: one variant came to other figures.
  report.digest = "0".repeat(32);
  report.variants[1].digest = "0".repeat(32);
  report.variants[1].accuracy -= 0.1;
  report.variants[1].trials[0].confusion[0][0] -= 7;
  report.variants[1].trials[0].confusion[0][1] += 7;
  const file = join(folder, "report.json");
  writeFileSync(file, JSON.stringify(report));
  await by(page, "other-report").setInputFiles(file);
  const rows = by(page, "differences-table").locator("tbody tr");
  await rows.nth(3).waitFor();
  assert.equal(await rows.count(), 4);
  assert.match(await rows.nth(0).innerText(), /the same bits/);
  assert.match(await rows.nth(1).innerText(), /7 predictions at least/);
  assert.match(await by(page, "differences").innerText(), /Same recipe, same version/);
  writeFileSync(file, JSON.stringify({ ...report, recipe: { ...report.recipe, seeds: [2] } }));
  await by(page, "other-report").setInputFiles(file);
  await page.waitForFunction(() => /recipes are not the same/.test(document.querySelector("[data-testid=differences]").innerText));
  writeFileSync(file, "{}");
  await by(page, "other-report").setInputFiles(file);
  assert.match(await by(page, "error").innerText(), /not a report/);
  await by(page, "error").locator("xpath=..").getByRole("button").click();
  await accessible(page);
  quiet(opened);
  await opened.close();
});
