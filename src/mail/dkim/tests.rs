use super::*;

/// RFC 8463, appendix A.2: the secret key of `brisbane`.
fn brisbane() -> SigningKey {
    let seed = BASE64.decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").unwrap();
    SigningKey::Ed25519(Ed25519KeyPair::from_seed_unchecked(&seed).unwrap())
}

/// RFC 8463, appendix A.3.
const FOOTBALL: &str = "From: Joe SixPack <joe@football.example.com>\r\n\
    To: Suzie Q <suzie@shopping.example.net>\r\n\
    Subject: Is dinner ready?\r\n\
    Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
    Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\
    \r\n\
    Hi.\r\n\
    \r\n\
    We lost the game.  Are you hungry yet?\r\n\
    \r\n\
    Joe.\r\n";

fn relaxed(body: &str) -> String {
    let mut out = Vec::new();
    relax_body(body.as_bytes(), |bytes| out.extend_from_slice(bytes));
    String::from_utf8(out).unwrap()
}

fn relaxed_field(field: &str) -> String {
    let mut out = Vec::new();
    relax_field(field.as_bytes(), &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn the_example_of_rfc_6376_is_canonicalised_as_it_says() {
    let message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
    let (fields, body) = split(message);
    let fields: Vec<String> =
        fields.iter().map(|field| relaxed_field(str::from_utf8(field).unwrap())).collect();
    assert_eq!(fields, ["a:X", "b:Y Z"]);
    assert_eq!(relaxed(str::from_utf8(body).unwrap()), " C\r\nD E\r\n");
}

#[test]
fn bodies_are_relaxed_at_their_ends_and_between() {
    for (body, expected) in [
        ("", ""),
        ("\r\n", ""),
        (" \t\r\n\r\n  \r\n", ""),
        ("a", "a\r\n"),
        ("a\r\n", "a\r\n"),
        ("a \t", "a\r\n"),
        ("a\r\n\r\nb\r\n\r\n", "a\r\n\r\nb\r\n"),
        ("\r\n\r\na\r\n", "\r\n\r\na\r\n"),
        ("a  b\tc \r\n d\r\n \t \r\ne f", "a b c\r\n d\r\n\r\ne f\r\n"),
        ("a \rb\r\n", "a \rb\r\n"),
        ("a\n\r\n", "a\n\r\n"),
    ] {
        assert_eq!(relaxed(body), expected, "{body:?}");
    }
}

/// RFC 6376 section 3.4.4, word for word.
fn relaxed_by_the_book(body: &str) -> String {
    let lines = body.split("\r\n").map(|line| {
        let mut out = String::new();
        for c in line.trim_end_matches([' ', '\t']).chars() {
            match c {
                ' ' | '\t' if out.ends_with(' ') => {}
                ' ' | '\t' => out.push(' '),
                other => out.push(other),
            }
        }
        out
    });
    let text = lines.collect::<Vec<_>>().join("\r\n");
    match text.trim_end_matches("\r\n") {
        "" => String::new(),
        text => format!("{text}\r\n"),
    }
}

#[test]
fn every_short_body_is_relaxed_by_the_book() {
    let parts = ["a", " ", "\t", "\r\n"];
    for n in 0..4_usize.pow(8) {
        let body: String = (0..8).map(|at| parts[n / 4_usize.pow(at) % 4]).collect();
        assert_eq!(relaxed(&body), relaxed_by_the_book(&body), "{body:?}");
    }
}

#[test]
fn a_body_that_is_relaxed_already_is_one_piece() {
    let mut pieces = 0;
    relax_body(b"One line of it.\r\n\r\nAnother line.\r\n", |_| pieces += 1);
    assert_eq!(pieces, 2, "itself, and its end");
}

#[test]
fn fields_are_unfolded_and_names_lowered() {
    assert_eq!(relaxed_field("SUBJect \t:  a\r\n  b  \t c \t"), "subject:a b c");
    assert_eq!(relaxed_field("Subject:"), "subject:");
    assert_eq!(relaxed_field("Subject: \r\n "), "subject:");
    let (fields, body) = split(b"A: b\r\n c\r\nD: e");
    assert_eq!((fields.len(), body), (2, &b""[..]));
    assert_eq!(split(b"\r\nbody\r\n"), (vec![], &b"body\r\n"[..]));
}

#[test]
fn the_vector_of_rfc_8463_gives_its_hash_and_its_signature() {
    let (fields, body) = split(FOOTBALL.as_bytes());
    assert_eq!(BASE64.encode(hash_body(body)), "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
    let signature = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n \
        d=football.example.com; i=@football.example.com;\r\n \
        q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n \
        subject : date : message-id : from : subject : date;\r\n \
        bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=";
    let mut text = Vec::new();
    for field in fields {
        relax_field(field, &mut text);
        text.extend_from_slice(b"\r\n");
    }
    relax_field(signature.as_bytes(), &mut text);
    assert_eq!(
        BASE64.encode(brisbane().sign(&text).unwrap()),
        "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
    );
    let record = brisbane().record().unwrap();
    assert_eq!(record, "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
}

#[test]
fn a_signature_stands_first_lists_every_field_and_seals_those_that_are_shown() {
    let (rsa, _) = SigningKey::generate(Algorithm::Rsa).unwrap();
    let keys = vec![("post".to_owned(), rsa), ("brisbane".to_owned(), brisbane())];
    let signer = Signer::new("football.example.com", keys);
    let mut message = FOOTBALL.replace("\r\n\r\nHi", "\r\nX-Own: 1\r\nLIST-ID : <x>\r\n\r\nHi").into_bytes();
    let before = message.clone();
    signer.sign(&mut message, DateTime::from_timestamp(1_528_637_909, 0).unwrap()).unwrap();
    assert!(message.ends_with(&before));
    let added = String::from_utf8(message[..message.len() - before.len()].to_vec()).unwrap();
    assert!(added.lines().all(|line| line.len() <= LINE_LEN), "{added}");
    let (fields, _) = split(&message);
    let tags = |field: &[u8]| relaxed_field(str::from_utf8(field).unwrap());
    assert!(tags(fields[0]).starts_with(
        "dkim-signature:v=1; a=rsa-sha256; c=relaxed/relaxed; d=football.example.com; s=post; \
         t=1528637909; h=From:From:Reply-To:To:To:Cc:Subject:Subject:"
    ));
    assert!(tags(fields[1]).contains("a=ed25519-sha256"));
    let names = tags(fields[0]).replace(": ", ":");
    assert!(names.contains("Date:Date:Message-ID:Message-ID:List-Id; bh="), "{names}");
    let mut again = before;
    signer.sign(&mut again, DateTime::from_timestamp(1_528_637_909, 0).unwrap()).unwrap();
    assert_eq!(again, message, "each attempt is the same");
}

#[test]
fn keys_come_back_from_their_files_and_weak_or_strange_ones_do_not() {
    for algorithm in [Algorithm::Rsa, Algorithm::Ed25519] {
        let (key, pem) = SigningKey::generate(algorithm).unwrap();
        let read = SigningKey::from_pem(pem.as_bytes()).unwrap();
        assert_eq!(read.algorithm(), algorithm);
        assert_eq!(read.record().unwrap(), key.record().unwrap());
    }
    let error = |pem: &str| SigningKey::from_pem(pem.as_bytes()).err();
    assert_eq!(error("a key"), Some(KeyError::NotAKey));
    assert_eq!(error(RSA_1024), Some(KeyError::TooShort));
    assert_eq!(error(P256), Some(KeyError::Unusable));
    assert!(matches!(SigningKey::from_pem(RSA_2048_PKCS1.as_bytes()), Ok(SigningKey::Rsa(_))));
}

const RSA_1024: &str = "-----BEGIN PRIVATE KEY-----
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAJUzY+SX7Vm9MIH1
7ssdatbinjBEI3BBwnNzeKd/nB3y1Tl+YgJI2zZhEk9WVosjd5LJXFTVOcc5KLQZ
M829AKmZn9sJ3WesKBg6gVr9lgTuLPgq+JnJtlMo56akryhMYH+tRTfaj/dftJGf
rSXqXR8fbD1rfEwZxwxiCrkEEFhNAgMBAAECgYAz2NXfvAPY6WuP3dyLbL+RyNJb
x3HhMpjV8cx9uFSR+66o+ggo7xRuQzFPrJsKYtrMgXi6ahZX6r8ARrm/xuwRe99R
sSz6dT2MEt2ZH/MQp8O1dGe9oubrVjHvXEV/SoSrN7afmaMTKdIaqw3FIrAYDT4D
M92lnZMjLbjRWoi/6QJBAMYr7miQ8Pw0wvfZYdp8/a4yelobzBq/EvOS/2t2+Zrz
Moz+bhmLCTHL6xbts7PlhYOQNrIKafCzVjDWYofIyT8CQQDAvSzD2Hv30x/WytHv
GGRcMGOZ0E2Y+O8r5YIgUo71uh/dr/Fub6RzloqkzNfZBOPC3VkCUjwkKuHGU3xI
3M9zAkEAqxvFl74Ghg3chnrJVgj0VVO6d1FnE3UGHRBAwH6TGOqCLGGHmUCGqNuE
2mBV+K/mb2m3AFWjkbSXaEXD/7ArqwJBALkqhYE50A+NQ39lpz6fHnv6+RViq8oV
DiIMAnHvHu0wfUDLsZU5qLJrpJMjQRN7wR0K7mJugtz0XafduP9/M8UCQEw8g+iC
6Kp63QfRyxNZ1Uj/8GEFxUiK/UJVZZ8olqUYQxya0Y8OVnUiprtPObHmN4sWtJRs
7eVuA5sHRaU6RY0=
-----END PRIVATE KEY-----";

const P256: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu2i6ZzpWBwerCxLC
5IgA1c9o3RvEtdZ6cmOIE2ofxAKhRANCAAQLVbb4EkpmMab4H50/bm+ETIxJB7aH
hKwU+o7YXWAUedaOexMbYUFevbLyO0fZsk5tfgswdxdcL1AcHu3TL+Me
-----END PRIVATE KEY-----";

const RSA_2048_PKCS1: &str = "-----BEGIN RSA PRIVATE KEY-----
MIIEogIBAAKCAQEAhYeuNfd8+SjHO/1gsW0+tgqHZPbF5zcIN/syf2aR/NR+Juym
5PBhwAfEcxp1xvEgzY9aGegZCCcwJBSST4BoL0LMwi98P2LtkJR1FRhPGeJb4PHn
4lJL9eIQisyHwZBxHcNmqCwvpJP12w2WXMvxvMvBl8pq9R6IbQk39BtVq+clMBq2
vJQKEpMfzoDDX9xJT7KQ4VuI/fpt/tyuXWP1r+AfvzEznOVtB6GqFDtWoWQWzz3O
T2+vTYAN2WG+NNXNNEPtnQSWqrQxaM6e6GjGTRSYFfRDKoDxS+HaxgpqVqRn405d
roxlWRWUU4B0M9DWOkwTXaLDl2AxDUpxTQXKlwIDAQABAoIBAD9y8lfYarzmII2j
319Pnr3XkPBrxiwQ3UnkheE9tt7hhbQvPTqJ8pjR2Aotp4tJpqGmnVS0EbjrDhgG
4mL+jALxBeS7tZlVA7dwo5XLgEK3aZsgt2O2YTvMGLorZ9KVNPrEj7IXlOfqGqfk
8+7SReLFGw9qcppY0NCm0byfhHzy3+BxpX+bbH2Kj+zJpofg5bCHuwhdAuj/X54M
cIXQ/3eoS6O8b4W33CSvmFLbO3N5zc2fDTf0HTbXB64vfaJqMHfK/+oYYHCbftnx
Dc/xUTG3HB+PQuGF0oT5/sFq8dEH7QMlTLG8UU2qhDg65+7PmtWM7QE1Vi8UvMhG
rhCesTECgYEAu/SOwrdqHzlAGlrgKLQYPcTVbeYuE55agZfVyBEoqSSopAU3CCLO
jChWT/UZMCTCCT3fN5e+FpnPKxL5I/CT7cQEJALvppuIXSlwwynbyp0TyAIq35AJ
iiP3fNMJ2doKCLXWGkv0YRnN94dt31M0nf2r3yaV3beWm8qu9TChCskCgYEAtd8P
T9OaGIxFgK9WbSpJY1G8Il0kmkJ2sRQe+SdmE7mwraJI3T1Pj6Onz1QJfneGoGTQ
i4d38YsJqBgWesQKeYKvLhcys0zmmVnc1kDBxFh92b9di/GqYQZjKeznqXxqgrs/
ydvOu6rABYnxx5wHaXX/9keFlRpFG6bSYTGnel8CgYBZtugVxVqgQMF6UvpAM4aG
pVeCt6YysxlcVk8yyg3wfpEIiXy1I3gXqoFYdRNqyYDczG2pqYKQYyZh1xKYtxLF
IRUg403k5sR2Q3uRjH9e/Q8eHvq775K+H2DYcht3ov27HqBtuOeTGbAYgMpPGPY6
m4TYZSCPzjvTbTGJ04ZrEQKBgFvCK66BuwhRlStkyz0OjbI/ZaUMy0/M4qda2Hmq
SBUBpcMk0pBUw5Rb5Gl1I8kbst+vnYwYEArctEWLyaOszwAZUBr390uBLAMI1KOA
ToKqhuxaYW8ewXBsUZGwhfz72Z0VrgxBCx+h+XmR7FtiPFcYAskVsq7UbzORSilh
bPcPAoGAYSP3b8Bh/IZ7kAuWyf9owbtk/SlKP2HO0v+rdncxFGHHud19e9wFV2Si
ukDAmqD7/aTcxfpaCeUn/odUhQJ1CEzOquIkGrsoZuGH0GE8pC6aQB0attYjYRCr
IBetY00pia4Kg7Zm2PXc8robm4kcKBKSYKkI7InBJCpqeznQHRw=
-----END RSA PRIVATE KEY-----";
