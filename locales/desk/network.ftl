# What editors and admins are told when a feed, a relay or a text from outside can’t be used: why, and what to do.
# Most are parts of sentences: they begin in lower case and have no full stop.

### The network

network-refused = the connection was refused: nothing is listening at this address and port
network-cut = the other side dropped the connection
network-closed = the other side closed the connection
network-timeout = no response in time
network-host-unreachable = this address can’t be reached: the server is off, or a firewall blocks the connection
network-unreachable = this address can’t be reached: this machine has no route to it
network-no-address = this machine has no free address for the connection
network-not-allowed = this machine doesn’t allow the connection
network-dns-down = the name couldn’t be looked up: DNS isn’t responding
network-dns-unknown = no such host: DNS doesn’t know the name
network-no-tls = the server doesn’t speak TLS on this port
network-weak-tls = the server offers no encryption that is strong enough
network-tls-refused = the server refused the encrypted connection ({ $alert })
network-tls-failed = the encrypted connection failed: { $why }
network-certificate-untrusted = its certificate is not trusted: it is self-signed, or signed by an unknown authority
network-certificate-expired = its certificate has expired
network-certificate-early = its certificate is not valid yet: check the clocks of both machines
network-certificate-names = the certificate is for another name ({ $names })
network-certificate-name = the certificate is for another name
network-certificate-revoked = its certificate was revoked
network-certificate-invalid = its certificate is not valid ({ $why })

### Feeds that can’t be read

feed-why-address = this is not a web address ({ $url }); expected http:// or https://, without a user name
feed-why-private = { $address } is not on the public internet; to allow it, add its network to FEED_ALLOW_PRIVATE_ADDRESSES
feed-why-gone = the server says the address is gone for good (410); ask the site for its feed’s new address
feed-why-not-found = there is nothing at this address (404); check it, or ask the site for its feed’s address
feed-why-status = the server responded with { $code }; { $advice }
feed-why-status-wait = the server responded with { $code } and asked us to wait { $secs } seconds; { $advice }
feed-advice-blocked = the site blocks us: allow our User-Agent in its firewall
feed-advice-too-often = we’re checking too often: check this feed less often
feed-advice-trouble = the site has a problem; we’ll keep trying, less and less often
feed-advice-other = that is not a feed: check the address
feed-why-large = the response is larger than 10 MiB; ask the site to list fewer items in its feed
feed-why-redirects = more than 5 redirects, perhaps in a loop; use the address where the redirects end
feed-why-slow = no complete response within { $secs } seconds; the site is slow or isn’t responding
feed-why-name = the name { $name } was not found; check the address and this machine’s DNS
feed-why-empty = the response is empty; open the address in a browser to see whether the site works
feed-why-web-page = this is a web page, not a feed: look for its feed address, often /feed/
feed-why-doctype = the feed declares entities in a DOCTYPE, which isn’t allowed because they can be used for attacks; ask the site to remove them
feed-why-cut = the feed is incomplete: the site’s response was cut off; it will be checked again later
feed-why-items = the feed lists more than { $max } items, which isn’t allowed; ask the site to list fewer: only the newest { $read } are read
feed-why-elements = the feed has more than { $max } elements, which isn’t allowed; ask the site to list fewer items
feed-why-no-feed = this isn’t an RSS, Atom or JSON feed; check the address
feed-why-damaged = the feed is damaged: { $why }; a feed validator shows where
hub-why-status = the hub responded with { $code }
ping-taken = Thank you. The feed will be checked now.
ping-unknown = No feed from this site is connected here.
ping-malformed = This is not a valid XML-RPC call.
ping-method = Only weblogUpdates.ping and weblogUpdates.extendedPing are supported.
ping-parameters = A ping must have a name and an address.
feed-why-failed = it couldn’t be read

### What a check of a feed would do with an item

