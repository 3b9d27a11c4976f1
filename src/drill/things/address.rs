use std::net::IpAddr;

/// An address or a network in CIDR notation, as `condition.request_ip` writes them.
pub(crate) fn covers(network: &str, address: IpAddr) -> bool {
    let (base, bits) = match network.split_once('/') {
        Some((base, bits)) => (base, bits.parse::<u32>().ok()),
        None => (network, Some(128)),
    };
    let (Ok(base), Some(bits)) = (base.parse::<IpAddr>(), bits) else {
        return false;
    };
    match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            same_prefix(base.to_bits().into(), address.to_bits().into(), bits, 32)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => same_prefix(base.to_bits(), address.to_bits(), bits, 128),
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

fn same_prefix(base: u128, address: u128, bits: u32, width: u32) -> bool {
    let ignored = width.saturating_sub(bits);
    // A shift by the whole width (`/0`) would overflow; every address is covered then.
    base.checked_shr(ignored).unwrap_or(0) == address.checked_shr(ignored).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_addresses() {
        let cases = [
            ("192.0.2.0/24", "192.0.2.77", true),
            ("192.0.2.0/24", "192.0.3.77", false),
            ("192.0.2.9", "192.0.2.9", true),
            ("192.0.2.9", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.5", true),
            ("::/0", "203.0.113.5", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("nonsense", "192.0.2.9", false),
            ("192.0.2.0/x", "192.0.2.9", false),
        ];
        for (network, address, expected) in cases {
            assert_eq!(covers(network, address.parse().unwrap()), expected, "{network} {address}");
        }
    }
}
