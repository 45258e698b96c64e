// Starts the page's WebAssembly. An external file, because the content security policy refuses inline scripts.
const status = document.getElementById("boot");
const ui = document.querySelector("meta[name=foreshock-ui]");
const worker = document.querySelector("meta[name=foreshock-worker]");
const absolute = (url) => new URL(url, document.baseURI).href;

// A worker from a file of the site has no content security policy on a static host, and could send the input
// anywhere. One from a blob inherits the policy of this page. (Measured with Chromium 156: a fetch to another origin
// left the first and was refused in the second.)
const start = `import ${JSON.stringify(absolute(worker.content))};`;
worker.content = URL.createObjectURL(new Blob([start], { type: "text/javascript" }));

try {
  const { default: run } = await import(absolute(ui.content));
  await run({ module_or_path: absolute(ui.dataset.wasm) });
  status?.remove();
  // For the next visit without a network. Where a browser refuses (private mode, plain http), the page works all the same.
  navigator.serviceWorker?.register(absolute("./offline.js")).catch(() => {});
} catch (error) {
  const said = status ?? document.body.appendChild(document.createElement("p"));
  said.setAttribute("role", "alert");
  said.textContent =
    `Foreshock could not start (${error}). Reload the page. If that does not help, use a current ` +
    "Chrome, Edge, Firefox or Safari, and check that WebAssembly is allowed for this site.";
  throw error;
}
