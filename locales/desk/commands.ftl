# What the commands print, for operators. Options, commands and variables stay as they are typed. Apostrophes are straight
# here: what a terminal shows is searched for with what a keyboard types.

### Any command

command-configuration-wrong = The configuration has problems:
command-not-started = Postrider can't start: { $why }
command-database-ready = The { $engine } database is up to date.
command-standard-input = standard input
command-standard-output = standard output
command-file-unreadable = { $file } can't be read: { $why }
command-file-unwritable = { $file } can't be written
command-file-too-large = { $file } is too large. The limit is { $mb } MB
command-file-not-utf8 = { $file } is not UTF-8. Save it as UTF-8
command-file-has-nul = { $file } has a NUL character, so it is not HTML. Check the file
command-file-empty = { $file } is empty
command-picked-up = If `postrider serve` is running, it picks this up within a second.
command-database-is-copy = This database looks like a copy: { $differs }.
command-database-is-restored = This database { $what }.
command-database-adopt = If it is the real database, run this first: postrider campaign release --this-is-the-real-one. Then release or cancel each campaign.

### Lists

command-list-name-wrong = --name: use 1 to 200 characters, on one line. For example: --name "World news"
command-list-added = List { $slug } added: { $name }
command-list-exists = List { $slug } already exists: { $name }
command-list-set = Saved the schedule for { $name } ({ $slug }). Its next digests, if there is anything to send:
command-list-quiet-wrong = --quiet: use two hours, like 22-6, or an empty value for no quiet hours.
command-list-missing = There is no list { $quoted }. Add it: postrider list add { $slug } --name "Its name"

### Backups

command-backup-file-wrong = Choose a file for the backup. For example: postrider backup /srv/backups/monday.db
command-backup-exists = { $file } already exists, and backups are never overwritten. Choose another file
command-backup-unwritable = { $file } can't be written: { $why }. Choose a file in an existing folder
command-backup-name-wrong = The file's name is not valid UTF-8. Choose another name
command-backup-stopped = Stopped: no backup was made
command-backup-failed = The backup can't be made: { $why }
command-backup-unmarked = The backup can't be marked as a backup
command-backup-no-database = There is no database at { $file }: check DATABASE_URL
command-backup-not-sqlite = This is not a SQLite database
command-backup-not-postgres = This is not a PostgreSQL database
command-database-address-wrong = DATABASE_URL is not a PostgreSQL address
command-backup-made = { $file }: { $bytes } bytes, { $format }, made on { $time }.
command-backup-keep-key = Keep { $key } with it: it is not in the backup, and links in emails already sent need it.
command-backup-marked = It is marked as a backup: if you start Postrider from it, campaigns will stay on hold until an admin decides.
command-pg-dump-missing = pg_dump, which backs up PostgreSQL databases, is not installed. Install PostgreSQL's client programs (Debian: postgresql-client), the same version as the server or newer, or use your server's own backups
command-pg-dump-failed = pg_dump failed ({ $status }). The reason is shown above

### Everything in one archive

everything-file-wrong = Choose a file for the archive. For example: postrider export --all /srv/postrider.zip
everything-exists = { $file } already exists, and archives are never overwritten. Choose another file
everything-unwritable = { $file } can't be written: { $why }
everything-wrote = { $file }: { $rows }
everything-made = The full export is in { $file }. It contains names and email addresses: keep it safe.
everything-keep-key = Start the new Postrider with the same { $key }, so that the links in emails already sent keep working.
everything-other-file = This is not a full export from Postrider. Make one: postrider export --all FILE
everything-newer = This archive is from a newer version of Postrider. Update this Postrider first
everything-unreadable = The archive can't be read: { $why }
everything-column-missing = The archive is damaged: { $table } has no column { $column }. Nothing was imported
everything-value-wrong = The archive is damaged: { $table }, line { $line }: { $column } is not valid. Nothing was imported
everything-rows-wrong = The archive is damaged: { $table }, lines { $from } to { $to }: the rows are inconsistent. Nothing was imported
everything-importing = { $table }: { $rows }
everything-imported = Imported { $subscribers ->
    [one] 1 subscriber
   *[other] { $subscribers } subscribers
 } and { $subscriptions ->
    [one] 1 subscription
   *[other] { $subscriptions } subscriptions
 }.
