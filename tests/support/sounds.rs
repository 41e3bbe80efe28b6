//! Sounds that are no more than a moment of silence.
#![expect(unreachable_pub, reason = "support of tests")]

/// Eight samples, whole and valid; the last tells sounds apart.
pub fn wav(last: u8) -> Vec<u8> {
    let samples = [128, 128, 128, 128, 128, 128, 128, last];
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    // Uncompressed, one channel, 8000 samples a second of 8 bits.
    bytes.extend([1, 0, 1, 0]);
    bytes.extend(8_000_u32.to_le_bytes());
    bytes.extend(8_000_u32.to_le_bytes());
    bytes.extend([1, 0, 8, 0]);
    bytes.extend(b"data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    bytes
}

/// What an MP3 begins with, and a byte that tells sounds apart.
pub fn mp3(last: u8) -> Vec<u8> {
    [b"ID3\x04\0\0\0\0\0\0\xff\xfb\x90\x64".as_slice(), &[last; 32]].concat()
}
