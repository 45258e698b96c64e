// Keeps the page usable without a network. `cargo xtask build` fills in the two constants (xtask/src/dist.rs).
const VERSION = "@version@";
// Other pages may live on the same host: what is theirs is theirs.
const OURS = `foreshock ${registration.scope} `;
const KEPT = OURS + VERSION;
const FILES = "@files@".split(" ");

addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)));
});

addEventListener("activate", (event) => {
  const forget = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== KEPT);
    await Promise.all(old.map((name) => caches.delete(name)));
    await clients.claim();
  };
  event.waitUntil(forget());
});

// The page itself comes from the network while there is one, so that nobody keeps an old version; all else bears the hash of
// its content in its name.
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  const kept = async () => (await caches.open(KEPT)).match(request.mode === "navigate" ? "./" : request);
  const answer = async () =>
    request.mode === "navigate"
      ? fetch(request).catch(async () => (await kept()) ?? Response.error())
      : ((await kept()) ?? fetch(request));
  event.respondWith(answer());
});
