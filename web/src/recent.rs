//! The reviews that this browser keeps, so that one can go on with them: their files, in its own database. None of it leaves
//! the browser, and each can be forgotten.

use js_sys::{Array, Date, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransactionMode};

use crate::files::GivenFile;

const DATABASE: &str = "foreshock";
const STORE: &str = "reviews";
const MOST_REVIEWS: usize = 12;

/// A review that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Recent {
    /// The same for the same inputs.
    pub key: String,
    /// Project and verdict.
    pub title: String,
    /// When it was last read, in milliseconds as the browser counts them.
    pub at: f64,
    pub files: Vec<GivenFile>,
}

impl Recent {
    /// The day and the hour as people here write them.
    pub fn when(&self) -> String {
        Date::new(&self.at.into()).to_locale_string("default", &JsValue::UNDEFINED).into()
    }
}

/// Keeps a review in place of an earlier one of the same inputs, and forgets the oldest beyond a dozen.
pub async fn keep(key: &str, title: &str, files: &[GivenFile]) -> Result<(), JsValue> {
    let names: Array = files.iter().map(|given| JsValue::from(given.name.as_str())).collect();
    let handles: Array = files.iter().map(|given| JsValue::from(&given.file)).collect();
    let value = Array::of4(&title.into(), &Date::now().into(), &names, &handles);
    done(&store(IdbTransactionMode::Readwrite).await?.put_with_key(&value, &key.into())?).await?;
    for old in list().await?.iter().skip(MOST_REVIEWS) {
        forget(&old.key).await?;
    }
    Ok(())
}

/// The last one first.
pub async fn list() -> Result<Vec<Recent>, JsValue> {
    let store = store(IdbTransactionMode::Readonly).await?;
    // Both at once: a transaction ends when nothing is asked of it.
    let (keys, values) = (store.get_all_keys()?, store.get_all()?);
    let (keys, values) = (Array::from(&done(&keys).await?), Array::from(&done(&values).await?));
    let mut recent: Vec<Recent> =
        keys.iter().zip(values.iter()).filter_map(|(key, value)| read(&key, &value)).collect();
    recent.sort_by(|a, b| b.at.total_cmp(&a.at));
    Ok(recent)
}

pub async fn forget(key: &str) -> Result<(), JsValue> {
    done(&store(IdbTransactionMode::Readwrite).await?.delete(&key.into())?).await.map(drop)
}

pub async fn forget_all() -> Result<(), JsValue> {
    done(&store(IdbTransactionMode::Readwrite).await?.clear()?).await.map(drop)
}

/// None where it was written by another version.
fn read(key: &JsValue, value: &JsValue) -> Option<Recent> {
    let parts = Array::from(value);
    let (names, handles) = (Array::from(&parts.get(2)), Array::from(&parts.get(3)));
    let file = |(name, file): (JsValue, JsValue)| {
        Some(GivenFile { name: name.as_string()?, file: file.dyn_into::<File>().ok()? })
    };
    Some(Recent {
        key: key.as_string()?,
        title: parts.get(0).as_string()?,
        at: parts.get(1).as_f64()?,
        files: names.iter().zip(handles.iter()).map(file).collect::<Option<Vec<_>>>()?,
    })
}

async fn store(mode: IdbTransactionMode) -> Result<IdbObjectStore, JsValue> {
    let factory = web_sys::window().ok_or(JsValue::UNDEFINED)?.indexed_db()?.ok_or(JsValue::UNDEFINED)?;
    let open: IdbOpenDbRequest = factory.open(DATABASE)?;
    let opening = open.clone();
    let create = Closure::once_into_js(move || {
        let database = opening.result().map(IdbDatabase::unchecked_from_js);
        // It is there already where it cannot be made.
        let _there = database.and_then(|database| database.create_object_store(STORE));
    });
    open.set_onupgradeneeded(Some(create.unchecked_ref()));
    let database: IdbDatabase = done(&open).await?.unchecked_into();
    database.transaction_with_str_and_mode(STORE, mode)?.object_store(STORE)
}

/// What a request comes to.
async fn done(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let settled = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(settled).await?;
    request.result()
}
