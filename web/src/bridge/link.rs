//! One worker of the browser: started, listened to, and terminated when dropped.

use gloo::events::EventListener;
use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::files::GivenFile;
use crate::protocol::{FromWorker, ToWorker, decode, encode};

pub(super) struct Link {
    worker: Worker,
    _listeners: [EventListener; 3],
}

impl Link {
    pub(super) fn open(
        script: &str,
        on_message: impl Fn(FromWorker) + 'static,
        on_error: impl Fn(String) + 'static,
    ) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(script, &options)?;
        let on_error = std::rc::Rc::new(on_error);
        let on_garbled = std::rc::Rc::clone(&on_error);
        let on_undecodable = std::rc::Rc::clone(&on_error);
        let listeners = [
            EventListener::new(&worker, "message", move |event| {
                let bytes = event.dyn_ref::<MessageEvent>().map(|event| Uint8Array::new(&event.data()).to_vec());
                match decode(&bytes.unwrap_or_default()) {
                    Ok(message) => on_message(message),
                    Err(error) => on_garbled(error),
                }
            }),
            EventListener::new(&worker, "error", move |event| {
                on_error(event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message).unwrap_or_default());
            }),
            EventListener::new(&worker, "messageerror", move |_| on_undecodable(String::new())),
        ];
        Ok(Self { worker, _listeners: listeners })
    }

    /// Whether the message is on its way.
    pub(super) fn post(&self, message: &ToWorker, files: &[GivenFile]) -> bool {
        let Some(bytes) = encode(message) else { return false };
        let handles: Array = files.iter().map(|given| JsValue::from(&given.file)).collect();
        self.worker.post_message(&Array::of2(&Uint8Array::from(bytes.as_slice()), &handles)).is_ok()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// The Web Locks of this page or worker, and their `request`.
///
/// By name, because `web-sys` has the interface behind its unstable flag, and because pages from plain http have none
/// at all.
pub fn web_locks() -> Option<(JsValue, Function)> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined());
    let locks = get(&js_sys::global(), "navigator").and_then(|navigator| get(&navigator, "locks"))?;
    let request = get(&locks, "request")?.dyn_into().ok()?;
    Some((locks, request))
}

/// Calls back when the lock is free, and gives it back at once.
pub(super) fn when_released(lock: &str, act: impl FnOnce() + 'static) {
    if let Some((locks, request)) = web_locks() {
        // Where the request is refused, the watchdog still notices the worker's end, only later.
        let _granted_later = request.call2(&locks, &lock.into(), &Closure::once_into_js(act));
    }
}
