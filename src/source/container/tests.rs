use super::*;
use crate::source::pieces::tests::Memory;
use crate::source::{files, stdin};
use ::zip::CompressionMethod;
use ::zip::write::{SimpleFileOptions, ZipWriter};
use proptest::prelude::*;
use std::io::{Cursor, Write};

mod limits;

type Pack = fn(&[u8]) -> Vec<u8>;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const CODECS: [(Pack, Layer); 4] =
    [(gzip, Layer::Gzip), (zstd, Layer::Zstd), (xz, Layer::Xz), (bzip2, Layer::Bzip2)];

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip_with(method: CompressionMethod, members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip_with(CompressionMethod::Deflated, members)
}

/// A zip as a pipe writes it: sizes in descriptors behind the members.
fn streamed_zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new_stream(Vec::new());
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Text that does not compress to nothing.
fn noise(lines: usize) -> String {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        state >> 16
    };
    let mut word = || data_encoding::BASE64URL_NOPAD.encode(&next().to_le_bytes()[..6]);
    (0..lines).map(|_| [word(), word(), word(), word(), "\n".to_owned()].concat()).collect()
}

fn scan_with(bytes: &[u8], limits: &Limits) -> Memory {
    let memory = Memory::default();
    scan(bytes, &Arc::new(Provenance::file("x")), limits, &memory);
    memory
}

fn scan_whole(bytes: &[u8]) -> Memory {
    scan_with(bytes, &Limits::default())
}

/// Small pieces, so that small inputs are large ones.
const SMALL: Cut = Cut { piece: 4096, context: 256 };

fn unpack_small(unpack: impl FnOnce(&Unpacker<'_>, &Spot) -> Flow) -> Memory {
    let (memory, limits) = (Memory::default(), Limits::default());
    let unpacker = Unpacker { cut: SMALL, ..Unpacker::new(Budget::new(&limits, None), &memory) };
    unpack(&unpacker, &Spot::outermost(&Arc::new(Provenance::file("x"))));
    memory
}

/// The same bytes as a stream.
fn pour(bytes: &[u8]) -> Memory {
    let memory = Memory::default();
    stdin::read(&mut { bytes }, &Limits::default(), &memory);
    memory
}

/// The same bytes as a file on disk.
fn store(bytes: &[u8]) -> Memory {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let memory = Memory::default();
    files::one(file.path(), Provenance::file("x"), &Limits::default(), &memory);
    memory
}

fn texts(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(place, text)| ((*place).to_owned(), (*text).to_owned())).collect()
}

fn text_at(memory: &Memory, place: &str) -> String {
    memory.texts().into_iter().find(|(at, _)| at == place).map_or_else(String::new, |(_, text)| text)
}

#[test]
fn a_compressed_file_keeps_its_name_and_gains_a_layer() {
    for (pack, layer) in CODECS {
        let memory = scan_whole(&pack(b"first\nsecond\n"));
        assert_eq!(memory.texts(), texts(&[("x", "first\nsecond\n")]));
        assert_eq!(memory.chunks()[0].provenance.unwrapped, [layer]);
        assert!(memory.skips().is_empty());
    }
}

#[test]
fn every_member_of_a_compressed_file_is_read() {
    for (pack, _) in CODECS {
        let joined = [pack(b"one "), pack(b""), vec![0; 512], pack(b"two")].concat();
        let memory = scan_whole(&joined);
        assert_eq!((memory.texts(), memory.skips()), (texts(&[("x", "one two")]), vec![]));
    }
}

#[test]
fn what_follows_the_compressed_part_is_read_as_it_is() {
    for (pack, _) in CODECS {
        let packed = pack(b"inside");
        let memory = scan_whole(&[&packed[..], b"outside"].concat());
        let chunks = memory.chunks();
        assert_eq!(
            chunks.iter().map(|chunk| &chunk.text[..]).collect::<Vec<_>>(),
            [b"inside" as &[u8], b"outside"]
        );
        assert_eq!(chunks[1].offset, packed.len() as u64);
        assert!(chunks[1].provenance.unwrapped.is_empty());
    }
}

#[test]
fn archive_members_are_named() {
    let members: [(&str, &[u8]); 3] = [("a.txt", b"alpha"), ("d/b.txt", b"beta"), ("d/empty", b"")];
    let expected = texts(&[("x!a.txt", "alpha"), ("x!d/b.txt", "beta")]);
    assert_eq!(scan_whole(&tar(&members)).texts(), expected);
    assert_eq!(scan_whole(&gzip(&tar(&members))).texts(), expected);
    for method in [
        CompressionMethod::Stored,
        CompressionMethod::Deflated,
        CompressionMethod::Bzip2,
        CompressionMethod::Zstd,
    ] {
        let memory = scan_whole(&zip_with(method, &members));
        let found = memory.texts();
        assert_eq!(found[1..], expected, "{method}");
        assert!(
            found[0].1.starts_with("PK\x01\x02") && memory.skips().is_empty(),
            "the directory is read as it is"
        );
    }
}

