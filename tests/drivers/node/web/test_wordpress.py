"""WordPress installs itself by HTTP in a site and serves its front page from MariaDB."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from servanda.drivers.node import Broken, files, web
from servanda.drivers.node.layout import Layout
from tests.drivers.node.running import needs, node_folder, running
from tests.drivers.node.web import wordpress
from tests.drivers.node.web.house import UNPAID, House, site


@pytest.fixture(scope="module")
def database() -> Iterator[tuple[Layout, Path]]:
    """A MariaDB of the test's own, on a socket in the node's folder."""
    needs("nginx", "php-fpm8.2", "mariadbd", "mariadb-install-db")
    if not Path("/usr/share/wordpress").is_dir():
        pytest.skip("wordpress is not installed: tools/install_daemons.sh installs it")
    with node_folder() as layout:
        web.prepare(layout)
        data, socket = layout.root / "db", layout.run / "mysql" / "mysqld.sock"
        for path in (data, socket.parent):
            files.folder(path, mode=0o755)
            subprocess.run(["chown", "mysql", str(path)], check=True)
        common = [f"--datadir={data}", "--user=mysql", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M"]
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", *common, "--skip-test-db", "--auth-root-authentication-method=socket"],
            check=True, capture_output=True,
        )  # fmt: skip
        server = subprocess.Popen(
            ["/usr/sbin/mariadbd", "--no-defaults", *common, f"--socket={socket}", "--skip-networking", "--performance-schema=0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            sql = "CREATE DATABASE s1_wp; CREATE USER s1_wp@localhost IDENTIFIED BY 'right';"
            sql += "GRANT ALL ON `s1\\_wp`.* TO s1_wp@localhost"
            for _ in range(100):
                if (
                    subprocess.run(
                        ["mariadb", f"--socket={socket}", "-e", sql], capture_output=True, check=False
                    ).returncode
                    == 0
                ):
                    break
                time.sleep(0.1)
            with running(web.daemons(layout), layout.log):
                yield layout, socket
        finally:
            server.terminate()
            server.wait()


def test_wordpress_installs_by_http_and_serves_its_front_page(database: tuple[Layout, Path]) -> None:
    layout, socket = database
    house, one = House(layout), site(1, php="8.2", page_cache_seconds=10)
    house.settle(one)
    host = f"s1.example.dk:{layout.ports.http}"
    wordpress.install(layout, one, wordpress.Database("s1_wp", "s1_wp", "right", socket), address=f"http://{host}")
    form = {"weblog_title": "Almas side", "user_name": "alma", "admin_password": "a long one 123", "admin_password2": "a long one 123",
            "pw_weak": "1", "admin_email": "alma@example.dk", "blog_public": "0"}  # fmt: skip
    assert house.get(host, "/wp-admin/install.php").status == 200
    done = house.get(host, "/wp-admin/install.php?step=2", method="POST", body=urlencode(form),
                     Content_Type="application/x-www-form-urlencoded")  # fmt: skip
    assert "Success!" in done.text
    page = house.get(host)
    assert (page.status, "Almas side" in page.text, len(page.body) > 10_000) == (200, True, True)
    again = time.monotonic()
    assert house.get(host).body == page.body
    assert time.monotonic() - again < 1
    assert house.get(host, "/wp-config.php").status == 404, "nobody but the tenant may open it"
    house.settle(site(1, php="8.2", page_cache_seconds=10, holds=(UNPAID,)))
    assert house.get(host).status == 503
    house.settle(one)
    assert "Almas side" in house.get(host).text


@pytest.mark.parametrize("value", ["a'b", "x');phpinfo();//", "a\\", "a\nb", "a b", ""])
def test_a_value_with_quotes_is_refused_for_its_configuration(value: str) -> None:
    with pytest.raises(Broken):
        wordpress.configuration(wordpress.Database("s1_wp", "s1_wp", value, Path("/run/x")), "http://a.dk")
