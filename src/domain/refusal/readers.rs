//! What readers and their subscriptions are refused for.

super::codes! {
    LIST_UNKNOWN "list_unknown": Invalid, "There is no list “{list}”. Pick one of those shown.";
    TOO_MANY_LISTS "too_many_lists": Invalid,
        "That is more lists than anybody can ask for at once. Name {max} at most.";
    NO_LIST_OPEN "no_list_open": Conflict,
        "No list is open to readers. The publication opens one with: postrider list add.";
}
