//! The page.

fn main() {
    foreshock_web::ui::start();
}
