//! Which service wrote a file, by its columns, and what the file can tell about who left.

use super::people::PersonStatus;

/// Who wrote a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody in particular.
    Plain,
    Postrider,
    WordPress,
    Mailchimp,
    Substack,
    SubstackDashboard,
    Ghost,
    MailPoet,
    Buttondown,
    Listmonk,
    /// What listmonk itself imports.
    ListmonkImport,
    Kit,
    Beehiiv,
    Brevo,
    MailerLite,
    CampaignMonitor,
    ActiveCampaign,
    Revue,
    Mailtrain,
    PhpList,
    Keila,
    Mailman,
    GoogleContacts,
    Outlook,
}

impl Source {
    /// Every source.
    pub const ALL: [Source; 24] = [
        Source::Plain,
        Source::Postrider,
        Source::WordPress,
        Source::Mailchimp,
        Source::Substack,
        Source::SubstackDashboard,
        Source::Ghost,
        Source::MailPoet,
        Source::Buttondown,
        Source::Listmonk,
        Source::ListmonkImport,
        Source::Kit,
        Source::Beehiiv,
        Source::Brevo,
        Source::MailerLite,
        Source::CampaignMonitor,
        Source::ActiveCampaign,
        Source::Revue,
        Source::Mailtrain,
        Source::PhpList,
        Source::Keila,
        Source::Mailman,
        Source::GoogleContacts,
        Source::Outlook,
    ];

    /// The key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Source::Plain => "import-source-plain",
            Source::Postrider => "import-source-postrider",
            Source::WordPress => "import-source-wordpress",
            Source::Mailchimp => "import-source-mailchimp",
            Source::Substack => "import-source-substack",
            Source::SubstackDashboard => "import-source-substack-dashboard",
            Source::Ghost => "import-source-ghost",
            Source::MailPoet => "import-source-mailpoet",
            Source::Buttondown => "import-source-buttondown",
            Source::Listmonk => "import-source-listmonk",
            Source::ListmonkImport => "import-source-listmonk-import",
            Source::Kit => "import-source-kit",
            Source::Beehiiv => "import-source-beehiiv",
            Source::Brevo => "import-source-brevo",
            Source::MailerLite => "import-source-mailerlite",
            Source::CampaignMonitor => "import-source-campaign-monitor",
            Source::ActiveCampaign => "import-source-activecampaign",
            Source::Revue => "import-source-revue",
            Source::Mailtrain => "import-source-mailtrain",
            Source::PhpList => "import-source-phplist",
            Source::Keila => "import-source-keila",
            Source::Mailman => "import-source-mailman",
            Source::GoogleContacts => "import-source-google-contacts",
            Source::Outlook => "import-source-outlook",
        }
    }

    /// Whether it is an address book, in which nobody asked for anything.
    pub fn is_address_book(self) -> bool {
        matches!(self, Source::GoogleContacts | Source::Outlook)
    }
}

/// What a file whose status columns say nothing against a person makes of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fallback {
    /// The status columns tell all.
    Told,
    /// The file holds people of one kind.
    Is(PersonStatus),
    /// Nobody in it may be mailed: the key of why.
    Never(&'static str),
    /// Only the owner knows: the key of why.
    Asks(&'static str),
}

/// The names of a file's columns, as they are compared: in lower case, without spaces around.
pub(super) struct Headers<'a> {
    pub names: &'a [String],
    /// Of the file, in lower case.
    pub file: &'a str,
}

impl Headers<'_> {
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    fn all(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.has(name))
    }

    fn any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }

    fn starts(&self, beginnings: &[&str]) -> bool {
        self.names.iter().any(|name| beginnings.iter().any(|beginning| name.starts_with(beginning)))
    }
}

const EMAIL: [&str; 4] = ["email", "e-mail", "email address", "email_address"];

