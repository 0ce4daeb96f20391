//! Networks: what an address is counted with.

use std::net::IpAddr;

use ipnet::IpNet;

/// The network of an address, by its first bits.
pub fn network(ip: IpAddr, v4_bits: u8, v6_bits: u8) -> IpNet {
    let bits = if ip.is_ipv4() { v4_bits } else { v6_bits };
    // No address has fewer bits than we name.
    IpNet::new(ip, bits).map_or_else(|_| IpNet::from(ip), |network| network.trunc())
}

/// What one home or office has: an IPv4 address, an IPv6 /64.
pub fn narrow(ip: IpAddr) -> IpNet {
    network(ip, 32, 64)
}

/// What one customer of a provider may have: an IPv4 /24, an IPv6 /48.
pub fn wide(ip: IpAddr) -> IpNet {
    network(ip, 24, 48)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_counted_with_its_neighbours() {
        let of = |text: &str| {
            let ip = text.parse().unwrap();
            (narrow(ip).to_string(), wide(ip).to_string())
        };
        assert_eq!(of("203.0.113.9"), ("203.0.113.9/32".into(), "203.0.113.0/24".into()));
        assert_eq!(of("2001:db8:1:2::3"), ("2001:db8:1:2::/64".into(), "2001:db8:1::/48".into()));
    }
}