#[test]
fn a_member_of_a_compressed_tar_is_spelled_plainly() {
    let memory = scan_whole(&gzip(&tar(&[("a", b"text")])));
    let provenance = &memory.chunks()[0].provenance;
    assert_eq!((&provenance.inside[..], &provenance.unwrapped[..]), (&["a".to_owned()][..], &[][..]));
}

#[test]
fn archives_in_archives_are_opened() {
    let tgz = gzip(&tar(&[("package/.dev.vars", b"deep")]));
    let memory = scan_whole(&zip(&[("a.tgz", &tgz), ("b.txt.xz", &xz(b"packed"))]));
    assert_eq!(text_at(&memory, "x!a.tgz!package/.dev.vars"), "deep");
    assert_eq!(text_at(&memory, "x!b.txt.xz"), "packed");
}

#[test]
fn what_only_begins_like_a_container_is_read_as_it_is_and_said() {
    let table: [(&[u8], &str); 6] = [
        (b"\x1f\x8b\x08\0 is how this text begins", "x damaged"),
        (b"\x28\xb5\x2f\xfd is how this text begins", "x damaged"),
        (b"\xfd7zXZ\0 is how this text begins, and it goes on", "x damaged"),
        (b"BZh91AY&SY is how this text begins, and it goes on", "x damaged"),
        (b"PK\x03\x04 is how this text begins", "x truncated"),
        (b"7z\xbc\xaf\x27\x1c and so on", "x unsupported"),
    ];
    for (bytes, skip) in table {
        for memory in [scan_whole(bytes), pour(bytes), store(bytes)] {
            let seen = memory.chunks();
            assert_eq!(seen.iter().map(|chunk| &chunk.text[..]).collect::<Vec<_>>(), [bytes]);
            let skips = memory.skips();
            assert_eq!(skips.len(), 1, "{skips:?}");
            assert_eq!(
                skips[0].split_once(' ').map(|(_, reason)| reason),
                skip.split_once(' ').map(|(_, r)| r)
            );
        }
    }
}

#[test]
fn what_begins_like_a_container_for_a_while_is_read_as_it_is_too() {
    let tail = "CLOUDFLARE_API_TOKEN=and so on, for as long as it takes\n".repeat(400);
    // The first line end is read as the start of a block of literals.
    for head in ["\x1f\u{8b}\x08\0 hello\n", "PK\x03\x04 hello\n", "PK\x03\x04"] {
        let head: Vec<u8> = head.chars().map(|char| char as u8).collect();
        let bytes = [&head[..], tail.as_bytes()].concat();
        for memory in [scan_whole(&bytes), pour(&bytes), store(&bytes)] {
            assert!(memory.chunks().iter().any(|chunk| chunk.text == bytes), "{head:?}");
            assert_eq!(memory.skips().len(), 1, "{:?}", memory.skips());
        }
    }
}

#[test]
fn a_truncated_stream_is_read_as_far_as_it_goes() {
    let text = noise(12_000);
    for (pack, layer) in CODECS {
        let packed = pack(text.as_bytes());
        let memory = scan_whole(&packed[..packed.len() / 2]);
        let found = text_at(&memory, "x");
        assert!(found.len() > text.len() / 5 && text.starts_with(&found), "{layer:?} {}", found.len());
        assert_eq!(memory.skips(), ["x truncated"], "{layer:?}");
    }
}

#[test]
fn a_truncated_tar_is_read_as_far_as_it_goes() {
    let whole = tar(&[("a", b"alpha"), ("b", &[b'b'; 2000])]);
    let memory = scan_whole(&whole[..512 + 512 + 512 + 1000]);
    assert_eq!(memory.texts(), texts(&[("x!a", "alpha"), ("x!b", &"b".repeat(1000))]));
    assert_eq!(memory.skips(), ["x!b truncated"]);
    let memory = scan_whole(&gzip(&whole[..512 + 512 + 512 + 1000]));
    assert_eq!(memory.skips(), ["x!b truncated"]);
}

