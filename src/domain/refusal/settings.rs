//! What is refused of the publication's settings, and of the setup's steps.

super::codes! {
    LINE_WRONG "line_wrong": Invalid, "{max} signs at most, on one line.";
    WEB_ADDRESS_WRONG "web_address_wrong": Invalid,
        "“{typed}” is no web address. Like this: https://harbour.example";
    POSTAL_ADDRESS_WRONG "postal_address_wrong": Invalid, "{max} signs at most, on {lines} lines at most.";
    /// An address of mail; why is the sentence of what reads addresses.
    ADDRESS_WRONG "address_wrong": Invalid, "{why}.";
    PUBLICATION_NAME_MISSING "publication_name_missing": Invalid,
        "A publication needs a name. Like this: Harbour News";
    TIME_ZONE_UNKNOWN "time_zone_unknown": Invalid,
        "The time zone “{typed}” is not known. Like this: Europe/London";
    LOGO_NOT_HTTPS "logo_not_https": Invalid,
        "Take an address with https: our pages show no other pictures.";
    COLOUR_WRONG "colour_wrong": Invalid, "That is no colour. Like this: #1b4a78";
    SENDER_NOT_SIGNED "sender_not_signed": Invalid,
        "Mail is signed by {domain}. Take an address of that domain, or sign by the other one (DKIM_DOMAIN).";
    UNCERTAIN_UNKNOWN "uncertain_unknown": Invalid, "Choose one of the two.";
    UNDO_WRONG "undo_wrong": Invalid, "A whole number of seconds, 0 to {max}.";
    READERS_WRONG "readers_wrong": Invalid, "A whole number of readers, 1 or more; empty: off.";
    SETTINGS_CHANGED "settings_changed": Conflict, "It was changed meanwhile. Open the page again.";
    SITE_MISSING "site_missing": Invalid, "Type the address of the site. Like this: https://harbour.example";
    SITE_UNREADABLE "site_unreadable": Conflict, "The site can't be read: {why}.";
}
