//! The commands.

use std::process::ExitCode;

fn main() -> ExitCode {
    postrider::commands::main()
}
