//! Has Cargo look at the migrations, which are compiled in: a new file alone changes no source.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
