# Writes Haskell modules full of records, with their instances. usage: awk -v modules=5 -v types=30 -f make-hs.awk    into the folder hs/
BEGIN {
  system("mkdir -p hs");
  for (m = 0; m < modules; m++) {
    file = "hs/Part" m ".hs";
    print "module Part" m " where" > file;
    if (m > 0) print "import qualified Part" (m - 1) > file;
    for (t = 0; t < types; t++) {
      printf "data R%d = ", t > file;
      for (c = 0; c < 6; c++) printf "%sC%d_%d { f%d_%d :: Int, g%d_%d :: String, h%d_%d :: Maybe Double }", c ? " | " : "", t, c, t, c, t, c, t, c > file;
      print " deriving (Show, Read, Eq, Ord)" > file;
    }
    close(file);
  }
  print "import qualified Part" (modules - 1) "\nmain :: IO ()\nmain = print (Part" (modules - 1) ".C0_0 1 \"x\" Nothing)" > "hs/Main.hs";
}
