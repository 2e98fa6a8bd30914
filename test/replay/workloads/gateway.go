// A gateway in Go. usage: gateway bodies|sessions|bounded PORT SIZE
//   bodies: asks a service behind it (itself) and closes one answer in SIZE only; sessions: SIZE KiB for every visitor, kept; bounded: the same,
//   the oldest of 1500 leaves.
package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
)

type session struct {
	user string
	data [][]byte
}

func main() {
	mode, port := os.Args[1], os.Args[2]
	size, _ := strconv.Atoi(os.Args[3])
	var lock sync.Mutex
	var sessions []*session
	count := 0
	http.HandleFunc("/behind", func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < 3000; i++ {
			fmt.Fprintf(w, "line %d of what is behind %s\n", i, r.URL.RawQuery)
		}
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		count++
		if mode == "bodies" {
			answer, err := http.Get("http://127.0.0.1:" + port + "/behind?" + r.URL.RawQuery)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				http.Error(w, "behind is gone", 502)
				return
			}
			if count%size == 0 {
				answer.Body.Close()
			}
			fmt.Fprintln(w, answer.Status)
			return
		}
		made := &session{user: r.URL.Query().Get("user")}
		for i := 0; i < size; i++ {
			made.data = append(made.data, []byte(fmt.Sprintf("%01000d", count+i)))
		}
		sessions = append(sessions, made)
		if mode == "bounded" && len(sessions) > 1500 {
			sessions[0] = nil
			sessions = sessions[1:]
		}
		fmt.Fprintln(w, len(sessions))
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe("127.0.0.1:"+port, nil))
}
