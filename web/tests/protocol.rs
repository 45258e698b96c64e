//! The protocol, and the request handler run in the page itself against small real files.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that meets an error stops right there")]

use foreshock_core::InputFile;
use foreshock_core::outcome::{NodeKind, Outcome, Verdict};
use foreshock_web::extras::document;
use foreshock_web::protocol::{
    CardFace, ColumnLink, EvidenceQuery, Filter, FindingQuery, FromWorker, LitQuery, Overview, PictureQuery, Ping,
    Progress, ProgressStage, Question, Reply, Request, ReviewFiles, RowQuery, SortBy, Standing, ToWorker, decode,
    encode,
};
use foreshock_web::worker::Desk;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// One source, two models, a test and two dashboards: `stg` reads the column that the migration renames.
const MANIFEST: &str = include_str!("data/manifest.json");
const MIGRATION: &str = "ALTER TABLE raw.users RENAME COLUMN name TO full_name;\n";

fn files(names: &[(&str, &str)]) -> Vec<InputFile> {
    names.iter().map(|(name, text)| InputFile::new(*name, text.as_bytes().to_vec())).collect()
}

fn reviewed() -> (Desk, Overview, Vec<Progress>) {
    let mut desk = Desk::default();
    let mut told = Vec::new();
    let given = files(&[("manifest.json", MANIFEST), ("V1__rename.sql", MIGRATION)]);
    let overview = desk.review(given, &mut |progress| told.push(progress));
    (desk, overview, told)
}

/// Asks as the page does: through the text of the messages, both ways.
fn ask<Q: Question>(desk: &mut Desk, question: Q) -> Q::Answer {
    let sent = encode(&ToWorker { id: 7, request: question.into() }).unwrap();
    let ToWorker { id, request } = decode(&sent).unwrap();
    let reply = Box::new(desk.answer(&request).expect("a question about the review"));
    let back = encode(&FromWorker::Answer { id, reply }).unwrap();
    match decode(&back).unwrap() {
        FromWorker::Answer { id: 7, reply } => Q::answer(*reply).expect("an answer to this question"),
        other => panic!("{other:?}"),
    }
}

fn rows(filter: Filter, sort: SortBy, descending: bool) -> RowQuery {
    RowQuery { filter, sort, descending, offset: 0, limit: 100 }
}

#[wasm_bindgen_test]
fn what_is_sent_is_what_arrives() {
    let messages = [
        FromWorker::Ready,
        FromWorker::Panicked { message: "at \"x\"\n\u{0}é😀".to_owned() },
        FromWorker::Progress(Progress {
            stage: ProgressStage::Tracing,
            file: Some("a/b.sql".to_owned()),
            percent: Some(63),
            done: 3,
            of: 9,
        }),
        FromWorker::Answer { id: u32::MAX, reply: Box::new(Reply::Lit(vec![0, 5])) },
        FromWorker::Answer { id: 1, reply: Box::new(Reply::ReviewFiles(reviewed().1)) },
    ];
    for message in messages {
        assert_eq!(decode::<FromWorker>(&encode(&message).unwrap()).unwrap(), message);
    }
    let request: Request = ReviewFiles { names: vec!["x y/é.json".to_owned()] }.into();
    let sent = ToWorker { id: 0, request };
    assert_eq!(decode::<ToWorker>(&encode(&sent).unwrap()).unwrap(), sent);
}

#[wasm_bindgen_test]
fn an_answer_to_another_question_is_none() {
    assert!(Ping::answer(Reply::Ping(())).is_some());
    assert!(Ping::answer(Reply::Lit(Vec::new())).is_none());
}

#[wasm_bindgen_test]
fn the_overview_says_verdict_counts_and_owners() {
    let (_, overview, told) = reviewed();
    let summary = overview.summary().expect("a review");
    assert_eq!(summary.verdict, Verdict::Block);
    assert_eq!(summary.nodes, summary.tallies.iter().map(|tally| tally.nodes).sum::<usize>());
    assert_eq!(summary.tallies[0].outcome, Outcome::Fails);
    assert!(summary.tallies.is_sorted_by_key(|tally| tally.outcome));
    assert_eq!(summary.owners[0].owner.name, "Finance");
    assert!(told.iter().any(|progress| progress.file.as_deref() == Some("manifest.json")));
}

#[wasm_bindgen_test]
fn one_file_alone_says_what_is_missing_and_keeps_it_listed() {
    let mut desk = Desk::default();
    let overview = desk.review(files(&[("manifest.json", MANIFEST)]), &mut |_| {});
    assert_eq!(overview.inputs.len(), 1);
    match overview.standing {
        Standing::Missing(note) => assert!(note.message.contains("migration"), "{}", note.message),
        Standing::Reviewed(_) => panic!("there is no migration"),
    }
    assert_eq!(ask(&mut desk, rows(Filter::default(), SortBy::Name, false)).total, 0);
    assert!(ask(&mut desk, PictureQuery::default()).cards.is_empty());
    assert_eq!(desk.review_as_json(&[], true), None);
}

