"""Sites on real nginx and PHP: added, held, released, redirected and removed without a reload."""

import re
import ssl
import time

import pytest

from servanda.drivers.node import tenants
from servanda.ground.nodes.kinds.web import Redirect
from tests.drivers.node.web.house import BIRK, UNPAID, House, site

UNTOLD = "unknown.example.dk"


def test_a_new_site_answers_at_once_under_all_its_names(served: House) -> None:
    names = ("s1.example.dk", "www.s1.example.dk", f"{'a' * 63}.{'b' * 63}.{'c' * 63}.example.dk")
    alma = site(1, names=names)
    served.settle(alma)
    served.put(alma, "index.html", "<h1>Alma</h1>")
    for name in (*names, "S1.Example.DK"):
        assert served.get(name).text == "<h1>Alma</h1>", name
    assert served.agent.look(alma) == ()


def test_an_empty_site_says_whose_it_is_until_its_owner_puts_a_page_there(served: House) -> None:
    one = site(31, php="8.2")
    served.settle(one)
    first = served.get("s31.example.dk")
    assert first.status == 200
    for said in ("s31.example.dk er klar", "s31.example.dk is ready", "sftp://s31@"):
        assert said in first.text
    assert list((served.layout.site(31) / "htdocs").iterdir()) == [], "nothing of ours lies among the owner's files"
    assert served.get("s31.example.dk", "/-/first.html").status == 404
    folder = served.layout.site(31) / "htdocs"
    tenants.run(tenants.jail(served.layout, one.tenant, folder), "mkdir", "-m", "755", str(folder / "pictures"))
    assert served.get("s31.example.dk", "/pictures/").status == 403, "only the top has such a page"
    served.put(one, "index.htm", "the owner's")
    assert served.get("s31.example.dk").text == "the owner's"
    served.put(one, "index.php", "<?php echo 'PHP';")
    assert served.get("s31.example.dk").text == "PHP"
    served.settle(site(31, php="8.2", holds=(UNPAID,)))
    assert served.get("s31.example.dk").status == 503


def test_php_starts_when_the_first_visitor_comes(served: House) -> None:
    one = site(2, php="8.2")
    served.settle(one)
    served.put(
        one, "index.php", "<?php echo posix_getuid(), ' ', $_SERVER['SERVER_NAME'], ' ', ini_get('memory_limit');"
    )
    assert served.get("s2.example.dk").text == f"{one.tenant} s2.example.dk 256M"
    assert served.get("s2.example.dk", "/any/way?x=1").status == 200, "what is no file goes to index.php"
    assert served.get("s2.example.dk", "/none.php").status == 404


def test_a_site_without_php_does_not_show_its_source(served: House) -> None:
    one = site(3)
    served.settle(one)
    served.put(one, "config.php", "<?php $password = 'secret';")
    answer = served.get("s3.example.dk", "/config.php")
    assert answer.status == 404
    assert "secret" not in answer.text


def test_a_name_that_nobody_has_is_told_so(served: House) -> None:
    for host in (UNTOLD, "127.0.0.1", "localhost", "a..b", "-x.example.dk"):
        answer = served.get(host)
        assert answer.status in (400, 421), host
    assert "Ukendt navn" in served.get(UNTOLD).text


@pytest.mark.parametrize("host", ["../sites/1", "..", "s1.example.dk/../..", "s1.example.dk%00", "_default", "1", "-"])
def test_a_host_that_is_a_path_leads_nowhere(served: House, host: str) -> None:
    assert served.get(host).status in (400, 421)


def test_a_held_site_says_why_and_is_the_same_again_when_released(served: House) -> None:
    one = site(4, php="8.2", page_cache_seconds=60)
    served.settle(one)
    served.put(one, "index.php", "<?php echo 'open';")
    served.put(one, "x.txt", "x")
    assert served.get("s4.example.dk").text == "open"
    served.settle(site(4, php="8.2", page_cache_seconds=60, holds=(UNPAID,)))
    for path in ("/", "/x.txt", "/index.php", "/none", "/.well-known/x"):
        answer = served.get("s4.example.dk", path)
        assert answer.status == 503, path
        assert answer.headers["retry-after"] == "3600"
    posted = served.get("s4.example.dk", "/index.php", method="POST", body="a=b")
    assert posted.status == 503
    for words in ("Eksempel ApS", "§ 6.2", "2. marts 2026", "2 March 2026", "https://portal.example/betal"):
        assert words in posted.text
    served.settle(one)
    assert served.get("s4.example.dk").text == "open"
    assert served.get("s4.example.dk", "/x.txt").text == "x"


def test_a_hold_ends_what_the_site_has_running(served: House) -> None:
    one = site(5, php="8.2")
    served.settle(one)
    served.put(one, "run.php", "<?php shell_exec('setsid sleep 300 >/dev/null 2>&1 & echo'); echo 'begun';")
    assert served.get("s5.example.dk", "/run.php").text == "begun"
    assert _processes(one.tenant, "sleep")
    served.settle(site(5, php="8.2", holds=(UNPAID,)))
    assert not _processes(one.tenant, "sleep")
    served.settle(one)
    assert served.get("s5.example.dk", "/run.php").text == "begun"
    served.settle(site(5, php="8.2", holds=(UNPAID,)))


def test_challenges_are_answered_whatever_holds_a_site(served: House) -> None:
    one = site(6, is_https_only=True, holds=(UNPAID,))
    served.settle(one)
    (served.layout.challenges / "token-1").write_text("token-1.thumb")
    for host in ("s6.example.dk", UNTOLD):
        assert served.get(host, "/.well-known/acme-challenge/token-1").text == "token-1.thumb", host
    assert served.get("s6.example.dk", "/.well-known/acme-challenge/../../etc/nginx/nginx.conf").status in (
        400,
        404,
        503,
    )


