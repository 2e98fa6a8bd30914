# A pool of Ruby workers that warms up. usage: ruby children.rb PAUSE_S MOST    when there are MOST, one goes for every one that comes
pause, most = ARGV.map(&:to_f)
pool = []
loop do
  if pool.size >= most
    old = pool.delete_at(rand(pool.size))
    Process.kill(:KILL, old)
    Process.wait(old)
  end
  pool << fork { loop { sleep 1 } }
  sleep pause * (0.5 + rand)
end
