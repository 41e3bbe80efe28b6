//! Pictures of one pixel.
#![expect(unreachable_pub, reason = "support of tests")]

/// A picture of one pixel, whole and valid; its last colour byte tells pictures apart.
pub fn png(colour: u8) -> Vec<u8> {
    let mut pixel = vec![0x78, 0x01, 0x01, 0x04, 0x00, 0xfb, 0xff];
    let row = [0, 0x33, 0x66, colour];
    pixel.extend(row);
    pixel.extend(adler32(&row).to_be_bytes());
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let head = [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0];
    for (kind, data) in [(b"IHDR", head.as_slice()), (b"IDAT", &pixel), (b"IEND", &[])] {
        let body = [kind, data].concat();
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(&body);
        bytes.extend(crc32(&body).to_be_bytes());
    }
    bytes
}

fn adler32(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), &byte| {
        let low = (low + u32::from(byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

fn crc32(bytes: &[u8]) -> u32 {
    let byte = |crc: u32, &byte: &u8| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, byte)
}
