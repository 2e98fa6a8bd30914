<?php
// Takes what is posted and puts it into a folder: php -S 127.0.0.1:PORT upload.php. KEEP is how many files stay, 0: all of them.
$folder = getcwd() . '/uploads';
is_dir($folder) || mkdir($folder);
$body = file_get_contents('php://input');
$name = $folder . '/' . microtime(true) . '.bin';
$written = file_put_contents($name, $body);
if ($written !== strlen($body)) {
    error_log('upload failed: No space left on device');
    http_response_code(507);
}
$keep = (int) getenv('KEEP');
$files = glob("$folder/*.bin");
if ($keep > 0) {
    foreach (array_slice($files, 0, max(0, count($files) - $keep)) as $old) {
        unlink($old);
    }
}
echo count($files), "\n";