everything-next = Next, connect the feeds: postrider feed add URL --list SLUG. Campaigns, articles and deliveries are not imported.
everything-readme =
    A full export from Postrider: everything except users and secrets.

    subscribers.csv   one line for each subscription, for other services
    tables/           tables for import into another Postrider: postrider import --all FILE
    articles.json     articles, as read from the feeds
    campaigns.json    campaigns; "page" is the file in campaigns/
    campaigns/        each campaign as an HTML page
    deliveries.csv    what happened to each email

    CSV files are UTF-8. A cell that a spreadsheet could mistake for a formula starts with an apostrophe; remove the
    apostrophe to get the text. In tables/, an empty cell means no value, and a single apostrophe means empty text.

### Keys that sign mail

command-dkim-domain-missing = --domain: choose the domain that signs your mail. It is the domain of MAIL_FROM. For example: --domain harbour.example
command-dkim-domain-wrong = --domain: { $quoted } is not a domain. For example: --domain harbour.example
command-dkim-selector-wrong = --selector: { $quoted } is not a selector. Use a-z, 0-9 and -. For example: --selector news-2026
command-dkim-made = The key is in { $file }. Back it up, and keep it secret.
command-dkim-publish = 1. Publish this TXT record. In a zone file:
command-dkim-publish-form = In your DNS provider's form, enter the name { $name } and this value:
command-dkim-set = 2. Once the record is in DNS, set these variables and restart:
command-dkim-add-rsa = Few receivers check Ed25519 signatures, so sign with an RSA key as well: set DKIM_SELECTOR to both selectors and DKIM_KEY_FILE to both files, each pair in quotes and separated by a space.
command-dkim-unwritable = The key can't be written to { $file }
command-dkim-exists = { $file } already exists, and keys are never overwritten: emails still on their way are checked against the old key. To make a new key, choose another --selector, publish its record and change the settings. After a week, remove the old record and file

### Limits of domains

command-domain-wrong = { $quoted } is not a domain. Use what comes after the @, like gmail.com
command-domain-limit-missing = Set a limit: --connections N, --per-minute N, or both
command-domains-unlimited = No domains have limits.
command-domain-limits = { $domain }: { $limits }
command-domain-no-limit = no limit
command-domain-connections = { $max ->
    [one] 1 message
   *[other] { $max } messages
} at once per process
command-domain-pace = { $max ->
    [one] 1 message
   *[other] { $max } messages
} per minute

### Feeds

command-feed-connected = Feed connected to { $list }: { $title }.
command-feed-already-connected = Feed already connected to { $list }: { $title }.
command-feed-not-mailed = { $articles ->
    [one] The article already in it won't be sent.
   *[other] The { $articles } articles already in it won't be sent.
}
command-feed-missing = There is no feed { $url }. Connect it: postrider feed add { $url } --list SLUG
command-feeds-none = There are no feeds. Connect one: postrider feed add URL --list SLUG
command-feed-polled = { $new } new, { $edited } edited, { $held } on hold, { $noted } noted but not sent, { $campaigns ->
    [one] 1 campaign
   *[other] { $campaigns } campaigns
} scheduled
command-feed-braked = { $why }. All of them are on hold. See them: postrider feed held
command-held-none = No articles are on hold.
command-held-choose = Choose which articles: --article ID, or --all. See them: postrider feed held
command-held-none-of-feed = No articles from { $url } are on hold. See what is on hold: postrider feed held
command-held-article-missing = Article { $id } from { $url } is not on hold. See what is on hold: postrider feed held
command-held-skipped = { $articles ->
    [0] No articles were skipped.
    [one] One article skipped. It won't be sent.
   *[other] { $articles } articles skipped. They won't be sent.
}
command-move-heading = { $from } → { $to }: { $matched } of { $articles ->
    [one] 1 article
   *[other] { $articles } articles
} matched
command-move-matched = matches “{ $article }” ({ $by }), won't be sent
command-move-unclear = unclear: resembles “{ $article }” ({ $by }), won't be sent
command-move-new = new
command-move-on-hold = { $said }; on hold
command-move-dry = Nothing was changed. { $articles ->
    [0] To move the feed, run this again without --dry-run.
    [one] To move the feed, run this again without --dry-run. The new article will be sent only with --new-items send.
   *[other] To move the feed, run this again without --dry-run. The { $articles } new articles will be sent only with --new-items send.
}

