mod schema {
    stepladder::include_schema!();
}
fn main() {
    println!("{}", schema::history().latest_version());
}