#[wasm_bindgen_test]
fn rows_are_sorted_filtered_and_paged() {
    let (mut desk, overview, _) = reviewed();
    let all = ask(&mut desk, rows(Filter::default(), SortBy::Outcome, false));
    assert_eq!(all.total, overview.summary().unwrap().nodes);
    assert!(all.rows.is_sorted_by_key(|row| row.outcome));

    let up = ask(&mut desk, rows(Filter::default(), SortBy::Name, false));
    let mut down = ask(&mut desk, rows(Filter::default(), SortBy::Name, true));
    down.rows.reverse();
    assert_eq!(up.rows, down.rows);

    let fails = Filter { outcomes: vec![Outcome::Fails], ..Filter::default() };
    assert!(ask(&mut desk, rows(fails, SortBy::Outcome, false)).rows.iter().all(|row| row.outcome == Outcome::Fails));
    let text = Filter { text: "  FINANCE exposure.shop.board".to_owned(), ..Filter::default() };
    let found = ask(&mut desk, rows(text, SortBy::Outcome, false));
    assert_eq!(found.rows.iter().map(|row| row.label.as_str()).collect::<Vec<_>>(), ["Board"]);
    let nobody = Filter { change: Some("c99".to_owned()), ..Filter::default() };
    assert_eq!(ask(&mut desk, rows(nobody, SortBy::Outcome, false)).total, 0);

    let page = ask(&mut desk, RowQuery { offset: 1, limit: 2, ..rows(Filter::default(), SortBy::Outcome, false) });
    assert_eq!(page.rows, all.rows[1..3]);
    let beyond = ask(&mut desk, RowQuery { offset: 1000, ..rows(Filter::default(), SortBy::Outcome, false) });
    assert_eq!((beyond.total, beyond.rows.len()), (all.total, 0));
}

#[wasm_bindgen_test]
fn findings_go_round_and_have_evidence_with_their_place() {
    let (mut desk, _, _) = reviewed();
    let all = ask(&mut desk, rows(Filter::default(), SortBy::Outcome, false)).rows;
    let step = |desk: &mut Desk, from: Option<&str>, forward| {
        ask(desk, FindingQuery { filter: Filter::default(), from: from.map(str::to_owned), forward })
            .expect("a finding")
    };
    let first = step(&mut desk, None, true);
    assert_eq!(first, all[0].unique_id);
    assert_eq!(step(&mut desk, Some(&first), true), all[1].unique_id);
    assert_eq!(step(&mut desk, Some(&first), false), all.last().unwrap().unique_id);

    for (at, row) in (1..).zip(&all) {
        let found = ask(&mut desk, EvidenceQuery { unique_id: row.unique_id.clone() }).expect("evidence");
        assert_eq!((found.position, found.of), (at, all.len()));
        assert!(!found.evidence.node.because.is_empty());
    }
    assert_eq!(ask(&mut desk, EvidenceQuery { unique_id: "model.shop.nowhere".to_owned() }), None);
}

#[wasm_bindgen_test]
fn the_evidence_marks_the_use_itself() {
    let (mut desk, _, _) = reviewed();
    let found = ask(&mut desk, EvidenceQuery { unique_id: "model.shop.stg".to_owned() }).expect("evidence");
    let marked: Vec<String> = found
        .evidence
        .listings
        .iter()
        .flat_map(|listing| listing.marks.iter().map(move |mark| (listing, mark)))
        .map(|(listing, mark)| {
            let line = &listing.lines[(mark.line - listing.first_line) as usize];
            line.chars().skip(mark.column as usize - 1).take((mark.end_column - mark.column) as usize).collect()
        })
        .collect();
    assert!(marked.iter().any(|text| text == "name"), "{marked:?}");
}

#[wasm_bindgen_test]
fn the_picture_goes_from_the_source_to_the_dashboards() {
    let (mut desk, _, _) = reviewed();
    let picture = ask(&mut desk, PictureQuery::default());
    let card = |id: &str| picture.cards.iter().position(|card| card.face.unique_id() == Some(id));
    let source = card("source.shop.raw.users").expect("the source");
    let stg = card("model.shop.stg").expect("the model");
    assert!(matches!(&picture.cards[source].face, CardFace::Origin { kind: NodeKind::Source, .. }));
    assert!(picture.cards[source].x + picture.cards[source].width < picture.cards[stg].x);
    assert!(picture.links.iter().any(|link| (link.from as usize, link.to as usize) == (source, stg)));
    // The test is a line on the card of its model until it is asked for.
    assert!(card("test.shop.not_null_stg_name").is_none());
    let CardFace::Node { tests, .. } = &picture.cards[stg].face else { panic!("a model") };
    assert_eq!(tests.iter().map(|(_, count)| count).sum::<usize>(), 1);
    let with_tests = ask(&mut desk, PictureQuery { tests: true, ..PictureQuery::default() });
    assert!(with_tests.cards.iter().any(|card| card.face.unique_id() == Some("test.shop.not_null_stg_name")));
}

