// Takes comments and space out of the scripts of a folder, lists its files in the service worker, writes a .br and a .gz beside every file that is text or
// WebAssembly, and lists what they come to. Node has both compressors, at their best settings. Shards are left out: they are
// compressed already.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { transformSync } from "esbuild";
import { SERVICE_WORKER, writeServiceWorker } from "./offline.mjs";

const KINDS = [".html", ".js", ".css", ".wasm", ".svg", ".json", ".md", ".txt", ".webmanifest"];

// What the encoder makes of a binary hangs on where its blocks happen to fall: a changed line number alone moves the workers' by
// two kilobytes. So it is tried in several ways, and the shortest is taken.
const { BROTLI_MODE_GENERIC, BROTLI_MODE_FONT } = constants;
const WAYS = [
  { mode: BROTLI_MODE_GENERIC, block: 0 },
  { mode: BROTLI_MODE_GENERIC, block: 16 },
  { mode: BROTLI_MODE_FONT, block: 16 },
];

// Off the script's own thread, so that all cores have something to do.
const [withBrotli, withGzip] = [promisify(brotliCompress), promisify(gzip)];
const brotli = async (bytes) => {
  const tried = await Promise.all(
    WAYS.map(({ mode, block }) =>
      withBrotli(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
          [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
          [constants.BROTLI_PARAM_MODE]: mode,
          [constants.BROTLI_PARAM_LGBLOCK]: block,
        },
      }),
    ),
  );
  return tried.reduce((shortest, one) => (one.length < shortest.length ? one : shortest));
};

const folder = process.argv[2];
const shorten = (path) => {
  const kind = extname(path) === ".css" ? { loader: "css" } : { format: "esm", target: "es2022" };
  writeFileSync(path, transformSync(readFileSync(path, "utf8"), { minify: true, ...kind }).code);
};

const names = readdirSync(folder, { recursive: true }).filter((name) => KINDS.includes(extname(name)));
names.filter((name) => [".js", ".css"].includes(extname(name))).forEach((name) => shorten(join(folder, name)));
// It has the hashes of all the others, as they are served.
writeServiceWorker(folder);
shorten(join(folder, SERVICE_WORKER));
// Each file's bytes as it is, with brotli, and with gzip.
const pack = async (name) => {
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const packed = await Promise.all([brotli(bytes), withGzip(bytes, { level: 9 })]);
  const sizes = packed.map((packed, at) => {
    const to = path + [".br", ".gz"][at];
    const gains = packed.length < 0.95 * bytes.length;
    if (gains) writeFileSync(to, packed);
    else rmSync(to, { force: true });
    return gains ? packed.length : bytes.length;
  });
  return [bytes.length, ...sizes];
};
const sizes = await Promise.all(names.map(pack));
names.forEach((name, at) => console.log(`${name.padEnd(24)}${sizes[at].map((size) => String(size).padStart(10)).join("")}`));
