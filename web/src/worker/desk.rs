//! The request handler: a session and what was derived from it, as a plain value.

use foreshock_core::checks::CheckSettings;
use foreshock_core::documents::Earlier;
use foreshock_core::minutes::Decision;
use foreshock_core::review::{Remedy, Review};
use foreshock_core::select::completions;
use foreshock_core::{InputFile, Opened, Options, Phase, Readers, Session};

use super::findings::Findings;
use super::{extras, fold, overview, selecting};
use crate::protocol::{
    EvidenceQuery, FindingQuery, FoundEvidence, LitQuery, Overview, Picture, PictureQuery, Progress, ProgressStage,
    Reply, Request,
};

/// A draft runs the engine again, some times over: for a review of more nodes than this, the worker would be gone for too long.
const MOST_DRAFTED: usize = 3_000;

#[derive(Default)]
pub struct Desk {
    session: Option<Session>,
    findings: Findings,
    /// The last picture and how it was folded: filtering asks again and again for the same one.
    picture: Option<(PictureQuery, fold::Drawing)>,
    /// Worked out for the first document.
    remedies: Option<Vec<Remedy>>,
    /// What the review before this one came to.
    earlier: Option<Earlier>,
}

impl Desk {
    pub fn review(&mut self, files: Vec<InputFile>, tell: &mut dyn FnMut(Progress)) -> Overview {
        let opened = self.open(files, None, tell);
        self.judge(opened, tell);
        self.overview(&[]).unwrap_or_default()
    }

    /// Reads the files. What has to be fetched for the review can be fetched then. Without a day no waiver is out of date.
    pub fn open(&mut self, files: Vec<InputFile>, today: Option<String>, tell: &mut dyn FnMut(Progress)) -> Opened {
        // The old session goes first: two large projects at once would not fit.
        let earlier = self.review_or(|review, _| Earlier::of(review)).or(self.earlier.take());
        *self = Self { earlier, ..Self::default() };
        let mut told = Told::new(&files);
        let readers = Readers { changelog: extras::read_changelog, settings: extras::read_settings };
        let checks = CheckSettings { today, ..CheckSettings::default() };
        Opened::read(files, &Options { checks, ..Options::default() }, readers, &mut |phase| tell(told.progress(phase)))
    }

    /// Reviews what was read.
    pub fn judge(&mut self, opened: Opened, tell: &mut dyn FnMut(Progress)) {
        let mut told = Told::new(&[]);
        let session = opened.review(&mut |phase| tell(told.progress(phase)));
        if let Ok(review) = session.review() {
            self.findings = Findings::of(review);
        }
        self.session = Some(session);
    }

    /// What is always in sight; the fingerprints are those that were worked out beside the reading.
    pub fn overview(&mut self, fingerprints: &[(String, String)]) -> Option<Overview> {
        let session = self.session.as_mut()?;
        for (name, sha256) in fingerprints {
            session.set_sha256(name, sha256);
        }
        Some(overview::of(session))
    }

    /// The review for those who write of it elsewhere, as JSON, with what was decided about it and, if so wished, the drafts
    /// of the fix.
    pub fn review_as_json(&mut self, decisions: &[Decision], with_drafts: bool) -> Option<String> {
        self.session.as_mut()?.set_decisions(decisions);
        let remedies = if with_drafts { self.drafts().to_vec() } else { Vec::new() };
        let review = self.session.as_ref()?.review().ok()?;
        let review = Review { remedies, ..review.clone() };
        serde_json::to_string(&review).ok()
    }

    /// Worked out once. The renderer of templates has to be loaded by then.
    fn drafts(&mut self) -> &[Remedy] {
        let Self { session, remedies, .. } = self;
        let draft = || {
            let session = session.as_ref()?;
            let is_small = session.review().ok()?.nodes.len() <= MOST_DRAFTED;
            is_small.then(|| session.remedies_rendered_by(extras::render_now))
        };
        remedies.get_or_insert_with(|| draft().unwrap_or_default())
    }

    fn draft(&mut self, path: &str) -> Option<String> {
        let mut files = self.drafts().iter().flat_map(|remedy| &remedy.files);
        files.find(|file| file.path == path).map(|file| file.text.clone())
    }

    pub fn earlier(&self) -> Option<&Earlier> {
        self.earlier.as_ref()
    }

