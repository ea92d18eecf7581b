//! The file of a snapshot: the view as JSON, then in pieces what there is most of, then the seal, which says what they are. They are read side by
//! side and a piece at a time, so that a start takes neither the time of one core alone nor the memory of the whole file.

use crate::maintenance::bulk::{Piece, Restoring};
use crate::registries::{Instances, Registries};
use crate::view::View;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Scope, available_parallelism, scope};
use uuid::Uuid;

/// Changes whenever the code that makes views does.
const FINGERPRINT: &str = env!("UPKEEP_VIEW_FINGERPRINT");
/// The longest seal: it has room for a hundred thousand pieces.
const SEAL_BYTES: u64 = 16 * 1024 * 1024;
/// Bytes of the number behind the seal: how long that is.
const LENGTH_BYTES: u64 = 8;
/// Threads that read pieces, at most.
const READERS: usize = 8;
/// Pieces that each of them may be ahead.
const AHEAD: usize = 2;

/// Why a snapshot is not used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("it was written by another version")]
    OtherVersion,
    #[error("it is damaged")]
    Damaged,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    View(#[from] serde_json::Error),
    #[error(transparent)]
    Piece(#[from] postcard::Error),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seal {
    fingerprint: String,
    pub position: u64,
    pub event: Uuid,
    /// In the order in which they lie in the file, without a gap: the view first.
    parts: Vec<Part>,
}

#[derive(Serialize, Deserialize)]
struct Part {
    kind: Kind,
    bytes: u64,
    sha256: String,
}

/// What is in a part, and how it is written.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    /// All of the view that is not in another part; JSON.
    View,
    /// [`Instances`]; JSON, because many of them are of a shape that other formats cannot read.
    Instances,
    /// A [`Piece`]; Postcard.
    Sessions,
}

pub fn write(path: &Path, view: &View, event: Uuid) -> io::Result<()> {
    let mut file = File::create(path)?;
    let mut parts = vec![write_part(&mut file, Kind::View, |out| {
        Ok(serde_json::to_writer(out, view)?)
    })?];
    for instances in view.instances() {
        parts.push(write_part(&mut file, Kind::Instances, |out| {
            Ok(serde_json::to_writer(out, &instances)?)
        })?);
    }
    for piece in view.sessions.pieces() {
        let bytes = postcard::to_allocvec(&piece).map_err(io::Error::other)?;
        parts.push(write_part(&mut file, Kind::Sessions, |out| {
            out.write_all(&bytes)
        })?);
    }
    let seal = Seal {
        fingerprint: FINGERPRINT.to_owned(),
        position: view.position().0,
        event,
        parts,
    };
    let seal = serde_json::to_vec(&seal)?;
    file.write_all(&seal)?;
    file.write_all(&(seal.len() as u64).to_le_bytes())?;
    file.sync_all()
}

struct Hashed<'a> {
    file: &'a mut File,
    sha256: Sha256,
    bytes: u64,
}

