r"""What the agent may do on the server: stored routines, written anew at each start from the server's init file.

MariaDB has no right to manage only some accounts: who has CREATE USER may give itself the password of root. So the agent
has none of it. It may execute these routines, and they run as `servanda_maker`, a locked account with rights on `s%\_%`.
Every routine checks its words first: names end in the grammar's own pattern, so nothing can leave its quotes.
"""

from collections.abc import Iterable

AGENT = "servanda_agent"
COPIES = "servanda_copies"
MAKER = "servanda_maker"
SCHEMA = "servanda"

# The columns of mysql.db in the order in which `rights_text` shows them, and the words that grant them.
RIGHTS = {
    "Select_priv": "SELECT",
    "Insert_priv": "INSERT",
    "Update_priv": "UPDATE",
    "Delete_priv": "DELETE",
    "Create_priv": "CREATE",
    "Drop_priv": "DROP",
    "References_priv": "REFERENCES",
    "Index_priv": "INDEX",
    "Alter_priv": "ALTER",
    "Create_tmp_table_priv": "CREATE TEMPORARY TABLES",
    "Lock_tables_priv": "LOCK TABLES",
    "Create_view_priv": "CREATE VIEW",
    "Show_view_priv": "SHOW VIEW",
    "Create_routine_priv": "CREATE ROUTINE",
    "Alter_routine_priv": "ALTER ROUTINE",
    "Execute_priv": "EXECUTE",
    "Event_priv": "EVENT",
    "Trigger_priv": "TRIGGER",
}
# `tidy` is what stays when a database is over its quota: reading, and taking away, which is the way back under it.
GRANTS = {
    "all": frozenset(RIGHTS.values()),
    "tidy": frozenset({"SELECT", "DELETE", "DROP", "LOCK TABLES", "SHOW VIEW"}),
    "read": frozenset({"SELECT", "SHOW VIEW"}),
}

_NAME = r"'^s[0-9]{1,7}_[a-z0-9]{1,24}\\z'"
_HOST = r"'^(localhost|[0-9a-f.:%/]{1,79})\\z'"
_HASH = r"'^[*][0-9A-F]{40}\\z'"
_ESCAPED = r"REPLACE(d, '_', '\\_')"
_ACCOUNT = "CONCAT('''', u, '''@''', h, '''')"


def rights_text(kind: str) -> str:
    """Return a kind of rights as the routine `accounts` shows it: a Y or N for each column."""
    return "".join("Y" if word in GRANTS[kind] else "N" for word in RIGHTS.values())


def statements(*, agent_hash: str, copies_hash: str) -> tuple[str, ...]:
    """Return the init file's statements, one a line as the server reads them. Hashes come from `database_password_hash` only."""
    return (
        f"CREATE DATABASE IF NOT EXISTS {SCHEMA}",
        f"CREATE USER IF NOT EXISTS '{MAKER}'@'localhost' ACCOUNT LOCK",
        f"GRANT CREATE USER, CONNECTION ADMIN, PROCESS ON *.* TO '{MAKER}'@'localhost'",
        f"GRANT SELECT ON mysql.* TO '{MAKER}'@'localhost'",
        f"GRANT EXECUTE ON {SCHEMA}.* TO '{MAKER}'@'localhost'",
        rf"GRANT ALL ON `s%\_%`.* TO '{MAKER}'@'localhost' WITH GRANT OPTION",
        *_routines(),
        f"CREATE USER IF NOT EXISTS '{AGENT}'@'localhost' IDENTIFIED BY PASSWORD '{agent_hash}'",
        f"ALTER USER '{AGENT}'@'localhost' IDENTIFIED BY PASSWORD '{agent_hash}' ACCOUNT UNLOCK",
        f"GRANT EXECUTE ON {SCHEMA}.* TO '{AGENT}'@'localhost'",
        f"CREATE USER IF NOT EXISTS '{COPIES}'@'localhost' IDENTIFIED BY PASSWORD '{copies_hash}'",
        f"ALTER USER '{COPIES}'@'localhost' IDENTIFIED BY PASSWORD '{copies_hash}' ACCOUNT UNLOCK",
        rf"GRANT SELECT, LOCK TABLES, SHOW VIEW, EVENT, TRIGGER ON `s%\_%`.* TO '{COPIES}'@'localhost'",
        f"GRANT SELECT ON mysql.proc TO '{COPIES}'@'localhost'",
    )


