//! The promise that nothing of the input leaves the browser, tried from the inside.

use serde_json::Value;

use crate::journey::journey;
use crate::worker;

/// Nobody has to be there: the browser takes all that is not the page's to the listener outside (see `outside`).
const ELSEWHERE: &str = "http://elsewhere.test/";

/// Every way by which code of the page or its worker could send something, tried one after the other; comes to what became
/// of each.
const TRY_ALL: &str = "(async to => {
    const settled = target => new Promise(end => {
        for (const good of ['open', 'load']) target.addEventListener(good, () => end('sent'));
        target.addEventListener('error', () => end('refused'));
    });
    const said = promise => promise.then(() => 'sent', () => 'refused');
    const element = (name, attributes) => {
        const made = Object.assign(document.createElement(name), attributes);
        document.head.append(made);
        return settled(made);
    };
    const ways = {
        fetch: () => said(fetch(to + 'fetch')),
        post: () => said(fetch(to + 'post', { mode: 'no-cors', method: 'POST', body: 'x' })),
        import: () => said(import(to + 'module.js')),
        socket: () => settled(new WebSocket(to.replace('http', 'ws') + 'socket')),
        events: () => settled(new EventSource(to + 'events')),
        request: () => {
            const request = new XMLHttpRequest();
            request.open('GET', to + 'request');
            request.send();
            return settled(request);
        },
    };
    const ways_of_a_page = {
        image: () => element('img', { src: to + 'image.png' }),
        script: () => element('script', { src: to + 'script.js' }),
        style: () => element('link', { rel: 'stylesheet', href: to + 'style.css' }),
        // It says yes to all that is queued, so this is for the listener to tell.
        beacon: () => navigator.sendBeacon(to + 'beacon', 'x') && 'refused',
        form: () => {
            const form = Object.assign(document.createElement('form'), { method: 'post', action: to + 'form' });
            document.body.append(form);
            const refused = new Promise(end => addEventListener('securitypolicyviolation', () => end('refused'), { once: true }));
            form.submit();
            return refused;
        },
    };
    if (globalThis.document) Object.assign(ways, ways_of_a_page);
    const outcomes = {};
    for (const [way, go] of Object.entries(ways)) {
        try { outcomes[way] = await go(); } catch { outcomes[way] = 'refused'; }
    }
    return outcomes;
})";

#[tokio::test(flavor = "multi_thread")]
async fn neither_the_page_nor_its_worker_can_send_anything_elsewhere() {
    journey(async |page| {
        page.opens_the_example().await;
        let attempts = format!("{TRY_ALL}('{ELSEWHERE}')");
        all_refused("worker", &worker::ask(&page, &attempts).await);
        all_refused("page", &page.js(&format!("return {attempts}")).await);
        let said = page.witness().console().await;
        assert!(said.iter().any(|line| line.contains("Content Security Policy")), "{said:?}");
        assert!(
            said.iter().all(|line| line.contains("Content Security Policy") || line.contains("elsewhere.test")),
            "{said:?}"
        );

        // Whatever had been sent would have been heard, as this is: a person goes there by hand.
        page.driver().goto(format!("{ELSEWHERE}by-hand")).await.ok();
        let heard = page
            .wait("the listener to hear", async || {
                Some(page.witness().outside.heard()).filter(|heard| !heard.is_empty())
            })
            .await;
        assert!(heard.iter().all(|request| request.contains("by-hand")), "{heard:?}");

        page.open("").await;
        page.witness().console().await;
        page.witness().requests().await;
    })
    .await;
}

fn all_refused(who: &str, outcomes: &Value) {
    let outcomes = outcomes.as_object().expect("an outcome for each way");
    assert!(outcomes.len() >= 6, "{outcomes:?}");
    assert!(outcomes.values().all(|outcome| outcome == "refused"), "by the {who}: {outcomes:?}");
}
