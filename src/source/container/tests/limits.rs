//! Traps: what is read up to a limit, and what is then said.

use super::*;

/// A bomb may be small here.
fn strict() -> Limits {
    Limits { ratio_free: 1 << 20, ..Limits::default() }
}

fn bytes_read(memory: &Memory) -> usize {
    memory.chunks.lock().unwrap().iter().map(|chunk| chunk.core.len()).sum()
}

#[test]
fn depth_counts_archives_and_a_compressed_tar_once() {
    let limits = Limits { depth: 2, ..Limits::default() };
    let inner = gzip(&tar(&[("secret", b"found")]));
    let memory = scan_with(&tar(&[("in.tgz", &inner)]), &limits);
    assert_eq!(memory.texts(), texts(&[("x!in.tgz!secret", "found")]));

    let memory = scan_with(&tar(&[("mid.tar", &tar(&[("in.tar", &tar(&[("secret", b"raw")]))]))]), &limits);
    assert_eq!(memory.skips(), ["x!mid.tar!in.tar over-depth"]);
    assert!(text_at(&memory, "x!mid.tar!in.tar").contains("raw"), "what is not opened is read as it is");
}

#[test]
fn members_that_share_bytes_are_a_bomb() {
    let mut bytes = zip(&[("a", noise(20).as_bytes())]);
    let start = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    let end = memchr::memmem::find(&bytes, b"PK\x05\x06").unwrap();
    let (entry, mut tail) = (bytes[start..end].to_vec(), bytes.split_off(end));
    for count in [8, 10] {
        tail[count] = 9;
    }
    let size = (entry.len() * 9) as u32;
    tail[12..16].copy_from_slice(&size.to_le_bytes());
    bytes.extend(entry.repeat(8));
    bytes.extend(tail);
    let memory = scan_whole(&bytes);
    assert_eq!(memory.skips(), ["x over-ratio"]);
}

#[test]
fn a_bomb_is_read_up_to_the_limit_and_said() {
    let zeros = vec![0; 8 << 20];
    for (pack, layer) in CODECS {
        let memory = scan_with(&pack(&zeros), &strict());
        assert!(bytes_read(&memory) <= 2 << 20, "{layer:?}");
        assert_eq!(memory.skips(), ["x over-ratio"], "{layer:?}");
    }
}

#[test]
fn a_bomb_beside_other_members_ends_itself_only() {
    let ballast = noise(20_000);
    let bytes = zip(&[("bomb", &vec![0; 4 << 20]), ("ballast", ballast.as_bytes()), ("z", b"omega")]);
    let memory = scan_with(&bytes, &strict());
    assert_eq!(memory.skips(), ["x!bomb over-ratio"]);
    assert_eq!(text_at(&memory, "x!z"), "omega");
}

#[test]
fn a_nest_of_bombs_is_ended_as_a_whole() {
    let bomb = zip(&[("0", &vec![0; 768 << 10])]);
    let names: Vec<String> = (0..20).map(|index| format!("{index}.zip")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &bomb[..])).collect();
    let memory = scan_with(&gzip(&tar(&members)), &strict());
    assert!(bytes_read(&memory) < 3 << 20);
    let skips = memory.skips();
    assert!(skips.len() == 1 && skips[0].ends_with("over-ratio"), "{skips:?}");
}

#[test]
fn members_and_bytes_are_counted_over_all_depths() {
    let inner = tar(&[("1", b"1"), ("2", b"2"), ("3", b"3")]);
    let whole = tar(&[("a.tar", &inner), ("b.tar", &inner)]);
    let memory = scan_with(&whole, &Limits { entries: 6, ..Limits::default() });
    assert_eq!(memory.texts().len(), 4);
    assert_eq!(memory.skips(), ["x!b.tar over-entries"]);
    assert_eq!(memory.skips.lock().unwrap()[0].detail, "more than 6 members");

    let text = noise(4000);
    let memory = scan_with(&gzip(text.as_bytes()), &Limits { total: 100_000, ..Limits::default() });
    assert_eq!(memory.skips(), ["x over-total"]);
    assert_eq!(memory.skips.lock().unwrap()[0].detail, "unpacks to more than 100 kB");
}

#[test]
fn members_over_max_bytes_are_said_and_streams_are_cut() {
    let limits = Limits { max_bytes: Some(10), ..Limits::default() };
    let memory = scan_with(&tar(&[("big", b"0123456789+"), ("small", b"0123456789")]), &limits);
    assert_eq!(
        (memory.texts(), memory.skips()),
        (texts(&[("x!small", "0123456789")]), vec!["x!big over-max-bytes".into()])
    );

    let limits = Limits { max_bytes: Some(5 << 20), ..Limits::default() };
    let memory = scan_with(&gzip(&vec![b'x'; 6 << 20]), &limits);
    assert_eq!((bytes_read(&memory), memory.skips()), ((5 << 20) + 1, vec!["x over-max-bytes".to_owned()]));
}

#[test]
fn holes_of_a_sparse_member_are_not_read_for_ever() {
    let mut header = ::tar::Header::new_gnu();
    header.set_path("holes").unwrap();
    header.set_size(512);
    header.set_entry_type(::tar::EntryType::GNUSparse);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.realsize.copy_from_slice(b"77777777777\0");
    gnu.sparse[0].offset.copy_from_slice(b"00000000000\0");
    gnu.sparse[0].numbytes.copy_from_slice(b"00000001000\0");
    gnu.sparse[1].offset.copy_from_slice(b"77777777777\0");
    gnu.sparse[1].numbytes.copy_from_slice(b"00000000000\0");
    header.set_cksum();
    let bytes = [header.as_bytes(), &[b's'; 512][..], &[0; 1024]].concat();
    let memory = scan_with(&bytes, &strict());
    assert!(text_at(&memory, "x!holes").starts_with("sss"));
    assert_eq!(memory.skips().len(), 1, "{:?}", memory.skips());
    assert!(memory.skips()[0].ends_with("over-ratio"));
}
