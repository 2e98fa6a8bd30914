<?php
// A worker of a PHP shop: takes orders in batches, renders each, and keeps them for the report of the day.
// usage: php worker.php ORDERS_A_BATCH PAUSE_S MOST    MOST orders are kept, 0: all
[, $batch, $pause, $most] = array_map('floatval', $argv);
ini_set('memory_limit', '-1');
$orders = [];
$total = 0;
for ($n = 0; ; $n++) {
    $size = (int) ($batch * (0.5 + mt_rand() / mt_getrandmax()));
    for ($i = 0; $i < $size; $i++) {
        $lines = [];
        for ($k = 0; $k < 12; $k++) {
            $lines[] = ['sku' => "sku-$n-$i-$k", 'price' => mt_rand(100, 9999) / 100, 'text' => str_repeat(chr(97 + $k), 40)];
        }
        $orders[] = ['id' => "$n/$i", 'lines' => $lines, 'html' => '<p>' . implode('</p><p>', array_column($lines, 'sku')) . '</p>'];
    }
    if ($most > 0 && count($orders) > $most) {
        $total += array_sum(array_map(fn ($o) => count($o['lines']), $orders));
        $orders = array_slice($orders, -(int) ($most / 2));
    }
    usleep((int) ($pause * 1e6));
}
