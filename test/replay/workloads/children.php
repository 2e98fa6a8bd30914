<?php
// A PHP daemon that starts a child for every mail it sends and waits for some of them only: the others stay as zombies.
// usage: php children.php PAUSE_S WAITED_FOR    WAITED_FOR is the share of children somebody waits for
[, $pause, $waited] = array_map('floatval', $argv);
mt_srand(5);
while (true) {
    $child = @pcntl_fork();
    if ($child === 0) {
        usleep(mt_rand(1, 300) * 1000);
        exit(0);
    }
    if ($child < 0) {
        fwrite(STDERR, 'fork: ' . pcntl_strerror(pcntl_get_last_error()) . "\n");
        exit(1);
    }
    if (mt_rand() / mt_getrandmax() < $waited) {
        pcntl_waitpid($child, $status);
    }
    usleep((int) ($pause * 1e6 * mt_rand(5, 15) / 10));
}
