//! Makes the client's side of EventStoreDB's protocol, without `protoc`. The files lie where the protocol is served.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const FOLDER: &str = "../event-store-wire/proto";
    let files =
        ["shared", "status", "streams", "gossip"].map(|name| format!("{FOLDER}/{name}.proto"));
    for file in &files {
        println!("cargo::rerun-if-changed={file}");
    }
    let descriptors = protox::compile(files, [FOLDER])?;
    tonic_build::configure()
        .build_server(false)
        .bytes(["."])
        .compile_fds(descriptors)?;
    Ok(())
}