impl Write for Hashed<'_> {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        let written = self.file.write(part)?;
        self.sha256.update(&part[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn write_part(
    file: &mut File,
    kind: Kind,
    write: impl FnOnce(&mut BufWriter<Hashed>) -> io::Result<()>,
) -> io::Result<Part> {
    let mut out = BufWriter::new(Hashed {
        file,
        sha256: Sha256::new(),
        bytes: 0,
    });
    write(&mut out)?;
    let hashed = out.into_inner()?;
    Ok(Part {
        kind,
        bytes: hashed.bytes,
        sha256: hex::encode(hashed.sha256.finalize()),
    })
}

/// Where a part begins, and what it is.
type Lying<'a> = (u64, &'a Part);

pub fn read(path: &Path) -> Result<(Seal, View), Unusable> {
    let file = File::open(path)?;
    let (seal, end) = seal_of(&file)?;
    let mut next = 0_u64;
    let mut lying: Vec<Lying<'_>> = vec![];
    for part in &seal.parts {
        lying.push((next, part));
        next = next.checked_add(part.bytes).ok_or(Unusable::Damaged)?;
    }
    let Some((first, parts)) = lying.split_first().filter(|_| next == end) else {
        return Err(Unusable::Damaged);
    };
    let view = scope(|threads| -> Result<View, Unusable> {
        // The longest part.
        let view = threads.spawn(|| read_part(&file, *first));
        let mut registries = Registries::default();
        let mut sessions = Restoring::default();
        let lanes = read_parts(threads, &file, parts);
        for (_, lane) in parts.iter().zip(lanes.iter().cycle()) {
            match lane.recv().map_err(|_| Unusable::Damaged)?? {
                Read::View(_) => return Err(Unusable::Damaged),
                Read::Instances(instances) => registries.restore(instances),
                Read::Sessions(piece) => sessions.add(piece),
            }
        }
        let Read::View(mut view) = view.join().map_err(|_| Unusable::Damaged)?? else {
            return Err(Unusable::Damaged);
        };
        let there = view.registries_mut();
        there.adopt(registries);
        sessions.finish(&mut there.sessions);
        Ok(*view)
    })?;
    Ok((seal, view))
}

/// A part that was read.
enum Read {
    View(Box<View>),
    Instances(Instances),
    Sessions(Piece),
}

fn read_part(file: &File, part: Lying<'_>) -> Result<Read, Unusable> {
    let bytes = bytes_of(file, part)?;
    Ok(match part.1.kind {
        Kind::View => Read::View(serde_json::from_slice(&bytes)?),
        Kind::Instances => Read::Instances(serde_json::from_slice(&bytes)?),
        Kind::Sessions => Read::Sessions(postcard::from_bytes(&bytes)?),
    })
}

/// The parts come from the lanes in turn.
fn read_parts<'scope>(
    threads: &'scope Scope<'scope, '_>,
    file: &'scope File,
    parts: &'scope [Lying<'_>],
) -> Vec<Receiver<Result<Read, Unusable>>> {
    let readers = available_parallelism().map_or(1, |cores| cores.get().min(READERS));
    let lane = |n: usize| {
        let (sender, lane) = sync_channel(AHEAD);
        threads.spawn(move || {
            for part in parts.iter().skip(n).step_by(readers) {
                // Nobody takes more once one of them cannot be used.
                if sender.send(read_part(file, *part)).is_err() {
                    return;
                }
            }
        });
        lane
    };
    (0..readers).map(lane).collect()
}

/// The seal, and where it begins.
fn seal_of(file: &File) -> Result<(Seal, u64), Unusable> {
    let length = file.metadata()?.len();
    let Some(behind) = length.checked_sub(LENGTH_BYTES) else {
        return Err(Unusable::Damaged);
    };
    let mut bytes = [0; 8];
    file.read_exact_at(&mut bytes, behind)?;
    let bytes = u64::from_le_bytes(bytes);
    let begin = behind.checked_sub(bytes).filter(|_| bytes <= SEAL_BYTES);
    let begin = begin.ok_or(Unusable::OtherVersion)?;
    let seal: Seal = serde_json::from_slice(&read_at(file, begin, bytes)?)?;
    if seal.fingerprint == FINGERPRINT {
        Ok((seal, begin))
    } else {
        Err(Unusable::OtherVersion)
    }
}

fn bytes_of(file: &File, (begin, part): Lying<'_>) -> Result<Vec<u8>, Unusable> {
    let bytes = read_at(file, begin, part.bytes)?;
    if hex::encode(Sha256::digest(&bytes)) == part.sha256 {
        Ok(bytes)
    } else {
        Err(Unusable::Damaged)
    }
}

/// No more than the file has.
fn read_at(file: &File, begin: u64, bytes: u64) -> Result<Vec<u8>, Unusable> {
    let mut read = vec![0; usize::try_from(bytes).map_err(|_| Unusable::Damaged)?];
    file.read_exact_at(&mut read, begin)?;
    Ok(read)
}
