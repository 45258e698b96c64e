//! The inside of the page's worker, by way of the DevTools protocol: to see from there what the page's policy allows, and
//! to make it die as workers do.

use serde_json::{Value, json};

use crate::page::Page;
use crate::wire::{OrFail, devtools};

/// Has the worker evaluate an expression, and returns what it comes to.
pub(crate) async fn ask(page: &Page, expression: &str) -> Value {
    // The driver hands on no answers of a worker. A channel within the origin does.
    page.js("window.worker = {}; new BroadcastChannel('journey').onmessage = event => { window.worker.said = event.data; };").await;
    let said = format!(
        "(async () => {{ let said; try {{ said = {{ value: await ({expression}) }}; }} catch (error) {{ said = {{ error: String(error) }}; }} \
         new BroadcastChannel('journey').postMessage(said); }})()"
    );
    tell(page, &said).await;
    let answer = page.until("an answer from inside the worker", "return window.worker.said").await;
    assert!(answer.get("error").is_none(), "{expression}: {answer}");
    answer["value"].clone()
}

/// Has the worker run something, and does not wait for what comes of it.
pub(crate) async fn tell(page: &Page, code: &str) {
    let worker = target(page).await.expect("the page has a worker");
    command(page, &worker, "Runtime.evaluate", &json!({ "expression": code })).await;
}

/// Sends a command to a target of the browser that is not the page.
async fn command(page: &Page, target: &str, method: &str, params: &Value) {
    let attached = devtools(page.driver(), "Target.attachToTarget", json!({ "targetId": target, "flatten": false }));
    let session = attached.await.or_fail("a worker that can be attached to")["sessionId"].clone();
    let command = json!({ "id": 1, "method": method, "params": params });
    let message = json!({ "sessionId": session, "message": command.to_string() });
    devtools(page.driver(), "Target.sendMessageToTarget", message).await.or_fail("a worker that listens");
}

/// From now on nothing reaches the network, neither from the page nor from what stands between the two.
pub(crate) async fn is_cut_off(page: &Page) {
    let offline = json!({ "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    let between = page.wait("a service worker", async || of_type(page, "service_worker").await).await;
    command(page, &between, "Network.enable", &json!({})).await;
    command(page, &between, "Network.emulateNetworkConditions", &offline).await;
    devtools(page.driver(), "Network.emulateNetworkConditions", offline).await.or_fail("a network to take away");
}

/// Waits until the worker has started and the page listens for its end: the page then queues for the lock that the worker has.
pub(crate) async fn is_up(page: &Page) {
    let queued = "return navigator.locks.query().then(locks => locks.pending.some(lock => lock.name.startsWith('foreshock-worker')))";
    page.until("the worker to be up", queued).await;
}

/// The browser's id for the worker that is there now; each worker has another.
pub(crate) async fn target(page: &Page) -> Option<String> {
    of_type(page, "worker").await
}

async fn of_type(page: &Page, kind: &str) -> Option<String> {
    let targets = devtools(page.driver(), "Target.getTargets", json!({})).await.or_fail("the browser's targets");
    let targets = targets["targetInfos"].as_array()?;
    let worker = targets.iter().find(|target| target["type"] == kind)?;
    worker["targetId"].as_str().map(str::to_owned)
}

/// Waits until this worker is gone and another is in its place.
pub(crate) async fn is_replaced(page: &Page, worker: &str) {
    page.wait("another worker", async || target(page).await.filter(|now| now != worker)).await;
}
