<?php
// A page that makes a yearly statement: some megabytes of rows, then a wait for a slow bank. ?mb=6&wait=2
$rows = [];
for ($i = 0; $i < ($_GET['mb'] ?? 6) * 1000; $i++) {
  $rows[] = str_repeat(chr(65 + $i % 26), random_int(500, 1500));
}
usleep((int) (($_GET['wait'] ?? 2) * 1000000 * (0.5 + mt_rand() / mt_getrandmax())));
echo count($rows), ' rows', PHP_EOL;
