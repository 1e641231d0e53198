// What a first visit does not have: texts and transformers, several networks as one, students that see part of the data. All of it
// comes to the command line's bits.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { by, commandLine, launch, open, quiet, rows, run, serve } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

/** Runs a recipe in the page and natively, and holds the digests against each other. */
async function same(recipe) {
  const native = commandLine({ version: 1, ...recipe });
  const opened = await open(browser, site.url + native.link());
  await run(opened.page);
  await opened.page.waitForFunction(() => /^[0-9a-f]{32}$/.test(document.querySelector("[data-testid=digest]")?.innerText));
  assert.equal(await by(opened.page, "digest").innerText(), native.digest());
  return opened;
}

const accessible = async (page) => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
};

test("a transformer reads texts, and what shows pictures stays away", async () => {
  const opened = await same({
    data: { dataset: "glosses", samples: 300 },
    network: { architecture: "transformer", widths: [16], depth: 1 },
    training: { epochs: 1 },
    variants: [
      { name: "float" },
      { name: "4 bits", from: "float", steps: [{ quantize: { scheme: "weight-only", bits: 4 } }] },
      { name: "student", from: "float", steps: [{ distill: { student: { architecture: "transformer", widths: [8], depth: 1, heads: 2 } } }] },
    ],
  });
  const { page } = opened;
  assert.equal(await page.locator(".pad canvas").count(), 0, "there is nothing to draw");
  await by(page, "agreement-start").click();
  await by(page, "agreement-counts").waitFor({ timeout: 60_000 });
  assert.equal(await by(page, "agreement").locator("canvas").count(), 0);
  assert.equal(await by(page, "soft-targets").locator("tbody tr").count(), 10, "a text's soft targets, class by class");
  await accessible(page);
  quiet(opened);
  await opened.close();
});

test("three networks are averaged, and teach one that never saw a class", async () => {
  const opened = await same({
    data: { samples: 400 },
    network: { architecture: "mlp", widths: [16] },
    training: { epochs: 1 },
    variants: [
      { name: "member", members: 3 },
      { name: "three", ensemble: ["member"] },
      {
        name: "student",
        from: "three",
        steps: [{ distill: { alpha: 1, transfer: { without: [3], correct_bias: true }, student: { architecture: "mlp", widths: [8] } } }],
      },
      {
        name: "relations",
        from: "member 2",
        steps: [{ distill: { method: "relational-distance", student: { architecture: "mlp", widths: [8] }, training: { epochs: 1, jitter: 2, mixup: 0.2, label_smoothing: 0.1, max_norm: 2 } } }],
      },
    ],
  });
  const { page } = opened;
  await rows(page, 6);
  await by(page, "agreement-variant").selectOption("student");
  assert.match(await by(page, "agreement-start").innerText(), /Compare with three/);
  await accessible(page);
  quiet(opened);
  await opened.close();
});
