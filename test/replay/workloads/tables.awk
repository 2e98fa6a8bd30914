# A log that is counted by key. usage: awk -v rate=ROWS_A_SECOND -v most=KEYS -v pause=SECONDS_AFTER_MOST -f tables.awk
BEGIN {
  srand(3)
  while (1) {
    for (i = 0; i < rate && (most == 0 || keys < most); i++) {
      keys++
      seen["client-" keys "-" rand()] = "GET /path/" rand() "/" rand() "/" rand() "/" rand() "/" rand() " 200 " int(1000 * rand())
    }
    system("sleep 1")
  }
}
