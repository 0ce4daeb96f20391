# What is wrong with the configuration: each problem is a variable, what is wrong with it, and what is expected. Shown by
# commands, so apostrophes are straight, as in commands.ftl.

config-what-expected = { $what }. Expected: { $expected }

### What is wrong

config-invalid = { $value } is not valid
config-invalid-hidden = its value is not valid
config-missing = missing
config-set-too = { $other } is set too
config-unreadable = it can't be read: { $why }
config-base-url-no-address = it is not an address
config-base-url-no-web-address = it is not a web address
config-base-url-user = it contains a user name or a password
config-base-url-path = it has a path, but Postrider needs a host of its own, such as a subdomain
config-base-url-more = there is something after the host
config-secret-key-missing = missing, and with PostgreSQL it can't be made automatically
config-relay-missing = missing, and CAPTURE_MAIL is false
config-relay-missing-public = missing while BASE_URL is public ({ $url }), so no mail would be sent

# Secrets in files
config-file-unreadable = { $file } can't be read ({ $why })
config-file-large = { $file } is larger than 64 KiB
config-file-not-utf8 = { $file } is not UTF-8
config-file-empty = { $file } is empty

# Relays
config-relay-no-url = part of its value is not a URL; { $encoding }
config-relay-scheme = it does not begin with smtp:// or smtps://
config-relay-unreadable = its value is not a valid URL ({ $why }); { $encoding }
config-relay-no-host = its value is not just a host and a port
config-relay-options = after the ?, only tls=required, tls=none (smtp:// only) and weight=1…1000 are allowed
config-relay-no-user = it has a password but no user name
config-relay-unencoded = the user name or password contains a character that must be encoded in a URL
config-relay-in-the-clear = ?tls=none would send the password in the clear
config-relay-user-twice = SMTP_URL has a user name or password too
config-relay-no-smtp-user = set without a user name
config-relay-no-smtp-password = set without a password
config-relay-no-smtp-url = set without SMTP_URL
config-relay-several = SMTP_URL has several relays, and it isn't clear which one this is for
config-relay-encoding = in a user name or password, write % as %25, / as %2F, # as %23, ? as %3F, @ as %40, : as %3A and a space as %20, or set them unencoded in SMTP_USER and SMTP_PASSWORD
config-relay-encoded = { $character } as { $code }
config-two-variables = { $first } and { $second }

# Keys that sign mail
config-dkim-missing = missing, while another DKIM variable is set
config-dkim-count = { $files ->
    [one] 1 file
   *[other] { $files } files
} for { $selectors ->
    [one] 1 selector
   *[other] { $selectors } selectors
}
config-dkim-same-kind = two keys of the same kind
dkim-key-none = contains no private key in PEM format (PKCS#8 or PKCS#1)
dkim-key-short = contains an RSA key under 2048 bits, which is too weak to trust (RFC 8301)
dkim-key-unusable = contains a key that is neither RSA (2048 to 8192 bits) nor Ed25519

### What is expected

config-expected-variables = lines like BASE_URL=https://news.example
config-expected-address-port = an address and a port, like 127.0.0.1:8080
config-expected-base-url = where readers reach this server, like https://news.example
config-expected-database = sqlite://data/postrider.db or postgres://user:password@host/name
config-expected-secret-key = 32 characters or more, like the output of: openssl rand -hex 32
config-expected-secret-file = a text file that this user can read, containing { $secret }
config-expected-mailbox = Name <address@domain>, like Harbour News <news@harbour.example>
config-expected-pem = a PEM file that can be read
config-expected-connections = 1 to 256
config-expected-one-or-more = 1 or more
config-expected-count = a whole number; 0 for no limit
config-expected-hash-kib = a whole number of KiB from 64 to 1048576
config-expected-hours = whole hours, 1 to 120
config-expected-networks = addresses or networks, like 127.0.0.1 10.0.0.0/8
config-expected-private-networks = true, false, or networks, like 10.0.0.0/8
config-expected-switch = true or false
config-expected-log-format = text or json
config-expected-host-name = this machine's full name, like mail.news.example
config-expected-relay = SMTP_URL=smtp://relay.example:587
config-expected-relay-or-capture = SMTP_URL=smtp://user:password@relay.example:587, or CAPTURE_MAIL=true to keep mail in files
config-expected-relay-urls = smtp://user:password@relay.example:587 or smtps://…:465, several separated by spaces
config-expected-relay-encoded = percent-encoded, { $characters } (and % itself as %25), or unencoded in SMTP_USER and SMTP_PASSWORD
config-expected-relay-each = each relay's user name and password in its URL; { $encoding }
config-expected-relay-tls = TLS when signing in, except on this machine
config-expected-one-of-two = only one of the two
config-expected-smtp-user = SMTP_USER too
config-expected-smtp-password = SMTP_PASSWORD too
config-expected-dkim-domain = the domain of MAIL_FROM, like harbour.example
config-expected-dkim-selector = the part of its DNS record's name before ._domainkey, like postrider
config-expected-dkim-selectors = the part of its DNS record's name before ._domainkey, like postrider; or two such names, separated by a space
config-expected-dkim-file = the file of the private key, like data/dkim-postrider.pem
config-expected-dkim-files = one file for each, in the same order, like data/dkim-postrider.pem data/dkim-postrider-ed25519.pem
config-expected-dkim-made = { $expected }. postrider dkim make prints all three
config-expected-dkim-key = an RSA key of 2048 bits or more, or an Ed25519 key, in PEM format. postrider dkim make makes one
config-expected-dkim-kinds = one RSA and one Ed25519 key, or a single file

### What is found when the database, keys and certificates are opened

open-folder-unmakable = can't create the folder { $folder }: { $why }
open-database-file = can't open the SQLite file { $file }
open-outbox = can't create the outbox folder { $folder }
relay-outbox = the outbox folder
open-database-names = it has { $names } names (hard links), and another process could write to it at the same time under another name. Remove all names but one, or copy the file. To list its names: find / -xdev -samefile { $file }
open-database-silent = PostgreSQL is not responding: check DATABASE_URL, and that the server is running
open-database-connections = PostgreSQL does not say how many connections it allows
open-database-schema = The database's schema can't be brought up to date
open-key-file = the key that signs links: { $file }
open-key-short = { $file } is too short: remove it or restore it
open-certificates-unreadable = SMTP_CA_FILE { $file } can't be read
open-certificates-none = SMTP_CA_FILE { $file } contains no PEM certificate

### What is wrong with the database, and what to do: sentences that name nobody and nothing, in lower case

database-disk-full = the database's disk is full: free some space
database-read-only = the database is read-only: make its disk, or its server, writable again
database-damaged = the database is damaged: stop every process, keep a copy of its files, and restore a backup
database-disk-fails = the database's disk can't be read or written to: check the system log
database-file-gone = the database file can't be opened: it is missing, or this user can't read and write it
database-locked = another process has locked the database: stop it, or wait until it is done
database-connections = the database has no connections left: raise max_connections, or run fewer processes
database-silent = the database is not responding
database-silent-for = the database did not respond within { $secs } seconds
database-schema-old = the schema is not up to date: postrider migrate
database-replaced = the database file was moved or replaced while this process was writing to it: restart the process