# What `feed check` found
command-check-unreadable = Can't be read: { $why }.
command-check-feed = “{ $title }”, { $kind }, { $items ->
    [one] 1 article
   *[other] { $items } articles
}
command-check-moved = The feed has moved permanently to { $url }
command-check-asked = { $asked }.
command-check-last-failed = The last check failed: { $why }.
command-check-connected = Connected to: { $lists }.
command-check-braked = All new articles would be put on hold. { $why }.
command-check-unconnected = Not connected to a list yet. { $items ->
    [0] Articles published after you connect it will be sent.
    [one] If you connect it now, the article already in it won't be sent. Later articles will be.
   *[other] If you connect it now, the { $items } articles already in it won't be sent. Later articles will be.
}
command-check-as-if = If it had been connected before these articles were published:
command-check-held-above = If a check finds more than { $most ->
    [one] 1 new article
   *[other] { $most } new articles
}, they will be put on hold for an editor.
command-check-undated = undated

### Campaigns

command-campaign-released = “{ $subject }” released.
command-campaign-still-held = “{ $subject }” is still on hold: { $why }
command-campaigns-released = { $campaigns ->
    [0] None of the campaigns on hold can be released.
    [one] 1 campaign released.
   *[other] { $campaigns } campaigns released.
}
command-database-adopted = Confirmed as the real database. Its campaigns are still on hold.
command-articles-held-too = Some articles are on hold, too. See them: postrider feed held
command-nothing-held = Nothing is on hold.
command-campaign-missing = There is no campaign { $quoted }. See all: postrider campaign list
command-campaign-ambiguous = { $quoted } matches several campaigns. Enter more of the id:
command-campaigns-none = No campaigns.
command-campaign-reason-wrong = --reason: use up to 500 characters, on one line
command-campaign-now = “{ $subject }” is { $status }.
command-campaign-already = “{ $subject }” is already { $status }.
command-campaign-resumed-held = It is still on hold: { $why }

# What `campaign show` says: the words on the left, then what may stand beside them
command-show-campaign = campaign
command-show-id = id
command-show-archive = archive
command-show-list = list
command-show-status = status
command-show-held = held
command-show-scheduled = scheduled
command-show-started = started
command-show-finished = finished
command-show-enqueueing = enqueueing
command-show-done = done
command-show-rate = rate
command-show-enqueueing-note = not finished: more readers are being added
command-show-uncertain-resent = { $count }, not counted as sent; will be sent again as the same message
command-show-uncertain-left = { $count }, not counted as sent; won't be sent again automatically: see `campaign deliveries … --status uncertain`
command-show-uncertain-some = { $count }, not counted as sent; some will be sent again automatically, the others won't
command-show-done-of = { $done } of { $total }
command-show-rate-now = { $sent } in the last minute; about { $mins } min left
command-show-rate-none = none in the last minute: is `postrider serve` running? See `postrider doctor`

