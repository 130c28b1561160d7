#!/bin/sh
# How fast heartfelt-server answers on loopback, and what memory it takes: ten seconds of ECG as CSV, then a
# recording of five minutes, each over 8 connections; then 'heartfelt benchmark' for the engine alone.
#   Benchmarks/server/run.sh MODEL [REQUESTS]
set -eu
cd "$(dirname "$0")/../.."
model=$1
requests=${2:-100000}
folder=.build/server-benchmark
mkdir -p "$folder"
bin=${BIN:-$(swift build -c release --show-bin-path)}
${CC:-clang} -O2 -pthread Benchmarks/server/load.c -o "$folder/load"
# A heart at 75 beats a minute, 256 Hz.
awk 'BEGIN {
  print "ecg_mV"
  for (i = 0; i < 300 * 256; i++) {
    p = (i / 256) % 0.8
    beat = exp(-((p - 0.3) / 0.012) ^ 2) + 0.2 * exp(-((p - 0.55) / 0.05) ^ 2)
    printf "%.3f\n", beat + 0.01 * sin(i * 1.7)
  }
}' > "$folder/long.csv"
head -n 2561 "$folder/long.csv" > "$folder/short.csv"
"$bin/heartfelt-server" --model "$model" --port 0 2> "$folder/server.log" &
server=$!
trap 'kill $server' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do grep -q listening "$folder/server.log" && break; sleep 0.5; done
port=$(sed -n 's|.*127\.0\.0\.1:\([0-9]*\)/.*|\1|p' "$folder/server.log")
memory() { awk '/VmRSS|VmHWM/ { printf "%s %.0f MB  ", $1, $2 / 1024 } END { print "" }' "/proc/$server/status"; }
echo "ten seconds of ECG, one window:"
"$folder/load" 127.0.0.1 "$port" 8 "$((requests / 100 + 1))" "/v1/predictions?rate=256" "$folder/short.csv"
memory
"$folder/load" 127.0.0.1 "$port" 8 "$requests" "/v1/predictions?rate=256" "$folder/short.csv"
memory
echo "five minutes, 30 windows:"
"$folder/load" 127.0.0.1 "$port" 8 "$((requests / 100 + 1))" "/v1/predictions?rate=256" "$folder/long.csv"
memory
