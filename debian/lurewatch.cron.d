# For machines without systemd; elsewhere: systemctl enable --now lurewatch.timer lurewatch-recheck.timer
# lurewatch-purge.timer. Take the # away once `contact` stands in /etc/lurewatch/lurewatch.yml.
#10 * * * *         lurewatch  [ -d /run/systemd/system ] || lurewatch sweep --quiet --max-time 45m
#1 * * * *          lurewatch  [ -d /run/systemd/system ] || lurewatch recheck --max-time 8m
#40 3 * * *         lurewatch  [ -d /run/systemd/system ] || lurewatch db purge --as cron
