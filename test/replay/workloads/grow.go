// A service in Go: a cache without a limit, or one that is bounded. usage: grow MODE MIB_A_SECOND TOP_MIB
package main

import (
	"os"
	"strconv"
	"time"
)

type entry struct {
	key  [32]byte
	body []byte
	next *entry
}

func main() {
	mode := os.Args[1]
	rate, _ := strconv.ParseFloat(os.Args[2], 64)
	top, _ := strconv.ParseFloat(os.Args[3], 64)
	if mode == "goroutines" {
		for {
			go func() {
				buffer := make([]byte, 64*1024)
				for i := range buffer {
					buffer[i] = 1
				}
				// The buffer is garbage from here on; the goroutine with its small stack is what stays.
				select {}
			}()
			time.Sleep(time.Duration(62.5 / rate * float64(time.Millisecond)))
		}
	}
	cache := map[int]*entry{}
	var bytes, id, oldest int
	for {
		for made := 0; made < int(rate*1024*1024); {
			one := &entry{body: make([]byte, 2000+id%7000)}
			for i := range one.body {
				one.body[i] = byte(i)
			}
			cache[id] = one
			id++
			made += len(one.body)
			bytes += len(one.body)
			for mode == "bounded" && bytes > int(top*1024*1024) {
				bytes -= len(cache[oldest].body)
				delete(cache, oldest)
				oldest++
			}
		}
		time.Sleep(time.Second)
	}
}
