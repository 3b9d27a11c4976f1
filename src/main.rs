//! The thin binary: everything is in the library, where tests and benches reach it.

fn main() -> std::process::ExitCode {
    cfleak::commands::main()
}