def test_redirects_keep_path_and_query_and_may_change(served: House) -> None:
    port = served.layout.ports.http
    served.settle(
        site(7, redirects=(
            Redirect(name="old.example.dk", to="s7.example.dk"),
            Redirect(name="now.example.dk", to="other.example.com", is_permanent=False),
        ))
    )  # fmt: skip
    old, now = served.get("old.example.dk", "/a/b?c=d"), served.get("now.example.dk", "/x")
    assert (old.status, old.headers["location"]) == (301, f"http://s7.example.dk:{port}/a/b?c=d")
    assert (now.status, now.headers["location"]) == (302, f"http://other.example.com:{port}/x")
    served.settle(site(7, redirects=(Redirect(name="now.example.dk", to="s7.example.dk"),)))
    assert served.get("old.example.dk").status == 421
    assert served.get("now.example.dk").headers["location"].startswith("http://s7.example.dk")
    served.settle(site(7, redirects=(Redirect(name="now.example.dk", to="s7.example.dk"),), holds=(UNPAID,)))
    assert served.get("now.example.dk").status == 503


def test_https_is_forced_only_when_the_name_has_a_certificate(served: House) -> None:
    one = site(8, is_https_only=True, has_hsts=True)
    served.settle(one)
    served.put(one, "index.html", "hello")
    assert served.get("s8.example.dk").text == "hello", "a warning of a browser is worse than no TLS"
    assert served.get_tls("s8.example.dk").text == "hello", "the node's own certificate answers meanwhile"
    own = served.layout.tls / "s8.example.dk"
    own.unlink()
    own.mkdir()
    for name in ("cert.pem", "key.pem"):
        (own / name).write_bytes((served.layout.tls / "_default" / name).read_bytes())
    own.chmod(0o755)
    (own / "key.pem").chmod(0o644)
    answer = served.get("s8.example.dk", "/a?b")
    assert answer.status == 301
    assert answer.headers["location"] == f"https://s8.example.dk:{served.layout.ports.https}/a?b"
    tls = served.get_tls("s8.example.dk")
    assert (tls.text, tls.headers["strict-transport-security"]) == ("hello", "max-age=31536000")
    served.settle(site(8, is_https_only=False, has_hsts=False))
    assert served.get("s8.example.dk").status == 200
    assert "strict-transport-security" not in served.get_tls("s8.example.dk").headers


def test_tls_under_a_name_that_nobody_has_is_refused_in_the_handshake(served: House) -> None:
    with pytest.raises((ssl.SSLError, OSError)):
        served.get_tls(UNTOLD)


def test_pages_are_kept_for_visitors_without_cookies_only(served: House) -> None:
    one = site(9, php="8.2", page_cache_seconds=30)
    served.settle(one)
    served.put(one, "index.php", "<?php echo hrtime(true);")
    first = served.get("s9.example.dk").text
    assert served.get("s9.example.dk").text == first
    assert served.get("s9.example.dk", Cookie="a=b").text != first
    assert served.get("s9.example.dk", Authorization="Basic x").text != first
    assert served.get("s9.example.dk", method="POST", body="x").text != first
    served.settle(site(9, php="8.2"))
    assert served.get("s9.example.dk").text != first


def test_hidden_files_are_not_served(served: House) -> None:
    one = site(10)
    served.settle(one)
    served.put(one, ".env", "secret")
    assert served.get("s10.example.dk", "/.env").status == 404


def test_the_tenant_reads_the_logs_and_cannot_write_there(served: House) -> None:
    one = site(11, php="8.2")
    served.settle(one)
    served.put(one, "index.php", '<?php $logs = "../logs"; echo @file_get_contents("$logs/access.log"), "|", '
               '(int) @file_put_contents("$logs/mine", "x"), (int) @unlink("$logs/access.log");')  # fmt: skip
    served.get("s11.example.dk", "/nothing.png?%0a", User_Agent='evil" 200 "x')
    text = served.get("s11.example.dk").text
    assert re.search(
        r'127\.0\.0\.1 - - \[[^]]+\] s11\.example\.dk "GET /nothing\.png\?%0a HTTP/1\.1" 200 \d+ "-" "evil\\x22 200',
        text,
    )
    assert text.endswith("|00")
    served.get("s11.example.dk", "/gone.php")
    failed = served.layout.site(11) / "logs" / "failed.log"
    until = time.monotonic() + 5  # nginx writes the line after it has answered
    while not (failed.exists() and "/gone.php" in failed.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    assert "/gone.php" in failed.read_text()


def test_sites_do_not_hold_a_name_that_another_has(served: House) -> None:
    served.settle(site(12))
    with pytest.raises(Exception, match="is a name of site/12"):
        served.settle(site(13, BIRK, names=("s13.example.dk", "s12.example.dk")))
    served.settle(site(12, names=("other12.example.dk",)))
    served.settle(site(13, BIRK, names=("s13.example.dk", "s12.example.dk")))
    assert served.agent.look(site(13, BIRK, names=("s13.example.dk", "s12.example.dk"))) == ()


def _processes(uid: int, name: str) -> list[int]:
    import psutil

    time.sleep(0.05)
    return [
        one.pid
        for one in psutil.process_iter(["uids", "name"])
        if one.info["uids"].real == uid and one.info["name"] == name
    ]
