// Models as files: what the page hands out is what the command line writes, byte for byte.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { TOY, by, commandLine, launch, open, quiet, run, serve } from "./helper.mjs";

let site, browser;
before(async () => ([site, browser] = [await serve(), await launch()]));
after(async () => {
  await browser?.close();
  await site?.close();
});

/** What a button hands over: its name and its bytes. */
async function download(page, button) {
  const [handed] = await Promise.all([page.waitForEvent("download"), by(page, button).click()]);
  return { name: handed.suggestedFilename(), bytes: readFileSync(await handed.path()) };
}

test("a variant is downloaded in every form", async () => {
  const own = commandLine(TOY);
  const opened = await open(browser, site.url + own.link());
  const { page } = opened;
  await run(page);
  for (const variant of ["pruned", "int8"]) {
    await by(page, "inside-variant").selectOption(variant);
    for (const ending of ["fwm", "onnx", "safetensors", "npz", "h"]) {
      if (ending === "h" && variant === "pruned") {
        await by(page, "download-h").click();
        await by(page, "error").waitFor();
        assert.match(await by(page, "error").innerText(), /computes in floats; quantize it/);
        continue;
      }
      const { name, bytes } = await download(page, `download-${ending}`);
      assert.equal(name, `${variant}.${ending}`);
      assert.ok(bytes.equals(own.exported(variant, ending)), `${name} of ${bytes.length} bytes differs from the command line's`);
    }
  }
  quiet(opened);
  await opened.close();
});

test("a part that does not come is told of, and the page goes on", async () => {
  const broken = await serve((path) => /worker.*-extra-/.test(path));
  const opened = await open(browser, broken.url + commandLine({ ...TOY, variants: TOY.variants.slice(0, 3) }).link(), { expected: [/status of 404/, /HTTP status code is not ok/] });
  const { page } = opened;
  await run(page);
  await by(page, "download-onnx").click();
  await by(page, "error").waitFor();
  assert.match(await by(page, "error").innerText(), /did not load/);
  assert.match((await download(page, "download-fwm")).name, /^dense\.fwm$/);
  quiet(opened);
  await opened.close();
  await broken.close();
});
