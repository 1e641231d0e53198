// Networks of other tools: read, mapped, adopted, run, kept, asked for where they are missing; and the picture of a network.
import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { by, commandLine, launch, open, quiet, run, serve, state } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

/** Two hidden layers of one shape, which shapes cannot tell apart. */
const RECIPE = {
  version: 1,
  title: "Elsewhere",
  data: { dataset: "moons", samples: 400 },
  network: { architecture: "mlp", widths: [8, 8, 8] },
  training: { epochs: 8, learning_rate: 0.02 },
  variants: [{ name: "dense" }],
};

const accessible = async (page) => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
};

/** The file of a state dict whose modules are called otherwise, in an order that is not theirs. */
function elsewhere(file, names) {
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + length));
  const renamed = Object.entries(header).map(([name, tensor]) => {
    const [module, part] = name.split(".");
    return [names[module] ? `${names[module]}.${part}` : name, tensor];
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(renamed)));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, file.subarray(8 + length)]);
}

const pick = (page, id, name, buffer) => by(page, id).setInputFiles({ name, mimeType: "application/octet-stream", buffer });

/** The accuracy of a variant in the table of results. */
async function accuracy(page, variant) {
  const row = page.locator(".variants-table tbody tr", { has: page.getByText(variant, { exact: true }) }).first();
  return (await row.innerText()).match(/\d+\.\d+\s*%/)[0];
}

/** What the experiment under edit says. */
async function recipe(page) {
  await page.locator("details.json").evaluate((details) => (details.open = true));
  return JSON.parse(await by(page, "recipe-json").inputValue());
}

async function imported(page) {
  return (await recipe(page)).variants.find((variant) => variant.imported).imported;
}

const laidOut = { ...RECIPE, variants: [{ name: "here", network: { architecture: "logistic-regression" } }] };

test("a network is picked, mapped, adopted and run, and is the one that it was", async () => {
  const native = commandLine(RECIPE);
  const file = elsewhere(native.exported("dense", "safetensors"), { fc1: "in", fc2: "layer.b", fc3: "layer.a", fc4: "out" });
  const original = native.said().match(/^dense\s+(\d+\.\d+) %/m)[1];
  const opened = await open(browser, site.url + commandLine(laidOut).link());
  const { page } = opened;
  await by(page, "import").click();
  await pick(page, "import-file", "elsewhere.safetensors", file);
  await by(page, "mapping").waitFor();
  await accessible(page);
  assert.match(await by(page, "import-status").innerText(), /8-8-8.*\d+ parameters/s);
  const chosen = () => page.evaluate(() => ["fc2", "fc3"].map((module) => document.querySelector(`[data-testid=module-${module}]`)?.value));
  assert.deepEqual(await chosen(), ["layer.a", "layer.b"], "in the order of the file");
  await by(page, "module-fc2").selectOption("layer.b");
  await page.waitForFunction(() => document.querySelector("[data-testid=module-fc3]")?.value === "layer.a");
  assert.deepEqual(await chosen(), ["layer.b", "layer.a"], "what one takes, the other leaves");
  await by(page, "import-add").click();
  await by(page, "dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.documentElement.dataset.supplied === "yes");
  const written = await recipe(page);
  assert.deepEqual(written.variants.map((variant) => variant.name), ["here", "imported", "pruned", "int8", "pruned, int8"]);
  await run(page);
  assert.equal(Number.parseFloat(await accuracy(page, "imported")), Number(original));
  const digest = await by(page, "digest").innerText();

  await page.reload();
  await page.waitForFunction(() => document.documentElement.dataset.parts === "all");
  assert.equal(await by(page, "missing-file").count(), 0, "it is kept in this browser");
  await run(page);
  assert.equal(await by(page, "digest").innerText(), digest);
  quiet(opened);
  await opened.close();

  // In another browser the file is not there: it is asked for, and nothing runs before.
  const link = commandLine(written).link();
  const fresh = await open(browser, site.url + link);
  await by(fresh.page, "missing-file").waitFor();
  assert.ok((await by(fresh.page, "missing-file").innerText()).includes(await imported(fresh.page)));
  await by(fresh.page, "run").click();
  await fresh.page.waitForFunction(() => document.activeElement?.id === "supply");
  assert.equal(await fresh.page.evaluate(() => document.documentElement.dataset.state), "ready");
  await accessible(fresh.page);
  // The file that the model was made of makes another model without the mapping; the model itself is taken.
  await pick(fresh.page, "supply", "elsewhere.safetensors", file);
  await by(fresh.page, "error").filter({ hasText: "another file" }).waitFor();
  await pick(fresh.page, "supply", "elsewhere.fwm", native.exported("dense", "fwm"));
  await by(fresh.page, "missing-file").waitFor({ state: "detached" });
  await run(fresh.page);
  assert.equal(await by(fresh.page, "digest").innerText(), digest);
  quiet(fresh);
  await fresh.close();
});

test("a network that is dropped anywhere opens the panel, and begins an experiment of its own", async () => {
  const opened = await open(browser, site.url + commandLine(laidOut).link());
  const { page } = opened;
  const bytes = commandLine(RECIPE).exported("dense", "onnx").toString("base64");
  await page.evaluate((bytes) => {
    const file = new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], "there.onnx");
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(file);
    document.querySelector("#results").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
  }, bytes);
  await by(page, "mapping").waitFor();
  await page.getByRole("checkbox", { name: "With variants of it" }).uncheck();
  await by(page, "import-begin").click();
  await by(page, "dialog").waitFor({ state: "detached" });
  const written = await recipe(page);
  assert.deepEqual(written.variants.map((variant) => variant.name), ["imported"]);
  assert.equal(written.title, "What becomes of there.onnx");
  await run(page);
  assert.match(await accuracy(page, "imported"), /%/);
  quiet(opened);
  await opened.close();
});

