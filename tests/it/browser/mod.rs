//! The desk and the reader's pages in a real browser, as people use them: by what they read there, by mouse, and
//! by keys alone.

mod pages;
mod sign_in;
mod soundness;
