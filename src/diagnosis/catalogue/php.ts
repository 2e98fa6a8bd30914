import { category, editor, says, shell } from './record.ts';

/** Classes and functions that come with an extension, not with a package of the project. */
const extensionFunction =
  /\bCall to undefined function (?:\w{1,40}\\)?(?<function>(?:mb_|curl_|json_|simplexml_|xml_|dom_|gd_|image|intl|bc|ctype_|exif_|ftp_|gmp_|iconv|imap_|ldap_|mysqli_|openssl_|pcntl_|pg_|posix_|readline|redis_|shmop_|soap_|socket_|sodium_|sqlite_|ssh2_|zip_|gz|apcu_|opcache_|oci_|odbc_|tidy_|utf8_)\w{0,40})/;

/** PHP: its packages, its extensions and its version. */
export const phpPatterns = category('modules', [
  {
    slug: 'php-class-not-found',
    title: 'A PHP package is missing',
    severity: 'low',
    priority: 6,
    signals: [
      says(
        /\bvendor\/autoload\.php\b.{0,120}\b(?:No such file|Failed opening)|\bFailed opening required '(?<path>[^']{1,200}autoload\.php)'/,
      ),
      says(/\bUncaught Error: Class "(?<module>[^"]{1,120})" not found\b/, 3),
    ],
    cause: 'The packages of the project are not installed in this sandbox.',
    fixes: [shell('composer-install', 'Install the packages', 'confirm', 'composer install', 'the class is found')],
    docs: 'https://getcomposer.org/doc/03-cli.md#install-i',
  },
  {
    slug: 'php-extension-missing',
    title: 'An extension of PHP is missing',
    severity: 'medium',
    priority: 8,
    signals: [
      says(extensionFunction),
      says(
        /\brequires? (?:the )?(?:PHP extension )?ext-(?<package>[\w-]{1,40})\b.{0,80}\b(?:missing|not installed)|\bPDOException: could not find driver\b|\bcould not find driver \(Connection: \w/,
      ),
      says(
        /\bClass "\\?(?:PDO|mysqli|Imagick|ZipArchive|DOMDocument|SimpleXMLElement|XMLReader|XMLWriter|IntlDateFormatter|NumberFormatter|Collator|Locale|Redis|Memcached|MongoDB\\Driver\\Manager|SoapClient|SQLite3|Swoole\\\w{1,40})" not found\b/,
      ),
      says(
        /\b[Tt]he (?:PHP )?(?<extension>\w{1,30}) (?:PHP )?extension is (?:required|missing|not (?:loaded|installed|enabled))\b/,
        3,
      ),
    ],
    cause: 'The image of PHP leaves out most extensions; composer cannot install them.',
    fixes: [
      shell('show-extensions', 'Show which extensions there are', 'safe', 'php -m; php --ini'),
      shell(
        'find-extension-package',
        'Look for its package[: {package}]',
        'safe',
        'apt-cache search php | grep -i -- {package}',
      ),
      editor(
        'add-extension-to-image',
        'Add it to the image',
        'safe',
        'docker-php-ext-install in the Dockerfile, or php-… of the distribution',
        'php -m lists it',
      ),
    ],
    docs: 'https://www.php.net/manual/en/install.pecl.intro.php',
  },
  {
    slug: 'php-version-mismatch',
    title: 'The project wants another version of PHP',
    severity: 'medium',
    priority: 8,
    signals: [
      says(
        /\brequires php \S.{0,60}\bbut your php version \(\S{1,40}\) does not satisfy\b|\bYour Composer dependencies require a PHP version "(?<required>[^"]{1,40})"/,
      ),
      says(
        /\bThis package requires php .{1,60}\byour PHP version\b|\brequires PHP (?:version )?[>=^~]{0,2} ?\d\.\d.{0,40}\b(?:you are|your|but|running|found)\b/i,
        3,
      ),
    ],
    cause: 'The image has another version of PHP than composer.json asks for.',
    fixes: [
      shell('show-php-versions', 'Show the versions there are', 'safe', 'php -v; ls /usr/bin/php[0-9]* 2>/dev/null'),
      editor(
        'open-composer-json',
        'Open what is asked for',
        'safe',
        '"php" in composer.json, FROM in the Dockerfile',
        'composer check-platform-reqs',
      ),
    ],
    docs: 'https://getcomposer.org/doc/articles/composer-platform-dependencies.md',
  },
]);
