# A shop on WEBrick that remembers what its visitors put into their baskets.
# usage: ruby web.rb PORT KB MOST    KB of a basket; MOST baskets are kept, 0: all of them
require 'webrick'

port, kb, most = ARGV.map(&:to_i)
baskets = {}
server = WEBrick::HTTPServer.new(Port: port, BindAddress: '127.0.0.1', AccessLog: [], Logger: WEBrick::Log.new(File::NULL))
server.mount_proc '/' do |request, response|
  user = request.query['user']
  baskets[user] = Array.new(kb * 8) { |i| { item: i, note: "n#{rand(1_000_000)}" * 4 } }
  baskets.delete(baskets.first[0]) while most.positive? && baskets.size > most
  response.body = baskets[user].first(20).to_s
end
server.start
