// Starts the worker's WebAssembly. The page creates it as a module worker (see the comment in index.html).
import start from "./worker.js";

// A rejected promise stays inside a worker, a reported error reaches the page's `onerror`. The page has to hear
// of every trap, or it would wait for a dead worker.
addEventListener("unhandledrejection", (event) => reportError(event.reason));

// What the page sends before Rust listens would be lost: keep it, and hand it over in the same order.
const early = [];
const keep = (event) => early.push(event);
addEventListener("message", keep);
await start();
removeEventListener("message", keep);
for (const { data, ports } of early) {
  dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
}
