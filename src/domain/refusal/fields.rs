//! What a publication's fields and their values are refused for.

super::codes! {
    FIELD_NAME_WRONG "field_name_wrong": Invalid;
    FIELD_KEY_WRONG "field_key_wrong": Invalid;
    FIELD_KEY_TAKEN "field_key_taken": Invalid;
    FIELD_KEY_RESERVED "field_key_reserved": Invalid;
    FIELD_KIND_UNKNOWN "field_kind_unknown": Invalid;
    TOO_MANY_FIELDS "too_many_fields": Invalid;
    FIELD_GONE "field_gone": NotFound;
    /// Whoever deletes a field types its key.
    FIELD_KEY_UNLIKE "field_key_unlike": Invalid;
    FIELD_TEXT_LONG "field_text_long": Invalid;
    FIELD_NUMBER_WRONG "field_number_wrong": Invalid;
    FIELD_NUMBER_AMBIGUOUS "field_number_ambiguous": Invalid;
    FIELD_DATE_WRONG "field_date_wrong": Invalid;
    FIELD_YES_NO_WRONG "field_yes_no_wrong": Invalid;
}
