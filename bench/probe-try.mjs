import { chromium } from "playwright-core";
import { serve } from "./server.mjs";
import { flags } from "./gpu-table.mjs";
const server = await serve();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", ...flags(false)] });
const page = await browser.newPage();
await page.goto(`${server.url}/bench/pages/contender.html`);
await page.evaluate(async () => { globalThis.c = await import("./tfjs.mjs"); await c.start({ backend: "webgpu" }); });
for (const w of process.argv.slice(2)) {
  const t = Date.now();
  const r = await page.evaluate((w) => c.measure(w.split("@")[0], { count: 3, milliseconds: Number(w.split("@")[1]) }).catch((e) => String(e)), w);
  console.log(w, (Date.now() - t) / 1000, JSON.stringify(r));
}
await browser.close(); await server.close();
