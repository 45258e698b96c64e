//! The bridge against real workers that behave, crash, leave and stay silent.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that meets an error stops right there")]

use std::cell::RefCell;
use std::rc::Rc;

use foreshock_web::bridge::{Bridge, Cause, Event, Lost};
use foreshock_web::protocol::{Filter, FindingQuery, FromWorker, Greeting, Ping, Reply, Request, encode};
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, BlobPropertyBag, Url};

wasm_bindgen_test_configure!(run_in_browser);

/// What a worker of ours does, in a few lines: ready, holds the lock, answers pings. `rest` decides about the others. Numbers
/// and lengths are below 128 here, and so a byte each.
fn worker(rest: &str) -> String {
    let first = |request: Request| encode(&request).unwrap()[0];
    let (greeting, ping) = (first(Greeting { lock: String::new() }.into()), first(Ping.into()));
    let reply = |reply: Reply| encode(&reply).unwrap();
    let (greeted, pong, found) = (reply(Reply::Greeting(true)), reply(Reply::Ping(())), reply(Reply::Finding(None))[0]);
    let (ready, panicked) = (
        encode(&FromWorker::Ready).unwrap(),
        encode(&FromWorker::Panicked { message: "last words".to_owned() }).unwrap(),
    );
    let answers = encode(&FromWorker::Answer { id: 0, reply: Box::new(Reply::Ping(())) }).unwrap()[0];
    let script = format!(
        r#"
        const say = (bytes) => postMessage(Uint8Array.from(bytes));
        const panicked = {panicked:?};
        addEventListener("message", ({{ data }}) => {{
            const [id, kind, ...body] = data[0];
            const answer = (reply) => say([{answers}, id, ...reply]);
            // A query without a filter: what it goes from, and which way.
            const finding = {{ from: body.slice(3, -1), isForward: body.at(-1) === 1 }};
            const found = (from) => answer([{found}, ...from]);
            if (kind === {greeting}) {{
                const lock = new TextDecoder().decode(Uint8Array.from(body.slice(1)));
                navigator.locks.request(lock, () => {{
                    answer({greeted:?});
                    return new Promise(() => {{}});
                }});
            }}
            else if (kind === {ping}) answer({pong:?});
            else {{ {rest} }}
        }});
        say({ready:?});
        "#
    );
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&JsValue::from(script)), &options).unwrap();
    Url::create_object_url_with_blob(&blob).unwrap()
}

fn bridge(rest: &str) -> (Bridge, Rc<RefCell<Vec<Event>>>) {
    let events = Rc::new(RefCell::new(Vec::new()));
    let heard = Rc::clone(&events);
    (Bridge::new(worker(rest), move |event| heard.borrow_mut().push(event)), events)
}

fn question() -> FindingQuery {
    FindingQuery { filter: Filter::default(), from: None, forward: true }
}

async fn wait(ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let window = web_sys::window().unwrap();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

#[wasm_bindgen_test]
async fn each_question_gets_its_own_answer() {
    let (bridge, events) = bridge("setTimeout(() => found(finding.from), finding.isForward ? 80 : 5)");
    let slow = FindingQuery { from: Some("slow".to_owned()), ..question() };
    let fast = FindingQuery { from: Some("fast".to_owned()), forward: false, ..question() };
    let asker = bridge.clone();
    let slow = async move { asker.ask(slow).await };
    let (first, second) = futures(slow, bridge.ask(fast)).await;
    assert_eq!(first, Ok(Some("slow".to_owned())));
    assert_eq!(second, Ok(Some("fast".to_owned())));
    assert_eq!(bridge.ask(Ping).await, Ok(()));
    assert!(events.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn a_crash_ends_the_question_says_why_and_is_followed_by_a_new_worker() {
    let (bridge, events) = bridge(r#"say(panicked); throw new Error("unreachable")"#);
    assert_eq!(bridge.ask(question()).await, Err(Lost::Died));
    match events.borrow().as_slice() {
        [Event::Died(death)] => assert_eq!(death.cause, Cause::Crashed("last words".to_owned())),
        other => panic!("{other:?}"),
    }
    assert_eq!(bridge.ask(Ping).await, Ok(()), "the new worker answers");
}

#[wasm_bindgen_test]
async fn a_worker_that_leaves_without_a_word_is_noticed_at_once() {
    let (bridge, events) = bridge("close()");
    // The page queues for the lock as soon as the worker has it.
    assert_eq!(bridge.ask(Ping).await, Ok(()));
    wait(100).await;
    assert_eq!(bridge.ask(question()).await, Err(Lost::Died));
    assert!(matches!(events.borrow().as_slice(), [Event::Died(death)] if death.cause == Cause::Gone));
    assert_eq!(bridge.ask(Ping).await, Ok(()));
}

#[wasm_bindgen_test]
async fn cancelling_ends_what_is_open_without_an_alarm() {
    let (bridge, events) = bridge("for (;;) {}");
    assert_eq!(bridge.ask(Ping).await, Ok(()));
    let asker = bridge.clone();
    let asked = async move { asker.ask(question()).await };
    let canceller = bridge.clone();
    let cancel = async move {
        wait(50).await;
        canceller.cancel();
    };
    let (answer, ()) = futures(asked, cancel).await;
    assert_eq!(answer, Err(Lost::Cancelled));
    wait(100).await;
    assert!(events.borrow().is_empty());
    assert_eq!(bridge.ask(Ping).await, Ok(()));
}

#[wasm_bindgen_test]
async fn a_worker_that_never_comes_up_is_not_started_for_ever() {
    let events = Rc::new(RefCell::new(Vec::new()));
    let heard = Rc::clone(&events);
    let _bridge = Bridge::new("./no-such-worker.js".to_owned(), move |event| heard.borrow_mut().push(event));
    wait(1_500).await;
    assert!(
        matches!(events.borrow().as_slice(), [Event::Died(death)] if death.cause == Cause::NeverStarted),
        "{:?}",
        events.borrow()
    );
}

/// Both at once, in this order of first polls.
async fn futures<A: 'static, B>(a: impl Future<Output = A> + 'static, b: impl Future<Output = B>) -> (A, B) {
    let first = Rc::new(RefCell::new(None));
    let kept = Rc::clone(&first);
    let (done, finished) = futures_channel::oneshot::channel();
    wasm_bindgen_futures::spawn_local(async move {
        *kept.borrow_mut() = Some(a.await);
        let _gone = done.send(());
    });
    let b = b.await;
    finished.await.unwrap();
    let a = first.borrow_mut().take().unwrap();
    (a, b)
}
