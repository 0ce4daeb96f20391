//! What anything may be refused for.

super::codes! {
    ADMINS_ONLY "admins_only": Forbidden;
    DESK_ONLY "desk_only": Forbidden;
    GONE "gone": NotFound;
}
