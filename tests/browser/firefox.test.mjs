// The same bits in a second engine: Firefox, driven by geckodriver. `cargo xtask test browser` names both.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Builder, By, until } from "selenium-webdriver";
import { Options, ServiceBuilder } from "selenium-webdriver/firefox.js";
import { TOY, WEBGPU, commandLine, serve } from "./helper.mjs";

/** Once is enough: WebGPU is Chromium's here. */
const once = { skip: WEBGPU };
const PATIENCE = 120_000;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const firefox = process.env.FIREFOX ?? ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => existsSync(path));
const geckodriver = process.env.GECKODRIVER ?? join(ROOT, ".tools", "bin", "geckodriver");

let site, driver;
before(async () => {
  if (WEBGPU) return;
  assert.ok(firefox && existsSync(firefox), "no Firefox was found; install it, or name one with the environment variable FIREFOX");
  assert.ok(existsSync(geckodriver), `${geckodriver} is not there; run \`cargo xtask test browser\`, which installs it`);
  site = await serve();
  const options = new Options().setBinary(firefox).addArguments("-headless").windowSize({ width: 1280, height: 900 });
  driver = await new Builder().forBrowser("firefox").setFirefoxOptions(options).setFirefoxService(new ServiceBuilder(geckodriver)).build();
});
after(async () => {
  await driver?.quit();
  await site?.close();
});

const by = (id) => By.css(`[data-testid=${id}]`);
const root = (name) => driver.executeScript((name) => document.documentElement.dataset[name], name);
const there = (what) => driver.wait(until.elementLocated(what), PATIENCE);

async function visit(fragment) {
  // Another fragment alone would not load the page anew.
  await driver.get("about:blank");
  await driver.get(site.url + fragment);
  await driver.wait(async () => (await root("parts")) === "all" && (await root("state")) === "ready", PATIENCE);
}

async function run() {
  await driver.findElement(by("run")).click();
  await driver.wait(async () => (await root("state")) === "done", PATIENCE);
  return driver.findElement(by("digest")).getText();
}

test("an experiment from a link comes to the digest of the command line", once, async () => {
  const images = { ...TOY, title: "Images", data: { samples: 600 }, network: { architecture: "lenet-5" }, training: { epochs: 1 } };
  for (const recipe of [TOY, images]) {
    const native = commandLine(recipe);
    await visit(native.link());
    assert.equal(await run(), native.digest(), recipe.title);
  }
});

test("an experiment is built, run and shared, and the command line comes to the same", once, async () => {
  await visit("");
  await driver.findElement(By.xpath("//*[@data-testid='preset']/option[.='Watch a decision boundary']")).click();
  assert.equal((await driver.findElements(by("variant"))).length, 3);
  await driver.findElement(by("add-variant")).click();
  assert.equal((await driver.findElements(by("variant"))).length, 4);
  const digest = await run();
  assert.match(digest, /^\w{32}$/);
  assert.equal((await driver.findElements(By.css("[data-testid=results-table] tbody tr"))).length, 4);
  await driver.findElement(by("share")).click();
  const link = await (await there(by("share-text"))).getAttribute("value");
  assert.match(commandLine(TOY).run(link), /same as the link's result, bit for bit/);
});

test("what was run outlives a reload", once, async () => {
  await visit(commandLine(TOY).link());
  const digest = await run();
  await driver.wait(async () => (await root("kept")) === "yes", PATIENCE);
  await driver.navigate().refresh();
  await (await there(by("run-item"))).click();
  await driver.wait(async () => (await driver.findElement(by("digest")).getText()) === digest, PATIENCE);
});

test("the page is kept for use without a network", once, async () => {
  await visit("#device");
  const stage = await there(by("offline-stage"));
  await driver.wait(async () => (await stage.getText()).includes("without a network"), PATIENCE);
});
