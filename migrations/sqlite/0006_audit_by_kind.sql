-- The audit log by what was changed, the newest first: a page of one kind must not walk the others.
CREATE INDEX audit_log_by_kind ON audit_log (subject_kind, id);
