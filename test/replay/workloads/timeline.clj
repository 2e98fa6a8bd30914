; A timeline in Clojure. usage: clojure timeline.clj head EVENTS     a lazy sequence of events whose head is held, EVENTS a second
;                               clojure timeline.clj agents EVENTS   an agent keeps the last 40000 of them
(let [[mode rate] *command-line-args*
      rate (Integer/parseInt rate)
      event (fn [i] {:id i :user (str "user" (rand-int 5000)) :text (apply str (repeat 10 (str i " "))) :tags (hash-set (rand-int 9) (rand-int 9))})
      part (quot rate 5)]
  (if (= mode "head")
    (let [events (map event (range))]
      (loop [left events]
        (Thread/sleep 200)
        (when (seq left) (recur (drop part left))))
      (println (first events)))
    (let [timeline (agent [])]
      (loop [i 0]
        (Thread/sleep 200)
        (dotimes [k part]
          (send timeline (fn [all e] (let [more (conj all e)] (if (> (count more) 40000) (vec (subvec more 20000)) more))) (event (+ i k))))
        (recur (+ i part))))))
