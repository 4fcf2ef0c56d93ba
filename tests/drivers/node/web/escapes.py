# ruff: noqa: E501 (one attempt, one line)
"""What a hostile tenant tries, as data. Alma is the attacker (site 1), Birk her victim (site 2).

`php` runs in Alma's site; `path` is then asked of nginx under her name, with `headers`. `$b` is Birk's folder, `$n` the node's,
`$a` her own. An attempt has succeeded when its answer shows one of the secrets, or when anything of Birk's or the node's
has changed.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Attempt:
    name: str
    php: str = ""
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    never: str = ""  # a further text that would mean success
    must: str = "END"  # what shows that the attempt was made at all


def shell(name: str, command: str, **values: str) -> Attempt:
    return Attempt(name, f'echo shell_exec("({command}) 2>&1");', **values)  # type: ignore[arg-type]


ATTEMPTS = (
    # Other homes
    Attempt("read the other's wp-config", 'echo file_get_contents("$b/htdocs/wp-config.php");'),
    Attempt("include the other's code", 'include "$b/htdocs/wp-config.php"; echo SECRET;'),
    Attempt("read the other's mail password", 'echo file_get_contents("$b/private/mail.json");'),
    Attempt("read the other's sessions", 'foreach (glob("$b/sessions/*") as $f) echo file_get_contents($f);'),
    Attempt("read the other's logs", 'echo file_get_contents("$b/logs/access.log");'),
    Attempt("list the other's folder", 'print_r(scandir("$b/htdocs"));', never="wp-config.php"),
    Attempt("list all sites", 'print_r(scandir("$n/sites"));', never="[3] => 2"),
    Attempt("glob:// around open_basedir", 'foreach (new DirectoryIterator("glob://$b/htdocs/*") as $f) echo $f;', never="wp-config.php"),
    Attempt("leave open_basedir by ini_set and chdir",
            'mkdir("x"); chdir("x"); ini_set("open_basedir", ".."); for ($i = 0; $i < 9; $i++) chdir(".."); '
            'ini_set("open_basedir", "/"); echo file_get_contents("$b/htdocs/wp-config.php");'),
    Attempt("write into the other's folder", 'file_put_contents("$b/htdocs/wp-config.php", "<?php");'),
    Attempt("delete the other's file", 'unlink("$b/htdocs/wp-config.php"); rmdir("$b/tmp");'),
    Attempt("change the other's mode", 'chmod("$b/private", 0777); chmod("$b", 0777);'),
    shell("read by shell", "cat $b/htdocs/wp-config.php $b/private/*"),
    shell("search everything by shell", "grep -rs SECRET $n /home /root /var /srv /mnt /opt"),
    shell("find readable files of others", "find / -not -user $(id -u) -path '*sites/2*'", never="wp-config"),
    shell("delete by shell", "rm -rf $b $n/sites $n/web; find $n -delete"),
    # Links
    Attempt("a symbolic link, read by PHP", 'symlink("$b/htdocs/wp-config.php", "l1"); echo file_get_contents("l1");'),
    Attempt("a hard link", 'link("$b/htdocs/wp-config.php", "l2"); echo file_get_contents("l2");'),
    shell("a symbolic link, served by nginx", "ln -s $b/htdocs/wp-config.php l3.txt", path="/l3.txt", must="^404|^403|^200 END"),
    shell("a link to a folder, served by nginx", "ln -s $b/htdocs l4", path="/l4/open.txt", must="^404|^403|^200 END"),
    shell("a link to the root, served by nginx", "ln -s / l5", path="/l5/etc/passwd", must="^404|^403|^200 END", never="www-data"),
    shell("a relative link out of the site", "ln -s ../../2/htdocs/open.txt l6.txt", path="/l6.txt", must="^404|^403|^200 END"),
    shell("a link to the node's key", "ln -s $n/tls/_default/key.pem l7.txt", path="/l7.txt", must="^404|^403|^200 END", never="PRIVATE"),
    Attempt("a folder in place of the own logs", 'rename("$a/logs", "$a/logs2"); symlink("$b/htdocs", "$a/logs");'),
    Attempt("a link in place of the own pages", 'rename("$a/htdocs", "$a/old"); symlink("$b/htdocs", "$a/htdocs");'),
    Attempt("a challenge's folder", 'file_put_contents("$n/acme/mine", "x"); symlink("$b", "$n/acme/l");'),
    # Processes
    shell("processes of others", "ps aux; ls /proc", never="nginx: master"),
    shell("environments of others", "cat /proc/*/environ /proc/self/root/etc/shadow"),
    Attempt("kill the other's PHP", 'foreach ([$other, -$other] as $p) posix_kill($p, 9);'),
    shell("kill everything by number", "for i in $(seq 2 40000); do kill -0 $i && echo REACHED $i; done | wc -l; kill -9 $other", must=""),
    shell("trace the other", "gdb -p $other; strace -p $other; cat /proc/$other/maps", never="php-fpm"),
    shell("enter another's namespaces", "nsenter -t $other -m -p cat $b/htdocs/wp-config.php; nsenter -t 1 -a ls $n/sites"),
    shell("new namespaces as root within", "unshare -Urm sh -c 'mount --bind / /tmp; mount -t proc p /mnt; cat $b/htdocs/wp-config.php'"),
    shell("a root of one's own", "unshare -Ur chroot / cat $b/htdocs/wp-config.php; chroot / id", never="uid=0(root) gid=0(root)\n"),
    shell("become root", "su -c id; sudo -n id; /usr/bin/python3 -c 'import os; os.setuid(0); print(os.getuid())'", never="uid=0"),
    shell("a device of the disk", "mknod d b 254 0 && cat d; cat /dev/vda /dev/mem /dev/kmsg"),
    shell("a library of one's own before others' programs", "LD_PRELOAD=$PWD/x.so LD_LIBRARY_PATH=. cat $b/htdocs/wp-config.php"),
    shell("a job that outlives", "crontab -l; echo '* * * * * id' | crontab -; at now; ls /var/spool /etc/cron.d", never="cron.d:"),
    shell("settings of the kernel", "echo x > /proc/sys/kernel/core_pattern; sysctl -w kernel.hostname=x; hostname x; mount -t tmpfs t /usr"),
    # Sockets
    Attempt("the other's PHP socket", '$s = stream_socket_client("unix://$n/run/php/2.sock", $e, $m, 2); echo $s ? "CONNECTED" : $m;', never="CONNECTED"),
    Attempt("the keeper's control", '$s = stream_socket_client("unix://$n/run/php/control", $e, $m, 2); echo $s ? "CONNECTED" : $m;', never="CONNECTED"),
    Attempt("the helper's socket", '$s = stream_socket_client("unix://$n/run/helper/socket", $e, $m, 2); echo $s ? "CONNECTED" : $m;', never="CONNECTED"),
    Attempt("a socket in place of the own", 'unlink("$n/run/php/1.sock"); symlink("2.sock", "$n/run/php/1.sock");'),
    shell("all sockets by shell", "find / -type s", never=".sock"),
    Attempt("a raw socket", '$s = socket_create(AF_INET, SOCK_RAW, 1); echo $s ? "CONNECTED" : "no";', never="CONNECTED"),
    # What PHP shares
    Attempt("scripts in opcache", 'print_r(opcache_get_status());', never="sites/2"),
    Attempt("compile and read the other's from opcache", 'opcache_compile_file("$b/htdocs/wp-config.php"); echo SECRET;'),
    Attempt("the other's temporary files", 'print_r(scandir("/tmp")); echo file_get_contents("/tmp/birk"); echo file_get_contents("$b/tmp/birk");'),
    Attempt("shared memory", 'print_r(scandir("/dev/shm")); $s = shmop_open(4711, "a", 0, 0); if ($s) echo shmop_read($s, 0, 20);'),
    Attempt("the environment", 'print_r(getenv()); print_r($_ENV); print_r($_SERVER);', never="FPM_SOCKETS"),
    Attempt("own settings by .user.ini", 'file_put_contents(".user.ini", "open_basedir=/\\nsendmail_path=/bin/sh\\nmemory_limit=4G\\n"); '
            'echo ini_get("open_basedir"), ini_get("sendmail_path");', never="4G"),
    Attempt("settings by a header", 'echo ini_get("open_basedir");', path="/index.php", headers={"PHP-ADMIN-VALUE": "open_basedir=/", "Proxy": "x"},
            never="HTTP_PROXY"),
    Attempt("code that is no code", 'file_put_contents("p.jpg", "<?php echo 6*7;"); echo "END";', path="/p.jpg/x.php", must="404", never="42"),
    # The node's own
    Attempt("accounts of the server", 'echo file_get_contents("/etc/passwd"); echo shell_exec("cat /etc/passwd");', never="www-data"),
    shell("passwords of the server", "cat /etc/shadow $n/etc/extrausers/shadow"),
    shell("the node's configuration", "cat $n/etc/nginx/nginx.conf", never="worker_processes"),
    shell("the node's keys", "cat $n/tls/_default/key.pem $n/data/secrets/*", never="PRIVATE"),
    shell("what lies in quarantine and in copies", "ls -R $n/quarantine $n/backup $n/inbox; cat $n/quarantine/x/secret"),
    Attempt("the own limits", 'file_put_contents("$n/web/1/php.conf", "x"); unlink("$n/web/1/php.conf"); unlink("$n/web/1/held.html");'),
    shell("the programs of the node", "echo x >> $n/libexec/sendmail; cp /bin/sh $n/libexec/sendmail"),
    Attempt("a header that nginx obeys", 'header("X-Accel-Redirect: /../2/htdocs/open.txt"); header("X-Accel-Redirect: /-/held.html"); echo "END";'),
    Attempt("nginx asked for a path as host",
            '$c = curl_init("http://127.0.0.1:$port/open.txt"); curl_setopt($c, CURLOPT_HTTPHEADER, ["Host: ../sites/2"]); curl_exec($c);'),
    Attempt("a file by curl", '$c = curl_init("file://$b/htdocs/wp-config.php"); curl_exec($c);'),
    # Mail
    Attempt("options of sendmail that write files", 'mail("x@example.dk", "s", "SECRET?", "", "-X$a/htdocs/shell.php -C/etc/passwd -OQueueDirectory=/tmp"); '
            'echo file_exists("shell.php") ? "CONNECTED" : "no";', never="CONNECTED"),
    shell("the other's right to send", "echo hi | /usr/bin/python3 -I -S $n/libexec/sendmail $b/private/mail.json x@example.dk", must="no right to send"),
    shell("the system's own way to send", "echo hi | /usr/sbin/sendmail x@example.dk; ls /var/spool/postfix", never="maildrop"),
    # Too much
    shell("all memory", "/usr/bin/python3 -c 'x = bytes(4 << 30); print(len(x))'", never="4294967296"),
    shell("ever more processes", "for i in $(seq 500); do sleep 5 & done; jobs -p | wc -l", must=""),
)  # fmt: skip
