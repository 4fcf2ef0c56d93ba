#!/bin/sh
# Installs the daemons of a node from Debian's or Ubuntu's packages, without starting any of them: a node starts its own,
# under its own directory. Does nothing where all of them are there. Exit code 3: this machine needs a person, and the
# lines printed say what to do.
set -eu

WEB="nginx-light php-fpm php-cli php-mysql php-curl php-gd php-mbstring php-xml php-zip php-intl php-bcmath"
DATA="mariadb-server mariadb-client"
MAIL="postfix postfix-sqlite dovecot-imapd dovecot-lmtpd dovecot-sqlite"
NAMES="pdns-server pdns-backend-sqlite3 pdns-tools bind9-dnsutils"
REST="restic openssh-server openssh-client libnss-extrausers util-linux nftables"
TRIALS="pebble wordpress wordpress-theme-twentytwentythree wrk sshpass"
# On Ubuntu the package of this name only leads to a snap.
grep -qx "ID=debian" /etc/os-release 2>/dev/null && TRIALS="$TRIALS chromium"

PACKAGES="$WEB $DATA $MAIL $NAMES $REST"
[ "${1:-}" = "--with-trials" ] && PACKAGES="$PACKAGES $TRIALS"

missing() {
    for package in $PACKAGES; do
        dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
    done
}

if ! command -v apt-get >/dev/null 2>&1; then
    echo "The daemons of a node are taken from the packages of Debian 12 or 13, or Ubuntu; this system has no apt-get." >&2
    exit 3
fi
WANTED=$(missing)
[ -z "$WANTED" ] && exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "A node needs packages that only root may install. As root: apt-get install --no-install-recommends $WANTED" >&2
    exit 3
fi

# Without this, installing a package may start its daemon on the well-known ports.
POLICY=/usr/sbin/policy-rc.d
if [ ! -e "$POLICY" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$POLICY"
    chmod 755 "$POLICY"
    trap 'rm -f "$POLICY"' EXIT
fi

echo "Installing the daemons of a node (once): $WANTED"
export DEBIAN_FRONTEND=noninteractive
command -v debconf-set-selections >/dev/null 2>&1 &&
    echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
apt-get -qq -o DPkg::Lock::Timeout=600 update
# shellcheck disable=SC2086 # the list of names is meant to be split
apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 install -y --no-install-recommends $WANTED >/dev/null