    /// The answer to a question about the review; none for what only the worker itself can answer.
    pub fn answer(&mut self, request: &Request) -> Option<Reply> {
        if let Some(filter) = request.filter() {
            let Self { session, findings, .. } = self;
            findings.select(&filter.text, || selecting::selected(session.as_ref()?, &filter.text));
        }
        Some(match request {
            Request::Greeting(_) | Request::ReviewFiles(_) | Request::Document(_) | Request::Export(_) => return None,
            Request::Ping(_) => Reply::Ping(()),
            Request::Rows(query) => {
                Reply::Rows(self.review_or(|review, findings| findings.page(review, query)).unwrap_or_default())
            }
            Request::Finding(query) => Reply::Finding(self.finding(query)),
            Request::Picture(query) => {
                Reply::Picture(self.drawing(query).map_or_else(Picture::default, |drawing| drawing.picture.clone()))
            }
            Request::Lit(query) => Reply::Lit(self.lit(query)),
            Request::Evidence(query) => Reply::Evidence(self.evidence(query)),
            Request::Draft(query) => Reply::Draft(self.draft(&query.path)),
            Request::Completions(query) => {
                let project = self.session.as_ref().and_then(Session::project);
                Reply::Completions(project.map_or_else(Vec::new, |project| completions(project, &query.typed)))
            }
        })
    }

    fn review_or<T>(&self, say: impl FnOnce(&foreshock_core::review::Review, &Findings) -> T) -> Option<T> {
        let review = self.session.as_ref()?.review().ok()?;
        Some(say(review, &self.findings))
    }

    fn finding(&self, query: &FindingQuery) -> Option<String> {
        self.review_or(|review, findings| findings.step(review, query)).flatten()
    }

    fn drawing(&mut self, query: &PictureQuery) -> Option<&fold::Drawing> {
        if self.picture.as_ref().is_none_or(|(drawn, _)| drawn != query) {
            let session = self.session.as_ref()?;
            let drawing = fold::draw(session.review().ok()?, &self.findings, query, session.project()?);
            self.picture = Some((query.clone(), drawing));
        }
        self.picture.as_ref().map(|(_, drawing)| drawing)
    }

    fn lit(&mut self, query: &LitQuery) -> Vec<u32> {
        let through = self.review_or(|review, findings| findings.through(review, &query.filter)).unwrap_or_default();
        self.drawing(&query.picture).map(|drawing| drawing.lit(&through)).unwrap_or_default()
    }

    fn evidence(&self, query: &EvidenceQuery) -> Option<FoundEvidence> {
        let session = self.session.as_ref()?;
        let review = session.review().ok()?;
        let position = self.findings.position(review, &query.unique_id)?;
        Some(FoundEvidence { evidence: session.evidence(&query.unique_id)?, position, of: review.nodes.len() })
    }
}

/// How far the engine is, as the page shows it: over all files, because one of them is most of the bytes.
struct Told {
    all: u64,
    /// The files that are behind, and the one in hand.
    before: u64,
    index: usize,
    size: u64,
}

/// A smaller file is read in a blink; a count would only flicker.
const LARGE: u64 = 8 << 20;

impl Told {
    fn new(files: &[InputFile]) -> Self {
        Self { all: files.iter().map(|file| file.bytes.size()).sum(), before: 0, index: 0, size: 0 }
    }

    fn progress(&mut self, phase: Phase) -> Progress {
        let at = |stage, done, of| Progress { stage, file: None, percent: None, done, of };
        match phase {
            Phase::Reading { file, index, read, size, .. } => {
                if index != self.index {
                    self.before += self.size;
                }
                (self.index, self.size) = (index, size);
                let percent = (size >= LARGE).then(|| u8::try_from(read * 100 / size).unwrap_or(100));
                let kibibytes = |bytes: u64| usize::try_from(bytes >> 10).unwrap_or(usize::MAX);
                let at = at(ProgressStage::Reading, kibibytes(self.before + read), kibibytes(self.all));
                Progress { file: Some(file), percent, ..at }
            }
            Phase::Matching => at(ProgressStage::Matching, 0, 0),
            Phase::Rendering => at(ProgressStage::Rendering, 0, 0),
            Phase::Tracing { done, of } => at(ProgressStage::Tracing, done, of),
            Phase::Writing => at(ProgressStage::Writing, 0, 0),
        }
    }
}
