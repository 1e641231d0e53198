// What Lighthouse finds on each place. Performance hangs on the machine that measures, so it is printed and not judged.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import lighthouse from "lighthouse";
import { PLACES, WEBGPU, launch, serve } from "./helper.mjs";

/** Of 100. */
const LEAST = 95;
/** Once is enough: nothing here looks at WebGPU. */
const once = { skip: WEBGPU };

let site, browser, port;
before(async () => {
  if (WEBGPU) return;
  port = await freePort();
  site = await serve(undefined, undefined, true);
  browser = await launch(`--remote-debugging-port=${port}`);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

function freePort() {
  const probe = createServer();
  return new Promise((resolve) =>
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    }),
  );
}

for (const { name, fragment } of PLACES) {
  test(`Lighthouse on the ${name}`, once, async () => {
    const { lhr } = await lighthouse(site.url + fragment, { port, logLevel: "error", output: "json" });
    const score = (id) => Math.round(lhr.categories[id].score * 100);
    const figures = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"];
    console.log(`performance of the ${name}: ${score("performance")} (${figures.map((id) => `${id} ${lhr.audits[id].displayValue}`).join(", ")})`);
    for (const id of ["accessibility", "best-practices", "seo"]) {
      const failed = lhr.categories[id].auditRefs.map((ref) => lhr.audits[ref.id]).filter((audit) => audit.score !== null && audit.score < 1);
      assert.ok(score(id) >= LEAST, `${id}: ${score(id)}; ${failed.map((audit) => `${audit.id}: ${audit.title}`).join("; ")}`);
    }
  });
}
