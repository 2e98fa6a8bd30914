-- A ledger in Haskell. usage: ledger lazy|strict RATE ACCOUNTS    RATE bookings a second; lazily each sum is a chain of additions not yet made
module Main where
import Control.Concurrent (threadDelay)
import Data.IORef
import qualified Data.Map.Lazy as Lazy
import qualified Data.Map.Strict as Strict
import System.Environment (getArgs)

main :: IO ()
main = do
  [mode, rate, accounts] <- getArgs
  ledger <- newIORef Lazy.empty
  let part = read rate `div` 10 :: Int
      many = read accounts :: Int
      add = if mode == "lazy" then Lazy.insertWith else Strict.insertWith
      book i = modifyIORef' ledger (add (+) (i * 7919 `mod` many) (fromIntegral i * 0.01 :: Double))
      loop n = do
        mapM_ book [n .. n + part - 1]
        threadDelay 100000
        if mode /= "lazy" && n `mod` (part * 100) == 1
          then readIORef ledger >>= print . sum . Lazy.elems
          else return ()
        loop (n + part)
  loop 1
