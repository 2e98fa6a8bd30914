# A background queue in Ruby: requests put jobs into it, one worker takes them out.
# usage: ruby queue.rb JOBS_A_SECOND WORK_MS KB MOST   MOST jobs wait, 0: as many as come; requests come in waves
rate, work, kb, most = ARGV.map(&:to_f)
jobs = most.positive? ? SizedQueue.new(most.to_i) : Queue.new
Thread.new do
  loop do
    job = jobs.pop
    job[:body].sum
    sleep work / 1000
  end
end
started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
loop do
  seconds = Process.clock_gettime(Process::CLOCK_MONOTONIC) - started
  jobs << { at: Time.now, body: Random.bytes((kb * 1024 * (0.5 + rand)).to_i) }
  sleep 1 / (rate * (1 + 0.8 * Math.sin(seconds / 9)))
end
