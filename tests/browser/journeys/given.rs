//! Files as people have them: broken, of the wrong kind, in a folder.

use serde_json::json;

use crate::journey::journey;
use crate::surroundings;
use crate::wire::devtools;

#[tokio::test(flavor = "multi_thread")]
async fn each_of_five_bad_files_is_told_its_own_reason_and_good_ones_go_on_to_a_verdict() {
    journey(async |page| {
        let bad = [
            ("empty.json", b"".as_slice()),
            ("login.json", b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form>Password</form></body></html>\n"),
            ("truncated.json", b"{\"metadata\": {\"dbt_schema_version\": \"https://schemas.getdbt.com/dbt/manifest/v12.json\"}, \"nodes\": {\"model.shop.a"),
            ("list.json", b"[{\"name\": \"orders\"}, {\"name\": \"customers\"}]"),
            ("binary.sql", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\xff\xfe\x00\x00"),
            ("V001__all.sql.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\xcb\xcf\x07\x00\x21\x65\x73\x8c\x03\x00\x00\x00"),
        ];
        page.give(&bad.map(|(name, bytes)| page.scratch().write(name, bytes))).await;
        page.comes_to("gather").await;
        println!("{}", page.js("return document.body.innerText").await.as_str().unwrap());
    })
    .await;
}