#[test]
fn a_zip_without_its_directory_is_read_by_its_members() {
    let text = noise(2000);
    let members: [(&str, &[u8]); 3] = [("a", b"alpha"), ("b", text.as_bytes()), ("c", b"gamma")];
    for whole in [zip(&members), streamed_zip(&members)] {
        let directory = memchr::memmem::find(&whole, b"PK\x01\x02").unwrap();
        let memory = scan_whole(&whole[..directory]);
        assert_eq!(memory.texts(), texts(&[("x!a", "alpha"), ("x!b", &text), ("x!c", "gamma")]));
        assert!(memory.skips().contains(&"x truncated".to_owned()), "{:?}", memory.skips());

        let memory = scan_whole(&whole[..directory / 2]);
        let found = text_at(&memory, "x!b");
        assert!(text_at(&memory, "x!a") == "alpha" && text.starts_with(&found) && found.len() > 1000);
        assert!(memory.skips().contains(&"x truncated".to_owned()), "{:?}", memory.skips());
    }
}

#[test]
fn a_damaged_member_does_not_hide_its_neighbours() {
    let text = noise(2000);
    let mut bytes = zip(&[("a", b"alpha"), ("b", text.as_bytes()), ("c", b"gamma")]);
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0xff);
    let memory = scan_whole(&bytes);
    assert_eq!((text_at(&memory, "x!a"), text_at(&memory, "x!c")), ("alpha".to_owned(), "gamma".to_owned()));
    assert_eq!(memory.skips(), ["x!b damaged"]);
}

#[test]
fn a_damaged_directory_does_not_hide_the_members() {
    let mut bytes = zip(&[("a", b"alpha"), ("b", b"beta")]);
    let second = memchr::memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
    bytes[second] = b'X';
    let memory = scan_whole(&bytes);
    assert_eq!((text_at(&memory, "x!a"), text_at(&memory, "x!b")), ("alpha".to_owned(), "beta".to_owned()));
    assert_eq!(memory.skips(), ["x damaged"]);
}

#[test]
fn encrypted_members_are_said_one_by_one() {
    let mut bytes = zip(&[("open", b"alpha"), ("locked", b"beta")]);
    let local = memchr::memmem::rfind(&bytes, b"PK\x03\x04").unwrap();
    let central = memchr::memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
    bytes[local + 6] |= 1;
    bytes[central + 8] |= 1;
    let memory = scan_whole(&bytes);
    assert_eq!(text_at(&memory, "x!open"), "alpha");
    assert_eq!(memory.skips(), ["x!locked encrypted"]);
}

#[test]
fn two_entries_of_one_name_are_both_read() {
    let bytes = zip_with(CompressionMethod::Stored, &[("name-1", b"first"), ("name-2", b"second")]);
    let renamed: Vec<u8> = bytes.iter().map(|byte| if *byte == b'2' { b'1' } else { *byte }).collect();
    let memory = scan_whole(&renamed);
    let both = memory.chunks().into_iter().filter(|chunk| chunk.place == "x!name-1").count();
    assert_eq!(both, 2);
}

#[test]
fn a_program_before_a_zip_is_read_too() {
    let archive = zip(&[("a", b"alpha")]);
    let program = b"#!/bin/sh\nexec unzip -p \"$0\"\n";
    let memory = scan_whole(&[program, &archive[..]].concat());
    assert_eq!(text_at(&memory, "x!a"), "alpha");
    assert_eq!(memory.chunks()[0].text, program);
}

#[test]
fn joined_tars_and_what_follows_them_are_read() {
    let joined = [tar(&[("a", b"alpha")]), tar(&[("b", b"beta")]), b"tail".to_vec()].concat();
    let memory = scan_whole(&joined);
    assert_eq!(memory.texts(), texts(&[("x", "tail"), ("x!a", "alpha"), ("x!b", "beta")]));
    assert!(memory.skips().is_empty());
}

#[test]
fn what_follows_a_damaged_header_is_read_as_it_is() {
    let mut bytes = tar(&[("a", b"alpha"), ("b", b"beta")]);
    bytes[1024] ^= 1;
    let memory = scan_whole(&bytes);
    assert_eq!(text_at(&memory, "x!a"), "alpha");
    assert!(text_at(&memory, "x").starts_with("beta"));
    assert_eq!(memory.skips(), ["x damaged"]);
}

