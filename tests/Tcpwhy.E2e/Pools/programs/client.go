// client MODE HOST PORT: a shared client with the default transport, which keeps two idle connections.
package main

import (
	"io"
	"net/http"
	"os"
	"time"
)

func main() {
	url := "http://" + os.Args[2] + ":" + os.Args[3] + "/"
	client := http.DefaultClient
	if os.Args[1] == "healthy" {
		client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	}
	for {
		// Twelve at once, then a rest: ten of their connections find no room.
		for i := 0; i < 12; i++ {
			go func() {
				response, err := client.Get(url)
				if err != nil {
					return
				}
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}()
		}
		time.Sleep(400 * time.Millisecond)
	}
}