def _routines() -> tuple[str, ...]:
    return (
        _routine("make_database", "d VARCHAR(64)", _checked("d"), [
            "CONCAT('CREATE DATABASE IF NOT EXISTS `', d, '` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')",
        ]),
        _routine(
            "make_account",
            "d VARCHAR(64), u VARCHAR(64), h VARCHAR(80), p VARCHAR(64), n INT, tls BOOL, is_locked BOOL, rights VARCHAR(8)",
            _checked("d", "u", "h", "p") + _of_one_house() + _refuse("n NOT BETWEEN 1 AND 500", "limit")
            + _refuse("rights NOT IN ('all','tidy','read')", "rights"),
            [
                f"CONCAT('CREATE USER IF NOT EXISTS ', {_ACCOUNT}, ' IDENTIFIED BY PASSWORD ''', p, ''' ACCOUNT LOCK')",
                f"CONCAT('GRANT ', {_words(granted=True)}, ' ON `', {_ESCAPED}, '`.* TO ', {_ACCOUNT})",
                f"IF(rights = 'all', 'DO 0', CONCAT('REVOKE ', {_words(granted=False)},"
                f" ' ON `', {_ESCAPED}, '`.* FROM ', {_ACCOUNT}))",
                f"CONCAT('ALTER USER ', {_ACCOUNT}, ' IDENTIFIED BY PASSWORD ''', p, ''' REQUIRE ', IF(tls, 'SSL', 'NONE'),"
                " ' WITH MAX_USER_CONNECTIONS ', n, IF(is_locked, ' ACCOUNT LOCK', ' ACCOUNT UNLOCK'))",
            ],
        ),
        _routine("admit", "u VARCHAR(64), h VARCHAR(80), p VARCHAR(64)", _checked("u", "h", "p") + _of_known(), [
            f"CONCAT('ALTER USER ', {_ACCOUNT}, ' IDENTIFIED VIA mysql_native_password USING ''', "
            "(SELECT JSON_VALUE(Priv, '$.authentication_string') FROM mysql.global_priv WHERE User = u AND Host = h),"
            " ''' OR mysql_native_password USING ''', p, '''')",
        ]),
        _routine("dismiss", "u VARCHAR(64), h VARCHAR(80)", _checked("u", "h") + _of_known(), [
            f"CONCAT('ALTER USER ', {_ACCOUNT}, ' IDENTIFIED BY PASSWORD ''', "
            "(SELECT JSON_VALUE(Priv, '$.authentication_string') FROM mysql.global_priv WHERE User = u AND Host = h), '''')",
        ]),
        _routine("cut", "u VARCHAR(64), h VARCHAR(80)", _checked("u", "h"), [f"CONCAT('KILL USER ', {_ACCOUNT})"]),
        _routine("part", "d VARCHAR(64), u VARCHAR(64), h VARCHAR(80)", _checked("d", "u", "h"), [
            f"IF(EXISTS(SELECT 1 FROM mysql.db WHERE User = u AND Host = h AND Db = {_ESCAPED}),"
            f" CONCAT('REVOKE ALL ON `', {_ESCAPED}, '`.* FROM ', {_ACCOUNT}), 'DO 0')",
            "IF(EXISTS(SELECT 1 FROM mysql.db WHERE User = u AND Host = h), 'DO 0',"
            f" CONCAT('DROP USER IF EXISTS ', {_ACCOUNT}))",
        ]),
        _question("accounts", "d VARCHAR(64)", _checked("d"), _ACCOUNTS),
        _question("figures", "d VARCHAR(64)", _checked("d"), _FIGURES),
        _question("exist", "d VARCHAR(64)", _checked("d"), _EXIST),
    )  # fmt: skip


_ACCOUNTS = (
    "SELECT b.User, b.Host, IFNULL(JSON_VALUE(g.Priv, '$.account_locked'), 0) IN ('1', 'true'),"
    " IFNULL(JSON_VALUE(g.Priv, '$.authentication_string'), ''), JSON_EXISTS(g.Priv, '$.auth_or[1]'),"
    " IFNULL(JSON_VALUE(g.Priv, '$.max_user_connections'), 0), IFNULL(JSON_VALUE(g.Priv, '$.ssl_type'), 0) = 1,"
    f" CONCAT({', '.join(f'b.{column}' for column in RIGHTS)})"
    f" FROM mysql.db b JOIN mysql.global_priv g USING (User, Host) WHERE b.Db = {_ESCAPED} ORDER BY 1, 2"
)
_FIGURES = (
    "SELECT IFNULL(SUM(data_length + index_length), 0), COUNT(*), IFNULL(SUM(table_rows), 0),"
    " (SELECT COUNT(*) FROM information_schema.processlist WHERE USER IN"
    f" (SELECT User FROM mysql.db WHERE Db = {_ESCAPED})) FROM information_schema.tables WHERE table_schema = d"
)
_EXIST = "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = d"


def _words(*, granted: bool) -> str:
    cases = " ".join(
        f"WHEN '{kind}' THEN '{', '.join(w for w in RIGHTS.values() if (w in words) is granted) or 'USAGE'}'"
        for kind, words in GRANTS.items()
    )
    return f"CASE rights {cases} END"


def _checked(*parameters: str) -> str:
    patterns = {"d": (_NAME, "database"), "u": (_NAME, "user"), "h": (_HOST, "host"), "p": (_HASH, "hash")}
    return "".join(_refuse(f"{one} IS NULL OR {one} NOT REGEXP BINARY {patterns[one][0]}", patterns[one][1])
                   for one in parameters)  # fmt: skip


def _of_one_house() -> str:
    return _refuse("SUBSTRING_INDEX(d, '_', 1) <> SUBSTRING_INDEX(u, '_', 1)", "foreign user")


def _of_known() -> str:
    return _refuse("NOT EXISTS(SELECT 1 FROM mysql.global_priv WHERE User = u AND Host = h)", "unknown account")


def _refuse(condition: str, what: str) -> str:
    return f"IF {condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused: {what}'; END IF; "


def _routine(name: str, parameters: str, checks: str, orders: Iterable[str]) -> str:
    steps = "".join(f"SET @order = {order}; EXECUTE IMMEDIATE @order; " for order in orders)
    return f"{_head(name, parameters)} MODIFIES SQL DATA SQL SECURITY DEFINER BEGIN {checks}{steps}END"


def _question(name: str, parameters: str, checks: str, query: str) -> str:
    return f"{_head(name, parameters)} READS SQL DATA SQL SECURITY DEFINER BEGIN {checks}{query}; END"


def _head(name: str, parameters: str) -> str:
    given = ", ".join(f"IN {one.strip()}" for one in parameters.split(","))
    return f"CREATE OR REPLACE DEFINER = '{MAKER}'@'localhost' PROCEDURE {SCHEMA}.{name}({given})"
