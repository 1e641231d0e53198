// Keeps the site in the browser, so that it works without a network after the first visit. Each version of the site has a cache
// of its own, which is filled before the version is taken and never changed: what is shown and what computes are of one version.
// Files are known by their hashes, and the browser refuses what has another: half a deployment is not taken, and what a new
// version shares with the one before is not loaded again. Data stays in a cache of its own, once it was used or asked for.

// Both are written by xtask/offline.mjs when the site is built: a hash of all, and each file's path, SHA-256 and bytes, what is
// needed first standing first.
const VERSION = "";
const FILES = [];

const SCOPE = self.registration.scope;
const SITE = `${SCOPE} ${VERSION}`;
const DATA = `${SCOPE} data`;
/** Files that are loaded side by side: few, since they are not waited for. */
const AT_ONCE = 3;

// A module with one instruction of relaxed SIMD, as in worker-start.js: of the two engines, only the one that this browser
// takes is kept.
const RELAXED = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253,
  128, 2, 11,
];
const relaxed = WebAssembly.validate(Uint8Array.from(RELAXED));
const ofOtherEngine = (path) => (relaxed ? /^worker(_bg|-parts|-extra|-shared|\.js)/ : /^worker-relaxed/).test(path);

const files = FILES.map(([path, hash, bytes]) => ({ path, hash, bytes, isData: path.startsWith("data/") }));
const data = files.filter((file) => file.isData);
const byPath = new Map(files.map((file) => [file.path, file]));

/** Under which address a file is kept: another content is another address. */
const key = (file) => new URL(`${file.path}?${encodeURIComponent(file.hash)}`, SCOPE).href;

/** A file from the network, or from what the browser keeps of it, if it is of this version. */
async function load(file) {
  // Some hosts lead from index.html to its folder, and a page must not come by such a way.
  const url = new URL(file.path === "index.html" ? "" : file.path, SCOPE);
  const wanted = { integrity: `sha256-${file.hash}`, priority: "low" };
  let response = await fetch(url, wanted).catch(() => undefined);
  response ??= await fetch(url, { ...wanted, cache: "reload" });
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${file.path}`);
  return response;
}

async function install() {
  const cache = await caches.open(SITE);
  const wanted = files.filter((file) => !file.isData && !ofOtherEngine(file.path)).values();
  const some = async () => {
    for (const file of wanted) {
      if (await cache.match(key(file))) continue;
      // A cache of an earlier version may have it.
      await cache.put(key(file), (await caches.match(key(file))) ?? (await load(file)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
}

async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith(`${SCOPE} `) && ![SITE, DATA].includes(name));
  await Promise.all(names.map((name) => caches.delete(name)));
  const current = new Set(data.map(key));
  const cache = await caches.open(DATA);
  const old = (await cache.keys()).filter((request) => !current.has(request.url));
  await Promise.all(old.map((request) => cache.delete(request)));
  await self.clients.claim();
}

async function answer(file, event) {
  const kept = await caches.match(key(file));
  if (kept) return kept;
  const response = await load(file).catch(() => undefined);
  if (!response) return fetch(event.request); // so that what is wrong is told as it is
  const copy = response.clone();
  const keep = async () => (await caches.open(file.isData ? DATA : SITE)).put(key(file), copy);
  event.waitUntil(keep().catch(() => {})); // no room: it is loaded again the next time
  return response;
}

/** Bytes of data that are kept, and of all there are. */
async function amounts() {
  const there = new Set((await (await caches.open(DATA)).keys()).map((request) => request.url));
  const sum = (some) => some.reduce((bytes, file) => bytes + file.bytes, 0);
  return { kept: sum(data.filter((file) => there.has(key(file)))), total: sum(data) };
}

/** What the page may ask, and how it is answered, through a port. */
const ASKED = {
  async data(tell) {
    tell({ ...(await amounts()), ended: true });
  },
  /** All of the data, or these files. */
  async keep(tell, ...paths) {
    const cache = await caches.open(DATA);
    for (const file of data.filter(({ path }) => paths.length === 0 || paths.includes(path))) {
      if (await cache.match(key(file))) continue;
      try {
        await cache.put(key(file), await load(file));
      } catch (error) {
        const full = error.name === "QuotaExceededError";
        return tell({ ...(await amounts()), ended: true, trouble: full ? "full" : "network" });
      }
      tell({ ...(await amounts()), ended: false });
    }
    tell({ ...(await amounts()), ended: true });
  },
  async forget(tell) {
    await caches.delete(DATA);
    tell({ ...(await amounts()), ended: true });
  },
  /** Of the version that waits: to be taken now, if no other window would be left between two versions. */
  async takeOver(tell) {
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const open = windows.filter((window) => window.url.startsWith(SCOPE)).length;
    tell({ windows: open });
    if (open <= 1) await self.skipWaiting();
  },
};

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || !url.startsWith(SCOPE)) return;
  const file = byPath.get(url.slice(SCOPE.length).split(/[?#]/)[0] || "index.html");
  if (file) event.respondWith(answer(file, event));
});
self.addEventListener("message", (event) => {
  const [word, ...more] = String(event.data).split(" ");
  const [port] = event.ports;
  if (ASKED[word] && port) event.waitUntil(ASKED[word]((said) => port.postMessage(JSON.stringify(said)), ...more));
});
