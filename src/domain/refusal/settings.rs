//! What is refused of the publication's settings, and of the setup's steps.

super::codes! {
    LINE_WRONG "line_wrong": Invalid;
    WEB_ADDRESS_WRONG "web_address_wrong": Invalid;
    POSTAL_ADDRESS_WRONG "postal_address_wrong": Invalid;
    /// An address of mail; why is the sentence of what reads addresses.
    ADDRESS_WRONG "address_wrong": Invalid;
    PUBLICATION_NAME_MISSING "publication_name_missing": Invalid;
    LANGUAGE_UNKNOWN "language_unknown": Invalid;
    TIME_ZONE_UNKNOWN "time_zone_unknown": Invalid;
    LOGO_NOT_HTTPS "logo_not_https": Invalid;
    COLOUR_WRONG "colour_wrong": Invalid;
    SENDER_NOT_SIGNED "sender_not_signed": Invalid;
    UNCERTAIN_UNKNOWN "uncertain_unknown": Invalid;
    UNDO_WRONG "undo_wrong": Invalid;
    READERS_WRONG "readers_wrong": Invalid;
    KEEP_DAYS_WRONG "keep_days_wrong": Invalid;
    SETTINGS_CHANGED "settings_changed": Conflict;
    RELAY_OF_ENVIRONMENT "relay_of_environment": Conflict;
    RELAY_HOST_WRONG "relay_host_wrong": Invalid;
    RELAY_PORT_WRONG "relay_port_wrong": Invalid;
    RELAY_USER_MISSING "relay_user_missing": Invalid;
    RELAY_LOGIN_LONG "relay_login_long": Invalid;
    SENDER_MISSING "sender_missing": Invalid;
    SITE_MISSING "site_missing": Invalid;
    SITE_UNREADABLE "site_unreadable": Conflict;
}