command-missed = { $readers ->
    [0] Nobody missed “{ $subject }”.
    [one] 1 reader missed “{ $subject }”.
   *[other] { $readers } readers missed “{ $subject }”.
}
command-missed-uncertain = { $readers } more may have received it: it was sent, but the relay never replied. Include them with --include-uncertain.
command-missed-send = Send it to them: postrider campaign missed { $id } --send
command-missed-send-uncertain = Send it to them: postrider campaign missed { $id } --send --include-uncertain
command-missed-nobody = Nobody missed “{ $subject }”, so nothing was sent.
command-missed-sending = Sending “{ $subject }” to { $readers ->
    [one] 1 reader
   *[other] { $readers } readers
} who missed it.

### Send

command-send-subject-wrong = --subject: use 1 to 500 characters, on one line
command-send-test = Test queued for { $email }. Nobody else will get it.
command-send-scheduled = Scheduled. It will be sent to { $list } on { $time }.
command-send-now = Scheduled. It will be sent to { $list } now.
command-send-no-segments = --segment: there are no saved segments
command-send-segment-unknown = --segment: there is no segment with that name. The saved segments are: { $names }
command-send-approval = It needs a second approval first: { $url }

### Publication

command-publication-unset = (not set)

### Users

command-user-added = User { $email } added: { $role }
command-user-exists = User { $email } already exists: { $role }
command-user-missing = There is no user with the email { $email }. See all: postrider user list
command-user-reset = User { $email } reset and signed out everywhere
command-user-link = Link to set a password (works once, for 72 hours):
command-users-none = No users yet. Add one: postrider user add EMAIL --role admin

### Serve

command-serve-ready = Postrider is ready ({ $engine }).
command-serve-worker-ready = A Postrider worker is ready ({ $engine }).
command-serve-web-only = This process serves pages only. A worker sends the mail: postrider serve --role worker
command-serve-subscribe = Subscribe
command-serve-archive = Archive
command-serve-desk = Desk
command-serve-setup = Set up
command-serve-mailbox = Mailbox
command-serve-metrics = Metrics
command-serve-captures = Until SMTP_URL is set, mail is saved on this machine instead of being sent.
command-serve-role-wrong = --role needs PostgreSQL: a SQLite database can be served by only one process. Set DATABASE_URL=postgres://…, or leave out --role
command-serve-address-taken = BIND_ADDR { $address } can't be used: is another program listening there?
command-serve-file = the file { $file }
command-serve-lock = the lock { $file }
command-serve-locked = another Postrider is already serving { $file }: stop it first, or set another DATABASE_URL
# What ended with the error behind it
command-serve-delivery = delivery
command-serve-sign-ups = sign-ups
command-serve-schedule = the schedule
command-serve-web = the web server

### Doctor: after what a finding is about, so in lower case and without a full stop

