//! The desk and the reader's pages in a real browser, as people use them: by what they read there, by mouse, and
//! by keys alone.

mod approve;
mod cadences;
mod door;
mod imports;
pub mod pages;
mod proof;
mod readers;
mod segments;
mod soundness;
mod subscribe_box;
mod write_and_send;

use crate::support::browser::Browser;

/// Looks at a page that only a form leads to as at every other.
async fn look_here(browser: &Browser) {
    let axe = match soundness::axe() {
        Ok(axe) => axe,
        Err(missing) => return crate::support::browser::skip_browser(missing),
    };
    let wrong = soundness::look(browser, axe).await;
    assert!(wrong.is_empty(), "{}: {}", browser.path().await, wrong.join("\n"));
}

/// Signs in at the form that is open.
async fn sign_in(browser: &Browser, email: &str) {
    browser.fill("Email", email).await;
    browser.fill("Password", crate::support::desk::PASSWORD).await;
    browser.click("Sign in").await;
}
