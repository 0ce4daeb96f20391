//! What those who work at the desk are refused for: when they sign in, on their accounts, in the list of them.

super::codes! {
    /// The same for a wrong password, an address without an account and an account without a password.
    SIGN_IN_WRONG "sign_in_wrong": Invalid;
    PASSWORDS_BUSY "passwords_busy": TooSoon;
    SIGN_IN_AGAIN "sign_in_again": Invalid;
    CODE_WRONG "code_wrong": Invalid;
    FIRST_CODE_WRONG "first_code_wrong": Invalid;
    CODES_UNREADABLE "codes_unreadable": Invalid;
    CODES_ON_ALREADY "codes_on_already": Invalid;
    CODES_OFF "codes_off": Invalid;
    LINK_OVER "link_over": Invalid;
    PASSWORD_SHORT "password_short": Invalid;
    PASSWORD_LONG "password_long": Invalid;
    PASSWORD_GUESSED "password_guessed": Invalid;
    NOT_YOUR_ACCOUNT "not_your_account": Forbidden;
    PERSON_NAME_WRONG "person_name_wrong": Invalid;
    PERSON_NOT_MAILABLE "person_not_mailable": Invalid;
    WORKS_HERE_ALREADY "works_here_already": Invalid;
    INVITED_OFTEN "invited_often": Invalid;
    PERSON_GONE "person_gone": Invalid;
    LAST_ADMIN "last_admin": Invalid;
    SET_UP_ALREADY "set_up_already": Invalid;
}
