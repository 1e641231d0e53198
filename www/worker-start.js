// Starts a worker: the engine, which says "ready" once it takes messages. Where the browser knows relaxed SIMD, the engine
// is the one that uses it; that is found out with a module of one such instruction.
const RELAXED = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253,
  128, 2, 11,
];
const name = WebAssembly.validate(Uint8Array.from(RELAXED)) ? "worker-relaxed" : "worker";
const { default: start } = await import(`./${name}.js`);

start({ module_or_path: new URL(`./${name}_bg.wasm`, import.meta.url) });