/// Who wrote a file with these columns.
pub(super) fn recognise(columns: &Headers<'_>) -> Source {
    if is_own(columns) {
        return Source::Postrider;
    }
    let checks: [(Source, bool); 21] = [
        (
            Source::Mailchimp,
            columns.all(&["leid", "euid"]) || columns.has("member_rating") && columns.any(&["euid", "leid"]),
        ),
        (Source::Substack, columns.any(&["email_disabled", "active_subscription"])),
        (
            Source::SubstackDashboard,
            columns.all(&["start date", "activity"])
                || columns.all(&["stripe plan", "start date"])
                || columns.all(&["stripe plan", "activity"]),
        ),
        (Source::Ghost, columns.any(&["subscribed_to_emails", "complimentary_plan"])),
        (Source::MailPoet, is_mailpoet(columns)),
        (Source::Buttondown, columns.any(&["subscriber_type", "secondary_id"])),
        (Source::Mailtrain, columns.has("hash_email") || columns.all(&["cid", "email", "status"])),
        (Source::PhpList, is_phplist(columns)),
        (Source::Keila, columns.has("external id") && columns.any(&["data", "status"])),
        (Source::GoogleContacts, columns.starts(&["e-mail 1 - "])),
        (Source::Outlook, is_outlook(columns)),
        (Source::Listmonk, columns.all(&["uuid", "email"])),
        (Source::ListmonkImport, columns.names.len() == 3 && columns.all(&["email", "name", "attributes"])),
        (Source::Brevo, columns.all(&["added_time", "modified_time"]) || columns.has("email_blacklisted")),
        (Source::MailerLite, columns.has("subscriber")),
        (
            Source::ActiveCampaign,
            columns.all(&["date created", "ip"]) || columns.all(&["date created", "tags"]),
        ),
        (
            Source::CampaignMonitor,
            columns.all(&["emailaddress", "state"])
                || columns.all(&["email address", "date", "state"])
                || columns.all(&["emailaddress", "date"]),
        ),
        (Source::Beehiiv, is_beehiiv(columns)),
        (Source::Kit, is_kit(columns)),
        (Source::Revue, columns.all(&["email", "first_name", "last_name", "last_changed"])),
        (Source::WordPress, is_wordpress(columns)),
    ];
    checks.into_iter().find(|(_, is)| *is).map_or(Source::Plain, |(source, _)| source)
}

fn is_own(columns: &Headers<'_>) -> bool {
    let has_dates = columns.any(&["subscribed_at", "joined_at"]);
    let is_subscribers = columns.all(&["email", "status", "cadence"]) && (has_dates || columns.has("list"));
    is_subscribers || is_suppressions(columns)
}

/// Our file of suppressions has these columns and no others: elsewhere a reason may be one for joining.
fn is_suppressions(columns: &Headers<'_>) -> bool {
    let known =
        ["email", "email_key", "reason", "detail", "created_at", "suppressed_at", "campaign_id", "mailbox"];
    columns.any(&["email", "email_key"])
        && columns.has("reason")
        && columns.any(&["created_at", "suppressed_at", "detail"])
        && columns.names.iter().all(|name| known.contains(&name.as_str()))
}

fn is_mailpoet(columns: &Headers<'_>) -> bool {
    columns.any(&["list status", "global status"])
        || columns.file.starts_with("mailpoet_export")
        || columns.all(&["subscription ip", "subscription time"])
        || columns.all(&["confirmation ip", "confirmation time"])
}

fn is_phplist(columns: &Headers<'_>) -> bool {
    columns.starts(&[
        "is this subscriber ",
        "is this user ",
        "did this subscriber manually",
        "did this user manually",
    ])
}

fn is_outlook(columns: &Headers<'_>) -> bool {
    columns.any(&["given yomi", "surname yomi"])
        || columns.starts(&["e-mail 2"])
        || columns.all(&["e-mail address", "e-mail display name"])
        || columns.all(&["e-mail address", "middle name", "suffix"])
}

fn is_beehiiv(columns: &Headers<'_>) -> bool {
    columns.any(&["tier", "subscription tier"]) && columns.any(&["email", "status"])
}

fn is_kit(columns: &Headers<'_>) -> bool {
    let is_named = columns.file.contains("convertkit") || columns.file.starts_with("kit-");
    let has_status = columns.any(&["status", "state"]);
    let is_like_kits = columns.names.first().is_some_and(|name| name == "first_name")
        || columns.any(&["created_at", "state", "email_address"]);
    columns.has("first_name")
        && !columns.has("last_name")
        && columns.any(&["email", "email_address"])
        && (is_named || has_status && is_like_kits || columns.all(&["email_address", "created_at"]))
}

