// Runs before the page's scripts. The page makes its worker from the URL in a meta element: put one there that watches the
// worker first, and then starts it.
const inWorker = `
  const early = [];
  const keep = (event) => {
    event.stopImmediatePropagation();
    early.push(event);
  };
  addEventListener("message", keep);
  const said = new BroadcastChannel("bench");
  const instantiate = WebAssembly.instantiateStreaming;
  let memory;
  WebAssembly.instantiateStreaming = async (...given) => {
    const made = await instantiate(...given);
    memory ??= made.instance.exports.memory;
    return made;
  };
  let start = 0;
  addEventListener("message", ({ data }) => {
    if (String(data?.[0]).includes('"ReviewFiles"')) start = performance.now();
  });
  const post = self.postMessage;
  self.postMessage = (message, ...more) => {
    if (/^{"Answer".*"ReviewFiles"/.test(String(message).slice(0, 200)))
      said.postMessage({
        ms: performance.now() - start,
        memory: memory.buffer.byteLength,
        nodes: JSON.parse(message).Answer.reply.ReviewFiles.standing.Reviewed?.nodes ?? 0,
      });
    return post.call(self, message, ...more);
  };
`;
const afterwards = `
  removeEventListener("message", keep);
  for (const { data, ports } of early) dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
`;
new BroadcastChannel("bench").onmessage = ({ data }) => (window.bench = data);
let script;
new MutationObserver((_, observer) => {
  const worker = document.querySelector("meta[name=foreshock-worker]");
  if (worker?.content.startsWith("./")) script = new URL(worker.content, document.baseURI).href;
  if (!worker?.content.startsWith("blob:")) return;
  observer.disconnect();
  const start = `${inWorker}\nawait import(${JSON.stringify(script)});\n${afterwards}`;
  worker.content = URL.createObjectURL(new Blob([start], { type: "text/javascript" }));
}).observe(document, { childList: true, subtree: true, attributes: true });