feed-check-item-known = seen before, not sent
feed-check-item-sent = would be sent
feed-check-item-sent-after = would be sent after { $time }
feed-check-item-no-list = new, but the feed isn’t connected to a list
feed-check-item-new = new, would be sent { $mails }
feed-check-item-mail = to { $list } at { $time }
feed-check-item-first = already in the feed when it was connected, not sent
feed-check-item-old = old article, listed again, not sent
feed-check-item-unread = not new: it was already in the feed at the last check
feed-check-item-merged = { $said }; { $others ->
    [one] one more item has the same title, and the same address or GUID, and counts as the same article
   *[other] { $others } more items have the same title, and the same address or GUID, and count as the same article
}
feed-asked = The site asks not to be checked again for { $wait } (Cache-Control), so new articles may be found that much later
feed-asked-short = The site asks for { $wait } between checks
feed-length-hours = { $count ->
    [one] an hour
   *[other] { $count } hours
}
feed-length-mins = { $count ->
    [one] a minute
   *[other] { $count } minutes
}
feed-length-secs = { $count ->
    [one] a second
   *[other] { $count } seconds
}
feed-check-item-elsewhere = found in another feed days earlier, not sent
feed-check-item-skipped = found in another feed, where an editor skipped it
feed-check-item-held = new, would be put on hold
feed-check-item-hold = on hold: { $why }

### HTML that is too complicated

html-too-complicated = The HTML is too complex to process: { $why }. Shorten it, or send a link
html-why-elements = more than { $max } elements in { $kb } kB
html-why-repeats = { $kb } kB of content that repeats many times over
html-why-unclosed = { $kb } kB with tags that are never closed
html-why-attributes = a tag with more than { $max } attributes
html-why-deep = { $depth } nested elements; the limit is { $max }
html-why-endless = text or an address that never ends, full of & characters
html-why-links = its links are longer than all its text
html-why-table = a table of { $columns } columns and { $lines } rows
html-why-unreadable = part of it can’t be parsed

### Relays

relay-hung-up = the relay hung up
relay-connecting = connecting: { $why }
relay-no-answer = no response within { $time }
relay-no-answer-to-message = no response to the message within { $time }
relay-takes-nothing = the relay accepted no data within { $time }
relay-early-talk = the relay sent data between STARTTLS and the TLS handshake
relay-no-starttls = the relay offers no STARTTLS, and TLS is required
relay-out-of-turn = the relay sent a reply out of turn
relay-session-ended = the session ended
relay-ended-in-message = the connection ended during the message: { $why }
relay-ended-before-message = the connection ended before the message: { $why }
relay-pipelining = the relay offers pipelining but fails when it is used: { $why }
relay-endless-line = a line in the relay’s reply never ended
relay-endless-reply = the relay’s reply never ended
relay-no-reply = the relay’s response is not an SMTP reply
relay-no-sign-in = AUTH: the relay offers no way to sign in from this server. If it accepts our mail without signing in, leave the user name and password empty; otherwise check the port and the relay’s settings
relay-only-tokens = AUTH: the relay offers only { $offered }: signing in with tokens (OAuth), which Postrider doesn’t support. Ask its administrator to allow SMTP AUTH with an app password for this account, and use that as the password, or send through another relay
relay-other-sign-in = AUTH: the relay offers { $offered }, but Postrider signs in with PLAIN or LOGIN. Ask for one of these to be allowed, or send through another relay
relay-untrusted = TLS: { $why }. { $advice }
relay-advice-expired = Ask for it to be renewed
relay-advice-name = In SMTP_URL, use a name that the relay’s certificate covers
relay-advice-certificate = If the relay is yours, set SMTP_CA_FILE to a PEM file with its certificate or its authority’s. Adding ?tls=none to SMTP_URL sends without encryption; use it only on your own network
relay-none = no relay is set
relay-named = the relay { $name }
relay-outbox-failed = the outbox folder can’t be used: { $why }

### Why an email is not sent, or not yet

reply-connection-ended = the connection ended, and no other connection was available
reply-address = the stored address can’t be emailed
reply-unsigned = the email couldn’t be signed: { $why }
reply-unbuilt = the email couldn’t be built: { $why }
reply-gave-up = gave up after { $hours } h: { $reply }
reply-over = no longer needed
reply-turn = not tried yet: waiting for other mail to the same domain
reply-cancelled = campaign cancelled
reply-suppressed = suppressed
reply-left = unsubscribed from the list
reply-cadence = the reader chose another frequency
reply-paused = the reader paused the list
pause-relay-refuses = the relay is refusing our mail: { $why }
pause-recipients = { $relay } is refusing one recipient after another, most recently with: { $reply }
pause-failures = { $failed } of the last { $attempts } attempts were permanently refused, most recently with: { $reply }
