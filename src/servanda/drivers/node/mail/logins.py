"""Who may open which mailbox with which password: rows that only Dovecot's root worker and the agent can read."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS domain (name TEXT PRIMARY KEY, unread TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS mailbox (
    address TEXT PRIMARY KEY, domain TEXT NOT NULL, uid INTEGER NOT NULL, home TEXT NOT NULL,
    quota_bytes INTEGER NOT NULL, password TEXT NOT NULL, unread TEXT NOT NULL
) STRICT;
"""
# Submission lets a held login in, so that the answer to MAIL can name the clause; it refuses there (`maps.SENDING`).
PASSWORD = (
    "SELECT m.address AS user, m.password AS password,"
    " CASE WHEN '%s'='smtp' OR (m.unread='' AND d.unread='') THEN NULL ELSE 'y' END AS nologin,"
    " CASE WHEN '%s'='smtp' OR (m.unread='' AND d.unread='') THEN NULL"
    " WHEN m.unread<>'' THEN m.unread ELSE d.unread END AS reason"
    " FROM mailbox m JOIN domain d ON d.name=m.domain WHERE m.address='%Lu'"
)
USER = (
    "SELECT m.home AS home, m.uid AS uid, m.uid AS gid, '*:bytes=' || m.quota_bytes AS quota_rule"
    " FROM mailbox m WHERE m.address='%Lu'"
)
ITERATE = "SELECT address AS user FROM mailbox"
