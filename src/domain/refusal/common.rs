//! What anything may be refused for.

super::codes! {
    ADMINS_ONLY "admins_only": Forbidden, "Only an admin may do this. Ask one to do it, or to make you one.";
    DESK_ONLY "desk_only": Forbidden, "Only who works at the desk may do this.";
    GONE "gone": NotFound, "It is not there any more.";
}