fn is_wordpress(columns: &Headers<'_>) -> bool {
    let is_named = ["subscribers-", "wordpress", "jetpack"].iter().any(|word| columns.file.contains(word));
    is_named && columns.names.len() == 1 && EMAIL.contains(&columns.names[0].as_str())
}

/// Who wrote a file that is addresses and nothing else.
pub(super) fn recognise_addresses(file: &str) -> Source {
    let is_mailman = file == "subscribers.csv" || file.contains("mailman");
    let is_wordpress = ["subscribers-", "wordpress", "jetpack"].iter().any(|word| file.contains(word));
    match (is_mailman, is_wordpress) {
        (true, _) => Source::Mailman,
        (_, true) => Source::WordPress,
        _ => Source::Plain,
    }
}

/// What a file of a source makes of whom its columns say nothing against; so many of them tell who gets mail.
pub(super) fn fallback(source: Source, columns: &Headers<'_>, telling: usize) -> Fallback {
    let told_if = |is_told, key| if is_told { Fallback::Told } else { Fallback::Asks(key) };
    match source {
        Source::Mailchimp => mailchimp(columns),
        Source::Listmonk => Fallback::Asks("import-row-listmonk"),
        Source::SubstackDashboard => Fallback::Asks("import-row-substack-dashboard"),
        Source::Brevo => told_if(columns.has("email_blacklisted"), "import-row-brevo"),
        Source::Substack => told_if(columns.has("email_disabled"), "import-row-no-status-column"),
        Source::PhpList => {
            // All of them are needed to know that somebody gets mail.
            let is_told = ["blacklisted", "confirmed", "disabled?"].iter().all(|end| {
                columns.names.iter().any(|name| name.starts_with("is this ") && name.ends_with(end))
            });
            told_if(is_told && columns.has("list membership"), "import-row-no-status-column")
        }
        // The list's status and the person's: either may have ended.
        Source::MailPoet => told_if(telling >= 2, "import-row-no-status-column"),
        Source::GoogleContacts | Source::Outlook => Fallback::Asks("import-row-address-book"),
        Source::Postrider if is_suppressions(columns) => Fallback::Told,
        // A table of an archive of ours: who left stands in another.
        _ if columns.has("email_key") => Fallback::Never("import-row-own-table"),
        _ if telling > 0 => Fallback::Told,
        Source::WordPress => Fallback::Asks("import-row-wordpress"),
        Source::Mailman => Fallback::Asks("import-row-mailman"),
        Source::MailerLite => Fallback::Asks("import-row-mailerlite"),
        Source::ListmonkImport => Fallback::Asks("import-row-listmonk-import"),
        Source::Revue => Fallback::Asks("import-row-revue"),
        Source::Plain => Fallback::Asks("import-row-plain"),
        _ => Fallback::Asks("import-row-no-status-column"),
    }
}

/// Mailchimp exports a file for each kind of contact: its columns tell, or else its name does.
fn mailchimp(columns: &Headers<'_>) -> Fallback {
    let words: Vec<&str> = columns.file.split(|c: char| !c.is_alphanumeric()).collect();
    let has = |word: &str| words.contains(&word);
    let is_never = has("nonsubscribed") || words.windows(2).any(|pair| pair == ["non", "subscribed"]);
    if columns.has("clean_time") {
        return Fallback::Is(PersonStatus::Bounced);
    }
    if columns.has("unsub_time") {
        return Fallback::Is(PersonStatus::Unsubscribed);
    }
    if is_never {
        return Fallback::Never("import-row-never-opted-in");
    }
    if has("sms") {
        return Fallback::Never("import-row-sms-only");
    }
    if has("unsubscribed") {
        return Fallback::Is(PersonStatus::Unsubscribed);
    }
    if has("cleaned") {
        return Fallback::Is(PersonStatus::Bounced);
    }
    if has("subscribed") {
        Fallback::Is(PersonStatus::Active)
    } else {
        Fallback::Asks("import-row-mailchimp")
    }
}
