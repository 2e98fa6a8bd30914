<?php
// Imports a list of customers: reads it as JSON, finds those that are there twice. usage: php -d memory_limit=-1 customers.php CUSTOMERS
$count = (int) $argv[1];
$rows = [];
for ($i = 0; $i < $count; $i++) {
    $rows[] = ['id' => $i, 'name' => 'customer ' . crc32("n$i"), 'mail' => md5("m$i") . '@example.org', 'tags' => [$i % 7, 'since ' . ($i % 30)]];
}
$text = json_encode($rows);
unset($rows);
$read = json_decode($text, true);
$seen = [];
foreach ($read as $row) {
    $seen[$row['name']][] = $row['id'];
}
usort($read, fn ($a, $b) => strcmp($a['mail'], $b['mail']));
echo count($seen), ' ', strlen($text), ' ', memory_get_peak_usage(), "\n";