test("what cannot be read is a sentence", async () => {
  const opened = await open(browser, site.url + commandLine(laidOut).link());
  const { page } = opened;
  await by(page, "import").click();
  const onnx = commandLine(RECIPE).exported("dense", "onnx");
  const at = onnx.indexOf("Relu");
  const unknown = Buffer.from(onnx);
  unknown.write("Abcd", at);
  for (const [name, file, said] of [
    ["noise.safetensors", Buffer.from("not a network at all"), /cannot be read|not a whole/],
    ["model.pt", Buffer.concat([Buffer.from("PK\u0003\u0004"), Buffer.alloc(40)]), /torch\.save/],
    ["strange.onnx", unknown, /operator Abcd of node/],
    ["cut.onnx", onnx.subarray(0, 200), /cannot be read/],
    ["broken.fwm", Buffer.from("FWM1\u0000\u0001\u0001"), /model file/],
  ]) {
    await pick(page, "import-file", name, file);
    await page.waitForFunction((said) => new RegExp(said).test(document.querySelector("[data-testid=import-error]")?.innerText ?? ""), said.source);
    assert.equal(await by(page, "mapping").count(), 0);
  }
  await accessible(page);
  await page.keyboard.press("Escape");
  await by(page, "dialog").waitFor({ state: "detached" });
  quiet(opened);
  await opened.close();
});

test("a network is drawn layer by layer, and a layer is chosen by keyboard", async () => {
  const opened = await open(browser, site.url + commandLine({
    version: 1,
    data: { samples: 100 },
    network: { architecture: "resnet-small", widths: [2, 2, 2] },
    training: { epochs: 1 },
    variants: [{ name: "dense" }, { name: "int8", from: "dense", steps: [{ quantize: {} }] }, { name: "two", ensemble: ["dense", "int8"] }],
  }).link());
  const { page } = opened;
  await run(page);
  await by(page, "layers").locator("summary").first().click();
  await by(page, "network-picture").waitFor();
  const layers = () => by(page, "network-layer").count();
  const dense = await layers();
  assert.ok(dense > 20, `${dense} layers`);
  assert.ok((await page.locator(".network .skip").count()) >= 3, "skip connections");
  const weighty = by(page, "network-layer").and(page.locator(".weighty"));
  await weighty.last().focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /10/.test(document.querySelector("[data-testid=network-details]").innerText));
  assert.equal(await by(page, "inside-layer").evaluate((select) => select.selectedIndex), (await weighty.count()) - 1);
  await accessible(page);
  await by(page, "inside-variant").selectOption("int8");
  await page.waitForFunction((dense) => document.querySelectorAll("[data-testid=network-layer]").length < dense, dense);
  assert.match(await by(page, "network-picture").innerHTML(), /8 bits/);
  await by(page, "inside-variant").selectOption("two");
  await by(page, "network-member").selectOption({ index: 1 });
  await by(page, "layers").locator("details.numbers summary").click();
  await by(page, "layers").locator("details.numbers table").waitFor();
  await accessible(page);
  quiet(opened);
  await opened.close();
});