doctor-configuration = all variables are valid
doctor-base-url-local = links in mail lead to { $url }, which only this machine can reach. Set BASE_URL
doctor-base-url-http = links in mail are not encrypted, and mail clients need https for one-click unsubscribe. Put a reverse proxy with TLS in front, then set BASE_URL=https://…
doctor-database = { $engine } is up to date and writable
doctor-file-open = other users of this machine can read { $file }: chmod 600 { $file }
doctor-counter-missing = { $file } is missing or can't be read: it will be created again with the next email
doctor-counter-lags = { $file } has not been written to for { $mins } min, so restoring a backup would go unnoticed. Make sure that serve can write to it
doctor-unset = not set: postrider publication set { $option } …
doctor-no-lists = none yet: postrider list add SLUG --name NAME
doctor-feed-fails = { $url }: { $why }
doctor-feed = { $url } works
doctor-feed-asked = { $url } works. { $asked } (Cache-Control)
doctor-no-admin = nobody gets alerts. Add an admin: postrider user add EMAIL --role admin
doctor-relay-unreadable = the relay that was set in the desk can't be read: no key in SECRET_KEY decrypts it. Add the old key after the new one, or set the relay again at /admin/setup/relay
doctor-codes-unreadable = { $users ->
    [one] 1 user with two-factor sign-in can't sign in
   *[other] { $users } users with two-factor sign-in can't sign in
}: it was set up under a SECRET_KEY that is no longer set. Add the old key after the new one (SECRET_KEY="NEW OLD"), or have an admin turn off their two-factor sign-in, or: postrider user reset EMAIL
doctor-codes-older = { $users ->
    [one] 1 user with two-factor sign-in still needs an older key in SECRET_KEY. Keep it until they have signed in with a code once
   *[other] { $users } users with two-factor sign-in still need an older key in SECRET_KEY. Keep it until each has signed in with a code once
}
doctor-copy = this looks like a copy, so nothing is sent: { $differs }. If it is the real one: postrider campaign release --all --this-is-the-real-one
doctor-restored = this database { $what }, so no campaign is sent. See what is on hold: postrider campaign release. If it is the real one: postrider campaign release --this-is-the-real-one
doctor-job-fails = { $job }: failing since { $since } ({ $times ->
    [one] once
   *[other] { $times } times
}): { $why }. It will be tried again
doctor-job-late = { $job }: has not run since { $since }. Make sure that postrider serve is running
doctor-held = { $campaigns ->
    [one] 1 campaign is
   *[other] { $campaigns } campaigns are
} on hold. See what is on hold: postrider campaign release. Release one: postrider campaign release ID. Release all that are on hold because of an outage: postrider campaign release --all
doctor-unsigned = mail is not signed here. Unless the relay signs it, make a key: postrider dkim make
doctor-signed = mail is signed for { $domain }, { $count ->
    [one] selector { $selectors }
   *[other] selectors { $selectors }
}
doctor-signed-elsewhere = MAIL_FROM is at { $from }, so this signature does not count for DMARC. Set DKIM_DOMAIN={ $from }
doctor-captures = mail is saved in { $folder } instead of being sent. Set SMTP_URL and MAIL_FROM, or a relay at /admin/setup/relay
doctor-relay = { $relay } responds and accepts our connection
doctor-relay-fails = { $why }. Check SMTP_URL, the firewall, and the relay's own log

### Demo

demo-intro = The Harbour Ledger, a publication that exists only for this demo.
demo-site = Its site
demo-desk = Its desk
demo-mail-kept = mail is saved on this machine instead of being sent
demo-desk-admin = choose a password to sign in as admin
demo-imported = { $readers } readers are imported from the old system. No mail is sent to them.
demo-feed-connected = The site's feed is connected to the list. The 3 articles already in it won't be sent.
demo-sign-up = Ines and Tobe enter their email addresses in the form, Tobe twice.
demo-confirmation = Each gets one confirmation email. A mail scanner opens the link in Ines's: nothing happens.
demo-confirmed = Both click the button. They are subscribed.
demo-published = The newsroom publishes "{ $title }".
demo-campaign = the campaign: { $counts }
demo-edited = An editor fixes the headline. An edit doesn't send any mail.
demo-unsubscribed = Tobe clicks Unsubscribe in his mail app (RFC 8058, one click). He is unsubscribed right away.
demo-end = Tobe got nothing, because he had unsubscribed.
demo-open = Everything stays open until you press Ctrl-C. Then this folder will be removed: { $folder }
# What the demo found that must not be
demo-no-port = no free port: { $why }
demo-server = the server
demo-password-set = a password is already set
demo-scanner-confirmed = a mail scanner confirmed Ines's subscription
demo-mailed-after-leaving = Tobe was sent mail after he had unsubscribed
demo-not-stored = { $email } is not stored
demo-not-captured = the demo's mail is not being captured
demo-no-link = no link to { $path } in the mail
demo-campaign-slow = the campaign was not sent within two minutes
demo-mail-slow = an email did not arrive within two minutes