#[test]
fn memory_file_and_stream_see_the_same() {
    let text = noise(500); // well over a piece, packed too
    let members: [(&str, &[u8]); 3] = [("a", b"alpha"), ("big", text.as_bytes()), ("z", b"omega")];
    let (tar, zip, piped) = (tar(&members), zip(&members), streamed_zip(&members));
    let packed: Vec<Vec<u8>> = CODECS.iter().map(|(pack, _)| pack(&tar)).collect();
    for bytes in packed.iter().chain([&tar, &zip, &piped]) {
        assert!(bytes.len() > 2 * SMALL.piece);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let len = bytes.len() as u64;
        for memory in [
            unpack_small(|unpacker, spot| unpacker.bytes(bytes, spot)),
            unpack_small(|unpacker, spot| unpacker.stream(&mut &bytes[..], spot)),
            unpack_small(|unpacker, spot| {
                let format = sniff_file(&file, len, &bytes[..1000]).unwrap();
                unpacker.file(&file, len, &bytes[..1000], format, &spot.provenance)
            }),
        ] {
            let found = memory.texts();
            let members = found.iter().filter(|(place, _)| place.contains('!'));
            let inner: Vec<&str> = members.map(|(_, text)| text.as_str()).collect();
            assert!(inner == ["alpha", &text, "omega"], "{:?}", memory.skips());
            assert!(memory.skips().is_empty(), "{:?}", memory.skips());
        }
    }
}

#[test]
fn a_large_archive_on_disk_is_opened() {
    let text = "one line of a log\n".repeat(300_000);
    let members: [(&str, &[u8]); 2] = [("a", b"alpha"), ("big", text.as_bytes())];
    for bytes in [tar(&members), zip_with(CompressionMethod::Stored, &members)] {
        let memory = store(&bytes);
        assert!(text_at(&memory, "x!a") == "alpha" && text_at(&memory, "x!big") == text);
        assert!(memory.skips().is_empty());
    }
}

#[test]
fn a_zip_too_large_to_hold_is_read_by_its_members() {
    let text = noise(500);
    let members: [(&str, &[u8]); 3] = [("a", b"alpha"), ("big", text.as_bytes()), ("z", b"omega")];
    for bytes in [zip(&members), streamed_zip(&members)] {
        let memory = unpack_small(|unpacker, spot| {
            unpacker.spooled.set(SPOOL);
            unpacker.stream(&mut &bytes[..], spot)
        });
        assert_eq!(memory.skips(), Vec::<String>::new());
        assert!(memory.texts() == texts(&[("x!a", "alpha"), ("x!big", &text), ("x!z", "omega")]));
    }
}

#[test]
fn stop_ends_the_unpacking() {
    let memory = Memory { stop_at: Some(1), ..Memory::default() };
    let bytes = zip(&[("a", b"alpha"), ("b", &tar(&[("c", b"gamma"), ("d", b"delta")]))]);
    let flow = scan(&bytes, &Arc::new(Provenance::file("x")), &Limits::default(), &memory);
    assert_eq!((flow, memory.chunks().len()), (Flow::Stop, 1));
}

const PACKS: [Pack; 7] = [
    gzip,
    zstd,
    xz,
    bzip2,
    |bytes| tar(&[("before", b"b"), ("in", bytes)]),
    |bytes| zip(&[("before", b"b"), ("in", bytes)]),
    |bytes| streamed_zip(&[("in", bytes)]),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn packed_in_any_order_it_is_found_once(layers in proptest::collection::vec(0..PACKS.len(), 0..6)) {
        let text = "the words that are looked for";
        let packed = layers.iter().fold(text.as_bytes().to_vec(), |bytes, layer| PACKS[*layer](&bytes));
        for memory in [scan_whole(&packed), pour(&packed), store(&packed)] {
            let found = memory.texts().iter().filter(|(_, found)| found == text).count();
            prop_assert_eq!((found, memory.skips()), (1, vec![]));
        }
    }

    #[test]
    fn no_damage_is_fatal_and_none_is_silent(
        layer in 0..PACKS.len(), cut in 0.0..1.0f64, flip in 0.0..1.0f64, bit in 0..8u32, cuts: bool,
    ) {
        let text = noise(300);
        let mut packed = PACKS[layer](text.as_bytes());
        if cuts {
            packed.truncate((packed.len() as f64 * cut) as usize);
        }
        let flipped = (packed.len() as f64 * flip) as usize;
        if let Some(byte) = packed.get_mut(flipped) {
            *byte ^= 1 << bit;
        }
        for memory in [scan_whole(&packed), pour(&packed)] {
            let is_whole = memory.texts().iter().any(|(_, found)| *found == text);
            // A tar has no checksum over what its members hold, so there a changed bit is just another text.
            let is_recognised = sniff(&packed).is_some_and(|format| format != Format::Tar);
            prop_assert!(is_whole || !is_recognised || !memory.skips().is_empty(), "{layer} {flipped}");
        }
    }
}
