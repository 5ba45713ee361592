//! The `sayso` command: a runtime, the command, its exit status.

use std::process::ExitCode;

use sayso::exit::Status;

fn main() -> ExitCode {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return Status::NotThere.into();
    };
    let status = runtime.block_on(sayso::run());
    // A read of standard input may still wait in its thread: nobody waits for it.
    runtime.shutdown_background();
    status.into()
}
