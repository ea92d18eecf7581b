//! Makes the protocol's types from `proto/`, without `protoc`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files = [
        "proto/shared.proto",
        "proto/status.proto",
        "proto/streams.proto",
        "proto/persistent.proto",
        "proto/gossip.proto",
        "proto/server_features.proto",
    ];
    for file in files {
        println!("cargo::rerun-if-changed={file}");
    }
    let descriptors = protox::compile(files, ["proto"])?;
    tonic_build::configure()
        .build_client(false)
        .bytes(["."])
        .compile_fds(descriptors)?;
    Ok(())
}