#[wasm_bindgen_test]
fn columns_are_shown_on_the_cards_and_linked_and_a_hidden_node_is_gone() {
    let (mut desk, _, _) = reviewed();
    let stg = "model.shop.stg".to_owned();
    let picture = ask(&mut desk, PictureQuery { columns: Some(stg.clone()), ..PictureQuery::default() });
    let at = |id: &str| picture.cards.iter().position(|card| card.face.unique_id() == Some(id)).expect("a card");
    let (source, model) = (at("source.shop.raw.users"), at(&stg));
    assert!(!picture.cards[source].columns.is_empty() && !picture.cards[model].columns.is_empty());
    let link = |link: &&ColumnLink| (link.from.0 as usize, link.to.0 as usize) == (source, model);
    let link = picture.column_links.iter().find(link).expect("a column of the model is made of one of the source");
    let plain = ask(&mut desk, PictureQuery::default());
    assert!(plain.column_links.is_empty() && plain.cards[model].height < picture.cards[model].height);
    let y = picture.cards[source].column_y(link.from.1);
    assert!(y > picture.cards[source].fold() && y < picture.cards[source].y + picture.cards[source].height);
    let hidden = ask(&mut desk, PictureQuery { hidden: vec![stg.clone()], ..PictureQuery::default() });
    assert!(hidden.cards.iter().all(|card| card.face.unique_id() != Some(&stg)));
}

#[wasm_bindgen_test]
fn crowds_of_dashboards_are_folded_and_unfolded() {
    let mut desk = Desk::default();
    let crowded = with_dashboards(30);
    desk.review(files(&[("manifest.json", &crowded), ("V1__rename.sql", MIGRATION)]), &mut |_| {});
    let dashboards = |picture: &foreshock_web::protocol::Picture| {
        let shown = |face: &CardFace| matches!(face, CardFace::Node { kind: NodeKind::Exposure, .. });
        picture.cards.iter().filter(|card| shown(&card.face)).count()
    };
    let folded = ask(&mut desk, PictureQuery::default());
    let hidden = folded.cards.iter().find_map(|card| match &card.face {
        CardFace::Stub { folded: true, count, .. } => Some(*count),
        _ => None,
    });
    assert_eq!(dashboards(&folded) + hidden.expect("a stub"), 32);
    assert!(dashboards(&folded) < 8);

    // A filter that only a folded dashboard passes lights its stub.
    let filter = Filter { text: "dashboard number 29".to_owned(), ..Filter::default() };
    let lit = ask(&mut desk, LitQuery { picture: PictureQuery::default(), filter });
    assert!(lit.iter().any(|card| matches!(folded.cards[*card as usize].face, CardFace::Stub { .. })));

    let unfolded = vec!["model.shop.mart".to_owned(), "model.shop.stg".to_owned()];
    assert_eq!(dashboards(&ask(&mut desk, PictureQuery { unfolded, ..PictureQuery::default() })), 32);
}

#[wasm_bindgen_test]
fn a_document_is_whole_and_its_preview_is_bounded() {
    let mut desk = Desk::default();
    let crowded = with_dashboards(900);
    desk.review(files(&[("manifest.json", &crowded), ("V1__rename.sql", MIGRATION)]), &mut |_| {});
    let review = desk.review_as_json(&[], true).expect("a review");
    for file_name in ["checklist.md", "postmortem.md"] {
        let text = document::write(&review, file_name, None, None).expect("a document");
        assert_eq!(text.file_name, file_name);
        assert!(text.markdown.starts_with("# "));
        assert!(text.preview.len() <= 600);
    }
    assert_eq!(document::write(&review, "../etc/passwd", None, None), None);
}

/// The manifest with this many more dashboards on its last model.
fn with_dashboards(count: usize) -> String {
    let mut manifest: serde_json::Value = serde_json::from_str(MANIFEST).unwrap();
    let exposures = manifest["exposures"].as_object_mut().unwrap();
    let pattern = exposures["exposure.shop.board"].clone();
    for number in 0..count {
        let mut exposure = pattern.clone();
        let id = format!("exposure.shop.e{number}");
        exposure["unique_id"] = id.clone().into();
        exposure["name"] = format!("e{number}").into();
        exposure["label"] = format!("Dashboard number {number}").into();
        exposures.insert(id, exposure);
    }
    // dbt writes the metadata first, which is what the file is recognised by; a map of serde_json goes by the alphabet.
    let metadata = manifest.as_object_mut().unwrap().remove("metadata").unwrap();
    format!("{{\"metadata\":{metadata},{}", &manifest.to_string()[1..])
}
