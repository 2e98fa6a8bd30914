# Books of a year: reads the entries of a CSV and sums them by account. usage: ruby ledger.rb entries.csv
require "csv"
require "json"
entries = CSV.read(ARGV[0], headers: %w[day account amount text]).map(&:to_h)
sums = entries.group_by { |entry| entry["account"] }.transform_values { |all| all.sum { |entry| entry["amount"].to_f } }
puts JSON.generate(entries.sort_by { |entry| [entry["account"], entry["day"]] }).size, sums.size
