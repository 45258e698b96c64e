//! The worker that owns the review.

fn main() {
    foreshock_web::worker::start();
}
