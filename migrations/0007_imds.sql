-- What is about to happen to VMs, as they are told of it. A row stays when its events are over: the document's number
-- must not begin anew.
CREATE TABLE scheduled_events (
    scope    TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL
);
