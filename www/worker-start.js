// Starts a worker: the engine, which says "ready" once it takes messages.
import start from "./worker.js";

start({ module_or_path: new URL("./worker_bg.wasm", import.meta.url) });
