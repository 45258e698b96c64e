//! While the worker works: the page answers, says how far it is, and can be told to stop.

use serde_json::Value;

use crate::journey::journey;
use crate::shop;
use crate::worker;

/// Milliseconds that no task may hold the page up for, and no two frames lie apart. The longest tasks take 140 where the machine
/// has nothing else to do; here the worker, the page and a browser that draws without a graphics card share two processors. What
/// belongs into the worker would take seconds; how long a task takes on a quiet machine is the bench's to say.
const LONGEST: f64 = 600.0;

/// Notes, from now on: the tasks that held up the page, the longest wait for a frame, what was said of the progress and how
/// far its bar was, and how soon a key had an effect on which screen.
const WATCH: &str = "
    const watch = window.watch = { tasks: [], gap: 0, said: [], shares: [], reactions: [] };
    const main = document.querySelector('main');
    new PerformanceObserver(list => watch.tasks.push(...list.getEntries().map(task => task.duration))).observe({ type: 'longtask' });
    let last = performance.now();
    const frame = now => { watch.gap = Math.max(watch.gap, now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    new MutationObserver(() => {
        const said = main.querySelector('.working-line')?.textContent;
        if (said && watch.said.at(-1) !== said) watch.said.push(said);
        const bar = main.querySelector('progress');
        if (bar?.hasAttribute('value')) watch.shares.push(bar.value);
    }).observe(main, { subtree: true, childList: true, characterData: true, attributes: true });
    let pressed = 0;
    addEventListener('keydown', () => { pressed = performance.now(); }, true);
    new MutationObserver(() => watch.reactions.push([main.dataset.screen, performance.now() - pressed]))
        .observe(document.documentElement, { attributeFilter: ['data-theme'] });
";

#[tokio::test(flavor = "multi_thread")]
async fn the_page_answers_and_says_how_far_it_is_while_a_large_project_is_read() {
    journey(async |page| {
        page.js(WATCH).await;
        page.give(&shop::write(page.scratch().folder())).await;
        page.shows("[data-testid=cancel]").await;
        page.press("t").await;
        page.comes_to("review").await;
        page.until(
            "the picture",
            "return document.querySelector('[data-testid=graph]')?.ariaLabel !== 'Graph: 0 cards'",
        )
        .await;
        page.press("2").await;
        page.shows("[data-testid=row]").await;
        page.press(".").await;
        page.shows("[data-testid=listing]").await;
        page.press("8").await;
        page.shows("[data-testid=document]").await;
        let watch = page.js("return window.watch").await;

        let longest = numbers(&watch["tasks"]).fold(0.0, f64::max);
        assert!(longest <= LONGEST, "a task took {longest} ms");
        let gap = watch["gap"].as_f64().expect("a number");
        assert!(gap <= LONGEST, "{gap} ms without a frame");

        let reaction = &watch["reactions"][0];
        assert_eq!(reaction[0], "working", "the key had no effect before the work was done: {watch}");
        assert!(
            reaction[1].as_f64().is_some_and(|after| after <= LONGEST),
            "the key took effect after {} ms",
            reaction[1]
        );

        let said: Vec<&str> = watch["said"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for [phase, item] in [["Reading", shop::MANIFEST], ["Reading", shop::MIGRATION], ["Tracing", " / "]] {
            assert!(
                said.iter().any(|line| line.starts_with(phase) && line.contains(item)),
                "nothing of {phase} {item} in {said:?}"
            );
        }
        let percents: Vec<u32> = said.iter().filter_map(|line| percent_of(line, shop::MANIFEST)).collect();
        assert!(percents.len() > 2 && percents.is_sorted(), "of a large file is said how much is read: {said:?}");
        let shares: Vec<f64> = numbers(&watch["shares"]).collect();
        assert!(shares.is_sorted(), "the bar went back: {shares:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_is_cancelled_leaves_the_files_and_can_be_started_again() {
    journey(async |page| {
        let worker = worker::target(&page).await.expect("the page has a worker");
        page.give(&shop::write(page.scratch().folder())).await;
        page.click_button("Cancel").await;
        page.comes_to("gather").await;
        page.says("main h1", |title| title == "Cancelled").await;
        assert_eq!(page.texts(".file-name").await, [shop::MIGRATION, shop::MANIFEST]);
        // Else the work would go on unseen.
        worker::is_replaced(&page, &worker).await;

        page.click_button("Review again").await;
        page.comes_to("review").await;
        page.shows("[data-testid=verdict][data-verdict=block]").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_come_while_a_review_is_under_way_are_part_of_a_new_one() {
    journey(async |page| {
        page.give(&shop::write(page.scratch().folder())).await;
        page.shows("[data-testid=cancel]").await;
        let drop = "ALTER TABLE raw.raw_1 DROP COLUMN segment;\n";
        page.drop_on(&[page.scratch().write("V008__drop_segment.sql", drop)]).await;
        page.comes_to("review").await;
        page.named("button", "3 files").await;
        page.says("[data-testid=changes]", |changes| changes.contains("V008__drop_segment.sql")).await;
    })
    .await;
}

/// From `Reading manifest.json 63 %`.
fn percent_of(line: &str, file: &str) -> Option<u32> {
    line.split_once(file)?.1.trim().strip_suffix(" %")?.parse().ok()
}

fn numbers(list: &Value) -> impl Iterator<Item = f64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_f64)
}
