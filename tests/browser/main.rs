//! Journeys through the built page in a real Chromium: what a person does, and what they must then see.
//!
//! `cargo xtask test` builds the page and the command line, serves the page below a path, starts a chromedriver and says
//! where all of it is (see [`surroundings`]). Every journey has a browser with an empty profile, and at its end the page
//! must have kept its promise: a silent console, and no request to anywhere but its own folder (see [`witness`]).

mod journey;
mod journeys;
mod outside;
mod packing;
mod page;
mod scratch;
mod shop;
mod surroundings;
mod wire;
mod witness;
mod worker;
