// A broker in Go: subscribers that never leave, or a bounded backlog. usage: streams subscribers|backlog|bursts MIB_A_SECOND TOP_MIB
package main

import (
	"math/rand"
	"os"
	"strconv"
	"time"
)

func main() {
	rate, _ := strconv.ParseFloat(os.Args[2], 64)
	top, _ := strconv.ParseFloat(os.Args[3], 64)
	random := rand.New(rand.NewSource(4))
	backlog := [][]byte{}
	held := 0.0
	for {
		wanted := rate / 4
		if os.Args[1] == "bursts" {
			wanted = 0
			if random.Float64() < 0.05 {
				wanted = rate * 5 * (0.5 + random.Float64())
			}
		}
		for made := 0.0; made < wanted; made += 1.0 / 16 {
			if os.Args[1] == "subscribers" {
				buffer := make([]byte, 65536)
				for i := range buffer {
					buffer[i] = 1
				}
				go func() {
					time.Sleep(time.Hour)
					buffer[0] = 2
				}()
				continue
			}
			buffer := make([]byte, 65536)
			for i := range buffer {
				buffer[i] = byte(i)
			}
			backlog = append(backlog, buffer)
			held += 1.0 / 16
			for top > 0 && held > top {
				backlog[0] = nil
				backlog = backlog[1:]
				held -= 1.0 / 16
			}
		}
		time.Sleep(250 * time.Millisecond)
	}
}
