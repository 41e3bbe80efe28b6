//! What decides about what is kept, as a digest.

use std::hash::Hasher;

/// Bytes that are hashed at once.
const PIECE: usize = 1 << 18;

pub(crate) type Digest = [u8; blake3::OUT_LEN];

/// Collects what something is made of.
#[derive(Default)]
pub(crate) struct Inputs {
    hasher: blake3::Hasher,
    /// Most parts are a few bytes, and hashing takes many at once.
    small: Vec<u8>,
}

impl Inputs {
    pub(crate) fn digest(mut self) -> Digest {
        self.flush();
        *self.hasher.finalize().as_bytes()
    }

    fn flush(&mut self) {
        self.hasher.update(&self.small);
        self.small.clear();
    }
}

impl Hasher for Inputs {
    fn write(&mut self, bytes: &[u8]) {
        if self.small.len() + bytes.len() > PIECE {
            self.flush();
        }
        if bytes.len() > PIECE {
            self.hasher.update(bytes);
        } else {
            self.small.extend_from_slice(bytes);
        }
    }

    /// All of it is in the digest; this is for whoever is content with less.
    fn finish(&self) -> u64 {
        let mut hasher = self.hasher.clone();
        hasher.update(&self.small);
        hasher.finalize().as_bytes().first_chunk().copied().map_or(0, u64::from_le_bytes)
    }
}
