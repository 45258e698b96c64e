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
  const ANSWER = 2;
  const names = { 2: "review", 4: "picture" };
  const starts = {};
  // Bytes of postcard (web/src/protocol.rs): the number of the question, in as many bytes as it needs, and which it is.
  const which = (bytes, at) => {
    while (bytes[at] > 127) at += 1;
    return names[bytes[at + 1]];
  };
  addEventListener("message", ({ data }) => {
    const name = data?.[0] && which(data[0], 0);
    if (name) starts[name] = performance.now();
  });
  const post = self.postMessage;
  self.postMessage = (message, ...more) => {
    const name = message[0] === ANSWER && which(message, 1);
    if (name) said.postMessage({ name, ms: performance.now() - starts[name], memory: memory.buffer.byteLength });
    return post.call(self, message, ...more);
  };
`;
const afterwards = `
  removeEventListener("message", keep);
  for (const { data, ports } of early) dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
`;
window.bench = {};
new BroadcastChannel("bench").onmessage = ({ data }) => (window.bench[data.name] = data);
// What a person feels: how long the page was busy at a stretch, and how long a key or a click went without an answer.
const feel = (type, keep) =>
  new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({ type, durationThreshold: 16 });
window.felt = { task: 0, answer: 0 };
feel("longtask", ({ duration }) => (felt.task = Math.max(felt.task, duration)));
feel("event", ({ duration }) => (felt.answer = Math.max(felt.answer, duration)));
let script;
new MutationObserver((_, observer) => {
  const worker = document.querySelector("meta[name=foreshock-worker]");
  if (worker?.content.startsWith("./")) script = new URL(worker.content, document.baseURI).href;
  if (!worker?.content.startsWith("blob:")) return;
  observer.disconnect();
  const start = `${inWorker}\nawait import(${JSON.stringify(script)});\n${afterwards}`;
  worker.content = URL.createObjectURL(new Blob([start], { type: "text/javascript" }));
}).observe(document, { childList: true, subtree: true, attributes: true });
