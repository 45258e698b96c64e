// Starts the worker's WebAssembly. The page creates it as a module worker (see the comment in index.html).
import start from "./worker.js";

// What a review needs rarely is a program of its own, fetched when it is first needed (worker/extras.rs).
let extras;
self.foreshockExtras = () =>
  (extras ??= import("./extras.js").then(async (module) => {
    await module.default();
    return module;
  }));

// The fingerprints of large files are worked out in a worker of its own (worker/fingerprints.rs). It is made from a blob, as
// this one is, so that it stays under the page's content security policy. The promise is kept once it can be given files.
self.foreshockBeside = () =>
  new Promise((ready, fail) => {
    const extras = JSON.stringify(new URL("./extras.js", import.meta.url).href);
    const code = `
      import start, { fingerprint } from ${extras};
      addEventListener("message", async ({ data }) => {
        const found = [];
        for (const file of data) found.push(await fingerprint(file));
        postMessage(found);
      });
      start().then(() => postMessage(true), () => postMessage(false));`;
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module" });
    worker.onerror = fail;
    worker.onmessage = ({ data: hasStarted }) => {
      URL.revokeObjectURL(url);
      if (!hasStarted) fail();
      ready(
        (files) =>
          new Promise((resolve, reject) => {
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = reject;
            worker.postMessage(files);
          }).finally(() => worker.terminate()),
      );
    };
  });

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
