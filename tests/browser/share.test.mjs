// Links: the same bits everywhere, and a sentence for what is no link.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { TOY, by, commandLine, launch, open, quiet, rows, run, serve, state } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

/** The link in the share panel. */
async function shared(page) {
  await by(page, "share").click();
  await by(page, "share-text").waitFor();
  return by(page, "share-text").inputValue();
}

/** One trial with much to run side by side: variants, a sweep, and a teacher that is not the student's parent. */
const TREE = {
  ...TOY,
  title: "Tree",
  variants: [
    { name: "dense" },
    { name: "teacher", network: { architecture: "mlp", widths: [24], batch_normalization: true } },
    { name: "pruned", from: "dense", steps: [{ prune: {} }], sweep: { setting: "sparsity", values: [0.5, 0.75, 0.9] } },
    { name: "int8", from: "teacher", steps: [{ quantize: {} }, { prune: { sparsity: 0.5 } }] },
    { name: "taught", from: "dense", steps: [{ distill: { teacher: "teacher" } }, { quantize: {} }] },
  ],
};

test("one link yields one digest: in Chromium on one worker and on several, and on the command line", async () => {
  const images = { ...TOY, title: "Images", data: { samples: 600 }, network: { architecture: "lenet-5" }, training: { epochs: 1 } };
  for (const recipe of [{ ...TOY, seeds: [1, 2, 3] }, TREE, images]) {
    const native = commandLine(recipe);
    const digest = native.digest();
    const links = [];
    for (const workers of [1, 2, 3]) {
      const opened = await open(browser, site.url + native.link(), { workers });
      await run(opened.page);
      assert.equal(await by(opened.page, "digest").innerText(), digest, `${recipe.title} on ${workers} workers`);
      // One worker has always been started, the page's; a run takes as many as the device has processors.
      assert.equal(opened.page.workers().length, workers);
      // Every variant was timed, whoever ran it.
      const rows = await by(opened.page, "results-table").locator("tbody tr").allInnerTexts();
      for (const row of rows) assert.equal(row.match(/\d\s[µmn]?s\b/g)?.length >= 2, true, row);
      links.push(await shared(opened.page));
      quiet(opened);
      await opened.close();
    }
    assert.equal(new Set(links).size, 1);
    assert.match(native.run(links[0]), /same as the link's result, bit for bit/);
  }
});

test("the engine for relaxed SIMD and the plain one come to one digest", async () => {
  const integers = {
    ...TOY,
    data: { samples: 600 },
    network: { architecture: "lenet-5" },
    training: { epochs: 1 },
    variants: [
      { name: "int8", steps: [{ quantize: {} }] },
      { name: "pruned, int8", from: "int8", steps: [{ prune: { sparsity: 0.95, epochs: 0 } }] },
    ],
  };
  const native = commandLine(integers);
  // As it reads once names have been shortened.
  const question = /WebAssembly\.validate\(Uint8Array\.from\(\w+\)\)/;
  for (const [answer, engine] of [["true", "worker-relaxed_bg.wasm"], ["false", "worker_bg.wasm"]]) {
    const told = await serve(undefined, (path, file) => {
      if (!path.endsWith("worker-start.js")) return undefined;
      const script = readFileSync(file, "utf8");
      assert.match(script, question);
      return script.replace(question, answer);
    });
    const asked = [];
    const opened = await open(browser, told.url + native.link(), { request: (path) => asked.push(path) });
    await run(opened.page);
    assert.equal(await by(opened.page, "digest").innerText(), native.digest(), engine);
    assert.ok(asked.includes(engine), `${engine} is not among ${asked}`);
    quiet(opened);
    await opened.close();
    await told.close();
  }
});

test("whoever opens a link sees the experiment and is told whether the result is the same", async () => {
  const native = commandLine(TOY);
  const digest = native.digest();
  const opened = await open(browser, site.url + native.link());
  await run(opened.page);
  const link = await shared(opened.page);
  await opened.close();
  const visitor = await open(browser, link);
  assert.match(await by(visitor.page, "opened").innerText(), /Toy/);
  assert.equal(await by(visitor.page, "variant").count(), 4);
  assert.equal(await by(visitor.page, "verdict").getAttribute("data-verdict"), "waiting");
  await run(visitor.page);
  assert.equal(await by(visitor.page, "verdict").getAttribute("data-verdict"), "same");
  quiet(visitor);
  await visitor.close();
  // A link whose digest is another's: the page says that the result differs.
  const code = Buffer.from(link.split("#x=")[1], "base64url");
  code[2] ^= 1;
  const fooled = await open(browser, `${site.url}#x=${code.toString("base64url")}`);
  await run(fooled.page);
  assert.equal(await by(fooled.page, "verdict").getAttribute("data-verdict"), "different");
  assert.ok((await by(fooled.page, "verdict").innerText()).includes(digest.slice(0, 4)));
  await fooled.close();
});

for (const [name, fragment, words] of [
  ["malformed", "#x=not+a+link", /copy it again/],
  ["truncated", null, /copy it again/],
  ["of a newer version", "#x=AgAAAAAA", /newer/],
]) {
  test(`a link that is ${name} is told in a sentence, and the page is ready all the same`, async () => {
    const opened = await open(browser, site.url + (fragment ?? commandLine(TOY).link().slice(0, -9)));
    assert.match(await by(opened.page, "error").innerText(), words);
    assert.equal(await by(opened.page, "run").isEnabled(), true);
    quiet(opened);
    await opened.close();
  });
}

test("a recipe typed in is checked, and a bad one named without losing what was laid out", async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await page.locator(".json summary").click();
  const bad = { ...TOY, variants: [{ name: "a", steps: [{ prune: { sparsity: 1.2 } }] }] };
  await by(page, "recipe-json").fill(JSON.stringify(bad));
  await by(page, "recipe-apply").click();
  assert.match(await page.locator("[data-testid=error], [data-testid=recipe-error]").first().innerText(), /sparsity 1\.2/);
  await by(page, "recipe-json").fill(JSON.stringify(TOY));
  await by(page, "recipe-apply").click();
  await run(page);
  await state(page, "done");
  await rows(page, 4);
  quiet(opened);
  await opened.close();
});
