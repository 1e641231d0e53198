// Writes the site's service worker into a folder with the built site: www/service-worker.js with the list of all files that it
// keeps, each with its hash. What the first view takes stands first.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const SERVICE_WORKER = "service-worker.js";
const SOURCE = fileURLToPath(new URL(`../www/${SERVICE_WORKER}`, import.meta.url));

/** Compressed forms, what data says of itself, and the service worker, which a browser keeps in its own way. */
const LEFT_OUT = /\.(br|gz)$|^data\/.*(README\.md|LICENSE)$|^service-worker\.js$/;
const ORDER = [/^index\.html$/, /^(style\.css|start\.js|page\.js|page-parts\.js|page_bg\.wasm|favicon\.svg)$/, /^page/, /^worker/, /^(?!data\/)/, /^/];

const rank = (path) => ORDER.findIndex((pattern) => pattern.test(path));
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("base64");

export function writeServiceWorker(folder) {
  const paths = readdirSync(folder, { recursive: true }).map((path) => path.replaceAll("\\", "/"));
  const kept = paths.filter((path) => !LEFT_OUT.test(path) && statSync(join(folder, path)).isFile());
  kept.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const files = kept.map((path) => {
    const bytes = readFileSync(join(folder, path));
    return [path, sha256(bytes), bytes.length];
  });
  const list = JSON.stringify(files);
  const filled = { VERSION: JSON.stringify(sha256(list).slice(0, 12)), FILES: list };
  let text = readFileSync(SOURCE, "utf8");
  for (const [name, value] of Object.entries(filled)) {
    const line = new RegExp(`^const ${name} = .*;$`, "m");
    if (!line.test(text)) throw new Error(`${SOURCE} has no line that begins with: const ${name} =`);
    text = text.replace(line, () => `const ${name} = ${value};`);
  }
  writeFileSync(join(folder, SERVICE_WORKER), text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeServiceWorker(process.argv[2]);
